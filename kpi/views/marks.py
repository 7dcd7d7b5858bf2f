"""定性评分: a scorer's own sheet, saved as often as one likes, locked when handed in."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kpi.models import Item, MarkSheet
from kpi.rules.parameters import Grading
from kpi.selectors.marks import marks_of, sheet_items
from kpi.selectors.reporting import evidence_of
from kpi.selectors.schemes import subject_name
from kpi.services.marks import MarkValue, mark_sheet_lock, marks_save
from kpi.states import CycleState, SheetState
from reform.access import scoped
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.models import Zone
from reform.selectors import policy_of

from .cycles import SEES_SHEETS
from .rows import parameters_of, plain

SAVE, LOCK = "save", "lock"


def sheets(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """One's own sheets, the open ones first."""
    rows = (
        scoped(MarkSheet.objects.filter(scorer=actor_of(request)), request.user)
        .select_related("cycle")
        .order_by("-state", "-cycle__starts_on", "id")
    )
    found = list(rows)
    open_ = sum(1 for one in found if one.state == SheetState.OPEN)
    return render_page(
        request,
        site,
        "kpi/mark_sheets.html",
        "定性评分",
        rows=[(one, SheetState(one.state).label) for one in found],
        lead=f"有{open_}张评分表等您评分" if open_ else "没有等您评分的评分表",
    )


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """A sheet; the office and the supervisors look at that of another only once it is handed in."""
    sheet = _the_sheet(request, pk)
    mine = sheet.scorer_id == actor_of(request).pk
    if request.method == "POST":
        if _take(request, sheet):
            return redirect("admin:kpi_marks", pk=pk)
        sheet = _the_sheet(request, pk)
    open_ = mine and sheet.state == SheetState.OPEN and sheet.cycle.state == CycleState.SCORING
    items = sheet_items(sheet)
    marks = marks_of(sheet)
    sent = (
        {one.pk: request.POST.get(f"mark~{one.pk}", "") for one in items} if request.method == "POST" else {}
    )
    defaults = policy_of(sheet.cycle.policy)["kpi.rule_defaults"]
    files = evidence_of(items)
    blank = sum(1 for one in items if one.pk not in marks)
    return render_page(
        request,
        site,
        "kpi/marks.html",
        f"定性评分：{sheet.cycle}",
        sheet=sheet,
        lead=_lead(sheet, len(items), blank),
        edits=open_,
        lines=[_line(one, marks, sent, defaults, files) for one in items],
        whole=not blank,
    )


def _the_sheet(request: HttpRequest, pk: int) -> MarkSheet:
    rows = MarkSheet.objects.select_related("cycle__zone", "cycle__policy", "scorer")
    found = scoped(rows, request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    mine = found.scorer_id == actor_of(request).pk
    if not mine and (found.state != SheetState.LOCKED or not may(request, *SEES_SHEETS)):
        raise Http404
    return found


def _lead(sheet: MarkSheet, count: int, blank: int) -> str:
    if not count:
        return "本周期没有您要评的指标"
    if sheet.state == SheetState.LOCKED:
        return f"{count}项指标已评，评分表已提交"
    return f"{count}项指标，还有{blank}项没有评" if blank else f"{count}项指标都已评，可以提交"


def _line(
    item: Item, marks: Mapping[int, Any], sent: Mapping[int, str], defaults: Any, files: Any
) -> dict[str, Any]:
    """A leaf with the grades of its own table."""
    mark = marks.get(item.pk)
    chosen = sent.get(item.pk) or (f"{mark.grade}~{mark.tier}" if mark else "")
    own = parameters_of(item.indicator, defaults)
    options = []
    if isinstance(own, Grading):
        for row in own.grades:
            for tier, points in enumerate(row.points, 1):
                told = f"{row.name}{f'{tier}档' if len(row.points) > 1 else ''}（{plain(points)}）"
                options.append((f"{row.name}~{tier}", told, chosen == f"{row.name}~{tier}"))
    return {
        "item": item,
        "leaf": item.indicator,
        "subject": subject_name(item.indicator.subject),
        "options": options,
        "chosen": next((text for _, text, one in options if one), "—"),
        "files": files.get(item.pk, []),
    }


def _take(request: HttpRequest, sheet: MarkSheet) -> bool:
    """Save what was chosen, and hand in where that was asked for."""
    marks = {}
    for key, value in request.POST.items():
        name, _, item = key.partition("~")
        grade, sign, tier = str(value).rpartition("~")
        if name == "mark" and item.isdecimal() and sign and tier.isdecimal():
            marks[int(item)] = MarkValue(grade, int(tier))
    locks = request.POST.get("act") == LOCK

    def run() -> None:
        marks_save(sheet=sheet, marks=marks, actor=actor_of(request))
        if locks:
            mark_sheet_lock(sheet=sheet, actor=actor_of(request), on=timezone.localdate())

    return attempt(request, run, "评分表已提交，不能再改。" if locks else "已保存，提交前可以再改。")
