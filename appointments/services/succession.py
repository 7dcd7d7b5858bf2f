"""One appointment after another: what a new one ends, and the tenure that it opens."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser

from appointments.models import Appointment
from appointments.states import APPOINTMENT_TRANSITIONS, IN_FORCE, AppointmentState
from reform.errors import Refused
from reform.models import Tenure, TenureKind, Zone
from reform.services import audit_record, edit, save_all, tenures_open
from reform.services.steps import take_steps

from .endings import drafts_discard
from .terms import tenure_opening


def formers_of(zone: Zone, people: Iterable[int], besides: Collection[int] = ()) -> dict[int, Appointment]:
    """Person id → the main appointment in force, of whatever round. One statement."""
    wanted = set(people)
    rows = (
        Appointment.objects.filter(zone=zone, kind=TenureKind.PRIMARY, state__in=IN_FORCE)
        .exclude(pk__in=besides)
        .select_related("person", "position", "zone")
        .order_by("starts_on", "id")
    )
    return {row.person_id: row for row in rows if row.person_id in wanted}


def formers_end(
    rows: Sequence[Appointment],
    formers: Mapping[int, Appointment],
    *,
    actor: AbstractBaseUser,
    on: date,
    document_no: str = "",
) -> None:
    """End what each person's new appointment takes the place of: 已续聘 where post and level stay the same,
    else 已变更, from the new one's first day on."""
    ending = [(formers[row.person_id], row) for row in rows if row.person_id in formers]
    late = [
        f"{old.person}现任聘任从{old.starts_on}开始，不早于新聘任的{new.starts_on}"
        for old, new in ending
        if old.starts_on >= new.starts_on
    ]
    if late:
        raise Refused(late)
    if not ending:
        return
    event = audit_record(
        actor=actor, action="前一聘任结束", zone=ending[0][0].zone, subject=f"{len(ending)}人"
    )
    save_all(event, changed=[edit(old, ended_on=new.starts_on) for old, new in ending])
    for step, some in (
        ("renew_by_next", [old for old, new in ending if _is_renewal(old, new)]),
        ("change_by_next", [old for old, new in ending if not _is_renewal(old, new)]),
    ):
        refused = take_steps(
            some,
            table=APPOINTMENT_TRANSITIONS,
            event=step,
            facts_of=lambda row: None,
            actor=actor,
            on=on,
            document_no=document_no,
            subject=f"{len(some)}人",
        )
        if refused:
            raise Refused([str(one) for one in refused])


def renewals_withdraw(rows: Sequence[Appointment], *, zone: Zone, actor: AbstractBaseUser) -> None:
    """Take back the renewals of former rounds that still wait for their day: a new appointment has come
    before them, and with it the renewed term ends."""
    starts = {row.person_id: row.starts_on for row in rows if row.kind == TenureKind.PRIMARY}
    waiting = [
        one
        for one in Appointment.objects.filter(
            zone=zone,
            kind=TenureKind.PRIMARY,
            state=AppointmentState.PENDING,
            application=None,
            previous__state=AppointmentState.RENEWED,
        ).select_related("person", "previous")
        if one.person_id in starts
    ]
    ending = [
        (one.previous, starts[one.person_id])
        for one in waiting
        if one.previous and one.previous.ended_on is None
    ]
    edits = [edit(old, ended_on=on) for old, on in ending if old.starts_on < on < old.ends_before]
    drafts_discard(
        appointments=waiting, zone=zone, actor=actor, reason="新一轮聘任已生效，等待生效的续聘由系统撤回"
    )
    if edits:
        event = audit_record(actor=actor, action="前一聘任结束", zone=zone, subject=f"{len(edits)}人")
        save_all(event, changed=edits)


def _is_renewal(old: Appointment, new: Appointment) -> bool:
    return old.held_level == new.held_level and old.position.lineage in new.position.lineages


def tenures_begin(zone: Zone, rows: Sequence[Appointment], actor: AbstractBaseUser) -> list[Tenure]:
    """The tenure of each appointment, in their order; the present main post ends the day before."""
    return tenures_open(zone=zone, openings=[tenure_opening(row) for row in rows], actor=actor)
