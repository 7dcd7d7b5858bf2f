"""At most n of a named set of posts: set while the plan is open, asked wherever somebody applies."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Application, PostGroup, PostGroupMember
from appointments.rules.post_groups import PostSet, set_reasons
from appointments.services.application_sheets import ApplicationEntry, applications_register
from appointments.services.applications import application_change, application_submit, application_withdraw
from appointments.services.post_groups import post_group_save
from reform.errors import Refused
from reform.models import AuditEvent, RowChange
from tests.appointments.competition_cast import ON, Cast, a_cast
from tests.factories import a_batch, a_batch_post, a_position

TOLD = "“综合岗位”最多报1个岗位，已选2个：经济发展局·综合科科长、经济发展局·业务科科长"


@pytest.fixture
def cast(db: None) -> Cast:
    return a_cast()


def grouped(cast: Cast, batch: Any = "own", maximum: int = 1) -> PostGroup:
    """A set of the two posts, as the office made it before the notice."""
    cast.to("PLANNED")
    group = PostGroup(
        round=cast.round, batch=cast.batch if batch == "own" else batch, name="综合岗位", maximum=maximum
    )
    post_group_save(group=group, positions=[cast.first, cast.second], actor=cast.office, on=ON)
    cast.to("APPLYING")
    return group


def submit(cast: Cast, *positions: Any, **facts: Any) -> Any:
    given = {"declares_kin": False, "actor": cast.office, "on": ON, "person": cast.person("甲")}
    return application_submit(batch=cast.batch, positions=positions, **given | facts)


def test_the_office_may_not_enter_more_than_the_set_allows(cast):
    grouped(cast)
    with pytest.raises(Refused, match=TOLD):
        submit(cast, cast.first, cast.second)
    submit(cast, cast.second, person=cast.people["甲"])
    assert Application.objects.get().position == cast.second


def test_nobody_stands_twice_for_a_post_that_two_batches_fill(cast):
    submit(cast, cast.first)
    later = a_batch(cast.round, "2", state="APPLYING")
    a_batch_post(later, cast.first)
    said = {"person": cast.people["甲"], "actor": cast.office, "on": ON, "declares_kin": False}
    with pytest.raises(Refused, match="“经济发展局·综合科科长”已在本轮其他批次报名，志愿还有效"):
        application_submit(batch=later, positions=[cast.first], **said)
    entry = ApplicationEntry(cast.people["甲"].pk, "甲", (cast.first.pk,))
    told = applications_register(round_=cast.round, batch=later, entries=[entry], actor=cast.office, on=ON)
    assert told.reasons == {cast.people["甲"].pk: ("有志愿岗位已在本轮其他批次报名，志愿还有效",)}
    cast.to("SCREENING")
    application_withdraw(applications=[Application.objects.get()], actor=cast.office, on=ON)
    assert application_submit(batch=later, positions=[cast.first], **said).batch == later


def test_a_change_of_choices_is_asked_too(cast):
    grouped(cast)
    sheet = submit(cast, cast.first)
    with pytest.raises(Refused, match=TOLD):
        application_change(candidacy=sheet, positions=[cast.first, cast.second], actor=cast.office, on=ON)


def test_a_workbook_line_over_the_limit_is_refused_with_the_posts(cast):
    grouped(cast)
    entries = [
        ApplicationEntry(cast.person(name).pk, name, choices)
        for name, choices in (("甲", (cast.first.pk, cast.second.pk)), ("乙", (cast.first.pk,)))
    ]
    for batch in (cast.batch, None):
        done = applications_register(
            round_=cast.round, batch=batch, entries=entries, actor=cast.office, on=ON
        )
        assert done.reasons == {cast.people["甲"].pk: (TOLD,)}
    assert Application.objects.count() == 1


def test_the_person_is_told_before_and_refused_after(cast):
    grouped(cast)
    person = cast.person("甲")
    client = Client()
    client.force_login(cast.account(person))
    address = reverse("portal:apply", args=[cast.batch.pk])
    from django.utils import timezone

    cast.batch.steps.update(
        starts_on=timezone.localdate(), ends_before=timezone.localdate().replace(year=2999)
    )
    assert "“综合岗位”最多报1个" in client.get(address).content.decode()
    sent = {"choice_1": cast.first.pk, "choice_2": cast.second.pk, "accepts_adjustment": "no"}
    answered = client.post(
        address, sent | {"declares_kin": "no", "no_achievements": "1", "no_rewards": "1"}, follow=True
    )
    assert TOLD in answered.content.decode()
    assert not Application.objects.exists()


def test_a_set_of_the_round_counts_the_choices_of_other_batches(cast):
    other = a_batch(cast.round, "2", state="APPLYING")
    third = a_position(cast.first.unit, "三科科长", setup=cast.round.setup, headcount=1)
    a_batch_post(other, third)
    group = PostGroup.objects.create(round=cast.round, name="全轮", maximum=1)
    for one in (cast.first, third):
        PostGroupMember.objects.create(group=group, position=one)
    submit(cast, cast.first)
    with pytest.raises(
        Refused, match="“全轮”最多报1个岗位，已选2个：经济发展局·综合科科长、经济发展局·三科科长"
    ):
        application_submit(
            batch=other, positions=[third], declares_kin=False, actor=cast.office, on=ON,
            person=cast.people["甲"],
        )  # fmt: skip


def test_a_set_no_longer_in_use_limits_nothing(cast):
    group = grouped(cast)
    PostGroup.objects.filter(pk=group.pk).update(is_active=False)
    submit(cast, cast.first, cast.second)
    assert Application.objects.count() == 2


def test_what_has_been_announced_is_not_regrouped(cast):
    group = grouped(cast)
    with pytest.raises(Refused, match=r"批次“.*”已报名，组内岗位的限额不能再改"):
        post_group_save(group=group, positions=[cast.first, cast.second], actor=cast.office, on=ON, maximum=2)
    with pytest.raises(Refused, match="由聘任办公室办理"):
        post_group_save(group=group, positions=[cast.first], actor=cast.leader, on=ON)


def test_a_set_that_limits_nothing_and_posts_of_elsewhere_are_refused(cast):
    cast.to("PLANNED")
    group = PostGroup(round=cast.round, batch=cast.batch, name="空组", maximum=2)
    with pytest.raises(Refused) as caught:
        post_group_save(group=group, positions=[cast.first, cast.former], actor=cast.office, on=ON)
    assert caught.value.reasons == (
        "“经济发展局·副科长”不在本轮的岗位设置里",
        f"“经济发展局·副科长”不在批次“{cast.batch}”",
        "组内2个岗位，最多可报2个，不起限制作用",
    )


def test_each_change_of_a_set_is_on_record(cast):
    group = grouped(cast, batch=None)
    third = a_position(cast.first.unit, "三科科长", setup=cast.round.setup, headcount=1)
    cast.to("PLANNED")
    post_group_save(
        group=group, positions=[cast.first, third], actor=cast.office, on=ON, reason="岗位调整", name="综合"
    )
    assert sorted(str(one.position) for one in group.members.all()) == [
        "经济发展局·三科科长",
        "经济发展局·综合科科长",
    ]
    event = AuditEvent.objects.get(action="修改岗位组限额")
    assert event.reason == "岗位调整"
    assert RowChange.objects.filter(event=event).count() == 3


def test_the_office_edits_a_set_in_the_admin(cast):
    cast.to("PLANNED")
    client = Client()
    client.force_login(cast.office)
    sent = {
        "round": cast.round.pk,
        "batch": cast.batch.pk,
        "name": "综合岗位",
        "maximum": "1",
        "positions": [cast.first.pk, cast.second.pk],
        "is_active": "on",
    }
    answered = client.post(reverse("admin:appointments_postgroup_add"), sent, follow=True)
    assert answered.status_code == 200
    group = PostGroup.objects.get()
    assert group.members.count() == 2
    address = reverse("admin:appointments_postgroup_change", args=[group.pk])
    page = client.get(address)
    seen = page.context["adminform"].form.initial["change_seen"]
    third = a_position(cast.first.unit, "三科科长", setup=cast.round.setup, headcount=1)
    a_batch_post(cast.batch, third)
    changed = sent | {"positions": [cast.first.pk, cast.second.pk, third.pk], "change_seen": seen}
    client.post(address, changed | {"change_reason": "加一个岗位"}, follow=True)
    assert group.members.count() == 3
    assert "综合岗位" in client.get(reverse("admin:appointments_postgroup_changelist")).content.decode()
    client.force_login(cast.leader)
    assert client.get(address).status_code == 200
    assert client.get(reverse("admin:appointments_postgroup_add")).status_code == 403


@given(st.lists(st.integers(1, 8), unique=True), st.integers(1, 4))
def test_a_choice_within_the_limit_is_never_refused(chosen: list[int], maximum: int):
    group = PostSet("组", maximum, {key: f"岗{key}" for key in range(1, 6)})
    taken = [key for key in chosen if key in group.posts]
    assert bool(set_reasons([group], chosen)) == (len(taken) > maximum)
