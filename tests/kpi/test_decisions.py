"""Vetoes, calibration, ties and exclusions: one proposes, another decides, results follow at once."""

from datetime import date
from decimal import Decimal

import pytest

from kpi.models import Adjustment, Exclusion, Item, PersonEntry, PersonResult, TieDecision, UnitResult, Veto
from kpi.selectors.results import cycle_results
from kpi.services import cycle_step
from kpi.services.decisions import (
    adjustment_decide,
    adjustment_propose,
    adjustment_withdraw,
    tie_decide,
    veto_decide,
    veto_raise,
)
from kpi.services.exclusions import exclusion_remove, exclusion_set
from kpi.services.results import results_compute
from reform.errors import IllegalTransition, Refused
from reform.models import Kinship, Membership
from tests.kpi import casts
from tests.kpi.registered_cast import ALL, COLUMNS, a_registered_cycle, nine

pytestmark = pytest.mark.django_db
ON = casts.SCORED
DOC = "高新党工委〔2023〕5号"


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=2)


@pytest.fixture
def tied(cast):
    """A calibrating cycle with two equals for one seat."""
    cycle = a_registered_cycle(cast, ALL, nine(cast, [99, 80, 80, 99, 80, 80, 80, 80, 80]))
    results_compute(cycle=cycle, actor=cast.office)
    cycle_step(cycle=cycle, event="calibrate", actor=cast.office, on=ON)
    return cast


def unit(cast, place=1):
    return UnitResult.objects.get(cycle=cast.cycle, unit=cast.units[place], current=True)


def person(cast, name):
    return PersonResult.objects.get(cycle=cast.cycle, person=cast.people[name], current=True)


def test_veto_counts_once_another_approves_it_with_its_document(cast):
    cycle = casts.calibrating(cast, actual=100)
    veto = veto_raise(cycle=cycle, matter="较大事故", actor=cast.supervisor, on=ON, unit=cast.units[1])
    assert not unit(cast).vetoed
    with pytest.raises(Refused, match="须填写审定文号"):
        veto_decide(veto=veto, approve=True, actor=cast.leader, on=ON)
    veto_decide(veto=veto, approve=True, actor=cast.leader, on=ON, document_no=DOC)
    veto.refresh_from_db()
    assert (veto.state, veto.decided_by, veto.document_no) == ("APPROVED", cast.leader, DOC)
    row = unit(cast)
    assert (row.vetoed, row.grade, row.rank, row.total) == (True, "四等", 3, 100)


def test_veto_is_dismissed_with_a_reason_and_changes_nothing(cast):
    cycle = casts.calibrating(cast, actual=100)
    veto = veto_raise(cycle=cycle, matter="事故", actor=cast.office, on=ON, unit=cast.units[1])
    with pytest.raises(Refused, match="须写明理由"):
        veto_decide(veto=veto, approve=False, actor=cast.leader, on=ON)
    veto_decide(veto=veto, approve=False, actor=cast.leader, on=ON, reason="不属实")
    assert not unit(cast).vetoed


def test_veto_after_publication_makes_a_new_version(cast):
    cycle = casts.appealing(cast, actual=100)
    veto = veto_raise(cycle=cycle, matter="事故", actor=cast.office, on=ON, unit=cast.units[1])
    veto_decide(veto=veto, approve=True, actor=cast.leader, on=ON, document_no=DOC)
    assert (unit(cast).version, unit(cast).cause) == (2, "一票否决：招商局：事故")


def test_veto_is_raised_once_by_the_right_ones_for_one_subject(cast):
    cycle = casts.calibrating(cast, actual=100)
    said = {"cycle": cycle, "matter": "事故", "on": ON}
    with pytest.raises(Refused, match="没有这个权限"):
        veto_raise(actor=cast.scorer, unit=cast.units[1], **said)
    with pytest.raises(Refused, match="一个单位或一个人"):
        veto_raise(actor=cast.office, **said)
    veto_raise(actor=cast.office, unit=cast.units[1], **said)
    with pytest.raises(Refused, match="已经提出过"):
        veto_raise(actor=cast.office, unit=cast.units[1], **said)
    assert Veto.objects.count() == 1


def propose(cast, delta, **subject):
    return adjustment_propose(
        cycle=cast.cycle, delta=Decimal(delta), reason="口径调整", actor=cast.office, on=ON, **subject
    )


