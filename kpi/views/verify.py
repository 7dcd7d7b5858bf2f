"""核验: the 数据来源单位 confirms figures, the office verifies them or sends them back; never one's own."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Cycle, Item
from kpi.selectors.cycle_facts import reporter_of
from kpi.selectors.reporting import (
    HANDED_IN,
    Hands,
    evidence_of,
    hands_of,
    items_of,
    source_pending,
)
from kpi.selectors.schemes import subject_name
from kpi.services.reporting import items_reopen, items_return, items_source_check, items_verify
from kpi.states import ITEM_TRANSITIONS, OFFICE, VERIFIERS, CycleState, ItemState
from reform.admin.actions import Action, Ask, Done, ReasonForm, action_of, buttons, count_done, perform
from reform.admin.pages import may, page_of, render_page
from reform.models import Zone
from reform.selectors import policy_of

from .cycles import due_line
from .report_inputs import told
from .rows import ITEM_TONES, plain, rate_of, rule_words, the_cycle

ALL, UNREPORTED = "ALL", "UNREPORTED"
OPEN_IN = frozenset({CycleState.COLLECTING, CycleState.REVIEWING})


def _rows(ask: Ask) -> list[Item]:
    """The selected leaves of the cycle."""
    return ask.pick(Item.objects.filter(cycle=ask.owner))


def _bulk(service: Callable[..., Any], what: str, reason: bool = False) -> Callable[[Ask], Done]:
    def run(ask: Ask) -> Done:
        rows = _rows(ask)
        more = {"reason": ask.data["reason"]} if reason else {}
        refused = service(items=rows, actor=ask.actor, on=ask.on, **more)
        return count_done(len(rows), refused, what, "项")

    return run


VERIFY_ACTIONS: tuple[Action, ...] = (
    Action(
        "verify", "核验通过", (OFFICE,), _bulk(items_verify, "已核验"), bulk=True, main=True, states=OPEN_IN
    ),
    Action(
        "return",
        "退回",
        (OFFICE,),
        _bulk(items_return, "已退回", reason=True),
        ReasonForm,
        bulk=True,
        states=OPEN_IN,
        hint="理由会显示在填报单位的页面上。",
    ),
    Action(
        "reopen",
        "撤销核验",
        (OFFICE,),
        _bulk(items_reopen, "已撤销核验", reason=True),
        ReasonForm,
        bulk=True,
        states=OPEN_IN,
    ),
)
CHECK_ACTIONS: tuple[Action, ...] = (
    Action(
        "check",
        "数据核对无误",
        (VERIFIERS,),
        _bulk(items_source_check, "已核对"),
        bulk=True,
        main=True,
        states=OPEN_IN,
    ),
    Action(
        "return",
        "退回",
        (VERIFIERS,),
        _bulk(items_return, "已退回", reason=True),
        ReasonForm,
        bulk=True,
        states=OPEN_IN,
        hint="理由会显示在填报单位的页面上。",
    ),
)


def verify(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """All leaves of a cycle, for the office; others look."""
    cycle = the_cycle(request, zone, code)
    rows = items_of(cycle, request.user)
    state = request.GET.get("state", "")
    handed_in = not state and may(request, OFFICE)
    counts = _counts(rows)
    unit = request.GET.get("unit", "")
    shown = list(rows.filter(state__in=HANDED_IN) if handed_in else rows)
    if state == UNREPORTED:
        shown = [one for one in shown if one.unreported]
    elif state in set(ItemState):
        shown = [one for one in shown if one.state == state]
    if unit.isdecimal():
        shown = [one for one in shown if _unit_key(one) == int(unit)]
    open_ = counts.get(ItemState.SUBMITTED, 0) + counts.get(ItemState.RESUBMITTED, 0)
    lead = f"还有{open_}项等着核验" if open_ else "没有等着核验的指标"
    if pending := sum(1 for one in rows if one.state in HANDED_IN and source_pending(one)):
        lead += f"，其中{pending}项要先由数据来源单位核对"
    return _page(request, site, cycle, shown, VERIFY_ACTIONS, "kpi_verify", "核验", lead, counts, state)


def check(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The leaves whose figures one's own unit is the source of."""
    cycle = the_cycle(request, zone, code)
    hands = hands_of(request.user, timezone.localdate())
    rows = [one for one in items_of(cycle, request.user) if _is_checked_by(one, hands)]
    open_ = sum(1 for one in rows if one.state in HANDED_IN and source_pending(one))
    lead = f"还有{open_}项数据等着核对" if open_ else "没有等着核对的数据"
    return _page(request, site, cycle, rows, CHECK_ACTIONS, "kpi_check", "数据核对", lead, {}, "")


