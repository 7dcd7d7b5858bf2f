"""Results that can be counted by hand: five units scored by workbook, nine people in three of them.

Units: 98, 90 (92 less 2), 70, 60, 50; mean 73.6. Combined: 经 97.1 92.4 85.4, 招 90 83 62, 规 73 56 77.
Grades: A 经甲; B 经乙 经丙 招甲 招乙 规丙; C 招丙 规甲; D 规乙. Quota: ⌊9×20%⌋ = 1, all pooled.
K_u × K_p over 90: 1.3067, 1.0889, 1.0889, 1, 1, 0.6, 0.4667, 0, 0.7778.
"""

from decimal import Decimal
from typing import Any

from kpi.models import Cycle, Indicator, Item, PersonResult, UnitResult
from kpi.services import (
    PersonScoreEntry,
    UnitScoreEntry,
    cycle_create,
    cycle_formula_set,
    cycle_register,
    cycle_step,
    person_entries_register,
    unit_entries_register,
)
from kpi.services.results import results_compute
from tests import factories as make
from tests.kpi import casts

FORMULA = "个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×20%+加分-扣分"
COLUMNS = ("KPI得分", "民主测评得分", "领导评价得分")
UNITS: dict[str, dict[str, Any]] = {
    "经济发展局": {"indicators": 98},
    "招商局": {"indicators": 92, "deduction": 2, "remark": "信访积案"},
    "规划建设局": {"indicators": 70},
    "科技局": {"indicators": 60},
    "应急局": {"indicators": 50},
}
SCORES = (95, 90, 80, 90, 80, 50, 80, 50, 80)


def with_more_units(cast: casts.Cast) -> casts.Cast:
    """Two units without people, for a ranking that has a lower end."""
    for place, name in enumerate(("科技局", "应急局"), start=3):
        cast.units.append(make.a_unit(cast.zone, name, sort_no=place))
    return cast


def counted(
    cast: casts.Cast, code: str = "2022", units: dict[str, Any] | None = None, scores: Any = SCORES
) -> Cycle:
    """A cycle registered by workbook, its results computed; in 评分."""
    by_name = {one.name: one for one in cast.units}
    cycle = cycle_create(zone=cast.zone, code=code, actor=cast.office)
    entries = [
        UnitScoreEntry(
            by_name[name],
            {key: one if key == "remark" else Decimal(str(one)) for key, one in given.items()},
        )
        for name, given in (units or UNITS).items()
    ]
    unit_entries_register(cycle=cycle, entries=entries, actor=cast.office)
    people = [
        PersonScoreEntry(person, {"values": dict.fromkeys(COLUMNS, str(score))})
        for person, score in zip(cast.people.values(), scores, strict=False)
    ]
    person_entries_register(cycle=cycle, entries=people, actor=cast.office)
    cycle_formula_set(cycle=cycle, formula=FORMULA, actor=cast.office)
    cycle_register(cycle=cycle, actor=cast.office)
    results_compute(cycle=cycle, actor=cast.office)
    cast.cycle = cycle
    return cycle


def calibrated(cast: casts.Cast, cycle: Cycle) -> Cycle:
    """On to 校准."""
    cycle_step(cycle=cycle, event="calibrate", actor=cast.office, on=casts.SCORED)
    return cycle


def published(cast: casts.Cast, cycle: Cycle) -> Cycle:
    """Published, in 公示."""
    calibrated(cast, cycle)
    cycle_step(
        cycle=cycle, event="publish", actor=cast.leader, on=casts.PUBLISHED, document_no="考发〔2023〕1号"
    )
    assert cycle.publicity_starts_on is not None
    cycle_step(cycle=cycle, event="open_appeals", actor=cast.office, on=cycle.publicity_starts_on)
    return cycle


def final(cast: casts.Cast, cycle: Cycle) -> Cycle:
    """Final, grades written and consequences listed."""
    published(cast, cycle)
    cycle_step(cycle=cycle, event="finalize", actor=cast.office, on=casts.FINAL)
    return cycle


def add_rows(cast: casts.Cast, count: int, first: int = 0) -> None:
    """So many more units, each with a result, a leaf and a person, as they are stored: for counting
    statements."""
    cycle = cast.cycle
    assert cycle is not None
    for number in range(first, first + count):
        unit = make.a_unit(cast.zone, f"第{number}局", sort_no=100 + number)
        person = make.a_person(cast.zone, f"员{number}", sort_no=100 + number)
        UnitResult.objects.create(cycle=cycle, unit=unit, total=80, indicators=80, rank=1, grade="三等")
        PersonResult.objects.create(
            cycle=cycle, person=person, unit=unit, level="L30", identity="SY", combined=80, unit_score=80,
            personal=80, grade="B", suggested="B", coefficient=1, group="合并计算单位",
        )  # fmt: skip
        leaf = Indicator.objects.create(
            scheme=cycle.scheme, level1="经济发展", level2=f"第{number}项", subject=unit, full=100,
            rule="PROP", is_core=True, data_source="统计局", responsible_unit=unit,
        )  # fmt: skip
        Item.objects.create(cycle=cycle, indicator=leaf, full=100, target=100, actual=80, score=80)
