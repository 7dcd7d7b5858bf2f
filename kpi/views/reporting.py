"""填报: the leaves that a unit reports in a cycle, with figures, evidence and what was returned."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kpi.models import Cycle, Item
from kpi.rules.scoring import RuleError
from kpi.selectors.cycle_facts import item_name, reporter_of
from kpi.selectors.reporting import EDITABLE, REPORTING, evidence_of, hands_of, items_of
from kpi.selectors.schemes import cycles_of
from kpi.services.evidence import evidence_add
from kpi.services.reporting import ActualValues, actuals_report, items_submit
from kpi.states import CycleState, ItemState
from reform.admin.actions import Done, tell
from reform.admin.pages import actor_of, attempt, chosen, render_page
from reform.errors import Refused
from reform.models import Zone
from reform.selectors import policy_of

from .cycles import due_line
from .report_inputs import NOTE, cells_of, sent_of, told, values_of
from .rows import ITEM_TONES, plain, rate_of, rule_words, the_cycle

# What a browser sends for each row, files above all, is limited.
ROWS_PER_PAGE = 50
SAVE, SUBMIT, SUBMIT_ALL = "save", "submit", "submit_all"


def latest(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """To the cycle that is being reported now."""
    found = cycles_of(zone).filter(state__in=REPORTING, registered=False).order_by("report_by", "-starts_on")
    first = found.first()
    if first is not None:
        return redirect("admin:kpi_report", code=first.code)
    coming = cycles_of(zone).filter(state__in=(CycleState.DRAFT, CycleState.TARGETS_SET)).first()
    return render_page(request, site, "kpi/report_none.html", "填报", coming=coming)


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """What a unit reports: written back as a whole, handed in one by one or all at once."""
    cycle, on = the_cycle(request, zone, code), timezone.localdate()
    hands = hands_of(request.user, on)
    items = [one for one in items_of(cycle, request.user) if hands.may_report(one)]
    sent: dict[int, dict[str, Any]] = {}
    if request.method == "POST":
        sent = {one.pk: found for one in items if (found := sent_of(one, request.POST))}
        if _take(request, cycle, items, sent, on):
            return redirect(request.get_full_path())
        items = [one for one in items_of(cycle, request.user) if hands.may_report(one)]
    units = _units(items)
    asked = request.GET.get("unit", "")
    if asked in dict(units):
        items = [one for one in items if str(_key(one)) == asked]
    state = request.GET.get("state", "")
    shown = [one for one in items if not state or one.state == state]
    pages = Paginator(_in_order(shown), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    lines = _lines(cycle, list(pages.object_list), sent)
    due, late = due_line(cycle, on)
    returned = [one for one in items if one.state == ItemState.RETURNED]
    return render_page(
        request,
        site,
        "kpi/report.html",
        f"填报：{cycle}",
        cycle=cycle,
        lead=_lead(cycle, items, on),
        due=due,
        late=late,
        returned=returned,
        lines=lines,
        pages=pages,
        edits=cycle.state in REPORTING and any(one["edits"] for one in lines),
        units=units if len(units) > 1 else [],
        asked=asked,
        states=[(one.value, one.label, sum(1 for item in items if item.state == one)) for one in ItemState],
        state=state,
        evidence_due=sum(1 for one in lines if one["edits"] and one["needs"] and not one["files"]),
    )


def _key(item: Item) -> int:
    unit = reporter_of(item)
    return int(unit.pk) if unit else 0


def _units(items: Sequence[Item]) -> list[tuple[str, str]]:
    """The units that report, for whoever reports for several."""
    found = {}
    for one in items:
        unit = reporter_of(one)
        found[str(_key(one))] = unit.name if unit else "全区"
    return list(found.items())


def _in_order(items: Sequence[Item]) -> list[Item]:
    """Returned leaves first, then what is open, then what has been handed in."""
    order = {ItemState.RETURNED: 0, ItemState.OPEN: 1}
    return sorted(items, key=lambda one: order.get(ItemState(one.state), len(order)))


def _lines(cycle: Cycle, items: Sequence[Item], sent: Mapping[int, Any]) -> list[dict[str, Any]]:
    """What is shown of each leaf, and what is typed."""
    defaults = policy_of(cycle.policy)["kpi.rule_defaults"]
    files = evidence_of(items)
    lines = []
    for one in items:
        edits = cycle.state in REPORTING and one.state in EDITABLE
        lines.append(
            {
                "item": one,
                "leaf": one.indicator,
                "words": rule_words(one.indicator, defaults),
                "edits": edits,
                "cells": cells_of(one, defaults, sent.get(one.pk)) if edits else [],
                "note": sent[one.pk][NOTE] if one.pk in sent else one.note,
                "told": told(one),
                "rate": rate_of(one),
                "files": files.get(one.pk, []),
                "needs": one.indicator.evidence_needed,
                "state": ItemState(one.state).label,
                "tone": ITEM_TONES[one.state],
                "target": plain(one.target),
                "actual": plain(one.actual),
            }
        )
    return lines


def _lead(cycle: Cycle, items: Sequence[Item], on: date) -> str:
    """The page's first sentence."""
    if not items:
        return "本周期没有您要填报的指标"
    waits = [one for one in items if one.state in EDITABLE]
    if cycle.state not in REPORTING:
        return f"{cycle}是“{CycleState(cycle.state).label}”，现在不填报"
    if not waits:
        return f"{len(items)}项指标都已提交"
    back = sum(1 for one in items if one.state == ItemState.RETURNED)
    over = cycle.report_by is not None and on > cycle.report_by
    parts = [f"{len(items)}项指标，还有{len(waits)}项没有提交"]
    if back:
        parts.append(f"其中{back}项被退回")
    if over:
        parts.append("已经逾期")
    return "，".join(parts)


