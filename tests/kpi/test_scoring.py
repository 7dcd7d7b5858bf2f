"""The sixteen scoring rules (domain.md §6): every test vector, every guard, the steps told."""

from decimal import Decimal as D
from typing import Any

import pytest

from kpi.rules.scoring import (
    Inputs,
    Result,
    Rule,
    RuleError,
    curve,
    is_unreported,
    parse_inputs,
    parse_parameters,
    score,
    score_value,
)
from tests.appointments.policy_values import default_policy

DEFAULTS = default_policy()["kpi.rule_defaults"]
BANDS = "[0,30)2分;[30,38)3分;[38,40)4分;[40,100]5分"
RATIO = ("PROP", "PROP_BONUS", "STEP_DEDUCT", "FLOAT", "LOWER")


def result(code: str, parameters: dict[str, Any] | None = None, **figures: Any) -> Result:
    """A score from figures as a clerk types them."""
    rule = Rule(code)
    own = parse_parameters(rule, parameters or {}, DEFAULTS)
    inputs = parse_inputs(rule, figures, own)
    found = score(rule, inputs, own)
    assert found.score == score_value(rule, inputs, own)
    assert found.scorable == (found.score is not None) == (not found.reason) == bool(found.steps)
    return found


def points(code: str, parameters: dict[str, Any] | None = None, **figures: Any) -> str:
    return str(result(code, parameters, **figures).score)


@pytest.mark.parametrize(
    ("code", "parameters", "figures", "expected"),
    [
        pytest.param("PROP", {}, {"full": "10", "actual": "165", "target": "198"}, "8.33", id="PROP"),
        pytest.param(
            "PROP_BONUS", {}, {"full": "10", "actual": "41.5", "target": "34.41"}, "11.50", id="PROP_BONUS"
        ),
        pytest.param(
            "STEP_DEDUCT", {}, {"full": "10", "actual": "0.931", "target": "1"}, "7.00", id="STEP_DEDUCT"
        ),
        pytest.param("BASE80", {}, {"full": "10", "actual": "16.4", "target": "12.0"}, "10.20", id="BASE80"),
        pytest.param("FLOAT", {}, {"full": "10", "actual": "1.206", "target": "1"}, "9.28", id="FLOAT"),
        pytest.param("TARGET", {}, {"full": "10", "actual": "5", "target": "5"}, "10.00", id="TARGET"),
        pytest.param("TARGET", {}, {"full": "10", "actual": "4.99", "target": "5"}, "0.00", id="TARGET-not"),
        pytest.param("RANK", {}, {"full": "10", "rank": "4"}, "8.50", id="RANK"),
        pytest.param(
            "MIXED", {}, {"full": "6", "actual": "8.4", "target": "8", "rank": "3"}, "5.40", id="MIXED"
        ),
        pytest.param("MIXED", {}, {"full": "6", "actual": "8", "target": "8"}, "4.00", id="MIXED-equal"),
        pytest.param("MIXED", {}, {"full": "6", "actual": "7.9", "target": "8"}, "0.00", id="MIXED-below"),
        pytest.param(
            "MIXED",
            {},
            {"full": "6", "actual": "9", "target": "8", "rank": "19"},
            "4.00",
            id="MIXED-never below S1",
        ),
        pytest.param(
            "MINMAX", {"min": "42", "max": "118"}, {"full": "100", "actual": "77"}, "73.03", id="MINMAX"
        ),
        pytest.param(
            "MINMAX", {"min": "7", "max": "7"}, {"full": "10", "actual": "7"}, "10.00", id="MINMAX-all equal"
        ),
        pytest.param("INTERVAL", {"bands": BANDS}, {"full": "5", "actual": "38.9"}, "4.00", id="INTERVAL"),
        pytest.param("LOWER", {}, {"full": "10", "actual": "3.4", "target": "3"}, "8.82", id="LOWER"),
        pytest.param("GRADE", {}, {"full": "10", "grade": "优秀"}, "10.00", id="GRADE-优秀"),
        pytest.param("GRADE", {}, {"full": "10", "grade": "优秀", "tier": "3"}, "9.00", id="GRADE-优秀3"),
        pytest.param("GRADE", {}, {"full": "10", "grade": "称职", "tier": "2"}, "8.00", id="GRADE-称职2"),
        pytest.param("GRADE", {}, {"full": "10", "grade": "合格", "tier": "2"}, "8.00", id="GRADE-合格2"),
        pytest.param(
            "GRADE", {}, {"full": "10", "grade": "基本称职", "tier": "3"}, "6.00", id="GRADE-基本称职3"
        ),
        pytest.param("GRADE", {}, {"full": "10", "grade": "不称职"}, "5.50", id="GRADE-不称职"),
        pytest.param("MILESTONE", {}, {"full": "10", "done": "30,20"}, "5.00", id="MILESTONE"),
        pytest.param("DEDUCT", {"per": "0.3", "cap": "1"}, {"n": "2"}, "-0.60", id="DEDUCT"),
        pytest.param("DEDUCT", {"per": "0.3", "cap": "1"}, {"n": "4"}, "-1.00", id="DEDUCT-cap"),
        pytest.param("DEDUCT", {"per": "0.3"}, {"n": "0"}, "0.00", id="DEDUCT-none"),
        pytest.param("BONUS", {"per": "1.5", "cap": "5"}, {"n": "2"}, "3.00", id="BONUS"),
        pytest.param("BONUS", {"per": "1.5", "cap": "5"}, {"n": "4"}, "5.00", id="BONUS-cap"),
    ],
)
def test_vectors_of_the_specification(code: str, parameters: Any, figures: Any, expected: str):
    assert points(code, parameters, **figures) == expected


