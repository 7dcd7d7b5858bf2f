"""What comes from outside for pay, in bulk; looking at another's pay and taking it out leave events."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compensation.models import PayInput
from compensation.services import (
    PayInputEntry,
    pay_export_record,
    pay_inputs_register,
    pay_view_record,
)
from reform.errors import Refused
from reform.models import AuditEvent
from tests import factories as make
from tests.compensation.casts import Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    made.join("甲", "L30")
    return made


def entry(cast: Cast, amount: str = "100.00", kind: str = "SOCIAL", month: str = "2022-03") -> PayInputEntry:
    return PayInputEntry(cast.people["甲"], month, kind, Decimal(amount))


def register(cast: Cast, *entries: PayInputEntry) -> tuple[int, int]:
    return pay_inputs_register(zone=cast.zone, entries=entries, actor=cast.office)


def test_the_same_items_twice_change_nothing_and_others_replace_them(cast: Cast):
    assert register(cast, entry(cast), entry(cast, kind="TAX")) == (2, 0)
    events = AuditEvent.objects.count()
    assert register(cast, entry(cast), entry(cast, kind="TAX")) == (0, 0)
    assert AuditEvent.objects.count() == events
    assert register(cast, entry(cast, "120.00")) == (0, 1)
    assert PayInput.objects.get(kind="SOCIAL").amount == yuan("120.00")


def test_all_that_is_wrong_is_told_at_once(cast: Cast):
    other = make.a_person(make.a_zone("other", "外区"), "外人")
    with pytest.raises(Refused) as refusal:
        register(
            cast,
            entry(cast, "-1"),
            entry(cast, "1.001", "TAX"),
            entry(cast, kind="WRONG"),
            entry(cast, month="2022-3"),
            entry(cast, kind="WRONG"),
            PayInputEntry(other, "2022-03", "TAX", Decimal(1)),
        )
    assert refusal.value.reasons == (
        "外人不是本开发区的人员",
        "甲的金额须为不小于 0、最多两位小数的数，现为 -1",
        "甲的金额须为不小于 0、最多两位小数的数，现为 1.001",
        "甲出现了2次",
        "月份“2022-3”须写成 2022-03",
        "没有种类“WRONG”",
    )
    assert not PayInput.objects.exists()


def test_only_the_office_registers(cast: Cast):
    with pytest.raises(Refused, match="由薪酬专员办理"):
        pay_inputs_register(zone=cast.zone, entries=[entry(cast)], actor=cast.finance)


def test_statements_do_not_grow_with_the_items(cast: Cast):
    register(cast, entry(cast, month="2022-01"))
    with CaptureQueriesContext(connection) as few:
        register(cast, entry(cast))
    many = [
        PayInputEntry(make.a_person(cast.zone, f"人{number}"), "2022-03", "TAX", Decimal(1))
        for number in range(12)
    ]
    with CaptureQueriesContext(connection) as found:
        register(cast, *many)
    assert len(found) == len(few)


def test_looking_at_anothers_pay_and_taking_it_out_leave_events(cast: Cast):
    run = cast.run("2022-03")
    pay_view_record(line=cast.line(run, "甲"), actor=cast.leader)
    pay_export_record(zone=cast.zone, actor=cast.finance, what="工资表", people=1, run=run)
    events = AuditEvent.objects.order_by("-id")[:2]
    assert [(one.action, one.subject) for one in events] == [
        ("导出工资", "2022年3月工资 工资表"),
        ("查看工资", "2022年3月工资 甲"),
    ]


def test_personnel_staff_without_the_right_see_no_pay(cast: Cast):
    run = cast.run("2022-03")
    clerk = make.a_user(cast.zone, "人事")
    with pytest.raises(Refused, match="您的账号没有这个权限"):
        pay_view_record(line=cast.line(run, "甲"), actor=clerk)
