"""The leaders' pages: permission, selector, render."""

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from appointments.selectors import ChangeSummary, change_summary, round_by_code
from reform.access import require_zone, sees_id_numbers
from reform.services import audit_record
from reports import exports, selectors
from reports.errors import BadQuery
from reports.selectors.kpi_common import CycleHead
from reports.selectors.pay_common import PayHead

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERMISSION = "reform.view_reports"

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\r\n\t]')

View = Callable[..., HttpResponse]


def report_view(view: View) -> View:
    """A page for those who may see reports; an address that cannot be meant is told so (400)."""

    @require_safe
    @login_required
    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):  # type: ignore[union-attr]
            raise PermissionDenied("您的账号没有查看领导报表的权限，请联系系统管理员。")
        try:
            return view(request, **kwargs)
        except BadQuery as fault:
            return render(request, "reports/bad_query.html", {"fault": fault}, status=400)

    return inner


def as_of_asked(request: HttpRequest) -> date | None:
    """The day of ?as_of=; None where it is not asked."""
    text = request.GET.get("as_of", "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(f"截至日期“{text}”不是一个日期。", "请写成 2022-01-23 这样。") from None


def summary_of(request: HttpRequest, code: str) -> ChangeSummary:
    """The summary of a round of the user's zone, as of the day asked for."""
    as_of = as_of_asked(request)
    round_ = round_by_code(require_zone(request.user), code)
    if round_ is None:
        raise Http404(f"没有轮次“{code}”。")
    return change_summary(round_, as_of)


@report_view
def latest(request: HttpRequest) -> HttpResponse:
    """To the latest round that has come to something; what to do where there is none."""
    zone = require_zone(request.user)
    round_ = selectors.round_shown(zone)
    if round_ is None:
        return render(request, "reports/empty.html", {"zone": zone})
    response = redirect("reports:overview", code=round_.code)
    if as_of_asked(request):
        response["Location"] += f"?as_of={as_of_asked(request)}"
    return response


@report_view
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Reports 1 and 2."""
    report = selectors.leadership_overview(summary_of(request, code))
    return render(request, "reports/overview.html", {"report": report, "current": "overview"})


@report_view
def units(request: HttpRequest, code: str) -> HttpResponse:
    """Report 3."""
    report = selectors.units_report(summary_of(request, code))
    opened = request.GET.get("open") == "1"
    return render(request, "reports/units.html", {"report": report, "current": "units", "opened": opened})


@report_view
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Report 5, and the list behind every figure."""
    report = _people(request, code, page=page_asked(request))
    return render(request, "reports/people.html", {"report": report, "current": "people"})


@report_view
def check(request: HttpRequest, code: str, check: str) -> HttpResponse:
    """One of the eight checks with everything against it."""
    report = selectors.check_report(summary_of(request, code), check, clear_ids=sees_id_numbers(request.user))
    if report is None:
        raise Http404(f"没有检查“{check}”。")
    return render(request, "reports/check.html", {"report": report, "current": "overview"})


@report_view
def overview_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Reports 1 and 2 as a workbook."""
    report = selectors.leadership_overview(summary_of(request, code))
    return download(request, report.head, "改革总览", exports.overview_workbook(report))


@report_view
def units_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Report 3 as a workbook."""
    report = selectors.units_report(summary_of(request, code))
    return download(request, report.head, "配备情况", exports.units_workbook(report))


@report_view
def people_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """A list as a workbook, all of its pages."""
    report = _people(request, code, page=None)
    return download(request, report.head, f"{report.words}名单", exports.people_workbook(report))


def _people(request: HttpRequest, code: str, page: int | None) -> selectors.PeopleReport:
    summary = summary_of(request, code)
    wanted = selectors.people_filter(request.GET.dict(), summary)
    return selectors.people_report(summary, wanted, clear_ids=sees_id_numbers(request.user), page=page)


def page_asked(request: HttpRequest) -> int:
    """The page of a long list."""
    text = request.GET.get("page", "1")
    if not text.isdecimal():
        raise BadQuery(f"没有第“{text}”页。", "请从名单下面的页码点进来。")
    return int(text)


def download(
    request: HttpRequest, head: selectors.RoundHead | CycleHead | PayHead, noun: str, data: bytes
) -> HttpResponse:
    """A workbook under its Chinese name; the export leaves an event."""
    name = _NOT_IN_FILE_NAMES.sub("－", f"{head.zone}{head.name}-{noun}{head.file_suffix}")
    audit_record(
        actor=request.user,  # type: ignore[arg-type]
        action="导出",
        zone=require_zone(request.user),
        subject=name,
        details={"address": request.get_full_path()},
    )
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response
