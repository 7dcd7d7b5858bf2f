"""One function for each thing that tests need: each makes its own row and what it cannot be without."""

from datetime import date
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from appointments.models import (
    Application,
    Appointment,
    Baseline,
    Batch,
    BatchPost,
    Candidacy,
    Round,
)
from appointments.services import round_create
from appointments.states import AppointmentState
from reform.access import command_actor
from reform.exchange.cells import check_character
from reform.fields import keyed_hash
from reform.models import (
    Membership,
    Person,
    PolicyVersion,
    Position,
    PositionSetup,
    Tenure,
    Unit,
    UnitKind,
    Zone,
)
from reform.services import persons_register, positions_register, units_register, zone_create

_numbers = count(1)


def an_id_number(birth: str = "19800101", *, woman: bool = False) -> str:
    """A valid ID number that no other call gives."""
    serial = next(_numbers) * 2 % 1000
    first = f"410411{birth}{serial if woman else serial + 1:03d}"
    return first + check_character(first + "0")


def a_zone(code: str = "gaoxin", name: str = "高新区") -> Zone:
    return zone_create(code=code, name=name, actor=command_actor(None))


def a_user(zone: Zone | None, role: str, name: str = "", **facts: Any) -> Any:
    """A user with a role; staff unless said otherwise."""
    user = get_user_model().objects.create_user(
        name or f"{role}{next(_numbers)}",
        password="test-Only-7731",
        **{"is_staff": True, "first_name": role} | facts,
    )
    user.groups.add(Group.objects.get(name=role))
    if zone:
        Membership.objects.create(user=user, zone=zone)
    return user


def a_unit(zone: Zone, name: str = "经济发展局", parent: Unit | None = None, **facts: Any) -> Unit:
    kind = UnitKind.SECTION if parent else UnitKind.DEPT
    unit = Unit(
        zone=zone, name=name, parent=parent, **{"code": f"{next(_numbers):03d}", "kind": kind} | facts
    )
    units_register(zone=zone, created=[unit], changed=[], actor=command_actor(None))
    return unit


def a_round(zone: Zone, code: str = "2022", effective_on: date | None = date(2022, 1, 23)) -> Round:
    policy = PolicyVersion.objects.get(zone=zone)
    made = round_create(
        zone=zone, code=code, name=f"{code}年全员聘任", policy=policy, actor=command_actor(None)
    )
    if effective_on:
        Round.objects.filter(pk=made.pk).update(effective_on=effective_on)
        PositionSetup.objects.filter(pk=made.setup_id).update(starts_on=effective_on)
        made.refresh_from_db()
    return made


def a_position(
    unit: Unit, title: str = "科长", level: str = "L50", setup: Any = None, **facts: Any
) -> Position:
    code = f"P{next(_numbers)}"
    position = Position(
        zone=unit.zone,
        unit=unit,
        title=title,
        level=level,
        setup=setup,
        **{"code": code, "lineage": code} | facts,
    )
    positions_register(zone=unit.zone, created=[position], changed=[], actor=command_actor(None))
    return position


def a_person(zone: Zone, name: str = "张三", id_number: str = "", **facts: Any) -> Person:
    number = id_number or an_id_number()
    person = Person(
        zone=zone,
        name=name,
        id_number=number,
        id_number_hash=keyed_hash(number),
        sex="1",
        birth_on=date(1980, 1, 1),
    )
    for field, value in facts.items():
        setattr(person, field, value)
    persons_register(zone=zone, created=[person], changed=[], actor=command_actor(None))
    return person


def a_tenure(person: Person, position: Position, starts_on: date = date(2022, 1, 23), **facts: Any) -> Tenure:
    return Tenure.objects.create(
        zone=person.zone,
        person=person,
        position=position,
        starts_on=starts_on,
        **{"held_level": position.level} | facts,
    )


def an_appointment(round_: Round, person: Person, position: Position, **facts: Any) -> Appointment:
    """In force for three years from the round's effective date, with its tenure; dates half-open."""
    starts_on = facts.setdefault("starts_on", round_.effective_on)
    tenure = a_tenure(person, position, starts_on)
    return Appointment.objects.create(
        zone=round_.zone,
        round=round_,
        person=person,
        position=position,
        tenure=tenure,
        **{
            "held_level": position.level,
            "state": AppointmentState.ACTIVE.value,
            "ends_before": starts_on.replace(year=starts_on.year + 3),
        }
        | facts,
    )


def a_baseline(round_: Round, person: Person, position: Position) -> Baseline:
    owner = position.unit.owner
    return Baseline.objects.create(
        round=round_,
        person=person,
        position=position,
        unit_name=owner.name,
        section_name="" if owner == position.unit else position.unit.name,
        title=position.title,
        level=position.level,
    )


def a_batch(round_: Round, code: str = "1", method: str = "JP", **facts: Any) -> Batch:
    """A batch in any state; its posts and days are given by a_batch_post and its steps."""
    return Batch.objects.create(
        round=round_, code=code, method=method, **{"name": f"第{code}批", "sort_no": int(code)} | facts
    )


def a_batch_post(batch: Batch, position: Position, **facts: Any) -> BatchPost:
    return BatchPost.objects.create(
        batch=batch, position=position, **{"seats": position.headcount, "method": batch.method} | facts
    )


def an_application(
    batch: Batch, person: Person, position: Position, state: str = "SUBMITTED", **facts: Any
) -> Application:
    """An application in any state, with the person's sheet in the batch."""
    candidacy, _ = Candidacy.objects.get_or_create(round=batch.round, batch=batch, person=person)
    return Application.objects.create(candidacy=candidacy, position=position, state=state, **facts)