def test_calibration_of_a_leaf_a_unit_and_a_person(tied):
    rows = [propose(tied, "-2", unit=tied.units[1]), propose(tied, "1.5", person=tied.people["规乙"])]
    for row in rows:
        adjustment_decide(adjustment=row, approve=True, actor=tied.leader, on=ON)
    assert (unit(tied).adjustment, unit(tied).total) == (-2, 98)
    # 100 × 30 % + 80 × 70 % + 1.5
    assert (person(tied, "规乙").adjustment, person(tied, "规乙").combined) == (
        Decimal("1.50"),
        Decimal("87.50"),
    )
    assert person(tied, "招甲").unit_score == 98


def test_calibration_of_a_leaf_scores_it_again(cast):
    casts.calibrating(cast, actual=90)
    item = cast.item("招商局投资")
    row = propose(cast, "3", item=item)
    adjustment_decide(adjustment=row, approve=True, actor=cast.leader, on=ON)
    item.refresh_from_db()
    assert (item.auto_score, item.score) == (54, 57)
    assert unit(cast).total == 57


def test_calibration_stays_within_the_limit_also_in_parts(cast):
    casts.calibrating(cast, actual=90)
    item = cast.item("招商局投资")
    with pytest.raises(Refused, match=r"校准\+3.5分，超过上限3分"):
        propose(cast, "3.5", item=item)
    propose(cast, "2", item=item)
    with pytest.raises(Refused, match=r"校准\+2分，连同已有的共\+4.00分，超过上限3分"):
        propose(cast, "2", item=item)
    with pytest.raises(Refused, match="不等于0"):
        propose(cast, "0", item=item)


def test_calibration_is_decided_by_another_and_may_be_withdrawn(cast):
    casts.calibrating(cast, actual=90)
    row = propose(cast, "2", unit=cast.units[1])
    Adjustment.objects.filter(pk=row.pk).update(made_by=cast.leader)
    with pytest.raises(Refused, match="您本人提出的"):
        adjustment_decide(adjustment=row, approve=True, actor=cast.leader, on=ON)
    with pytest.raises(Refused, match="没有这个权限"):
        adjustment_decide(adjustment=row, approve=True, actor=cast.office, on=ON)
    adjustment_withdraw(adjustment=row, actor=cast.office, on=ON)
    with pytest.raises(IllegalTransition):
        adjustment_decide(adjustment=row, approve=True, actor=cast.second_leader, on=ON)
    assert unit(cast).adjustment == 0


def test_calibration_is_for_its_phase_and_for_scores_that_are_there(cast):
    casts.scoring(cast)
    with pytest.raises(Refused, match="不能校准"):
        propose(cast, "1", unit=cast.units[1])
    cycle_step(cycle=cast.cycle, event="calibrate", actor=cast.office, on=ON)
    item = cast.item("招商局投资")
    Item.objects.filter(pk=item.pk).update(score=None, reason="目标值为0")
    with pytest.raises(Refused, match="没有得分，不能校准：目标值为0"):
        propose(cast, "1", item=cast.item("招商局投资"))


def test_nobody_calibrates_their_own_score_or_a_relatives(tied):
    Membership.objects.filter(user=tied.office).update(person=tied.people["规乙"])
    Kinship.objects.create(person=tied.people["经乙"], relative=tied.people["规乙"], relation="12")
    for name in ("规乙", "经乙"):
        with pytest.raises(Refused, match="不能校准本人或近亲属的得分"):
            propose(tied, "1", person=tied.people[name])


def test_nobody_decides_a_veto_or_a_calibration_of_a_relative(tied):
    Membership.objects.filter(user=tied.leader).update(person=tied.people["规乙"])
    Kinship.objects.create(person=tied.people["经乙"], relative=tied.people["规乙"], relation="12")
    row = propose(tied, "1", person=tied.people["经乙"])
    with pytest.raises(Refused, match="事关您本人或近亲属，须回避"):
        adjustment_decide(adjustment=row, approve=True, actor=tied.leader, on=ON)
    veto = veto_raise(
        cycle=tied.cycle, matter="酒驾", actor=tied.supervisor, on=ON, person=tied.people["规乙"]
    )
    with pytest.raises(Refused, match="事关您本人或近亲属，须回避"):
        veto_decide(veto=veto, approve=False, reason="查无实据", actor=tied.leader, on=ON)


def decide_tie(cast, *names, **said):
    facts = {"actor": cast.leader, "reason": "德的表现较好", "on": ON} | said
    chosen = [cast.people[name] for name in names]
    tie_decide(cycle=cast.cycle, group="合并计算单位", chosen=chosen, **facts)


