"""The dates of the demo's third round: whatever today is, its 公示 runs and its applications are open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.workdays import count_workdays, is_workday
from reports.demo.third_dates import third_round_dates

NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
SPRING = {date(2027, 2, day): False for day in range(5, 14)} | {date(2027, 2, 14): True}
CALENDARS = {"table": NATIONAL_DAY | SPRING, "no table": {}}


def dates_of(today, calendar):
    return third_round_dates(today, calendar, publicity_workdays=5)


def check(today, calendar):
    found = dates_of(today, calendar)
    begun, last = found.publicity
    assert begun <= today <= last
    assert count_workdays(begun, last, calendar).days == 5
    assert found.baseline_on < found.approved_on + timedelta(days=7)
    assert found.approved_on <= found.kickoff_on <= found.spans["1"]["NOTICE"][0]
    assert found.baseline_on < found.kickoff_on
    for steps in found.spans.values():
        assert all(first <= end for first, end in steps.values())
        assert steps["APPLY"][1] < steps["SCREEN"][0]
        assert count_workdays(steps["NOTICE"][0], steps["APPLY"][1], calendar).days >= 3
        assert steps["DECIDE"][1] < steps["PUBLICITY"][0]
        assert count_workdays(*steps["PUBLICITY"], calendar).days == 5
        assert steps["PUBLICITY"][1] < steps["APPOINT"][0] <= steps["APPOINT"][1] == found.effective_on
    assert found.spans["2"]["MATCH"][0] <= today <= found.spans["2"]["MATCH"][1]
    assert found.spans["3"]["ASSESS"][0] <= today
    assert found.spans["4"]["APPLY"][0] <= today <= found.spans["4"]["APPLY"][1]
    assert found.spans["5"]["NOTICE"][0] > last
    assert found.spans["1"]["DECIDE"][1] < today


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 11, 25),  # an ordinary Wednesday
        date(2026, 11, 28),  # Saturday
        date(2026, 11, 30),  # Monday
        date(2026, 10, 4),  # in the holiday
        date(2026, 10, 8),  # the first day after it
        date(2026, 10, 10),  # a Saturday on which work is done
        date(2027, 2, 9),
        date(2028, 2, 29),  # outside the table
        date(2026, 12, 31),
        date(2027, 1, 1),
    ],
)
@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_publicity_runs_and_applications_are_open_on(today, calendar):
    check(today, calendar)


@given(st.dates(date(2026, 1, 1), date(2031, 1, 1)), st.sets(st.dates(date(2025, 12, 1), date(2031, 2, 1))))
def test_any_day_and_any_calendar_will_do(today, holidays):
    check(today, dict.fromkeys(holidays, False))


def test_dates_of_an_ordinary_wednesday():
    found = dates_of(date(2026, 11, 25), CALENDARS["table"])
    assert found.publicity == (date(2026, 11, 24), date(2026, 11, 30))
    assert found.kickoff_on == date(2026, 11, 4)
    assert found.spans["1"]["DECIDE"] == (date(2026, 11, 23), date(2026, 11, 23))
    assert found.spans["4"]["APPLY"] == (date(2026, 11, 24), date(2026, 11, 27))
    assert found.effective_on == date(2026, 12, 18)


def test_only_working_days_are_counted():
    found = dates_of(date(2026, 10, 8), CALENDARS["table"])
    days = {day for steps in found.spans.values() for span in steps.values() for day in span}
    off = [day for day in days if not is_workday(day, CALENDARS["table"])]
    # The handling of the appointments begins the day after 公示, whatever day that is.
    assert all(day in {steps["APPOINT"][0] for steps in found.spans.values()} for day in off)


def test_a_round_of_january_has_the_year_of_the_set_up_and_not_that_of_its_mobilisation():
    found = dates_of(date(2023, 1, 5), {})
    assert (found.kickoff_on.year, found.code) == (2022, "2023")
