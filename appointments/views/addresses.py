"""The addresses of this app's pages inside the admin; settings.ADMIN_PAGES names `admin_urls`."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from appointments.states import OFFICE, PANEL
from reform.admin.pages import page_at

from . import calendar, console, dossier, duties, inbox, papers, placements, sheets, years
from .batch import batch, batch_do
from .desk_addresses import desk_urls

VIEW_ROUND, VIEW_BATCH = "appointments.view_round", "appointments.view_batch"
VIEW_PLACEMENT = "appointments.view_placement"
VIEW_YEARS = (
    "appointments.view_termreview",
    "appointments.view_secondment",
    "appointments.view_appeal",
    "appointments.view_exitproposal",
    "reform.view_promotionlock",
)
VIEW_REQUESTS = "reform.view_changerequest"


def admin_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/. An action asks for its own permission besides."""
    return [
        page_at(site, "rounds/new/", console.new, "round_new", OFFICE),
        page_at(site, "rounds/<int:pk>/", console.console, "round", VIEW_ROUND),
        page_at(site, "rounds/<int:pk>/go/", console.go, "round_go", VIEW_ROUND),
        page_at(
            site,
            "rounds/<int:pk>/step/<str:event>/",
            require_POST(console.step),
            "round_step",
            VIEW_ROUND,
        ),
        page_at(site, "rounds/<int:pk>/do/<str:key>/", require_POST(console.do), "round_do", VIEW_ROUND),
        page_at(site, "rounds/<int:pk>/calendar/", calendar.round_calendar, "round_calendar", VIEW_ROUND),
        page_at(site, "rounds/<int:pk>/placements/", placements.page, "placements", VIEW_PLACEMENT),
        page_at(
            site,
            "rounds/<int:pk>/placements/<str:key>/",
            require_POST(placements.do),
            "placement_do",
            VIEW_PLACEMENT,
        ),
        page_at(
            site,
            "rounds/<int:pk>/papers/<str:kind>.<str:fmt>",
            papers.round_paper,
            "round_paper",
            papers.VIEW_PAPERS,
        ),
        page_at(site, "batches/<int:pk>/", batch, "batch", VIEW_BATCH),
        page_at(site, "batches/<int:pk>/next/", console.batch_steps, "batch_next", VIEW_BATCH),
        page_at(
            site,
            "batches/<int:pk>/step/<str:event>/",
            require_POST(console.batch_move),
            "batch_step",
            VIEW_BATCH,
        ),
        page_at(site, "batches/<int:pk>/do/<str:key>/", require_POST(batch_do), "batch_do", VIEW_BATCH),
        page_at(
            site,
            "batches/<int:pk>/sheets/<str:item>/<int:member>/",
            sheets.score_sheet,
            "score_sheet",
            OFFICE,
            PANEL,
        ),
        page_at(site, "batches/<int:pk>/ballots/", sheets.ballots, "ballots", OFFICE),
        page_at(
            site,
            "batches/<int:pk>/papers/<str:kind>.<str:fmt>",
            papers.batch_paper,
            "batch_paper",
            papers.VIEW_PAPERS,
        ),
        page_at(site, "dossiers/<int:pk>/", dossier.page, "dossier", dossier.VIEW),
        page_at(
            site,
            "dossiers/<int:pk>/<str:key>/",
            require_POST(dossier.do),
            "dossier_do",
            dossier.VIEW,
        ),
        page_at(site, "duties/<int:pk>/", duties.page, "duty", *duties.VIEW),
        page_at(site, "duties/<int:pk>/<str:key>/", require_POST(duties.do), "duty_do", *duties.VIEW),
        page_at(site, "years/", years.page, "years", *VIEW_YEARS),
        page_at(site, "years/<str:key>/", require_POST(years.do), "years_do", *VIEW_YEARS),
        page_at(site, "change-requests/", inbox.page, "change_requests", VIEW_REQUESTS),
        page_at(
            site,
            "change-requests/<str:key>/",
            require_POST(inbox.do),
            "change_request_do",
            VIEW_REQUESTS,
        ),
        *desk_urls(site),
    ]
