"""Grades of a cycle: quotas and ties, leaders of weak units, vetoes, sanctions, exclusions."""

from datetime import date

import pytest

from kpi.models import (
    Cycle,
    Exclusion,
    PersonEntry,
)
from kpi.selectors.results import cycle_results
from reform.models import ArchivedStatus, Sanction, Tenure
from tests import factories as make
from tests.kpi import casts
from tests.kpi.registered_cast import (
    ALL,
    FORMULA,
    a_registered_cycle,
    a_veto,
    compute,
    nine,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=2)


def test_quota_of_a_pool_under_the_zones_cap_leaves_a_tie_to_decide(cast):
    # units of three are pooled: ⌊9 × 25 %⌋ = 2, the zone allows ⌊9 × 20 %⌋ = 1
    a_registered_cycle(cast, ALL, nine(cast, [99, 80, 80, 99, 80, 80, 80, 80, 80]))
    compute(cast)
    results = cycle_results(cast.cycle)
    assert [(one.group, one.n, one.by_rate, one.quota, one.used) for one in results.quotas] == [
        ("合并计算单位", 9, 2, 1, 0)
    ]
    tie = results.ties[0]
    assert (tie.group, tie.seats, tie.names) == ("合并计算单位", 1, ("经甲", "招甲"))
    assert person(cast, "经甲").grade == "B"
    assert "待研究决定" in person(cast, "经甲").why


def test_leader_of_a_vetoed_unit_is_at_most_competent(cast):
    a_registered_cycle(cast, ALL, nine(cast, [99, 95, 80, 80, 80, 80, 80, 80, 80]))
    a_veto(cast, unit=cast.units[0])
    compute(cast)
    assert (person(cast, "经甲").grade, person(cast, "经乙").grade) == ("B", "A")
    assert "所在单位被一票否决，单位正副职不得评为" in person(cast, "经甲").why


def test_deputy_of_a_vetoed_unit_is_at_most_competent_too(cast):
    Tenure.objects.filter(person=cast.people["经乙"]).update(held_level="L60")
    a_registered_cycle(cast, ALL, nine(cast, [80, 99, 98, 80, 80, 80, 80, 80, 80]))
    a_veto(cast, unit=cast.units[0])
    compute(cast)
    assert (person(cast, "经乙").grade, person(cast, "经丙").grade) == ("B", "A")


def test_acting_leader_is_a_leader(cast):
    deputy = make.a_person(cast.zone, "主持人")
    cast.people["主持人"] = deputy
    make.a_tenure(deputy, make.a_position(cast.units[0], "主办", "L30"), date(2021, 1, 1))
    post = Tenure.objects.get(person=cast.people["经甲"]).position
    make.a_tenure(deputy, post, date(2021, 6, 1), kind="ACTING", held_level="L30")
    Tenure.objects.filter(person=cast.people["经甲"]).update(ends_before=date(2021, 6, 1))
    a_registered_cycle(
        cast, ALL | {"经济发展局": 50}, {"主持人": 100} | {one: 90 for one in ("招乙", "招丙")}
    )
    PersonEntry.objects.filter(person=deputy).update(
        values=dict.fromkeys(("KPI得分", "民主测评得分", "领导评价得分"), "105")
    )
    Cycle.objects.filter(pk=cast.cycle.pk).update(formula=FORMULA)
    compute(cast)
    assert person(cast, "主持人").grade != "A"


def test_veto_sanction_and_exclusion_of_persons(cast):
    people = nine(cast, [80, 80, 80, 95, 95, 95, 80, 80, 80])
    a_registered_cycle(cast, ALL, people)
    a_veto(cast, person=cast.people["招甲"])
    Sanction.objects.create(
        person=cast.people["招乙"], kind="DEMERIT", decided_on=date(2022, 3, 1), ends_before=date(2023, 9, 1)
    )
    Exclusion.objects.create(
        cycle=cast.cycle, person=cast.people["招丙"], cause="LEAVE", note="病假200天", entered_by=cast.office
    )
    Sanction.objects.create(
        person=cast.people["经甲"], kind="INVESTIGATION", decided_on=date(2022, 3, 1),
        ends_before=date(2022, 6, 1),
    )  # fmt: skip
    compute(cast)
    assert (person(cast, "招甲").grade, person(cast, "招甲").coefficient) == ("D", 0)
    assert person(cast, "招乙").grade == "C"
    assert (person(cast, "招丙").grade, person(cast, "招丙").group) == ("", "")
    assert person(cast, "招丙").why == "病、事假累计超过半年，不参加考核（病假200天）"
    assert person(cast, "经甲").grade == "B"  # the investigation was closed
    assert cycle_results(cast.cycle).n == 8


def test_labels_follow_the_identity_of_the_last_day(cast):
    a_registered_cycle(cast, ALL, nine(cast, [80] * 9))
    ArchivedStatus.objects.create(person=cast.people["经甲"], identity="XZ", ends_before=date(2022, 6, 1))
    ArchivedStatus.objects.create(person=cast.people["经甲"], identity="SY")
    ArchivedStatus.objects.create(person=cast.people["招甲"], identity="XZ")
    compute(cast)
    labels = {one.name: one.grade_label for one in cycle_results(cast.cycle).people}
    assert (labels["经甲"], labels["招甲"]) == ("合格", "称职")
