"""Who opens a page of pay, and what of it they see.

Nobody sees another's pay without `compensation.see_pay`. Who is held to a unit sees the lines of that unit
only, and no page on which the whole zone's pay stands.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern

from compensation.models import PayLine, PayRun
from compensation.selectors import run_by_code, run_lines
from reform.access import Bounds, bounds_of, scoped
from reform.admin.pages import View, may, page_at
from reform.models import Zone

SEE = "compensation.see_pay"


def sees_zone(request: HttpRequest) -> bool:
    """Whether the user sees everybody's pay: has the right, and is held to no unit and no person."""
    return may(request, SEE) and bounds_of(request.user) == Bounds()


def pay_page(
    site: AdminSite, route: str, view: View, name: str, *permissions: str, whole_zone: bool = False
) -> URLPattern:
    """The address of a page with people's pay. permissions: one of them besides the right to see pay;
    whole_zone: closed to who is held to a unit."""

    def inner(request: HttpRequest, site: AdminSite, zone: Zone, **kwargs: Any) -> HttpResponse:
        if not may(request, SEE) or (whole_zone and not sees_zone(request)):
            raise PermissionDenied
        return view(request, site, zone, **kwargs)

    return page_at(site, route, inner, name, *permissions)


def the_run(zone: Zone, code: str) -> PayRun:
    """A run of the user's zone by its period."""
    found = run_by_code(zone, code)
    if found is None:
        raise Http404
    return found


def seen_lines(request: HttpRequest, run: PayRun) -> QuerySet[PayLine]:
    """A run's lines that the user may see, in the order of the sheet."""
    return scoped(run_lines(run), request.user)
