"""发放批次: all of them; one with its state, what is next and why not, totals, the pool, and its lines."""

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from compensation.models import PayRun
from compensation.selectors import pool_usage, run_steps, runs_of
from compensation.selectors.outcome import COMPONENTS, DEDUCTIONS
from compensation.selectors.totals import RunTotals, run_totals
from compensation.services import (
    pay_lines_view_record,
    pay_run_calculate,
    pay_run_open,
    pay_run_step,
)
from compensation.states import FINANCE, LEADERS, OFFICE, PAY_RUN_TRANSITIONS, PayRunState
from reform.actors import ACTOR_LABELS
from reform.admin.actions import ActionForm, text_field
from reform.admin.pages import actor_of, attempt, may, page_of, render_page
from reform.admin.steps import state_bar, step_asked, step_taken
from reform.models import Zone
from reform.selectors import policy_of

from .access import seen_lines, sees_zone, the_run

WORDS = {**COMPONENTS, "gross": "应发合计", **DEDUCTIONS, "net": "实发"}


class RunForm(ActionForm):
    """A run by its period."""

    code = text_field("期间", longest=8, help_text="月写2022-03，季度写2022Q1，年终清算写2022")


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """All runs of the zone, the latest first; a new one. Sums are of everybody: shown to who sees all."""
    form = RunForm(request.POST or None, owner=zone, user=request.user)
    if request.method == "POST":
        if not may(request, OFFICE):
            raise PermissionDenied
        if form.is_valid() and (made := _made(request, zone, form.cleaned_data["code"])):
            return redirect("admin:pay_run", code=made.code)
    pages = page_of(request, runs_of(zone), 24)
    waiting = sum(1 for one in pages if one.state not in (PayRunState.DRAFT, PayRunState.PAID))
    return render_page(
        request,
        site,
        "compensation/runs.html",
        "发放批次",
        pages=pages,
        waiting=waiting,
        sees_zone=sees_zone(request),
        form=form if may(request, OFFICE) else None,
        may_notify=sees_zone(request) and may(request, OFFICE, FINANCE, LEADERS),
    )


def _made(request: HttpRequest, zone: Zone, code: str) -> PayRun | None:
    made: list[PayRun] = []
    attempt(
        request,
        lambda: made.append(pay_run_open(zone=zone, code=code.strip(), actor=actor_of(request))),
        "已新建发放批次。下一步：计算。",
    )
    return made[0] if made else None


def run(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The page of a run; where a unit is so small that its sums tell somebody's pay, the look leaves an
    event."""
    row, whole = the_run(zone, code), sees_zone(request)
    totals = run_totals(seen_lines(request, row).defer("terms"))
    if totals.told:
        pay_lines_view_record(
            zone=zone, actor=actor_of(request), what="单位合计", people=totals.told, run=row
        )
    usage = pool_usage(zone, row.starts_on.year, row) if whole and row.state != PayRunState.DRAFT else None
    return render_page(
        request,
        site,
        "compensation/run.html",
        str(row),
        run=row,
        lead=_lead(row, totals, whole),
        bar=state_bar(list(PayRunState), PayRunState(row.state)),
        steps=_steps(request, row) if whole else [],
        totals=totals,
        components=_paid_components(totals),
        usage=usage,
        may_calculate=may(request, OFFICE) and row.state == PayRunState.CALCULATED,
        may_export=whole and may(request, OFFICE, FINANCE, LEADERS) and row.state != PayRunState.DRAFT,
        may_bank=may(request, FINANCE) and row.state in (PayRunState.APPROVED, PayRunState.PAID),
        sees_zone=whole,
    )


BACKWARDS = frozenset({"return", "refuse", "reopen"})


def _steps(request: HttpRequest, row: PayRun) -> list[dict[str, Any]]:
    """The steps of a run with what stands against each, the way forward first."""
    found = [
        {
            "step": one.step,
            "to": PayRunState(one.step.target).label,
            "actor": ACTOR_LABELS.get(one.step.permission, ""),
            "may": one.may,
            "reasons": one.reasons,
            "backwards": one.step.event in BACKWARDS,
        }
        for one in run_steps(row, actor_of(request), timezone.localdate())
    ]
    return sorted(found, key=lambda one: bool(one["backwards"]))


def _paid_components(totals: RunTotals) -> list[tuple[str, str]]:
    """Columns of the table: the components of which there is anything, then gross and net."""
    found = [(name, word) for name, word in COMPONENTS.items() if totals.whole.sums[name]]
    return [*found, ("gross", WORDS["gross"]), ("net", WORDS["net"])]


def _lead(row: PayRun, totals: RunTotals, whole: bool) -> str:
    """The page's first sentence."""
    state = PayRunState(row.state).label
    if not totals.whole.people:
        return f"{state}：还没有工资明细" if whole else f"{state}：没有本单位的工资明细"
    told = f"{totals.whole.people}人，应发{totals.whole.sums['gross']:,.2f}元"
    return f"{state}：{'' if whole else '本单位'}{told}"


def step(request: HttpRequest, site: AdminSite, zone: Zone, code: str, event: str) -> HttpResponse:
    """Take a step of a run."""
    row = the_run(zone, code)
    known = step_asked(request, PAY_RUN_TRANSITIONS, row.state, event, OFFICE)
    if known is not None:
        step_taken(request, row, known.label, partial(pay_run_step, run=row, event=event))
    return redirect("admin:pay_run", code=code)


def calculate(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """Compute a run once more, in place."""
    row = the_run(zone, code)
    attempt(
        request,
        lambda: pay_run_calculate(run=row, actor=actor_of(request)),
        lambda written: "已重新计算，有变化的明细已更新。" if written else "重新计算的结果与原来完全相同。",
    )
    return redirect("admin:pay_run", code=code)


def lines(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """A run's lines by unit, found by name or post; looking leaves an event."""
    row = the_run(zone, code)
    asked = request.GET.get("q", "").strip()[:40]
    rows = seen_lines(request, row)
    totals = run_totals(rows.defer("terms"))
    wanted = request.GET.get("unit", "")
    unit = next((one.unit_id for one in totals.units if wanted == str(one.unit_id)), None)
    if unit is not None:
        rows = rows.filter(Q(unit=unit) | Q(unit__parent=unit))
    if asked:
        rows = rows.filter(Q(person__name__contains=asked) | Q(post__contains=asked))
    pages = page_of(request, rows)
    if pages.object_list:
        pay_lines_view_record(
            zone=zone, actor=actor_of(request), what="工资明细", people=len(pages.object_list), run=row
        )
    ladder = policy_of(row.policy).ladder
    return render_page(
        request,
        site,
        "compensation/lines.html",
        f"{row}明细",
        run=row,
        pages=pages,
        rows=[(one, ladder.name_of(one.level), parts_of(one)) for one in pages],
        units=totals.units,
        unit=unit,
        asked=asked,
        total=totals.whole.people,
        address=reverse("admin:pay_lines", args=[code]),
    )


def parts_of(line: Any) -> list[tuple[str, Any]]:
    """A line's components and deductions of which there is anything, each under its word."""
    words = {**COMPONENTS, **DEDUCTIONS}
    return [(word, getattr(line, name)) for name, word in words.items() if getattr(line, name)]
