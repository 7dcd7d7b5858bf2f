"""Quarters and the settlement of a year: earned by unit score and grade, less what was prepaid (§7, E4)."""

from decimal import Decimal

import pytest

from compensation.models import PayLine
from compensation.rules.figures import total_of
from compensation.selectors import run_lines
from compensation.services import pay_run_calculate, pay_run_open
from reform.errors import Refused
from tests.compensation.casts import MONTHS, Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def test_e4_the_settlement_of_a_year_in_a_unit_below_the_reference(cast: Cast):
    cast.pool()
    cast.join("甲", "L50", "乙局")
    for code in MONTHS:
        cast.paid(code)
    cast.results(units={"乙局": "88.70"}, grades={"甲": "B"})
    line = cast.line(cast.run("2022"), "甲")
    assert line.unit_coefficient == Decimal("0.9856")
    assert (line.performance_base, line.performance_due) == (yuan("30,720.00"), yuan("30,277.63"))
    assert (line.prepaid, line.performance_pay) == (yuan("18,432.00"), yuan("11,845.63"))
    assert line.terms[-1] == "清算 = 30,277.63 − 18,432.00 = 11,845.63"


def test_the_reference_may_be_the_zones_mean_and_a_score_far_above_it_is_cut(cast: Cast):
    cast.set_policy(reference_rule="ZONE_MEAN")
    cast.pool()
    cast.join("甲", "L50", "甲局")
    cast.join("乙", "L50", "乙局")
    cast.paid("2022-12")
    cast.results(units={"甲局": "125.00", "乙局": "60.30"}, grades={"甲": "B", "乙": "B"})
    run = cast.run("2022")
    one, other = cast.line(run, "甲"), cast.line(run, "乙")
    assert one.terms[0] == "单位系数 = 125.00 ÷ 92.65 = 1.3492，限于 0.6—1.2，取 1.2"
    assert (one.unit_coefficient, one.performance_due) == (Decimal("1.2000"), yuan("3,072.00"))
    assert (other.unit_coefficient, other.performance_due) == (Decimal("0.6508"), yuan("1,666.05"))


def test_settlement_reconciles_with_the_prepaid_months_and_the_quarters(cast: Cast):
    cast.pool()
    cast.join("甲", "L50", "乙局")
    for code in MONTHS[:3]:
        cast.paid(code)
    cast.results("2022Q1", units={"乙局": "96.40"}, grades={"甲": "A"})
    quarter = cast.line(cast.paid("2022Q1"), "甲")
    assert quarter.performance_due == yuan("9,871.26")  # 7,680.00 × 1.0711 × 1.2
    assert quarter.performance_pay == quarter.performance_due - yuan("4,608.00")
    for code in MONTHS[3:]:
        cast.paid(code)
    cast.results(units={"乙局": "88.70"}, grades={"甲": "B"})
    year = cast.line(cast.paid("2022"), "甲")
    assert year.performance_due == yuan("30,277.63")
    lines = PayLine.objects.filter(person=cast.people["甲"])
    assert total_of([one.performance_pay for one in lines]) == year.performance_due


def test_without_a_grade_nothing_is_paid_beyond_the_prepayment(cast: Cast):
    cast.pool()
    cast.join("甲", "L50")
    cast.join("乙", "L50")
    cast.paid("2022-12")
    cast.results(units={"甲局": "96.40"}, grades={"甲": ""})
    run = cast.run("2022")
    assert [(one.performance_pay, one.why) for one in run_lines(run)] == [
        (Decimal("0.00"), "不定等次，按已预发结算"),
        (Decimal("0.00"), "没有2022考核结果，按已预发结算"),
    ]


def test_settlement_waits_for_final_results_and_for_every_month(cast: Cast):
    cast.pool()
    cast.join("甲", "L50")
    cast.paid("2022-11")
    cast.run("2022-12")
    run = pay_run_open(zone=cast.zone, code="2022", actor=cast.office)
    with pytest.raises(Refused) as refusal:
        pay_run_calculate(run=run, actor=cast.office)
    assert refusal.value.reasons == ("2022年12月工资还没有发放", "2022的考核还没有确定结果")
    assert run.state == "DRAFT"


def test_a_year_without_a_month_says_so(cast: Cast):
    cast.join("甲", "L50")
    cast.results(units={"甲局": "90.00"}, grades={"甲": "B"})
    run = pay_run_open(zone=cast.zone, code="2022", actor=cast.office)
    with pytest.raises(Refused) as refusal:
        pay_run_calculate(run=run, actor=cast.office)
    assert refusal.value.reasons == ("2022还没有月度工资",)


def test_a_month_without_a_run_stands_against_the_settlement(cast: Cast):
    cast.pool()
    cast.join("甲", "L50")
    cast.paid("2022-09")
    cast.paid("2022-11")
    cast.results(units={"甲局": "90.00"}, grades={"甲": "B"})
    run = pay_run_open(zone=cast.zone, code="2022", actor=cast.office)
    with pytest.raises(Refused) as refusal:
        pay_run_calculate(run=run, actor=cast.office)
    assert refusal.value.reasons == ("2022-10还没有发放批次", "2022-12还没有发放批次")


def test_a_settlement_below_zero_is_taken_back_only_where_the_policy_says_so(cast: Cast):
    cast.pool()
    cast.join("甲", "L50")
    cast.paid("2022-12")
    cast.results(units={"甲局": "45.00"}, grades={"甲": "C"})
    run = cast.run("2022")
    assert (cast.line(run, "甲").performance_pay, cast.line(run, "甲").why) == (0, "清算为负，不追回")
    cast.set_policy(clawback=True)
    pay_run_calculate(run=run, actor=cast.office)
    assert cast.line(run, "甲").performance_pay == -yuan("614.40")  # 2,560 × 0.6 × 0.6 − 1,536
