"""People in the admin: found by name, full ID number or unit; numbers masked; the line of their posts."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from appointments.models import Exit
from appointments.states import LIVE, AppointmentState
from reform.models import ArchivedStatus, ChangeRequest, Person, Sanction, Tenure
from tests import factories as make

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PEOPLE = "admin:reform_person_changelist"


@pytest.fixture
def zone() -> Any:
    return make.a_zone()


@pytest.fixture
def clerk(client: Client, zone: Any) -> Client:
    client.force_login(make.a_user(zone, "人事"), BACKEND)
    return client


@pytest.fixture
def reader(zone: Any) -> Client:
    """A clerk without the permission to see numbers in the clear."""
    role = Group.objects.get(name="人事")
    role.permissions.remove(Permission.objects.get(codename="see_id_number"))
    client = Client()
    client.force_login(make.a_user(zone, "人事"), BACKEND)
    return client


def found(client: Client, words: str, **filters: Any) -> list[str]:
    rows = client.get(reverse(PEOPLE), {"q": words, **filters}).context["cl"].result_list
    return [person.name for person in rows]


def page_of(client: Client, person: Person) -> str:
    return client.get(reverse("admin:reform_person_change", args=[person.pk])).content.decode()


@pytest.fixture
def placed(zone: Any) -> Person:
    """李娜, promoted from 招商局 to 科长 in 经济发展局's 综合科 by the round of 2022."""
    round_ = make.a_round(zone)
    bureau = make.a_unit(zone)
    before = make.a_position(make.a_unit(zone, "招商局"), "主办", "L30")
    after = make.a_position(make.a_unit(zone, "综合科", bureau), "科长", "L40", round_.setup)
    facts = {"phone": "13800138000", "bank_account": "6222020200112233445"}
    person = make.a_person(zone, "李娜", "11010519491231002X", **facts)
    make.a_baseline(round_, person, before)
    make.a_tenure(
        person, before, date(2015, 9, 1), ends_before=date(2022, 1, 23), source=Tenure.Source.ROSTER
    )
    make.an_appointment(round_, person, after, probation_ends_before=date(2023, 1, 23))
    return person


def test_full_id_number_finds_the_person_and_a_part_nobody(clerk: Client, zone: Any, placed: Person):
    make.a_person(zone, "王强")
    assert found(clerk, "11010519491231002X") == ["李娜"]
    assert found(clerk, "11010519491231002x") == ["李娜"]
    assert found(clerk, "1101051949") == []
    assert found(clerk, "002X") == []


def test_people_are_found_by_name_and_present_unit(clerk: Client, zone: Any, placed: Person):
    make.a_person(zone, "王强")
    assert found(clerk, "李") == ["李娜"]
    assert found(clerk, "经济发展局") == ["李娜"]
    assert found(clerk, "经济发展局 李娜") == ["李娜"]
    assert found(clerk, "招商局") == []


def test_people_are_filtered_by_unit_level_and_presence(clerk: Client, zone: Any, placed: Person):
    make.a_person(zone, "王强")
    bureau = placed.tenures.get(ends_before=None).position.unit.parent
    assert found(clerk, "", unit=bureau.pk) == ["李娜"]
    assert found(clerk, "", level="L40") == ["李娜"]
    assert found(clerk, "", level="L30") == []
    assert found(clerk, "", present="no") == ["王强"]


def test_numbers_are_shown_only_with_permission(clerk: Client, reader: Client, zone: Any, placed: Person):
    role = Group.objects.get(name="人事")
    for page in (reader.get(reverse(PEOPLE)).content.decode(), page_of(reader, placed)):
        assert "11010519491231002X" not in page
        assert "13800138000" not in page
        assert "6222020200112233445" not in page
        assert "110105********002X" in page
    assert "138****8000" in page_of(reader, placed)
    role.permissions.add(Permission.objects.get(codename="see_id_number"))
    assert "11010519491231002X" in clerk.get(reverse(PEOPLE)).content.decode()
    assert "13800138000" in page_of(clerk, placed)


