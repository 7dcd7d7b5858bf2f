"""Scores that sheets say beside figures of which they are computed here: compared once they are, and told
where they differ."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpi.models import Cycle, Item, UnitResult
from kpi.states import CycleState
from reform.exchange.context import Context
from reform.exchange.findings import WARNING, Finding
from reform.rounding import to_score

ITEM, UNIT = "item", "unit"
_WORDS = {ITEM: "得分", UNIT: "总分"}
_SCORED = (
    *(CycleState.SCORING, CycleState.CALIBRATING, CycleState.PUBLISHED, CycleState.APPEALING),
    CycleState.FINAL,
)


@dataclass(frozen=True)
class Claim:
    """kind: ITEM or UNIT. key: of the item, or of the unit.  place: of the cell, as a Finding has it."""

    kind: str
    key: int
    score: Decimal
    place: Mapping[str, Any]


def keep_claim(context: Context, cycle: Cycle, claim: Claim) -> None:
    """Remember what a cell says until the cycle is computed."""
    context.seen["claimed"].setdefault(cycle.pk, []).append(claim)


def tell_differing(context: Context, cycle: Cycle) -> None:
    """Warn of each cell that says another score than the one computed; two statements at the most."""
    claims: list[Claim] = context.seen["claimed"].get(cycle.pk, [])
    if not claims or cycle.state not in _SCORED:
        return
    by_kind: dict[str, list[int]] = defaultdict(list)
    for one in claims:
        by_kind[one.kind].append(one.key)
    computed = {
        ITEM: _items(cycle) if ITEM in by_kind else {},
        UNIT: _units(cycle) if UNIT in by_kind else {},
    }
    context.findings += _findings(claims, computed)


def _items(cycle: Cycle) -> dict[int, tuple[Decimal | None, str]]:
    rows = Item.objects.filter(cycle=cycle).order_by()
    return {key: (score, reason) for key, score, reason in rows.values_list("pk", "score", "reason")}


def _units(cycle: Cycle) -> dict[int, tuple[Decimal | None, str]]:
    rows = UnitResult.objects.filter(cycle=cycle, current=True).order_by()
    return {unit: (total, "") for unit, total in rows.values_list("unit_id", "total")}


def _findings(
    claims: Iterable[Claim], computed: Mapping[str, Mapping[int, tuple[Decimal | None, str]]]
) -> Iterable[Finding]:
    for one in claims:
        score, reason = computed[one.kind].get(one.key, (None, ""))
        # a deduction is written with its sign or without it
        if score is not None and to_score(abs(one.score)) == abs(score):
            continue
        word = _WORDS[one.kind]
        found = f"系统算得的{word}是{score}" if score is not None else f"系统没有算出{word}"
        why = f"（{reason.rstrip('。')}）" if reason else ""
        yield Finding(
            WARNING,
            "SCORE_DIFFERS",
            f"{found}{why}，表中的没有采用。",
            f"{word}由系统按各项数据算出；有误的请改各项数据。",
            **one.place,
        )
