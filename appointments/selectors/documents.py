"""What is read to print: a batch's posts, applications, lists and appointments; papers in the register and
what they still lack."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from appointments.models import (
    Application,
    Appointment,
    Baseline,
    Batch,
    BatchPost,
    BatchStep,
    Document,
    DocumentLine,
    DocumentTemplate,
    Offer,
    PersonDossierFile,
    Placement,
    ProposalList,
    ProposalRow,
    Round,
)
from appointments.states import IN_FORCE, ApplicationState, AppointmentState
from reform.avoidance import avoidance_class
from reform.models import AnnualGrade, Honour, Kinship, Person, Sanction, Tenure, TenureKind, Zone

from .assessment import COMPETITIVE

POST = "position__unit__parent"
DRAFTED_OR_IN_FORCE = (AppointmentState.PENDING, *IN_FORCE)


def posts_offered(batch: Batch) -> list[BatchPost]:
    """The open posts of a batch in the order of the setup."""
    posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN)
    return list(posts.select_related(POST).order_by("position__sort_no", "id"))


def steps_planned(batch: Batch) -> list[BatchStep]:
    """The calendar of a batch."""
    return list(BatchStep.objects.filter(batch=batch).order_by("starts_on", "ends_before", "id"))


def applications_of(
    batch: Batch, states: Collection[str] = (), people: Collection[int] | None = None
) -> list[Application]:
    """Applications of a batch by post and rank, with what the screening and the assessment found; withdrawn
    ones only where their state is asked for."""
    found = Application.objects.filter(candidacy__batch=batch)
    found = (
        found.filter(state__in=states) if states else found.exclude(state=ApplicationState.WITHDRAWN.value)
    )
    if people is not None:
        found = found.filter(candidacy__person__in=people)
    return list(
        found.select_related(
            "candidacy__person", "candidacy__batch__round__zone", POST, "screened_by", "reviewed_by"
        )
        .select_related("inspection")
        .prefetch_related("rule_results", "waivers", "candidacy__scores", "candidacy__applications")
        .order_by("position__sort_no", "position__code", "rank", "candidacy__sort_no", "id")
    )


def posts_competed(batch: Batch) -> frozenset[int]:
    """The posts of a batch that are won by scores."""
    posts = BatchPost.objects.filter(batch=batch, method__in=COMPETITIVE)
    return frozenset(posts.values_list("position_id", flat=True))


def related_in_zone(people: Collection[int]) -> dict[int, str]:
    """Person id → 有：张三（表兄弟）: the relatives in the zone to whom 回避 applies, whoever declared
    them."""
    found: dict[int, dict[int, str]] = {}
    rows = Kinship.objects.filter(Q(person__in=people) | Q(relative__in=people), relative__isnull=False)
    for one in rows.select_related("person", "relative").order_by("relation", "id"):
        if one.relative is None or not avoidance_class(one.relation).is_avoided:
            continue
        relation = one.get_relation_display()
        found.setdefault(one.person_id, {})[one.relative.pk] = f"{one.relative.name}（{relation}）"
        told = f"{one.person.name}（对方登记为{relation}）"
        found.setdefault(one.relative.pk, {}).setdefault(one.person_id, told)
    return {key: f"有：{'、'.join(found[key].values())}" for key in people if key in found}


def lists_publicized(batch: Batch) -> list[ProposalList]:
    """The 拟聘名单 of a batch in their order, with rows and 公示; a list without 公示 too."""
    rows = ProposalRow.objects.select_related(
        "application__candidacy__person", "application__position__unit__parent"
    ).order_by("application__position__sort_no", "id")
    return list(
        ProposalList.objects.filter(batch=batch)
        .select_related("publicity", "meeting")
        .prefetch_related(Prefetch("rows", rows), "rows__application__waivers")
        .order_by("number")
    )


def appointments_printed(
    round_: Round,
    batch: Batch | None = None,
    people: Collection[int] | None = None,
    *,
    later: bool = False,
) -> list[Appointment]:
    """The appointments that papers are made for: those of a batch, or those that the whole round made,
    whatever became of them afterwards; one that ended before it began is none.

    later: instead, what follows on them and is drafted or in force (续聘, 变更).
    """
    found = _made(round_, later)
    if batch is not None:
        found = found.filter(application__candidacy__batch=batch)
    if people is not None:
        found = found.filter(person__in=people)
    return list(
        found.select_related("person", POST, "application").order_by("sort_no", "position__sort_no", "id")
    )


def printed_counts(round_: Round) -> dict[str, int]:
    """Of how many appointments the round's papers are, and how many follow on them."""
    return {"made": _made(round_, later=False).count(), "later": _made(round_, later=True).count()}