@pytest.mark.parametrize(
    ("code", "parameters", "figures", "expected"),
    [
        pytest.param(
            "PROP", {"floor": "0.6"}, {"full": "10", "actual": "59.99", "target": "100"}, "0.00", id="floor"
        ),
        pytest.param(
            "PROP", {"floor": "0.6"}, {"full": "10", "actual": "60", "target": "100"}, "6.00", id="at floor"
        ),
        pytest.param(
            "PROP_BONUS", {}, {"full": "10", "actual": "99", "target": "100"}, "9.90", id="no bonus below"
        ),
        pytest.param(
            "PROP_BONUS", {}, {"full": "10", "actual": "107.99", "target": "100"}, "10.70", id="whole steps"
        ),
        pytest.param(
            "STEP_DEDUCT",
            {"step": "2", "per": "0.5"},
            {"full": "5", "actual": "64", "target": "70"},
            "3.00",
            id="sample",
        ),
        pytest.param(
            "STEP_DEDUCT", {}, {"full": "10", "actual": "1", "target": "100"}, "0.00", id="never below 0"
        ),
        pytest.param(
            "STEP_DEDUCT", {}, {"full": "10", "actual": "98", "target": "100"}, "9.00", id="one whole step"
        ),
        pytest.param("BASE80", {}, {"full": "10", "actual": "40", "target": "12"}, "12.00", id="120 %"),
        pytest.param("BASE80", {}, {"full": "10", "actual": "-9", "target": "12"}, "0.00", id="not below 0"),
        pytest.param("BASE80", {}, {"full": "10", "actual": "-2", "target": "-3"}, "8.50", id="both signs"),
        pytest.param("FLOAT", {}, {"full": "10", "actual": "5", "target": "10"}, "5.38", id="70 %"),
        pytest.param("FLOAT", {}, {"full": "10", "actual": "20", "target": "10"}, "10.00", id="130 %"),
        pytest.param("RANK", {}, {"full": "10", "rank": "1"}, "10.00", id="first"),
        pytest.param("RANK", {}, {"full": "10", "rank": "30"}, "0.00", id="far behind"),
        pytest.param(
            "MINMAX", {"min": "-5", "max": "5"}, {"full": "10", "actual": "0"}, "7.50", id="negative least"
        ),
        pytest.param(
            "MINMAX", {"min": "42", "max": "118"}, {"full": "10", "actual": "130"}, "10.00", id="beyond most"
        ),
        pytest.param("INTERVAL", {"bands": BANDS}, {"full": "5", "actual": "30"}, "3.00", id="lower end"),
        pytest.param("INTERVAL", {"bands": BANDS}, {"full": "5", "actual": "100"}, "5.00", id="last closed"),
        pytest.param(
            "INTERVAL",
            {"bands": "(-∞,0)0分;[0,100)3分;[100,+∞)5分"},
            {"full": "5", "actual": "-7"},
            "0.00",
            id="no end",
        ),
        pytest.param("LOWER", {}, {"full": "10", "actual": "0", "target": "3"}, "10.00", id="none at all"),
        pytest.param("MILESTONE", {}, {"full": "10", "done": ""}, "0.00", id="nothing accepted yet"),
        pytest.param("MILESTONE", {}, {"full": "10", "done": [30, 70]}, "10.00", id="stored row"),
        pytest.param("GRADE", {}, {"full": "5", "actual": "95"}, "4.75", id="points in bulk"),
        pytest.param("DEDUCT", {"per": "0.2"}, {"actual": "12"}, "-2.40", id="cases in bulk, no cap"),
    ],
)
def test_edges_of_the_formulas(code: str, parameters: Any, figures: Any, expected: str):
    assert points(code, parameters, **figures) == expected


