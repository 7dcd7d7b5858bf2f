"""解聘 and leaving (T01–T11): every post ends, every application is lost, the archived identity comes back
(domain.md §5)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Appointment, Exit, ExitProposal, Placement, Secondment
from appointments.rules.guards import Call, TermFacts
from appointments.rules.termination import DECIDED_CAUSES, LEAVING_CAUSES, REGISTERED_CAUSES
from appointments.selectors.terms import (
    Grounds,
    appointments_held,
    leaving_notes,
    leaving_of,
    leaving_reasons,
    primary_of,
    rounds_left,
)
from appointments.states import (
    APPOINTMENT_TRANSITIONS,
    IN_FORCE,
    LEADERS,
    LIVE,
    OFFICE,
    PLACEMENT_TRANSITIONS,
    AppointmentState,
    ExitProposalState,
    PlacementState,
)
from reform.errors import Refused
from reform.guards import lacks_document
from reform.models import Person, TenureKind
from reform.selectors import policy_of, policy_version_as_of
from reform.services import archived_statuses_end, audit_record, edit, save_all, tenures_close
from reform.services.steps import require_permission, take_step

from .endings import applications_lose, drafts_discard
from .rounds import exit_record

SYSTEM_STEP = ""  # what follows from another step needs no permission of its own
_OVER = (PlacementState.PLACED, PlacementState.LEFT)


@dataclass(frozen=True)
class _Departure:
    """Who goes, from which day on, why, and by whose word."""

    person: Person
    cause: str
    left_on: date
    document_no: str
    actor: AbstractBaseUser
    on: date
    reason: str

    @property
    def label(self) -> str:
        return dict(Exit.Cause.choices).get(self.cause, self.cause)


@transaction.atomic
def appointment_terminate(
    *,
    appointment: Appointment,
    cause: str,
    ended_on: date,
    document_no: str,
    actor: AbstractBaseUser,
    on: date,
    grounds: Grounds | None = None,
    leaves: bool | None = None,
    reason: str = "",
    proposal: ExitProposal | None = None,
) -> list[Exit]:
    """End an appointment before its time, for one of T01–T11 and by the law of the person's 身份.

    ended_on: the first day on which it no longer holds.  leaves: whether the person leaves the zone with the
    main post; by default so for every cause but 期满不续.  Returns the exits recorded, one for each round
    that counts the person.  proposal: what the leaders agreed to (exit_proposals.py), for the causes on which
    they decide.  Raises Refused with all reasons: a protected person is not dismissed under T05–T08.
    """
    going = _Departure(appointment.person, cause, ended_on, document_no, actor, on, reason)
    _require_decision(going, proposal)
    grounds = grounds or Grounds()
    reasons, notes = _looked_at(going, appointment, grounds)
    reasons = _impossible(appointment, going) or reasons
    take_step(
        appointment,
        table=APPOINTMENT_TRANSITIONS,
        event="terminate",
        facts=TermFacts(name=going.person.name, cause=cause, cause_reasons=reasons),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    _record_grounds(going, grounds, notes)
    _end_rows([appointment], going)
    if leaves is None:
        leaves = cause in LEAVING_CAUSES and appointment.kind == TenureKind.PRIMARY
    if leaves:
        return _leave(going, ended=[appointment])
    if appointment.tenure is not None and appointment.tenure.ends_before is None:
        tenures_close(
            zone=appointment.zone,
            tenures=[appointment.tenure],
            ends_before=ended_on,
            actor=actor,
            reason=going.label,
        )
    return []


@transaction.atomic
def person_leave(
    *,
    person: Person,
    cause: str,
    left_on: date,
    document_no: str,
    actor: AbstractBaseUser,
    on: date,
    grounds: Grounds | None = None,
    reason: str = "",
    proposal: ExitProposal | None = None,
) -> list[Exit]:
    """A person leaves the zone, with or without an appointment, also in the middle of a round.

    Whatever they were being appointed to is lost and its seat free again, 公示 or not. Retirement,
    resignation, transfer and death are registered by the office; a dismissal is decided by the leaders on the
    office's proposal.
    """
    going = _Departure(person, cause, left_on, document_no, actor, on, reason)
    _require_decision(going, proposal)
    _require_ground(going, grounds or Grounds())
    return _leave(going)


@transaction.atomic
def placement_leave(
    *,
    placement: Placement,
    cause: str,
    left_on: date,
    document_no: str,
    actor: AbstractBaseUser,
    on: date,
    grounds: Grounds | None = None,
    reason: str,
    proposal: ExitProposal | None = None,
) -> list[Exit]:
    """Somebody who was to be placed leaves instead (离开): 退休、调出、辞职, or 辞退 after refusing the
    offers."""
    going = _Departure(placement.person, cause, left_on, document_no, actor, on, reason)
    _require_decision(going, proposal)
    _require_ground(going, grounds or Grounds())
    take_step(
        placement,
        table=PLACEMENT_TRANSITIONS,
        event="leave",
        facts=None,
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
        permission=OFFICE if cause in REGISTERED_CAUSES else LEADERS,
    )
    return _leave(going)


def _require_decision(going: _Departure, proposal: ExitProposal | None) -> None:
    """A dismissal needs the leaders' decision on what the office proposed, of this person for this cause."""
    if going.cause not in DECIDED_CAUSES:
        return
    agreed = (
        proposal is not None
        and proposal.state == ExitProposalState.APPROVED
        and (proposal.person_id, proposal.cause) == (going.person.pk, going.cause)
    )
    if not agreed:
        raise Refused([f"“{going.label}”须由聘任办公室呈批、领导小组决定后办理"])


