"""Parameters of the scoring rules: typed, checked, read from what offices write and shown like that."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.bands import Band
from kpi.rules.parameters import Counted, MinMax, Proportion, ProportionBonus, StepDeduct, TargetRanking
from kpi.rules.scoring import (
    FIELDS,
    Direction,
    Parameters,
    Rule,
    RuleError,
    direction_problem,
    parameters_as_given,
    parameters_text,
    parse_bands,
    parse_parameters,
    parse_text,
    rule_by_name,
)
from tests.appointments.policy_values import default_policy

DEFAULTS = default_policy()["kpi.rule_defaults"]


def test_defaults_are_the_specifications():
    assert parse_parameters(Rule.PROP, {}, DEFAULTS) == Proportion(D(0))
    assert parse_parameters(Rule.PROP_BONUS, {}, DEFAULTS) == ProportionBonus(D(1), D("0.1"), D("1.5"))
    assert parse_parameters(Rule.STEP_DEDUCT, {}, DEFAULTS) == StepDeduct(D(2), D(1))
    assert parse_parameters(Rule.MIXED, {}, DEFAULTS) == TargetRanking(D(4), D("0.05"))
    assert parse_parameters(Rule.MINMAX, {}, DEFAULTS) == MinMax(D(50))
    for rule in Rule:
        assert parse_parameters(rule, {}, DEFAULTS) is not None


def test_rule_without_default_says_which_parameter_is_lacking():
    with pytest.raises(RuleError) as fault:
        parse_parameters(Rule.PROP_BONUS, {"step": "1"}, {})
    assert str(fault.value) == (
        "规则“比例+超额加分”缺少参数 per（每级加分），政策中也没有默认值（kpi.rule_defaults）。"
    )


@pytest.mark.parametrize(
    ("rule", "given", "message"),
    [
        (
            Rule.PROP,
            {"floor": "abc"},
            "参数 floor（完成率低于此数不得分）须为数字，现为“abc”；可填0至1的数字。",
        ),
        (
            Rule.PROP,
            {"floor": "NaN"},
            "参数 floor（完成率低于此数不得分）须为数字，现为“NaN”；可填0至1的数字。",
        ),
        (Rule.PROP, {"floor": ""}, "参数 floor（完成率低于此数不得分）须为数字，现为“”；可填0至1的数字。"),
        (Rule.PROP, {"floor": "1.2"}, "参数 floor（完成率低于此数不得分）须为0至1的数字，现为1.2。"),
        (Rule.PROP_BONUS, {"step": "0"}, "参数 step（每级百分点）须为大于0的数字，现为0。"),
        (Rule.PROP_BONUS, {"cap": "-1"}, "参数 cap（加分上限）须为不小于0的数字，现为-1。"),
        (
            Rule.STEP_DEDUCT,
            {"cap": "1"},
            "规则“阶梯扣分”没有参数 cap；可用：step（每级百分点）、per（每级扣分）。",
        ),
        (Rule.TARGET, {"x": "1"}, "规则“目标完成法”没有参数 x；它不设参数。"),
        (
            Rule.MINMAX,
            {"min": "5", "max": "4"},
            "参数 min（最小值）须不大于 max（最大值）4，现为5。",
        ),
        (
            Rule.PROP,
            {"floor": "1234567890123"},
            "参数 floor（完成率低于此数不得分）最多12位整数、12位小数，现为“1234567890123”；可填0至1的数字。",
        ),
        (
            Rule.MILESTONE,
            {"nodes": "立项30%;开工20%"},
            "参数 nodes（节点权重）：节点权重合计须为100%，现为50%。",
        ),
        (Rule.GRADE, {"grades": "优秀101"}, "参数 grades（等次分数）：等次“优秀”的分数须为0至100，现为101。"),
    ],
)
def test_fault_names_the_parameter_the_value_and_what_is_allowed(rule: Rule, given: Any, message: str):
    with pytest.raises(RuleError) as fault:
        parse_parameters(rule, given, DEFAULTS)
    assert str(fault.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0,30)2分;[31,100]5分", "分档[0,30)与[31,100]之间有空档：30至31没有得分。"),
        ("[0,30)2分;[29,100]5分", "分档[0,30)与[29,100]重叠。"),
        ("[0,30]2分;[30,100]5分", "分档[0,30]与[30,100]在30处重叠。"),
        ("[0,30)2分;(30,100]5分", "分档[0,30)与(30,100]之间有空档：30没有得分。"),
        ("[30,0)2分", "分档[30,0)是空的：下限须小于上限。"),
        ("[30,30)2分", "分档[30,30)是空的：下限须小于上限。"),
        ("[0,30)-2分", "分档[0,30)的得分须不小于0，现为-2。"),
        ("(-∞,0)1分;(-∞,9)2分", "分档(-∞,0)与(-∞,9)重叠。"),
        ("[0,30)两分", "分档得分须为数字，现为“两”。"),
        ("30以下2分", "分档中“30以下2分”看不懂。请写成“[0,30)2分;[30,100]5分”。"),
        ("", "分档为空。请写成“[0,30)2分;[30,100]5分”。"),
    ],
)
def test_bands_must_cover_and_not_overlap(text: str, message: str):
    with pytest.raises(RuleError) as fault:
        parse_bands(text)
    assert str(fault.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "[0,30):2;[30,100]:5",
        "[0,30)2分;[30,100]5分",
        " [0 , 30) 得2分； [30，100] 得5分。",
        "［0，30）：2；［30，100］：5",
        "[30,100]5分,[0,30)2分",
        "[0%,30%)2分;[30%,100%]5分",
    ],
)
def test_bands_are_read_however_they_are_written(text: str):
    assert parse_bands(text) == (
        Band(D(0), D(30), D(2)),
        Band(D(30), D(100), D(5), high_closed=True),
    )


def test_bands_without_end_are_read():
    low, middle, high = parse_bands("(−∞,0)0分；[0,100)3分；[100,＋∞）5分")
    assert (low.low, low.has(D(-1000)), low.has(D(0))) == (None, True, False)
    assert (middle.has(D(0)), middle.has(D(100))) == (True, False)
    assert (high.high, high.has(D(100)), high.has(D(10**9))) == (None, True, True)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (Rule.PROP, "", {"floor": "0"}),
        (Rule.PROP, "按完成比例计分，完成率低于60%不得分", {"floor": "0.6"}),
        (Rule.PROP, "按比例计分，不设最低线", {"floor": "0"}),
        (Rule.PROP_BONUS, "每超1%加0.1分,最多加1.5分", {"step": "1", "per": "0.1", "cap": "1.5"}),
        (
            Rule.PROP_BONUS,
            "每超过 2 个百分点加 0.2 分；加满 3 分为止。",
            {"step": "2", "per": "0.2", "cap": "3"},
        ),
        (Rule.PROP_BONUS, "每超１％加０．１分，封顶1分", {"step": "1", "per": "0.1", "cap": "1"}),
        (Rule.PROP_BONUS, "最高3分", {"step": "1", "per": "0.1", "cap": "3"}),
        (Rule.PROP_BONUS, "step=2,cap=1", {"step": "2", "per": "0.1", "cap": "1"}),
        (Rule.STEP_DEDUCT, "每低2%扣0.5分", {"step": "2", "per": "0.5"}),
        (Rule.STEP_DEDUCT, "每少1个百分点扣1分，扣完为止", {"step": "1", "per": "1"}),
        (Rule.BASE80, "每增减1个百分点加减0.4分", {"share": "0.8", "per": "0.4", "cap": "1.2"}),
        (Rule.FLOAT, "上下浮动20%", {"band": "0.2"}),
        (Rule.FLOAT, "浮动±20%", {"band": "0.2"}),
        (Rule.RANK, "第一名得满分，每降一位扣4%，扣完为止", {"per": "0.04"}),
        (Rule.MIXED, "达标得3分,每降1位扣满分的10%", {"first": "3", "per": "0.1"}),
        (Rule.DEDUCT, "每项扣0.3分，最多扣1分", {"per": "0.3", "cap": "1"}),
        (Rule.DEDUCT, "每起扣1分", {"per": "1"}),
        (Rule.DEDUCT, "0.3/个", None),
        (Rule.DEDUCT, "0.3分/个", {"per": "0.3"}),
        (Rule.BONUS, "每次加0.5分,累计不超过3分", {"per": "0.5", "cap": "3"}),
        (Rule.MILESTONE, "立项30%；开工20%；竣工50%", {"nodes": "立项30%;开工20%;竣工50%"}),
        (Rule.MILESTONE, "", {}),
        (Rule.GRADE, "优秀100；称职80", {"grades": "优秀100;称职80"}),
        (Rule.TARGET, "完成得满分，未完成不得分", {}),
    ],
)
def test_what_offices_write_is_read(rule: Rule, text: str, expected: dict[str, str] | None):
    if expected is None:
        with pytest.raises(RuleError, match="看不懂"):
            parse_text(rule, text, DEFAULTS)
    else:
        assert parameters_as_given(rule, parse_text(rule, text, DEFAULTS)) == expected


def test_clause_that_is_not_understood_is_refused_with_an_example():
    with pytest.raises(RuleError) as fault:
        parse_text(Rule.PROP_BONUS, "每超1%加0.1分,超得太多另议", DEFAULTS)
    assert str(fault.value) == (
        "“比例+超额加分”的计分参数“超得太多另议”看不懂。请写成“每超1%加0.1分,最多加1.5分”。"
    )
    with pytest.raises(RuleError, match="per 写了两次"):
        parse_text(Rule.BONUS, "每项加1分,每项加2分", DEFAULTS)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *((rule.value, rule) for rule in Rule),
        *((rule.label, rule) for rule in Rule),
        ("prop", Rule.PROP),
        (" 比例 ＋ 超额加分 ", Rule.PROP_BONUS),
        ("浮动±30 %", Rule.FLOAT),
        ("逆向比例法", Rule.LOWER),
        ("分档计分", Rule.INTERVAL),
        ("目标+争先", Rule.MIXED),
    ],
)
def test_rule_is_found_by_code_and_chinese_name(text: str, rule: Rule):
    assert rule_by_name(text) is rule


def test_unknown_rule_is_told_with_those_that_are_known():
    with pytest.raises(RuleError, match=r"^没有“抓阄”这种计分规则；可用：比例法（PROP）、"):
        rule_by_name("抓阄")


@pytest.mark.parametrize(
    ("rule", "direction", "fits"),
    [
        (Rule.PROP, Direction.UP, True),
        (Rule.PROP, Direction.DOWN, False),
        (Rule.LOWER, Direction.DOWN, True),
        (Rule.LOWER, Direction.UP, False),
        (Rule.RANK, Direction.DOWN, True),
        (Rule.RANK, Direction.NEUTRAL, False),
        (Rule.INTERVAL, Direction.NEUTRAL, True),
    ],
)
def test_rule_goes_with_the_indicators_direction(rule: Rule, direction: Direction, fits: bool):
    assert (direction_problem(rule, direction) == "") is fits


amounts = st.decimals(0, 1000, places=3)
shares = st.decimals(0, 1, places=4)


@st.composite
def band_tables(draw: st.DrawFn) -> str:
    ends = sorted(draw(st.sets(st.decimals(-1000, 1000, places=2), min_size=2, max_size=7)))
    closes = draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    bands = [
        f"{'[' if not closed else '('}{low},{high}{']' if next_closed else ')'}{draw(amounts)}分"
        for low, high, closed, next_closed in zip(ends, ends[1:], closes, closes[1:], strict=False)
    ]
    first, last = ends[0], ends[-1]
    if draw(st.booleans()):
        bands.append(f"(-∞,{first}{']' if closes[0] else ')'}{draw(amounts)}分")
    if draw(st.booleans()):
        bands.append(f"{'(' if closes[-1] else '['}{last},+∞){draw(amounts)}分")
    return ";".join(draw(st.permutations(bands)))


@st.composite
def rules_with_parameters(draw: st.DrawFn) -> tuple[Rule, Parameters]:
    rule = draw(st.sampled_from(list(Rule)))
    given: dict[str, Any] = {}
    for field in FIELDS[rule]:
        if not field.required and draw(st.booleans()):
            continue
        match field.name:
            case "bands":
                given["bands"] = draw(band_tables())
            case "nodes":
                given["nodes"] = draw(st.sampled_from(["立项30%;开工20%;竣工50%", "验收100%"]))
            case "grades":
                given["grades"] = draw(st.sampled_from(["优秀100/95;称职80;不称职0.5", "好90;差10"]))
            case _ if field.most is not None:
                given[field.name] = draw(shares) * field.most
            case _ if field.above:
                given[field.name] = draw(st.decimals("0.001", 100, places=3))
            case _:
                given[field.name] = draw(amounts)
    if rule == Rule.MINMAX and None not in (least := given.get("min"), most := given.get("max")):
        given["min"], given["max"] = min(least, most), max(least, most)
    return rule, parse_parameters(rule, given, {})


@given(rules_with_parameters())
def test_parameters_shown_are_read_back(one: tuple[Rule, Parameters]):
    rule, parameters = one
    assert parse_text(rule, parameters_text(rule, parameters), {}) == parameters


@given(rules_with_parameters())
def test_parameters_stored_are_read_back(one: tuple[Rule, Parameters]):
    rule, parameters = one
    assert parse_parameters(rule, parameters_as_given(rule, parameters), {}) == parameters


@given(band_tables(), st.decimals(-2000, 2000, places=2))
def test_actual_is_in_one_band_at_most(text: str, actual: D):
    bands = parse_bands(text)
    covered = sum(band.has(actual) for band in bands)
    inside = (bands[0].low is None or actual > bands[0].low) and (
        bands[-1].high is None or actual < bands[-1].high
    )
    assert covered == 1 if inside else covered <= 1


def test_counted_rule_without_cap_says_nothing_of_one():
    assert parameters_text(Rule.BONUS, Counted(D("0.5"))) == "每项加0.5分"
    assert (
        parameters_text(Rule.INTERVAL, parse_parameters(Rule.INTERVAL, {"bands": "[0,1]:3"}, {}))
        == "[0,1]3分"
    )
