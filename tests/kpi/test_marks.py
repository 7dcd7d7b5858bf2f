"""定性指标评分: sheets, marks, locking; nobody marks the own unit. And scores that come in as such."""

from decimal import Decimal

import pytest

from kpi.models import Cycle, Mark, PersonEntry, UnitEntry
from kpi.selectors.cycle_facts import scoring_facts
from kpi.selectors.marks import sheet_items
from kpi.services import (
    IndicatorEntry,
    MarkValue,
    PersonScoreEntry,
    UnitScoreEntry,
    cycle_create,
    cycle_formula_set,
    cycle_step,
    items_verify,
    mark_sheet_lock,
    mark_sheets_make,
    marks_save,
    person_entries_register,
    unit_entries_register,
)
from reform.errors import Refused, RuleError
from reform.models import Kinship, Membership
from tests import factories as make
from tests.kpi import casts

pytestmark = pytest.mark.django_db

GOOD = MarkValue("优秀", 2)


@pytest.fixture
def cast() -> casts.Cast:
    """In 评分, with a leaf of 等次评价 in each unit."""
    cast = casts.a_cast(staff=1)
    entries = [
        IndicatorEntry(
            "党的建设", f"{unit.name}党建", subject=unit,
            values={"rule": "GRADE", "full": Decimal(100), "data_source": "党群部", "responsible_unit": unit},
        )
        for unit in cast.units
    ]  # fmt: skip
    casts.a_scheme(cast, entries=entries)
    casts.collecting(cast)
    cycle_step(cycle=cast.cycle, event="review", actor=cast.office, on=casts.CLOSED)
    assert items_verify(items=[], actor=cast.checker, on=casts.CLOSED) == []
    cycle_step(cycle=cast.cycle, event="score", actor=cast.office, on=casts.SCORED)
    return cast


def a_sheet(cast, scorer=None):
    return mark_sheets_make(cycle=cast.cycle, scorers=[scorer or cast.scorer], actor=cast.office)[0]


def mark_all(cast, sheet, value=GOOD):
    marks = {one.pk: value for one in sheet_items(sheet)}
    return marks_save(sheet=sheet, marks=marks, actor=sheet.scorer)


def test_each_scorer_gets_one_sheet(cast):
    made = mark_sheets_make(
        cycle=cast.cycle, scorers=[cast.scorer, cast.leader, cast.scorer], actor=cast.office
    )
    assert [one.scorer for one in made] == [cast.scorer, cast.leader]
    assert mark_sheets_make(cycle=cast.cycle, scorers=[cast.scorer], actor=cast.office) == []


def test_only_scorers_of_the_zone_get_sheets(cast):
    stranger = make.a_user(make.a_zone("other", "另一区"), "考评组", "外区评分人")
    with pytest.raises(Refused) as refusal:
        mark_sheets_make(cycle=cast.cycle, scorers=[stranger, cast.office], actor=cast.office)
    assert len(refusal.value.reasons) == 2


def test_marks_are_changed_until_the_sheet_is_locked(cast):
    sheet = a_sheet(cast)
    assert mark_all(cast, sheet) == 3
    assert mark_all(cast, sheet) == 0
    assert mark_all(cast, sheet, MarkValue("称职")) == 3
    mark_sheet_lock(sheet=sheet, actor=cast.scorer, on=casts.SCORED)
    assert (sheet.state, sheet.locked_on) == ("LOCKED", casts.SCORED)
    with pytest.raises(Refused, match="评分表已经提交，不能再改"):
        mark_all(cast, sheet)
    assert set(Mark.objects.values_list("grade", flat=True)) == {"称职"}


def test_grade_outside_the_table_is_refused(cast):
    sheet = a_sheet(cast)
    with pytest.raises(Refused, match=r"招商局·招商局党建：.*良好"):
        marks_save(sheet=sheet, marks={cast.item("招商局党建").pk: MarkValue("良好")}, actor=cast.scorer)


def test_sheet_is_filled_and_locked_by_its_scorer_and_complete(cast):
    sheet = a_sheet(cast)
    with pytest.raises(Refused, match="只能填自己的评分表"):
        marks_save(sheet=sheet, marks={}, actor=cast.leader)
    with pytest.raises(Refused, match="3项还没有评"):
        mark_sheet_lock(sheet=sheet, actor=cast.scorer, on=casts.SCORED)
    mark_all(cast, sheet)
    with pytest.raises(Refused, match="只能提交自己的评分表"):
        mark_sheet_lock(sheet=sheet, actor=cast.leader, on=casts.SCORED)


def test_scorer_does_not_mark_the_own_unit(cast):
    Membership.objects.filter(user=cast.scorer).update(person=cast.people["招乙"])
    sheet = a_sheet(cast)
    assert {one.indicator.subject.name for one in sheet_items(sheet)} == {"经济发展局", "规划建设局"}
    with pytest.raises(Refused, match="须回避"):
        marks_save(sheet=sheet, marks={cast.item("招商局党建").pk: GOOD}, actor=cast.scorer)
    mark_all(cast, sheet)
    mark_sheet_lock(sheet=sheet, actor=cast.scorer, on=casts.SCORED)
    assert sheet.state == "LOCKED"


def test_scorer_does_not_mark_the_unit_that_a_relative_leads(cast):
    Membership.objects.filter(user=cast.scorer).update(person=cast.people["招乙"])
    Kinship.objects.create(person=cast.people["招乙"], relative=cast.people["规甲"], relation="71")
    assert {one.indicator.subject.name for one in sheet_items(a_sheet(cast))} == {"经济发展局"}