def _require_ground(going: _Departure, grounds: Grounds) -> None:
    """Refuse a leaving without the right to register it, its document, or what the law asks for."""
    is_registered = going.cause in REGISTERED_CAUSES
    require_permission(going.actor, OFFICE if is_registered else LEADERS, f"办理离开（{going.label}）")
    if going.cause not in Exit.Cause.values:
        raise Refused(["须选择离开原因"])
    call = Call(going.on, going.reason, going.document_no)
    reasons, notes = _looked_at(going, primary_of(going.person), grounds)
    reasons = lacks_document(call) + reasons
    if reasons:
        raise Refused(reasons)
    _record_grounds(going, grounds, notes)


def _impossible(appointment: Appointment, going: _Departure) -> list[str]:
    if going.cause not in Exit.Cause.values:
        return ["须选择解聘原因"]
    if going.left_on <= appointment.starts_on:
        return [f"聘任从{appointment.starts_on}开始，不能在{going.left_on}之前结束"]
    return []


def _looked_at(
    going: _Departure, appointment: Appointment | None, grounds: Grounds
) -> tuple[list[str], dict[str, str]]:
    """What stands against a leaving, and what its record is to say."""
    version = appointment.round.policy if appointment else policy_version_as_of(going.person.zone, going.on)
    policy = policy_of(version)
    leaving = leaving_of(going.person, appointment, going.cause, going.left_on, grounds, going.on, policy)
    return leaving_reasons(leaving, policy), leaving_notes(leaving, policy)


def _record_grounds(going: _Departure, grounds: Grounds, notes: dict[str, str]) -> None:
    """Keep what the decision rested on: notice, application, absences, the look at the protections."""
    audit_record(
        actor=going.actor,
        action="解聘依据",
        zone=going.person.zone,
        subject=f"{going.person} {going.label}",
        document_no=going.document_no,
        reason=going.reason,
        details={name: value for name, value in asdict(grounds).items() if value} | notes,
    )


