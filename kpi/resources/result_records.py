"""The lines of 考核结果汇总表 (layout 9), of units and of persons, from the results that are stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from kpi.models import Cycle, Veto
from kpi.rules.grading import grade_label
from kpi.rules.outcomes import share
from kpi.rules.unit_coefficients import unit_coefficients
from kpi.selectors.grading_inputs import grade_rules
from kpi.selectors.results import QuotaLine, UnitLine, cycle_results
from kpi.selectors.unit_inputs import own_names
from kpi.states import VetoState
from reform.access import sees_id_numbers
from reform.exchange.cells import mask_id
from reform.exchange.context import Context
from reform.ladder import Policy
from reform.models import Unit
from reform.rounding import exact
from reform.selectors import policy_of


def unit_records(cycle: Cycle) -> Iterable[dict[str, Any]]:
    """One line for a unit, the best first; a fixed number of statements."""
    policy = policy_of(cycle.policy)
    results = cycle_results(cycle)
    names = own_names({one.pk: one for one in Unit.objects.filter(zone=cycle.zone_id)})
    quota_of = {unit: quota for quota in results.quotas for unit in quota.units}
    matters = _matters(cycle, "unit_id")
    coefficients = unit_coefficients(
        {one.unit_id: one.total for one in results.units},
        policy["pay.reference_rule"],
        policy["pay.unit_coefficient"],
    )
    for number, one in enumerate(results.units, 1):
        quota = quota_of.get(names[one.unit_id])
        yield {
            "number": number,
            "unit": one.unit,
            "indicators": one.indicators,
            "bonus": one.bonus,
            "deduction": one.deduction,
            "veto": matters.get(one.unit_id, ""),
            "total": one.total,
            "rank": one.rank,
            "grade": one.grade,
            "share": _share(policy, one),
            "seats": _seats(quota),
            "coefficient": coefficients.get(one.unit_id),
        }


def _share(policy: Policy, unit: UnitLine) -> str:
    """优秀比例 of the unit's grade; a vetoed unit has that of the lowest."""
    rules = grade_rules(policy).quotas
    rate = rules.rates.get(rules.lowest if unit.veto else unit.grade)
    return share(exact(rate) * 100) if rate is not None else ""


def _seats(quota: QuotaLine | None) -> Any:
    """The unit's own seats; those of small units together are told as such."""
    if quota is None:
        return None
    return quota.quota if len(quota.units) == 1 else f"{quota.group}共{quota.quota}"


def person_records(context: Context) -> Iterable[dict[str, Any]]:
    """One line for a person, unit by unit; ID numbers masked without the permission."""
    cycle: Cycle = context.cycle
    clear = sees_id_numbers(context.actor)
    ladder = policy_of(cycle.policy).ladder
    matters = _matters(cycle, "person_id")
    for number, one in enumerate(cycle_results(cycle).people, 1):
        yield {
            "number": number,
            "unit": one.unit,
            "name": one.name,
            "post": one.post,
            "level": ladder.name_of(one.level) if one.level else "",
            "unit_score": one.unit_score,
            "personal": one.personal,
            "combined": one.combined,
            "rank": one.rank,
            "suggested": grade_label(one.suggested or None, one.identity),
            "grade": one.grade_label,
            "coefficient": one.coefficient,
            "remark": one.why,
            "id_number": one.id_number if clear else mask_id(one.id_number),
            "veto": matters.get(one.person_id, ""),
        }


def _matters(cycle: Cycle, whose: str) -> Mapping[int, str]:
    """Whose key → the matters that were approved."""
    found: dict[int, list[str]] = {}
    rows = Veto.objects.filter(cycle=cycle, state=VetoState.APPROVED, **{f"{whose}__isnull": False})
    for key, matter in rows.order_by("id").values_list(whose, "matter"):
        found.setdefault(key, []).append(matter)
    return {key: "；".join(matters) for key, matters in found.items()}
