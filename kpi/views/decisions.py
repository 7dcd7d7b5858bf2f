"""校准与否决: what the office proposes and the leading group decides; nobody decides what they proposed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Adjustment, Item, Veto
from kpi.selectors.schemes import WHOLE_ZONE
from kpi.services.decisions import (
    adjustment_decide,
    adjustment_propose,
    adjustment_withdraw,
    veto_decide,
    veto_raise,
)
from kpi.states import LEADERS, OFFICE, SUPERVISORS, AdjustmentState, CycleState, VetoState
from reform.access import scoped
from reform.admin.actions import Action, ActionForm, Ask, action_of, buttons, find, perform, text_field
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.models import Zone
from reform.selectors import policy_of

from .result_parts import person_field, score_field, tabs_of, unit_field
from .rows import the_cycle

_C = CycleState
CALIBRATED = frozenset({_C.CALIBRATING})
BEFORE_CALIBRATION = frozenset({_C.DRAFT, _C.TARGETS_SET, _C.COLLECTING, _C.REVIEWING, _C.SCORING})
VETOED = frozenset(_C) - {_C.DRAFT, _C.TARGETS_SET, _C.FINAL}


class _ChangeForm(ActionForm):
    """How much, and why."""

    delta = score_field("调整分", help_text="加分写1.5，减分写-1.5")
    reason = text_field("理由", longest=300)


class ItemChangeForm(_ChangeForm):
    """A leaf's score."""

    field_order = ("item", "delta", "reason")
    item = forms.ModelChoiceField(
        label="指标",
        queryset=Item.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择。"},
    )

    def prepare(self) -> None:
        rows = Item.objects.filter(cycle=self.owner, score__isnull=False).select_related("indicator__subject")
        field: Any = self.fields["item"]
        field.queryset = rows.order_by("indicator__sort_no", "id")
        field.label_from_instance = lambda one: (
            f"{one.indicator.subject.name if one.indicator.subject else WHOLE_ZONE}：{one.indicator.name}"
            f"（{one.score}分）"
        )


class UnitChangeForm(_ChangeForm):
    """A unit's total."""

    field_order = ("unit", "delta", "reason")

    def prepare(self) -> None:
        self.fields["unit"] = unit_field(self.owner)
        self.order_fields(self.field_order)


class PersonChangeForm(_ChangeForm):
    """A person's combined score."""

    field_order = ("person", "delta", "reason")

    def prepare(self) -> None:
        self.fields["person"] = person_field(self.owner)
        self.order_fields(self.field_order)


class UnitVetoForm(ActionForm):
    """A veto of a unit."""

    matter = text_field("否决事项", longest=200)

    def prepare(self) -> None:
        self.fields["unit"] = unit_field(self.owner)
        self.order_fields(("unit", "matter"))


class PersonVetoForm(ActionForm):
    """A veto of a person."""

    matter = text_field("否决事项", longest=200)

    def prepare(self) -> None:
        self.fields["person"] = person_field(self.owner)
        self.order_fields(("person", "matter"))


def _propose(ask: Ask) -> str:
    row = adjustment_propose(cycle=ask.owner, actor=ask.actor, on=ask.on, **ask.data)
    return f"已提出校准：{row}，等领导小组审定。"


def _raise(ask: Ask) -> str:
    row = veto_raise(cycle=ask.owner, actor=ask.actor, on=ask.on, **ask.data)
    return f"已提出一票否决：{row}，等党工委审定。"


ACTIONS: tuple[Action, ...] = (
    Action("item", "校准指标得分", (OFFICE,), _propose, ItemChangeForm, states=CALIBRATED),
    Action("unit", "校准单位总分", (OFFICE,), _propose, UnitChangeForm, states=CALIBRATED),
    Action("person", "校准个人得分", (OFFICE,), _propose, PersonChangeForm, states=CALIBRATED),
    Action("unit-veto", "提出单位一票否决", (OFFICE, SUPERVISORS), _raise, UnitVetoForm, states=VETOED),
    Action("person-veto", "提出个人一票否决", (OFFICE, SUPERVISORS), _raise, PersonVetoForm, states=VETOED),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """What waits for a decision first, then everything that was decided."""
    cycle = the_cycle(request, zone, code)
    adjustments = list(_adjustments(request, cycle))
    vetoes = list(_vetoes(request, cycle))
    limit = policy_of(cycle.policy)["kpi.calibration_limit"]
    waiting = sum(1 for one in adjustments if one.state == AdjustmentState.PROPOSED)
    raised = sum(1 for one in vetoes if one.state == VetoState.RAISED)
    return render_page(
        request,
        site,
        "kpi/decisions.html",
        f"校准与否决：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_decisions"),
        told=f"每个对象的校准合计不超过±{limit}分",
        lead=_lead(waiting, raised, len(adjustments), len(vetoes)),
        adjustments=[_row(request, one, one.made_by_id, AdjustmentState.PROPOSED) for one in adjustments],
        vetoes=[_row(request, one, one.raised_by_id, VetoState.RAISED) for one in vetoes],
        calibrating=cycle.state == CycleState.CALIBRATING,
        coming=cycle.state in BEFORE_CALIBRATION,
        final=cycle.state == CycleState.FINAL,
        buttons=buttons(
            request,
            ACTIONS,
            cycle,
            lambda key: reverse("admin:kpi_decisions_do", args=[code, key]),
            cycle.state,
        ),
    )


