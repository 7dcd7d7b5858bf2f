"""Personal appraisal: factors, raters, quarters and the year; no database."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.personal import (
    FACTORS,
    GROUPS,
    Rating,
    excellent_tickets_reason,
    group_scores,
    quarter_of_groups,
    rating_score,
    year_of_two_parts,
    year_score,
)
from reform.errors import RuleError
from tests.appointments.policy_values import default_policy

FACTOR_WEIGHTS = default_policy()["kpi.factor_weights"]
WEIGHTS = {"leaders": 60, "rated": 40}
RATED = {"self": 10, "unit": 55, "peers": 35}
EXAMPLE = {"leaders": D(88), "self": D(95), "unit": D("87.5"), "peers": D(84)}
YEAR: Any = {"quarters_share": 95, "points_range": (1, 5), "expected": (1, 2, 3, 4)}


def alike(group: str, score: object, weight: int = 1) -> Rating:
    return Rating(group, dict.fromkeys(FACTORS, D(str(score))), weight)


def test_the_example_of_the_specification():
    found = quarter_of_groups(EXAMPLE, WEIGHTS, RATED)
    assert found.score == D("87.61")
    assert found.steps == (
        "被考核人评价：自评95×10%+本单位互评87.5×55%+同级互评84×35%=87.025",
        "领导评价88×60%+被考核人评价87.025×40%=87.61",
    )


def test_the_example_from_single_ratings():
    ratings = [alike("leaders", 88), alike("self", 95), alike("peers", 84)]
    ratings += [alike("unit", 85), alike("unit", 90)]
    counts = {"leaders": 1, "self": 1, "unit": 2, "peers": 1}
    found = quarter_of_groups(group_scores(ratings, FACTOR_WEIGHTS), WEIGHTS, RATED, counts=counts)
    assert found.score == D("87.61")
    assert found.steps[2] == "本单位互评2人，平均87.50"


def test_five_factors_by_weight():
    factors = {
        "virtue": D(90),
        "ability": D(80),
        "diligence": D(85),
        "results": D("92.5"),
        "integrity": D(100),
    }
    assert rating_score(factors, FACTOR_WEIGHTS) == D("89.75")


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"virtue": D(90)}, "缺少能、勤、绩、廉的评分。"),
        (dict.fromkeys(FACTORS, D(101)), "德评分须在0到100之间，现为101。"),
        (dict.fromkeys([*FACTORS, "beauty"], D(90)), "没有“beauty”这个考核要素。"),
    ],
)
def test_a_rating_that_is_not_complete_or_out_of_bounds_is_refused(factors, message):
    with pytest.raises(RuleError) as refusal:
        rating_score(factors, FACTOR_WEIGHTS)
    assert str(refusal.value) == message


def test_factor_weights_must_be_a_whole():
    with pytest.raises(RuleError, match="德能勤绩廉权重合计99%，须为100%。"):
        rating_score(dict.fromkeys(FACTORS, D(90)), FACTOR_WEIGHTS | {"virtue": 14})


def test_raters_of_a_group_count_by_their_weight():
    found = group_scores([alike("leaders", 90, 3), alike("leaders", 80, 1)], FACTOR_WEIGHTS)
    assert found == {"leaders": D("87.5")}


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ([alike("leaders", 90, 0)], "领导评价的评价人权重合计为0。"),
        ([alike("leaders", 90, -1)], "领导评价的评价人权重不能是负数，现为-1。"),
        ([alike("neighbours", 90)], "没有“neighbours”这个评价主体。"),
    ],
)
def test_raters_that_cannot_be_weighed_are_refused(ratings, message):
    with pytest.raises(RuleError) as refusal:
        group_scores(ratings, FACTOR_WEIGHTS)
    assert str(refusal.value) == message


@pytest.mark.parametrize("group", GROUPS)
def test_a_missing_group_makes_the_quarter_not_scorable(group):
    scores = {name: score for name, score in EXAMPLE.items() if name != group}
    found = quarter_of_groups(scores, WEIGHTS, RATED)
    assert found.score is None
    assert found.reason == f"缺少{GROUPS[group]}，权重不作调整，不能计分。"


def test_weights_are_redistributed_only_where_asked_for_and_the_steps_say_so():
    scores = {"leaders": D(88), "self": D(95), "unit": D("87.5")}
    found = quarter_of_groups(scores, WEIGHTS, RATED, redistributes=True)
    # (9.5 + 48.125) / 65 % = 88.6538…
    assert found.score == D("88.26")
    assert found.steps[0] == "被考核人评价：自评95×10%+本单位互评87.5×55%，按合计65%折算=88.6538"


def test_a_quarter_without_any_rating_has_no_score_even_when_redistributed():
    assert quarter_of_groups({}, WEIGHTS, RATED, redistributes=True).reason == "没有任何评价，不能计分。"


def test_a_group_without_weight_is_not_missed():
    found = quarter_of_groups({"leaders": D(80), "unit": D(90)}, WEIGHTS, {"unit": 100, "self": 0})
    assert found.score == D("84.00")


@pytest.mark.parametrize(
    ("weights", "rated", "message"),
    [
        ({"leaders": 60, "rated": 30}, RATED, "评价主体权重合计90%，须为100%。"),
        (WEIGHTS, {"self": 10, "unit": 55, "friends": 35}, "没有“friends”这个评价主体。"),
        (WEIGHTS, {"self": -10, "unit": 75, "peers": 35}, "被考核人评价权重不能是负数。"),
    ],
)
def test_weights_that_are_no_whole_are_refused(weights, rated, message):
    with pytest.raises(RuleError) as refusal:
        quarter_of_groups(EXAMPLE, weights, rated)
    assert str(refusal.value) == message


def test_the_year_is_the_mean_of_the_quarters_and_the_leaders_points():
    quarters = {1: D("87.61"), 2: D("90.00"), 3: D("88.50"), 4: D("91.20")}
    found = year_score(quarters, D(4), **YEAR)
    # 357.31 / 4 = 89.3275; × 95 % = 84.861125; + 4
    assert found.score == D("88.86")
    assert found.steps == (
        "季度平均：(87.61+90.00+88.50+91.20)÷4=89.3275",
        "季度平均89.3275×95%+领导小组评分4=88.86",
    )


def test_a_missing_quarter_leaves_the_year_without_a_score():
    found = year_score({1: D(90), 2: None, 3: D(90)}, D(4), **YEAR)
    assert found.reason == "缺少第2季度、第4季度得分，不能计算年度得分。"


def test_who_joined_in_july_is_measured_by_two_quarters():
    found = year_score({3: D(90), 4: D(80)}, D(5), **YEAR | {"expected": (3, 4)})
    assert found.score == D("85.75")


def test_without_points_or_quarters_there_is_no_year():
    quarters = dict.fromkeys((1, 2, 3, 4), D(90))
    assert year_score(quarters, None, **YEAR).reason == "领导小组还没有评分。"
    assert year_score(quarters, D(3), **YEAR | {"expected": ()}).reason == "没有应计分的季度。"


@pytest.mark.parametrize("points", ["0", "0.99", "5.01"])
def test_points_outside_one_to_five_are_refused(points):
    with pytest.raises(RuleError, match=f"领导小组评分须在1到5分之间，现为{points}。"):
        year_score(dict.fromkeys((1, 2, 3, 4), D(90)), D(points), **YEAR)


def test_the_other_preset_takes_the_year_end_for_forty_per_cent():
    quarters = {1: D(90), 2: D(91), 3: D(92), 4: D(93)}
    weights = {"ordinary": 60, "year_end": 40}
    found = year_of_two_parts(quarters, D(85), weights=weights, expected=(1, 2, 3, 4))
    assert found.score == D("88.90")
    assert found.steps[-1] == "平时考核91.5×60%+年终考核85×40%=88.90"
    missing = year_of_two_parts(quarters, None, weights=weights, expected=(1, 2, 3, 4))
    assert missing.reason == "没有年终考核得分。"


@pytest.mark.parametrize(
    ("excellent", "rated", "message"),
    [
        (2, 10, ""),
        (3, 10, "评价10人，其中优秀票3张（90分及以上），超过20%，最多2张"),
        (1, 4, "评价4人，其中优秀票1张（90分及以上），超过20%，最多0张"),
        (0, 0, ""),
    ],
)
def test_no_rater_gives_more_excellent_tickets_than_the_share(excellent, rated, message):
    scores = [D(90)] * excellent + [D("89.99")] * (rated - excellent)
    assert excellent_tickets_reason(scores, line=90, most_share=20) == message


marks = st.decimals(0, 100, places=2)
ratings_of = st.lists(
    st.builds(
        lambda group, factors, weight: Rating(group, factors, weight),
        st.sampled_from(list(GROUPS)),
        st.fixed_dictionaries({factor: marks for factor in FACTORS}),
        st.integers(1, 4),
    ),
    max_size=8,
)


@given(ratings_of, st.randoms(use_true_random=False), st.booleans())
def test_order_never_matters_and_a_score_stays_within_bounds(ratings, random, redistributes):
    before, after = (
        quarter_of_groups(group_scores(some, FACTOR_WEIGHTS), WEIGHTS, RATED, redistributes=redistributes)
        for some in (ratings, random.sample(ratings, len(ratings)))
    )
    assert before == after
    assert before.score is None or 0 <= before.score <= 100
    assert bool(before.reason) == (before.score is None)


@given(marks, marks, marks, marks, marks)
def test_a_better_rating_never_lowers_the_quarter(leaders, own, unit, peers, more):
    scores = {"leaders": leaders, "self": own, "unit": unit, "peers": peers}
    before = quarter_of_groups(scores, WEIGHTS, RATED).score
    after = quarter_of_groups(scores | {"unit": max(unit, more)}, WEIGHTS, RATED).score
    assert before is not None
    assert after is not None
    assert after >= before
