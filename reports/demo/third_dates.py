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
    def code(self) -> str:
        """The year of the set-up, also of a round of January that was mobilised in December."""
        return f"{self.today.year}"

    @property
    def publicity(self) -> Span:
        """The 公示 that is running."""
        return self.spans["1"]["PUBLICITY"]


def third_round_dates(today: date, calendar: Calendar, *, publicity_workdays: int) -> ThirdRoundDates:
    """The dates of a round whose first batch is in 公示 today, its second in 双向选择, its third in 考评, its
    fourth in 报名, while a fifth is planned.

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
    effective_on = _shift(publicity[1], publicity_workdays + 9, calendar)
    later = _shift(publicity[1], 1, calendar), _shift(publicity[1], publicity_workdays, calendar)
    end = {"PUBLICITY": later, "APPOINT": (later[1] + _DAY, effective_on)}
    return ThirdRoundDates(
        today=today,
        baseline_on=at(-16) - _DAY,
        approved_on=at(-18),
        kickoff_on=at(-15),
        effective_on=effective_on,
        spans={
            "1": {
                "NOTICE": span(-14, -10),
                "APPLY": span(-14, -10),
                "SCREEN": span(-9, -6),
                "ASSESS": span(-5, -5),
                "MATCH": span(-4, -4),
                "INSPECT": span(-3, -3),
                "DECIDE": span(-2, -2),
                "PUBLICITY": publicity,
                "APPOINT": (publicity[1] + _DAY, effective_on),
            },
            "2": {
                "NOTICE": span(-10, -6),
                "APPLY": span(-10, -6),
                "SCREEN": span(-5, -2),
                "ASSESS": span(-1, 0),
                "MATCH": span(0, 1),
                "INSPECT": span(2, 2),
                "DECIDE": span(3, 3),
                **end,
            },
            "3": {
                "NOTICE": span(-9, -5),
                "APPLY": span(-9, -5),
                "SCREEN": span(-4, -1),
                "ASSESS": span(0, 1),
                "MATCH": span(1, 2),
                "INSPECT": span(2, 3),
                "DECIDE": span(3, 3),
                **end,
            },
            "4": {
                "NOTICE": span(-2, 2),
                "APPLY": span(-1, 2),
                "SCREEN": span(3, 3),
                "MATCH": span(3, 3),
                "DECIDE": span(3, 3),
                **end,
            },
            "5": _planned(calendar, publicity[1], publicity_workdays, effective_on),
        },
    )


def _planned(calendar: Calendar, after: date, workdays: int, effective_on: date) -> Mapping[str, Span]:
    """A batch that begins when the first 公示 is over, and ends with the round."""

    def at(distance: int) -> date:
        return _shift(after, distance, calendar)

    decided = at(6)
    publicity = at(7), at(6 + workdays)
    return {
        "NOTICE": (at(1), at(3)),
        "APPLY": (at(1), at(3)),
        "SCREEN": (at(4), at(4)),
        "ASSESS": (at(5), at(5)),
        "MATCH": (at(5), at(5)),
        "INSPECT": (at(5), decided),
        "DECIDE": (decided, decided),
        "PUBLICITY": publicity,
        "APPOINT": (publicity[1] + _DAY, effective_on),
    }


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
