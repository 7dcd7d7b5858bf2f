"""Results of a cycle: units, persons, quotas and ties, from stored scores to stored results."""

from datetime import date
from decimal import Decimal

import pytest

from kpi.models import (
    Cycle,
    Item,
    PersonEntry,
    RatingBallot,
    UnitEntry,
)
from kpi.selectors.results import cycle_results
from kpi.services import (
    cycle_create,
    cycle_register,
)
from reform.errors import Refused
from reform.models import PolicyParameter, Tenure
from tests import factories as make
from tests.kpi import casts
from tests.kpi.registered_cast import (
    a_registered_cycle,
    a_veto,
    compute,
    person,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=2)


def test_unit_is_the_sum_of_its_leaves_ranked_and_graded(cast):
    casts.calibrating(cast, actual=90)
    row = unit(cast, "招商局")
    # 60 × 90/100, and 目标完成法 of 40 missed
    assert (row.indicators, row.total, row.rank, row.grade) == (Decimal("54.00"), Decimal("54.00"), 1, "四等")
    assert row.steps == [
        "2项指标得分合计54.00",
        "总分：54.00=54.00，得54.00",
        "季度成绩不全（0/4），按年度得分计",
    ]


def test_handed_in_score_with_bonus_over_the_cap_and_deduction(cast):
    scores = {"招商局": {"indicators": Decimal(98), "bonus": Decimal(7), "deduction": Decimal("0.5")}}
    a_registered_cycle(cast, scores, {})
    compute(cast)
    row = unit(cast, "招商局")
    assert (row.bonus, row.deduction, row.total, row.grade) == (5, Decimal("0.50"), Decimal("102.50"), "一等")
    assert "加分7分，最多5分" in row.steps


def test_total_stays_within_105(cast):
    a_registered_cycle(cast, {"招商局": {"indicators": Decimal(104), "bonus": Decimal(4)}}, {})
    compute(cast)
    assert unit(cast, "招商局").total == 105


def test_unit_with_leaves_and_a_handed_in_score_is_refused(cast):
    casts.scoring(cast)
    UnitEntry.objects.create(cycle=cast.cycle, unit=cast.units[0], indicators=90)
    with pytest.raises(Refused, match="既有自己的指标又有报送的指标得分"):
        compute(cast)


def test_vetoed_unit_is_last_and_lowest_with_its_score_unchanged(cast):
    a_registered_cycle(cast, {"经济发展局": 96, "招商局": 99, "规划建设局": 70}, {})
    a_veto(cast, unit=cast.units[1])
    compute(cast)
    rows = cycle_results(cast.cycle).units
    assert [(one.unit, one.rank, one.total, one.grade, one.veto) for one in rows] == [
        ("经济发展局", 1, Decimal(96), "一等", False),
        ("规划建设局", 2, Decimal(70), "四等", False),
        ("招商局", 3, Decimal(99), "四等", True),
    ]


def test_each_late_leaf_costs_its_unit_by_working_days(cast):
    casts.scoring(cast, actual=100)
    # report_by is Tuesday 2023-01-10: Thursday is two working days late
    rows = Item.objects.filter(cycle=cast.cycle, indicator__subject=cast.units[1])
    rows.update(submitted_on=date(2023, 1, 12))
    compute(cast)
    assert (unit(cast, "招商局").late, unit(cast, "招商局").total) == (2, 98)
    assert unit(cast, "经济发展局").late == 0


def test_leaf_that_was_never_reported_scores_nothing_and_loses_no_more(cast):
    casts.scoring(cast, actual=100)
    row = Item.objects.filter(cycle=cast.cycle, indicator__subject=cast.units[1]).first()
    late = {"submitted_on": None, "unreported": True, "score": 0, "reason": "未报，按0分计"}
    Item.objects.filter(pk=row.pk).update(**late)
    compute(cast)
    assert (unit(cast, "招商局").late, unit(cast, "招商局").total) == (0, 40)


def test_leaf_that_cannot_be_scored_is_told_and_not_counted(cast):
    casts.scoring(cast, actual=100)
    item = cast.item("招商局投资")
    Item.objects.filter(pk=item.pk).update(score=None, reason="目标值为0")
    compute(cast)
    row = unit(cast, "招商局")
    assert row.indicators == 40
    assert row.steps[0] == "1项不能计分，未计入：招商局投资：目标值为0"