def _made(round_: Round, later: bool) -> QuerySet[Appointment]:
    found = Appointment.objects.filter(round=round_)
    if later:
        states = [one.value for one in DRAFTED_OR_IN_FORCE]
        return found.filter(previous__round=round_, state__in=states)
    own = found.filter(Q(previous=None) | ~Q(previous__round=round_))
    return own.exclude(state=AppointmentState.TERMINATED, tenure=None)


def posts_left(appointments: Sequence[Appointment]) -> dict[int, tuple[Tenure, ...]]:
    """Appointment id → the main posts that its person leaves for it: held the day before at another lineage.

    The same post held on (续聘) is not left. One statement.
    """
    mains = [one for one in appointments if one.kind == TenureKind.PRIMARY]
    held: dict[int, list[Tenure]] = {}
    tenures = Tenure.objects.filter(
        person__in={one.person_id for one in mains}, kind=TenureKind.PRIMARY
    ).select_related(POST)
    for tenure in tenures.order_by("id"):
        held.setdefault(tenure.person_id, []).append(tenure)
    return {
        one.pk: tuple(
            tenure
            for tenure in held.get(one.person_id, ())
            if _held_until(tenure, one.starts_on)
            and tenure.pk != one.tenure_id
            and tenure.position.lineage not in one.position.lineages
        )
        for one in mains
    }


def _held_until(tenure: Tenure, starts_on: date) -> bool:
    """Held right up to a day: still open, or closed on that very day, and begun before it."""
    begun = tenure.starts_on is None or tenure.starts_on < starts_on
    return begun and tenure.ends_before in (None, starts_on)


def posts_held(people: Iterable[int], on: date) -> dict[int, list[Tenure]]:
    """Person id → the posts held on a day, the main one first."""
    found: dict[int, list[Tenure]] = {}
    tenures = Tenure.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=on),
        Q(ends_before=None) | Q(ends_before__gt=on),
        person__in=set(people),
    ).select_related(POST)
    for tenure in sorted(tenures, key=lambda one: (one.kind != TenureKind.PRIMARY, one.pk)):
        found.setdefault(tenure.person_id, []).append(tenure)
    return found


def careers(people: Collection[int]) -> dict[int, list[Tenure]]:
    """Person id → main posts, the earliest first; those without a known start left out."""
    found: dict[int, list[Tenure]] = {}
    tenures = Tenure.objects.filter(
        person__in=people, kind=TenureKind.PRIMARY, starts_on__isnull=False
    ).select_related(POST)
    for tenure in tenures.order_by("starts_on", "id"):
        found.setdefault(tenure.person_id, []).append(tenure)
    return found


def grades_of(people: Collection[int]) -> dict[int, list[AnnualGrade]]:
    """Person id → annual grades, the earliest first."""
    found: dict[int, list[AnnualGrade]] = {}
    for grade in AnnualGrade.objects.filter(person__in=people).order_by("year"):
        found.setdefault(grade.person_id, []).append(grade)
    return found


def honours_and_sanctions(people: Collection[int]) -> dict[int, list[Honour | Sanction]]:
    """Person id → what was given to and imposed on the person, the earliest first; an investigation is
    neither."""
    found: dict[int, list[Honour | Sanction]] = {}
    honours = Honour.objects.filter(person__in=people)
    sanctions = Sanction.objects.filter(person__in=people).exclude(kind=Sanction.Kind.INVESTIGATION)
    dated: list[tuple[date, Honour | Sanction]] = [(one.granted_on, one) for one in honours]
    dated += [(one.decided_on, one) for one in sanctions]
    for _, one in sorted(dated, key=lambda row: (row[0], row[1].pk)):
        found.setdefault(one.person_id, []).append(one)
    return found


