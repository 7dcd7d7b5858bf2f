"""From leaf scores to a unit's score (domain.md §6): a whole sheet, totals, weights, lateness, the year."""

from decimal import Decimal as D

import pytest

from kpi.rules.scoring import Rule, RuleError, compile_rule, parse_text
from kpi.rules.totals import annual_score, capped_sum, late_penalty, unit_total, weights_problems
from tests.appointments.policy_values import default_policy

DEFAULTS = default_policy()["kpi.rule_defaults"]
BANDS = "[0,30)2分;[30,38)3分;[38,40)4分;[40,100]5分"

# The leaves of a zone's sheet, as an office wrote it: full, target, actual, rule, parameters.
SHEET = [
    (15, "34.41", "41.5", Rule.PROP_BONUS, "每超1%加0.1分,最多加1.5分"),
    (10, "45.19", "53.6", Rule.PROP_BONUS, "每超1%加0.1分,最多加1.5分"),
    (10, "12", "16.4", Rule.PROP, ""),
    (10, "20", "31.9", Rule.PROP, ""),
    (5, "40", "38.9", Rule.INTERVAL, BANDS),
    (10, "50", "54", Rule.PROP, ""),
    (5, "110", "105", Rule.PROP, ""),
    (5, "70", "64", Rule.STEP_DEDUCT, "每低2%扣0.5分"),
    (10, "85", "88", Rule.LOWER, ""),
    (5, "100", "100", Rule.TARGET, ""),
    (5, "98", "99", Rule.TARGET, ""),
    (3, "70", "70", Rule.TARGET, ""),
    (2, "40", "40", Rule.TARGET, ""),
    (3, "90", "90", Rule.TARGET, ""),
    (2, "98", "96.31", Rule.PROP, ""),
]


def test_zones_sheet_totals_as_the_office_figured():
    leaves = [
        compile_rule(rule, parse_text(rule, text, DEFAULTS))(D(full), D(actual), D(target))
        for full, target, actual, rule, text in SHEET
    ]
    totals = default_policy()["kpi.totals"]
    assert unit_total([one for one in leaves if one is not None], D(0), D(0), D(totals["high"])) == D("99.40")
    assert weights_problems({"全区": [D(full) for full, *_ in SHEET]}) == []


def test_total_stays_within_zero_and_the_cap():
    assert unit_total([D(60), D("38.5")], D(5), D("0.6"), D(105)) == D("102.90")
    assert unit_total([D(100)], D(9), D(0), D(105)) == D("105.00")
    assert unit_total([D(1)], D(0), D(7), D(105)) == D("0.00")
    assert capped_sum([D(3), D(4)], D(5)) == D("5.00")
    assert capped_sum([D("0.3"), D("0.2")], None) == D("0.50")


def test_weights_are_checked_subject_by_subject():
    assert weights_problems(
        {
            "经济发展部": [D(60), D(40)],
            "科技创新部": [D(60), D("38.5")],
            "企业服务部": [D(60), D(41)],
            "社会事务部": [D(60), None],
            "党群工作部": [],
            "综合部": [D(110), D(-10)],
        }
    ) == [
        "科技创新部：权重合计98.5，须为100，少1.5",
        "企业服务部：权重合计101，须为100，多1",
        "社会事务部：1个指标没有权重",
        "党群工作部：没有指标",
        "综合部：权重有负数（-10）",
    ]


@pytest.mark.parametrize(
    ("days", "expected"), [(-2, "0.00"), (0, "0.00"), (1, "0.50"), (4, "2.00"), (9, "2.00")]
)
def test_late_item_loses_points_by_the_working_day(days: int, expected: str):
    policy = default_policy()["kpi.late_penalty"]
    assert str(late_penalty(days, D(str(policy["per_workday"])), D(policy["cap"]))) == expected


def test_year_is_the_annual_indicators_and_the_mean_of_the_quarters():
    weights = D("0.6"), D("0.4")
    assert annual_score(D(95), [D(90), D(92), D(94), D(96)], *weights) == D("94.20")
    assert annual_score(D(95), [D(90), D(90), D(91)], *weights) == D("93.13")
    with pytest.raises(RuleError, match="没有季度得分"):
        annual_score(D(95), [], *weights)
    with pytest.raises(RuleError, match=r"权重合计须为1，现为0\.6和0\.5"):
        annual_score(D(95), [D(90)], D("0.6"), D("0.5"))
