"""The invariants I1–I4 and I8, over plain facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.change import ChangeKind
from appointments.rules.checks import (
    Fact,
    Seat,
    check_everyone_placed,
    check_falls,
    check_headcount,
    check_rises,
    check_totals,
)


def fact(kind: ChangeKind, steps: int | None = None, primaries: int = 1, reason: bool = False) -> Fact:
    return Fact(7, kind, steps, primaries, reason)


def test_unplaced_person_is_an_offender_of_i1():
    assert [one.why for one in check_everyone_placed([fact(ChangeKind.UNPLACED, primaries=0)])] == [
        "没有本轮的主任职聘任"
    ]


def test_two_primary_posts_offend_i1_and_one_who_left_does_not():
    facts = [fact(ChangeKind.LATERAL, 0, primaries=2), fact(ChangeKind.EXIT, primaries=0)]
    assert [one.why for one in check_everyone_placed(facts)] == ["有2个主任职聘任"]


@pytest.mark.parametrize(("steps", "limit", "falls"), [(1, 1, 0), (2, 1, 1), (2, 2, 0), (3, 2, 1)])
def test_fall_beyond_the_limit_offends_i2(steps: int, limit: int, falls: int):
    assert len(check_falls([fact(ChangeKind.DEMOTION, steps)], limit)) == falls


@pytest.mark.parametrize(
    ("steps", "reason", "offends"),
    [(1, False, False), (2, False, True), (2, True, False), (3, True, True)],
    ids=["逐级", "越级无理由", "越级有理由", "越两级"],
)
def test_rise_of_more_than_one_level_offends_i3(steps: int, reason: bool, offends: bool):
    assert bool(check_rises([fact(ChangeKind.PROMOTION, steps, reason=reason)], 2)) is offends


def test_post_over_its_headcount_names_each_person_and_a_unit_without_quota_is_not_checked():
    offences = check_headcount([Seat("综合科·主办", 2, [1, 2, 3])], [Seat("党政办", None, [1, 2, 3])])
    assert [(one.key, one.why) for one in offences] == [
        (1, "职数2个，聘任3人"),
        (2, "职数2个，聘任3人"),
        (3, "职数2个，聘任3人"),
    ]


def test_unit_over_its_quota_is_one_offence_of_no_person():
    offences = check_headcount([], [Seat("党政办", 2, [1, 2, 3])])
    assert [(one.key, one.place, one.why) for one in offences] == [(None, "党政办", "员额2个，聘任3人")]


@given(st.lists(st.sampled_from(list(ChangeKind)), max_size=60))
def test_totals_agree_exactly_when_every_person_is_counted_once(kinds: list[ChangeKind]):
    counts = {kind: kinds.count(kind) for kind in ChangeKind}
    exited = counts[ChangeKind.EXIT]
    assert check_totals(len(kinds) - exited, exited, counts) == []
    assert len(check_totals(len(kinds) - exited + 1, exited, counts)) == 1


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(0, 5))
def test_raising_a_headcount_never_makes_an_offence(sizes: list[int], limit: int):
    def offences(by: int) -> int:
        return len(check_headcount([Seat("岗", limit + by, range(size)) for size in sizes], []))

    assert offences(1) <= offences(0)
