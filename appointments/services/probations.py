"""试用期: confirmed, or failed and back to the level before it (domain.md §5)."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Baseline
from appointments.rules.guards import TermFacts
from appointments.rules.locks import PROBATION_FAILED
from appointments.selectors.terms import post_blocks
from appointments.states import APPOINTMENT_TRANSITIONS
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import Position, TenureKind
from reform.selectors import policy_of
from reform.services import promotion_locks_register
from reform.services.steps import Refusal, take_step, take_steps

from .locks import lock_zone
from .sanctions import promotion_lock
from .terms import successor_open


@transaction.atomic
def probations_confirm(
    *, appointments: Sequence[Appointment], actor: AbstractBaseUser, on: date, document_no: str = ""
) -> list[Refusal]:
    """Confirm (转正) those whose probation is over, in bulk; the others are returned with their reasons."""
    return take_steps(
        appointments,
        table=APPOINTMENT_TRANSITIONS,
        event="confirm",
        facts_of=lambda one: TermFacts(name=one.person.name, probation_ends_before=one.probation_ends_before),
        actor=actor,
        on=on,
        document_no=document_no,
        subject=f"{len(appointments)}人",
    )


@transaction.atomic
def probation_confirm(
    *, appointment: Appointment, actor: AbstractBaseUser, on: date, document_no: str = ""
) -> None:
    """Confirm one; raises Refused with the reasons."""
    refused = probations_confirm(appointments=[appointment], actor=actor, on=on, document_no=document_no)
    if refused:
        raise Refused(refused[0].reasons)


@transaction.atomic
def probation_fail(
    *,
    appointment: Appointment,
    position: Position,
    starts_on: date,
    document_no: str,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
    held_level_reason: str = "",
) -> Appointment:
    """免去试任职务: back to a post at the level before the promotion, with a lock on the next one.

    starts_on: first day in that post.  held_level_reason: where no post of that level is free and the level
    is kept in another.  Returns the appointment that follows; the former one ends the day before.
    """
    lock_zone(appointment.zone)
    policy = policy_of(appointment.round.policy)
    level = level_before(appointment)
    blocks = post_blocks(appointment.round, appointment.person, position, starts_on)
    if level is None:
        blocks.append("找不到试任前的层级")
    elif position.level != level and not held_level_reason:
        ladder = policy.ladder
        blocks.append(
            f"“{position}”是{ladder.name_of(position.level)}，试任前是{ladder.name_of(level)}，须写明层级不同的原因"
        )
    if starts_on <= appointment.starts_on:
        blocks.append(f"新岗位起始{starts_on}须晚于试任起始{appointment.starts_on}")
    take_step(
        appointment,
        table=APPOINTMENT_TRANSITIONS,
        event="fail",
        facts=TermFacts(name=appointment.person.name, next_post=str(position), blocks=blocks),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    created = successor_open(
        appointment,
        position=position,
        held_level=level or position.level,
        held_level_reason=held_level_reason if position.level != level else "",
        starts_on=starts_on,
        document_no=document_no,
        reason=reason,
        actor=actor,
        on=on,
    )
    _lock(appointment, starts_on, document_no, policy, actor)
    return created


def _lock(
    appointment: Appointment, starts_on: date, document_no: str, policy: Policy, actor: AbstractBaseUser
) -> None:
    lock = promotion_lock(
        appointment.person,
        cause=PROBATION_FAILED,
        starts_on=starts_on,
        document_no=document_no,
        policy=policy,
        is_demotion=False,
    )
    if lock is not None:
        promotion_locks_register(zone=appointment.zone, locks=[lock], actor=actor, reason=lock.reason)


def level_before(appointment: Appointment) -> str | None:
    """The level held before a promotion: of the round's baseline, else of the main post that it closed."""
    baseline = Baseline.objects.filter(round_id=appointment.round_id, person_id=appointment.person_id)
    found = baseline.values_list("level", flat=True).first()
    if found is not None:
        return found
    former = appointment.person.tenures.filter(
        kind=TenureKind.PRIMARY, ends_before=appointment.starts_on
    ).order_by("-id")
    return former.values_list("held_level", flat=True).first()
