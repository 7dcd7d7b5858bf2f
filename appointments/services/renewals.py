"""续聘: the next term in the same post, decided early or late, begun on its day (domain.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment
from appointments.rules.terms import term_ends_before
from appointments.selectors.terms import policies_of, renewal_facts, retirement_of
from appointments.states import APPOINTMENT_TRANSITIONS, AppointmentState
from reform.ladder import Policy
from reform.models import Zone
from reform.services import audit_record, edit, save_all, tenures_open
from reform.services.steps import Refusal, not_refused, take_steps

from .endings import drafts_discard
from .terms import tenure_opening

_S = AppointmentState
_SYSTEM_STEP = ""


@dataclass(frozen=True)
class Renewals:
    """What a bulk renewal came to."""

    created: list[Appointment] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def appointments_renew(
    *,
    appointments: Sequence[Appointment],
    document_no: str,
    actor: AbstractBaseUser,
    on: date,
    years: int | None = None,
    until_retirement: bool = False,
) -> Renewals:
    """Renew terms in bulk: each new appointment follows its former one day on day, in the same post.

    任职日期 begins anew and 始任日期 run on (§3a). A term that has not ended yet stays as it is: its
    successor waits (待生效) until `renewals_begin`.  years: by default those of the round.  until_retirement:
    ends a term with the month of retirement where that comes first.
    """
    facts = renewal_facts(appointments)
    refused = take_steps(
        appointments,
        table=APPOINTMENT_TRANSITIONS,
        event="renew",
        facts_of=lambda one: facts[one.pk],
        actor=actor,
        on=on,
        document_no=document_no,
        subject=f"{len(appointments)}人",
    )
    renewed = not_refused(appointments, refused)
    if not renewed:
        return Renewals(refused=refused)
    policies = policies_of(renewed)
    created = [
        _next_term(one, policies[one.round_id], document_no, on, years, until_retirement) for one in renewed
    ]
    zone = renewed[0].zone
    event = audit_record(
        actor=actor, action="续聘", zone=zone, subject=f"{len(created)}人", document_no=document_no
    )
    save_all(event, created=created)
    _begin([one for one in created if one.starts_on <= on], zone, actor, on)
    return Renewals(created, refused)


def _next_term(
    old: Appointment, policy: Policy, document_no: str, on: date, years: int | None, until_retirement: bool
) -> Appointment:
    starts_on = old.ends_before
    retires_on = retirement_of(old.person, policy, old.position) if until_retirement else None
    return Appointment(
        zone_id=old.zone_id,
        round=old.round,
        person=old.person,
        position=old.position,
        kind=old.kind,
        held_level=old.held_level,
        held_level_reason=old.held_level_reason,
        method=old.method,
        state=_S.PENDING.value,
        starts_on=starts_on,
        ends_before=term_ends_before(starts_on, years or old.round.term_years, retires_on),
        document_no=document_no,
        decided_on=on,
        sort_no=old.sort_no,
        previous=old,
        remark="续聘",
    )


@transaction.atomic
def renewals_begin(*, zone: Zone, actor: AbstractBaseUser, on: date) -> list[Appointment]:
    """Put in force the renewals whose first day has come: the system's own step, taken on any day. One whose
    post has ended meanwhile is taken back."""
    due = Appointment.objects.filter(
        zone=zone, state=_S.PENDING, previous__state=_S.RENEWED, application=None, starts_on__lte=on
    )
    waiting = list(
        due.select_related("person", "position__unit__parent", "zone", "previous__tenure").order_by(
            "sort_no", "id"
        )
    )
    rows = [one for one in waiting if _still_held(one)]
    drafts_discard(
        appointments=[one for one in waiting if not _still_held(one)],
        zone=zone,
        actor=actor,
        reason="原岗位已结束，续聘不再生效",
    )
    _begin(rows, zone, actor, on)
    return rows


def _still_held(renewal: Appointment) -> bool:
    """Whether nothing has come in between: the post that is renewed is still the person's."""
    tenure = renewal.previous.tenure if renewal.previous else None
    return tenure is not None and tenure.ends_before is None


def _begin(rows: Sequence[Appointment], zone: Zone, actor: AbstractBaseUser, on: date) -> None:
    if not rows:
        return
    tenures = tenures_open(
        zone=zone, openings=[tenure_opening(one) for one in rows], actor=actor, reason="续聘"
    )
    event = audit_record(actor=actor, action="续聘任职", zone=zone, subject=f"{len(rows)}人")
    save_all(event, changed=[edit(one, tenure=tenure) for one, tenure in zip(rows, tenures, strict=True)])
    take_steps(
        rows,
        table=APPOINTMENT_TRANSITIONS,
        event="begin",
        facts_of=lambda _: None,
        actor=actor,
        on=on,
        subject=f"续聘{len(rows)}人",
        permission=_SYSTEM_STEP,
    )
