"""The formula in the second line of a sheet of personal scores; no database."""

from decimal import Decimal as D
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.formula import Formula, apply, formula_steps, is_formula, read_formula
from reform.errors import RuleError

LINE = "个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×20%+加分-扣分"
COLUMNS = (
    "序号",
    "单位",
    "姓名",
    "身份证号",
    "KPI得分",
    "民主测评得分",
    "领导评价得分",
    "加分",
    "扣分",
    "备注",
)
READ = Formula((("KPI得分", D(60)), ("民主测评得分", D(20)), ("领导评价得分", D(20))), True, True)


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        "个人得分＝ＫＰＩ得分＊６０％＋民主测评得分＊２０％＋领导评价得分＊２０％＋加分－扣分",
        "个人得分 = KPI得分 x 60% + 民主测评得分 X 20% + 领导评价得分 * 20% + 加分 − 扣分。",
        "个人得分=60%×KPI得分+20%×民主测评得分+20%×领导评价得分+加分-扣分",
        "个人得分=KPI得分×60+民主测评得分×20+(20*领导评价得分)+加分-扣分",
        "个人得分：KPI得分×0.6+民主测评得分×0.2+领导评价得分×.2+加分项—减分",
        "注：计算公式：个人得分=(KPI得分×60%+民主测评得分×20%+领导评价得分×20%)+（加分-扣分）",
        "KPI得分占60%+民主测评得分占20%+领导评价得分乘以20%+加分-扣分项",
        "个人得分=KPI得分×60%+(民主测评得分×20%)+领导评价得分×20%-(扣分-加分)",
    ],
)
def test_one_formula_in_many_hands(text):
    assert read_formula(text, COLUMNS) == READ
    assert str(read_formula(text)) == LINE


def test_bonus_and_deduction_count_only_where_the_formula_names_them():
    formula = read_formula("个人得分=KPI得分×70%+民主测评得分×30%")
    values = {"KPI得分": D(90), "民主测评得分": D(80), "加分": D(5), "扣分": D(2)}
    assert (formula.bonus, formula.deduction) == (False, False)
    assert apply(formula, values, highest=105) == D("87.00")


def test_names_may_hold_brackets_and_the_letter_x():
    formula = read_formula("得分=Excel测试(百分制)x40%+占比得分×60%")
    assert formula.columns == ("Excel测试(百分制)", "占比得分")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("个人得分=KPI得分×60%+民主测评得分×30%", "权重合计90%，须为100%"),
        ("个人得分=KPI得分×60+民主测评得分×30", "权重合计9000%，须为100%"),
        (
            "个人得分=KPI得分×60%+奖惩+领导评价得分×40%",
            "看不懂“奖惩”：须写成“列名×权重%”，或加分、扣分",
        ),
        ("个人得分=KPI得分×60%×40%", "看不懂“KPI得分×60%×40%”：须写成“列名×权重%”，或加分、扣分"),
        ("个人得分=KPI得分×60%+述职得分×40%", "表头中没有“述职得分”这一列"),
        ("个人得分=KPI得分×60%+KPI得分×40%", "“KPI得分”出现了两次"),
        (
            "个人得分=KPI得分×100%-领导评价得分×0%",
            "“领导评价得分”前面是减号，只有扣分可以减；“领导评价得分”的权重为0",
        ),
        ("个人得分=KPI得分×100%-加分+扣分", "加分前面须为“+”，现为“-”；扣分前面须为“-”，现为“+”"),
        ("个人得分=KPI得分×100%+加分+加分项", "加分出现了两次"),
        ("个人得分=KPI得分×100%++加分", "有一处“+”或“-”后面是空的"),
        ("个人得分=(KPI得分×100%+加分", "括号不成对"),
        ("个人得分=加分-扣分", "没有任何“列名×权重%”"),
        ("个人得分=", "没有任何“列名×权重%”"),
    ],
)
def test_what_is_wrong_with_a_formula_is_said_in_full(text, message):
    with pytest.raises(RuleError) as refusal:
        read_formula(text, COLUMNS)
    assert str(refusal.value) == f"计分公式“{text}”：{message}。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LINE, True),
        ("考核周期:2021年度", False),
        ("说明：得分保留两位小数", False),
        ("得分：KPI得分*100%", True),
    ],
)
def test_the_line_of_the_formula_is_recognised(text, expected):
    assert is_formula(text) is expected


