"""年度目标责任书 of a cycle: weights and targets of each subject, and who has signed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kpi.models import Cycle, Item
from kpi.rules.codes import OUTSIDE_RULES, Rule
from kpi.rules.scoring import RuleError, needs_target
from kpi.selectors.cycle_facts import Signing, item_name, signing
from kpi.selectors.places import units_led
from kpi.selectors.reporting import items_of
from kpi.selectors.schemes import subject_name
from kpi.services.cycles import TargetValues, targets_register, targets_sign
from kpi.states import OFFICE, REPORTERS, CycleState
from reform.access import bounds_of
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.errors import Refused
from reform.models import Zone
from reform.selectors import policy_of

from .rows import figure, plain, rule_words, the_cycle, typed

FIELDS = (("full", "权重"), ("base", "基期值"), ("target", "目标值"), ("challenge", "挑战值"))
NAMES = tuple(name for name, _ in FIELDS)
ZONE_KEY = "0"


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The targets of a cycle; the office writes them while the cycle is drafted."""
    cycle = the_cycle(request, zone, code)
    items = list(items_of(cycle, request.user))
    sent: dict[int, dict[str, str]] = {}
    if request.method == "POST":
        sent = {one.pk: typed(request, NAMES, one.pk) for one in items}
        if _save(request, cycle, items, sent):
            return redirect("admin:kpi_targets", code=code)
        items = list(items_of(cycle, request.user))
    edits = may(request, OFFICE) and cycle.state == CycleState.DRAFT and not cycle.registered
    sheets = _sheets(cycle, items, sent, bounds_of(request.user).unit_ids)
    wrong = [one for one in sheets if one["weight"] is not None and one["weight"] != 100]
    lacking = sum(1 for one in items if _lacks_target(one))
    parties = _parties(request, cycle)
    return render_page(
        request,
        site,
        "kpi/targets.html",
        f"目标责任书：{cycle}",
        cycle=cycle,
        lead=_lead(cycle, sheets, wrong, lacking, parties),
        sheets=sheets,
        edits=edits,
        fields=FIELDS,
        parties=parties,
        may_sign_office=edits and any(not one["party"].office for one in parties),
        drafted=cycle.state == CycleState.DRAFT,
    )


def _save(request: HttpRequest, cycle: Cycle, items: Sequence[Item], sent: dict[int, dict[str, str]]) -> bool:
    def run() -> int:
        reasons: list[str] = []
        targets: dict[int, TargetValues] = {}
        for one in items:
            values: dict[str, Any] = {}
            for name, label in FIELDS:
                if name in sent[one.pk]:
                    try:
                        values[name] = figure(sent[one.pk][name], f"{item_name(one)}的{label}")
                    except RuleError as fault:
                        reasons.append(str(fault).rstrip("。"))
            targets[one.pk] = TargetValues(**values)  # type: ignore[typeddict-item]
        if reasons:
            raise Refused(reasons)
        return targets_register(cycle=cycle, targets=targets, actor=actor_of(request))

    return attempt(
        request,
        run,
        lambda changed: f"已保存，{changed}项有变化；改过的要重新签字。" if changed else "没有变化。",
    )


def _lacks_target(item: Item) -> bool:
    rule = item.indicator.rule
    return bool(rule) and needs_target(Rule(rule)) and item.target is None


def _sheets(
    cycle: Cycle,
    items: Sequence[Item],
    sent: dict[int, dict[str, str]],
    bound: frozenset[int] | None,
) -> list[dict[str, Any]]:
    """The leaves of each subject with the sum of their weights; None where all stand outside the 100, or
    where the user does not see the whole sheet."""
    defaults = policy_of(cycle.policy)["kpi.rule_defaults"]
    found: dict[int | None, dict[str, Any]] = {}
    for one in items:
        leaf = one.indicator
        sheet = found.setdefault(
            leaf.subject_id, {"name": subject_name(leaf.subject), "lines": [], "weight": None}
        )
        inside = leaf.rule not in OUTSIDE_RULES
        if inside and (bound is None or leaf.subject_id in bound):
            sheet["weight"] = (sheet["weight"] or Decimal(0)) + (one.full or 0)
        values = sent.get(one.pk) or {name: plain(getattr(one, name)) for name in NAMES}
        sheet["lines"].append(
            {
                "item": one,
                "leaf": leaf,
                "words": rule_words(leaf, defaults),
                "cells": [
                    (name, label, values.get(name, ""), name != "full" or inside) for name, label in FIELDS
                ],
                "lacks": _lacks_target(one),
            }
        )
    return list(found.values())


def _parties(request: HttpRequest, cycle: Cycle) -> list[dict[str, Any]]:
    """Who has signed and who may now, as far as the user may see it."""
    bound = bounds_of(request.user).unit_ids
    led = units_led(request.user)
    drafted = cycle.state == CycleState.DRAFT
    return [
        {
            "party": one,
            "key": one.unit.pk if one.unit else ZONE_KEY,
            "may_office": drafted and may(request, OFFICE) and not one.office,
            "may_own": drafted
            and may(request, REPORTERS)
            and one.unit is not None
            and one.unit.pk in led
            and not one.own,
        }
        for one in signing(cycle)
        if bound is None or (one.unit is not None and one.unit.pk in bound)
    ]


def _lead(
    cycle: Cycle,
    sheets: Sequence[dict[str, Any]],
    wrong: Sequence[dict[str, Any]],
    lacking: int,
    parties: Sequence[dict[str, Any]],
) -> str:
    """The page's first sentence."""
    if not sheets:
        return "本周期还没有指标"
    if wrong:
        first = wrong[0]
        return f"{len(wrong)}张考核表的权重合计不是100：{first['name']}为{plain(first['weight'])}"
    if lacking:
        return f"还有{lacking}项指标没有目标值"
    unsigned = [one for one in parties if one["party"].missing]
    if unsigned and cycle.state == CycleState.DRAFT:
        return f"目标已填齐，{len(unsigned)}份责任书还没有双方签字"
    return "目标已填齐，责任书双方都已签字"


def sign(request: HttpRequest, site: AdminSite, zone: Zone, code: str, side: str) -> HttpResponse:
    """Sign for the office (one, or all that it has not signed) or for one's own unit."""
    if side not in ("office", "unit"):
        raise Http404
    cycle = the_cycle(request, zone, code)
    by_unit = side == "unit"
    asked = request.POST.get("unit", "")
    parties = {str(one["key"]): one["party"] for one in _parties(request, cycle)}
    chosen: list[Signing]
    if asked == "all" and not by_unit:
        chosen = [one for one in parties.values() if not one.office]
    elif asked in parties:
        chosen = [parties[asked]]
    else:
        raise Http404

    attempt(
        request,
        lambda: targets_sign(
            cycle=cycle,
            units=[one.unit for one in chosen],
            by_unit=by_unit,
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        f"已签字{len(chosen)}份。",
    )
    return redirect("admin:kpi_targets", code=code)
