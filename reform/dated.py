"""Dates of the calendar: anniversaries, ends of terms, ages, and what held on a day."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from reform.errors import RuleError

T = TypeVar("T")


def add_years(on: date, years: int) -> date:
    """The anniversary after (or before) whole years; 02-28 where 02-29 does not exist.

    Source: domain.md §12.
    """
    return add_months(on, 12 * years)


def add_months(on: date, months: int) -> date:
    """The same day after (or before) whole months; the month's last day where it has no such day."""
    years, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(years, month + 1, min(on.day, monthrange(years, month + 1)[1]))


def term_end(starts_on: date, years: int) -> date:
    """The inclusive last day of a term of whole years: 2022-01-23 and 3 → 2025-01-22.

    Stored half-open it ends before `add_years(starts_on, years)`.  Raises RuleError for years < 1.
    Source: domain.md §5.
    """
    if years < 1:
        raise RuleError(f"聘期须至少 1 年，现为 {years} 年。")
    return add_years(starts_on, years) - timedelta(days=1)


def age_on(birth: date, on: date, *, by_month: bool = False) -> int:
    """Completed years of age; `by_month` counts from the first day of the birth month, as reports do.

    Born on 02-29: a year older on 02-28 where there is no 29th.  Raises RuleError before birth.
    """
    if by_month:
        birth, on = birth.replace(day=1), on.replace(day=1)
    if on < birth:
        raise RuleError(f"出生日期 {birth.isoformat()} 晚于 {on.isoformat()}，无法计算年龄。")
    years = on.year - birth.year
    return years if add_years(birth, years) <= on else years - 1


def value_at(history: Iterable[tuple[date, T]], on: date) -> T:
    """What held on a day: the value with the latest first day not after it.

    history: (first day, value) in any order; each holds until the next begins.  Raises RuleError before the
    first day, and where two values begin on the day that decides.
    """
    found: tuple[date, T] | None = None
    is_double = False
    for starts_on, value in history:
        if starts_on <= on and (found is None or starts_on >= found[0]):
            is_double = found is not None and starts_on == found[0]
            found = (starts_on, value)
    if found is None:
        raise RuleError(f"{on.isoformat()} 之前没有记录。")
    if is_double:
        raise RuleError(f"{found[0].isoformat()} 有两条起始记录，无法判断以哪条为准。")
    return found[1]
