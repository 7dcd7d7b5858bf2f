"""Registered cycles for the tests of results: scores of units and persons as a workbook brings them."""

from datetime import date
from decimal import Decimal

from kpi.models import PersonResult, UnitResult, Veto
from kpi.services import (
    PersonScoreEntry,
    UnitScoreEntry,
    cycle_create,
    cycle_formula_set,
    cycle_register,
    person_entries_register,
    unit_entries_register,
)
from kpi.services.results import results_compute

FORMULA = "个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×20%+加分-扣分"
COLUMNS = ("KPI得分", "民主测评得分", "领导评价得分")
ALL = {"经济发展局": 100, "招商局": 100, "规划建设局": 100}


def a_registered_cycle(cast, units, people, code="2022", formula=FORMULA):
    """Scores of units by name, and of persons by name: the same in all three columns."""
    cycle = cycle_create(zone=cast.zone, code=code, actor=cast.office)
    by_name = {one.name: one for one in cast.units}
    entries = [
        UnitScoreEntry(
            by_name[name], score if isinstance(score, dict) else {"indicators": Decimal(str(score))}
        )
        for name, score in units.items()
    ]
    unit_entries_register(cycle=cycle, entries=entries, actor=cast.office)
    rows = [
        PersonScoreEntry(cast.people[name], {"values": dict.fromkeys(COLUMNS, str(score))})
        for name, score in people.items()
    ]
    person_entries_register(cycle=cycle, entries=rows, actor=cast.office)
    if formula:
        cycle_formula_set(cycle=cycle, formula=formula, actor=cast.office)
    cycle_register(cycle=cycle, actor=cast.office)
    cast.cycle = cycle
    return cycle


def nine(cast, scores):
    """Scores for all nine people, in the order of the cast."""
    return dict(zip(cast.people, scores, strict=True))


def compute(cast, **said):
    return results_compute(cycle=cast.cycle, actor=cast.office, **said)


def person(cast, name):
    return PersonResult.objects.get(cycle=cast.cycle, person=cast.people[name], current=True)


def unit(cast, name):
    return UnitResult.objects.get(cycle=cast.cycle, unit__name=name, current=True)


def a_veto(cast, **subject):
    """One that has been approved."""
    return Veto.objects.create(
        cycle=cast.cycle,
        matter="较大事故",
        state="APPROVED",
        raised_by=cast.office,
        raised_on=date(2023, 1, 5),
        **subject,
    )
