"""The lines of KPI 指标目标/完成表 (layout 11) as they are stored."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from kpi.models import Cycle, Indicator, Item
from kpi.rules.codes import RATIO_RULES, Rule
from kpi.rules.figures import rounded_percent
from kpi.rules.scoring import parameters_text, parse_parameters
from kpi.selectors.schemes import subject_name
from reform.selectors import policy_of

from .actual_values import actual_text

_RATED = RATIO_RULES | {Rule.TARGET, Rule.MIXED}


def indicator_values(leaf: Indicator) -> dict[str, Any]:
    """What a sheet may say of a leaf, units by name."""
    return {
        "measure": leaf.measure,
        "direction": leaf.direction,
        "data_source": leaf.data_source,
        "evidence_needed": leaf.evidence_needed,
        "remark": leaf.remark,
        "full": leaf.full,
        "is_core": leaf.is_core,
        "rule": leaf.rule,
        "parameters": leaf.parameters,
        "responsible_unit": leaf.responsible_unit.name if leaf.responsible_unit else None,
    }


def indicator_records(cycle: Cycle) -> Iterable[dict[str, Any]]:
    """One line for an item, the leaves of a subject together; a fixed number of statements."""
    defaults = policy_of(cycle.policy)["kpi.rule_defaults"]
    rows = Item.objects.filter(cycle=cycle).select_related(
        "indicator__subject", "indicator__responsible_unit"
    )
    order = rows.order_by(
        F("indicator__subject__sort_no").asc(nulls_first=True),
        "indicator__subject_id",
        "indicator__sort_no",
        "id",
    )
    for item in order:
        leaf = item.indicator
        record = indicator_values(leaf) | {
            "code": leaf.code,
            "level1": leaf.level1,
            "level2": leaf.level2,
            "level3": leaf.level3,
            "full": item.full,
            "base": item.base,
            "target": item.target,
            "challenge": item.challenge,
            "actual": actual_text(leaf.rule, item.actual, item.inputs),
            "rate": _rate(item),
            "parameters": "",
            "score": item.score,
            "responsible": leaf.responsible_unit.name if leaf.responsible_unit else "",
            "subject": subject_name(leaf.subject),
        }
        if leaf.rule:
            rule = Rule(leaf.rule)
            record["parameters"] = parameters_text(rule, parse_parameters(rule, leaf.parameters, defaults))
        yield record


def _rate(item: Item) -> str:
    """完成率 where a ratio says something: against a positive target, by a rule that looks at it."""
    if item.actual is None or not item.target or item.target < 0 or item.indicator.rule not in _RATED:
        return ""
    if item.indicator.rule == Rule.LOWER:
        return rounded_percent(item.target, item.actual) if item.actual > 0 else ""
    return rounded_percent(item.actual, item.target)