def _leave(going: _Departure, ended: Sequence[Appointment] = ()) -> list[Exit]:
    """Everything that ends with a person's leaving; `ended`: what has been ended already."""
    held = appointments_held(going.person.zone).filter(person=going.person)
    others = [
        one
        for one in held.select_related("round__zone", "person", "position__unit__parent")
        if one.pk not in {row.pk for row in ended}
    ]
    rounds = rounds_left(going.person, [*ended, *others])
    if not (rounds or ended or others):
        raise Refused([f"{going.person}不在任何一轮聘任的范围内，或已登记离开"])
    for one in others:
        if one.state in IN_FORCE:
            _terminate_too(one, going)
    _end_rows(others, going)
    _lose_everything(going)
    exits = [
        Exit(
            round=one,
            person=going.person,
            left_on=going.left_on,
            cause=going.cause,
            document_no=going.document_no,
            reason=going.reason[:200],
        )
        for one in rounds
    ]
    for exit_ in exits:
        exit_record(exit_=exit_, actor=going.actor)
    _close_tenures(going)
    _end_secondments(going)
    _end_placements(going)
    archived_statuses_end(
        zone=going.person.zone,
        people=[going.person.pk],
        ends_before=going.left_on,
        actor=going.actor,
        reason=going.label,
    )
    return exits


def _terminate_too(appointment: Appointment, going: _Departure) -> None:
    take_step(
        appointment,
        table=APPOINTMENT_TRANSITIONS,
        event="terminate",
        facts=TermFacts(name=going.person.name, cause=going.cause),
        actor=going.actor,
        on=going.on,
        reason=going.reason,
        document_no=going.document_no,
        permission=SYSTEM_STEP,
    )


def _end_rows(appointments: Sequence[Appointment], going: _Departure) -> None:
    if not appointments:
        return
    event = audit_record(
        actor=going.actor,
        action="聘任提前结束",
        zone=going.person.zone,
        subject=str(going.person),
        reason=going.label,
        document_no=going.document_no,
    )
    edits = [edit(one, ended_on=going.left_on, end_cause=going.cause) for one in appointments]
    save_all(event, changed=edits)


def _lose_everything(going: _Departure) -> None:
    """Whatever the person was being considered for, up to 拟聘 in the middle of its 公示, and appointments
    that were written down and have not taken effect."""
    applications = Application.objects.filter(candidacy__person=going.person, state__in=LIVE)
    applications_lose(
        applications=applications.select_related("candidacy__round__zone", "candidacy__person").order_by(
            "id"
        ),
        actor=going.actor,
        on=going.on,
        reason=f"本人离开（{going.label}）",
        subject=str(going.person),
    )
    drafts_discard(
        appointments=Appointment.objects.filter(person=going.person, state=AppointmentState.PENDING),
        zone=going.person.zone,
        actor=going.actor,
        reason=f"本人离开（{going.label}）",
    )


def _close_tenures(going: _Departure) -> None:
    """兼任 and 主持工作; the main post was closed with the exit, unless no round counts the person."""
    tenures = list(going.person.tenures.filter(ends_before=None).select_related("position__unit__parent"))
    if tenures:
        tenures_close(
            zone=going.person.zone,
            tenures=tenures,
            ends_before=going.left_on,
            actor=going.actor,
            reason=going.label,
        )


def _end_secondments(going: _Departure) -> None:
    running = Secondment.objects.filter(
        person=going.person, starts_on__lt=going.left_on, ends_before__gt=going.left_on, ended_on=None
    )
    edits = [edit(one, ended_on=going.left_on) for one in running]
    if edits:
        event = audit_record(
            actor=going.actor,
            action="结束挂职",
            zone=going.person.zone,
            subject=str(going.person),
            reason=going.label,
        )
        save_all(event, changed=edits)


def _end_placements(going: _Departure) -> None:
    rows = Placement.objects.filter(person=going.person).exclude(state__in=_OVER)
    for placement in rows.select_related("round__zone", "person"):
        take_step(
            placement,
            table=PLACEMENT_TRANSITIONS,
            event="leave",
            facts=None,
            actor=going.actor,
            on=going.on,
            reason=going.reason or going.label,
            document_no=going.document_no,
            permission=SYSTEM_STEP,
        )
