"""The addresses of this app's pages inside the admin; settings.ADMIN_PAGES names `admin_urls`."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from compensation.states import FINANCE, LEADERS, OFFICE
from reform.admin.pages import page_at

from . import back_pays, comparison, equal_pay, papers, pay_changes, pools, runs, slips, tryouts, what_if
from .access import pay_page

VIEW_RUN, VIEW_LINE = "compensation.view_payrun", "compensation.view_payline"
VIEW_BACK_PAY, VIEW_POOL = "compensation.view_backpay", "compensation.view_paypool"


def admin_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/. An action asks for its own permission besides."""
    return [*_run_urls(site), *_line_urls(site), *_zone_urls(site), *_change_urls(site), *_try_urls(site)]


def _run_urls(site: AdminSite) -> list[URLPattern]:
    return [
        pay_page(site, "pay/runs/", runs.page, "pay_runs", VIEW_RUN),
        pay_page(site, "pay/runs/<str:code>/", runs.run, "pay_run", VIEW_RUN),
        pay_page(
            site,
            "pay/runs/<str:code>/step/<str:event>/",
            require_POST(runs.step),
            "pay_run_step",
            OFFICE,
            FINANCE,
            LEADERS,
            whole_zone=True,
        ),
        pay_page(
            site,
            "pay/runs/<str:code>/calculate/",
            require_POST(runs.calculate),
            "pay_run_calculate",
            OFFICE,
            whole_zone=True,
        ),
    ]


def _line_urls(site: AdminSite) -> list[URLPattern]:
    return [
        pay_page(site, "pay/runs/<str:code>/lines/", runs.lines, "pay_lines", VIEW_LINE),
        pay_page(site, "pay/runs/<str:code>/lines/<int:pk>/", slips.page, "pay_slip", VIEW_LINE),
        pay_page(site, "pay/runs/<str:code>/lines/<int:pk>/slip.pdf", slips.file, "pay_slip_file", FINANCE),
        pay_page(site, "pay/runs/<str:code>/comparison/", comparison.page, "pay_comparison", VIEW_LINE),
        pay_page(
            site,
            "pay/runs/<str:code>/papers/<str:kind>.<str:fmt>",
            papers.paper,
            "pay_paper",
            OFFICE,
            FINANCE,
            LEADERS,
            whole_zone=True,
        ),
        pay_page(
            site,
            "pay/runs/<str:code>/distribution/",
            pools.distribution,
            "pay_distribution",
            VIEW_POOL,
            whole_zone=True,
        ),
    ]


def _zone_urls(site: AdminSite) -> list[URLPattern]:
    return [
        pay_page(site, "pay/back-pays/", back_pays.page, "pay_back_pays", VIEW_BACK_PAY, whole_zone=True),
        pay_page(
            site,
            "pay/back-pays/do/<str:key>/",
            require_POST(back_pays.do),
            "pay_back_pays_do",
            OFFICE,
            FINANCE,
            whole_zone=True,
        ),
        pay_page(site, "pay/pools/", pools.page, "pay_pools", VIEW_POOL, whole_zone=True),
        # Figures by level, small ones hidden: also for who sees no person's pay.
        page_at(site, "pay/equal-pay/", equal_pay.page, "pay_equal_pay", VIEW_RUN),
    ]


def _change_urls(site: AdminSite) -> list[URLPattern]:
    return [
        pay_page(site, f"pay/changes/{route}", view, name, OFFICE, FINANCE, LEADERS, whole_zone=True)
        for route, view, name in (
            ("", pay_changes.page, "pay_documents"),
            ("<int:pk>/", pay_changes.changes, "pay_changes"),
            ("<int:pk>/notice.<str:fmt>", pay_changes.notice, "pay_changes_notice"),
        )
    ]


def _try_urls(site: AdminSite) -> list[URLPattern]:
    return [
        pay_page(site, f"pay/what-if/{route}", view, name, *what_if.MAY_TRY, whole_zone=True)
        for route, view, name in (
            ("", what_if.page, "pay_what_if"),
            ("year/", tryouts.year, "pay_what_if_year"),
            ("post/", tryouts.post, "pay_what_if_post"),
            ("split/", tryouts.split, "pay_what_if_split"),
        )
    ]
