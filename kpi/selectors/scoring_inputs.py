"""What the leaves of a cycle are scored from: rules made ready once, figures read in batches."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Sum, TextField
from django.db.models.functions import Cast

from kpi.models import Adjustment, Cycle, Indicator, Item, Mark, ResultAppeal
from kpi.rules.codes import Direction
from kpi.rules.parameters import Grading
from kpi.rules.scoring import (
    Inputs,
    MinMax,
    Parameters,
    Rule,
    Scorer,
    compile_rule,
    grade_points,
    needs_rank,
    parse_parameters,
    ranks,
    ranks_above,
)
from kpi.states import AdjustmentState, AppealState, ItemState, SheetState
from reform.selectors import policy_of

BATCH = 20_000  # rows held at once; a million leaves take no more memory than these
COLUMNS = (
    "id", "indicator_id", "full", "actual", "target", "base", "given",
    "auto_score", "score", "reason", "unreported",
)  # fmt: skip


COMPARED = frozenset({Rule.RANK, Rule.MIXED, Rule.MINMAX})
READS_INPUTS = frozenset({Rule.GRADE, Rule.MILESTONE, Rule.DEDUCT, Rule.BONUS})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A rule ready to score: with its parameters built in; shared by all indicators that have the same."""

    rule: Rule
    parameters: Parameters
    scorer: Scorer
    reads_more: bool = False  # than its figures: grade, nodes, number of cases, place


@dataclass(frozen=True)
class ScoringInputs:
    """Everything that scores of a cycle need beside the rows themselves.

    leaves: indicator id → (leaf, full score).  ranks: item id → place among its peers (RANK, MIXED).  marks:
    item id → mean of the locked sheets' marks in points of a hundred.  adjustments: item id → Σ of the
    approved ones.  returned: items whose figures were sent back and count as 未报.
    """

    leaves: Mapping[int, tuple[Leaf, Decimal | None]]
    ranks: Mapping[int, int | None]
    marks: Mapping[int, Decimal]
    adjustments: Mapping[int, Decimal]
    returned: frozenset[int] = frozenset()


def scoring_inputs(cycle: Cycle) -> ScoringInputs:
    """Read and made ready in a fixed number of statements."""
    leaves = leaves_of(cycle)
    compared = any(leaf.rule in COMPARED for leaf, _ in leaves.values())
    places = _compare(cycle, leaves) if compared else {}
    return ScoringInputs(leaves, places, _marks(cycle, leaves), _adjustments(cycle), _returned(cycle))


def leaves_of(cycle: Cycle) -> dict[int, tuple[Leaf, Decimal | None]]:
    """Indicator id → (leaf, full score where the cycle's item has none of its own) for the leaves of a cycle;
    parameters are read once for each rule that has them. Two statements beside the policy's."""
    defaults = policy_of(cycle.policy)["kpi.rule_defaults"]
    own = Item.objects.filter(cycle=cycle, indicator=OuterRef("pk"))
    all_rows = Indicator.objects.filter(scheme=cycle.scheme_id)
    made: dict[tuple[str, str], tuple[Leaf, Decimal | None]] = {}
    leaves = {}
    rows = all_rows.filter(Exists(own)).values_list("id", "rule", Cast("parameters", TextField()))
    for key, code, given in rows:
        shared = made.get((code, given))
        if shared is None:
            shared = made[code, given] = (_leaf(Rule(code), given, defaults), None)
        leaves[key] = shared
    lacking = all_rows.filter(Exists(own.filter(full=None)), full__isnull=False)
    for key, full in lacking.values_list("id", "full"):
        leaves[key] = (leaves[key][0], full)
    return leaves


def _leaf(rule: Rule, given: str, defaults: Any) -> Leaf:
    parameters = parse_parameters(rule, json.loads(given), defaults)
    more = rule in READS_INPUTS or needs_rank(rule)
    return Leaf(rule, parameters, compile_rule(rule, parameters), more)


