"""Ranks and ties; no database."""

from datetime import date
from decimal import Decimal as D
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.ranking import COMPARATORS, Contender, rank_contenders
from reform.errors import RuleError
from tests.appointments.policy_values import default_policy

ORDER = default_policy()["round.tie_breaks"]


def one(key: int, total: str = "80.00", results: str = "80", peer: str = "80", **facts: Any) -> Contender:
    given_ = {"work_started_on": date(2005, 7, 1), "id_number": f"41041119800101{key:04d}"}
    items = {"results": D(results), "peer_vote": D(peer)} | facts.pop("items", {})
    return Contender(key, D(total), items, **given_ | facts)


def places(contenders: list[Contender], order: Any = ORDER) -> dict[int, tuple[int, str]]:
    return {place.key: (place.rank, place.decided_by) for place in rank_contenders(contenders, order)}


def test_higher_total_comes_first_and_needs_no_tie_break():
    assert places([one(1, "79.99"), one(2, "80.00")]) == {2: (1, ""), 1: (2, "")}


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ({"results": "81"}, {"results": "80", "peer": "99"}, "业绩"),
        ({"peer": "81"}, {"work_started_on": date(1990, 1, 1)}, "民主测评"),
        ({"work_started_on": date(2004, 1, 1)}, {}, "参加工作时间"),
        ({"id_number": "410411198001010001"}, {"id_number": "410411198001010002"}, "身份证号"),
    ],
)
def test_default_order_of_ties(first, second, word):
    assert places([one(2, **second), one(1, **first)]) == {1: (1, word), 2: (2, word)}


def test_three_way_tie_is_parted_step_by_step():
    tied = [
        one(1, results="90"),
        one(2, results="85", peer="88"),
        one(3, results="85", peer="87"),
        one(4, "70.00"),
    ]
    assert places(tied) == {
        1: (1, "业绩"),
        2: (2, "业绩、民主测评"),
        3: (3, "业绩、民主测评"),
        4: (4, ""),
    }


def test_a_tie_that_nothing_parts_is_reported_and_the_rank_after_it_left_out():
    ranked = rank_contenders([one(1), one(2), one(3, "70.00")], ["results", "peer_vote"])
    assert [(place.key, place.rank, place.is_tied) for place in ranked] == [
        (1, 1, True),
        (2, 1, True),
        (3, 3, False),
    ]
    assert ranked[0].decided_by == "同分未决"


def test_what_is_not_known_of_everybody_decides_nothing():
    tied = [one(1, work_started_on=None), one(2, work_started_on=date(1990, 1, 1))]
    assert places(tied) == {1: (1, "身份证号"), 2: (2, "身份证号")}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("written", {"items": {"written": D(90)}}, {"items": {"written": D(80)}}),
        ("written", {"items": {"interview": D(90)}}, {"items": {"interview": D(80)}}),
        ("interview", {"items": {"interview": D(90)}}, {"items": {"interview": D(80)}}),
        ("fulltime_education", {"fulltime_education": 5}, {"fulltime_education": 4}),
        ("education", {"education": 6}, {"education": 5}),
        ("excellent_count", {"excellent_count": 2}, {"excellent_count": 0}),
        ("honours", {"honours": 1}, {"honours": 0}),
        ("younger", {"birth_on": date(1985, 1, 1)}, {"birth_on": date(1984, 12, 31)}),
        ("vote", {"vote": 6}, {"vote": 1}),
        ("id_number", {"id_number": "41041119800101012X"}, {"id_number": "410411198001010130"}),
    ],
)
def test_every_comparator_a_zone_may_name(name, first, second):
    assert {key: rank for key, (rank, _) in places([one(2, **second), one(1, **first)], [name]).items()} == {
        1: 1,
        2: 2,
    }
    assert name in COMPARATORS


def test_without_a_written_test_the_interview_decides_and_says_so():
    tied = [one(1, items={"interview": D(70)}), one(2, items={"interview": D(75)})]
    assert places(tied, ["written"]) == {2: (1, "面试"), 1: (2, "面试")}


def test_an_unknown_comparator_is_refused():
    with pytest.raises(RuleError, match="同分处理顺序中没有“height”这一项"):
        rank_contenders([one(1)], ["height"])


contenders = st.lists(
    st.builds(
        lambda total, results, peer, started: (total, results, peer, started),
        st.sampled_from(["80.00", "80.01", "79.50"]),
        st.sampled_from(["70", "80"]),
        st.sampled_from(["70", "80"]),
        st.sampled_from([None, date(2000, 1, 1), date(2005, 1, 1)]),
    ),
    min_size=1,
    max_size=8,
)
orders = st.lists(st.sampled_from(["results", "peer_vote", "work_started_on"]), unique=True)


@given(contenders, orders, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(facts, order, random: Random):
    rows = [
        one(key, total, results, peer, work_started_on=started)
        for key, (total, results, peer, started) in enumerate(facts, 1)
    ]
    before = places(rows, order)
    random.shuffle(rows)
    assert places(rows, order) == before
    ranks = {key: rank for key, (rank, _) in before.items()}
    for row in rows:
        better = [other for other in rows if ranks[other.key] < ranks[row.key]]
        assert ranks[row.key] == len(better) + 1
        assert all(other.total >= row.total for other in better)


@given(contenders)
def test_with_the_id_number_no_tie_is_left(facts):
    rows = [one(key, total, results, peer) for key, (total, results, peer, _) in enumerate(facts, 1)]
    assert sorted(rank for rank, _ in places(rows).values()) == list(range(1, len(rows) + 1))