@pytest.mark.parametrize("code", RATIO)
def test_ratio_rule_without_a_target_above_zero_is_not_scorable(code: str):
    label = Rule(code).label
    figures = {"full": "10", "actual": "5"}
    assert result(code, **figures).reason == "缺少目标值。"
    assert result(code, target="0", **figures).reason == f"目标值为0，“{label}”要用目标值作除数。"
    assert result(code, target="-3", **figures).reason == (
        f"目标值为负数（-3），不能用“{label}”；负数只用于基础分增减、区间标准化。"
    )
    assert result(code, target="3", base="-1", **figures).reason.startswith("基期值为负数（-1）")


@pytest.mark.parametrize("code", RATIO)
def test_negative_actual_in_a_ratio_rule_scores_zero(code: str):
    found = result(code, full="10", actual="-5", target="10")
    assert str(found.score) == "0.00"
    assert "实际值为负数，比例类规则计0分" in found.steps


@pytest.mark.parametrize(
    ("code", "parameters", "figures", "expected"),
    [
        ("RANK", {}, {"full": "10", "target": "0", "rank": "2"}, "9.50"),
        ("MINMAX", {"min": "0", "max": "4"}, {"full": "10", "target": "0", "actual": "2"}, "7.50"),
        ("GRADE", {}, {"full": "10", "target": "0", "grade": "称职"}, "8.50"),
        ("BASE80", {}, {"full": "10", "target": "0", "actual": "1"}, "8.50"),
        ("TARGET", {}, {"full": "10", "target": "0", "actual": "0"}, "10.00"),
        ("MIXED", {}, {"full": "6", "target": "0", "actual": "0"}, "4.00"),
    ],
)
def test_target_of_zero_stops_the_ratio_rules_only(code: str, parameters: Any, figures: Any, expected: str):
    assert points(code, parameters, **figures) == expected


@pytest.mark.parametrize(
    ("code", "parameters", "figures", "reason"),
    [
        ("PROP", {}, {"actual": "1", "target": "1"}, "缺少满分。"),
        ("PROP", {}, {"full": "10", "target": "1"}, "缺少实际值。"),
        ("BASE80", {}, {"full": "10", "actual": "1"}, "缺少目标值。"),
        ("TARGET", {}, {"full": "10", "actual": "1"}, "缺少目标值。"),
        ("RANK", {}, {"full": "10"}, "缺少位次（rank）。"),
        ("MIXED", {}, {"full": "6", "actual": "9", "target": "8"}, "缺少位次（rank）。"),
        ("MIXED", {}, {"full": "3", "actual": "9", "target": "8"}, "满分3小于达标分4。"),
        ("MINMAX", {}, {"full": "10", "actual": "1"}, "缺少最小值和最大值（参数 min、max）。"),
        ("MINMAX", {"max": "4"}, {"full": "10", "actual": "1"}, "缺少最小值（参数 min）。"),
        ("MINMAX", {"min": "4"}, {"full": "10", "actual": "1"}, "缺少最大值（参数 max）。"),
        ("INTERVAL", {}, {"full": "5", "actual": "1"}, "缺少分档（参数 bands）。"),
        ("INTERVAL", {"bands": BANDS}, {"full": "5"}, "缺少实际值。"),
        (
            "INTERVAL",
            {"bands": BANDS},
            {"full": "5", "actual": "120"},
            "实际值120不在任何一档内，分档覆盖[0,100]。",
        ),
        ("INTERVAL", {"bands": BANDS}, {"full": "4", "actual": "1"}, "满分4小于分档的最高得分5。"),
        ("GRADE", {}, {"full": "10"}, "缺少评价等次。"),
        ("MILESTONE", {}, {"full": "10"}, "缺少已验收的节点。"),
        ("DEDUCT", {"per": "1"}, {}, "缺少扣分项数。"),
        ("DEDUCT", {}, {"n": "1"}, "缺少每项分值（参数 per）。"),
        ("BONUS", {"per": "1"}, {"actual": "1.5"}, "项数须为不小于0的整数，现为1.5。"),
        ("VETO", {}, {}, "一票否决不计分：单位定为四等并排在最后，得分不变。"),
        (
            "TARGET",
            {},
            {"full": "10", "actual": "1", "target": "-1"},
            "目标值为负数（-1），不能用“目标完成法”",
        ),
        ("RANK", {}, {"full": "10", "rank": "1", "base": "-1"}, "基期值为负数（-1），不能用“争先进位法”"),
    ],
)
def test_what_a_rule_lacks_is_told_and_never_scored(code: str, parameters: Any, figures: Any, reason: str):
    found = result(code, parameters, **figures)
    assert found.score is None
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("code", "parameters", "figures", "steps"),
    [
        (
            "PROP",
            {},
            {"full": "10", "actual": "165", "target": "198"},
            (
                "完成率 = 165 ÷ 198 = 83.33%",
                "实际值165未达到目标值198，按比例计分",
                "得分 = 10 × 165 ÷ 198 = 8.33",
            ),
        ),
        (
            "PROP_BONUS",
            {},
            {"full": "10", "actual": "41.5", "target": "34.41"},
            (
                "完成率 = 41.5 ÷ 34.41 = 120.6%",
                "实际值41.5达到目标值34.41，得满分10",
                "每超1%加0.1分，够20级，应加2分",
                "加分最多1.5分，加1.5分",
                "得分 = 10 + 1.5 = 11.50",
            ),
        ),
        (
            "BASE80",
            {},
            {"full": "10", "actual": "16.4", "target": "12"},
            (
                "达到目标得满分的80%，即8分",
                "实际16.4比目标12高4.4个百分点，每个百分点0.5分，加2.2分",
                "得分 = 8 + 2.2 = 10.20",
            ),
        ),
        (
            "MINMAX",
            {"min": "42", "max": "118"},
            {"full": "100", "actual": "77"},
            (
                "最小值42得50%，最大值118得100%，实际值在其间的46.05%处",
                "得分 = 100 × (50 + 50 × 35 ÷ 76) ÷ 100 = 73.03",
            ),
        ),
        (
            "MIXED",
            {},
            {"full": "6", "actual": "8.4", "target": "8", "rank": "3"},
            (
                "实际值8.4超过目标值8，在超过目标的单位中排位次",
                "位次第3，每降一位扣满分的5%，共扣10%",
                "得分 = 6 × 90% = 5.40",
            ),
        ),
        (
            "MILESTONE",
            {},
            {"full": "10", "done": "30,20"},
            ("已验收的节点占 30 + 20 = 50%", "得分 = 10 × 50% = 5.00"),
        ),
        (
            "DEDUCT",
            {"per": "0.3", "cap": "1"},
            {"n": "4"},
            ("4项，每项扣0.3分，应扣1.2分", "最多扣1分", "得分 -1.00"),
        ),
    ],
)
def test_steps_tell_words_and_figures(code: str, parameters: Any, figures: Any, steps: tuple[str, ...]):
    assert result(code, parameters, **figures).steps == steps


