"""Appointments: registering decisions that have already been taken (聘任结果)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Round
from appointments.states import AppointmentState, RoundState
from reform.errors import RuleError
from reform.models import Position, Tenure, TenureKind, Upload
from reform.services import Edit, TenureOpening, audit_record, edit, save_all, tenures_open


@dataclass(frozen=True)
class AppointmentEntry:
    """One decided appointment: `ends_before` and `probation_ends_before` half-open."""

    person_id: int
    name: str
    position: Position
    starts_on: date
    ends_before: date
    probation_ends_before: date | None
    method: str = ""
    document_no: str = ""
    remark: str | None = None
    sort_no: int = 0


@transaction.atomic
def appointments_register(
    *,
    round_: Round,
    entries: Sequence[AppointmentEntry],
    corrections: Sequence[tuple[Appointment, AppointmentEntry]] = (),
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> None:
    """Put decided appointments in force: each opens a tenure and closes the one before it (§4).

    A correction changes an appointment of the round that was registered wrongly, and the tenure it opened;
    what stood
    there before stays in RowChange. The round becomes a registered one. Raises RuleError where tenures would
    overlap, and for a round that is run through its steps: its appointments come from its batches.
    """
    if not round_.is_registered and round_.state != RoundState.DRAFT:
        raise RuleError(
            f"{round_.name}按批次办理（{RoundState(round_.state).label}），聘任由批次或上级任命产生，"
            "不能用聘任结果表登记或更正。"
        )
    if not round_.is_registered:
        event = audit_record(
            actor=actor, action="登记聘任结果", zone=round_.zone, subject=str(round_), upload=upload
        )
        save_all(event, changed=[edit(round_, is_registered=True)])
    if entries:
        _register_new(round_, entries, actor, upload)
    if corrections:
        _correct(round_, corrections, actor, upload)


def _register_new(
    round_: Round, entries: Sequence[AppointmentEntry], actor: AbstractBaseUser, upload: Upload | None
) -> None:
    tenures = tenures_open(
        zone=round_.zone,
        openings=[
            TenureOpening(
                person_id=entry.person_id,
                name=entry.name,
                position=entry.position,
                held_level=entry.position.level,
                starts_on=entry.starts_on,
                source=Tenure.Source.APPOINTMENT,
                document_no=entry.document_no,
            )
            for entry in entries
        ],
        actor=actor,
        upload=upload,
    )
    created = [
        Appointment(
            zone_id=round_.zone_id,
            round_id=round_.pk,
            person_id=entry.person_id,
            position_id=entry.position.pk,
            tenure_id=tenure.pk,
            held_level=entry.position.level,
            method=entry.method,
            state=_state(entry),
            starts_on=entry.starts_on,
            ends_before=entry.ends_before,
            probation_ends_before=entry.probation_ends_before,
            document_no=entry.document_no,
            remark=entry.remark or "",
            sort_no=entry.sort_no,
        )
        for entry, tenure in zip(entries, tenures, strict=True)
    ]
    event = audit_record(
        actor=actor, action="登记聘任", zone=round_.zone, subject=f"{round_} {len(created)}人", upload=upload
    )
    save_all(event, created=created)


def _state(entry: AppointmentEntry) -> str:
    return (AppointmentState.PROBATION if entry.probation_ends_before else AppointmentState.ACTIVE).value


def _correct(
    round_: Round,
    corrections: Sequence[tuple[Appointment, AppointmentEntry]],
    actor: AbstractBaseUser,
    upload: Upload | None,
) -> None:
    event = audit_record(
        actor=actor,
        action="更正聘任",
        zone=round_.zone,
        subject=f"{round_} {len(corrections)}人",
        upload=upload,
    )
    people = {appointment.person_id for appointment, _ in corrections}
    closed = {
        (tenure.person_id, tenure.ends_before): tenure
        for tenure in Tenure.objects.filter(
            zone=round_.zone, kind=TenureKind.PRIMARY, ends_before__isnull=False
        )
        .select_related("position")
        .order_by()
        if tenure.person_id in people
    }
    edits: list[Edit | None] = []
    for appointment, entry in corrections:
        before = closed.get((entry.person_id, appointment.starts_on))
        if before is not None:
            edits.append(edit(before, ends_before=entry.starts_on))
        if appointment.tenure is not None:
            edits.append(
                edit(
                    appointment.tenure,
                    position=entry.position,
                    held_level=held_level(appointment, entry),
                    starts_on=entry.starts_on,
                    **_first_dates(appointment, entry, before),
                )
            )
        edits.append(_correction(appointment, entry))
    save_all(event, changed=edits)


def held_level(appointment: Appointment, entry: AppointmentEntry) -> str:
    """The level held after a correction: the post's, but for one entered with its reason for that very
    post."""
    tenure = appointment.tenure
    own = tenure is not None and bool(tenure.held_level_reason)
    return (
        appointment.held_level
        if own and appointment.position_id == entry.position.pk
        else entry.position.level
    )


def _first_dates(
    appointment: Appointment, entry: AppointmentEntry, before: Tenure | None
) -> dict[str, date | None]:
    """始任日期 follow the corrected post: they run on from the post before it where post or level are the
    same."""
    level = held_level(appointment, entry)
    same_post = before is not None and before.position.lineage in entry.position.lineages
    same_level = before is not None and before.held_level == level
    return {
        "first_held_on": before.first_held_on if before and same_post else entry.starts_on,
        "level_first_held_on": before.level_first_held_on if before and same_level else entry.starts_on,
    }


def _correction(appointment: Appointment, entry: AppointmentEntry) -> Edit | None:
    values = {
        "position": entry.position,
        "held_level": held_level(appointment, entry),
        "method": entry.method or appointment.method,
        "starts_on": entry.starts_on,
        "ends_before": entry.ends_before,
        "probation_ends_before": entry.probation_ends_before,
    }
    if appointment.probation_ends_before != entry.probation_ends_before:
        values["state"] = _state(entry)  # else it stays: a probation may have been passed meanwhile
    if entry.remark is not None:
        values["remark"] = entry.remark
    return edit(appointment, **values)
