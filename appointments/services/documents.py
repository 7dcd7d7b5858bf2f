"""文件: their numbers, dates and lines, the review by a second person, and the template of what is printed
(§3a)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Max

from appointments.documents.names import post_name
from appointments.documents.wording import heading
from appointments.models import Appointment, Batch, Document, DocumentLine, Round
from appointments.selectors.documents import (
    appointments_printed,
    document_digest,
    document_lacks,
    document_lines,
    posts_left,
)
from appointments.states import OFFICE, AppointmentState
from reform.errors import Refused
from reform.selectors import policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission


@dataclass(frozen=True)
class LineEntry:
    """One line of a paper: an appointment or a dismissal, with the name and the post as they are to be
    read."""

    kind: str
    person_name: str
    post: str
    appointment: Appointment | None = None


@transaction.atomic
def document_create(
    *,
    round_: Round,
    kind: str,
    title: str,
    actor: AbstractBaseUser,
    on: date,
    batch: Batch | None = None,
    year: int | None = None,
    number: int | None = None,
    document_no: str = "",
    lines: Sequence[LineEntry] = (),
    **facts: Any,
) -> Document:
    """Register a paper. Without a number it gets the next of its kind and year, and the number is written by
    the zone's policy; facts: met_on, issued_on, effective_on, declared_appointments, declared_dismissals.

    Raises Refused where the number is taken.
    """
    require_permission(actor, OFFICE, "登记文件")
    year = year or (facts.get("issued_on") or on).year
    # The event's lock on the zone comes first: two who register at once get two numbers.
    event = audit_record(
        actor=actor, action="登记文件", zone=round_.zone, subject=title, document_no=document_no
    )
    number = number or _next_number(round_, kind, year)
    document = Document(
        zone=round_.zone,
        round=round_,
        batch=batch,
        kind=kind,
        year=year,
        number=number,
        document_no=document_no or numbered(round_, year, number),
        title=title,
        made_by_id=actor.pk,
        **facts,
    )
    if Document.objects.filter(zone=round_.zone, kind=kind, year=year, number=number).exists():
        raise Refused([f"{year}年的{document.get_kind_display()}已有第{number}号"])
    document.full_clean()
    save_all(event, created=[document])
    save_all(event, created=_lines(document, lines))
    return document


def numbered(round_: Round, year: int, number: int) -> str:
    """A document number as the zone writes it: 聘〔2022〕3号."""
    pattern = str(policy_of(round_.policy)["round.document_prefix"])
    return pattern.replace("{year}", f"{year}").replace("{number}", f"{number}")


@transaction.atomic
def document_update(
    *, document: Document, actor: AbstractBaseUser, reason: str = "", **values: Any
) -> Document:
    """Change a paper's number, title, dates or declared counts; its review becomes void."""
    require_permission(actor, OFFICE, "修改文件")
    changed = edit(document, **values)
    if changed is None:
        return document
    document.full_clean()
    event = audit_record(
        actor=actor, action="修改文件", zone=document.zone, subject=str(document), reason=reason
    )
    save_all(event, changed=[changed])
    _void_review(document, event)
    return document


@transaction.atomic
def document_lines_set(
    *, document: Document, lines: Sequence[LineEntry], actor: AbstractBaseUser, reason: str = ""
) -> Document:
    """Put the lines of a paper in place of those it has; its review becomes void, and whoever changed it last
    is its maker. Lines that are as they were change nothing."""
    require_permission(actor, OFFICE, "修改文件")
    present = document_lines(document)
    wanted = _lines(document, lines)
    if [_facts(line) for line in present] == [_facts(line) for line in wanted]:
        return document
    event = audit_record(
        actor=actor,
        action="修改文件内容",
        zone=document.zone,
        subject=f"{document} {len(wanted)}条",
        reason=reason,
        document_no=document.document_no,
    )
    save_all(event, changed=[edit(document, made_by_id=actor.pk)], removed=present, created=wanted)
    _void_review(document, event)
    return document


@transaction.atomic
def document_review(*, document: Document, actor: AbstractBaseUser, on: date) -> Document:
    """复核: by somebody who did not make it, of a paper that is complete; holds until anything in it
    changes."""
    require_permission(actor, OFFICE, "复核文件")
    lines = document_lines(document)
    reasons = document_lacks(document, lines)
    if document.made_by_id == actor.pk:
        reasons.append("拟稿人不能复核自己拟的文件，须由第二人复核")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="复核文件",
        zone=document.zone,
        subject=str(document),
        document_no=document.document_no,
        details={"reviewed_on": on},
    )
    digest = document_digest(document, lines)
    save_all(event, changed=[edit(document, reviewed_by_id=actor.pk, reviewed_digest=digest)])
    return document