def test_hidden_numbers_cannot_be_overwritten(reader: Client, placed: Person):
    form = reader.get(reverse("admin:reform_person_change", args=[placed.pk])).context["adminform"].form
    assert not {"id_number", "phone", "bank_account"} & form.fields.keys()


def test_hash_and_ciphertext_cannot_be_searched_by_address(clerk: Client, placed: Person):
    response = clerk.get(reverse(PEOPLE), {"id_number_hash__startswith": "a"})
    assert response.status_code in (302, 400)


def test_line_of_posts_shows_inclusive_days_level_and_change(clerk: Client, placed: Person):
    page = page_of(clerk, placed)
    assert "2015-09-01 — 2022-01-22" in page
    assert "2022-01-23 — 至今" in page
    assert "经济发展局·综合科·科长" in page
    assert "科室副职" in page
    assert "提拔" in page
    assert "聘期 2022-01-23 至 2025-01-22，试用期至 2023-01-22" in page


def test_choice_of_a_person_tells_namesakes_apart(clerk: Client, zone: Any, placed: Person):
    make.a_person(zone, "李娜")
    asked = {"app_label": "appointments", "model_name": "exit", "field_name": "person", "term": "李娜"}
    rows = clerk.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert {row["text"] for row in rows} == {"李娜（经济发展局·综合科·科长）", "李娜（无岗位）"}


EXIT = {"left_on": "2022-06-01", "cause": "T04", "document_no": "人〔2022〕9号", "details": "市发改委"}


def test_exit_ends_everything_and_shows_the_archived_identity(clerk: Client, zone: Any, placed: Person):
    round_ = placed.baselines.get().round
    ArchivedStatus.objects.create(person=placed, identity="XZ", rank="一级主任科员", archived_pay="6800")
    beside = make.a_position(make.a_unit(zone, "财政局"), "主任", "L50", round_.setup)
    make.a_tenure(placed, beside, kind="CONCURRENT")
    batch = make.a_batch(round_)
    applied = make.an_application(batch, placed, beside, "SUBMITTED")
    response = clerk.post(reverse("admin:appointments_exit_add"), EXIT | {"person": placed.pk}, follow=True)
    assert Exit.objects.get().person == placed
    assert placed.tenures.get(position__title="科长").ends_before == date(2022, 6, 1)
    assert not placed.tenures.filter(ends_before=None).exists()
    applied.refresh_from_db()
    assert applied.state not in LIVE
    page = response.content.decode()
    for word in ("已登记李娜", "离任岗位", "一级主任科员"):
        assert word in page
    assert "6800" not in page  # 档案工资 is for who may see pay


def test_exit_without_what_the_law_asks_for_is_refused_with_what_was_typed(clerk: Client, placed: Person):
    facts = EXIT | {"person": placed.pk, "document_no": "", "details": "", "reason": "随调"}
    page = clerk.post(reverse("admin:appointments_exit_add"), facts).content.decode()
    assert "须写明调往的单位" in page
    assert 'value="随调"' in page
    assert not Exit.objects.exists()
    assert placed.tenures.filter(ends_before=None).exists()


def test_exit_before_the_present_post_began_is_refused(clerk: Client, placed: Person):
    facts = EXIT | {"person": placed.pk, "left_on": "2022-01-20"}
    page = clerk.post(reverse("admin:appointments_exit_add"), facts).content.decode()
    assert "现任岗位从2022-01-23开始" in page
    assert not Exit.objects.exists()


@pytest.mark.parametrize("sees", [True, False])
def test_phone_in_a_change_request_is_masked_for_who_may_not_see_it(
    clerk: Client, reader: Client, placed: Person, sees: bool
):
    asked = ChangeRequest.objects.create(
        person=placed,
        field="phone",
        old_value="13800138000",
        new_value="13900139001",
        asked_by=make.a_user(placed.zone, "人事"),
        asked_on=date(2022, 5, 1),
    )
    if sees:
        Group.objects.get(name="人事").permissions.add(Permission.objects.get(codename="see_id_number"))
    changes = "admin:reform_changerequest"
    for address in (reverse(f"{changes}_changelist"), reverse(f"{changes}_change", args=[asked.pk])):
        page = reader.get(address).content.decode()
        assert ("13900139001" in page, "13800138000" in page) == (sees, sees)
        assert ("139****9001" in page) == (not sees)


