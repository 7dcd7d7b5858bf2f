"""The leaders' pages on how a round runs: progress, what runs out, constraints, ledger."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from appointments.models import Round
from appointments.selectors import round_by_code
from reform.access import require_zone, sees_id_numbers
from reports import process_exports, selectors
from reports.views import as_of_asked, download, page_asked, report_view, summary_of


def _round(request: HttpRequest, code: str) -> Round:
    round_ = round_by_code(require_zone(request.user), code)
    if round_ is None:
        raise Http404(f"没有轮次“{code}”。")
    return round_


def _day(request: HttpRequest) -> tuple[date, date | None]:
    """The day a page speaks of, and the one asked for: today where none is."""
    asked = as_of_asked(request)
    return asked or localdate(), asked


def _progress(request: HttpRequest, code: str) -> selectors.ProgressReport:
    return selectors.progress_report(_round(request, code), *_day(request))


@report_view
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """Report 6."""
    return render(
        request, "reports/progress.html", {"report": _progress(request, code), "current": "progress"}
    )


@report_view
def progress_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Report 6 as a workbook."""
    report = _progress(request, code)
    return download(request, report.head, "轮次进度", process_exports.progress_workbook(report))


def _applicants(request: HttpRequest, code: str, page: int | None) -> selectors.ApplicantsReport:
    return selectors.applicants_report(
        _round(request, code), request.GET.dict(), as_of_asked(request), page=page
    )


@report_view
def applicants(request: HttpRequest, code: str) -> HttpResponse:
    """The applications behind the figures of report 6."""
    report = _applicants(request, code, page_asked(request))
    return render(request, "reports/applicants.html", {"report": report, "current": "progress"})


@report_view
def applicants_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """A list of applications as a workbook, all of its pages."""
    report = _applicants(request, code, None)
    return download(request, report.head, "志愿名单", process_exports.applicants_workbook(report))


def _due(request: HttpRequest, code: str, *, whole: bool = False) -> selectors.DueReport:
    return selectors.due_report(_round(request, code), request.GET.dict(), *_day(request), whole=whole)


@report_view
def due(request: HttpRequest, code: str) -> HttpResponse:
    """Report 11."""
    return render(request, "reports/due.html", {"report": _due(request, code), "current": "due"})


@report_view
def due_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Report 11 as a workbook."""
    report = _due(request, code, whole=True)
    return download(request, report.head, "到期预警", process_exports.due_workbook(report))


def _constraints(request: HttpRequest, code: str, *, whole: bool = False) -> selectors.ConstraintsReport:
    clear_ids = sees_id_numbers(request.user)
    return selectors.constraints_report(summary_of(request, code), clear_ids=clear_ids, whole=whole)


@report_view
def constraints(request: HttpRequest, code: str) -> HttpResponse:
    """Report 12."""
    report = _constraints(request, code)
    return render(request, "reports/constraints.html", {"report": report, "current": "constraints"})


@report_view
def constraints_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Report 12 as a workbook."""
    report = _constraints(request, code, whole=True)
    return download(request, report.head, "回避与约束检查", process_exports.constraints_workbook(report))


def _ledger(request: HttpRequest, code: str) -> selectors.LedgerReport:
    return selectors.ledger_report(_round(request, code), *_day(request))


@report_view
def ledger(request: HttpRequest, code: str) -> HttpResponse:
    """Report 13."""
    return render(request, "reports/ledger.html", {"report": _ledger(request, code), "current": "ledger"})


@report_view
def ledger_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Report 13 as a workbook."""
    report = _ledger(request, code)
    return download(request, report.head, "待岗与申诉台账", process_exports.ledger_workbook(report))
