"""综合得分 and K_p; no database."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.combination import combined, grade_coefficient
from reform.errors import RuleError
from tests.appointments.policy_values import default_policy

POLICY = default_policy()
WEIGHTS = POLICY["kpi.combination"]
scores = st.decimals(0, 105, places=2)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("L90", "L80", "L70"), "89.79"),
        (("L60",), "89.32"),
        (("L50", "L40"), "88.38"),
        (("L30", "L20"), "87.91"),
    ],
)
def test_the_examples_of_the_specification(levels, expected):
    found = {combined(D("91.20"), D("86.50"), WEIGHTS, level).score for level in levels}
    assert found == {D(expected)}


def test_the_steps_show_both_parts():
    assert combined(D("91.20"), D("86.50"), WEIGHTS, "L60").steps == (
        "单位得分91.20×60%+个人得分86.50×40%=89.32",
    )


@pytest.mark.parametrize(
    ("unit", "personal", "reason"),
    [
        (None, D(80), "没有单位得分，不能计算综合得分。"),
        (D(80), None, "没有个人得分，不能计算综合得分。"),
        (None, None, "没有单位得分、个人得分，不能计算综合得分。"),
    ],
)
def test_a_missing_part_leaves_no_score(unit, personal, reason):
    found = combined(unit, personal, WEIGHTS, "L30")
    assert (found.score, found.reason) == (None, reason)


def test_a_part_without_weight_is_not_needed():
    assert combined(None, D("86.50"), {"L30": 0}, "L30").score == D("86.50")
    assert combined(D("91.20"), None, {"*": "1"}, "L35").score == D("91.20")


def test_a_level_without_weight_and_a_weight_above_one_are_refused():
    with pytest.raises(RuleError, match="政策参数“单位得分在个人综合得分中的权重”没有层级L35。"):
        combined(D(90), D(80), WEIGHTS, "L35")
    with pytest.raises(RuleError, match="层级L30的单位得分权重须在0到1之间，现为30。"):
        combined(D(90), D(80), {"L30": 30}, "L30")


def test_coefficients_of_the_grades():
    table = POLICY["pay.grade_coefficients"]
    found = {grade: str(grade_coefficient(grade, table)) for grade in "ABCD"}
    assert found == {"A": "1.2000", "B": "1.0000", "C": "0.6000", "D": "0.0000"}
    assert grade_coefficient(None, table) is None
    with pytest.raises(RuleError, match="政策参数“个人绩效系数”没有等次E。"):
        grade_coefficient("E", table)


@given(scores, scores, st.sampled_from(sorted(WEIGHTS)), scores)
def test_it_lies_between_its_parts_and_never_falls_when_one_rises(unit, personal, level, more):
    found = combined(unit, personal, WEIGHTS, level).score
    assert found is not None
    assert min(unit, personal) <= found <= max(unit, personal)
    better = combined(unit, max(personal, more), WEIGHTS, level).score
    assert better is not None
    assert better >= found
