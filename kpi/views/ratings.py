"""民主测评 for the office: ask the raters, see how far it has come; never who gave what."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_POST

from kpi.selectors.ratings import RATED_IN, rating_progress, takes_ratings
from kpi.services.ratings import TasksMade, rating_tasks_make
from kpi.states import OFFICE, SUPERVISORS
from reform.admin.pages import actor_of, attempt, may, page_at, render_page
from reform.models import Zone

from .rows import the_cycle


def rating_urls(site: AdminSite) -> list[URLPattern]:
    """settings.ADMIN_PAGES names it."""
    return [
        page_at(site, "kpi/cycles/<str:code>/ratings/", page, "kpi_ratings", OFFICE, SUPERVISORS),
        page_at(site, "kpi/cycles/<str:code>/ratings/make/", require_POST(make), "kpi_ratings_make", OFFICE),
    ]


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """Asked and handed in, by the raters' unit and group."""
    cycle = the_cycle(request, zone, code)
    lines = rating_progress(cycle, timezone.localdate())
    return render_page(
        request,
        site,
        "kpi/ratings.html",
        f"{cycle}民主测评",
        cycle=cycle,
        lines=lines,
        asked=sum(one.asked for one in lines),
        done=sum(one.done for one in lines),
        may_make=may(request, OFFICE)
        and cycle.state in RATED_IN
        and takes_ratings(cycle)
        and not cycle.registered,
    )


def make(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """Ask the raters; who has nobody in a group is told."""
    cycle = the_cycle(request, zone, code)
    made: list[TasksMade] = []
    if attempt(
        request,
        lambda: made.append(rating_tasks_make(cycle=cycle, actor=actor_of(request), on=timezone.localdate())),
        lambda _: f"测评表已发放：新增{made[0].created}项，取消{made[0].removed}项。",
    ):
        for one in made[0].lacking:
            messages.warning(request, f"{one}，缺的组须由得分表补入，否则不能计分。")
    return redirect("admin:kpi_ratings", code=code)
