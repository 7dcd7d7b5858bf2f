"""离开呈批 (domain.md §5, §12): the office prepares a dismissal, another person decides it for the leaders.

What is decided on (T01, T05–T10) passes through here; 退休、辞职、调出、死亡 are registered in exits.py as
they happen. The protections and all other conditions are looked at when it is prepared and again when it is
decided.
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Exit, ExitProposal, Placement
from appointments.rules.guards import Call, DecisionFacts, TermFacts, appointment_terminate
from appointments.rules.termination import DECIDED_CAUSES
from appointments.selectors.exit_proposals import grounds_from, grounds_stored
from appointments.selectors.terms import Grounds, appointments_held, leaving_against, rounds_left
from appointments.states import (
    EXIT_PROPOSAL_TRANSITIONS,
    IN_FORCE,
    LEADERS,
    OFFICE,
    PLACEMENT_TRANSITIONS,
    ExitProposalState,
)
from reform.access import person_of
from reform.avoidance import conflicts
from reform.errors import Refused
from reform.guards import lacks_document
from reform.models import Person
from reform.selectors import kinship_relations
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission, take_step
from reform.workflow import transitions_from

from . import exits

_WITH = (
    "person__zone",
    "zone",
    "appointment__person",
    "appointment__position__unit__parent",
    "appointment__round__policy",
    "appointment__zone",
    "appointment__tenure",
    "placement__person",
    "placement__round__zone",
)


@transaction.atomic
def exit_propose(
    *,
    person: Person,
    cause: str,
    left_on: date,
    document_no: str,
    actor: AbstractBaseUser,
    on: date,
    grounds: Grounds | None = None,
    reason: str = "",
    appointment: Appointment | None = None,
    placement: Placement | None = None,
) -> ExitProposal:
    """Prepare a dismissal for the leaders' decision; nothing ends yet. Raises Refused with all reasons: what
    the law asks for the cause, and who is protected.

    appointment: only this one is to end (the person leaves with the main post, but for 期满不续); placement:
    of somebody who was to be placed.
    """
    require_permission(actor, OFFICE, "呈批离开")
    grounds = grounds or Grounds()
    proposal = ExitProposal(
        zone=person.zone,
        person=person,
        cause=cause,
        left_on=left_on,
        document_no=document_no.strip(),
        reason=reason.strip(),
        grounds=grounds_stored(grounds),
        appointment=appointment,
        placement=placement,
        proposed_by_id=actor.pk,
        proposed_on=on,
    )
    reasons = _causes(cause) or _against(proposal, grounds, on)
    if _stands_back(actor, person):
        reasons.append(_stands_back(actor, person))
    if ExitProposal.objects.filter(person=person, state=ExitProposalState.PROPOSED).exists():
        reasons.append("此人已有一件待决定的离开呈批")
    if reasons:
        raise Refused(reasons)
    proposal.full_clean()
    event = audit_record(
        actor=actor,
        action="呈批离开",
        zone=person.zone,
        subject=str(proposal),
        reason=reason,
        document_no=document_no,
        details=proposal.grounds,
    )
    save_all(event, created=[proposal])
    return proposal


def _causes(cause: str) -> list[str]:
    if cause in DECIDED_CAUSES:
        return []
    if cause in Exit.Cause.values:
        return [f"“{Exit.Cause(cause).label}”直接登记，不需要呈批"]
    return ["须选择离开原因"]


def _against(proposal: ExitProposal, grounds: Grounds, on: date) -> list[str]:
    """What stands against it on a day, by what is to end."""
    call = Call(on, proposal.reason, proposal.document_no)
    one, person = proposal.appointment, proposal.person
    reasons = leaving_against(person, one, proposal.cause, proposal.left_on, grounds, on)
    if one is not None:
        if one.state not in IN_FORCE:
            reasons.append(f"聘任已是“{one.get_state_display()}”，不能解聘")
        elif proposal.left_on <= one.starts_on:
            reasons.append(f"聘任从{one.starts_on}开始，不能在{proposal.left_on}之前结束")
        facts = TermFacts(name=person.name, cause=proposal.cause, cause_reasons=reasons)
        return appointment_terminate(facts, call)
    reasons = lacks_document(call) + reasons
    if proposal.placement is not None:
        row = proposal.placement
        if "leave" not in {step.event for step in transitions_from(PLACEMENT_TRANSITIONS, row.state)}:
            reasons.append(f"安置已是“{row.get_state_display()}”，不能登记离开")
    elif not appointments_held(person.zone).filter(person=person).exists() and not rounds_left(person, []):
        reasons.append(f"{person}不在任何一轮聘任的范围内，或已登记离开")
    return reasons


def _stands_back(actor: AbstractBaseUser, person: Person) -> str:
    """履职回避: nobody prepares or decides the dismissal of themself or of a relative."""
    own = person_of(actor)
    if own is None:
        return ""
    word = conflicts(own.pk, {person.pk}, kinship_relations(person.zone)).get(person.pk, "")
    return f"与{person}是{word}关系，须回避" if word and word != "本人" else "是本人，须回避" if word else ""


@transaction.atomic
def exit_approve(*, proposal: ExitProposal, actor: AbstractBaseUser, on: date) -> list[Exit]:
    """The leaders agree, somebody other than who prepared it: everything that ends with it ends, as
    exits.py has it, and the protections are looked at once more. Returns the exits recorded."""
    fresh = _locked(proposal)
    grounds = grounds_from(fresh.grounds)
    require_permission(actor, LEADERS, "同意离开")
    blocks = [] if fresh.state != ExitProposalState.PROPOSED else _against(fresh, grounds, on)
    _take(fresh, "approve", actor, on, reason=fresh.reason, blocks=blocks)
    _note(fresh, actor, on, "记载离开决定")
    said: dict[str, Any] = {
        "document_no": fresh.document_no,
        "actor": actor,
        "on": on,
        "grounds": grounds,
        "reason": fresh.reason,
        "proposal": fresh,
    }
    if fresh.appointment is not None:
        found = exits.appointment_terminate(
            appointment=fresh.appointment, cause=fresh.cause, ended_on=fresh.left_on, **said
        )
    elif fresh.placement is not None:
        said["reason"] = fresh.reason or fresh.get_cause_display()
        found = exits.placement_leave(
            placement=fresh.placement, cause=fresh.cause, left_on=fresh.left_on, **said
        )
    else:
        found = exits.person_leave(person=fresh.person, cause=fresh.cause, left_on=fresh.left_on, **said)
    _follow(proposal, fresh)
    return found


@transaction.atomic
def exit_refuse(*, proposal: ExitProposal, reason: str, actor: AbstractBaseUser, on: date) -> None:
    """The leaders do not agree, and say why; nothing ends."""
    fresh = _locked(proposal)
    _take(fresh, "refuse", actor, on, reason=reason)
    _note(fresh, actor, on, "记载离开决定", answer=reason)
    _follow(proposal, fresh)


@transaction.atomic
def exit_proposal_withdraw(*, proposal: ExitProposal, reason: str, actor: AbstractBaseUser, on: date) -> None:
    """Its maker takes it back before it is decided."""
    fresh = _locked(proposal)
    _take(fresh, "withdraw", actor, on, reason=reason)
    event = audit_record(
        actor=actor, action="记载撤回理由", zone=fresh.zone, subject=str(fresh), reason=reason
    )
    save_all(event, changed=[edit(fresh, answer=reason[:300])])
    _follow(proposal, fresh)


def _locked(proposal: ExitProposal) -> ExitProposal:
    return ExitProposal.objects.select_for_update(of=("self",)).select_related(*_WITH).get(pk=proposal.pk)


def _take(
    row: ExitProposal,
    step: str,
    actor: AbstractBaseUser,
    on: date,
    *,
    reason: str,
    blocks: list[str] | None = None,
) -> None:
    against = list(blocks or [])
    if step != "withdraw" and (word := _stands_back(actor, row.person)):
        against.append(word)
    take_step(
        row,
        table=EXIT_PROPOSAL_TRANSITIONS,
        event=step,
        facts=DecisionFacts(is_maker=row.proposed_by_id == actor.pk, blocks=against),
        actor=actor,
        on=on,
        reason=reason,
        document_no=row.document_no,
    )


def _note(row: ExitProposal, actor: AbstractBaseUser, on: date, action: str, answer: str = "") -> None:
    event = audit_record(
        actor=actor,
        action=action,
        zone=row.zone,
        subject=str(row),
        reason=answer,
        document_no=row.document_no,
    )
    save_all(event, changed=[edit(row, decided_by_id=actor.pk, decided_on=on, answer=answer[:300])])


def _follow(proposal: ExitProposal, fresh: ExitProposal) -> None:
    """The caller's row shows what was written."""
    for name in ("state", "decided_by_id", "decided_on", "answer"):
        setattr(proposal, name, getattr(fresh, name))
