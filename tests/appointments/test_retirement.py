"""Statutory retirement before and after the law of 2025; probation of promotions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.retirement import retirement_on

TABLE = [
    {"sex": "1", "age": 60, "delayed_from": "1965-01", "births_per_month": 4, "most_months": 36},
    {"sex": "2", "age": 55, "delayed_from": "1970-01", "births_per_month": 4, "most_months": 36},
]


@pytest.mark.parametrize(
    ("sex", "birth", "retires"),
    [
        ("1", date(1962, 3, 15), date(2022, 3, 31)),
        ("1", date(1964, 12, 31), date(2024, 12, 31)),
        ("1", date(1965, 1, 1), date(2025, 2, 28)),
        ("1", date(1965, 5, 9), date(2025, 7, 31)),
        ("1", date(1976, 9, 1), date(2039, 9, 30)),
        ("2", date(1967, 6, 1), date(2022, 6, 30)),
        ("2", date(1970, 4, 30), date(2025, 5, 31)),
        ("2", date(1981, 9, 2), date(2039, 9, 30)),
    ],
)
def test_retirement_is_the_end_of_the_month_that_the_table_gives(sex: str, birth: date, retires: date):
    assert retirement_on(sex, birth, TABLE) == retires


def test_a_row_for_a_kind_of_post_goes_before_the_one_for_all():
    auxiliary = {
        **{"sex": "2", "posts": ["AUXILIARY"], "age": 50},
        **{"delayed_from": "1975-01", "births_per_month": 2, "most_months": 60},
    }
    for table in ([auxiliary, *TABLE], [*TABLE, auxiliary]):
        assert retirement_on("2", date(1974, 6, 1), table, "AUXILIARY") == date(2024, 6, 30)
        assert retirement_on("2", date(1975, 1, 9), table, "AUXILIARY") == date(2025, 2, 28)
        assert retirement_on("2", date(1967, 6, 1), table, "MANAGEMENT") == date(2022, 6, 30)
        assert retirement_on("2", date(1967, 6, 1), table) == date(2022, 6, 30)
        assert retirement_on("1", date(1962, 3, 15), table, "AUXILIARY") == date(2022, 3, 31)


def test_unknown_sex_or_birth_gives_no_date():
    assert retirement_on("", date(1965, 1, 1), TABLE) is None
    assert retirement_on("1", None, TABLE) is None


@given(st.dates(date(1950, 1, 1), date(2000, 1, 1)), st.dates(date(1950, 1, 1), date(2000, 1, 1)))
def test_who_is_younger_never_retires_earlier(one: date, other: date):
    elder, younger = sorted((one, other))
    for sex in "12":
        first, second = retirement_on(sex, elder, TABLE), retirement_on(sex, younger, TABLE)
        assert first is not None
        assert second is not None
        assert first <= second