def test_zone_leaves_make_the_zones_score_and_no_unit(cast):
    entries = casts.leaves_of(None, responsible_unit=cast.units[0])
    casts.a_scheme(cast, entries=entries)
    cycle = cycle_create(zone=cast.zone, code="2022", actor=cast.office)
    cast.cycle = cycle
    Item.objects.filter(cycle=cycle).update(target=100, actual=95)
    cycle_register(cycle=cycle, actor=cast.office)
    from kpi.services.scores import cycle_score

    cycle_score(cycle=cycle, actor=cast.office)
    compute(cast)
    results = cycle_results(cycle)
    assert (results.zone_total, results.units) == (Decimal("57.00"), ())


def test_person_by_the_formula_combined_with_the_unit_by_level(cast):
    a_registered_cycle(cast, {"招商局": "91.20"}, {"招甲": "86.50", "招乙": "86.50"})
    PersonEntry.objects.filter(person=cast.people["招乙"]).update(bonus=2, deduction=Decimal("0.5"))
    compute(cast)
    head, other = person(cast, "招甲"), person(cast, "招乙")
    assert (head.personal, head.unit_score, head.combined) == (
        Decimal("86.50"),
        Decimal("91.20"),
        Decimal("89.79"),
    )
    assert (other.personal, other.combined) == (Decimal("88.00"), Decimal("88.96"))
    assert (head.level, head.post, head.unit.name, head.grade) == ("L70", "局长", "招商局", "B")
    assert head.coefficient == 1
    assert head.steps[-1] == "综合：单位得分91.20×70%+个人得分86.50×30%=89.79"


def test_person_without_a_unit_score_has_no_combined_score_and_no_grade(cast):
    a_registered_cycle(cast, {}, {"招甲": 90})
    compute(cast)
    row = person(cast, "招甲")
    assert (row.personal, row.combined, row.grade, row.coefficient) == (90, None, "", None)
    assert "没有单位得分" in row.why
    line = cycle_results(cast.cycle).people[0]
    assert line.grade_label == "不定等次"


def test_missing_column_leaves_the_person_without_a_score(cast):
    a_registered_cycle(cast, {"招商局": 90}, {"招甲": 90})
    PersonEntry.objects.update(values={"KPI得分": "90"})
    compute(cast)
    row = person(cast, "招甲")
    assert row.personal is None
    assert "缺少民主测评得分、领导评价得分" in row.why


def test_unit_and_level_are_those_of_the_last_day(cast):
    old = make.a_position(cast.units[0], "副局长", "L60")
    Tenure.objects.filter(person=cast.people["招乙"]).update(starts_on=date(2023, 2, 1))
    make.a_tenure(cast.people["招乙"], old, date(2021, 1, 1), ends_before=date(2023, 2, 1))
    a_registered_cycle(cast, {"招商局": 90, "经济发展局": 80}, {"招乙": 90})
    compute(cast)
    row = person(cast, "招乙")
    assert (row.unit.name, row.level, row.unit_score) == ("经济发展局", "L60", 80)


def test_who_came_later_is_placed_by_the_first_post_after(cast):
    Tenure.objects.filter(person=cast.people["招乙"]).update(starts_on=date(2023, 2, 1))
    a_registered_cycle(cast, {"招商局": 90}, {"招乙": 90})
    compute(cast)
    row = person(cast, "招乙")
    assert row.unit.name == "招商局"
    assert "2022-12-31没有任职记录，按之后最早的任职（2023-02-01起）确定单位和层级" in row.why


def test_section_counts_with_its_unit(cast):
    section = make.a_unit(cast.zone, "综合科", parent=cast.units[1])
    newcomer = cast.people["新人"] = make.a_person(cast.zone, "新人")
    make.a_tenure(newcomer, make.a_position(section, "科员", "L20"), date(2021, 1, 1))
    a_registered_cycle(cast, {"招商局": 90}, {"新人": 80})
    compute(cast)
    assert person(cast, "新人").unit.name == "招商局"
    assert person(cast, "新人").combined == Decimal("83.00")


def test_quarter_from_ballots_by_the_weights_of_the_groups(cast):
    a_registered_cycle(cast, {"招商局": 90}, {}, code="2022Q1", formula="")
    names = ("virtue", "ability", "diligence", "results", "integrity")
    for group, score in (("LEADER", 88), ("SELF", 95), ("UNIT", 87), ("UNIT", 88), ("PEER", 84)):
        RatingBallot.objects.create(
            cycle=cast.cycle, ratee=cast.people["招乙"], group=group, factors=dict.fromkeys(names, score)
        )
    compute(cast)
    assert person(cast, "招乙").personal == Decimal("87.61")


