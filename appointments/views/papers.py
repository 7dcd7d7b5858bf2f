"""Papers of a round: notices, lists, letters, for one person or for all in one file."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.documents.kinds import DOCUMENT_KINDS
from appointments.models import Application, Appointment, Placement
from appointments.services.document_exports import document_export
from reform.access import scoped
from reform.admin.pages import actor_of, attempt, chosen
from reform.attachments import attachment
from reform.models import Person, Zone

from .rows import the_batch, the_round

VIEW_PAPERS = "appointments.view_document"


def batch_paper(
    request: HttpRequest, site: AdminSite, zone: Zone, pk: int, kind: str, fmt: str
) -> HttpResponse:
    """A paper of a batch; with selected rows, only of these persons."""
    batch = the_batch(request, pk)
    back = reverse("admin:batch", args=[pk])
    return _send(request, kind, fmt, back, round_=batch.round, batch=batch, people=_people(request))


def round_paper(
    request: HttpRequest, site: AdminSite, zone: Zone, pk: int, kind: str, fmt: str
) -> HttpResponse:
    """A paper of a round, of all its persons in one file; with ?later=1 of their 续聘 and 变更."""
    round_ = the_round(request, pk)
    back = reverse("admin:round", args=[pk])
    later = request.GET.get("later") == "1"
    return _send(request, kind, fmt, back, round_=round_, people=_people(request), later=later)


def _people(request: HttpRequest) -> list[int] | None:
    """The persons asked for: by ?person=, or through the selected rows of a table (`of` names its model)."""
    named = [int(one) for one in request.GET.getlist("person") if one.isdecimal()]
    if named:
        return list(scoped(Person.objects.filter(pk__in=named), request.user).values_list("pk", flat=True))
    rows = chosen(request)
    if not rows:
        return None
    tables: dict[str, tuple[Any, str]] = {
        "appointment": (Appointment, "person"),
        "placement": (Placement, "person"),
        "application": (Application, "candidacy__person"),
    }
    model, path = tables.get(request.POST.get("of", ""), tables["application"])
    found = scoped(model.objects.filter(pk__in=rows), request.user)
    return list(found.values_list(path, flat=True))


def _send(request: HttpRequest, kind: str, fmt: str, back: str, **what: object) -> HttpResponse:
    if kind not in DOCUMENT_KINDS or fmt not in DOCUMENT_KINDS[kind].formats:
        raise Http404
    made: list[tuple[str, bytes, str]] = []
    if not attempt(
        request,
        lambda: made.append(
            document_export(kind, actor=actor_of(request), on=timezone.localdate(), fmt=fmt, **what)  # type: ignore[arg-type]
        ),
    ):
        return redirect(back)
    name, data, content_type = made[0]
    return attachment(data, name, content_type)
