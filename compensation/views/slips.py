"""工资条 of another: the page and the PDF; each look leaves an event."""

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from compensation.models import PayLine
from compensation.selectors.slip_view import slip_of
from compensation.services import pay_view_record
from compensation.services.papers import slip_export
from compensation.states import FINANCE
from reform.access import person_of
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.attachments import attachment
from reform.models import Zone
from reform.selectors import policy_of

from .access import seen_lines, the_run


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """One line with everything that it came from."""
    line = _line(request, zone, code, pk)
    own = person_of(actor_of(request))
    if own is None or own.pk != line.person_id:
        pay_view_record(line=line, actor=actor_of(request))
    return render_page(
        request,
        site,
        "compensation/slip.html",
        f"{line.person.name} {line.run}",
        slip=slip_of(line, policy_of(line.run.policy).ladder),
        run=line.run,
        may_print=may(request, FINANCE),
    )


def _line(request: HttpRequest, zone: Zone, code: str, pk: int) -> PayLine:
    rows = seen_lines(request, the_run(zone, code)).select_related("run__zone", "run__policy")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def file(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """The same as PDF."""
    line = _line(request, zone, code, pk)
    made: list[tuple[str, bytes, str]] = []
    if not attempt(
        request,
        lambda: made.append(slip_export(line=line, actor=actor_of(request), on=timezone.localdate())),
    ):
        return redirect("admin:pay_slip", code=code, pk=pk)
    name, data, content_type = made[0]
    return attachment(data, name, content_type)
