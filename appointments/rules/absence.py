"""旷工: days in a row and days within a year, as T08 counts them (domain.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reform.dated import add_years
from reform.errors import RuleError
from reform.workdays import Calendar, count_workdays, is_workday

Span = tuple[date, date]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absences:
    """The longest absence in a row, and the most days of absence within one year, in days or working days."""

    consecutive: int
    in_year: int
    is_workdays: bool


def count_absences(spans: Sequence[Span], calendar: Calendar, *, by_workdays: bool) -> Absences:
    """Count absences given as (first, last) days, both included; a day named twice counts once.

    by_workdays: 事业单位: only working days count, and a free weekend between two absences breaks nothing.
    A year is any year that ends with a day of absence.  Raises RuleError where a span ends before it begins.
    """
    days = _days(spans, calendar, by_workdays)
    consecutive = in_year = run = begun = 0
    for place, on in enumerate(days):
        run = run + 1 if place and _follows(days[place - 1], on, calendar, by_workdays) else 1
        while days[begun] <= add_years(on, -1):
            begun += 1
        consecutive, in_year = max(consecutive, run), max(in_year, place - begun + 1)
    return Absences(consecutive, in_year, by_workdays)


def _days(spans: Sequence[Span], calendar: Calendar, by_workdays: bool) -> list[date]:
    """The days that count, in order."""
    found = set()
    for first, last in spans:
        if last < first:
            raise RuleError(f"旷工起日{first}晚于止日{last}。")
        found |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return sorted(on for on in found if not by_workdays or is_workday(on, calendar))


def _follows(before: date, on: date, calendar: Calendar, by_workdays: bool) -> bool:
    """Whether nothing that counts lies between two days."""
    if by_workdays:
        return not count_workdays(before + _DAY, on - _DAY, calendar).days
    return on - before == _DAY
