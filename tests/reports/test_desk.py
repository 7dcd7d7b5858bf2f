"""What waits for whom on the workbench, and what runs out this week."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appeal, Appointment, DutyContract, Publicity
from reform.models import Membership
from reform.services.policy import policy_draft, policy_edit, policy_submit
from reports.selectors import desk
from tests.factories import (
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    a_round,
    a_unit,
    a_user,
    a_zone,
    an_application,
    an_appointment,
)
from tests.reports.process_cast import a_running_round

pytestmark = pytest.mark.django_db
ON = date(2022, 1, 13)


@pytest.fixture
def world():
    class World:
        zone = a_zone()
        unit = a_unit(zone)
        former = a_round(zone, "2018", date(2019, 1, 14))
        round = a_round(zone)
        post = a_position(unit, setup=round.setup)
        old = a_position(unit, setup=former.setup)
        batch = a_batch(round, state="SCREENING")

    World.former.state = "COMPLETED"
    World.former.save()
    World.round.state = "RUNNING"
    World.round.save()
    a_batch_post(World.batch, World.post)
    an_application(World.batch, a_person(World.zone, "李四"), World.post)
    return World


def test_each_role_sees_what_is_its_own(world):
    lines = {role: desk(world.zone, ON, roles={role}).waiting for role in ("人事", "监督组", "领导")}
    assert [(line.what, line.count) for line in lines["人事"]] == [("报名待资格审查", 1)]
    assert lines["监督组"] == lines["领导"] == ()


def test_round_that_is_over_waits_for_nobody(world):
    world.round.state = "TERMINATED"
    world.round.save()
    assert desk(world.zone, ON, roles={"人事"}).waiting == ()


def test_terms_that_end_within_a_week_are_told_to_those_who_look_after_them(world):
    person = a_person(world.zone, "王五")
    an_appointment(world.former, person, world.old, starts_on=date(2019, 1, 18))
    told = desk(world.zone, ON, roles={"人事"}, looks_after_terms=True).endings
    assert [(one.label, one.who, one.last_on) for one in told] == [("聘期", "王五", date(2022, 1, 17))]
    assert desk(world.zone, ON, roles={"人事"}).endings == ()


def test_what_is_over_and_what_is_contested_waits_for_who_has_to_act(world):
    today = timezone.localdate()
    person = a_person(world.zone, "王五")
    an_appointment(world.former, person, world.old, starts_on=today - timedelta(days=900))
    Appointment.objects.update(ends_before=today - timedelta(days=3))
    facts = {"kind": "RE_EXAMINATION", "about": "降职决定", "known_on": today - timedelta(days=60)}
    Appeal.objects.create(
        zone=world.zone,
        person=person,
        filed_on=today - timedelta(days=40),
        due_on=today - timedelta(days=10),
        **facts,
    )
    told = {}
    for role in ("人事", "监督组", "领导", "考评组"):
        client = Client()
        client.force_login(a_user(world.zone, role))
        told[role] = [one for one in client.get("/admin/").context["desk"]["others"] if one[3]]
    address = reverse("admin:years")
    contested = ("复核、申诉待决定", 1, f"{address}?tab=appeals", True)
    assert told == {
        "人事": [("聘期内事项已过期未办", 1, f"{address}?tab=terms&band=late", True)],
        "监督组": [contested],
        "领导": [contested],
        "考评组": [],
    }
    clerk = Client()
    clerk.force_login(a_user(world.zone, "人事"))
    rows = clerk.get(told["人事"][0][2]).context["rows"]
    assert [one["row"].name for one in rows] == ["王五"]


def test_unsigned_targets_wait_for_the_head_of_their_unit(world):
    other = a_position(a_unit(world.zone, "招商局"), setup=world.round.setup)
    for name, post in (("甲", world.post), ("乙", other)):
        held = an_appointment(world.round, a_person(world.zone, name), post)
        DutyContract.objects.create(appointment=held, year=2022)
    head = a_user(world.zone, "单位负责人")
    Membership.objects.filter(user=head).update(unit=world.unit)
    client = Client()
    client.force_login(head)
    ((what, count, address, late),) = client.get("/admin/").context["desk"]["others"]
    assert (what, count, late) == ("岗位目标责任书待甲方签字", 1, False)
    assert client.get(address).context["cl"].result_count == 1


@pytest.mark.parametrize("role", ["人事", "领导", "考评组", "单位负责人", "考核办", "系统管理员"])
def test_what_runs_out_is_told_to_those_who_may_open_its_page(role: str):
    running = a_running_round()
    today = timezone.localdate()
    Publicity.objects.update(starts_on=today, ends_before=today + timedelta(days=5))
    an_appointment(running.round, a_person(running.zone, "王五"), running.posts["主办"], starts_on=today)
    Appointment.objects.update(ends_before=today + timedelta(days=3))
    client = Client()
    client.force_login(a_user(running.zone, role))
    endings = client.get("/admin/").context["desk"]["endings"]
    assert [one.label for one, _ in endings] == (["聘期", "公示"] if role in ("人事", "领导") else [])
    assert [client.get(address).status_code for _, address in endings] == [200] * len(endings)


def test_step_whose_conditions_are_met_is_told_to_who_takes_it(world):
    world.batch.state = "CLOSED"
    world.batch.save()
    told = {role: a_user(world.zone, role) for role in ("人事", "领导", "监督组")}
    pages = {}
    for role, user in told.items():
        client = Client()
        client.force_login(user)
        pages[role] = client.get("/admin/").content.decode()
    assert "转入落聘安置</a>：条件已具备" in pages["人事"]
    assert "条件已具备" not in pages["领导"]
    assert "条件已具备" not in pages["监督组"]


def test_submitted_policy_waits_for_the_leaders(world):
    maker = a_user(world.zone, "人事")
    draft = policy_draft(zone=world.zone, actor=maker, on=date(2026, 1, 1))
    policy_edit(version=draft, actor=maker, values={"round.term_years": 5}, source="一号文")
    policy_submit(version=draft, actor=maker)
    client = Client()
    client.force_login(a_user(world.zone, "领导"))
    assert "第2版待批准" in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    "role", ["人事", "监督组", "考评组", "考察组", "单位负责人", "领导", "财务", "系统管理员"]
)
def test_workbench_opens_for_every_role(world, role: str):
    user = a_user(world.zone, role)
    if role == "单位负责人":
        Membership.objects.filter(user=user).update(unit=world.unit)
    client = Client()
    client.force_login(user)
    page = client.get("/admin/")
    assert page.status_code == 200
    expected = "报名待资格审查" if role == "人事" else "没有等您办的事"
    assert expected in page.content.decode()