def _lead(waiting: int, raised: int, adjustments: int, vetoes: int) -> str:
    parts = [f"{waiting}项校准待审定"] if waiting else []
    parts += [f"{raised}项一票否决待审定"] if raised else []
    if parts:
        return "，".join(parts)
    if not adjustments and not vetoes:
        return "没有校准，也没有一票否决"
    return f"{adjustments}项校准、{vetoes}项一票否决，都已处理"


def _adjustments(request: HttpRequest, cycle: Any) -> Any:
    rows = Adjustment.objects.filter(cycle=cycle).select_related(
        "cycle__zone", "item__indicator__subject", "unit", "person", "made_by", "decided_by"
    )
    return scoped(rows, request.user).order_by("-id")


def _vetoes(request: HttpRequest, cycle: Any) -> Any:
    rows = Veto.objects.filter(cycle=cycle).select_related(
        "cycle__zone", "unit", "person", "raised_by", "decided_by"
    )
    return scoped(rows, request.user).order_by("-id")


def _row(request: HttpRequest, row: Any, maker: int, waiting: str) -> dict[str, Any]:
    """A row and who may do what with it: the maker sees no button to decide."""
    mine = maker == actor_of(request).pk
    is_open = row.state == waiting
    return {
        "row": row,
        "mine": mine,
        "open": is_open,
        "decides": is_open and may(request, LEADERS) and not mine,
        "withdraws": is_open and may(request, OFFICE),
    }


def do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Propose a calibration or a veto."""
    cycle = the_cycle(request, zone, code)
    action = action_of(ACTIONS, key)
    if cycle.state in action.states:
        perform(request, action, cycle)
    return redirect("admin:kpi_decisions", code=code)


def decide(
    request: HttpRequest, site: AdminSite, zone: Zone, code: str, kind: str, pk: int, event: str
) -> HttpResponse:
    """Approve, dismiss or withdraw one row."""
    cycle = the_cycle(request, zone, code)
    rows = {"adjustment": _adjustments, "veto": _vetoes}.get(kind)
    if rows is None or (kind, event) not in CALLS:
        raise Http404
    row = find(request, rows(request, cycle), pk)
    if not may(request, OFFICE if event == "withdraw" else LEADERS):
        raise PermissionDenied
    call, done = CALLS[kind, event]
    attempt(request, lambda: call(request, row), f"{row}：{done}。")
    return redirect("admin:kpi_decisions", code=code)


def _given(request: HttpRequest) -> dict[str, Any]:
    reason = request.POST.get("reason", "").strip()[:300]
    return {"actor": actor_of(request), "on": timezone.localdate(), "reason": reason}


def _decide(approve: bool) -> Callable[[HttpRequest, Any], None]:
    return lambda request, row: adjustment_decide(adjustment=row, approve=approve, **_given(request))


def _veto(approve: bool) -> Callable[[HttpRequest, Any], None]:
    return lambda request, row: veto_decide(
        veto=row,
        approve=approve,
        document_no=request.POST.get("document_no", "").strip()[:80],
        **_given(request),
    )


def _withdraw(request: HttpRequest, row: Adjustment) -> None:
    adjustment_withdraw(adjustment=row, actor=actor_of(request), on=timezone.localdate())


CALLS: dict[tuple[str, str], tuple[Callable[[HttpRequest, Any], None], str]] = {
    ("adjustment", "approve"): (_decide(True), "已审定，结果已重新计算"),
    ("adjustment", "dismiss"): (_decide(False), "未同意"),
    ("adjustment", "withdraw"): (_withdraw, "已撤回"),
    ("veto", "approve"): (_veto(True), "已审定"),
    ("veto", "dismiss"): (_veto(False), "不予否决"),
}
