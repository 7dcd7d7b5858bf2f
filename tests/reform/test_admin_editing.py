"""Changes made in the admin: through the services, with a reason, checked as the workbooks are."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from reform.fields import keyed_hash
from reform.models import AuditEvent, Person, Position, RowChange, Unit
from tests import factories as make

pytestmark = pytest.mark.django_db
VALID = "11010519491231002X"


@pytest.fixture
def zone() -> Any:
    return make.a_zone()


@pytest.fixture
def clerk(client: Client, zone: Any) -> Client:
    client.force_login(make.a_user(zone, "人事", "人事员"), "django.contrib.auth.backends.ModelBackend")
    return client


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def filled(client: Client, address: str, **answers: Any) -> dict[str, Any]:
    """The form as the page shows it, with some answers changed."""
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (values | answers).items()} | NO_INLINES


NO_INLINES = {"archived_statuses-TOTAL_FORMS": 0, "archived_statuses-INITIAL_FORMS": 0}


def errors(response: Any) -> str:
    return str(response.context["errors"]) if response.context else ""


def test_edit_leaves_an_event_and_a_row_change(clerk: Client, zone: Any):
    unit = make.a_unit(zone, staffing_quota=10)
    answers = {"staffing_quota": "12", "change_reason": "编办批复", "change_document_no": "高编〔2022〕3号"}
    response = clerk.post(change(unit), filled(clerk, change(unit), **answers))
    assert response.status_code == 302
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject, event.reason) == ("修改单位", "经济发展局", "编办批复")
    assert event.document_no == "高编〔2022〕3号"
    assert event.actor.username == "人事员"
    row = RowChange.objects.get(event=event)
    assert (row.before, row.after) == ({"staffing_quota": 10}, {"staffing_quota": 12})


def test_change_without_a_reason_is_refused(clerk: Client, zone: Any):
    unit = make.a_unit(zone, staffing_quota=10)
    response = clerk.post(change(unit), filled(clerk, change(unit), staffing_quota="12"))
    assert "请写明修改的原因" in errors(response)
    unit.refresh_from_db()
    assert unit.staffing_quota == 10


def test_saving_without_a_change_writes_nothing(clerk: Client, zone: Any):
    unit = make.a_unit(zone)
    before = AuditEvent.objects.count()
    assert clerk.post(change(unit), filled(clerk, change(unit))).status_code == 302
    assert AuditEvent.objects.count() == before


def test_second_of_two_clerks_is_told_and_overwrites_nothing(clerk: Client, zone: Any):
    unit = make.a_unit(zone, staffing_quota=10)
    stale = filled(clerk, change(unit), name="经济运行局", change_reason="更名")
    clerk.post(change(unit), filled(clerk, change(unit), staffing_quota="12", change_reason="批复"))
    response = clerk.post(change(unit), stale)
    assert "改动了这条记录，没有保存" in errors(response)
    unit.refresh_from_db()
    assert (unit.name, unit.staffing_quota) == ("经济发展局", 12)


def test_last_day_is_typed_and_shown_inclusive(clerk: Client, zone: Any):
    unit = make.a_unit(zone, starts_on=date(2018, 1, 1))
    clerk.post(change(unit), filled(clerk, change(unit), ends_before="2025-01-22", change_reason="撤销"))
    unit.refresh_from_db()
    assert unit.ends_before == date(2025, 1, 23)
    assert 'value="2025-01-22"' in clerk.get(change(unit)).content.decode()


def test_new_unit_gets_a_code_and_an_event(clerk: Client, zone: Any):
    parent = make.a_unit(zone, code="01")
    facts = {"name": "综 合科", "parent": parent.pk, "kind": "SECTION", "sort_no": "1", "code": ""}
    assert clerk.post(reverse("admin:reform_unit_add"), facts).status_code == 302
    made = Unit.objects.get(name="综合科")
    assert (made.zone, made.code) == (zone, "0101")
    assert RowChange.objects.get(model="reform.Unit", key=made.pk).event.action == "新增单位"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"name": "经济发展局", "kind": "DEPT"}, "已有同名的单位"),
        ({"name": "综合科", "kind": "SECTION"}, "科室须有上级单位"),
        ({"name": "园区办"}, "这个字段是必填项"),
    ],
)
def test_unit_that_cannot_be_is_refused(clerk: Client, zone: Any, facts: dict[str, str], message: str):
    make.a_unit(zone)
    response = clerk.post(reverse("admin:reform_unit_add"), {"sort_no": "0"} | facts)
    assert message in response.content.decode()


def test_unit_is_not_placed_below_itself(clerk: Client, zone: Any):
    upper = make.a_unit(zone)
    lower = make.a_unit(zone, "综合科", upper)
    response = clerk.post(change(upper), filled(clerk, change(upper), parent=lower.pk, change_reason="试"))
    assert "不能作上级单位" in errors(response)


def test_new_position_gets_number_and_lineage(clerk: Client, zone: Any):
    section = make.a_unit(zone, "综合科", make.a_unit(zone), code="0101")
    old, new = make.a_round(zone, "2018", date(2018, 12, 28)), make.a_round(zone)
    make.a_position(section, "科长", "L50", old.setup, lineage="2018/0101-L50-001")
    facts = {
        "setup": new.setup_id,
        "unit": section.pk,
        "title": "科长",
        "level": "L50",
        "headcount": "1",
        "sort_no": "0",
    }
    assert clerk.post(reverse("admin:reform_position_add"), facts).status_code == 302
    made = Position.objects.get(setup=new.setup)
    assert (made.code, made.lineage) == ("0101-L50-001", "2018/0101-L50-001")
    again = clerk.post(reverse("admin:reform_position_add"), facts)
    assert "已有同名岗位" in again.content.decode()


def test_held_position_keeps_its_level(clerk: Client, zone: Any):
    round_ = make.a_round(zone)
    position = make.a_position(make.a_unit(zone), "科长", "L50", round_.setup, headcount=1)
    make.a_tenure(make.a_person(zone), position)
    form = clerk.get(change(position)).context["adminform"].form
    assert "level" not in form.fields
    assert "科室正职" in clerk.get(change(position)).content.decode()
    response = clerk.post(
        change(position), filled(clerk, change(position), headcount="0", change_reason="压减"), follow=True
    )
    assert "职数0，现有1人，超1人" in response.content.decode()


def person_form(**facts: str) -> dict[str, Any]:
    return {"name": "李 娜", "id_number": "11010519491231002x", "sort_no": "0"} | facts | NO_INLINES


def test_new_person_is_cleaned_as_in_a_roster(clerk: Client, zone: Any):
    assert clerk.post(reverse("admin:reform_person_add"), person_form()).status_code == 302
    person = Person.objects.get(zone=zone)
    assert (person.name, person.id_number, person.sex) == ("李娜", VALID, "2")
    assert person.birth_on == date(1949, 12, 31)
    assert person.id_number_hash == keyed_hash(VALID)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM reform_person")
        assert VALID not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"id_number": "110105194912310021"}, "身份证号校验码错误"),
        ({"id_number": "1101051949"}, "身份证号应为 18 位"),
        ({"sex": "1"}, "身份证号第17位表示女"),
        ({"name": "李4"}, "李4"),
        ({"phone": "123"}, "不是手机号"),
    ],
)
def test_person_that_cannot_be_is_refused(clerk: Client, zone: Any, facts: dict[str, str], message: str):
    response = clerk.post(reverse("admin:reform_person_add"), person_form(**facts))
    assert message in errors(response)
    assert not Person.objects.exists()


def test_same_id_number_is_refused_in_the_zone_and_taken_in_another(clerk: Client, zone: Any):
    make.a_person(make.a_zone("jkq", "经开区"), "李娜", VALID)
    assert clerk.post(reverse("admin:reform_person_add"), person_form()).status_code == 302
    response = clerk.post(reverse("admin:reform_person_add"), person_form(name="李丽"))
    assert "本开发区已有这个身份证号的人员" in response.content.decode()


def test_differing_birth_date_is_kept_and_pointed_out(clerk: Client, zone: Any):
    response = clerk.post(reverse("admin:reform_person_add"), person_form(birth_on="1950-01-02"), follow=True)
    assert "档案年龄可以与身份证不同" in response.content.decode()
    assert Person.objects.get().birth_on == date(1950, 1, 2)


def test_corrected_id_number_is_found_again(clerk: Client, zone: Any):
    person = make.a_person(zone, "李娜")
    answers = {"id_number": VALID, "sex": "2", "phone": "13900139000", "change_reason": "录错"}
    assert clerk.post(change(person), filled(clerk, change(person), **answers)).status_code == 302
    person = Person.objects.get(pk=person.pk)
    assert (person.id_number, person.id_number_hash, person.phone) == (
        VALID,
        keyed_hash(VALID),
        "13900139000",
    )
    row = RowChange.objects.filter(model="reform.Person", key=person.pk).latest("id")
    assert VALID not in str(row.after)
    assert "13900139000" not in str(row.after)


def test_event_page_shows_old_and_new_and_hides_numbers(clerk: Client, zone: Any):
    person = make.a_person(zone, "李娜", phone="13800138000")
    answers = {"phone": "13900139000", "education": "21", "change_reason": "核对档案"}
    clerk.post(change(person), filled(clerk, change(person), **answers))
    event = AuditEvent.objects.latest("id")
    page = clerk.get(change(event)).content.decode()
    assert "已加密" in page
    assert "13900139000" not in page
    assert "最高学历" in page
    assert "大学本科毕业" in page
    assert "与前一条衔接，未被改动" in page
    person_page = clerk.get(change(person)).content.decode()
    assert "核对档案" in person_page


def test_user_made_by_the_administrator_leaves_an_event(client: Client, zone: Any):
    client.force_login(make.a_user(zone, "系统管理员"), "django.contrib.auth.backends.ModelBackend")
    facts = {"username": "新来的", "password1": "kaifaqu-2022-x", "password2": "kaifaqu-2022-x"}
    assert client.post(reverse("admin:auth_user_add"), facts).status_code == 302
    assert AuditEvent.objects.latest("id").action == "新建用户"


def test_administrator_does_not_touch_a_superuser(client: Client, zone: Any):
    client.force_login(make.a_user(zone, "系统管理员"), "django.contrib.auth.backends.ModelBackend")
    root = get_user_model().objects.create_superuser("root", password="test-Only-7731")
    secret = {"password1": "kaifaqu-2022-x", "password2": "kaifaqu-2022-x"}
    assert client.post(reverse("admin:auth_user_password_change", args=[root.pk]), secret).status_code == 403
    fields = client.get(reverse("admin:auth_user_change", args=[root.pk])).context["adminform"].form.fields
    assert "is_superuser" not in fields


def test_new_zone_gets_its_policy(client: Client, zone: Any):
    client.force_login(make.a_user(None, "系统管理员"), "django.contrib.auth.backends.ModelBackend")
    facts = {"name": "经开区", "code": "jkq", "deadline_on": "2022-03-31"}
    assert client.post(reverse("admin:reform_zone_add"), facts).status_code == 302
    made = type(zone).objects.get(code="jkq")
    assert made.policies.count() == 1
    assert made.deadline_on == date(2022, 3, 31)
