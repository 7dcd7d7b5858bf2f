"""Quotas of 优秀: groups, the zone's cap, ties and decisions; no database."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.quotas import (
    POOL,
    Award,
    Candidate,
    Decision,
    Quota,
    QuotaRules,
    Tie,
    UnitStanding,
    award_seats,
    decision_reasons,
)
from reform.errors import RuleError
from tests.appointments.policy_values import default_policy

RULES = QuotaRules(default_policy()["kpi.excellent_quota"], lowest="四等", pool_below=5)


def standing(unit: str, grade: str, score: object, *, is_vetoed: bool = False) -> UnitStanding:
    return UnitStanding(unit, grade, D(str(score)), is_vetoed)


def over_the_line(unit: str, *scores: object, first: int = 1) -> list[Candidate]:
    return [Candidate(key, unit, D(str(score))) for key, score in enumerate(scores, first)]


def award(
    counts: dict[str, int],
    standings: list[UnitStanding],
    candidates: list[Candidate],
    decisions: Any = (),
    rules: QuotaRules = RULES,
) -> Award:
    return award_seats(counts, {one.unit: one for one in standings}, candidates, rules, decisions)


def seats(found: Award) -> dict[str, tuple[int, int, int]]:
    return {one.group: (one.by_rate, one.quota, one.used) for one in found.quotas}


@pytest.mark.parametrize(
    ("grade", "is_vetoed", "expected"),
    [
        ("一等", False, 10),
        ("二等", False, 8),
        ("三等", False, 6),
        ("四等", False, 4),
        ("一等", True, 4),
        ("", False, 8),
    ],
)
def test_the_units_result_sets_its_share(grade, is_vetoed, expected):
    counts = {"甲": 41, "乙": 100}
    found = award(counts, [standing("甲", grade, 90, is_vetoed=is_vetoed), standing("乙", "四等", 70)], [])
    assert seats(found)["甲"][0] == expected


def test_a_unit_grade_without_a_share_is_refused():
    with pytest.raises(RuleError, match="政策参数“优秀比例”没有单位等次“五等”。"):
        award({"甲": 10}, [standing("甲", "五等", 60)], [])


def test_units_under_five_are_pooled_and_their_shares_added_before_the_cut():
    counts = {"丙": 4, "丁": 3, "甲": 20}
    found = award(
        counts, [standing("丙", "一等", 96), standing("丁", "二等", 91), standing("甲", "二等", 92)], []
    )
    pool = next(one for one in found.quotas if one.group == POOL)
    # 4 × 25 % + 3 × 20 % = 1.6; each for itself would have 1 + 0
    assert (pool.n, pool.by_rate, pool.units) == (7, 1, ("丁", "丙"))
    assert pool.rate_words == "3人×20%+4人×25%"
    assert found.group_by_unit == {"甲": "甲", "丙": POOL, "丁": POOL}


def test_a_small_unit_alone_stays_what_it_is():
    found = award({"丙": 4, "甲": 20}, [standing("丙", "一等", 96), standing("甲", "二等", 92)], [])
    assert seats(found) == {"丙": (1, 1, 0), "甲": (4, 3, 0)}


def test_the_cap_is_trimmed_from_the_lowest_unit_up():
    counts = {"甲": 20, "乙": 20, "丙": 20}
    units = [standing("甲", "一等", 99), standing("乙", "一等", 98), standing("丙", "一等", 97)]
    candidates = [
        one
        for place, unit in enumerate(counts)
        for one in over_the_line(unit, 99, 98, 97, 96, 95, 94, first=place * 10)
    ]
    found = award(counts, units, candidates)
    assert (found.n, found.cap) == (60, 12)
    assert seats(found) == {"甲": (5, 5, 5), "乙": (5, 5, 5), "丙": (5, 2, 2)}


def test_a_vetoed_unit_is_trimmed_first_whatever_its_score():
    counts = {"甲": 20, "乙": 20, "丙": 20}
    units = [
        standing("甲", "一等", 96),
        standing("乙", "一等", 95),
        standing("丙", "一等", 99, is_vetoed=True),
    ]
    candidates = [
        one
        for place, unit in enumerate(counts)
        for one in over_the_line(unit, 99, 98, 97, 96, 95, first=place * 10)
    ]
    rules = QuotaRules(RULES.rates | {"zone": "0.18"}, lowest="四等", pool_below=5)
    found = award(counts, units, candidates, rules=rules)
    assert seats(found) == {"甲": (5, 5, 5), "乙": (5, 5, 5), "丙": (2, 0, 0)}


def test_seats_without_takers_are_cut_before_those_that_somebody_would_lose():
    counts = {"甲": 20, "乙": 20}
    units = [standing("甲", "一等", 99), standing("乙", "一等", 98)]
    candidates = over_the_line("甲", 95, 94, 93) + over_the_line("乙", 99, 98, 97, 96, 95, first=10)
    found = award(counts, units, candidates)
    assert found.cap == 8
    assert seats(found) == {"甲": (5, 3, 3), "乙": (5, 5, 5)}


def test_a_tie_at_the_edge_gets_no_seat_until_it_is_decided():
    found = award({"甲": 20}, [standing("甲", "二等", 92)], over_the_line("甲", 99, 98, 97, 96, 96, 96))
    assert found.granted == {1, 2, 3}
    assert found.ties == (Tie("甲", D(96), 1, (4, 5, 6)),)
    assert found.places == {1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 4}


def test_a_decision_gives_the_seat():
    candidates = over_the_line("甲", 99, 98, 97, 96, 96, 96)
    found = award({"甲": 20}, [standing("甲", "二等", 92)], candidates, [Decision("甲", frozenset({5}))])
    assert (found.granted, found.ties, found.unused) == ({1, 2, 3, 5}, (), ())


def test_a_tie_inside_the_quota_is_no_tie():
    found = award({"甲": 20}, [standing("甲", "二等", 92)], over_the_line("甲", 99, 99, 97, 97, 96))
    assert (found.granted, found.ties) == ({1, 2, 3, 4}, ())


def test_a_decision_for_part_of_the_seats_leaves_the_rest_tied():
    candidates = over_the_line("甲", 99, 96, 96, 96, 96, 96)
    found = award({"甲": 20}, [standing("甲", "二等", 92)], candidates, [Decision("甲", frozenset({2, 3}))])
    assert found.granted == {1, 2, 3}
    assert found.ties == (Tie("甲", D(96), 1, (4, 5, 6)),)


@pytest.mark.parametrize("keys", [{4, 5}, {1}, {99}])
def test_a_decision_that_fits_no_tie_any_more_is_set_aside_and_named(keys):
    candidates = over_the_line("甲", 99, 98, 97, 96, 96, 96)
    decision = Decision("甲", frozenset(keys))
    found = award({"甲": 20}, [standing("甲", "二等", 92)], candidates, [decision])
    assert (found.granted, found.unused) == ({1, 2, 3}, (decision,))
    assert len(found.ties) == 1


EQUALS = [standing("甲", "一等", 98), standing("乙", "一等", 98)]
BOTH = over_the_line("甲", 95, 94, 93, 92) + over_the_line("乙", 99, 98, 97, 96, first=10)


def test_units_of_equal_score_tie_for_the_last_seat_under_the_cap():
    found = award({"甲": 13, "乙": 12}, EQUALS, BOTH)
    # 3 + 3 seats, 5 under the cap: one of the two units has to give one
    assert found.cap == 5
    assert seats(found) == {"甲": (3, 2, 2), "乙": (3, 2, 2)}
    assert found.ties == (Tie("乙、甲", D("98.00"), 1, (3, 12)),)


def test_a_decision_between_units_names_the_person_who_gets_the_seat():
    found = award({"甲": 13, "乙": 12}, EQUALS, BOTH, [Decision("乙、甲", frozenset({3}))])
    assert seats(found) == {"甲": (3, 3, 3), "乙": (3, 2, 2)}
    assert (found.granted, found.ties) == ({1, 2, 3, 10, 11}, ())


def test_the_person_named_between_units_also_wins_the_tie_inside_the_unit():
    candidates = over_the_line("甲", 95, 94, 93, 93) + over_the_line("乙", 99, 98, 97, 96, first=10)
    found = award({"甲": 13, "乙": 12}, EQUALS, candidates)
    assert found.ties == (Tie("乙、甲", D("98.00"), 1, (3, 4, 12)),)
    decided = award({"甲": 13, "乙": 12}, EQUALS, candidates, [Decision("乙、甲", frozenset({4}))])
    assert (decided.granted, decided.ties) == ({1, 2, 4, 10, 11}, ())


def test_two_persons_of_one_unit_cannot_take_seats_that_units_tie_for():
    counts = {"甲": 12, "乙": 12, "丙": 12}
    units = [*EQUALS, standing("丙", "一等", 98)]
    candidates = over_the_line("甲", 95, 94, 93, 93) + over_the_line("乙", 99, 98, 97, first=10)
    candidates += over_the_line("丙", 99, 98, 97, first=20)
    rules = QuotaRules(RULES.rates | {"zone": "0.23"}, lowest="四等", pool_below=5)
    decision = Decision("丙、乙、甲", frozenset({3, 4}))
    found = award(counts, units, candidates, [decision], rules)
    assert found.cap == 8
    assert found.unused == (decision,)
    assert found.ties == (Tie("丙、乙、甲", D("98.00"), 2, (3, 4, 12, 22)),)


@pytest.mark.parametrize(
    ("keys", "reasons"),
    [
        ({4}, []),
        ({4, 5}, ["甲3人并列，余1个名额，所选2人"]),
        ({9}, ["所选1人中有1人不在并列名单内"]),
        (set(), ["甲3人并列，余1个名额，所选0人"]),
    ],
)
def test_a_decision_names_as_many_of_the_tied_as_there_are_seats(keys, reasons):
    assert decision_reasons(Tie("甲", D(96), 1, (4, 5, 6)), keys) == reasons


@st.composite
def zones(draw: st.DrawFn) -> tuple[dict[str, int], list[UnitStanding], list[Candidate], QuotaRules]:
    """Few different scores, so that persons and units tie often."""
    units = [f"单位{number}" for number in range(draw(st.integers(1, 6)))]
    counts = {unit: draw(st.integers(1, 30)) for unit in units}
    grades = st.sampled_from(["一等", "二等", "三等", "四等", ""])
    standings = [
        UnitStanding(unit, draw(grades), D(draw(st.integers(95, 97))), draw(st.booleans())) for unit in units
    ]
    candidates: list[Candidate] = []
    for unit in units:
        given_ = draw(st.lists(st.integers(90, 94), max_size=counts[unit]))
        candidates += over_the_line(unit, *given_, first=len(candidates) + 1)
    rate = st.fractions(0, 1, max_denominator=20)
    rates = {name: draw(rate) for name in ("zone", "一等", "二等", "三等", "四等")}
    return counts, standings, candidates, QuotaRules(rates, "四等", draw(st.integers(0, 8)))


def decide(found: Award) -> list[Decision]:
    """The first of each tie, one of a unit where units tie."""
    tie = found.ties[0]
    return [Decision(tie.group, frozenset({tie.keys[0]}))]


def within_limits(found: Award, candidates: list[Candidate]) -> None:
    quotas: tuple[Quota, ...] = found.quotas
    assert sum(one.quota for one in quotas) <= max(found.cap, 0)
    for one in quotas:
        granted = [who for who in candidates if who.key in found.granted and who.unit in one.units]
        assert len(granted) == one.used <= one.quota <= one.by_rate


@given(zones())
def test_no_quota_and_no_cap_is_exceeded_and_no_seat_stays_empty_but_for_ties(zone):
    counts, standings, candidates, rules = zone
    found = award(counts, standings, candidates, (), rules)
    within_limits(found, candidates)
    possible = sum(
        min(one.by_rate, sum(1 for who in candidates if who.unit in one.units)) for one in found.quotas
    )
    tied = sum(tie.seats for tie in found.ties)
    assert len(found.granted) + tied == min(found.cap, possible)
    assert len(found.granted) == len(found.granted & {one.key for one in candidates})
    for tie in found.ties:
        assert 0 < tie.seats < len(tie.keys)
        assert not found.granted & set(tie.keys) or "、" in tie.group


@given(zones())
def test_when_all_ties_are_decided_every_possible_seat_is_taken(zone):
    counts, standings, candidates, rules = zone
    decisions: list[Decision] = []
    found = award(counts, standings, candidates, decisions, rules)
    possible = len(found.granted) + sum(tie.seats for tie in found.ties)
    while found.ties:
        decisions += decide(found)
        assert len(decisions) <= possible * 2
        found = award(counts, standings, candidates, decisions, rules)
        within_limits(found, candidates)
        assert found.unused == ()
    assert len(found.granted) == possible


@given(zones(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(zone, random):
    counts, standings, candidates, rules = zone
    before = award(counts, standings, candidates, (), rules)
    names = list(counts)
    for row in (names, standings, candidates):
        random.shuffle(row)
    assert award({name: counts[name] for name in names}, standings, candidates, (), rules) == before


@given(zones())
def test_inside_a_group_a_seat_never_goes_past_a_higher_score(zone):
    counts, standings, candidates, rules = zone
    found = award(counts, standings, candidates, (), rules)
    for one in candidates:
        for other in candidates:
            same = found.group_by_unit[one.unit] == found.group_by_unit[other.unit]
            if same and other.score > one.score and one.key in found.granted:
                assert other.key in found.granted
