"""Scores: trimmed means, votes, totals, weights; no database."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.assessment import (
    Ballots,
    ballot_reasons,
    ballot_score,
    grade_score,
    trimmed_mean,
    weighted_total,
    weights_for,
    weights_reasons,
)
from reform.errors import RuleError
from tests.appointments.policy_values import default_policy

POLICY = default_policy()
VOTES, VALUES = POLICY["round.vote_weights"], POLICY["round.vote_values"]


def votes(good: int = 0, better: int = 0, fair: int = 0, poor: int = 0, **more: int) -> Ballots:
    returned = good + better + fair + poor + more.get("abstained", 0) + more.get("void", 0)
    return Ballots(
        returned, returned, returned, returned, good=good, better=better, fair=fair, poor=poor, **more
    )


def test_one_highest_and_one_lowest_are_left_out():
    scores = [D("90"), D("80.5"), D("88"), D("92"), D("92"), D("70"), D("85")]
    found = trimmed_mean(scores, panel=7, panel_min=7)
    assert found.score == D("87.10")
    assert found.steps == "7名评委，去掉最高92、最低70，435.50÷5=87.10"


def test_a_panel_that_is_too_small_is_not_trimmed():
    found = trimmed_mean([D(90), D(60), D(90)], panel=3, panel_min=7)
    assert found.score == D("80.00")
    assert found.steps == "3名评委，240.00÷3=80.00"


def test_who_stands_back_does_not_stop_the_trimming():
    found = trimmed_mean([D(x) for x in (60, 80, 80, 80, 80, 100)], panel=7, panel_min=7)
    assert found.score == D("80.00")
    assert found.steps.startswith("6名评委，去掉最高100、最低60")


def test_without_a_score_there_is_no_mean():
    with pytest.raises(RuleError, match="没有评委评分"):
        trimmed_mean([], panel=7, panel_min=7)


def test_votes_are_weighted_by_group():
    groups = {"A": votes(good=3, better=1), "B": votes(better=2, fair=2), "C": votes(good=1, poor=1)}
    found = ballot_score(groups, VOTES, VALUES)
    # 96.25×40% + 77.5×30% + 75×30%
    assert found.score == D("84.25")
    assert found.steps == "A票4张均分96.25，B票4张均分77.50，C票2张均分75.00；A×40%+B×30%+C×30%=84.25"


def test_where_a_group_is_absent_the_others_are_the_whole_and_the_steps_say_so():
    found = ballot_score({"A": votes(good=1), "C": votes(poor=1)}, VOTES, VALUES)
    assert found.score == D("78.57")
    assert found.steps.endswith("A×40%+C×30%，缺B票，按合计70%折算=78.57")


def test_abstained_and_void_ballots_do_not_count():
    marked = ballot_score({"A": votes(good=2)}, VOTES, VALUES).score
    assert ballot_score({"A": votes(good=2, abstained=3, void=1)}, VOTES, VALUES).score == marked
    with pytest.raises(RuleError, match="没有有效的民主测评票"):
        ballot_score({"A": votes(abstained=3)}, VOTES, VALUES)


def test_counts_of_ballots_have_to_agree():
    assert ballot_reasons(votes(good=3, void=1)) == []
    wrong = Ballots(expected=10, present=12, issued=12, returned=13, good=5, better=0, fair=0, poor=0)
    assert ballot_reasons(wrong) == [
        "实到12，多于应到10",
        "收回13，多于发出12",
        "收回13票，各选项、弃权和作废合计5票，不相等",
    ]


def test_results_from_annual_grades():
    found = grade_score({2019: "B", 2020: "A", 2021: "N"}, POLICY["round.grade_values"])
    assert (found.score, found.steps) == (D("92.50"), "年度考核2019年85.00、2020年100.00，平均92.50")
    with pytest.raises(RuleError):
        grade_score({2021: "N"}, POLICY["round.grade_values"])


SAMPLE = {"written": 35, "interview": 25, "peer_vote": 25, "results": 15}


def test_total_is_rounded_once_half_up():
    scores = {"written": D("83.5"), "interview": D("70.6"), "peer_vote": D("81.1"), "results": D("79.4")}
    # 29.225 + 17.65 + 20.275 + 11.91 = 79.06
    found = weighted_total(scores, SAMPLE)
    assert found.score == D("79.06")
    assert found.steps == "笔试83.5×35%+面试70.6×25%+民主测评81.1×25%+业绩79.4×15%=79.06"
    assert weighted_total(
        {"written": D("80.01"), "interview": D("80.02")}, {"written": 50, "interview": 50}
    ).score == D("80.02")


def test_a_missing_item_is_named():
    with pytest.raises(RuleError, match="缺少面试、业绩成绩"):
        weighted_total({"written": D(80), "peer_vote": D(80)}, SAMPLE)


def test_weights_have_to_total_100():
    assert weights_reasons(POLICY["round.weights"]) == []
    assert weights_reasons({"*": {"written": 50, "oral": 40}}) == [
        "全部层级：没有“oral”这个考评项目",
        "全部层级考评权重合计90，须为100",
    ]
    assert weights_reasons({"*": {"written": "33.3", "interview": "66.7"}}) == []
    assert weights_reasons({}) == ["没有考评权重"]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("L70", {"interview": 40, "peer_vote": 30, "results": 30}),
        ("L60", {"interview": 40, "peer_vote": 30, "results": 30}),
        ("L40", {"written": 30, "interview": 40, "peer_vote": 30}),
        ("L30", None),
    ],
)
def test_weights_by_range_of_levels(level, expected):
    assert weights_for(level, POLICY["round.weights"], POLICY.ladder) == expected


def test_the_narrowest_range_goes_before_all_levels():
    table = {"*": {"written": 100}, "L40-L70": {"interview": 100}, "L50": {"results": 100, "written": 0}}
    assert weights_for("L50", table, POLICY.ladder) == {"results": 100}
    assert weights_for("L40", table, POLICY.ladder) == {"interview": 100}
    assert weights_for("L30", table, POLICY.ladder) == {"written": 100}


scores_ = st.decimals(min_value=0, max_value=100, places=2)


@given(st.lists(scores_, min_size=1, max_size=11), st.integers(1, 11))
def test_a_mean_stays_within_the_scores_whatever_their_order(scores, panel_min):
    found = trimmed_mean(scores, panel=len(scores), panel_min=panel_min).score
    assert min(scores) <= found <= max(scores)
    assert found == trimmed_mean(scores[::-1], panel=len(scores), panel_min=panel_min).score


counts = st.integers(0, 30)


@given(good=counts, better=counts, fair=counts, poor=st.integers(1, 30))
def test_a_better_mark_never_lowers_the_vote(good, better, fair, poor):
    before = ballot_score({"A": votes(good, better, fair, poor)}, VOTES, VALUES).score
    after = ballot_score({"A": votes(good + 1, better, fair, poor - 1)}, VOTES, VALUES).score
    assert 50 <= before < after <= 100 or before == after == 100


@given(
    st.fixed_dictionaries(dict.fromkeys(SAMPLE, scores_)),
    st.sampled_from(sorted(SAMPLE)),
    st.decimals(0, 10, places=2),
)
def test_a_better_item_never_lowers_the_total(scores, item, more):
    before = weighted_total(scores, SAMPLE).score
    better = scores | {item: min(scores[item] + more, D(100))}
    assert 0 <= before <= weighted_total(better, SAMPLE).score <= 100
