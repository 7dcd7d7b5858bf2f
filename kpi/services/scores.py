"""Scores of leaves: all of a cycle at once, from stored rows to stored scores."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Item
from kpi.rules.scoring import (
    Inputs,
    Rule,
    grade_points,
    is_unreported,
    needs_rank,
    score,
)
from kpi.selectors.scoring_inputs import COLUMNS, Leaf, ScoringInputs, item_rows, scoring_inputs
from reform.rounding import to_score
from reform.services.computed import ComputedWriter
from reform.services.records import audit_record

ZERO = Decimal("0.00")
UNREPORTED = "未报，按0分计"
COMPUTED = ("auto_score", "score", "reason", "unreported")
BEFORE = len(COLUMNS) - len(COMPUTED)  # from here on a row has what is stored now
# What a rule reads beside the figures, each from its key of Item.inputs, as the figure that stands for it.
_FROM_INPUTS: dict[Rule, Callable[[dict[str, Any], Leaf], Decimal | None]] = {
    Rule.GRADE: lambda given, leaf: (
        grade_points(leaf.parameters.grades, str(given["grade"]), int(given.get("tier") or 1))  # type: ignore[union-attr]
        if given.get("grade")
        else None
    ),
    Rule.MILESTONE: lambda given, leaf: (
        sum((Decimal(str(one)) for one in given["done"]), Decimal(0))
        if given.get("done") is not None
        else None
    ),
    Rule.DEDUCT: lambda given, leaf: Decimal(str(given["n"])) if given.get("n") is not None else None,
    Rule.BONUS: lambda given, leaf: Decimal(str(given["n"])) if given.get("n") is not None else None,
}
Computed = tuple[Decimal | None, Decimal | None, str, bool]


@transaction.atomic
def cycle_score(*, cycle: Cycle, actor: AbstractBaseUser) -> int:
    """Score every leaf of a cycle; the number of rows whose score is another one now.

    An actual that is lacking counts 0 and is flagged 未报 (§6, Guards); what cannot be scored keeps its
    reason. Rows that stay as they are are not written.
    """
    found = scoring_inputs(cycle)
    writer = ComputedWriter(Item, COMPUTED)
    for batch in item_rows(cycle):
        writer.write(_changed(batch, found))
    if writer.count:
        audit_record(
            actor=actor, action="计算指标得分", zone=cycle.zone, subject=str(cycle), details=writer.details
        )
    return writer.count


def _changed(batch: Sequence[tuple[Any, ...]], found: ScoringInputs) -> list[tuple[int, Computed]]:
    """The rows of a batch whose score differs. Written for speed: a leaf that needs nothing but its figures
    goes straight to its scorer."""
    leaves, marks, adjustments, ranks = found.leaves, found.marks, found.adjustments, found.ranks
    changed: list[tuple[int, Computed]] = []
    returned = found.returned
    for row in batch:
        key, indicator, full, actual, target, base, given = row[:BEFORE]
        leaf, of_indicator = leaves[indicator]
        if full is None:
            full = of_indicator
        rank = None
        if leaf.reads_more:
            actual, rank = _special(leaf, key, json.loads(given), actual, marks, ranks)
        auto = leaf.scorer(full, actual, target, base, rank)
        if key in returned:
            auto, reason, missing = ZERO, UNREPORTED, True
        elif auto is None:
            auto, reason, missing = _without_score(leaf, full, actual, target, base, rank)
        else:
            reason, missing = "", False
        final = auto
        if auto is not None and key in adjustments:
            final = _adjusted(leaf, auto, adjustments[key], full)
        computed = (auto, final, reason, missing)
        if computed != row[BEFORE:]:
            changed.append((key, computed))
    return changed


def _special(
    leaf: Leaf,
    key: int,
    given: dict[str, Any],
    actual: Decimal | None,
    marks: Any,
    ranks: Any,
) -> tuple[Decimal | None, int | None]:
    """The actual and the rank of a leaf that reads more than its figures."""
    if needs_rank(leaf.rule):
        place = given.get("rank")
        return actual, int(place) if place else ranks.get(key)
    if key in marks:
        return marks[key], None
    own = _FROM_INPUTS[leaf.rule](given, leaf)
    return (actual if own is None else own), None


def _without_score(
    leaf: Leaf,
    full: Decimal | None,
    actual: Decimal | None,
    target: Decimal | None,
    base: Decimal | None,
    rank: int | None,
) -> tuple[Decimal | None, str, bool]:
    inputs = Inputs(full=full, actual=actual, target=target, base=base, rank=rank)
    if is_unreported(leaf.rule, inputs, leaf.parameters):
        return ZERO, UNREPORTED, True
    return None, score(leaf.rule, inputs, leaf.parameters).reason, False


def _adjusted(leaf: Leaf, auto: Decimal, delta: Decimal, full: Decimal | None) -> Decimal:
    """A calibrated score stays within what the leaf can bring."""
    if leaf.rule == Rule.DEDUCT:
        return min(ZERO, to_score(auto + delta))
    most = auto if full is None or auto > full else full
    return max(ZERO, min(most, to_score(auto + delta)))
