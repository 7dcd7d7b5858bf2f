"""A small zone for the tests of pay: two departments with their results, people at several levels, and a user
of each role that a run goes through."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from compensation.models import PayLine, PayRun
from compensation.services import pay_pool_set, pay_run_calculate, pay_run_open, pay_run_step
from kpi.models import Cycle, PersonResult, Scheme, UnitResult
from kpi.states import CycleState
from reform.models import Person, PolicyParameter, PolicyVersion, Position, Unit, Zone
from tests import factories as make

MONTHS = tuple(f"2022-{number:02d}" for number in range(1, 13))


@dataclass
class Cast:
    """The zone, its users and who works in it, by name."""

    zone: Zone
    office: Any
    finance: Any
    leader: Any
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    posts: dict[str, Position] = field(default_factory=dict)

    def set_policy(self, **values: Any) -> None:
        """Other values of the zone's only version: point_value="4200" for pay.point_value."""
        version = PolicyVersion.objects.get(zone=self.zone)
        for name, value in values.items():
            PolicyParameter.objects.filter(version=version, key=f"pay.{name}").update(value=value)

    def newer_policy(self, starts_on: date, **values: Any) -> PolicyVersion:
        """A second version in force from a day, like the first but for some values of pay."""
        first = PolicyVersion.objects.filter(zone=self.zone).order_by("number").first()
        assert first is not None
        version = PolicyVersion.objects.create(
            zone=self.zone, number=first.number + 1, starts_on=starts_on, state=first.state
        )
        for row in [*first.parameters.all(), *first.levels.all()]:
            if isinstance(row, PolicyParameter):
                row.value = values.get(row.key.removeprefix("pay."), row.value)
            row.pk, row.version = None, version
            row.save()
        return version

    def join(
        self, name: str, level: str, unit: str = "甲局", starts_on: date = date(2021, 1, 1), **facts: Any
    ) -> Person:
        """Somebody with a post of a level from a day on."""
        person = make.a_person(self.zone, name)
        self.people[name] = person
        self.hold(name, level, unit, starts_on, **facts)
        return person

    def hold(self, name: str, level: str, unit: str, starts_on: date, **facts: Any) -> Any:
        """The post that somebody holds from a day; the former main post ends there."""
        person = self.people[name]
        if facts.get("kind", "PRIMARY") == "PRIMARY":
            person.tenures.filter(kind="PRIMARY", ends_before=None).update(ends_before=starts_on)
        position = make.a_position(self.unit(unit), f"{level}岗", level)
        self.posts[name] = position
        return make.a_tenure(person, position, starts_on, **facts)

    def unit(self, name: str) -> Unit:
        if name not in self.units:
            self.units[name] = make.a_unit(self.zone, name)
        return self.units[name]

    def results(
        self, code: str = "2022", units: dict[str, str] | None = None, grades: dict[str, str] | None = None
    ) -> Cycle:
        """A final cycle: unit → score, person → grade ('' for 不定等次)."""
        scheme, _ = Scheme.objects.get_or_create(
            zone=self.zone, year=int(code[:4]), defaults={"name": f"{code[:4]}年方案"}
        )
        period = "QUARTER" if "Q" in code else "YEAR"
        first = date(int(code[:4]), 3 * int(code[-1]) - 2 if "Q" in code else 1, 1)
        cycle, _ = Cycle.objects.get_or_create(
            zone=self.zone,
            code=code,
            defaults={
                "scheme": scheme,
                "policy": PolicyVersion.objects.get(zone=self.zone),
                "period": period,
                "starts_on": first,
                "ends_before": date(first.year + 1, 1, 1),
                "state": CycleState.FINAL.value,
            },
        )
        for name, score in (units or {}).items():
            UnitResult.objects.create(cycle=cycle, unit=self.unit(name), total=Decimal(score))
        for name, grade in (grades or {}).items():
            PersonResult.objects.create(cycle=cycle, person=self.people[name], grade=grade)
        return cycle

    def pool(self, amount: str = "10000000.00", year: int = 2022) -> Any:
        return pay_pool_set(
            zone=self.zone,
            year=year,
            actor=self.office,
            on=date(year, 1, 5),
            amount=Decimal(amount),
            document_no=f"财〔{year}〕1号",
        )

    def run(self, code: str) -> PayRun:
        """A run, opened and computed."""
        run = pay_run_open(zone=self.zone, code=code, actor=self.office)
        pay_run_calculate(run=run, actor=self.office)
        return run

    def checked(self, code: str) -> PayRun:
        return pay_run_step(run=self.run(code), event="check", actor=self.finance, on=date(2022, 12, 1))

    def paid(self, code: str) -> PayRun:
        """A run brought to the bank; the year's pool must be registered."""
        run = self.checked(code)
        pay_run_step(run=run, event="approve", actor=self.leader, on=date(2022, 12, 1), document_no="批1号")
        return pay_run_step(run=run, event="pay", actor=self.finance, on=date(2022, 12, 2))

    def line(self, run: PayRun, name: str) -> PayLine:
        return PayLine.objects.get(run=run, person=self.people[name])


def a_cast() -> Cast:
    """The zone with its users and nobody in it; K_u of 甲局 is 1.0711 and of 乙局 0.9856 once results are
    there."""
    zone = make.a_zone()
    return Cast(
        zone=zone,
        office=make.a_user(zone, "薪酬专员"),
        finance=make.a_user(zone, "财务"),
        leader=make.a_user(zone, "领导"),
    )
