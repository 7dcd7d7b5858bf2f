"""流程图: the machines of all apps as they stand in the tables, for who works on a round or a cycle."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from reform.diagrams import diagrams
from reform.models import Position, Zone

from .pages import page_at, render_page

VIEW = ("appointments.view_round", "kpi.view_cycle")


def machine_urls(site: AdminSite) -> list[URLPattern]:
    """The page's address below /admin/."""
    return [page_at(site, "machines/", page, "machines", *VIEW)]


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Every machine with its legend."""
    return render_page(
        request,
        site,
        "admin/machines.html",
        "流程图",
        machines=diagrams(),
        methods=dict(Position.Method.choices),
    )
