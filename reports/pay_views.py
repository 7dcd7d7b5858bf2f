"""The leaders' pages on pay: the gap before and now, and the people behind it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from compensation.models import PayRun
from compensation.selectors import run_by_code
from compensation.services import pay_export_record, pay_lines_view_record
from compensation.states import PayRunState
from reform.access import Bounds, bounds_of, require_zone
from reports.pay_exports import pay_workbook
from reports.selectors.pay_common import months_shown
from reports.selectors.pay_gap import pay_gap_report
from reports.selectors.pay_people import pay_people_report
from reports.views import download, report_view

SEE = "compensation.see_pay"


def sees_all(request: HttpRequest) -> bool:
    """Whether the user sees everybody's pay: has the right, and is held to no unit and no person."""
    user = request.user
    return user.has_perm(SEE) and bounds_of(user) == Bounds()  # type: ignore[union-attr]


def _run(request: HttpRequest, code: str) -> PayRun:
    found = run_by_code(require_zone(request.user), code)
    if found is None or found.kind != PayRun.Kind.MONTH or found.state == PayRunState.DRAFT:
        raise Http404(f"没有计算过的月份“{code}”。")
    return found


@report_view
def latest(request: HttpRequest) -> HttpResponse:
    """To the latest month that has been computed; what to do where there is none."""
    zone = require_zone(request.user)
    months = months_shown(zone)
    if not months:
        return render(request, "reports/pay_empty.html", {"zone": zone})
    return redirect("reports:pay_gap", code=months[0].code)


@report_view
def gap(request: HttpRequest, code: str) -> HttpResponse:
    """Report 10; where small cells are shown, the look leaves an event."""
    run = _run(request, code)
    report = pay_gap_report(run, sees_all=sees_all(request))
    if report.told:
        pay_lines_view_record(
            zone=run.zone,
            actor=request.user,  # type: ignore[arg-type]
            what="薪酬差距",
            people=report.told,
            run=run,
        )
    return render(request, "reports/pay_gap.html", {"report": report, "current": "gap"})


@report_view
def gap_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Report 10 as a workbook: what the page shows to this user."""
    run = _run(request, code)
    report = pay_gap_report(run, sees_all=sees_all(request))
    if report.told:
        pay_export_record(
            zone=run.zone,
            actor=request.user,  # type: ignore[arg-type]
            what="薪酬差距",
            people=report.told,
            run=run,
        )
    return download(request, report.head, "薪酬差距", pay_workbook(report))


@report_view
def people(request: HttpRequest, code: str) -> HttpResponse:
    """The persons behind a figure, for who sees everybody's pay; looking leaves an event."""
    run = _allowed(request, code)
    report = pay_people_report(run, request.GET.dict())
    pay_lines_view_record(
        zone=run.zone,
        actor=request.user,  # type: ignore[arg-type]
        what=f"薪酬差距：{report.words}",
        people=len(report.table.rows),
        run=run,
    )
    return render(request, "reports/pay_people.html", {"report": report, "current": "people"})


@report_view
def people_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """The same list as a workbook; the export leaves an event of its own kind besides."""
    run = _allowed(request, code)
    report = pay_people_report(run, request.GET.dict())
    pay_export_record(
        zone=run.zone,
        actor=request.user,  # type: ignore[arg-type]
        what=f"薪酬差距：{report.words}",
        people=len(report.table.rows),
        run=run,
    )
    return download(request, report.head, f"薪酬差距－{report.words}", pay_workbook(report))


def _allowed(request: HttpRequest, code: str) -> PayRun:
    if not sees_all(request):
        raise PermissionDenied("您的账号没有查看他人薪酬明细的权限。")
    return _run(request, code)
