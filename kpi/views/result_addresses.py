"""The addresses of the pages on results; settings.ADMIN_PAGES names `result_urls`."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from kpi.states import LEADERS, OFFICE, REPORTERS, SUPERVISORS
from reform.admin.pages import View, page_at

from . import appeals, competitions, consequences, decisions, quotas, results
from .result_parts import (
    VIEW_ADJUSTMENTS,
    VIEW_APPEALS,
    VIEW_COMPETITIONS,
    VIEW_CONSEQUENCES,
    VIEW_NOTICES,
    VIEW_PEOPLE,
    VIEW_UNITS,
)


def result_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/kpi/. An action asks for its own permission besides."""

    def get(route: str, view: View, name: str, *permissions: str) -> URLPattern:
        return page_at(site, f"kpi/cycles/<str:code>/{route}", view, name, *permissions)

    def post(route: str, view: View, name: str, *permissions: str) -> URLPattern:
        return get(route, require_POST(view), name, *permissions)

    return [
        page_at(site, "kpi/results/", results.latest, "kpi_results_latest", VIEW_UNITS),
        get("results/", results.page, "kpi_results", VIEW_UNITS),
        get("results/units/<int:pk>/", results.unit, "kpi_unit_result", VIEW_UNITS),
        get("results/people/<int:pk>/", results.person, "kpi_person_result", VIEW_PEOPLE),
        get("decisions/", decisions.page, "kpi_decisions", VIEW_ADJUSTMENTS),
        post("decisions/do/<str:key>/", decisions.do, "kpi_decisions_do", OFFICE, SUPERVISORS),
        post("decisions/<str:kind>/<int:pk>/<str:event>/", decisions.decide, "kpi_decide", OFFICE, LEADERS),
        get("quotas/", quotas.page, "kpi_quotas", VIEW_PEOPLE),
        post("quotas/do/<str:key>/", quotas.do, "kpi_quotas_do", OFFICE),
        post("quotas/tie/", quotas.tie, "kpi_tie_decide", LEADERS),
        post("quotas/include/<int:pk>/", quotas.include, "kpi_include", OFFICE),
        get("appeals/", appeals.page, "kpi_appeals", VIEW_APPEALS),
        post("appeals/do/<str:key>/", appeals.do, "kpi_appeals_do", OFFICE, REPORTERS, SUPERVISORS),
        get("appeals/<int:pk>/", appeals.appeal, "kpi_appeal", VIEW_APPEALS),
        post(
            "appeals/<int:pk>/withdraw/",
            appeals.withdraw,
            "kpi_appeal_withdraw",
            OFFICE,
            REPORTERS,
            SUPERVISORS,
        ),
        get("consequences/", consequences.page, "kpi_consequences", VIEW_CONSEQUENCES, VIEW_NOTICES),
        post("consequences/do/<str:key>/", consequences.do, "kpi_consequences_do", OFFICE, LEADERS),
        get("competitions/", competitions.page, "kpi_competitions", VIEW_COMPETITIONS),
        post("competitions/do/<str:key>/", competitions.do, "kpi_competitions_do", OFFICE),
        post("competitions/<int:pk>/close/", competitions.close, "kpi_competition_close", OFFICE),
    ]
