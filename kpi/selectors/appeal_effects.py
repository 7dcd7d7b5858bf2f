"""What an upheld appeal changed: every result before and after, and the use of quotas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from kpi.models import CycleOutcome, PersonResult, ResultAppeal, UnitResult

from .results import PersonLine, QuotaLine, UnitLine, person_line, quota_lines, unit_line

_CAUSE = 120  # characters of a version's cause
_UPHELD = "申诉成立："


@dataclass(frozen=True)
class Pair:
    """One result in the version before and in the one that the appeal made; before None: there was none."""

    before: UnitLine | PersonLine | None
    after: UnitLine | PersonLine


@dataclass(frozen=True)
class QuotaPair:
    """A group's quota before and after."""

    group: str
    before: QuotaLine | None
    after: QuotaLine | None


@dataclass(frozen=True)
class Effects:
    """units, people: those that differ."""

    units: Sequence[Pair]
    people: Sequence[Pair]
    quotas: Sequence[QuotaPair]


def cause_of(appeal: ResultAppeal) -> str:
    """What the versions that an upheld appeal makes are told by; the number keeps two persons of one name
    apart."""
    number = f"（申诉{appeal.pk}号）"
    name = str(appeal.unit or appeal.person)[: _CAUSE - len(number) - len(_UPHELD)]
    return f"{_UPHELD}{name}{number}"


def appeal_effects(appeal: ResultAppeal) -> Effects:
    """Before and after of an upheld appeal, in the appeal's own cycle. A fixed number of statements."""
    cause = cause_of(appeal)
    units = UnitResult.objects.filter(cycle=appeal.cycle_id).select_related("unit")
    people = PersonResult.objects.filter(cycle=appeal.cycle_id).select_related("person", "unit")
    return Effects(
        units=_pairs(list(units.order_by("version")), "unit_id", cause, unit_line),
        people=_pairs(list(people.order_by("version")), "person_id", cause, person_line),
        quotas=_quotas(appeal.cycle_id, cause),
    )


def _pairs(
    rows: Sequence[Any], key: str, cause: str, line: Callable[[Any], UnitLine | PersonLine]
) -> list[Pair]:
    """rows: all versions, the first one first."""
    made = {getattr(one, key): one for one in rows if one.cause == cause}
    before = {}
    for one in rows:
        subject = getattr(one, key)
        if subject in made and one.version < made[subject].version:
            before[subject] = line(one)
    return [Pair(before.get(subject), line(one)) for subject, one in made.items()]


def _quotas(cycle_id: int, cause: str) -> list[QuotaPair]:
    outcomes = CycleOutcome.objects.filter(cycle=cycle_id)
    after = outcomes.filter(cause=cause).order_by("-version").first()
    if after is None:
        return []
    last = outcomes.filter(version__lt=after.version).aggregate(last=Max("version"))["last"]
    before = outcomes.filter(version=last).first() if last else None
    old = {one.group: one for one in quota_lines(before)} if before else {}
    new = {one.group: one for one in quota_lines(after)}
    groups = dict.fromkeys([*old, *new])
    return [QuotaPair(one, old.get(one), new.get(one)) for one in groups if old.get(one) != new.get(one)]