@transaction.atomic
def appointment_document_draft(
    *,
    batch: Batch,
    actor: AbstractBaseUser,
    on: date,
    document_no: str = "",
    number: int | None = None,
    met_on: date | None = None,
    issued_on: date | None = None,
    effective_on: date | None = None,
) -> Document:
    """The 聘任文件 of a batch from its drafted (PENDING) appointments: each one, and each post that is left
    for it.

    The effective day is that of the appointments where none is given. Raises Refused where nothing is
    drafted.
    """
    appointments = _drafted(batch)
    lines = appointment_lines(appointments)
    return document_create(
        round_=batch.round,
        batch=batch,
        kind=Document.Kind.APPOINTMENT,
        actor=actor,
        on=on,
        number=number,
        document_no=document_no,
        lines=lines,
        met_on=met_on,
        issued_on=issued_on or on,
        effective_on=effective_on or min(one.starts_on for one in appointments),
        **_declared(appointments, lines),
    )


@transaction.atomic
def appointment_document_amend(
    *, document: Document, actor: AbstractBaseUser, reason: str, relist: bool = False, **values: Any
) -> bool:
    """Put the values given into a drafted 聘任文件; whether anything differs now: its review is void then.

    relist: who is appointed and dismissed is listed again as it stands, heading and declared counts follow.
    Raises Refused where nothing is drafted.
    """
    before = document_digest(document, document_lines(document))
    if relist and document.batch is not None:
        appointments = _drafted(document.batch)
        lines = appointment_lines(appointments)
        document_lines_set(document=document, lines=lines, actor=actor, reason=reason)
        values = _declared(appointments, lines) | values
    document_update(document=document, actor=actor, reason=reason, **values)
    return document_digest(document, document_lines(document)) != before


def _drafted(batch: Batch) -> list[Appointment]:
    """The appointments that the 聘任文件 of a batch announces: those that have not taken effect."""
    found = [one for one in appointments_printed(batch.round, batch) if one.state == AppointmentState.PENDING]
    if not found:
        raise Refused([f"“{batch}”还没有待生效的聘任，不能起草聘任文件"])
    return found


def _declared(appointments: Sequence[Appointment], lines: Sequence[LineEntry]) -> dict[str, Any]:
    """Heading and counts of a 聘任文件."""
    dismissals = sum(1 for line in lines if line.kind == DocumentLine.Kind.DISMISS)
    return {
        "title": heading(dict.fromkeys(one.person.name for one in appointments)),
        "declared_appointments": len(lines) - dismissals,
        "declared_dismissals": dismissals,
    }


def appointment_lines(appointments: Sequence[Appointment]) -> list[LineEntry]:
    """The lines for these appointments: first who is appointed, then who is dismissed from what."""
    left = posts_left(appointments)
    appointed = [
        LineEntry(DocumentLine.Kind.APPOINT, one.person.name, post_name(one.position), one)
        for one in appointments
    ]
    return appointed + [
        LineEntry(DocumentLine.Kind.DISMISS, one.person.name, post_name(tenure.position), one)
        for one in appointments
        for tenure in left.get(one.pk, ())
    ]


def _next_number(round_: Round, kind: str, year: int) -> int:
    last = Document.objects.filter(zone=round_.zone, kind=kind, year=year).aggregate(last=Max("number"))
    return (last["last"] or 0) + 1


def _lines(document: Document, lines: Sequence[LineEntry]) -> list[DocumentLine]:
    return [
        DocumentLine(
            document_id=document.pk,
            kind=str(line.kind),
            appointment_id=line.appointment.pk if line.appointment else None,
            person_name=line.person_name,
            post=line.post,
        )
        for line in lines
    ]


def _facts(line: DocumentLine) -> tuple[Any, ...]:
    return (line.kind, line.appointment_id, line.person_name, line.post)


def _void_review(document: Document, event: Any) -> None:
    if document.reviewed_by_id is not None:
        save_all(event, changed=[edit(document, reviewed_by=None, reviewed_digest="")])
