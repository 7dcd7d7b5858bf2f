"""The rules that a zone chooses, through whole runs: the first day of new pay, probation, the last day of who
leaves, February."""

from datetime import date

import pytest

from reform.models import Tenure
from tests import factories as make
from tests.compensation.casts import Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
DECIDED, STARTS = date(2022, 3, 10), date(2022, 3, 15)


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def appointed(cast: Cast, level: str, **facts: object) -> None:
    """甲, of L30 so far, is appointed on STARTS by a decision of DECIDED."""
    person = cast.join("甲", "L30")
    Tenure.objects.update(ends_before=STARTS)
    position = make.a_position(cast.unit("甲局"), "新岗", level)
    make.an_appointment(
        make.a_round(cast.zone), person, position, starts_on=STARTS, decided_on=DECIDED, **facts
    )


@pytest.mark.parametrize(
    ("rule", "march", "april"),
    [
        ("NEXT_MONTH", "3,360.00", "7,392.00"),
        ("SAME_MONTH", "7,392.00", "7,392.00"),
        # 7 of 23 working days at 3,360.00 and 16 at 7,392.00, each component rounded once.
        ("DECISION_DAY", "6,164.87", "7,392.00"),
    ],
)
def test_a_promotion_is_paid_from_the_day_that_the_policy_says(cast: Cast, rule: str, march: str, april: str):
    cast.set_policy(effective_rule=rule)
    appointed(cast, "L70")
    assert cast.line(cast.run("2022-03"), "甲").gross == yuan(march)
    assert cast.line(cast.run("2022-04"), "甲").gross == yuan(april)


def test_probation_is_paid_with_its_factor_until_the_month_after_its_end(cast: Cast):
    cast.set_policy(probation_factor="0.8")
    appointed(cast, "L70", probation_ends_before=date(2022, 5, 15))
    assert [cast.line(cast.run(f"2022-0{month}"), "甲").gross for month in (3, 4, 5, 6)] == [
        yuan("3,360.00"),
        yuan("5,913.60"),
        yuan("5,913.60"),
        yuan("7,392.00"),
    ]


def test_who_leaves_in_mid_month_is_paid_to_the_last_day(cast: Cast):
    cast.join("甲", "L30")
    Tenure.objects.filter(person=cast.people["甲"]).update(ends_before=date(2022, 3, 15))
    line = cast.line(cast.run("2022-03"), "甲")
    # 10 working days from 1 to 14 March: 1,200.00 × 10 ÷ 21.75 twice, and 60 % of 735.63.
    assert (line.base_pay, line.performance_base, line.gross) == (
        yuan("551.72"),
        yuan("735.63"),
        yuan("1,544.82"),
    )


def test_february_served_in_full_is_a_full_month(cast: Cast):
    cast.join("甲", "L30")
    cast.join("乙", "L30", starts_on=date(2022, 2, 7))
    run = cast.run("2022-02")
    assert cast.line(run, "甲").gross == yuan("3,360.00")
    # All 16 working days of the month, yet the days before joining are not paid.
    assert cast.line(run, "乙").why == "甲局·L30岗计薪16个工作日"
    assert cast.line(run, "乙").gross < yuan("3,360.00")
