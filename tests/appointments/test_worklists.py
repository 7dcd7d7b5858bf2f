"""The three work lists before a round: empty seats since when, concurrent holders, long holders."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.vacancies import empty_since
from appointments.selectors.worklists import work_lists
from reform.models import Zone
from tests.factories import a_person, a_position, a_tenure, a_unit

OPENED = date(2022, 1, 23)
ON = date(2024, 6, 1)


def d(month: int, day: int = 1) -> date:
    return date(2023, month, day)


@pytest.mark.parametrize(
    ("spans", "seats", "expected"),
    [
        ([], 2, [OPENED, OPENED]),
        ([(OPENED, None)], 1, []),
        ([(OPENED, d(3))], 1, [d(3)]),
        ([(OPENED, d(3)), (d(3), None)], 1, []),
        ([(OPENED, d(3)), (d(5), d(9))], 1, [d(9)]),
        ([(OPENED, d(3)), (d(3), None), (OPENED, d(2))], 2, [d(2)]),
        ([(OPENED, d(3)), (OPENED, d(6))], 2, [d(3), d(6)]),
        ([(None, None), (OPENED, d(6))], 3, [OPENED, d(6)]),
        ([(OPENED, None), (OPENED, None)], 1, []),
        ([(OPENED, date(2025, 1, 1))], 1, []),
    ],
)
def test_seat_is_empty_since_its_last_holder_left(spans: Any, seats: int, expected: list[date]):
    assert empty_since(spans, seats, ON, OPENED) == expected


days = st.dates(OPENED, ON + timedelta(days=200))
holdings = st.lists(
    st.tuples(days, st.none() | st.integers(1, 300)).map(
        lambda one: (one[0], None if one[1] is None else one[0] + timedelta(days=one[1]))
    ),
    max_size=8,
)


@given(holdings, st.integers(0, 6), st.randoms())
def test_empty_seats_are_those_not_held_in_whatever_order_they_are_told(spans, seats, random):
    found = empty_since(spans, seats, ON, OPENED)
    held = sum(1 for first, end in spans if first <= ON and (end is None or end > ON))
    assert len(found) == max(0, seats - held)
    assert all(OPENED <= day <= ON for day in found)
    assert found == sorted(found)
    random.shuffle(spans)
    assert empty_since(spans, seats, ON, OPENED) == found


def test_empty_seat_remembers_the_holder_under_an_earlier_round(zone: Zone, round_: Any):
    unit = a_unit(zone)
    former = a_position(unit, "旧科长", lineage="K1")
    a_position(unit, "科长", setup=round_.setup, lineage="K1")
    a_tenure(a_person(zone), former, date(2018, 12, 28), ends_before=date(2021, 7, 1))
    (seat,) = work_lists(zone, ON).empty
    assert (seat.position.title, seat.since) == ("科长", date(2021, 7, 1))


def test_concurrent_holder_with_a_seat_fills_it_and_without_one_does_not(zone: Zone, round_: Any):
    unit = a_unit(zone)
    one, two = (a_position(unit, title, setup=round_.setup) for title in ("甲", "乙"))
    person = a_person(zone)
    a_tenure(person, one, kind="CONCURRENT")
    a_tenure(person, two, kind="ACTING", occupies_headcount=False)
    lists = work_lists(zone, ON)
    assert [(row.position.title, row.kind_label, row.takes_seat) for row in lists.beside] == [
        ("甲", "兼任", True),
        ("乙", "主持工作", False),
    ]
    assert [row.position.title for row in lists.empty] == ["乙"]


def test_post_that_is_closed_or_of_another_setup_has_no_seats(zone: Zone, round_: Any):
    unit = a_unit(zone)
    a_position(unit, "撤销", setup=round_.setup, ends_before=date(2023, 1, 1))
    a_position(unit, "历史")
    assert work_lists(zone, ON).empty == []


@pytest.mark.parametrize(("years", "names"), [(None, ["老", "中"]), (10, ["老"]), (20, [])])
def test_long_holders_count_from_the_first_day_in_the_post(
    zone: Zone, round_: Any, years: int | None, names: list[str]
):
    post = a_position(a_unit(zone), setup=round_.setup, headcount=4)
    for name, first in (
        ("中", date(2016, 6, 1)),
        ("老", date(2012, 3, 1)),
        ("新", date(2016, 6, 2)),
        ("不详", None),
    ):
        a_tenure(a_person(zone, name), post, first_held_on=first)
    lists = work_lists(zone, ON, years)
    assert [row.name for row in lists.long] == names
    assert lists.year_choices == (8, 10)


def test_forty_people_take_as_many_statements_as_one(zone: Zone, round_: Any):
    unit, counts = a_unit(zone), []
    for size in (1, 40):
        for _ in range(size):
            post = a_position(unit, setup=round_.setup, headcount=2)
            a_tenure(a_person(zone), post, first_held_on=date(2010, 1, 1))
        with CaptureQueriesContext(connection) as queries:
            work_lists(zone, ON)
        counts.append(len(queries))
    assert counts[0] == counts[1]
