"""What has come to nothing: applications that are lost, appointments that are taken back before they take
effect."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Appointment, DocumentLine, DutyContract, DutyTarget
from appointments.states import APPLICATION_TRANSITIONS, LIVE, AppointmentState
from reform.models import Zone
from reform.services import audit_record, save_all
from reform.services.steps import take_steps


@transaction.atomic
def applications_lose(
    *, applications: Iterable[Application], actor: AbstractBaseUser, on: date, reason: str, subject: str = ""
) -> None:
    """Live applications that have come to nothing → 落聘, by the system."""
    live = [one for one in applications if one.state in LIVE]
    take_steps(
        live,
        table=APPLICATION_TRANSITIONS,
        event="lose",
        facts_of=lambda one: None,
        actor=actor,
        on=on,
        reason=reason,
        subject=subject,
    )


@transaction.atomic
def drafts_discard(
    *, appointments: Iterable[Appointment], zone: Zone, actor: AbstractBaseUser, reason: str
) -> None:
    """Take back appointments that have not taken effect, with their lines in documents and 责任书."""
    drafts = [one for one in appointments if one.state == AppointmentState.PENDING]
    if not drafts:
        return
    lines = list(DocumentLine.objects.filter(appointment__in=drafts))
    contracts = list(DutyContract.objects.filter(appointment__in=drafts))
    targets = list(DutyTarget.objects.filter(contract__in=contracts))
    event = audit_record(
        actor=actor, action="撤回待生效聘任", zone=zone, subject=f"{len(drafts)}人", reason=reason
    )
    save_all(event, removed=[*lines, *targets, *contracts, *drafts])
