"""Results are registered where no batches run: a round that takes its steps has its own appointments."""

from datetime import date

import pytest

from appointments.models import Appointment, Round
from appointments.services import AppointmentEntry, appointments_register
from reform.access import command_actor
from reform.errors import RuleError
from tests import factories as make

pytestmark = pytest.mark.django_db


def register(state):
    zone = make.a_zone()
    round_ = make.a_round(zone)
    Round.objects.filter(pk=round_.pk).update(state=state)
    round_.refresh_from_db()
    person = make.a_person(zone)
    entry = AppointmentEntry(
        person_id=person.pk,
        name=person.name,
        position=make.a_position(make.a_unit(zone), setup=round_.setup),
        starts_on=date(2022, 1, 23),
        ends_before=date(2025, 1, 23),
        probation_ends_before=None,
    )
    appointments_register(round_=round_, entries=[entry], actor=command_actor(None))
    round_.refresh_from_db()
    return round_


def test_results_are_registered_in_a_round_without_steps():
    assert register("DRAFT").is_registered
    assert Appointment.objects.get().state == "ACTIVE"


@pytest.mark.parametrize("state", ["APPROVED", "RUNNING", "PLACING", "COMPLETED"])
def test_results_are_refused_in_a_round_that_takes_its_steps(state):
    with pytest.raises(RuleError, match="聘任由批次或上级任命产生"):
        register(state)
    assert not Round.objects.get().is_registered
    assert not Appointment.objects.exists()