def relatives_of(people: Collection[int]) -> dict[int, list[Kinship]]:
    """Person id → relatives, in the order of the code table: spouse, children, parents first."""
    found: dict[int, list[Kinship]] = {}
    rows = Kinship.objects.filter(person__in=people).select_related("relative")
    for one in rows.order_by("relation", "id"):
        found.setdefault(one.person_id, []).append(one)
    return found


def dossier_files(people: Collection[int]) -> dict[int, PersonDossierFile]:
    """Person id → the .lrmx that came in."""
    return {one.person_id: one for one in PersonDossierFile.objects.filter(person__in=people)}


def people_in(zone: Zone, people: Collection[int]) -> list[Person]:
    """Persons of a zone by key, in their order."""
    return list(Person.objects.filter(zone=zone, pk__in=people).order_by("sort_no", "id"))


def placements_of(round_: Round) -> list[Placement]:
    """落聘安置 of a round with its offers."""
    offers = Offer.objects.select_related(POST).order_by("number")
    return list(
        Placement.objects.filter(round=round_)
        .select_related("person", POST)
        .prefetch_related(Prefetch("offers", offers))
        .order_by("person__sort_no", "id")
    )


def baselines_by_person(round_: Round, people: Collection[int]) -> dict[int, Baseline]:
    """Person id → the post before the round."""
    return {one.person_id: one for one in Baseline.objects.filter(round=round_, person__in=people)}


def template_in_use(zone: Zone, kind: str) -> DocumentTemplate | None:
    """The office's own template of a kind; None: the one that comes with the system."""
    return DocumentTemplate.objects.filter(zone=zone, kind=kind, is_current=True).first()


def appointment_document(batch: Batch) -> Document | None:
    """The latest 聘任文件 of a batch."""
    found = Document.objects.filter(batch=batch, kind=Document.Kind.APPOINTMENT)
    return found.order_by("-year", "-number").first()


def document_lines(document: Document) -> list[DocumentLine]:
    """A paper's lines, appointments with their post and person."""
    lines = DocumentLine.objects.filter(document=document)
    return list(
        lines.select_related("appointment__person", "appointment__position__unit__parent").order_by("id")
    )


def document_lacks(document: Document, lines: Sequence[DocumentLine] | None = None) -> list[str]:
    """What a paper still lacks to be complete, in Chinese; [] where lines and declared counts agree (§3a)."""
    lines = document_lines(document) if lines is None else lines
    reasons = []
    for kind, declared, word in (
        (DocumentLine.Kind.APPOINT, document.declared_appointments, "聘任"),
        (DocumentLine.Kind.DISMISS, document.declared_dismissals, "免职（解聘）"),
    ):
        listed = sum(1 for line in lines if line.kind == kind)
        if listed != declared:
            reasons.append(f"文件写明{word}{declared}人，已列{listed}人")
    if document.kind in (Document.Kind.APPOINTMENT, Document.Kind.DISMISSAL):
        if not lines:
            reasons.append("文件里还没有人")
        for name, word in (("met_on", "会议日期"), ("issued_on", "发文日期"), ("effective_on", "任免日期")):
            if getattr(document, name) is None:
                reasons.append(f"缺{word}")
    return reasons


def document_digest(document: Document, lines: Sequence[DocumentLine] | None = None) -> str:
    """The hash of what was reviewed: the paper's head and its lines. A change of any of them changes it."""
    lines = document_lines(document) if lines is None else lines
    head = [
        document.kind,
        document.document_no,
        document.title,
        *(f"{day}" for day in (document.met_on, document.issued_on, document.effective_on)),
        document.declared_appointments,
        document.declared_dismissals,
    ]
    body = [[line.kind, line.appointment_id, line.person_name, line.post] for line in lines]
    return hashlib.sha256(json.dumps([head, body], ensure_ascii=False).encode()).hexdigest()


def is_document_reviewed(document: Document) -> bool:
    """Whether a second person has reviewed the paper as it stands now, and it is complete."""
    lines = document_lines(document)
    if document.reviewed_by_id is None or document_lacks(document, lines):
        return False
    return document.reviewed_digest == document_digest(document, lines)