def test_quotient_is_rounded_once_and_half_up():
    # 1 × 1.345 ÷ 1 and the next quotient below a half that has no end
    assert points("PROP", full="1.345", actual="1", target="1") == "1.35"
    assert points("PROP", full="1", actual="2.99999999999", target="600") == "0.00"
    assert points("PROP", full="1", actual="3", target="600") == "0.01"


def test_figures_of_any_size_are_exact():
    huge = "123456789012345678901234.0001"
    assert points("PROP", full="10", actual=huge, target="123456789012345678901234.0002") == "10.00"
    assert points("PROP_BONUS", full="10", actual=huge, target="0.000000000001") == "11.50"
    assert points("PROP", full="1E+1", actual="5e-1", target="1") == "5.00"
    assert points("BASE80", full="10", actual=huge, target=f"-{huge}") == "12.00"
    assert "完成率 = 1 ÷ 0.000000000001 = 约1.00E+14%" in (
        result("PROP", full="10", actual="1", target="0.000000000001").steps
    )


def test_grade_that_the_table_lacks_is_refused():
    own = parse_parameters(Rule.GRADE, {}, DEFAULTS)
    with pytest.raises(RuleError, match="等次须为优秀、称职、基本称职、不称职之一，现为“良好”"):
        score(Rule.GRADE, Inputs(full=D(10), grade="良好"), own)


def test_figures_without_end_are_refused():
    for strange in ("NaN", "Infinity"):
        with pytest.raises(RuleError, match="不是可以计分的数"):
            Inputs(full=D(10), actual=D(strange))


def test_item_without_actual_is_unreported_where_the_rule_asks_for_one():
    def unreported(rule: Rule, **figures: Any) -> bool:
        return is_unreported(rule, Inputs(**figures), parse_parameters(rule, {}, DEFAULTS))

    assert unreported(Rule.PROP, full=D(10), target=D(3))
    assert not unreported(Rule.PROP, full=D(10), actual=D(0))
    assert unreported(Rule.RANK, full=D(10))
    assert not unreported(Rule.RANK, full=D(10), rank=2)
    assert unreported(Rule.MILESTONE)
    assert not unreported(Rule.MILESTONE, done=())
    assert not unreported(Rule.VETO)


def test_curve_leaves_out_what_cannot_be_scored():
    own = parse_parameters(Rule.INTERVAL, {"bands": BANDS}, DEFAULTS)
    found = curve(Rule.INTERVAL, Inputs(full=D(5)), own, [D(20), D(39), D(101)])
    assert found == [(D(20), D(2)), (D(39), D(4))]
