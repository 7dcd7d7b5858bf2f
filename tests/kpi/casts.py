"""A small zone for the tests of the appraisal: three units, who leads and works in them, a user of each role,
a scheme with leaves, and a cycle brought as far as a test needs it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kpi.models import Cycle, Indicator, Item, Scheme
from kpi.selectors.cycle_facts import signing
from kpi.services.cycles import (
    cycle_create,
    cycle_dates_set,
    cycle_items_make,
    cycle_step,
    targets_register,
    targets_sign,
)
from kpi.services.leaves import IndicatorEntry
from kpi.services.reporting import actuals_report, items_submit, items_verify
from kpi.services.schemes import indicators_register, scheme_create
from reform.models import Membership, Person, Unit, Zone
from tests import factories as make

YEAR = 2022
SIGNED = date(2022, 1, 10)
REPORT_BY = date(2023, 1, 10)
VERIFY_BY = date(2023, 1, 16)
RESULTS_BY = date(2023, 1, 20)
REPORTED = date(2023, 1, 9)
CLOSED = date(2023, 1, 11)
SCORED = date(2023, 1, 17)
PUBLISHED = date(2023, 1, 18)
FINAL = date(2023, 2, 10)


@dataclass
class Cast:
    """The zone and everybody in it. people: by name; the first of each unit leads it."""

    zone: Zone
    units: list[Unit]
    people: dict[str, Person]
    office: Any
    checker: Any
    leader: Any
    second_leader: Any
    supervisor: Any
    scorer: Any
    heads: dict[int, Any]
    scheme: Scheme | None = None
    cycle: Cycle | None = None

    def head(self, unit: Unit) -> Any:
        """The account of a unit's head, read anew: permissions and bounds are kept on the object."""
        return type(self.office).objects.get(pk=self.heads[unit.pk].pk)

    def item(self, name: str) -> Item:
        """The cycle's leaf of this name."""
        return Item.objects.select_related("cycle__zone", "indicator").get(
            cycle=self.cycle, indicator__level2=name
        )

    def items(self, *names: str) -> list[Item]:
        rows = Item.objects.filter(cycle=self.cycle).select_related("cycle__zone", "indicator")
        return list(rows.filter(indicator__level2__in=names) if names else rows)

    def leaf(self, name: str) -> Indicator:
        """The leaf of this name that counts now."""
        assert self.scheme is not None
        return Indicator.objects.get(scheme=self.scheme, level2=name, replaced_by=None)


def a_cast(staff: int = 2) -> Cast:
    """Three units with a head and so many others each, in post since 2021; an account of each role."""
    zone = make.a_zone()
    names = ("经济发展局", "招商局", "规划建设局")
    units = [make.a_unit(zone, name, sort_no=place) for place, name in enumerate(names)]
    people: dict[str, Person] = {}
    heads = {}
    for unit in units:
        posts = [("局长", "L70")] + [(f"主办{n}", "L30") for n in range(1, staff + 1)]
        for place, (title, level) in enumerate(posts):
            name = unit.name[0] + ("甲乙丙丁戊己庚辛壬癸"[place % 10])
            person = people[name] = make.a_person(zone, name, sort_no=len(people))
            make.a_tenure(person, make.a_position(unit, title, level), date(2021, 1, 1))
            if place == 0:
                heads[unit.pk] = make.a_user(zone, "单位负责人", f"{unit.name}负责人")
                Membership.objects.filter(user=heads[unit.pk]).update(unit=unit, person=person)
    return Cast(
        zone=zone,
        units=units,
        people=people,
        office=make.a_user(zone, "考核办"),
        checker=make.a_user(zone, "考核办"),
        leader=make.a_user(zone, "领导"),
        second_leader=make.a_user(zone, "领导"),
        supervisor=make.a_user(zone, "监督组"),
        scorer=make.a_user(zone, "考评组"),
        heads=heads,
    )


def leaves_of(unit: Unit | None, period: str = "YEAR", **more: Any) -> list[IndicatorEntry]:
    """Two leaves of a subject, 60 and 40, with a source: 比例法 and 目标完成法."""
    who = unit.name if unit else "全区"
    facts = {"data_source": "统计局", "responsible_unit": unit} | more
    return [
        IndicatorEntry(
            "经济发展", f"{who}投资", subject=unit, period=period,
            values=facts | {"rule": "PROP", "full": Decimal(60), "measure": "亿元"},
        ),
        IndicatorEntry(
            "项目建设", f"{who}开工", subject=unit, period=period,
            values=facts | {"rule": "TARGET", "full": Decimal(40), "measure": "个"},
        ),
    ]  # fmt: skip


