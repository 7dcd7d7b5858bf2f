"""流程图: the machines as they stand in the tables, for everybody who works on a round."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from appointments.diagrams import diagrams
from reform.admin.pages import render_page
from reform.models import Position, Zone


def machines(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Every machine with its legend."""
    return render_page(
        request,
        site,
        "admin/rounds/machines.html",
        "流程图",
        machines=diagrams(),
        methods=dict(Position.Method.choices),
    )
