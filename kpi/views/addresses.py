"""The addresses of this app's pages inside the admin; settings.ADMIN_PAGES names `admin_urls`."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from kpi.states import OFFICE, REPORTERS, SCORERS, VERIFIERS
from reform.admin.pages import page_at

from . import cycles, indicators, items, library, marks, reporting, schemes, targets, tryout, verify

VIEW_SCHEME, VIEW_LEAF, VIEW_CYCLE = "kpi.view_scheme", "kpi.view_indicator", "kpi.view_cycle"
VIEW_LIBRARY, VIEW_ITEM = "kpi.view_libraryindicator", "kpi.view_item"
VIEW_TARGETS = "kpi.view_targetsignature"


def admin_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/. An action asks for its own permission besides."""
    return [*_scheme_urls(site), *_cycle_urls(site), *_report_urls(site), *_mark_urls(site)]


def _scheme_urls(site: AdminSite) -> list[URLPattern]:
    return [
        page_at(site, "kpi/schemes/", schemes.page, "kpi_schemes", VIEW_SCHEME),
        page_at(site, "kpi/schemes/new/", schemes.new, "kpi_scheme_new", OFFICE),
        page_at(site, "kpi/schemes/<int:pk>/", schemes.scheme, "kpi_scheme", VIEW_SCHEME),
        page_at(
            site,
            "kpi/schemes/<int:pk>/do/<str:key>/",
            require_POST(schemes.do),
            "kpi_scheme_do",
            VIEW_SCHEME,
        ),
        page_at(site, "kpi/schemes/<int:pk>/indicators/new/", indicators.new, "kpi_indicator_new", OFFICE),
        page_at(site, "kpi/indicators/<int:pk>/", indicators.page, "kpi_indicator", VIEW_LEAF),
        page_at(site, "kpi/library/", library.page, "kpi_library", VIEW_LIBRARY),
        page_at(site, "kpi/library/copy/", require_POST(library.copy), "kpi_library_copy", OFFICE),
        page_at(site, "kpi/try/", tryout.page, "kpi_try", VIEW_SCHEME),
    ]


def _cycle_urls(site: AdminSite) -> list[URLPattern]:
    return [
        page_at(site, "kpi/cycles/", cycles.page, "kpi_cycles", VIEW_CYCLE),
        page_at(site, "kpi/cycles/advance/", require_POST(cycles.advance), "kpi_advance", OFFICE),
        page_at(site, "kpi/cycles/<str:code>/", cycles.cycle, "kpi_cycle", VIEW_CYCLE),
        page_at(
            site,
            "kpi/cycles/<str:code>/step/<str:event>/",
            require_POST(cycles.step),
            "kpi_cycle_step",
            VIEW_CYCLE,
        ),
        page_at(
            site, "kpi/cycles/<str:code>/do/<str:key>/", require_POST(cycles.do), "kpi_cycle_do", VIEW_CYCLE
        ),
        page_at(site, "kpi/cycles/<str:code>/targets/", targets.page, "kpi_targets", VIEW_TARGETS),
        page_at(
            site,
            "kpi/cycles/<str:code>/targets/sign/<str:side>/",
            require_POST(targets.sign),
            "kpi_target_sign",
            VIEW_TARGETS,
        ),
    ]


def _report_urls(site: AdminSite) -> list[URLPattern]:
    return [
        page_at(site, "kpi/report/", reporting.latest, "kpi_report_latest", REPORTERS, OFFICE),
        page_at(site, "kpi/report/<str:code>/", reporting.page, "kpi_report", REPORTERS, OFFICE),
        page_at(site, "kpi/cycles/<str:code>/items/<int:pk>/", items.page, "kpi_item", VIEW_ITEM),
        page_at(site, "kpi/evidence/<int:pk>/", items.evidence, "kpi_evidence", *items.READERS, SCORERS),
        page_at(
            site,
            "kpi/evidence/<int:pk>/withdraw/",
            require_POST(items.withdraw),
            "kpi_evidence_withdraw",
            REPORTERS,
            OFFICE,
        ),
        page_at(site, "kpi/cycles/<str:code>/verify/", verify.verify, "kpi_verify", VIEW_ITEM),
        page_at(
            site,
            "kpi/cycles/<str:code>/verify/<str:key>/",
            require_POST(verify.verify_do),
            "kpi_verify_do",
            OFFICE,
        ),
        page_at(site, "kpi/report/<str:code>/check/", verify.check, "kpi_check", VERIFIERS),
        page_at(
            site,
            "kpi/report/<str:code>/check/<str:key>/",
            require_POST(verify.check_do),
            "kpi_check_do",
            VERIFIERS,
        ),
    ]


def _mark_urls(site: AdminSite) -> list[URLPattern]:
    return [
        page_at(site, "kpi/marks/", marks.sheets, "kpi_mark_sheets", SCORERS),
        page_at(site, "kpi/marks/<int:pk>/", marks.page, "kpi_marks", SCORERS, *cycles.SEES_SHEETS),
    ]
