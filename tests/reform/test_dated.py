"""Anniversaries, ends of terms, ages, history: domain.md §5, §12."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.dated import add_months, add_years, age_on, term_end, value_at
from reform.errors import RuleError

DATES = st.dates(date(1950, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("starts_on", "years", "last_on"),
    [
        (date(2022, 1, 23), 3, date(2025, 1, 22)),
        (date(2024, 2, 29), 3, date(2027, 2, 27)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2022, 3, 1), 2, date(2024, 2, 29)),
        (date(2022, 1, 1), 1, date(2022, 12, 31)),
    ],
)
def test_last_day_of_a_term(starts_on: date, years: int, last_on: date):
    assert term_end(starts_on, years) == last_on


def test_term_of_no_length_is_refused():
    with pytest.raises(RuleError, match="聘期须至少 1 年，现为 0 年。"):
        term_end(date(2022, 1, 23), 0)


def test_anniversary_that_does_not_exist_is_the_28th():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), -4) == date(2020, 2, 29)
    assert add_months(date(2022, 1, 31), 1) == date(2022, 2, 28)
    assert add_months(date(2022, 12, 15), 1) == date(2023, 1, 15)
    assert add_months(date(2022, 1, 15), -1) == date(2021, 12, 15)


@given(DATES, st.integers(1, 10))
def test_renewed_term_begins_the_day_after_and_never_overlaps(starts_on: date, years: int):
    assert term_end(starts_on, years) + timedelta(days=1) == add_years(starts_on, years)


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(1972, 1, 23), date(2022, 1, 23), 50),
        (date(1972, 1, 24), date(2022, 1, 23), 49),
        (date(1972, 2, 29), date(2023, 2, 28), 51),
        (date(1972, 2, 29), date(2023, 2, 27), 50),
        (date(2022, 1, 23), date(2022, 1, 23), 0),
    ],
)
def test_age_in_completed_years(birth: date, on: date, age: int):
    assert age_on(birth, on) == age


def test_age_by_month_counts_from_the_first_of_the_month():
    assert age_on(date(1972, 1, 31), date(2022, 1, 1), by_month=True) == 50
    assert age_on(date(1972, 2, 1), date(2022, 1, 31), by_month=True) == 49


def test_age_before_birth_is_refused():
    with pytest.raises(RuleError, match="出生日期 2022-01-24 晚于 2022-01-23，无法计算年龄。"):
        age_on(date(2022, 1, 24), date(2022, 1, 23))


@given(DATES, DATES)
def test_age_lies_between_two_anniversaries(birth: date, on: date):
    if birth <= on:
        age = age_on(birth, on)
        assert add_years(birth, age) <= on < add_years(birth, age + 1)


HISTORY = [(date(2018, 12, 28), "副科长"), (date(2022, 1, 23), "科长")]


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (date(2018, 12, 28), "副科长"),
        (date(2022, 1, 22), "副科长"),
        (date(2022, 1, 23), "科长"),
        (date(2030, 1, 1), "科长"),
    ],
)
def test_value_holds_until_the_next_begins(on: date, value: str):
    assert value_at(HISTORY, on) == value
    assert value_at(reversed(HISTORY), on) == value


def test_before_the_first_day_there_is_no_value():
    with pytest.raises(RuleError, match="2018-12-27 之前没有记录。"):
        value_at(HISTORY, date(2018, 12, 27))


def test_two_values_from_the_same_day_are_refused():
    double = [*HISTORY, (date(2018, 12, 28), "主办")]
    with pytest.raises(RuleError, match="2018-12-28 有两条起始记录"):
        value_at(double, date(2020, 1, 1))
    assert value_at(double, date(2022, 1, 23)) == "科长"