def test_calibration_waits_for_sheets_and_marks(cast):
    sheet = a_sheet(cast)
    with pytest.raises(Refused) as refusal:
        cycle_step(cycle=cast.cycle, event="calibrate", actor=cast.office, on=casts.SCORED)
    text = str(refusal.value)
    assert "评分表还没有提交：考评组" in text
    assert "3项定性指标没有评分" in text
    mark_all(cast, sheet)
    mark_sheet_lock(sheet=sheet, actor=cast.scorer, on=casts.SCORED)
    facts = scoring_facts(cast.cycle)
    assert (facts.unlocked, facts.unmarked) == ([], [])


# --- scores that come in as such ---


def a_plain_cycle(cast, code="2021"):
    return cycle_create(zone=cast.zone, code=code, actor=cast.office)


def test_units_scores_are_written_and_corrected(cast):
    cycle = a_plain_cycle(cast)
    entries = [UnitScoreEntry(one, {"indicators": Decimal(90), "bonus": Decimal(2)}) for one in cast.units]
    assert unit_entries_register(cycle=cycle, entries=entries, actor=cast.office) == (3, 0)
    changed = [UnitScoreEntry(cast.units[0], {"indicators": Decimal(91)})]
    assert unit_entries_register(cycle=cycle, entries=changed, actor=cast.office) == (0, 1)
    assert unit_entries_register(cycle=cycle, entries=changed, actor=cast.office) == (0, 0)
    row = UnitEntry.objects.get(cycle=cycle, unit=cast.units[0])
    assert (row.indicators, row.bonus) == (91, 2)


def test_unit_with_leaves_of_its_own_has_no_score_from_a_sheet(cast):
    with pytest.raises(Refused, match="“招商局”在2022年度考核有自己的指标"):
        unit_entries_register(
            cycle=cast.cycle, entries=[UnitScoreEntry(cast.units[1], {})], actor=cast.office
        )


def test_wrong_entries_are_refused_together(cast):
    cycle = a_plain_cycle(cast)
    unit = cast.units[0]
    with pytest.raises(Refused) as refusal:
        unit_entries_register(
            cycle=cycle,
            entries=[UnitScoreEntry(unit, {"bonus": Decimal(-1)}), UnitScoreEntry(unit, {})],
            actor=cast.office,
        )
    assert refusal.value.reasons == ("“经济发展局”有两行", "经济发展局：加分须不小于0，现为-1")


def test_columns_of_persons_scores_are_taken_over_one_by_one(cast):
    cycle = a_plain_cycle(cast)
    person = cast.people["招乙"]

    def register(**given):
        entries = [PersonScoreEntry(person, given)]
        return person_entries_register(cycle=cycle, entries=entries, actor=cast.office)

    assert register(values={"KPI得分": "90", "民主测评": "88"}, bonus=Decimal(1)) == (1, 0)
    assert register(values={"KPI得分": "91"}) == (0, 1)
    row = PersonEntry.objects.get()
    assert (row.values, row.bonus) == ({"KPI得分": "91", "民主测评": "88"}, 1)
    with pytest.raises(Refused, match="招乙：KPI得分“优”不是数"):
        register(values={"KPI得分": "优"})


def test_leaders_give_their_points_within_the_policy(cast):
    cycle = a_plain_cycle(cast)
    entry = PersonScoreEntry(cast.people["招乙"], {"leader_points": Decimal(4)})
    assert person_entries_register(cycle=cycle, entries=[entry], actor=cast.leader) == (1, 0)
    entry = PersonScoreEntry(cast.people["招乙"], {"leader_points": Decimal(6)})
    with pytest.raises(Refused, match="领导小组加分须为1至5分，现为6"):
        person_entries_register(cycle=cycle, entries=[entry], actor=cast.leader)
    with pytest.raises(Refused, match="由考核办办理"):
        person_entries_register(cycle=cycle, entries=[entry], actor=cast.scorer)


def test_formula_is_kept_as_it_is_read(cast):
    cycle = a_plain_cycle(cast)
    said = {"cycle": cycle, "actor": cast.office}
    assert cycle_formula_set(formula="个人得分＝KPI得分*60%+民主测评*40%+加分-扣分", **said)
    assert Cycle.objects.get(pk=cycle.pk).formula == "个人得分=KPI得分×60%+民主测评×40%+加分-扣分"
    assert not cycle_formula_set(formula="个人得分=KPI得分×60%+民主测评×40%+加分-扣分", **said)
    with pytest.raises(RuleError):
        cycle_formula_set(formula="个人得分=KPI得分×60%", **said)


def test_entries_end_with_publication(cast):
    cycle = a_plain_cycle(cast)
    Cycle.objects.filter(pk=cycle.pk).update(state="PUBLISHED")
    cycle.refresh_from_db()
    with pytest.raises(Refused, match="已是“已公布”，得分只能通过申诉更正"):
        unit_entries_register(
            cycle=cycle, entries=[UnitScoreEntry(cast.units[0], {"bonus": Decimal(1)})], actor=cast.office
        )
    with pytest.raises(Refused, match="得分只能通过申诉更正"):
        cycle_formula_set(cycle=cycle, formula="个人得分=KPI得分×100%", actor=cast.office)
