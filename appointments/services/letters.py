"""聘书 as the person signs it; what the office registers on their behalf is in appointing.py."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment
from appointments.states import IN_FORCE, AppointmentState
from reform.errors import Refused
from reform.services import audit_record, edit, save_all

from .own import IN_PERSON, is_in_person


@transaction.atomic
def letter_sign(*, appointment: Appointment, is_confirmed: bool, actor: AbstractBaseUser, on: date) -> None:
    """A person signs the own 聘书 after having ticked that it was read; the day is that of the signing. What
    the office registers on their behalf goes through letters_sign."""
    if not is_in_person(actor, appointment.person, "签订聘书"):
        raise Refused(["聘书由本人签订；代本人登记的，在批次的“聘任”页办理"])
    row = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    reasons = [] if is_confirmed else ["请先勾选已阅读聘书内容并同意签订"]
    if row.state not in (AppointmentState.PENDING, *IN_FORCE):
        reasons.append(f"聘任是“{row.get_state_display()}”，不再签订聘书")
    if not row.letter_no:
        reasons.append("聘书还没有编号")
    if row.letter_signed_on:
        reasons.append(f"聘书已于{row.letter_signed_on}签订")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="签订聘书",
        zone=appointment.zone,
        subject=f"{appointment} {row.letter_no}",
        details={"by": IN_PERSON},
    )
    save_all(event, changed=[edit(row, letter_signed_on=on)])
    appointment.letter_signed_on = on