@pytest.mark.parametrize(
    ("values", "expected", "steps"),
    [
        (
            {"KPI得分": D("94.63"), "民主测评得分": D("99.8"), "领导评价得分": D("96.8"), "加分": D(2)},
            "98.10",
            "KPI得分94.63×60%+民主测评得分99.8×20%+领导评价得分96.8×20%+加分2=98.10",
        ),
        (
            {"KPI得分": D("93.32"), "民主测评得分": D("90.3"), "领导评价得分": D("96.8"), "扣分": D("0.5")},
            "92.91",
            "KPI得分93.32×60%+民主测评得分90.3×20%+领导评价得分96.8×20%-扣分0.5=92.91",
        ),
        (
            dict.fromkeys(("KPI得分", "民主测评得分", "领导评价得分"), D(100)) | {"加分": D(8)},
            "105.00",
            "KPI得分100×60%+民主测评得分100×20%+领导评价得分100×20%+加分8=108，限于0到105，得105.00",
        ),
        (
            dict.fromkeys(("KPI得分", "民主测评得分", "领导评价得分"), D(0)) | {"扣分": D(1), "加分": None},
            "0.00",
            "KPI得分0×60%+民主测评得分0×20%+领导评价得分0×20%-扣分1=-1，限于0到105，得0.00",
        ),
    ],
)
def test_the_score_of_a_row_is_clamped_and_rounded_once(values: dict[str, Any], expected, steps):
    assert apply(READ, values, highest=105) == D(expected)
    assert formula_steps(READ, values, highest=105) == steps


def test_rows_that_lack_a_figure_or_have_a_negative_bonus_are_refused():
    whole = dict.fromkeys(READ.columns, D(90))
    with pytest.raises(RuleError, match="缺少民主测评得分、领导评价得分，不能计算个人得分。"):
        apply(READ, {"KPI得分": D(90), "民主测评得分": None}, highest=105)
    with pytest.raises(RuleError, match=r"扣分不能是负数，现为-0\.5。"):
        apply(READ, whole | {"扣分": D("-0.5")}, highest=105)


def test_half_a_cent_is_rounded_up_and_never_twice():
    formula = read_formula("得分=甲×50%+乙×50%")
    assert apply(formula, {"甲": D("80.01"), "乙": D("80.00")}, highest=105) == D("80.01")
    assert apply(formula, {"甲": D("80.009"), "乙": D("80.000")}, highest=105) == D("80.00")


names = st.text(alphabet="测评得分领导业绩素质KPI()", min_size=1, max_size=8).filter(
    lambda name: name not in ("加分", "扣分", "减分") and "(" not in name and ")" not in name
)


@st.composite
def formulas(draw: st.DrawFn) -> Formula:
    columns = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    cuts = draw(
        st.lists(st.integers(1, 9999), min_size=len(columns) - 1, max_size=len(columns) - 1, unique=True)
    )
    ends = [0, *sorted(cuts), 10000]
    weights = [D(after - before) / 100 for before, after in pairwise(ends)]
    terms = tuple(zip(columns, weights, strict=True))
    return Formula(terms, draw(st.booleans()), draw(st.booleans()))


@given(formulas())
def test_a_formula_written_is_read_back_the_same(formula):
    assert read_formula(str(formula), [*formula.columns, "加分", "扣分"]) == formula
    assert is_formula(str(formula))


@given(formulas(), st.data())
def test_a_score_stays_within_bounds_and_never_falls_with_a_better_figure(formula, data):
    marks = st.decimals(0, 120, places=2)
    values = {column: data.draw(marks) for column in (*formula.columns, "加分", "扣分")}
    score = apply(formula, values, highest=105)
    assert 0 <= score <= 105
    column = formula.columns[0]
    better = values | {column: values[column] + data.draw(marks)}
    assert apply(formula, better, highest=105) >= score
