"""我的工资条: runs that are paid, one with its terms, and the PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from compensation.models import PayLine
from compensation.selectors import slips_of
from compensation.selectors.slip_view import slip_of
from compensation.services.papers import slip_export
from reform.attachments import attachment
from reform.portal import Person, actor_of, attempted, own_page
from reform.selectors import policy_of


@own_page
def slips(request: HttpRequest, person: Person) -> HttpResponse:
    """All that the person was paid, the latest first."""
    rows = list(slips_of(person).defer("terms"))
    years: dict[int, list[PayLine]] = {}
    for one in rows:
        years.setdefault(one.run.starts_on.year, []).append(one)
    context = {
        "current": "pay",
        "person": person,
        "years": [(year, found, sum(one.net for one in found)) for year, found in years.items()],
    }
    return render(request, "portal/pay/slips.html", context)


@own_page
def slip(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """One of them."""
    line = _own(person, code)
    context = {
        "current": "pay",
        "person": person,
        "slip": slip_of(line, policy_of(line.run.policy).ladder),
    }
    return render(request, "portal/pay/slip.html", context)


def _own(person: Person, code: str) -> PayLine:
    line = slips_of(person).filter(run__code=code).first()
    if line is None:
        raise Http404("没有这张工资条，或还没有发放。")
    return line


@own_page
def file(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """The same as PDF."""
    line = _own(person, code)
    made: list[tuple[str, bytes, str]] = []
    if not attempted(
        request,
        lambda: made.append(slip_export(line=line, actor=actor_of(request), on=timezone.localdate())),
    ):
        return redirect("pay:slip", code=code)
    name, data, content_type = made[0]
    return attachment(data, name, content_type)
