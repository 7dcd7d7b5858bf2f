"""The leaders' pages on the appraisal: ranking, grades, coefficients, and the lists behind them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kpi.models import Competition, Cycle
from kpi.selectors import cycle_by_code
from kpi.selectors.boards import board_of
from reform.access import require_zone
from reports.kpi_exports import KpiReport, kpi_workbook
from reports.selectors.kpi_coefficients import kpi_coefficients_report
from reports.selectors.kpi_common import cycle_shown
from reports.selectors.kpi_grades import kpi_grades_report
from reports.selectors.kpi_lists import kpi_items_report, kpi_people_report
from reports.selectors.kpi_ranking import kpi_ranking_report
from reports.views import download, report_view

Read = Callable[[HttpRequest, Cycle], KpiReport]

# page → (what reads it, the noun in a workbook's name)
PAGES: dict[str, tuple[Read, str]] = {
    "ranking": (lambda request, cycle: kpi_ranking_report(cycle), "KPI排名与红黑榜"),
    "grades": (lambda request, cycle: kpi_grades_report(cycle), "等次分布与名额"),
    "coefficients": (lambda request, cycle: kpi_coefficients_report(cycle), "绩效系数分布"),
    "people": (lambda request, cycle: kpi_people_report(cycle, request.GET.dict()), "考核结果名单"),
    "items": (lambda request, cycle: kpi_items_report(cycle, request.GET.dict()), "指标完成情况"),
}


@report_view
def latest(request: HttpRequest) -> HttpResponse:
    """To the latest cycle that is public; what to do where there are no results."""
    zone = require_zone(request.user)
    cycle = cycle_shown(zone)
    if cycle is None:
        return render(request, "reports/kpi_empty.html", {"zone": zone})
    return redirect("reports:kpi_ranking", code=cycle.code)


def _read(request: HttpRequest, code: str, page: str) -> Any:
    cycle = cycle_by_code(require_zone(request.user), code)
    if cycle is None:
        raise Http404(f"没有考核周期“{code}”。")
    return PAGES[page][0](request, cycle)


@report_view
def page(request: HttpRequest, code: str, page: str) -> HttpResponse:
    """Reports 7, 8 and 9, and their lists."""
    report = _read(request, code, page)
    return render(request, f"reports/kpi_{page}.html", {"report": report, "current": page})


@report_view
def workbook(request: HttpRequest, code: str, page: str) -> HttpResponse:
    """The same tables as a workbook."""
    report = _read(request, code, page)
    noun = report.words if page in ("people", "items") else PAGES[page][1]
    return download(request, report.head, noun, kpi_workbook(report))


@report_view
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """A competition's board for the big screen: it refreshes itself, and needs nothing from outside."""
    zone = require_zone(request.user)
    rows = Competition.objects.select_related("cycle__zone", "cycle__policy")
    row = rows.filter(cycle__zone=zone, pk=pk).first()
    if row is None:
        raise Http404("没有这个夺标赛。")
    return render(request, "reports/board.html", {"board": board_of(row), "zone": zone})