def test_list_of_appointments_shows_and_filters_the_change(clerk: Client, zone: Any, placed: Person):
    round_ = placed.baselines.get().round
    other = make.a_person(zone, "王强")
    make.an_appointment(
        round_, other, make.a_position(make.a_unit(zone, "财政局"), "主办", "L30", round_.setup)
    )
    listed = reverse("admin:appointments_appointment_changelist")
    page = clerk.get(listed).content.decode()
    assert "提拔" in page
    assert "新聘" in page
    assert "2025-01-22" in page

    def shown(**filters: str) -> list[str]:
        return [row.person.name for row in clerk.get(listed, filters).context["cl"].result_list]

    assert shown(change="PROMOTION") == ["李娜"]
    assert shown(change="NEW") == ["王强"]
    assert shown(level="L40") == ["李娜"]
    assert shown(state__exact=AppointmentState.EXPIRED.value) == []


def test_dates_of_a_round_are_set_once(clerk: Client, zone: Any):
    round_ = make.a_round(zone)
    address = reverse("admin:appointments_round_change", args=[round_.pk])
    form = clerk.get(address).context["adminform"].form
    assert {"baseline_on", "kickoff_on"} <= form.fields.keys()
    assert "effective_on" not in form.fields
    late = {
        "name": round_.name,
        "kickoff_on": "2022-02-01",
        "change_reason": "补录",
        "change_seen": form["change_seen"].value(),
    }
    assert "晚于生效日" in clerk.post(address, late).content.decode()
    assert clerk.post(address, late | {"kickoff_on": "2022-01-09"}).status_code == 302
    round_.refresh_from_db()
    assert round_.kickoff_on == date(2022, 1, 9)


def test_figure_of_a_position_leads_to_its_holders(clerk: Client, zone: Any, placed: Person):
    make.a_tenure(make.a_person(zone, "王强"), make.a_position(make.a_unit(zone, "财政局")))
    page = clerk.get(reverse("admin:reform_position_changelist")).content.decode()
    position = placed.tenures.get(ends_before=None).position_id
    address = f"{reverse('admin:reform_tenure_changelist')}?position={position}&amp;open=yes"
    assert address in page
    rows = clerk.get(address.replace("&amp;", "&")).context["cl"].result_list
    assert [row.person.name for row in rows] == ["李娜"]


def test_sanction_needs_its_number_and_ends_by_the_policy(clerk: Client, zone: Any):
    person = make.a_person(zone, "李娜", "11010519491231002X")
    address = reverse("admin:reform_sanction_add")
    facts = {"person": person.pk, "kind": "DEMERIT", "decided_on": "2022-01-31", "ends_before": ""}
    assert "处分须填写文号" in clerk.post(address, facts).content.decode()
    wrong = facts | {"document_no": "高新纪〔2022〕1号", "ends_before": "2022-01-30"}
    assert "不能早于决定日期" in clerk.post(address, wrong).content.decode()
    assert clerk.post(address, wrong | {"ends_before": ""}).status_code == 302
    assert Sanction.objects.get().ends_before == date(2023, 1, 31)


def test_second_open_investigation_is_refused(clerk: Client, zone: Any):
    person = make.a_person(zone, "李娜", "11010519491231002X")
    address = reverse("admin:reform_sanction_add")
    facts = {"person": person.pk, "kind": "INVESTIGATION", "decided_on": "2022-01-31", "ends_before": ""}
    assert clerk.post(address, facts).status_code == 302
    assert "已有一个未结束的立案审查" in clerk.post(address, facts).content.decode()
    assert Sanction.objects.get().ends_before is None
