"""文书模板: which template each paper is printed from; download it, put an own one in its place, go back."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appointments.selectors.documents import template_in_use
from appointments.services.document_templates import template_replace, template_restore
from reform.admin.pages import actor_of, attempt, render_page
from reform.attachments import attachment
from reform.documents.kinds import DOCX, DocumentKind
from reform.documents.templates import placeholders, template_bytes, template_kind, template_kinds
from reform.documents.word import LARGEST_TEMPLATE
from reform.errors import Refused
from reform.models import Zone
from reform.services import audit_record


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Every kind with the template in use and what may stand in it."""
    return render_page(
        request,
        site,
        "admin/documents/templates.html",
        "文书模板",
        rows=[
            {"kind": one, "own": template_in_use(zone, one.key), "names": placeholders(one.key)}
            for one in template_kinds(actor_of(request))
        ],
        megabytes=LARGEST_TEMPLATE // 2**20,
    )


def current(request: HttpRequest, site: AdminSite, zone: Zone, kind: str) -> HttpResponse:
    """The template in use, to be changed in Word; the download leaves an event."""
    known = _known(kind)
    if known not in template_kinds(actor_of(request)):
        raise PermissionDenied
    content = template_bytes(zone, kind)
    audit_record(actor=actor_of(request), action="下载模板", zone=zone, subject=f"{known.label}模板")
    return attachment(content, f"{known.label}模板.docx", DOCX)


def replace(request: HttpRequest, site: AdminSite, zone: Zone, kind: str) -> HttpResponse:
    """Put the uploaded file in place; what is wrong in it is told, and the one before stays."""
    known = _known(kind)
    file: Any = request.FILES.get("template")
    if file is None:
        messages.error(request, f"{known.label}：请先选择 Word 文件（.docx）。")
    elif file.size > LARGEST_TEMPLATE:
        messages.error(request, f"{known.label}：模板不能超过{LARGEST_TEMPLATE // 2**20} MB。")
    else:
        attempt(
            request,
            lambda: template_replace(
                zone=zone,
                kind=kind,
                name=file.name,
                content=file.read(),
                actor=actor_of(request),
                at=timezone.now(),
            ),
            f"{known.label}改用“{file.name}”。",
        )
    return redirect("admin:templates")


def restore(request: HttpRequest, site: AdminSite, zone: Zone, kind: str) -> HttpResponse:
    """Back to the template that comes with the system."""
    known = _known(kind)
    attempt(
        request,
        lambda: template_restore(zone=zone, kind=kind, actor=actor_of(request)),
        lambda done: f"{known.label}已恢复默认模板。" if done else f"{known.label}用的就是默认模板。",
    )
    return redirect("admin:templates")


def _known(kind: str) -> DocumentKind:
    try:
        return template_kind(kind)
    except Refused:
        raise Http404 from None
