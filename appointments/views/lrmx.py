"""任免审批表（.lrmx）: files that come in, person by person with what they say otherwise; and out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appointments.documents.lrmx import LARGEST_FILE
from appointments.models import Round
from appointments.selectors.documents import dossier_files, posts_held
from appointments.services.document_exports import document_export
from appointments.services.dossier_files import LrmxMatch, lrmx_import, lrmx_match, lrmx_take_over
from reform.access import scoped
from reform.admin.pages import actor_of, attempt, chosen, render_page, tell_reasons
from reform.attachments import attachment
from reform.errors import Refused, RuleError
from reform.exchange import rehearsals
from reform.exchange.context import Options
from reform.exchange.plan import SourceFile
from reform.models import Person, Zone

MOST_FILES = 50

LARGEST_UPLOAD = 100 * 2**20  # of one upload: the files are all in memory at once
MOST_SHOWN = 100


@dataclass(frozen=True)
class Received:
    """One file as it was read: whose it is, or why it cannot be used."""

    number: int
    file: SourceFile
    match: LrmxMatch | None
    fault: str = ""


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Choose files to upload, and persons whose file is wanted."""
    if request.method == "POST":
        given = request.FILES.getlist("files")
        faults = _too_much(given)
        if not faults:
            token = rehearsals.rehearsal_keep(
                user=actor_of(request),
                files=[SourceFile(one.name or "任免审批表.lrmx", one.read()) for one in given],
                options=Options(zone=zone.code),
                now=timezone.now(),
            )
            return redirect("admin:lrmx_received", token=token)
        tell_reasons(request, faults, "没有读取")
    words = request.GET.get("q", "").strip()
    people = scoped(Person.objects.filter(zone=zone), request.user).order_by("sort_no", "id")
    found = people.filter(name__contains=words) if words else people.filter(lrmx_file__isnull=False)
    shown = list(found[: MOST_SHOWN + 1])
    keys = [one.pk for one in shown]
    files, posts = dossier_files(keys), posts_held(keys, timezone.localdate())
    return render_page(
        request,
        site,
        "admin/documents/lrmx.html",
        "任免审批表",
        q=words,
        rows=[(one, posts.get(one.pk, [None])[0], files.get(one.pk)) for one in shown[:MOST_SHOWN]],
        more=len(shown) > MOST_SHOWN,
        most=MOST_SHOWN,
        most_files=MOST_FILES,
        rounds=scoped(Round.objects.all(), request.user).order_by("-effective_on", "-id"),
    )


def _too_much(given: Sequence[Any]) -> list[str]:
    if not given:
        return ["请先选择一个或几个 .lrmx 文件。"]
    faults = [f"一次最多{MOST_FILES}个文件，现为{len(given)}个。"] if len(given) > MOST_FILES else []
    if sum(one.size for one in given) > LARGEST_UPLOAD:
        faults.append(f"合计不能超过{LARGEST_UPLOAD // 2**20}MB，请分几次上传。")
    limit = LARGEST_FILE // 2**20
    return faults + [f"“{one.name}”超过{limit}MB。" for one in given if one.size > LARGEST_FILE]


def received(request: HttpRequest, site: AdminSite, zone: Zone, token: str) -> HttpResponse:
    """What was uploaded, person by person; confirmed, the files are kept and the chosen facts taken over."""
    try:
        kept = rehearsals.rehearsal_load(token=token, user=actor_of(request))
    except RuleError as fault:
        messages.error(request, str(fault))
        return redirect("admin:lrmx")
    rows = _read(zone, kept.files)
    if request.method == "POST" and attempt(request, lambda: _confirm(request, zone, rows), _told):
        rehearsals.rehearsal_drop(token)
        return redirect("admin:lrmx")
    return render_page(
        request,
        site,
        "admin/documents/lrmx_received.html",
        "任免审批表：核对",
        rows=[
            (one, request.POST.getlist(f"take~{one.number}"), f"same~{one.number}" in request.POST)
            for one in rows
        ],
        matched=sum(one.match is not None for one in rows),
        reason=request.POST.get("reason", ""),
    )


def _read(zone: Zone, files: Sequence[SourceFile]) -> list[Received]:
    rows: list[Received] = []
    seen: dict[int, str] = {}
    for number, file in enumerate(files):
        try:
            match = lrmx_match(zone=zone, content=file.data, on=timezone.localdate())
        except RuleError as fault:
            rows.append(Received(number, file, None, str(fault)))
            continue
        before = seen.get(match.person.pk)
        if before is None:
            seen[match.person.pk] = file.name
            rows.append(Received(number, file, match))
        else:
            rows.append(Received(number, file, None, f"与“{before}”是同一个人（{match.person}）的，不采用。"))
    return rows


def _confirm(request: HttpRequest, zone: Zone, rows: Sequence[Received]) -> tuple[int, int, int]:
    """All of it or nothing; a file found by name only where somebody says that it is the same person."""
    files = facts = 0
    for one in rows:
        elements = request.POST.getlist(f"take~{one.number}")
        if one.match is None:
            continue
        if one.match.by_name and f"same~{one.number}" not in request.POST:
            if elements:
                raise Refused([one.match.warning])
            continue
        match = lrmx_import(
            zone=zone,
            name=one.file.name,
            content=one.file.data,
            actor=actor_of(request),
            on=timezone.localdate(),
            at=timezone.now(),
            confirmed=True,
        )
        files += 1
        if elements:
            taken = lrmx_take_over(
                person=match.person,
                elements=elements,
                actor=actor_of(request),
                reason=request.POST.get("reason", ""),
            )
            facts += len(taken)
    if not files:
        raise Refused(["没有可以保存的文件：没有认出是谁的，或没有确认是同一个人"])
    return files, facts, len(rows) - files


def _told(done: tuple[int, int, int]) -> str:
    files, facts, left = done
    changed = f"更正{facts}项人员信息" if facts else "人员信息没有改动"
    return f"已保存{files}份任免审批表，{changed}" + (f"；{left}份没有采用。" if left else "。")


def export(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The file of one person, or a zip: of the chosen, else of all who are appointed in the round."""
    key = request.POST.get("round", "")
    round_ = scoped(Round.objects.filter(zone=zone), request.user).filter(pk=key if key.isdecimal() else 0)
    if not (found := round_.first()):
        messages.error(request, "请选择轮次。")
        return redirect("admin:lrmx")
    people = None if "everybody" in request.POST else chosen(request)
    if people is not None and not people:
        messages.error(request, "请先在表中选择人员。")
        return redirect("admin:lrmx")
    made: list[tuple[str, bytes, str]] = []

    def make() -> None:
        made.append(
            document_export(
                "approval_form",
                round_=found,
                actor=actor_of(request),
                on=timezone.localdate(),
                people=people,
                fmt="lrmx",
            )
        )

    if not attempt(request, make):
        return redirect("admin:lrmx")
    name, data, content_type = made[0]
    return attachment(data, name, content_type)