def _unit_key(item: Item) -> int:
    unit = reporter_of(item)
    return int(unit.pk) if unit else 0


def _is_checked_by(item: Item, hands: Hands) -> bool:
    return hands.is_source(item) and item.state in (*HANDED_IN, ItemState.VERIFIED)


def _counts(rows: QuerySet[Item]) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in rows.order_by().values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def _page(
    request: HttpRequest,
    site: AdminSite,
    cycle: Cycle,
    items: list[Item],
    actions: tuple[Action, ...],
    name: str,
    title: str,
    lead: str,
    counts: dict[str, int],
    state: str,
) -> HttpResponse:
    on = timezone.localdate()
    pages = page_of(request, items)
    defaults = policy_of(cycle.policy)["kpi.rule_defaults"]
    files = evidence_of(list(pages.object_list))
    hands = hands_of(request.user, on)
    due, late = due_line(cycle, on)
    states = {one.state for one in items}
    bulk = buttons(
        request,
        [one for one in actions if states & _works_on(one.key)],
        cycle,
        lambda key: reverse(f"admin:{name}_do", args=[cycle.code, key]),
        cycle.state,
    )
    return render_page(
        request,
        site,
        "kpi/verify.html",
        f"{title}：{cycle}",
        cycle=cycle,
        lead=lead,
        due=due,
        late=late,
        pages=pages,
        rows=[_line(one, defaults, files, hands) for one in pages.object_list],
        bulk=bulk,
        states=_tabs(counts),
        state=state,
        office=may(request, OFFICE),
    )


def _works_on(key: str) -> set[str]:
    """The states that an action takes a leaf from; a source's confirmation is no step and leaves it there."""
    return {str(one.source) for one in ITEM_TRANSITIONS if one.event == key} or set(HANDED_IN)


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """The states as tabs with the number of leaves in each; none where nothing was counted."""
    if not counts:
        return []
    found = [(one.value, one.label, counts.get(one, 0)) for one in ItemState]
    return [*found, (ALL, "全部", sum(counts.values()))]


def _line(one: Item, defaults: Any, files: Any, hands: Hands) -> dict[str, Any]:
    own = one.submitted_unit_id in hands.own or one.submitted_by_id == hands.user_id
    return {
        "item": one,
        "leaf": one.indicator,
        "unit": subject_name(reporter_of(one)),
        "words": rule_words(one.indicator, defaults),
        "told": told(one),
        "target": plain(one.target),
        "actual": plain(one.actual),
        "rate": rate_of(one),
        "files": files.get(one.pk, []),
        "state": ItemState(one.state).label,
        "tone": ITEM_TONES[one.state],
        "pending": source_pending(one) if one.state in HANDED_IN else "",
        "own": own and one.state in HANDED_IN,
        "late": bool(one.submitted_on and one.cycle.report_by and one.submitted_on > one.cycle.report_by),
    }


def verify_do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Verify, send back, or take a verification back."""
    return _do(request, zone, code, key, VERIFY_ACTIONS, "admin:kpi_verify")


def check_do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Confirm as 数据来源单位, or send back."""
    return _do(request, zone, code, key, CHECK_ACTIONS, "admin:kpi_check")


def _do(
    request: HttpRequest, zone: Zone, code: str, key: str, actions: tuple[Action, ...], back: str
) -> HttpResponse:
    cycle = the_cycle(request, zone, code)
    perform(request, action_of(actions, key), cycle)
    return redirect(back, code=code)
