"""公示异议 and what follows: an upheld one takes a person off, and the next by rank takes the seat (递补)."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Appointment, Batch, BatchPost, Objection, ProposalList, Publicity
from appointments.rules.guards import ApplicationFacts
from appointments.selectors.seating import seating_of
from appointments.selectors.selection import agreements_of
from appointments.states import (
    APPLICATION_TRANSITIONS,
    OFFICE,
    SUPERVISORS,
    ApplicationState,
    BatchState,
)
from reform.errors import Refused, StaleState
from reform.services import audit_record, edit, save_all, set_state
from reform.services.steps import require_permission, take_step, take_steps

from .endings import drafts_discard
from .locks import lock_batch, lock_zone
from .matching import Planner, seat_blocks
from .proposals import proposal_freeze

_S = ApplicationState
_O = Objection.State
# Who may still take a seat: scored or on the short list, or qualified where nobody is scored.
_NEXT = (_S.SHORTLISTED, _S.SCORED, _S.QUALIFIED)


@transaction.atomic
def objection_receive(
    *,
    application: Application,
    received_on: date,
    from_whom: str,
    facts: str,
    actor: AbstractBaseUser,
    on: date,
    is_signed: bool = True,
) -> Objection:
    """Register an objection received during the 公示: signed, or with concrete facts. The person's
    appointment waits from now on (PROPOSED → OBJECTED) until every objection is closed; also where it comes
    to the desk when the letter is printed, while nothing is in force."""
    require_permission(actor, SUPERVISORS, "受理异议")
    lock_zone(application.zone)
    application = _fresh(application)
    reasons = _receive_faults(application, received_on, from_whom, facts, is_signed=is_signed)
    if received_on > on:
        reasons.append(f"收到日期{received_on}在今天{on}之后")
    if reasons:
        raise Refused(reasons)
    objection = Objection(
        kind=Objection.Kind.PUBLICITY,
        application=application,
        received_on=received_on,
        from_whom=from_whom.strip() or "不实名",
        is_signed=is_signed,
        facts=facts.strip(),
    )
    objection.full_clean()
    event = audit_record(actor=actor, action="登记公示异议", zone=application.zone, subject=str(application))
    save_all(event, created=[objection])
    if application.state == _S.PROPOSED:
        take_step(
            application,
            table=APPLICATION_TRANSITIONS,
            event="object",
            facts=ApplicationFacts(str(application.person), BatchState.PUBLICITY, objection_open=True),
            actor=actor,
            on=on,
        )
    return objection


def _fresh(application: Application) -> Application:
    return Application.objects.select_related(
        "candidacy__person", "candidacy__round__zone", "candidacy__batch", "position__unit__parent"
    ).get(pk=application.pk)


def _receive_faults(
    application: Application, received_on: date, from_whom: str, facts: str, *, is_signed: bool
) -> list[str]:
    reasons = []
    if application.state not in (_S.PROPOSED, _S.OBJECTED):
        reasons.append(f"{application.person}是“{_S(application.state).label}”，不在公示中")
    publicity = (
        Publicity.objects.filter(proposal__rows__application=application)
        .order_by("-proposal__number")
        .first()
    )
    if publicity is None:
        reasons.append("还没有公示")
    elif not publicity.starts_on <= received_on < publicity.ends_before:
        reasons.append(
            f"公示从{publicity.starts_on}到{publicity.last_on}，{received_on}收到的异议不在公示期内"
        )
    if is_signed and not from_whom.strip():
        reasons.append("实名异议须写明提出人")
    if not facts.strip():
        reasons.append("须写明反映的事实" if is_signed else "不实名的异议须有具体事实")
    return reasons


@transaction.atomic
def objection_close(
    *,
    objection: Objection,
    upheld: bool,
    conclusion: str,
    investigators: str,
    actor: AbstractBaseUser,
    on: date,
    reply: str = "",
    document_no: str = "",
) -> None:
    """Close an objection with what was found. When the last one is closed, the person is taken off if any was
    upheld, which frees the seat, or is proposed again.

    document_no: of the 党工委's decision, without which nobody is taken off a list that it decided on.
    """
    require_permission(actor, SUPERVISORS, "办结异议")
    lock_zone(objection.zone)
    fresh = Objection.objects.select_related("application").get(pk=objection.pk)
    if fresh.kind != Objection.Kind.PUBLICITY:
        raise Refused(["这是资格审查异议，请在资格审查中答复"])
    if fresh.state != _O.OPEN:
        raise StaleState(f"“{fresh}”刚被办结为“{fresh.get_state_display()}”。请刷新后再看。")
    reasons = [] if conclusion.strip() else ["须写明核查结论"]
    if not investigators.strip():
        reasons.append("须写明核查人员")
    if not upheld and not reply.strip():
        reasons.append("异议不成立的，须写明答复")
    if upheld and not document_no.strip():
        reasons.append("异议成立、取消拟聘的，须填写党工委决定文号")
    if on < fresh.received_on:
        reasons.append(f"办结日期{on}早于收到日期{fresh.received_on}")
    if reasons:
        raise Refused(reasons)
    set_state(
        fresh,
        source=_O.OPEN.value,
        target=(_O.UPHELD if upheld else _O.ANSWERED).value,
        event="异议成立" if upheld else "异议不成立",
        actor=actor,
        reason=conclusion,
        document_no=document_no,
    )
    values = {"conclusion": conclusion, "investigators": investigators, "reply": reply, "closed_on": on}
    event = audit_record(
        actor=actor, action="办结公示异议", zone=fresh.zone, subject=str(fresh), document_no=document_no
    )
    save_all(event, changed=[edit(fresh, **values)])
    for name, value in (*values.items(), ("state", fresh.state)):
        setattr(objection, name, value)
    _settle(_fresh(fresh.application), actor, on, conclusion, document_no)


def _settle(
    application: Application, actor: AbstractBaseUser, on: date, conclusion: str, document_no: str
) -> None:
    states = list(
        application.objections.filter(kind=Objection.Kind.PUBLICITY).values_list("state", flat=True)
    )
    if _O.OPEN in states or application.state != _S.OBJECTED:
        return
    is_upheld = _O.UPHELD in states
    if is_upheld:
        drafts_discard(
            appointments=Appointment.objects.filter(application=application),
            zone=application.zone,
            actor=actor,
            reason=conclusion,
        )
    take_step(
        application,
        table=APPLICATION_TRANSITIONS,
        event="drop" if is_upheld else "clear",
        facts=ApplicationFacts(
            str(application.person),
            BatchState.PUBLICITY,
            objection_closed_as=_O.UPHELD if is_upheld else _O.ANSWERED,
        ),
        actor=actor,
        on=on,
        reason=conclusion,
        document_no=document_no,
    )


def substitutes(post: BatchPost) -> list[Application]:
    """Who may take a freed seat of a post, the next first: by rank, where nobody was scored by preference;
    those with the word of both sides, who have no other post of the round and no relative too near."""
    seating = seating_of(post.batch.round, post.batch)
    said = agreements_of(post.batch)
    rows = (
        Application.objects.filter(candidacy__batch=post.batch, position=post.position, state__in=_NEXT)
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("rank", "choice_no", "id")
    )
    return [
        one
        for one in rows
        if said.get(one.pk) == (True, True)
        and not seat_blocks(seating, one.candidacy.person_id, one.candidacy.person.name, one.position_id)
    ]


@transaction.atomic
def substitute(*, post: BatchPost, actor: AbstractBaseUser, on: date) -> ProposalList:
    """递补: the next by rank takes the seat that an upheld objection has freed, and goes onto a further list
    of the batch, with its own approval, vote and 公示; the batch stays in 公示. Without anybody left the seat
    goes to the next batch."""
    require_permission(actor, OFFICE, "递补")
    batch = lock_batch(post.batch)
    seating = seating_of(batch.round, batch)
    candidates = substitutes(post)
    reasons = []
    if batch.state != BatchState.PUBLICITY:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，递补在公示阶段办理")
    dropped = Application.objects.filter(candidacy__batch=batch, position=post.position_id, state=_S.DROPPED)
    if not dropped.exists():
        reasons.append(f"“{post}”没有因异议成立而空出的职数")
    if seating.vacant(post.position_id) < 1:
        reasons.append(f"“{post}”没有空缺")
    if not candidates:
        reasons.append(f"“{post}”没有双方同意的递补人选，可转入下一批次")
    if reasons:
        raise Refused(reasons)
    _match(batch, candidates[0], actor, on)
    return proposal_freeze(batch=batch, actor=actor, on=on)


def _match(batch: Batch, one: Application, actor: AbstractBaseUser, on: date) -> None:
    if one.state == _S.SCORED:
        take_step(
            one,
            table=APPLICATION_TRANSITIONS,
            event="shortlist",
            facts=ApplicationFacts(str(one.person), batch.state, rank=one.rank, cut=one.rank),
            actor=actor,
            on=on,
            reason="递补",
        )
    planner = Planner(batch, seating_of(batch.round, batch), agreements_of(batch), on, substitutes=True)
    refused: Sequence[object] = take_steps(
        [one],
        table=APPLICATION_TRANSITIONS,
        event="match",
        facts_of=planner.facts,
        actor=actor,
        on=on,
        reason="递补",
        permission=OFFICE,
    )
    if refused:
        raise Refused([str(refused[0])])
