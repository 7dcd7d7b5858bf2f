"""聘期: its review, its expiry and a change of post in between (domain.md §5)."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Demotion, TermReview
from appointments.rules.guards import TermFacts
from appointments.rules.terms import last_day, review_opens_on
from appointments.selectors.terms import (
    policies_of,
    post_blocks,
    reviews_of,
)
from appointments.states import (
    APPOINTMENT_TRANSITIONS,
    IN_FORCE,
    OFFICE,
    AppointmentState,
)
from reform.ladder import Policy
from reform.models import Position, Tenure, TenureKind
from reform.selectors import policy_of
from reform.services import TenureOpening, audit_record, edit, save_all, tenures_close, tenures_open
from reform.services.steps import Refusal, not_refused, require_permission, take_step, take_steps

from .locks import lock_zone

_S = AppointmentState


@transaction.atomic
def term_reviews_record(*, reviews: Sequence[TermReview], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """Register 聘期考核 results and what follows from each (续聘, 重新竞聘, 期满不续), in bulk.

    Not before the days that the policy sets; who failed is not renewed. The good ones are written, the others
    returned with their reasons.
    """
    require_permission(actor, OFFICE, "登记聘期考核")
    appointments = [one.appointment for one in reviews]
    policies, present = policies_of(appointments), reviews_of(appointments)
    refused, good = [], []
    for one in reviews:
        reasons = _review_reasons(one, policies[one.appointment.round_id], on)
        if one.appointment_id in present:
            reasons.append("已登记过聘期考核")
        if reasons:
            refused.append(Refusal(one.appointment, tuple(reasons)))
        else:
            good.append(one)
            present[one.appointment_id] = one
    if good:
        event = audit_record(
            actor=actor,
            action="登记聘期考核",
            zone=good[0].appointment.zone,
            subject=str(good[0]) if len(good) == 1 else f"{len(good)}人",
        )
        save_all(event, created=good)
    return refused


def _review_reasons(review: TermReview, policy: Policy, on: date) -> list[str]:
    appointment = review.appointment
    reasons = []
    if appointment.kind != TenureKind.PRIMARY:
        reasons.append("聘期考核只用于主任职")
    if appointment.state not in IN_FORCE:
        reasons.append(f"聘任{_S(appointment.state).label}，不在聘期内")
    opens_on = review_opens_on(appointment.ends_before, policy["round.review_days"])
    if review.reviewed_on < opens_on:
        reasons.append(
            f"聘期到{last_day(appointment.ends_before)}，提前{policy['round.review_days']}天即{opens_on}起可以考核，"
            f"现为{review.reviewed_on}"
        )
    if review.reviewed_on > on:
        reasons.append(f"考核日期{review.reviewed_on}还没有到，今天是{on}")
    if review.result == TermReview.Result.FAILED and review.outcome == TermReview.Outcome.RENEW:
        reasons.append("聘期考核不合格，不能续聘")
    return reasons


def tenure_opening(appointment: Appointment, *, occupies_headcount: bool = True) -> TenureOpening:
    """The holding that an appointment opens."""
    return TenureOpening(
        person_id=appointment.person_id,
        name=appointment.person.name,
        position=appointment.position,
        held_level=appointment.held_level,
        held_level_reason=appointment.held_level_reason,
        starts_on=appointment.starts_on,
        source=Tenure.Source.APPOINTMENT,
        kind=appointment.kind,
        occupies_headcount=occupies_headcount,
        document_no=appointment.document_no,
    )


@transaction.atomic
def terms_expire(
    *, appointments: Sequence[Appointment], actor: AbstractBaseUser, on: date, reason: str = ""
) -> list[Refusal]:
    """Mark terms that have run out (期满). Where the review says 期满不续, and for 兼任 and 主持工作, the
    post ends with the term; who is to compete again holds it until the new round decides."""
    reviews = reviews_of(appointments)
    refused = take_steps(
        appointments,
        table=APPOINTMENT_TRANSITIONS,
        event="expire",
        facts_of=lambda one: TermFacts(name=one.person.name, ends_before=one.ends_before),
        actor=actor,
        on=on,
        reason=reason,
        subject=f"{len(appointments)}人",
    )
    ended = [
        one
        for one in not_refused(appointments, refused)
        if one.kind != TenureKind.PRIMARY
        or (one.pk in reviews and reviews[one.pk].outcome == TermReview.Outcome.END)
    ]
    if ended:
        _close_expired(ended, actor)
    return refused


def _close_expired(ended: Sequence[Appointment], actor: AbstractBaseUser) -> None:
    zone = ended[0].zone
    event = audit_record(actor=actor, action="期满不续", zone=zone, subject=f"{len(ended)}人")
    save_all(event, changed=[edit(one, end_cause="T01") for one in ended])
    by_day: dict[date, list[Tenure]] = {}
    for one in ended:
        if one.tenure is not None and one.tenure.ends_before is None:
            by_day.setdefault(one.ends_before, []).append(one.tenure)
    for ends_before, tenures in by_day.items():
        tenures_close(zone=zone, tenures=tenures, ends_before=ends_before, actor=actor, reason="聘期届满")


@transaction.atomic
def appointment_change(
    *,
    appointment: Appointment,
    position: Position,
    starts_on: date,
    document_no: str,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
    minutes_no: str = "",
) -> Appointment:
    """Move somebody to another post within the term, at the same level or lower; the term's end stays.

    A promotion goes through a batch and its 公示. A demotion needs its papers (降职手续) registered first,
    and the 党工委 minutes where it is deeper than the policy allows.
    """
    lock_zone(appointment.zone)
    policy = policy_of(appointment.round.policy)
    blocks = post_blocks(appointment.round, appointment.person, position, starts_on)
    blocks += _level_reasons(appointment, position, policy, minutes_no)
    if not appointment.starts_on < starts_on < appointment.ends_before:
        blocks.append(
            f"新岗位起始{starts_on}须在聘期{appointment.starts_on}至{last_day(appointment.ends_before)}之内"
        )
    take_step(
        appointment,
        table=APPOINTMENT_TRANSITIONS,
        event="change",
        facts=TermFacts(name=appointment.person.name, next_post=str(position), blocks=blocks),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    return successor_open(
        appointment,
        position=position,
        held_level=position.level,
        starts_on=starts_on,
        document_no=document_no,
        reason=reason,
        minutes_no=minutes_no,
        actor=actor,
        on=on,
    )


def _level_reasons(
    appointment: Appointment, position: Position, policy: Policy, minutes_no: str
) -> list[str]:
    steps = policy.ladder.steps(position.level, appointment.held_level)
    if steps < 0:
        return ["新岗位层级更高，提拔须经批次和公示"]
    reasons = []
    if (
        steps
        and not Demotion.objects.filter(
            round_id=appointment.round_id, person_id=appointment.person_id
        ).exists()
    ):
        reasons.append("降职须先登记降职手续（原因、谈话、告知）")
    limit = policy["round.max_demotion_steps"]
    if steps > limit and not minutes_no:
        reasons.append(f"降{steps}级，最多{limit}级，须有党工委会议纪要")
    return reasons


def successor_open(
    old: Appointment,
    *,
    position: Position,
    held_level: str,
    starts_on: date,
    document_no: str,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
    minutes_no: str = "",
    held_level_reason: str = "",
) -> Appointment:
    """The appointment that takes the place of one that was changed: in force from its day to the end of the
    former term, without a probation; the former one ends the day before."""
    created = Appointment(
        zone_id=old.zone_id,
        round=old.round,
        person=old.person,
        position=position,
        held_level=held_level,
        held_level_reason=held_level_reason,
        method=Position.Method.ZZ,
        state=_S.ACTIVE.value,
        starts_on=starts_on,
        ends_before=old.ends_before,
        document_no=document_no,
        decided_on=on,
        reason=reason[:300],
        minutes_no=minutes_no,
        sort_no=old.sort_no,
        previous=old,
    )
    (tenure,) = tenures_open(zone=old.zone, openings=[tenure_opening(created)], actor=actor, reason=reason)
    created.tenure = tenure
    event = audit_record(
        actor=actor,
        action="变更聘任",
        zone=old.zone,
        subject=str(created),
        reason=reason,
        document_no=document_no,
    )
    save_all(event, changed=[edit(old, ended_on=starts_on)], created=[created])
    return created
