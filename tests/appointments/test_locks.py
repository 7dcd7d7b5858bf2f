"""能上能下: how long promotion stays locked, how long a 处分 counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.locks import PROBATION_FAILED, Lock, lock_interval, lock_until, sanction_end
from reform.errors import RuleError

MONTHS = {"D1": 24, "D2": 24, "D6": 24, "transfer": 12, "D3": 0, "D4": 0, "D5": 0}
SANCTIONS = {"WARNING": 6, "DEMERIT": 12, "GRAVE_DEMERIT": 18, "DOWNGRADE": 24, "REMOVAL": 24}
DAY = date(2022, 1, 23)
days = st.dates(date(2018, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("cause", "is_demotion", "ends_before"),
    [
        ("D1", True, date(2024, 1, 23)),
        ("D2", True, date(2024, 1, 23)),
        ("D2", False, date(2023, 1, 23)),
        ("D6", False, date(2023, 1, 23)),
        (PROBATION_FAILED, False, date(2023, 1, 23)),
        ("D3", True, None),
        ("D4", True, None),
        ("D5", False, None),
    ],
)
def test_demotion_locks_two_years_and_transfer_one(cause: str, is_demotion: bool, ends_before: date | None):
    lock = lock_interval(cause, DAY, MONTHS, is_demotion=is_demotion)
    assert (lock.ends_before if lock else None) == ends_before


def test_zone_may_lock_those_who_lost_a_competition():
    lock = lock_interval("D3", DAY, MONTHS | {"D3": 6}, is_demotion=True)
    assert lock == Lock(DAY, date(2022, 7, 23))


@pytest.mark.parametrize("cause", ["D9", "transfer"])
def test_unknown_cause_is_refused(cause: str):
    with pytest.raises(RuleError, match=f"没有原因“{cause}”"):
        lock_interval(cause, DAY, MONTHS, is_demotion=True)


def test_lock_that_began_on_29_february_ends_on_the_28th():
    lock = lock_interval("D1", date(2024, 2, 29), MONTHS, is_demotion=True)
    assert lock is not None
    assert lock.ends_before == date(2026, 2, 28)


def test_of_several_locks_the_last_to_end_counts():
    locks = [
        Lock(DAY, date(2023, 1, 23)),
        Lock(date(2022, 6, 1), date(2024, 6, 1)),
        Lock(date(2025, 1, 1), date(2026, 1, 1)),
    ]
    assert lock_until(locks, date(2022, 12, 31)) == date(2024, 5, 31)
    assert lock_until(locks, date(2024, 5, 31)) == date(2024, 5, 31)
    assert lock_until(locks, date(2024, 6, 1)) is None


@given(st.sampled_from(["D1", "D2", "D6"]), days, st.integers(1, 60), st.integers(1, 60))
def test_transfer_never_locks_longer_than_demotion(cause: str, on: date, own: int, transfer: int):
    months = {cause: own, "transfer": transfer}
    demoted = lock_interval(cause, on, months, is_demotion=True)
    moved = lock_interval(cause, on, months, is_demotion=False)
    assert demoted is not None
    assert moved is not None
    assert moved.ends_before <= demoted.ends_before
    assert moved.holds_on(on)
    assert not moved.holds_on(moved.ends_before)


@pytest.mark.parametrize(
    ("kind", "ends_before"),
    [
        ("WARNING", date(2022, 7, 23)),
        ("DEMERIT", date(2023, 1, 23)),
        ("GRAVE_DEMERIT", date(2023, 7, 23)),
        ("DOWNGRADE", date(2024, 1, 23)),
        ("REMOVAL", date(2024, 1, 23)),
        ("INVESTIGATION", None),
        ("EXPULSION", None),
    ],
)
def test_sanction_counts_for_the_months_of_its_kind(kind: str, ends_before: date | None):
    assert sanction_end(kind, DAY, SANCTIONS) == ends_before


def test_sanction_without_months_is_refused():
    with pytest.raises(RuleError, match="没有处分种类“FINE”"):
        sanction_end("FINE", DAY, SANCTIONS)
