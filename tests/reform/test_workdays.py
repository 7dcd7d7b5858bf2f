"""Working days: domain.md Conventions and §3 B9; the calendar of January and February 2022."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.errors import RuleError
from reform.workdays import count_workdays, fallback_warning, is_workday, workday_period

# 元旦 1–3 January; 春节 31 January–6 February, with 29 and 30 January worked
CALENDAR = (
    {date(2022, 1, day): False for day in (1, 2, 3, 31)}
    | {date(2022, 2, day): False for day in range(1, 7)}
    | {date(2022, 1, 29): True, date(2022, 1, 30): True}
)


def test_table_goes_before_the_week():
    assert not is_workday(date(2022, 1, 31), CALENDAR)  # a Monday
    assert is_workday(date(2022, 1, 29), CALENDAR)  # a Saturday
    assert not is_workday(date(2022, 1, 22), CALENDAR)


def test_ten_working_days_between_mobilisation_and_appointment():
    counted = count_workdays(date(2022, 1, 9), date(2022, 1, 23), CALENDAR)
    assert (counted.days, counted.years_missing) == (10, ())


def test_first_and_last_day_count():
    assert count_workdays(date(2022, 1, 24), date(2022, 1, 24), CALENDAR).days == 1
    assert count_workdays(date(2022, 1, 25), date(2022, 1, 24), CALENDAR).days == 0


@pytest.mark.parametrize(
    ("starts_on", "last_on"),
    [
        (date(2022, 1, 17), date(2022, 1, 21)),
        (date(2022, 1, 15), date(2022, 1, 21)),
        (date(2022, 1, 26), date(2022, 1, 30)),
        (date(2022, 1, 28), date(2022, 2, 8)),
    ],
)
def test_five_days_of_public_notice(starts_on: date, last_on: date):
    period = workday_period(starts_on, 5, CALENDAR)
    assert (period.starts_on, period.last_on, period.years_missing) == (starts_on, last_on, ())


def test_year_outside_the_table_is_named():
    period = workday_period(date(2022, 12, 30), 5, CALENDAR)
    assert (period.last_on, period.years_missing) == (date(2023, 1, 5), (2023,))
    assert fallback_warning(period.years_missing) == (
        "工作日历缺少 2023 年，暂按周一至周五计算，未扣除节假日和调休。请先维护工作日历。"
    )
    assert count_workdays(date(2022, 12, 30), date(2024, 1, 1), CALENDAR).years_missing == (2023, 2024)
    assert count_workdays(date(2022, 1, 24), date(2022, 1, 28), {}).years_missing == (2022,)


def test_full_table_warns_of_nothing():
    assert fallback_warning(()) == ""


@pytest.mark.parametrize("workdays", [0, -1])
def test_period_of_no_days_is_refused(workdays: int):
    with pytest.raises(RuleError):
        workday_period(date(2022, 1, 24), workdays, CALENDAR)


@given(st.dates(date(2021, 6, 1), date(2023, 6, 1)), st.integers(1, 40))
def test_period_is_the_shortest_that_holds_the_days(starts_on: date, workdays: int):
    last_on = workday_period(starts_on, workdays, CALENDAR).last_on
    assert count_workdays(starts_on, last_on, CALENDAR).days == workdays
    assert count_workdays(starts_on, last_on - timedelta(days=1), CALENDAR).days == workdays - 1
