"""Rankings, lists, lights, leader boards and distributions; no database."""

from decimal import Decimal as D
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.rankings import (
    LIGHTS,
    Bin,
    BoardLine,
    Light,
    RankedUnit,
    UnitScore,
    distribution_of,
    distributions_by_level,
    leader_board,
    rank_units,
    ranks_of,
    traffic_light,
)
from reform.errors import RuleError


def unit(name: str, score: object, *, is_vetoed: bool = False) -> UnitScore:
    return UnitScore(name, None if score is None else D(str(score)), is_vetoed)


def ranked(*units: UnitScore, **more: dict[str, int]) -> dict[str, RankedUnit]:
    return {one.unit: one for one in rank_units(units, red=3, black=3, **more)}


def lists(found: dict[str, RankedUnit]) -> tuple[set[str], set[str]]:
    red = {name for name, one in found.items() if one.is_red}
    return red, {name for name, one in found.items() if one.is_black}


def test_equals_share_the_better_place_and_the_next_is_left_out():
    found = rank_units([unit("丁", 80), unit("乙", 90), unit("丙", "90.00"), unit("甲", 95)], red=3, black=3)
    assert [(one.unit, one.rank) for one in found] == [("甲", 1), ("丙", 2), ("乙", 2), ("丁", 4)]


def test_the_vetoed_come_last_with_their_score():
    found = ranked(unit("甲", 99, is_vetoed=True), unit("乙", 70), unit("丙", 60))
    assert {name: one.rank for name, one in found.items()} == {"乙": 1, "丙": 2, "甲": 3}
    assert found["甲"].score == D(99)


def test_a_unit_without_a_score_has_no_place_and_stands_at_the_end():
    found = rank_units([unit("甲", None), unit("乙", 70)], red=3, black=3, last_ranks={"甲": 1})
    assert [(one.unit, one.rank, one.change, one.is_red) for one in found] == [
        ("乙", 1, None, True),
        ("甲", None, None, False),
    ]


def test_three_first_are_red_and_three_last_below_the_mean_are_black():
    found = ranked(
        *(
            unit(name, score)
            for name, score in zip("甲乙丙丁戊己庚", (99, 98, 97, 90, 80, 79, 78), strict=True)
        )
    )
    assert lists(found) == ({"甲", "乙", "丙"}, {"戊", "己", "庚"})


def test_above_the_mean_nobody_is_black():
    units = [unit(name, score) for name, score in zip("甲乙丙丁戊己", (91, 91, 91, 90, 90, 50), strict=True)]
    assert lists(ranked(*units))[1] == {"己"}


def test_the_third_of_three_is_not_shamed():
    assert lists(ranked(unit("甲", 95), unit("乙", 90), unit("丙", 80))) == ({"甲", "乙", "丙"}, set())


def test_equals_at_the_edge_are_all_on_the_list():
    units = [
        unit(name, score) for name, score in zip("甲乙丙丁戊己庚", (99, 98, 97, 97, 80, 80, 79), strict=True)
    ]
    assert lists(ranked(*units, unit("辛", 80))) == ({"甲", "乙", "丙", "丁"}, {"戊", "己", "庚", "辛"})


def test_a_vetoed_unit_is_never_red():
    assert lists(ranked(unit("甲", 99, is_vetoed=True), unit("乙", 70)))[0] == {"乙"}


def test_units_that_all_have_the_mean_are_not_black():
    assert lists(ranked(*(unit(name, 90) for name in "甲乙丙丁")))[1] == set()


def test_change_counts_places_won_and_lost():
    found = ranked(unit("甲", 95), unit("乙", 90), unit("丙", 80), last_ranks={"甲": 3, "乙": 1})
    assert {name: one.change for name, one in found.items()} == {"甲": 2, "乙": -1, "丙": None}


