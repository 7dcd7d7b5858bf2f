"""What of pay waits on the workbench, by role: never one's own paper, and nothing for who sees no pay."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compensation.selectors import pay_waiting
from compensation.services import back_pay_add, pay_run_step
from tests import factories as make
from tests.compensation.casts import MONTHS, Cast, a_cast

pytestmark = pytest.mark.django_db
ON = date(2022, 3, 20)


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    made.join("甲", "L70")
    return made


def lines(user: Any, on: date = ON) -> list[tuple[str, int, bool]]:
    return [(one.what, one.count, one.late) for one in pay_waiting(user, on)]


def test_nothing_waits_where_no_pay_is_run(cast: Cast):
    assert not any(lines(one) for one in (cast.office, cast.finance, cast.leader))


def test_a_run_waits_for_each_of_the_three_in_turn(cast: Cast):
    cast.pool()
    run = cast.run("2022-03")
    assert lines(cast.office) == []
    assert lines(cast.finance) == [("2022年3月工资待核对", 1, False)]
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    assert lines(cast.finance) == []
    assert lines(cast.leader) == [("2022年3月工资待批准", 1, False)]
    pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    assert lines(cast.leader) == []
    assert lines(cast.finance, date(2022, 4, 1)) == [("2022年3月工资待发放", 1, True)]


def test_the_office_finds_what_is_to_be_computed(cast: Cast):
    cast.pool()
    run = cast.run("2022-02")
    assert lines(cast.office) == [("2022年3月工资待计算", 1, False)]
    cast.join("乙", "L30")
    assert lines(cast.office, date(2022, 2, 25)) == [("2022年2月工资的依据有变化，待重新计算", 1, False)]
    pay_run_step(run=run, event="reopen", actor=cast.office, on=ON)
    assert ("2022年2月工资待计算", 1, True) in lines(cast.office)


def test_final_grades_call_for_the_settlement(cast: Cast):
    cast.pool()
    for code in MONTHS:
        cast.paid(code)
    assert lines(cast.office, date(2022, 12, 31)) == []
    cast.results(units={"甲局": "90"}, grades={"甲": "B"})
    assert lines(cast.office, date(2022, 12, 31)) == [("2022年度绩效清算待计算", 1, False)]


def test_corrections_wait_for_whoever_has_not_made_them(cast: Cast):
    cast.pool()
    run = cast.paid("2022-03")
    back_pay_add(
        run=run, person=cast.people["甲"], amount=Decimal(5), reason="更正", actor=cast.office, on=ON
    )
    assert lines(cast.finance) == [("补发扣回待审定", 1, False)]
    assert lines(cast.office) == []


def test_pool_is_missed_and_warned_of(cast: Cast):
    cast.checked("2022-03")  # 7,392.00
    assert lines(cast.office) == [("2022年薪酬总额待登记", 1, False)]
    cast.pool("8000.00")
    assert lines(cast.office) == [("2022年薪酬总额已用92.4%", 1, False)]
    cast.pool("7000.00")
    found = [("2022年3月工资待批准", 1, False), ("2022年薪酬总额已用105.6%，超过总额", 1, False)]
    assert lines(cast.leader) == found


@pytest.mark.parametrize("role", ["人事", "监督组", "单位负责人", "考核办", "个人"])
def test_others_find_nothing(cast: Cast, role: str):
    cast.run("2022-03")
    assert lines(make.a_user(cast.zone, role)) == []


def test_it_takes_as_many_statements_for_more_people(cast: Cast):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            pay_waiting(cast.office, ON)
        return len(found)

    cast.run("2022-03")
    cast.office = type(cast.office).objects.get(pk=cast.office.pk)
    few = statements()
    for number in range(10):
        cast.join(f"众{number}", "L30")
    cast.office = type(cast.office).objects.get(pk=cast.office.pk)
    assert statements() == few
