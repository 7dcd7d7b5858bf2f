"""The addresses of this app's pages inside the admin; settings.ADMIN_PAGES names `admin_urls`."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern

from reform.admin.pages import page_at

from . import diagrams

VIEW_ROUND = "appointments.view_round"


def admin_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/."""
    return [
        page_at(site, "machines/", diagrams.machines, "machines", VIEW_ROUND),
    ]
