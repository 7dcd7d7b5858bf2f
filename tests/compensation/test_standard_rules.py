"""Standard, coefficients, entitlement and the parameters' own contradictions (domain.md §7)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.coefficients import (
    performance_pay,
    personal_coefficient,
    reference_score,
    unit_coefficient,
)
from compensation.rules.entitlement import entitlement
from compensation.rules.figures import number_text, percent_text, signed_text
from compensation.rules.policy import (
    PoolPreset,
    ReferenceRule,
    performance_share,
    policy_faults,
    post_coefficient,
    ratio_faults,
)
from compensation.rules.standard import standard
from reform.errors import RuleError
from tests.compensation.pay_values import DEFAULT, a_policy, yuan

SCORES = st.decimals(0, 150, places=2)
COEFFICIENTS = st.decimals("0.5", 5, places=4)
LOW, HIGH = Decimal("0.60"), Decimal("1.20")


def ratio(*parts: str) -> tuple[Decimal, Decimal, Decimal]:
    base, position, performance = map(Decimal, parts)
    return base, position, performance


def test_standard_of_a_head_of_department_has_its_terms():
    found = standard(DEFAULT, Decimal("2.20"))
    assert (found.standard, found.base_pay, found.position_pay, found.performance_base) == tuple(
        map(yuan, ("8,800.00", "2,640.00", "2,640.00", "3,520.00"))
    )
    assert found.terms == (
        "标准 = 4,000.00 × 2.2 = 8,800.00",
        "基础 = 4,000.00 × 2.2 × 3/10 = 2,640.00",
        "岗位 = 4,000.00 × 2.2 × 3/10 = 2,640.00",
        "绩效基数 = 4,000.00 × 2.2 × 4/10 = 3,520.00",
    )


def test_each_part_is_rounded_once_from_the_exact_product():
    policy = a_policy(point_value=yuan("3333.33"), ratio=ratio("1", "1", "2"))
    found = standard(policy, Decimal("1.05"))
    assert found.standard == yuan("3500.00")  # 3499.9965
    assert (found.base_pay, found.performance_base) == (yuan("875.00"), yuan("1750.00"))  # 874.999125


def test_probation_factor_stands_in_the_terms():
    found = standard(DEFAULT, Decimal(1), Decimal("0.8"))
    assert found.standard == yuan("3200.00")
    assert found.terms[0] == "标准 = 4,000.00 × 1.0 × 0.8 = 3,200.00"


def test_any_scale_of_the_ratio_gives_the_same_parts():
    scaled = standard(a_policy(ratio=ratio("0.30", "0.30", "0.40")), Decimal("1.6"))
    plain = standard(DEFAULT, Decimal("1.6"))
    assert (scaled.base_pay, scaled.performance_base) == (plain.base_pay, plain.performance_base)


@pytest.mark.parametrize("coefficient", ["-1", "NaN", "Infinity"])
def test_coefficient_that_is_none_is_refused(coefficient: str):
    with pytest.raises(RuleError, match="岗位系数须为不小于 0 的数"):
        standard(DEFAULT, Decimal(coefficient))


def test_sub_level_adds_its_step():
    assert post_coefficient(DEFAULT, "L30") == Decimal("1.0000")
    assert post_coefficient(DEFAULT, "L30", 4) == Decimal("1.2000")
    with pytest.raises(RuleError, match="没有层级“L55”"):
        post_coefficient(DEFAULT, "L55")
    with pytest.raises(RuleError, match="不能是负数"):
        post_coefficient(DEFAULT, "L30", -1)


@pytest.mark.parametrize(
    ("score", "expected", "term"),
    [
        ("96.40", "1.0711", "单位系数 = 96.40 ÷ 90.0 = 1.0711"),
        ("88.70", "0.9856", "单位系数 = 88.70 ÷ 90.0 = 0.9856"),
        ("120", "1.2000", "单位系数 = 120.00 ÷ 90.0 = 1.3333，限于 0.6—1.2，取 1.2"),
        ("0", "0.6000", "单位系数 = 0.00 ÷ 90.0 = 0.0，限于 0.6—1.2，取 0.6"),
    ],
)
def test_unit_coefficient_is_rounded_and_then_clamped(score: str, expected: str, term: str):
    found = unit_coefficient(Decimal(score), Decimal(90), LOW, HIGH)
    assert (str(found.value), found.term) == (expected, term)


@pytest.mark.parametrize(
    ("score", "reference", "low", "why"),
    [
        ("-1", "90", "0.6", "单位得分不能是负数"),
        ("90", "0", "0.6", "基准分须大于 0"),
        ("90", "90", "1.3", "下限 1.3 高于上限"),
        ("NaN", "90", "0.6", "不是可以计算的数"),
    ],
)
def test_unit_coefficient_refuses_what_it_cannot_use(score: str, reference: str, low: str, why: str):
    with pytest.raises(RuleError, match=why):
        unit_coefficient(Decimal(score), Decimal(reference), Decimal(low), HIGH)


def test_reference_is_fixed_or_the_zones_mean():
    scores = [Decimal("96.40"), Decimal("88.70"), Decimal("80.00")]
    assert reference_score(DEFAULT, scores) == Decimal(90)
    mean = a_policy(reference_rule=ReferenceRule.ZONE_MEAN)
    assert reference_score(mean, scores) == Decimal("88.37")
    with pytest.raises(RuleError, match="还没有单位得分"):
        reference_score(mean, [])


def test_unknown_grade_is_refused_with_the_known_ones():
    with pytest.raises(RuleError, match="没有等次“优”，可用的是A、B、C、D。"):
        personal_coefficient("优", DEFAULT.grade_coefficients)


def test_performance_pay_carries_its_term():
    found = performance_pay(yuan("1,600.00"), Decimal("1.0711"), Decimal("1.0"))
    assert found.value == yuan("1,713.76")
    assert found.term == "绩效 = 1,600.00 × 1.0711 × 1.0 = 1,713.76"


@pytest.mark.parametrize(
    ("coefficient", "grade", "gross"),
    [("1.00", "B", "4,113.76"), ("2.20", "A", "9,804.33")],
    ids=["E1", "E2"],
)
def test_worked_examples_of_entitlement(coefficient: str, grade: str, gross: str):
    assert entitlement(DEFAULT, Decimal(coefficient), Decimal("96.40"), grade).gross.value == yuan(gross)


@given(COEFFICIENTS, SCORES, SCORES, st.sampled_from("ABCD"))
def test_pay_never_falls_with_a_better_unit_score(k: Decimal, one: Decimal, other: Decimal, grade: str):
    low, high = sorted((one, other))
    worse, better = (entitlement(DEFAULT, k, score, grade).gross.value for score in (low, high))
    assert worse <= better


@given(COEFFICIENTS, SCORES)
def test_pay_falls_with_each_worse_grade(k: Decimal, score: Decimal):
    gross = [entitlement(DEFAULT, k, score, grade).gross.value for grade in "ABCD"]
    assert gross == sorted(gross, reverse=True)
    assert len(set(gross)) == len(gross)


@given(COEFFICIENTS, SCORES, st.sampled_from("ABCD"))
def test_gross_is_the_sum_of_the_rounded_parts_and_the_same_each_time(k: Decimal, score: Decimal, grade: str):
    found = entitlement(DEFAULT, k, score, grade)
    parts = (found.standard.base_pay, found.standard.position_pay, found.performance_pay.value)
    assert found.gross.value == sum(parts)
    assert repr(entitlement(DEFAULT, k.normalize(), score, grade).steps) == repr(found.steps)


def test_numbers_are_written_the_same_however_typed():
    assert [number_text(Decimal(one)) for one in ("1", "1.0000", "2.20", "0.9856", "0", "90")] == [
        "1.0",
        "1.0",
        "2.2",
        "0.9856",
        "0.0",
        "90.0",
    ]
    assert [percent_text(Decimal(one)) for one in ("0.6", "1", "0.9856")] == ["60%", "100%", "98.56%"]
    assert [signed_text(yuan(one)) for one in ("-360", "120.5")] == ["−360.00", "+120.50"]


def test_default_parameters_do_not_contradict_each_other():
    assert policy_faults(DEFAULT) == []
    assert DEFAULT.pool_preset == PoolPreset.C


def test_performance_share_at_the_floor_passes_and_below_is_named():
    floor = Decimal("0.40")
    assert performance_share(ratio("3", "3", "4")) == floor
    assert ratio_faults(ratio("3", "3", "4"), floor) == []
    assert ratio_faults(ratio("1", "1", "1.3333"), floor) == [
        "绩效占比 39.99% 低于下限 40%（1:1:1.3333），请提高绩效部分"
    ]
    assert ratio_faults(ratio("0", "0", "0"), floor) == [
        "基础、岗位、绩效之比须为不小于 0 的数且不全为 0，现为 0:0:0"
    ]


def test_every_contradiction_is_told():
    broken = replace(
        DEFAULT,
        ratio=ratio("4", "3", "3"),
        point_value=Decimal(0),
        reference=Decimal(0),
        low=Decimal("1.3"),
        month_workdays=Decimal(0),
        prepay_share=Decimal("1.1"),
        protect_months=13,
        grade_coefficients={"A": Decimal("1.0"), "B": Decimal("1.1")},
    )
    told = policy_faults(broken)
    for word in (
        "绩效占比 30%",
        "薪点值",
        "基准分",
        "下限 1.3",
        "月计薪天数",
        "预发比例",
        "最多 12 个月",
        "A 等 1.0",
    ):
        assert any(word in one for one in told), word
    assert len(told) == 8


def test_figures_that_no_column_holds_are_told():
    large = replace(
        DEFAULT,
        point_value=Decimal("100000000"),
        high=Decimal(100),
        post_coefficients={"L30": Decimal("100.5")},
        grade_coefficients={"A": Decimal(100)},
    )
    assert policy_faults(large) == [
        "单位系数的上限须小于 100，现为 100",
        "L30的岗位系数须小于 100，现为 100.5",
        "A等的个人系数须小于 100，现为 100",
        "薪点值须小于 100,000,000 元，现为 100000000",
    ]
