"""发放表, 工资表, 银行代发文件, 工资条 of a whole run: each download leaves an event."""

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from compensation.documents.sheets import BANK, PAYROLL, PERFORMANCE
from compensation.models import PayRun
from compensation.services.papers import File, bank_file_export, pay_sheet_export, slips_export
from reform.admin.pages import actor_of, attempt
from reform.attachments import attachment
from reform.models import Zone

from .access import the_run

FORMATS = {PERFORMANCE: ("xlsx",), PAYROLL: ("xlsx",), BANK: ("xlsx", "csv"), "slips": ("pdf",)}


def paper(request: HttpRequest, site: AdminSite, zone: Zone, code: str, kind: str, fmt: str) -> HttpResponse:
    """One file of a run; a refusal is told on the run's page."""
    row = the_run(zone, code)
    if fmt not in FORMATS.get(kind, ()):
        raise Http404
    made: list[File] = []
    if not attempt(request, lambda: made.append(_call(request, row, kind, fmt)())):
        return redirect("admin:pay_run", code=code)
    name, data, content_type = made[0]
    return attachment(data, name, content_type)


def _call(request: HttpRequest, run: PayRun, kind: str, fmt: str) -> Callable[[], File]:
    actor = actor_of(request)
    if kind == BANK:
        return lambda: bank_file_export(fmt, run=run, actor=actor)
    if kind == "slips":
        return lambda: slips_export(run=run, actor=actor, on=timezone.localdate())
    return lambda: pay_sheet_export(kind, run=run, actor=actor)
