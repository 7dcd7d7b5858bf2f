"""薪酬变动通知: the appointment documents, what each changes of whose pay, and the notice to finance."""

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appointments.models import Document
from appointments.selectors.documents import is_document_reviewed
from compensation.documents.changes import notes_of
from compensation.documents.kinds import CHANGES, PAPERS
from compensation.selectors.pay_changes import PayChanges, pay_changes, pay_documents
from compensation.services import pay_lines_view_record
from compensation.services.papers import File
from compensation.services.pay_changes import pay_changes_export
from reform.admin.pages import actor_of, attempt, page_of, render_page
from reform.attachments import attachment
from reform.models import Zone

LABEL = PAPERS[CHANGES].label


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The 聘任文件 of the zone, the latest first."""
    return render_page(
        request,
        site,
        "compensation/pay_documents.html",
        LABEL,
        pages=page_of(request, pay_documents(zone), 24),
    )


def changes(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """Whose pay a document changes; looking leaves an event. What cannot be computed is told."""
    document = _the_document(zone, pk)
    made: list[PayChanges] = []
    attempt(request, lambda: made.append(pay_changes(document)))
    found = made[0] if made else None
    if found is not None and found.people:
        pay_lines_view_record(
            zone=zone,
            actor=actor_of(request),
            what=f"薪酬变动 {document.document_no}",
            people=len(found.people),
        )
    return render_page(
        request,
        site,
        "compensation/pay_changes.html",
        LABEL,
        document=document,
        lead=_lead(found),
        found=found,
        notes=notes_of(found) if found else [],
        is_reviewed=is_document_reviewed(document),
        formats=PAPERS[CHANGES].formats,
    )


def notice(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, fmt: str) -> HttpResponse:
    """The file; a refusal is told on the document's page."""
    document = _the_document(zone, pk)
    if fmt not in PAPERS[CHANGES].formats:
        raise Http404
    made: list[File] = []
    if not attempt(
        request,
        lambda: made.append(
            pay_changes_export(document=document, actor=actor_of(request), on=timezone.localdate(), fmt=fmt)
        ),
    ):
        return redirect("admin:pay_changes", pk=pk)
    name, data, content_type = made[0]
    return attachment(data, name, content_type)


def _the_document(zone: Zone, pk: int) -> Document:
    found = pay_documents(zone).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _lead(found: PayChanges | None) -> str:
    """The page's first sentence."""
    if found is None:
        return "算不出薪酬变动"
    if not found.people:
        return f"没有人的薪酬变动，{found.unchanged}人不变"
    return (
        f"{len(found.people)}人的薪酬变动：{found.risen}人提高，{found.fallen}人降低，{found.unchanged}人不变"
    )