def _compare(cycle: Cycle, leaves: dict[int, tuple[Leaf, Decimal | None]]) -> dict[int, int | None]:
    """Places among the units that have the same leaf (by its path), and for 区间标准化 the least and the most
    of them where the indicator sets none; one statement."""
    groups: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    rows = Item.objects.filter(cycle=cycle, indicator__rule__in=COMPARED).select_related("indicator")
    for item in rows.order_by("id"):
        own = item.indicator
        groups[own.path, own.rule].append(item)
    places: dict[int, int | None] = {}
    for (_, rule), group in groups.items():
        if len(group) == 1:
            continue  # nobody to compare with: the place comes with the figures
        actuals = [item.actual for item in group]
        direction = Direction(group[0].indicator.direction)
        if rule == Rule.MINMAX:
            _set_span(group, [one for one in actuals if one is not None], leaves)
        elif rule == Rule.MIXED:
            targets = [item.target for item in group]
            places.update(_by_item(group, ranks_above(actuals, targets, direction)))
        else:
            places.update(_by_item(group, ranks(actuals, direction)))
    return places


def _by_item(group: Sequence[Item], places: Sequence[int | None]) -> dict[int, int | None]:
    return {item.pk: place for item, place in zip(group, places, strict=True)}


def _set_span(
    group: Sequence[Item], actuals: Sequence[Decimal], leaves: dict[int, tuple[Leaf, Decimal | None]]
) -> None:
    for item in group:
        leaf, full = leaves[item.indicator_id]
        own = leaf.parameters
        if actuals and isinstance(own, MinMax) and own.min is None and own.max is None:
            spanned = replace(own, min=min(actuals), max=max(actuals))
            spanning = replace(leaf, parameters=spanned, scorer=compile_rule(leaf.rule, spanned))
            leaves[item.indicator_id] = spanning, full


def _marks(cycle: Cycle, leaves: Mapping[int, tuple[Leaf, Decimal | None]]) -> dict[int, Decimal]:
    points: dict[int, list[Decimal]] = defaultdict(list)
    rows = Mark.objects.filter(sheet__cycle=cycle, sheet__state=SheetState.LOCKED)
    for key, indicator, grade, tier in rows.values_list("item_id", "item__indicator_id", "grade", "tier"):
        parameters = leaves[indicator][0].parameters
        assert isinstance(parameters, Grading)
        points[key].append(grade_points(parameters.grades, grade, tier))
    return {key: sum(found, Decimal(0)) / len(found) for key, found in points.items()}


def _adjustments(cycle: Cycle) -> dict[int, Decimal]:
    rows = Adjustment.objects.filter(cycle=cycle, state=AdjustmentState.APPROVED, item__isnull=False)
    return dict(rows.order_by().values("item").annotate(total=Sum("delta")).values_list("item_id", "total"))


def _returned(cycle: Cycle) -> frozenset[int]:
    """Leaves that were sent back and not handed in again; one that an appeal has corrected since counts."""
    rows = Item.objects.filter(cycle=cycle, state=ItemState.RETURNED)
    found = set(rows.exclude(indicator__rule__in=(Rule.GRADE, Rule.VETO)).values_list("id", flat=True))
    if not found:
        return frozenset()
    upheld = ResultAppeal.objects.filter(cycle=cycle, state=AppealState.UPHELD)
    return frozenset(found - {one.get("item") for one in upheld.values_list("correction", flat=True)})


def item_rows(cycle: Cycle) -> Iterator[list[tuple[Any, ...]]]:
    """The cycle's items in batches, by key, as tuples of COLUMNS (`given`: the other inputs as JSON text):
    one statement for each batch."""
    last = 0
    while True:
        rows = Item.objects.filter(cycle=cycle, pk__gt=last).annotate(given=Cast("inputs", TextField()))
        batch = list(rows.order_by("pk").values_list(*COLUMNS)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def inputs_of(item: Item, found: ScoringInputs) -> Inputs:
    """The figures of one item, for showing how its score came about."""
    given = item.inputs
    leaf, full = found.leaves[item.indicator_id]
    rank = given.get("rank") if needs_rank(leaf.rule) else None
    return Inputs(
        full=full if item.full is None else item.full,
        actual=found.marks.get(item.pk, item.actual),
        target=item.target,
        base=item.base,
        rank=int(rank) if rank else found.ranks.get(item.pk),
        grade="" if item.pk in found.marks else str(given.get("grade") or ""),
        tier=int(given.get("tier") or 1),
        n=int(given["n"]) if given.get("n") is not None else None,
        done=tuple(Decimal(str(one)) for one in given["done"]) if given.get("done") is not None else None,
    )