def _take(
    request: HttpRequest, cycle: Cycle, items: Sequence[Item], sent: Mapping[int, Any], on: date
) -> bool:
    """Save what was typed and uploaded, then hand in what was asked for. False: nothing was written, and what
    was typed is shown again."""
    what = request.POST.get("act", SAVE)
    editable = [one for one in items if one.pk in sent and one.state in EDITABLE]
    done: list[Done] = []

    def run() -> None:
        _write(request, cycle, editable, sent, on)
        if what not in (SUBMIT, SUBMIT_ALL):
            done.append(Done("已保存，还没有提交。"))
            return
        keys = set(chosen(request))
        wanted = [one for one in editable if what == SUBMIT_ALL or one.pk in keys]
        if not wanted:
            done.append(Done("已保存。", warning="没有选择要提交的指标。"))
            return
        refused = items_submit(items=wanted, actor=actor_of(request), on=on)
        made = len(wanted) - len(refused)
        done.append(Done(f"已提交{made}项。" if made else "已保存。", tuple(refused)))

    if not attempt(request, run):
        return False
    tell(request, done[0])
    return True


def _write(
    request: HttpRequest, cycle: Cycle, items: Sequence[Item], sent: Mapping[int, Any], on: date
) -> None:
    """Figures, then files; all that is wrong with the figures at once."""
    values: dict[int, ActualValues] = {}
    reasons = []
    for one in items:
        try:
            values[one.pk] = values_of(one, sent[one.pk])
        except RuleError as fault:
            reasons.append(str(fault).rstrip("。"))
    if reasons:
        raise Refused(reasons)
    actor = actor_of(request)
    actuals_report(cycle=cycle, values=values, actor=actor, on=on)
    for one in items:
        for file in request.FILES.getlist(f"file~{one.pk}"):
            try:
                evidence_add(item=one, name=file.name or "", data=file.read(), actor=actor, on=on)
            except Refused as fault:
                reasons += [f"{item_name(one)}“{file.name}”：{why}" for why in fault.reasons]
    if reasons:
        raise Refused(reasons)
