"""A small competition for tests: one batch, two posts of 科室正职, the people who act, the days."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.models import Application, Batch, BatchPost, BatchStep, Round
from appointments.states import ApplicationState
from reform.models import AnnualGrade, Membership, Person, Position, Zone
from tests.factories import (
    a_baseline,
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    a_round,
    a_tenure,
    a_unit,
    a_user,
    a_zone,
    an_application,
    an_id_number,
)

APPLY_FROM, APPLY_TO = date(2022, 1, 10), date(2022, 1, 14)  # Monday to Friday
ON = date(2022, 1, 12)
SCREEN_ON = date(2022, 1, 15)


@dataclass
class Cast:
    """What a test of a competition starts from."""

    zone: Zone
    round: Round
    batch: Batch
    first: Position
    second: Position
    former: Position
    office: Any
    supervisor: Any
    leader: Any
    panel: Any
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, **facts: Any) -> Person:
        """科室副职 since 2018 whom nothing stands against; 37 years old."""
        given = {
            "birth_on": date(1984, 3, 1),
            "education": "21",
            "work_started_on": date(2005, 7, 1),
            "political_status": "01",
        }
        made = a_person(self.zone, name, an_id_number("19840301"), **given | facts)
        a_tenure(
            made,
            self.former,
            date(2018, 6, 1),
            first_held_on=date(2018, 6, 1),
            level_first_held_on=date(2018, 6, 1),
        )
        a_baseline(self.round, made, self.former)
        for year in (2019, 2020, 2021):
            AnnualGrade.objects.create(person=made, year=year, grade="B")
        self.people[name] = made
        return made

    def account(self, person: Person) -> Any:
        """The person's own login."""
        user = a_user(None, "个人", is_staff=False)
        Membership.objects.create(user=user, zone=self.zone, person=person)
        return user

    def to(self, state: str) -> Batch:
        """The batch in another state, as its steps leave it."""
        Batch.objects.filter(pk=self.batch.pk).update(state=state)
        self.batch.refresh_from_db()
        return self.batch

    def applied(self, name: str, state: str = "SUBMITTED", position: Position | None = None) -> Application:
        """A person with an application in any state."""
        person = self.people.get(name) or self.person(name)
        return an_application(self.batch, person, position or self.first, ApplicationState(state).value)


def a_cast(*, conditions: str = "") -> Cast:
    """The zone with everybody who acts; the batch takes applications."""
    zone = a_zone()
    round_ = a_round(zone)
    unit = a_unit(zone)
    facts = {"conditions": conditions, "headcount": 1}
    first = a_position(unit, "综合科科长", setup=round_.setup, **facts)
    second = a_position(unit, "业务科科长", setup=round_.setup, **facts)
    former = a_position(unit, "副科长", level="L40")
    batch = a_batch(round_, state="APPLYING", max_choices=2)
    for position in (first, second):
        a_batch_post(batch, position)
    BatchStep.objects.create(
        batch=batch,
        kind=BatchStep.Kind.APPLY,
        starts_on=APPLY_FROM,
        ends_before=date.fromordinal(APPLY_TO.toordinal() + 1),
    )
    return Cast(
        zone=zone,
        round=round_,
        batch=batch,
        first=first,
        second=second,
        former=former,
        office=a_user(zone, "人事"),
        supervisor=a_user(zone, "监督组"),
        leader=a_user(zone, "领导"),
        panel=a_user(zone, "考评组"),
    )


def cancelled(batch: Batch, position: Position) -> None:
    BatchPost.objects.filter(batch=batch, position=position).update(state=BatchPost.State.CANCELLED)
