"""What follows from the vote (B8): those carried are proposed, their other applications end, the others
lose."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Appointment, Batch, Meeting, MeetingVote, ProposalList
from appointments.rules.guards import ApplicationFacts, Call, batch_publicize
from appointments.rules.proposals import is_carried
from appointments.selectors.proposals import latest_list
from appointments.selectors.seating import LIVE_APPOINTMENT, seating_of
from appointments.selectors.selection import decide_facts_of, inspection_gaps, vote_shares
from appointments.states import (
    APPLICATION_TRANSITIONS,
    LEADERS,
    PROPOSED_OR_APPOINTED,
    ApplicationState,
    BatchState,
)
from reform.errors import Refused
from reform.models import TenureKind
from reform.selectors import policy_of
from reform.services.steps import Refusal, require_permission, take_steps

from .locks import lock_batch, lock_zone

_S = ApplicationState
_SUPERSEDED = (_S.SUBMITTED, _S.QUALIFIED, _S.SCORED, _S.SHORTLISTED, _S.MATCHED)


@transaction.atomic
def on_publicized(*, batch: Batch, actor: AbstractBaseUser, on: date) -> None:
    """Carry out the vote on the batch's latest list; called by the batch's step B8, whose guard has
    passed."""
    proposal = latest_list(batch)
    if proposal is None:
        raise Refused(["拟聘名单还没有编制"])
    _carry_out(proposal, actor, on)


@transaction.atomic
def proposal_decide(*, proposal: ProposalList, actor: AbstractBaseUser, on: date) -> None:
    """Carry out the vote on a further list of a batch that is in 公示 already (递补): the same guard as B8,
    and the inspection that B7 would have asked for."""
    require_permission(actor, LEADERS, "研究通过，公示")
    batch = lock_batch(proposal.batch)
    if batch.state != BatchState.PUBLICITY:
        raise Refused([f"批次在“{BatchState(batch.state).label}”，递补名单在公示阶段研究"])
    newest = latest_list(batch)
    if newest is None or newest.pk != proposal.pk:
        raise Refused([f"已有更新的{newest}，这一份不再研究"])
    gaps = inspection_gaps(batch, _applications(newest), policy_of(batch.round.policy), on)
    _carry_out(newest, actor, on, gaps)


def _applications(proposal: ProposalList) -> list[Application]:
    return list(
        Application.objects.filter(proposal_rows__list=proposal)
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("proposal_rows__id")
    )


def _carry_out(proposal: ProposalList, actor: AbstractBaseUser, on: date, gaps: Sequence[str] = ()) -> None:
    """Under the lock, so the guard is asked once more: nothing may have changed since the step began."""
    lock_zone(proposal.batch.round.zone)
    policy = policy_of(proposal.batch.round.policy)
    reasons = [*batch_publicize(decide_facts_of(proposal, on, policy), Call(on)), *gaps]
    if reasons:
        raise Refused(reasons)
    meeting = Meeting.objects.get(proposal=proposal)
    _, majority = vote_shares(policy)
    votes = MeetingVote.objects.filter(meeting=meeting).values_list("row__application_id", "in_favour")
    carried = {key for key, ayes in votes if is_carried(ayes, meeting.members, majority)}
    rows = _applications(proposal)
    proposed = [one for one in rows if one.pk in carried]
    _require_all(_propose(proposal, proposed, meeting, actor, on))
    _end(
        [one for one in rows if one.pk not in carried],
        "lose",
        actor,
        on,
        reason="表决未通过",
        document_no=meeting.minutes_no,
    )
    _end(_others(proposal, proposed), "supersede", actor, on)


def _propose(
    proposal: ProposalList, rows: Sequence[Application], meeting: Meeting, actor: AbstractBaseUser, on: date
) -> list[Refusal]:
    batch = proposal.batch
    seating = seating_of(batch.round)
    elsewhere = _held_elsewhere(batch, rows)

    def facts(one: Application) -> ApplicationFacts:
        person = one.candidacy.person
        avoidance = seating.avoidance(person.pk, person.name, one.position_id)
        return ApplicationFacts(
            name=person.name,
            batch_state=batch.state,
            in_favour=True,
            held_elsewhere=elsewhere.get(person.pk, ""),
            blocks=avoidance.blocks_of(person.pk),
        )

    return take_steps(
        rows,
        table=APPLICATION_TRANSITIONS,
        event="propose",
        facts_of=facts,
        actor=actor,
        on=on,
        document_no=meeting.minutes_no,
        subject=f"{proposal} {len(rows)}人",
    )


def _held_elsewhere(batch: Batch, rows: Sequence[Application]) -> dict[int, str]:
    """Person → the main post that was proposed or given to them before: one in a round at most (§3)."""
    people = {one.candidacy.person_id for one in rows}
    won = Application.objects.filter(candidacy__round=batch.round_id, state__in=PROPOSED_OR_APPOINTED)
    held = Appointment.objects.filter(
        round=batch.round_id, kind=TenureKind.PRIMARY, state__in=LIVE_APPOINTMENT, application=None
    )
    found = {
        one.candidacy.person_id: str(one.position)
        for one in won.select_related("candidacy", "position__unit__parent")
    }
    found |= {one.person_id: str(one.position) for one in held.select_related("position__unit__parent")}
    return {person: post for person, post in found.items() if person in people}


def _others(proposal: ProposalList, proposed: Sequence[Application]) -> list[Application]:
    """The other live applications of those who were proposed, in all batches of the round."""
    people = {one.candidacy.person_id for one in proposed}
    rows = Application.objects.filter(
        candidacy__round=proposal.batch.round_id, state__in=_SUPERSEDED
    ).select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
    return [one for one in rows if one.candidacy.person_id in people]


def _end(
    rows: Sequence[Application],
    event: str,
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
) -> None:
    """A step of the system, which no guard stands against."""
    _require_all(
        take_steps(
            rows,
            table=APPLICATION_TRANSITIONS,
            event=event,
            facts_of=lambda one: None,
            actor=actor,
            on=on,
            reason=reason,
            document_no=document_no,
        )
    )


def _require_all(refused: Sequence[Refusal]) -> None:
    """The batch moves as a whole: one person who may not is in the way of all."""
    if refused:
        raise Refused([str(one) for one in refused])
