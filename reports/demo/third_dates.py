"""Pure: the dates of the demo's third round, counted from the day of the set-up. No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reform.workdays import Calendar, is_workday, workday_period

_DAY = timedelta(days=1)

Span = tuple[date, date]
"""First and inclusive last day."""


@dataclass(frozen=True)
class ThirdRoundDates:
    """`spans`: batch code → step → its days. `effective_on`: when the round is planned to take effect."""

    today: date
    baseline_on: date
    approved_on: date
    kickoff_on: date
    effective_on: date
    spans: Mapping[str, Mapping[str, Span]]

    @property
    def publicity(self) -> Span:
        """The 公示 that is running."""
        return self.spans["1"]["PUBLICITY"]


def third_round_dates(today: date, calendar: Calendar, *, publicity_workdays: int) -> ThirdRoundDates:
    """The dates of a round whose first batch is in 公示 today, its second in 双向选择, its third in 报名.

    Everything but 公示 itself is counted in working days from the last working day not after today, so that
    on a weekend or in a holiday, too, the 公示 has begun and is not over, and the applications are open.
    """
    here = _on_or_before(today, calendar)

    def at(distance: int) -> date:
        return _shift(here, distance, calendar)

    def span(first: int, last: int) -> Span:
        return at(first), max(at(last), today) if first <= 0 <= last else at(last)

    begun = at(-1)
    publicity = begun, workday_period(begun, publicity_workdays, calendar).last_on
    effective_on = _shift(publicity[1], 8, calendar)
    first = {
        "NOTICE": span(-14, -10),
        "APPLY": span(-14, -10),
        "SCREEN": span(-9, -6),
        "ASSESS": span(-5, -5),
        "MATCH": span(-4, -4),
        "INSPECT": span(-3, -3),
        "DECIDE": span(-2, -2),
        "PUBLICITY": publicity,
        "APPOINT": (publicity[1] + _DAY, effective_on),
    }
    later = _shift(publicity[1], 1, calendar), _shift(publicity[1], publicity_workdays, calendar)
    second = {
        "NOTICE": span(-10, -6),
        "APPLY": span(-10, -6),
        "SCREEN": span(-5, -2),
        "ASSESS": span(-1, 0),
        "MATCH": span(0, 1),
        "INSPECT": span(2, 2),
        "DECIDE": span(3, 3),
        "PUBLICITY": later,
        "APPOINT": (later[1] + _DAY, effective_on),
    }
    third = {
        "NOTICE": span(-2, 2),
        "APPLY": span(-1, 2),
        "SCREEN": span(3, 3),
        "MATCH": span(3, 3),
        "DECIDE": span(3, 3),
        "PUBLICITY": later,
        "APPOINT": (later[1] + _DAY, effective_on),
    }
    return ThirdRoundDates(
        today=today,
        baseline_on=at(-16) - _DAY,
        approved_on=at(-18),
        kickoff_on=at(-15),
        effective_on=effective_on,
        spans={"1": first, "2": second, "3": third},
    )


def _on_or_before(day: date, calendar: Calendar) -> date:
    while not is_workday(day, calendar):
        day -= _DAY
    return day


def _shift(day: date, distance: int, calendar: Calendar) -> date:
    """The working day so many working days later, or earlier."""
    step = _DAY if distance > 0 else -_DAY
    for _ in range(abs(distance)):
        day += step
        while not is_workday(day, calendar):
            day += step
    return day