@pytest.mark.parametrize(
    ("completion", "light"),
    [
        ("100", Light.GREEN),
        ("130.5", Light.GREEN),
        ("99.99", Light.YELLOW),
        ("80", Light.YELLOW),
        ("79.99", Light.RED),
        ("-3", Light.RED),
        (None, None),
    ],
)
def test_traffic_lights(completion, light):
    given_ = None if completion is None else D(completion)
    assert traffic_light(given_, green=100, yellow=80) == light


def test_every_light_has_a_name_and_limits_are_in_order():
    assert set(LIGHTS) == set(Light)
    with pytest.raises(RuleError, match="黄灯线110高于绿灯线100。"):
        traffic_light(D(90), green=100, yellow=110)


def test_a_leader_board_adds_the_chosen_indicators():
    scores = {
        "甲": {"招商": D("8.50"), "项目": D("9.00"), "党建": D(10)},
        "乙": {"招商": D("9.50"), "项目": None},
        "丙": {"招商": D("7.50"), "项目": D("10.00")},
        "丁": {"党建": D(10)},
    }
    assert leader_board(scores, ["招商", "项目", "招商"]) == (
        BoardLine("丙", D("17.50"), 2, 1),
        BoardLine("甲", D("17.50"), 2, 1),
        BoardLine("乙", D("9.50"), 1, 3),
    )


def test_bins_of_a_tenth_with_the_empty_ones_between():
    found = distribution_of([D("1.2000"), D("1.0711"), D("0.8571"), D("1.0000")], width="0.1")
    assert found is not None
    assert found.bins == (
        Bin(D("0.8000"), D("0.9000"), 1),
        Bin(D("0.9000"), D("1.0000"), 0),
        Bin(D("1.0000"), D("1.1000"), 2),
        Bin(D("1.1000"), D("1.2000"), 0),
        Bin(D("1.2000"), D("1.3000"), 1),
    )
    assert (found.n, found.least, found.greatest) == (4, D("0.8571"), D("1.2"))
    assert (found.mean, found.deviation) == (D("1.0321"), D("0.1239"))


def test_nobody_has_no_distribution_and_a_bin_needs_a_width():
    assert distribution_of([], width="0.1") is None
    with pytest.raises(RuleError, match="组距须大于0，现为0。"):
        distribution_of([D(1)], width=0)


def test_distributions_by_level():
    found = distributions_by_level([("L30", D(1)), ("L60", D("1.2")), ("L30", D("0.6"))], width="0.1")
    assert {level: (one.n, one.mean) for level, one in found.items()} == {
        "L30": (2, D("0.8000")),
        "L60": (1, D("1.2000")),
    }


units_of = st.lists(
    st.builds(
        lambda score, is_vetoed: (score, is_vetoed),
        st.one_of(st.none(), st.integers(85, 95).map(D)),
        st.booleans(),
    ),
    max_size=12,
)


@given(units_of, st.randoms(use_true_random=False))
def test_order_never_matters_and_a_veto_beats_any_score(facts, random):
    units = [UnitScore(f"单位{number}", *fact) for number, fact in enumerate(facts)]
    before = rank_units(units, red=3, black=3)
    random.shuffle(units)
    assert rank_units(units, red=3, black=3) == before
    ranks = ranks_of(units)
    for one in units:
        for other in units:
            if one.unit in ranks and other.unit in ranks and other.is_vetoed and not one.is_vetoed:
                assert ranks[one.unit] < ranks[other.unit]
    assert not any(one.is_red and (one.is_black or one.is_vetoed) for one in before)


@given(st.lists(st.decimals(0, 2, places=4), min_size=1, max_size=30))
def test_a_distribution_counts_everybody_once(values):
    found = distribution_of(values, width="0.1")
    assert found is not None
    assert sum(one.count for one in found.bins) == found.n == len(values)
    for one in found.bins:
        assert one.count == sum(1 for value in values if one.starts <= value < one.ends)
    assert abs(found.deviation - pstdev(values)) <= D("0.0001")
