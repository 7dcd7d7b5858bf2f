"""不定等次: who takes no part in a cycle, and why (domain.md §6)."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Exclusion
from kpi.selectors.unit_inputs import PUBLIC
from kpi.states import OFFICE, CycleState
from reform.errors import Refused
from reform.models import Person
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission

from .decisions import refresh_results, require_state, subject_reasons

_BEFORE_PUBLICATION = tuple(one for one in CycleState if one not in PUBLIC)


@transaction.atomic
def exclusion_set(
    *, cycle: Cycle, person: Person, cause: str, actor: AbstractBaseUser, note: str = ""
) -> Exclusion:
    """Enter why somebody takes no part; from 公布 on only by an appeal."""
    require_permission(actor, OFFICE, "登记不定等次人员")
    require_state(cycle, _BEFORE_PUBLICATION, "登记不定等次人员")
    row = exclusion_write(cycle, person, cause, note, actor)
    refresh_results(cycle, actor, f"不定等次：{person}")
    return row


def exclusion_write(
    cycle: Cycle, person: Person, cause: str, note: str, actor: AbstractBaseUser
) -> Exclusion:
    """Write one exclusion, new or changed."""
    reasons = subject_reasons(cycle, None, person)
    if cause == Exclusion.Cause.OTHER and not note.strip():
        reasons.append("原因为“其他”的须写明说明")
    if reasons:
        raise Refused(reasons)
    row = Exclusion.objects.filter(cycle=cycle, person=person).first()
    event = audit_record(
        actor=actor, action="登记不定等次人员", zone=cycle.zone, subject=f"{cycle} {person}", reason=note
    )
    if row is not None:
        save_all(event, changed=[edit(row, cause=cause, note=note.strip(), entered_by=actor)])
        return row
    row = Exclusion(cycle=cycle, person=person, cause=cause, note=note.strip(), entered_by_id=actor.pk)
    row.full_clean()
    save_all(event, created=[row])
    return row


@transaction.atomic
def exclusion_remove(*, exclusion: Exclusion, actor: AbstractBaseUser, reason: str) -> None:
    """Take somebody in again; from 公布 on only by an appeal."""
    require_permission(actor, OFFICE, "取消不定等次")
    cycle = exclusion.cycle
    require_state(cycle, _BEFORE_PUBLICATION, "取消不定等次")
    exclusion_delete(exclusion, actor, reason)
    refresh_results(cycle, actor, f"取消不定等次：{exclusion.person}")


def exclusion_delete(exclusion: Exclusion, actor: AbstractBaseUser, reason: str) -> None:
    """Remove one exclusion, with the reason."""
    if not reason.strip():
        raise Refused(["须写明理由"])
    event = audit_record(
        actor=actor,
        action="取消不定等次",
        zone=exclusion.cycle.zone,
        subject=f"{exclusion.cycle} {exclusion.person}",
        reason=reason,
    )
    save_all(event, removed=[exclusion])
