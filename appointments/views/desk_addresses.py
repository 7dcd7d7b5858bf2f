"""The addresses of the pages beside the rounds: 文书模板, 任免审批表, 工作清单; part of `addresses`."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from appointments.states import LEADERS, OFFICE, SUPERVISORS
from reform.admin.pages import page_at
from reform.documents.templates import template_sets

from . import lrmx, setup, side_posts, templates, worklists

LOOK = (OFFICE, LEADERS, SUPERVISORS)


def desk_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/."""
    editors = tuple(one.permission for one in template_sets())
    return [
        page_at(site, "templates/", templates.page, "templates", *editors),
        page_at(site, "templates/<str:kind>.docx", templates.current, "template_current", *editors),
        page_at(
            site,
            "templates/<str:kind>/replace/",
            require_POST(templates.replace),
            "template_replace",
            *editors,
        ),
        page_at(
            site,
            "templates/<str:kind>/restore/",
            require_POST(templates.restore),
            "template_restore",
            *editors,
        ),
        page_at(site, "rounds/<int:pk>/posts/", setup.page, "round_posts", setup.VIEW),
        page_at(
            site, "rounds/<int:pk>/posts/<str:key>/", require_POST(setup.do), "round_posts_do", setup.VIEW
        ),
        page_at(site, "side-posts/", side_posts.page, "side_posts", side_posts.VIEW),
        page_at(site, "side-posts/<str:key>/", require_POST(side_posts.do), "side_posts_do", side_posts.VIEW),
        page_at(site, "lrmx/", lrmx.page, "lrmx", OFFICE),
        page_at(site, "lrmx/export/", require_POST(lrmx.export), "lrmx_export", OFFICE),
        page_at(site, "lrmx/<str:token>/", lrmx.received, "lrmx_received", OFFICE),
        page_at(site, "worklists/", worklists.page, "worklists", *LOOK),
        page_at(site, "worklists/<str:key>.xlsx", worklists.export, "worklist_export", *LOOK),
    ]
