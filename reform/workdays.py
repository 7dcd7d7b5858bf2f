"""Working days by the yearly table of holidays and 调休 days; Monday to Friday only as a visible fallback.

A calendar is a mapping of date → is it a working day?, holding the exceptions of a year. A year without any
entry is outside the table: the count then rests on Monday to Friday, and the result names the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reform.errors import RuleError

_SATURDAY = 5
_DAY = timedelta(days=1)
_LONGEST_PERIOD = 2000  # working days; a wrong figure must not run to the end of time

Calendar = Mapping[date, bool]


@dataclass(frozen=True, slots=True)
class WorkdayCount:
    """`days` working days; `years_missing` are the years outside the table, for the warning."""

    days: int
    years_missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkdayPeriod:
    """A period by its inclusive last day; `years_missing` as in WorkdayCount."""

    starts_on: date
    last_on: date
    years_missing: tuple[int, ...]


def is_workday(on: date, calendar: Calendar) -> bool:
    """Whether a day is worked: what the table says, else Monday to Friday."""
    listed = calendar.get(on)
    return on.weekday() < _SATURDAY if listed is None else listed


def count_workdays(first: date, last: date, calendar: Calendar) -> WorkdayCount:
    """Working days from first to last, both included; none where last is before first.

    Source: domain.md §3 B9.
    """
    days = 0
    on = first
    while on <= last:
        days += is_workday(on, calendar)
        on += _DAY
    return WorkdayCount(days, _years_missing(first, last, calendar))


def workday_period(starts_on: date, workdays: int, calendar: Calendar) -> WorkdayPeriod:
    """The shortest period from `starts_on` (included) that holds so many working days: 公示 of 5 days.

    What waits for its end may happen on the day after `last_on`.  Raises RuleError for less than 1 day.
    Source: domain.md §3 B9.
    """
    if not 1 <= workdays <= _LONGEST_PERIOD:
        raise RuleError(f"期限须为 1—{_LONGEST_PERIOD} 个工作日，现为 {workdays} 个。")
    on = starts_on
    left = workdays - is_workday(on, calendar)
    while left:
        on += _DAY
        left -= is_workday(on, calendar)
    return WorkdayPeriod(starts_on, on, _years_missing(starts_on, on, calendar))


def fallback_warning(years_missing: tuple[int, ...]) -> str:
    """The warning to show with a result; '' where the table covers every year."""
    if not years_missing:
        return ""
    years = "、".join(f"{year}" for year in years_missing)
    return f"工作日历缺少 {years} 年，暂按周一至周五计算，未扣除节假日和调休。请先维护工作日历。"


def _years_missing(first: date, last: date, calendar: Calendar) -> tuple[int, ...]:
    covered = {on.year for on in calendar}
    return tuple(year for year in range(first.year, last.year + 1) if year not in covered)