def test_quarter_from_the_groups_scores_of_a_sheet(cast):
    a_registered_cycle(cast, {"招商局": 90}, {}, code="2022Q1", formula="")
    values = {"领导评价": "88", "自评": "95", "本单位互评得分": "87.5", "同级互评": "84"}
    PersonEntry.objects.create(cycle=cast.cycle, person=cast.people["招乙"], values=values)
    compute(cast)
    assert person(cast, "招乙").personal == Decimal("87.61")


def a_year_after_quarters(cast, states=("FINAL",) * 4):
    for number, state in enumerate(states, 1):
        cycle = a_registered_cycle(
            cast, {"招商局": 80 + number}, {"招甲": 84 + number, "招乙": 90}, code=f"2022Q{number}"
        )
        compute(cast)
        Cycle.objects.filter(pk=cycle.pk).update(state=state)
    a_registered_cycle(cast, {"招商局": 90}, {}, formula="")
    PersonEntry.objects.create(cycle=cast.cycle, person=cast.people["招甲"], leader_points=4)
    PersonEntry.objects.create(cycle=cast.cycle, person=cast.people["招乙"])
    compute(cast)


def test_year_takes_four_published_quarters_of_the_unit_and_of_the_person(cast):
    a_year_after_quarters(cast)
    row = unit(cast, "招商局")
    # 90 × 60 % + 82.5 × 40 %
    assert (row.quarters, row.total) == (Decimal("82.50"), Decimal("87.00"))
    assert row.steps[-1] == "年度：年度指标90.00×60%+季度平均（81.00+82.00+83.00+84.00）÷4×40%=87.00"
    # (85 + 86 + 87 + 88) ÷ 4 × 95 % + 4
    assert person(cast, "招甲").personal == Decimal("86.18")
    assert "领导小组还没有评分" in person(cast, "招乙").why


def test_year_with_quarters_missing_counts_the_annual_score_and_says_so(cast):
    a_year_after_quarters(cast, states=("FINAL", "PUBLISHED", "APPEALING", "SCORING"))
    assert unit(cast, "招商局").total == 90
    assert unit(cast, "招商局").steps[-1] == "季度成绩不全（3/4），按年度得分计"
    assert "缺少第4季度得分" in person(cast, "招甲").why


def by_year_end(cast):
    """The zone's policy takes 平时考核 and 年终考核 for a person's year."""
    PolicyParameter.objects.filter(key="kpi.personal_preset").update(value="YEAR_END")


def test_year_of_the_other_preset_takes_quarters_and_the_ratings_of_the_years_end(cast):
    by_year_end(cast)
    a_year_after_quarters(cast)
    factors = {"virtue": 80, "ability": 80, "diligence": 80, "results": 90, "integrity": 80}
    for group in ("LEADER", "SELF", "UNIT", "PEER"):
        RatingBallot.objects.create(cycle=cast.cycle, ratee=cast.people["招甲"], group=group, factors=factors)
    PersonEntry.objects.filter(person=cast.people["招乙"]).update(values={"年终考核得分": "70"})
    compute(cast)
    # 德15 能15 勤10 绩50 廉10: 85; (85 + 86 + 87 + 88) ÷ 4 × 60 % + 85 × 40 %
    assert person(cast, "招甲").personal == Decimal("85.90")
    assert person(cast, "招甲").steps[-2] == "个人：平时考核86.5×60%+年终考核85×40%=85.90"
    # 90 × 60 % + 70 × 40 %
    assert person(cast, "招乙").personal == Decimal("82.00")


def test_year_of_the_other_preset_needs_the_years_end(cast):
    by_year_end(cast)
    a_year_after_quarters(cast)
    assert person(cast, "招甲").personal is None
    assert "没有年终考核得分" in person(cast, "招甲").why


def test_month_gives_scores_and_no_grades(cast):
    a_registered_cycle(cast, {"招商局": 90}, {"招甲": 95}, code="2022-03")
    compute(cast)
    row = person(cast, "招甲")
    assert (row.combined, row.grade, row.why) == (Decimal("91.50"), "", "月度考核不评等次")
    assert cycle_results(cast.cycle).quotas == ()
