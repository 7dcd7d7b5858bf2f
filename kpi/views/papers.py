"""考核文书: notices and forms of a cycle, for everybody in one file, for those chosen, or for one."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone

from kpi.documents import PAPERS
from kpi.documents.kinds import FORM
from kpi.models import Period, PersonResult
from kpi.selectors.results import person_line
from kpi.selectors.unit_inputs import PUBLIC
from kpi.services.papers import paper_export
from kpi.states import LEADERS, OFFICE, SUPERVISORS
from reform.access import scoped
from reform.admin.pages import actor_of, attempt, page_at, page_of, render_page
from reform.attachments import attachment
from reform.models import Zone

from .rows import the_cycle

MAY_PRINT = (OFFICE, LEADERS, SUPERVISORS)


def paper_urls(site: AdminSite) -> list[URLPattern]:
    """settings.ADMIN_PAGES names it."""
    return [
        page_at(site, "kpi/cycles/<str:code>/papers/", page, "kpi_papers", *MAY_PRINT),
        page_at(site, "kpi/cycles/<str:code>/papers/<str:kind>.<str:fmt>", paper, "kpi_paper", *MAY_PRINT),
    ]


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """What can be printed of a cycle: all in one file, or one by one, found by name."""
    cycle = the_cycle(request, zone, code)
    asked = request.GET.get("q", "").strip()[:40]
    results = PersonResult.objects.filter(cycle=cycle, current=True).select_related(
        "person", "unit", "notice"
    )
    rows = scoped(results, request.user).order_by("unit__sort_no", "unit_id", "person__sort_no", "id")
    pages = page_of(request, rows.filter(person__name__contains=asked) if asked else rows)
    return render_page(
        request,
        site,
        "kpi/papers.html",
        f"{cycle}文书",
        cycle=cycle,
        is_public=cycle.state in PUBLIC,
        kinds=[one for key, one in PAPERS.items() if key != FORM or cycle.period == Period.YEAR],
        rows=[(person_line(one), getattr(one, "notice", None)) for one in pages],
        pages=pages,
        asked=asked,
    )


def paper(request: HttpRequest, site: AdminSite, zone: Zone, code: str, kind: str, fmt: str) -> HttpResponse:
    """The file: for the persons named by ?person=, else for all."""
    cycle = the_cycle(request, zone, code)
    named = [int(one) for one in request.GET.getlist("person") if one.isdecimal()]
    made: list[tuple[str, bytes, str]] = []
    if not attempt(
        request,
        lambda: made.append(
            paper_export(
                kind,
                cycle=cycle,
                actor=actor_of(request),
                on=timezone.localdate(),
                people=named or None,
                fmt=fmt,
            )
        ),
    ):
        return redirect(reverse("admin:kpi_papers", args=[code]))
    name, data, content_type = made[0]
    return attachment(data, name, content_type)