def test_tie_is_settled_by_the_leaders_and_stays_settled(tied):
    decide_tie(tied, "招甲")
    assert (person(tied, "招甲").grade, person(tied, "招甲").suggested) == ("A", "A")
    assert person(tied, "经甲").grade == "B"
    results = cycle_results(tied.cycle)
    assert results.ties == ()
    assert [one.used for one in results.quotas] == [1]
    assert set(TieDecision.objects.values_list("person__name", "gets_seat")) == {
        ("招甲", True),
        ("经甲", False),
    }
    assert results_compute(cycle=tied.cycle, actor=tied.office).people == 0


def test_decision_does_not_outlive_the_score_it_was_about(tied):
    decide_tie(tied, "招甲")
    both = PersonEntry.objects.filter(person__name__in=("招甲", "经甲"))
    both.update(values=dict.fromkeys(COLUMNS, "98"))
    results_compute(cycle=tied.cycle, actor=tied.office)
    assert [one.names for one in cycle_results(tied.cycle).ties] == [("经甲", "招甲")]
    assert person(tied, "招甲").grade == "B"
    decide_tie(tied, "经甲")
    assert person(tied, "经甲").grade == "A"


def test_tie_takes_exactly_its_seats_with_a_reason_by_somebody_else(tied):
    with pytest.raises(Refused, match="余1个名额，所选2人"):
        decide_tie(tied, "招甲", "经甲")
    with pytest.raises(Refused, match="不在并列名单内"):
        decide_tie(tied, "规甲")
    with pytest.raises(Refused, match="须写明理由"):
        decide_tie(tied, "招甲", reason=" ")
    with pytest.raises(Refused, match="没有这个权限"):
        decide_tie(tied, "招甲", actor=tied.office)
    Membership.objects.filter(user=tied.leader).update(person=None)
    Membership.objects.filter(person=tied.people["经甲"]).update(person=None)
    Membership.objects.filter(user=tied.leader).update(person=tied.people["经甲"])
    with pytest.raises(Refused, match="须回避"):
        decide_tie(tied, "招甲")
    with pytest.raises(Refused, match="没有待决定的并列"):
        tie_decide(cycle=tied.cycle, group="招商局", chosen=[], reason="x", actor=tied.second_leader, on=ON)


def test_exclusion_takes_a_person_out_of_the_count_and_back(tied):
    row = exclusion_set(cycle=tied.cycle, person=tied.people["招甲"], cause="FIRST_YEAR", actor=tied.office)
    assert person(tied, "招甲").why == "新录用人员试用期内，参加考核，不定等次"
    assert cycle_results(tied.cycle).n == 8
    assert person(tied, "经甲").grade == "A"
    exclusion_remove(exclusion=row, actor=tied.office, reason="登记有误")
    assert cycle_results(tied.cycle).n == 9
    assert person(tied, "经甲").grade == "B"


def test_exclusion_needs_its_note_and_comes_before_publication(cast):
    cycle = casts.appealing(cast, actual=100)
    with pytest.raises(Refused, match="不能登记不定等次人员"):
        exclusion_set(cycle=cycle, person=cast.people["招甲"], cause="LEAVE", actor=cast.office)
    cast.cycle = a_registered_cycle(cast, ALL, {}, code="2022Q1")
    with pytest.raises(Refused, match="须写明说明"):
        exclusion_set(cycle=cast.cycle, person=cast.people["招甲"], cause="OTHER", actor=cast.office)
    assert Exclusion.objects.count() == 0
    assert date(2023, 1, 17) == ON


def test_tie_between_units_under_the_zones_cap_gives_one_of_them_the_seat():
    cast = casts.a_cast(staff=7)
    scores = {name: 96 - place % 8 for place, name in enumerate(cast.people)}
    a_registered_cycle(cast, ALL, scores)
    results_compute(cycle=cast.cycle, actor=cast.office)
    tie = cycle_results(cast.cycle).ties[0]
    # ⌊8 × 25 %⌋ = 2 each, the zone allows ⌊24 × 20 %⌋ = 4: one seat is left for three equal units
    assert (tie.group, tie.seats, tie.names) == (
        "招商局、经济发展局、规划建设局",
        1,
        ("经乙", "招乙", "规乙"),
    )
    said = {"cycle": cast.cycle, "group": tie.group, "reason": "研究决定", "actor": cast.leader, "on": ON}
    tie_decide(chosen=[cast.people["规乙"]], **said)
    results = cycle_results(cast.cycle)
    assert results.ties == ()
    assert {one.group: one.used for one in results.quotas} == {"规划建设局": 2, "招商局": 1, "经济发展局": 1}
    assert person(cast, "规乙").grade == "A"
