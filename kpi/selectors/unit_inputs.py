"""What units' results are made of, read for a whole cycle in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Sum

from kpi.models import Adjustment, Cycle, Item, Period, UnitEntry, UnitResult, Veto
from kpi.rules.codes import Rule
from kpi.rules.unit_results import Handed, LateReport, LeafScore, UnitFacts, UnitRules
from kpi.states import AdjustmentState, CycleState, VetoState
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import Unit, UnitKind
from reform.selectors import calendar_of
from reform.workdays import count_workdays

PUBLIC = (CycleState.PUBLISHED, CycleState.APPEALING, CycleState.FINAL)
QUARTERS = (1, 2, 3, 4)
# Scored on sheets, or decided: reported in words only.
_NOT_LATE = (Rule.GRADE, Rule.VETO)
_ITEM_COLUMNS = (
    "indicator__subject_id", "indicator__responsible_unit_id", "indicator__level1", "indicator__level2",
    "indicator__level3", "indicator__rule", "score", "reason", "submitted_on",
)  # fmt: skip


@dataclass(frozen=True)
class UnitInputs:
    """units: by key, of all units of the zone.  names: a name of its own for each.  facts: unit key → what
    its result is made of.  zone_leaves: whose subject is the zone itself."""

    units: Mapping[int, Unit]
    names: Mapping[int, str]
    facts: Mapping[int, UnitFacts]
    zone_leaves: list[LeafScore] = field(default_factory=list)


def unit_rules(policy: Policy) -> UnitRules:
    """The policy's values as the rules take them."""
    totals, late, weights = policy["kpi.totals"], policy["kpi.late_penalty"], policy["kpi.annual_weights"]
    return UnitRules(
        highest=_exact(totals["high"]),
        bonus_cap=_exact(totals["bonus"]),
        per_workday=_exact(late["per_workday"]),
        late_cap=_exact(late["cap"]),
        annual=_exact(weights["annual"]),
        of_quarters=_exact(weights["quarters"]),
        expected=QUARTERS,
        lines=policy["kpi.unit_grades"],
    )


def _exact(value: Any) -> Decimal:
    return Decimal(str(value))


def quarter_cycles(cycle: Cycle) -> dict[int, int]:
    """Key of each published quarter of a year → its number; one statement, none for other cycles."""
    if cycle.period != Period.YEAR:
        return {}
    codes = {f"{cycle.code}Q{number}": number for number in QUARTERS}
    rows = Cycle.objects.filter(zone=cycle.zone_id, code__in=codes, state__in=PUBLIC)
    return {key: codes[code] for key, code in rows.values_list("pk", "code")}


def unit_inputs(cycle: Cycle, quarters: Mapping[int, int]) -> UnitInputs:
    """Everything of a cycle's units.  Raises Refused for a unit that has leaves and a score handed in."""
    units = {one.pk: one for one in Unit.objects.filter(zone=cycle.zone_id).select_related("parent")}
    names = own_names(units)
    report_by = None if cycle.registered else cycle.report_by
    leaves, zone_leaves, late = _leaves(cycle, report_by)
    entries = {one.unit_id: one for one in UnitEntry.objects.filter(cycle=cycle).order_by("id")}
    both = sorted(names[key] for key in set(entries) & set(leaves))
    if both:
        raise Refused([f"“{name}”既有自己的指标又有报送的指标得分，请删去一种" for name in both])
    adjustments, vetoes, totals = _adjustments(cycle), _vetoes(cycle), _quarter_totals(quarters)
    facts = {}
    # in the order of the units, whoever comes first among the leaves
    for key in sorted({*entries, *leaves, *vetoes}, key=lambda one: (units[one].sort_no, one)):
        entry = entries.get(key)
        facts[key] = UnitFacts(
            unit=names[key],
            leaves=leaves.get(key, ()),
            handed=Handed(entry.indicators, entry.bonus, entry.deduction) if entry else None,
            late=late.get(key, ()),
            adjustment=adjustments.get(key, Decimal(0)),
            quarters=totals.get(key, {}) if cycle.period == Period.YEAR else None,
            veto="；".join(vetoes.get(key, ())),
        )
    return UnitInputs(units, names, facts, zone_leaves)


def _leaves(
    cycle: Cycle, report_by: date | None
) -> tuple[dict[int, list[LeafScore]], list[LeafScore], dict[int, list[LateReport]]]:
    """Unit → its leaves, the zone's own, and what each responsible unit reported late; one statement beside
    the calendar's."""
    leaves: dict[int, list[LeafScore]] = defaultdict(list)
    of_zone: list[LeafScore] = []
    late: dict[int, list[LateReport]] = defaultdict(list)
    workdays = _workdays_after(report_by)
    for row in Item.objects.filter(cycle=cycle).order_by("id").values_list(*_ITEM_COLUMNS).iterator():
        subject, responsible, one, two, three, rule, score, reason, submitted_on = row
        own = of_zone if subject is None else leaves[subject]
        leaf = LeafScore(three or two or one, rule, score, reason)
        own.append(leaf)
        unit = responsible or subject
        if unit is not None and (days := workdays(submitted_on)) and rule not in _NOT_LATE:
            most = None if rule == Rule.DEDUCT else score or Decimal(0)
            late[unit].append(LateReport(leaf.name, days, most))
    return leaves, of_zone, late


def _workdays_after(deadline: date | None) -> Callable[[date | None], int]:
    """Counts the working days from the deadline to a day; none without a deadline."""
    if deadline is None:
        return lambda day: 0
    first, calendar = deadline + timedelta(days=1), calendar_of()

    @cache
    def count(day: date | None) -> int:
        return 0 if day is None or day <= deadline else count_workdays(first, day, calendar).days

    return count


def own_names(units: Mapping[int, Unit]) -> dict[int, str]:
    """Names that tell units apart: two of one name are told by their codes. Sections have no results of their
    own, and make no name of a unit doubtful."""
    seen: dict[str, int] = defaultdict(int)
    for one in units.values():
        seen[one.name] += one.kind != UnitKind.SECTION
    return {
        key: one.name if seen[one.name] <= 1 else f"{one.name}（{one.code}）" for key, one in units.items()
    }


def _adjustments(cycle: Cycle) -> dict[int, Decimal]:
    rows = Adjustment.objects.filter(cycle=cycle, state=AdjustmentState.APPROVED, unit__isnull=False)
    return dict(rows.order_by().values("unit").annotate(total=Sum("delta")).values_list("unit_id", "total"))


def _vetoes(cycle: Cycle) -> dict[int, list[str]]:
    """Unit → the matters that were approved."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Veto.objects.filter(cycle=cycle, state=VetoState.APPROVED, unit__isnull=False).order_by("id")
    for unit, matter in rows.values_list("unit_id", "matter"):
        found[unit].append(matter)
    return found


def _quarter_totals(quarters: Mapping[int, int]) -> dict[int, dict[int, Decimal]]:
    """Unit → number of the quarter → total."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = UnitResult.objects.filter(cycle__in=quarters, current=True, total__isnull=False)
    for unit, cycle, total in rows.order_by().values_list("unit_id", "cycle_id", "total"):
        if total is not None:
            found[unit][quarters[cycle]] = total
    return found
