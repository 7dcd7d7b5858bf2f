"""Facts on a person: annual grades, conduct records, sanctions, and a person's own change requests."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reform.errors import Refused, RuleError, StaleState
from reform.models import (
    AnnualGrade,
    AuditEvent,
    ChangeRequest,
    ConductRecord,
    Membership,
    Person,
    RowChange,
    Zone,
)
from reform.services import (
    annual_grades_register,
    change_request_decide,
    change_request_open,
    change_request_withdraw,
    conduct_record,
    correctable_fields,
    value_shown,
)
from tests.factories import a_person, a_user, a_zone

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def zone() -> Zone:
    return a_zone()


@pytest.fixture
def office(zone: Zone) -> Any:
    return a_user(zone, "人事", "人事甲")


@pytest.fixture
def person(zone: Zone) -> Person:
    return a_person(zone, phone="13800000000", native_place="河南平顶山")


@pytest.fixture
def own(zone: Zone, person: Person) -> Any:
    user = a_user(zone, "个人", "本人", is_staff=False)
    Membership.objects.filter(user=user).update(person=person)
    return user


def grade(person: Person, year: int, letter: str, **facts: Any) -> AnnualGrade:
    return AnnualGrade(person=person, year=year, grade=letter, **facts)


def ask(
    person: Person, actor: Any, field: str = "native_place", value: str = "河南叶县", **facts: Any
) -> Any:
    return change_request_open(
        person=person, field=field, new_value=value, actor=actor, on=TODAY, **{"reason": "原来填错了"} | facts
    )


def test_same_grades_a_second_time_change_nothing(zone: Zone, person: Person, office: Any):
    first = [grade(person, 2024, "A"), grade(person, 2025, "B")]
    assert annual_grades_register(zone=zone, grades=first, actor=office) == (2, 0)
    events = AuditEvent.objects.count()
    again = [grade(person, 2024, "A"), grade(person, 2025, "B")]
    assert annual_grades_register(zone=zone, grades=again, actor=office) == (0, 0)
    assert AuditEvent.objects.count() == events


def test_corrected_grade_keeps_what_stood_there_in_its_history(zone: Zone, person: Person, office: Any):
    annual_grades_register(
        zone=zone, grades=[grade(person, 2025, "C", document_no="考〔2026〕1号")], actor=office
    )
    assert annual_grades_register(zone=zone, grades=[grade(person, 2025, "B")], actor=office) == (0, 1)
    assert list(AnnualGrade.objects.values_list("grade", "document_no")) == [("B", "考〔2026〕1号")]
    assert RowChange.objects.filter(model="reform.AnnualGrade").last().before == {"grade": "C"}


def test_grades_are_refused_with_all_reasons(zone: Zone, person: Person, office: Any):
    stranger = a_person(a_zone("bei", "北区"), "李四")
    with pytest.raises(Refused) as refused:
        annual_grades_register(
            zone=zone,
            grades=[grade(person, 2025, "A"), grade(person, 2025, "B"), grade(stranger, 2025, "X")],
            actor=office,
        )
    assert refused.value.reasons == (
        "张三2025年的等次有两行",
        "李四不是本开发区的人员",
        "李四 2025年 X：等次“X”无效",
    )
    assert not AnnualGrade.objects.exists()


def test_grades_of_many_take_as_many_statements_as_of_one(zone: Zone, office: Any):
    counts = []
    for size in (1, 40):
        people = [a_person(zone, "王五") for _ in range(size)]
        grades = [grade(one, 2025, "B") for one in people]
        with CaptureQueriesContext(connection) as queries:
            annual_grades_register(zone=zone, grades=grades, actor=office)
        counts.append(len(queries))
    # The lines of the history are one statement of many rows, which the driver counts as it likes.
    assert counts[1] <= counts[0] + 40
    assert AnnualGrade.objects.count() == 41


def test_check_of_personal_matters_needs_its_result(person: Person, office: Any):
    record = ConductRecord(
        person=person, kind="VERIFICATION", happened_on=TODAY, valid_before=date(2026, 1, 1)
    )
    with pytest.raises(Refused) as refused:
        conduct_record(record=record, actor=office)
    assert refused.value.reasons == (
        "核查须填写结果（如实、漏报或瞒报）",
        "有效期止2026-01-01须晚于日期2026-03-02",
    )
    record.result, record.valid_before = "TRUE", date(2026, 9, 2)
    conduct_record(record=record, actor=office)
    assert ConductRecord.objects.get().result == "TRUE"
    assert AuditEvent.objects.filter(action="登记提醒函询与核查").exists()


def test_accepted_request_writes_the_fact(person: Person, own: Any, office: Any):
    request = ask(person, own)
    assert (request.old_value, request.new_value) == ("河南平顶山", "河南叶县")
    assert Person.objects.get().native_place == "河南平顶山", "nothing is written before HR accepts"
    change_request_decide(request=request, accepts=True, actor=office, on=TODAY)
    assert Person.objects.get().native_place == "河南叶县"
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.decided_on) == ("ACCEPTED", office, TODAY)


def test_declined_request_writes_nothing_and_says_why(person: Person, own: Any, office: Any):
    request = ask(person, own)
    with pytest.raises(Refused, match="不采纳须写明理由"):
        change_request_decide(request=request, accepts=False, actor=office, on=TODAY)
    change_request_decide(request=request, accepts=False, actor=office, on=TODAY, answer="档案记载无误")
    assert Person.objects.get().native_place == "河南平顶山"
    assert ChangeRequest.objects.get().answer == "档案记载无误"


def test_value_is_kept_as_a_code_and_shown_as_its_word(person: Person, own: Any, office: Any):
    request = ask(person, own, "political_status", "党员")
    assert request.new_value == "01"
    assert value_shown("political_status", "01") == "中共党员"
    joined = ask(person, own, "party_joined_on", "2009.07.01")
    change_request_decide(request=joined, accepts=True, actor=office, on=TODAY)
    assert Person.objects.get().party_joined_on == date(2009, 7, 1)


def test_phone_stands_nowhere_in_the_clear(person: Person, own: Any, office: Any):
    request = ask(person, own, "phone", "139 0000 0001")
    change_request_decide(request=request, accepts=True, actor=office, on=TODAY)
    assert Person.objects.get().phone == "13900000001"
    with connection.cursor() as cursor:
        cursor.execute("SELECT old_value, new_value FROM reform_changerequest")
        assert not {"13800000000", "13900000001"} & set(cursor.fetchone())
    assert not any("13900000001" in str(one.after) for one in RowChange.objects.all())


def test_second_request_for_a_field_waits_for_the_first(person: Person, own: Any):
    first = ask(person, own)
    with pytest.raises(Refused, match="已有一个待处理的更正申请"):
        ask(person, own, value="河南宝丰")
    ask(person, own, "technical_title", "经济师")
    change_request_withdraw(request=first, actor=own)
    assert ask(person, own, value="河南宝丰").state == "OPEN"


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("birth_on", "1981-01-01", "“出生日期（档案）”不能由本人申请更正，请联系人事部门"),
        ("id_number", "11010519491231002X", "“身份证号”不能由本人申请更正，请联系人事部门"),
        ("political_status", "党元", "政治面貌“党元”不在代码表中"),
        ("phone", "1380000", "不是手机号"),
        ("native_place", "河南平顶山", "籍贯现在就是“河南平顶山”"),
        ("native_place", "", "更正为的内容不能为空"),
        ("native_place", "长" * 81, "籍贯最多80个字，现为81个"),
    ],
)
def test_request_that_cannot_be_is_refused(person: Person, own: Any, field: str, value: str, why: str):
    with pytest.raises(Refused) as refused:
        ask(person, own, field, value)
    assert why in str(refused.value)


def test_request_needs_its_reason(person: Person, own: Any):
    with pytest.raises(Refused, match="须写明更正的理由"):
        ask(person, own, reason=" ")


def test_nobody_asks_for_another(zone: Zone, own: Any):
    other = a_person(zone, "李四", native_place="河南郏县")
    with pytest.raises(Refused, match="只能申请更正本人的信息"):
        ask(other, own)


def test_who_asked_does_not_decide(person: Person, office: Any, own: Any):
    request = ask(person, office)
    for actor, why in ((office, "不能处理自己提出的"), (own, "更正申请由人事部门处理")):
        with pytest.raises(Refused, match=why):
            change_request_decide(request=request, accepts=True, actor=actor, on=TODAY)
    second = a_user(person.zone, "人事", "人事乙")
    change_request_decide(request=request, accepts=True, actor=second, on=TODAY)
    with pytest.raises(RuleError, match="已采纳，不能再处理"):
        change_request_decide(request=request, accepts=True, actor=second, on=TODAY)


def test_fact_changed_meanwhile_is_not_overwritten(person: Person, own: Any, office: Any):
    request = ask(person, own)
    Person.objects.filter(pk=person.pk).update(native_place="河南鲁山")
    request.person.refresh_from_db()
    with pytest.raises(Refused, match="申请之后籍贯已改为“河南鲁山”"):
        change_request_decide(request=request, accepts=True, actor=office, on=TODAY)


def test_second_decider_is_told(person: Person, own: Any, office: Any):
    request = ask(person, own)
    stale = ChangeRequest.objects.get(pk=request.pk)
    change_request_decide(request=request, accepts=False, actor=office, on=TODAY, answer="无误")
    with pytest.raises(StaleState):
        change_request_decide(
            request=stale, accepts=True, actor=a_user(person.zone, "人事", "人事乙"), on=TODAY
        )
    assert Person.objects.get().native_place == "河南平顶山"


def test_fields_to_be_asked_for_have_their_names(person: Person):
    fields = dict(correctable_fields())
    assert fields["phone"] == "联系电话"
    assert "birth_on" not in fields
