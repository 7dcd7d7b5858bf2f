"""结果运用: what follows from final grades, carried out or waived by people, and the written notices."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kpi.models import Consequence, Cycle, Notice, Period
from kpi.services.finals import (
    consequences_carry_out,
    consequences_waive,
    notices_issue,
    notices_receive,
)
from kpi.states import LEADERS, OFFICE, ConsequenceState, CycleState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    ReasonForm,
    action_of,
    buttons,
    count_done,
    perform,
    text_field,
)
from reform.admin.pages import may, page_of, render_page
from reform.models import Zone

from .papers import MAY_PRINT
from .result_parts import VIEW_CONSEQUENCES, VIEW_NOTICES, tabs_of
from .rows import page_address, the_cycle

FINAL = frozenset({CycleState.FINAL})
CODES = {
    "COMMEND": "嘉奖",
    "PRIORITY": "优先考虑",
    "ADMONISH": "诫勉谈话",
    "NO_PROMOTION": "限制提拔",
    "NO_BONUS": "不发考核奖",
    "DEMOTE": "降一层级",
    "T05": "解聘",
    "NO_HONOURS": "取消评优",
}
STATES = (
    (ConsequenceState.LISTED, "待办理"),
    (ConsequenceState.DONE, "已办理"),
    (ConsequenceState.WAIVED, "不办理"),
)


class CarryOutForm(ActionForm):
    """By which document it was carried out."""

    document_no = text_field("文号", longest=80)
    note = text_field("说明", required=False)


class IssueForm(ActionForm):
    """The number under which the notices go out."""

    document_no = text_field("编号", required=False, longest=80)


def _rows(ask: Ask) -> list[Consequence]:
    return ask.pick(Consequence.objects.filter(cycle=ask.owner))


def _carry_out(ask: Ask) -> Done:
    rows = _rows(ask)
    refused = consequences_carry_out(consequences=rows, actor=ask.actor, on=ask.on, **ask.data)
    return count_done(len(rows), refused, "已办理", "项")


def _waive(ask: Ask) -> Done:
    rows = _rows(ask)
    refused = consequences_waive(consequences=rows, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return count_done(len(rows), refused, "决定不办理", "项")


def _issue(ask: Ask) -> str:
    made = notices_issue(cycle=ask.owner, actor=ask.actor, on=ask.on, document_no=ask.data["document_no"])
    return f"已发出{made}份通知书。" if made else "人人都已有通知书。"


def _receive(ask: Ask) -> Done:
    rows = ask.pick(Notice.objects.filter(result__cycle=ask.owner))
    refused = notices_receive(notices=rows, actor=ask.actor, on=ask.on)
    return count_done(len(rows), refused, "已登记签收", "份")


ACTIONS: tuple[Action, ...] = (
    Action(
        "carry-out", "登记已办理", (OFFICE,), _carry_out, CarryOutForm, bulk=True, states=FINAL, main=True
    ),
    Action("waive", "决定不办理", (LEADERS,), _waive, ReasonForm, bulk=True, states=FINAL),
    Action(
        "issue",
        "发出通知书",
        (OFFICE,),
        _issue,
        IssueForm,
        states=FINAL,
        hint="给每个有结果的人发书面通知；结果更正了的发新的一份。",
    ),
    Action("receive", "登记书面签收", (OFFICE,), _receive, bulk=True, states=FINAL),
)
ON_NOTICES = ("issue", "receive")


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """What is to be done for whom; ?tab=notices: the notices."""
    cycle = the_cycle(request, zone, code)
    sees = [one for one in (VIEW_CONSEQUENCES, VIEW_NOTICES) if may(request, one)]
    tab = "notices" if request.GET.get("tab") == "notices" or sees == [VIEW_NOTICES] else "list"
    shown = buttons(
        request,
        [one for one in ACTIONS if (one.key in ON_NOTICES) == (tab == "notices")],
        cycle,
        lambda key: reverse("admin:kpi_consequences_do", args=[code, key]),
        cycle.state,
    )
    rows = scoped(Consequence.objects.filter(cycle=cycle), request.user)
    notices = scoped(Notice.objects.filter(result__cycle=cycle), request.user)
    waiting = rows.filter(state=ConsequenceState.LISTED).count()
    unsigned = notices.filter(received_on=None, result__current=True).count()
    return render_page(
        request,
        site,
        "kpi/consequences.html",
        f"结果运用：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_consequences"),
        lead=_lead(cycle, waiting, rows.count(), unsigned, notices.count()),
        tab=tab,
        sees_list=VIEW_CONSEQUENCES in sees,
        sees_notices=VIEW_NOTICES in sees,
        waiting=waiting,
        unsigned=unsigned,
        final=cycle.state == CycleState.FINAL,
        bulk=[one for one in shown if one.action.bulk],
        buttons=[one for one in shown if not one.action.bulk],
        papers=page_address("kpi_papers", code) if may(request, *MAY_PRINT) else "",
        **(_notices(request, notices) if tab == "notices" else _consequences(request, rows)),
    )


def _lead(cycle: Cycle, waiting: int, total: int, unsigned: int, notices: int) -> str:
    if cycle.state != CycleState.FINAL:
        return "结果确定后，这里列出要办的事和通知书"
    parts = [f"{waiting}项待办理" if waiting else f"{total}项都已办理"] if total else []
    if not total and cycle.period == Period.YEAR:
        parts.append("没有要办的事")
    if notices:
        parts.append(f"通知书{notices}份，{unsigned}份未签收" if unsigned else f"通知书{notices}份都已签收")
    else:
        parts.append("还没有发通知书")
    return "；".join(parts)


def _consequences(request: HttpRequest, rows: Any) -> dict[str, Any]:
    state = request.GET.get("state", "")
    wanted = rows.filter(state=state) if state in {one.value for one in ConsequenceState} else rows
    listed = wanted.select_related("person", "done_by").order_by("state", "code", "person__sort_no", "id")
    counts = dict.fromkeys((one for one, _ in STATES), 0)
    for value in rows.order_by().values_list("state", flat=True):
        counts[ConsequenceState(value)] += 1
    ordered = sorted(listed, key=lambda one: (one.state != ConsequenceState.LISTED, one.code))
    pages = page_of(request, ordered)
    return {
        "pages": pages,
        "rows": [(one, CODES.get(one.code, one.code)) for one in pages],
        "state": state,
        "states": [(one.value, label, counts[one]) for one, label in STATES],
    }


def _notices(request: HttpRequest, notices: Any) -> dict[str, Any]:
    listed = notices.select_related("result__person", "result__unit", "issued_by")
    pages = page_of(
        request, listed.order_by("received_on", "result__unit__sort_no", "result__person__sort_no")
    )
    return {"pages": pages, "rows": list(pages)}


def do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Carry out, waive, issue, or record a signature."""
    cycle = the_cycle(request, zone, code)
    action = action_of(ACTIONS, key)
    if cycle.state in action.states:
        perform(request, action, cycle)
    address = reverse("admin:kpi_consequences", args=[code])
    return redirect(f"{address}?tab=notices" if key in ON_NOTICES else address)
