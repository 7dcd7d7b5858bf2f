"""Scores of leaves after an upload was taken back: they are computed, so no RowChange restores them."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser

from kpi.models import Cycle, Item
from kpi.states import CycleState
from reform.models import RowChange, Upload
from reform.services.computed import ComputedWriter
from reform.services.records import audit_record

from .scores import COMPUTED, cycle_score

_UNSCORED = (None, None, "", False)
_BEFORE_SCORING = (
    CycleState.DRAFT,
    CycleState.TARGETS_SET,
    CycleState.COLLECTING,
    CycleState.REVIEWING,
)


def scores_after_undo(*, upload: Upload, actor: AbstractBaseUser) -> None:
    """Make the scores of the cycles that an upload had touched as its rows are now: computed anew in 评分,
    and none before it."""
    cycles = Cycle.objects.filter(pk__in=_touched(upload)).select_related("zone", "scheme", "policy")
    for cycle in cycles.order_by("id"):
        if cycle.state == CycleState.SCORING:
            cycle_score(cycle=cycle, actor=actor)
        elif cycle.state in _BEFORE_SCORING:
            _clear(cycle, actor)


def _touched(upload: Upload) -> set[int]:
    """Keys of the cycles whose leaves the upload made or changed, or whose state it moved."""
    rows = RowChange.objects.filter(event__upload=upload, model__in=(Item._meta.label, Cycle._meta.label))
    found: set[int] = set()
    items: set[int] = set()
    for model, key, after in rows.values_list("model", "key", "after"):
        if model == Cycle._meta.label:
            found.add(key)
        elif after and "cycle_id" in after:
            found.add(after["cycle_id"])
        else:
            items.add(key)
    return found | set(_cycles_of(items))


def _cycles_of(items: Iterable[int]) -> Iterable[int]:
    return Item.objects.filter(pk__in=list(items)).values_list("cycle_id", flat=True).distinct()


def _clear(cycle: Cycle, actor: AbstractBaseUser) -> None:
    """Leaves of a cycle that is not being scored have no score."""
    rows = Item.objects.filter(cycle=cycle).order_by("pk").values_list("pk", *COMPUTED)
    writer = ComputedWriter(Item, COMPUTED)
    scored = [key for key, *found, _ in rows if tuple(found) != _UNSCORED[:3]]
    writer.write([(key, _UNSCORED) for key in scored])
    if writer.count:
        audit_record(
            actor=actor, action="清除指标得分", zone=cycle.zone, subject=str(cycle), details=writer.details
        )
