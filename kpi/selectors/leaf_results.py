"""What came of each leaf of a cycle: target, actual, completion, score and traffic light, for reports, pages
and leader boards."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpi.models import Adjustment, Cycle, Item
from kpi.rules.codes import Rule
from kpi.rules.completion import completion_of
from kpi.rules.outcomes import plain
from kpi.rules.rankings import Light, traffic_light
from kpi.rules.scoring import score
from kpi.states import AdjustmentState
from reform.errors import RuleError
from reform.selectors import policy_of

from .schemes import WHOLE_ZONE
from .scoring_inputs import inputs_of, scoring_inputs

UNREPORTED = "未报"


@dataclass(frozen=True)
class LeafLine:
    """A leaf of one subject. unit_id None: the zone itself. actual_words: what was reported, in whatever form
    the rule reads; completion: per cent; adjustment: Σ of the approved 校准."""

    item_id: int
    indicator_id: int
    unit_id: int | None
    unit: str
    responsible: str
    responsible_id: int | None
    name: str
    path: str
    measure: str
    rule: str
    rule_label: str
    is_core: bool
    full: Decimal | None
    target: Decimal | None
    actual: Decimal | None
    actual_words: str
    completion: Decimal | None
    light: Light | None
    auto_score: Decimal | None
    adjustment: Decimal | None
    score: Decimal | None
    reason: str
    unreported: bool
    steps: tuple[str, ...] = ()

    @property
    def lost(self) -> Decimal | None:
        """Points that are missing to the full score."""
        return None if self.full is None or self.score is None else self.full - self.score


def leaf_lines(
    cycle: Cycle, *, units: Collection[int | None] | None = None, with_steps: bool = False
) -> tuple[LeafLine, ...]:
    """The leaves of a cycle, or of some of its subjects (None among them: the zone), in the scheme's order.

    with_steps: also how each score comes about.  A fixed number of statements.
    """
    lights = policy_of(cycle.policy)["kpi.traffic_lights"]
    rows = Item.objects.filter(cycle=cycle).select_related(
        "indicator__subject", "indicator__responsible_unit"
    )
    moved = _adjusted(cycle)
    steps = _steps(cycle, list(rows)) if with_steps else {}
    found = [_line(one, lights, moved, steps) for one in rows.order_by("indicator__sort_no", "id")]
    return tuple(one for one in found if units is None or one.unit_id in units)


def _adjusted(cycle: Cycle) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    rows = Adjustment.objects.filter(cycle=cycle, state=AdjustmentState.APPROVED, item__isnull=False)
    for key, delta in rows.values_list("item_id", "delta"):
        if key is not None:
            found[key] = found.get(key, Decimal(0)) + delta
    return found


def _steps(cycle: Cycle, items: list[Item]) -> dict[int, tuple[str, ...]]:
    """Item id → the steps of its rule; a figure that can no longer be read has none."""
    ready = scoring_inputs(cycle)
    found = {}
    for one in items:
        leaf, _ = ready.leaves[one.indicator_id]
        try:
            found[one.pk] = score(leaf.rule, inputs_of(one, ready), leaf.parameters).steps
        except RuleError as fault:
            found[one.pk] = (str(fault),)
    return found


def _line(
    item: Item,
    lights: Mapping[str, Any],
    moved: Mapping[int, Decimal],
    steps: Mapping[int, tuple[str, ...]],
) -> LeafLine:
    own = item.indicator
    done = item.inputs.get("done")
    accepted = None if done is None else sum((Decimal(str(one)) for one in done), Decimal(0))
    share = completion_of(own.rule, own.direction, item.actual, item.target, accepted)
    return LeafLine(
        item_id=item.pk,
        indicator_id=own.pk,
        unit_id=own.subject_id,
        unit=own.subject.name if own.subject else WHOLE_ZONE,
        responsible=own.responsible_unit.name if own.responsible_unit else "",
        responsible_id=own.responsible_unit_id,
        name=own.name,
        path=own.path,
        measure=own.measure,
        rule=own.rule,
        rule_label=Rule(own.rule).label if own.rule else "",
        is_core=own.is_core,
        full=own.full if item.full is None else item.full,
        target=item.target,
        actual=item.actual,
        actual_words=_actual_words(item, own.measure),
        completion=share,
        light=traffic_light(share, **lights),
        auto_score=item.auto_score,
        adjustment=moved.get(item.pk),
        score=item.score,
        reason=item.reason,
        unreported=item.unreported,
        steps=steps.get(item.pk, ()),
    )


def _actual_words(item: Item, measure: str) -> str:
    given = item.inputs
    if item.unreported:
        return UNREPORTED
    parts = [f"{plain(item.actual)}{measure}"] if item.actual is not None else []
    if given.get("rank"):
        parts.append(f"第{given['rank']}名")
    if given.get("grade"):
        parts.append(f"{given['grade']}{given.get('tier') or 1}档")
    if given.get("n") is not None:
        parts.append(f"{given['n']}项")
    if given.get("done") is not None:
        parts.append(f"节点{'、'.join(f'{one}%' for one in given['done']) or '都未验收'}")
    if given.get("triggered"):
        parts.append("已触发")
    return "，".join(parts)