def a_scheme(cast: Cast, year: int = YEAR, entries: list[IndicatorEntry] | None = None) -> Scheme:
    """The year's scheme with two leaves for each unit, or with the leaves given."""
    scheme = scheme_create(zone=cast.zone, year=year, name=f"{year}年度考核方案", actor=cast.office)
    given = [one for unit in cast.units for one in leaves_of(unit)] if entries is None else entries
    indicators_register(scheme=scheme, entries=given, actor=cast.office)
    cast.scheme = scheme
    return scheme


def a_cycle(cast: Cast, code: str = str(YEAR), *, target: Any = 100) -> Cycle:
    """A drafted cycle with its items, a target on each, and its dates."""
    if cast.scheme is None:
        a_scheme(cast)
    cast.cycle = cycle_create(zone=cast.zone, code=code, actor=cast.office, scheme=cast.scheme)
    cycle_items_make(cycle=cast.cycle, actor=cast.office)
    targets = {one.pk: {"target": Decimal(target)} for one in cast.items()}
    targets_register(cycle=cast.cycle, targets=targets, actor=cast.office)
    cycle_dates_set(
        cycle=cast.cycle,
        actor=cast.office,
        report_by=REPORT_BY,
        verify_by=VERIFY_BY,
        results_by=RESULTS_BY,
    )
    return cast.cycle


def signed(cast: Cast) -> Cycle:
    """A drafted cycle with everybody's signature."""
    cycle = cast.cycle or a_cycle(cast)
    parties = signing(cycle)
    by_office = [one.unit for one in parties if not one.office]
    targets_sign(cycle=cycle, units=by_office, by_unit=False, actor=cast.office, on=SIGNED)
    for unit in [one.unit for one in parties if one.unit and not one.own]:
        targets_sign(cycle=cycle, units=[unit], by_unit=True, actor=cast.head(unit), on=SIGNED)
    return cycle


def collecting_of(cast: Cast, code: str) -> Cycle:
    """As collecting, for the cycle of a code, which is made."""
    a_cycle(cast, code)
    return collecting(cast)


def collecting(cast: Cast) -> Cycle:
    """Targets set, reporting open."""
    cycle = signed(cast)
    cycle_step(cycle=cycle, event="set_targets", actor=cast.office, on=SIGNED)
    cycle_step(cycle=cycle, event="open", actor=cast.office, on=SIGNED)
    return cycle


def reported(cast: Cast, actual: Any = 90) -> Cycle:
    """Every leaf handed in by its unit's head in time, the cycle still collecting."""
    cycle = collecting(cast)
    for unit in cast.units:
        head = cast.head(unit)
        rows = [one for one in cast.items() if one.indicator.subject_id == unit.pk]
        values = {one.pk: {"actual": Decimal(actual)} for one in rows}
        actuals_report(cycle=cycle, values=values, actor=head, on=REPORTED)
        assert items_submit(items=rows, actor=head, on=REPORTED) == []
    return cycle


def scoring(cast: Cast, actual: Any = 90) -> Cycle:
    """Every leaf verified, the cycle in 评分 with its scores."""
    cycle = reported(cast, actual)
    cycle_step(cycle=cycle, event="review", actor=cast.office, on=REPORTED)
    assert items_verify(items=cast.items(), actor=cast.checker, on=CLOSED) == []
    cycle_step(cycle=cycle, event="score", actor=cast.office, on=SCORED)
    return cycle


def calibrating(cast: Cast, actual: Any = 90) -> Cycle:
    """Results are there; the leaders have not published yet."""
    cycle = scoring(cast, actual)
    cycle_step(cycle=cycle, event="calibrate", actor=cast.office, on=SCORED)
    return cycle


def appealing(cast: Cast, actual: Any = 90) -> Cycle:
    """Published and in 公示."""
    cycle = calibrating(cast, actual)
    cycle_step(cycle=cycle, event="publish", actor=cast.leader, on=PUBLISHED, document_no="考发〔2023〕1号")
    assert cycle.publicity_starts_on is not None
    cycle_step(cycle=cycle, event="open_appeals", actor=cast.office, on=cycle.publicity_starts_on)
    return cycle
