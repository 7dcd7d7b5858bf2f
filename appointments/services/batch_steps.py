"""The steps B1–B11 of a batch, and what follows from each (domain.md §3)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Batch
from appointments.rules.guards import Call
from appointments.selectors.batch_facts import batch_obstacles, facts_for, live_applications, plan_of
from appointments.states import BatchState, batch_transitions
from reform.errors import Refused, RuleError
from reform.models import Zone
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission, take_step
from reform.workflow import Transition, find_transition, transitions_from

from .appointing import appointments_take_effect
from .batches import OPEN_ROUNDS
from .decisions import on_publicized
from .endings import applications_lose, drafts_discard
from .locks import lock_zone
from .placements import placements_settle


@transaction.atomic
def batch_step(
    *,
    batch: Batch,
    event: str,
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
) -> Transition:
    """Take a step of a batch by its event (publish … close, cancel), with what follows from it in the same
    transaction. Raises IllegalTransition, Refused with all reasons, or StaleState."""
    table = batch_transitions(batch.method)
    step = find_transition(table, batch.state, event)
    require_permission(actor, step.permission, step.label)
    lock_zone(batch.round.zone)
    facts = facts_for(batch, event, on)
    obstacles = batch_obstacles(batch, event)
    if obstacles:
        raise Refused([*obstacles, *step.reasons(facts, Call(on, reason, document_no))])
    said: dict[str, Any] = {"actor": actor, "on": on, "reason": reason, "document_no": document_no}
    take_step(batch, table=table, event=event, facts=facts, **said)
    follow = _AFTER.get(event)
    if follow:
        follow(batch, **said)
    return step


@transaction.atomic
def batches_advance(
    *, zone: Zone, actor: AbstractBaseUser, on: date
) -> tuple[list[tuple[Batch, Transition]], list[Refusal]]:
    """Take the system's own steps (B2, B3) that are due in a zone; returns those taken and those refused for
    another reason than that their day has not come."""
    taken: list[tuple[Batch, Transition]] = []
    refused: list[Refusal] = []
    waiting = Batch.objects.filter(
        round__zone=zone,
        state__in=(BatchState.PUBLISHED, BatchState.APPLYING),
        round__state__in=OPEN_ROUNDS,
        is_suspended=False,
    )
    for batch in waiting.select_related("round__zone", "round__policy"):
        while step := _due(batch, on):
            try:
                batch_step(batch=batch, event=step.event, actor=actor, on=on)
            except RuleError as fault:
                refused.append(Refusal(batch, getattr(fault, "reasons", (str(fault),))))
                break
            taken.append((batch, step))
    return taken, refused


def _due(batch: Batch, on: date) -> Transition | None:
    """The system's step whose day has come."""
    window = plan_of(batch).steps.get("APPLY")
    if window is None:
        return None
    days = {"open": window.starts_on, "close_applications": window.ends_before}
    steps = transitions_from(batch_transitions(batch.method), batch.state)
    return next((one for one in steps if one.event in days and days[one.event] <= on), None)


def _published(batch: Batch, *, actor: AbstractBaseUser, on: date, reason: str, document_no: str) -> None:
    _keep_number(batch, actor, "notice_document_no", document_no)


def _publicized(batch: Batch, *, actor: AbstractBaseUser, on: date, reason: str, document_no: str) -> None:
    on_publicized(batch=batch, actor=actor, on=on)


def _closed(batch: Batch, *, actor: AbstractBaseUser, on: date, reason: str, document_no: str) -> None:
    _keep_number(batch, actor, "appoint_document_no", document_no)
    appointments_take_effect(batch=batch, actor=actor, on=on)
    applications_lose(
        applications=live_applications(batch),
        actor=actor,
        on=on,
        reason=f"{batch}办结，未聘任",
        subject=f"{batch}未聘人员",
    )
    placements_settle(round_=batch.round, actor=actor, on=on)


def _cancelled(batch: Batch, *, actor: AbstractBaseUser, on: date, reason: str, document_no: str) -> None:
    applications_lose(
        applications=live_applications(batch),
        actor=actor,
        on=on,
        reason=reason,
        subject=f"{batch}取消",
    )
    drafts_discard(
        appointments=Appointment.objects.filter(application__candidacy__batch=batch),
        zone=batch.zone,
        actor=actor,
        reason=reason,
    )


_AFTER: Mapping[str, Callable[..., None]] = {
    "publish": _published,
    "publicize": _publicized,
    "close": _closed,
    "cancel": _cancelled,
}


def _keep_number(batch: Batch, actor: AbstractBaseUser, field: str, document_no: str) -> None:
    change: Edit | None = edit(batch, **{field: document_no}) if document_no else None
    if change:
        event = audit_record(
            actor=actor, action="记载文号", zone=batch.zone, subject=str(batch), document_no=document_no
        )
        save_all(event, changed=[change])
