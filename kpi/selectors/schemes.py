"""What is read of schemes: the tree of leaves, the cycles of a code, whose policy counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from kpi.models import Cycle, Indicator, LibraryIndicator, Period, Scheme
from kpi.rules.codes import OUTSIDE_RULES
from kpi.rules.totals import weights_problems
from reform.errors import PolicyMissing, RuleError
from reform.models import PolicyVersion, Unit, Zone
from reform.selectors import policy_version_as_of

WHOLE_ZONE = "全区"
_CODE = re.compile(r"(?P<year>\d{4})(?:[Qq](?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
_QUARTER = 3  # months


@dataclass(frozen=True)
class Span:
    """What a cycle's code says: 2021, 2021Q1, 2021-03. Half-open."""

    code: str
    year: int
    period: Period
    starts_on: date
    ends_before: date


def span_of(code: str) -> Span:
    """The days of a cycle by its code; raises RuleError for one that is none."""
    found = _CODE.fullmatch(code.strip())
    if found is None:
        raise RuleError(f"“{code}”不是考核周期的编号；年度写2021，季度写2021Q1，月份写2021-03。")
    year = int(found["year"])
    if found["quarter"]:
        first, months, period = (int(found["quarter"]) - 1) * _QUARTER + 1, _QUARTER, Period.QUARTER
    elif found["month"]:
        first, months, period = int(found["month"]), 1, Period.MONTH
    else:
        first, months, period = 1, 12, Period.YEAR
    after = first + months
    ends_before = date(year + 1, 1, 1) if after > 12 else date(year, after, 1)
    return Span(code.strip().upper(), year, period, date(year, first, 1), ends_before)


def cycle_by_code(zone: Zone, code: str) -> Cycle | None:
    """The zone's cycle of this code."""
    return Cycle.objects.filter(zone=zone, code=code).select_related("zone", "scheme", "policy").first()


def cycles_of(zone: Zone) -> QuerySet[Cycle]:
    """A zone's cycles, latest first."""
    return Cycle.objects.filter(zone=zone).select_related("zone", "scheme", "policy")


def policy_for(zone: Zone, last_day: date) -> PolicyVersion:
    """The version that a cycle pins: in force on its last day, before the first one the first."""
    try:
        return policy_version_as_of(zone, last_day)
    except PolicyMissing:
        first = (
            PolicyVersion.objects.filter(zone=zone, state=PolicyVersion.State.IN_FORCE)
            .order_by("starts_on", "number")
            .first()
        )
        if first is None:
            raise
        return first


def indicators_of(scheme: Scheme) -> QuerySet[Indicator]:
    """The leaves that count now, in the order of the scheme."""
    return Indicator.objects.filter(scheme=scheme, replaced_by=None).select_related(
        "subject__parent", "responsible_unit__parent", "source_unit__parent"
    )


def indicator_history(indicator: Indicator) -> list[Indicator]:
    """All versions of a leaf, the first one first."""
    rows = {
        one.pk: one for one in Indicator.objects.filter(scheme=indicator.scheme_id).select_related("subject")
    }
    before = {one.replaced_by_id: one for one in rows.values() if one.replaced_by_id}
    first = rows[indicator.pk]
    while first.pk in before:
        first = before[first.pk]
    found = [first]
    while found[-1].replaced_by_id:
        found.append(rows[found[-1].replaced_by_id])
    return found


def library() -> QuerySet[LibraryIndicator]:
    """指标库, by 一级指标."""
    return LibraryIndicator.objects.order_by("level1", "code", "id")


def subject_name(unit: Unit | None) -> str:
    """Who is assessed, in words."""
    return unit.name if unit else WHOLE_ZONE


@dataclass(frozen=True)
class SubjectSheet:
    """The leaves of one subject in one period, with the sum of their weights; problem: what is wrong with
    it, '' where it is 100."""

    subject: Unit | None
    name: str
    period: str
    period_label: str
    leaves: Sequence[Indicator]
    weight: Decimal
    problem: str


def scheme_sheets(scheme: Scheme) -> list[SubjectSheet]:
    """The scheme as it is checked: each subject's sheet of each period, in the order of the scheme. One
    statement."""
    groups: dict[tuple[str, int | None], list[Indicator]] = {}
    for leaf in indicators_of(scheme):
        groups.setdefault((leaf.period, leaf.subject_id), []).append(leaf)
    found = []
    for (period, _), leaves in groups.items():
        inside = [one.full for one in leaves if one.rule not in OUTSIDE_RULES]
        name = subject_name(leaves[0].subject)
        problems = weights_problems({name: inside})
        found.append(
            SubjectSheet(
                subject=leaves[0].subject,
                name=name,
                period=period,
                period_label=Period(period).label,
                leaves=leaves,
                weight=sum((one for one in inside if one is not None), Decimal(0)),
                problem=problems[0] if problems else "",
            )
        )
    return found
