"""薪酬总额: how it comes about, how it is replaced, and its split to units and people to the fen (E5)."""

from datetime import date
from decimal import Decimal

import pytest

from compensation.models import PayPool
from compensation.selectors import pool_distribution, pool_of, pool_usage, pools_of
from compensation.services import pay_pool_set
from reform.errors import Refused, RuleError
from tests.compensation.casts import Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
ON = date(2022, 1, 5)


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def test_a_typed_pool_keeps_its_document(cast: Cast):
    pool = cast.pool("1,000.00".replace(",", ""))
    assert (pool.amount, pool.preset, pool.document_no) == (1000, "C", "财〔2022〕1号")
    assert pool.basis == ["总额 = 1,000.00，批复的总额（财〔2022〕1号）"]


def test_a_pool_may_be_a_multiple_of_the_incomes_of_civil_servants(cast: Cast):
    cast.set_policy(pool_preset="A")
    pool = pay_pool_set(
        zone=cast.zone,
        year=2022,
        actor=cast.office,
        on=ON,
        incomes=[yuan("80,000.00"), yuan("60,000.01")],
        document_no="财〔2022〕1号",
    )
    assert pool.amount == yuan("350,000.03")
    assert pool.basis[1:] == ["80000.00", "60000.01"]


def test_a_newer_pool_replaces_the_older_one(cast: Cast):
    first, second = cast.pool("100.00"), cast.pool("200.00")
    first.refresh_from_db()
    assert first.replaced_on == ON
    assert pool_of(cast.zone, 2022) == second
    assert list(pools_of(cast.zone)) == [second, first]


def test_the_policy_says_how_the_pool_comes_about(cast: Cast):
    with pytest.raises(Refused, match="按“批复的总额”核定薪酬总额，不能按“开发区自定绩效总量”"):
        pay_pool_set(
            zone=cast.zone, year=2022, actor=cast.office, on=ON, document_no="1", amount=yuan("1"), preset="B"
        )
    with pytest.raises(RuleError, match="批复的总额须填写批复文号"):
        pay_pool_set(zone=cast.zone, year=2022, actor=cast.office, on=ON, document_no=" ", amount=yuan("1"))
    with pytest.raises(Refused, match="由薪酬专员办理"):
        pay_pool_set(zone=cast.zone, year=2022, actor=cast.finance, on=ON, document_no="1", amount=yuan("1"))
    assert not PayPool.objects.exists()


@pytest.mark.parametrize(
    ("amount", "state"), [("3733.34", "OK"), ("3733.33", "WARN"), ("3360.00", "WARN"), ("3359.99", "BLOCKED")]
)
def test_ninety_per_cent_warns_and_above_the_pool_blocks(cast: Cast, amount: str, state: str):
    cast.join("甲", "L30")
    cast.pool(amount)
    usage = pool_usage(cast.zone, 2022, cast.run("2022-03"))
    assert usage.use is not None
    assert usage.use.state == state


def test_a_performance_pool_counts_performance_pay_alone(cast: Cast):
    cast.set_policy(pool_preset="B")
    cast.join("甲", "L30")
    cast.pool("1000.00")
    assert pool_usage(cast.zone, 2022, cast.run("2022-03")).spent == yuan("960.00")


def e5(cast: Cast) -> None:
    """Three departments whose staff have 14.20, 17.60 and 9.80 together."""
    cast.set_policy(post_coefficients={"L70": "2.20", "L60": "2.00", "L50": "1.60", "L30": "1.80"})
    staff = {"A局": ("L60",) * 6 + ("L70",), "B局": ("L50",) * 11, "C局": ("L60",) * 4 + ("L30",)}
    grades = {}
    for unit, levels in staff.items():
        for number, level in enumerate(levels):
            cast.join(f"{unit}{number}", level, unit)
            grades[f"{unit}{number}"] = "ABBC"[number % 4]
    cast.pool()
    cast.paid("2022-12")
    cast.results(units={"A局": "96.40", "B局": "88.70", "C局": "90.00"}, grades=grades)


def test_e5_a_pool_is_split_to_units_and_people_to_the_fen(cast: Cast):
    e5(cast)
    found = pool_distribution(cast.run("2022"), yuan("1,000,000.00"))
    assert [(one.name, one.weight, one.coefficient, one.amount) for one in found.units] == [
        ("A局", Decimal("14.2000"), Decimal("1.0711"), yuan("359,088.57")),
        ("B局", Decimal("17.6000"), Decimal("0.9856"), yuan("409,540.24")),
        ("C局", Decimal("9.8000"), Decimal("1.0000"), yuan("231,371.19")),
    ]
    assert found.total == found.people_total == found.pool == yuan("1,000,000.00")
    for unit in found.units:
        assert sum(one.amount for one in unit.parts) == unit.amount


def test_the_pool_is_by_default_what_the_people_have_earned(cast: Cast):
    e5(cast)
    run = cast.run("2022")
    found = pool_distribution(run)
    assert found.pool == sum(one.performance_due for one in run.lines.all())
    assert found.total == found.people_total == found.pool


def test_a_month_has_no_split(cast: Cast):
    cast.join("甲", "L30")
    with pytest.raises(RuleError, match="月度批次没有单位系数和个人系数"):
        pool_distribution(cast.run("2022-01"))
