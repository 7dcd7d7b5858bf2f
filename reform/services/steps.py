"""One way to take a step of any machine: the table, the permission, the guard, then the write."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.actors import ACTOR_LABELS
from reform.errors import Refused, RuleError
from reform.services.records import set_state, set_states
from reform.workflow import Call, Transition, find_transition

Row = TypeVar("Row")


@dataclass(frozen=True)
class Refusal:
    """One row of a bulk action that was refused, and why."""

    row: Any
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.row}：{'；'.join(self.reasons)}"


def not_refused(rows: Iterable[Row], refused: Iterable[Refusal]) -> list[Row]:
    """Of the rows of a bulk action, the very objects, those that none of the refusals is about, in their
    order. What was refused may be no row at all: a name that nobody was found for."""
    left = {id(one.row) for one in refused}
    return [row for row in rows if id(row) not in left]


def require_permission(actor: AbstractBaseUser, permission: str, what: str) -> None:
    """Refuse who may not: `what` is the step's Chinese label. The system's own steps ('') are open to all
    actors."""
    if permission and not getattr(actor, "has_perm", lambda _: False)(permission):
        raise Refused([f"“{what}”由{ACTOR_LABELS.get(permission, '有权限的角色')}办理，您的账号没有这个权限"])


@transaction.atomic
def take_step(
    row: Any,
    *,
    table: Iterable[Transition],
    event: str,
    facts: Any,
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
    permission: str | None = None,
) -> Transition:
    """Move one row by an event of its machine's table.

    facts: what the guard reads.  Raises IllegalTransition, Refused with all reasons, or StaleState where
    somebody was first; then nothing is written.
    """
    step = find_transition(table, row.state, event)
    require_permission(actor, step.permission if permission is None else permission, step.label)
    reasons = step.reasons(facts, Call(on, reason, document_no))
    if reasons:
        raise Refused(reasons)
    set_state(
        row,
        source=row.state,
        target=str(step.target),
        event=step.label,
        actor=actor,
        reason=reason,
        document_no=document_no,
    )
    return step


@transaction.atomic
def take_steps(
    rows: Sequence[Any],
    *,
    table: Sequence[Transition],
    event: str,
    facts_of: Callable[[Any], Any],
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
    subject: str = "",
    permission: str | None = None,
) -> list[Refusal]:
    """Move many rows of one machine in one transaction and a fixed number of statements; those that may not
    go are left where they are and reported, each with its reasons.

    permission: instead of the step's own, where the caller has asked who may.
    """
    refused: list[Refusal] = []
    groups: dict[tuple[str, str], list[Any]] = {}
    labels = {}
    call = Call(on, reason, document_no)
    for row in rows:
        try:
            step = find_transition(table, row.state, event)
            require_permission(actor, step.permission if permission is None else permission, step.label)
        except RuleError as fault:
            refused.append(Refusal(row, getattr(fault, "reasons", (str(fault),))))
            continue
        reasons = step.reasons(facts_of(row), call)
        if reasons:
            refused.append(Refusal(row, tuple(reasons)))
        else:
            groups.setdefault((row.state, str(step.target)), []).append(row)
            labels[row.state, str(step.target)] = step.label
    for (source, target), group in groups.items():
        set_states(
            group,
            source=source,
            target=target,
            event=labels[source, target],
            actor=actor,
            reason=reason,
            document_no=document_no,
            subject=subject,
        )
    return refused
