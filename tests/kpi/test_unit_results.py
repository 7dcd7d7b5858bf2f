"""A unit's figures from its leaves: within the bounds, whatever the order, a veto before any bonus."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.unit_results import (
    Handed,
    LateReport,
    LeafScore,
    UnitFacts,
    UnitRules,
    place_units,
    score_unit,
    zone_total,
)

RULES = UnitRules(
    highest=Decimal(105),
    bonus_cap=Decimal(5),
    per_workday=Decimal("0.5"),
    late_cap=Decimal(2),
    annual=Decimal("0.6"),
    of_quarters=Decimal("0.4"),
    expected=(1, 2, 3, 4),
    lines={"一等": 95, "二等": 90, "三等": 80},
)
points = st.decimals(0, 30, places=2)
leaves = st.lists(
    st.one_of(
        st.builds(LeafScore, st.just("指标"), st.just("PROP"), st.none() | points),
        st.builds(LeafScore, st.just("加分"), st.just("BONUS"), points),
        st.builds(LeafScore, st.just("扣分"), st.just("DEDUCT"), points.map(lambda one: -one)),
    ),
    max_size=12,
)
facts = st.builds(
    UnitFacts,
    st.text("甲乙丙丁", min_size=1, max_size=4),
    leaves=leaves,
    late=st.lists(
        st.builds(LateReport, st.just("投资"), st.integers(0, 9), st.none() | st.decimals(-2, 9, places=2)),
        max_size=5,
    ),
    adjustment=st.decimals(-3, 3, places=2),
    quarters=st.none() | st.dictionaries(st.integers(1, 4), st.decimals(0, 105, places=2)),
    veto=st.sampled_from(["", "", "事故"]),
)


@given(facts)
def test_total_is_within_its_bounds_and_missing_only_without_indicators(one):
    scoring = score_unit(one, RULES)
    has_indicators = any(leaf.rule == "PROP" and leaf.score is not None for leaf in one.leaves)
    assert (scoring.total is not None) == has_indicators
    assert scoring.total is None or 0 <= scoring.total <= 105
    assert 0 <= scoring.bonus <= 5
    assert 0 <= scoring.late <= 2 * len(one.late)
    assert scoring.deduction >= 0


@given(facts, st.randoms())
def test_order_of_leaves_never_matters(one, random):
    shuffled = list(one.leaves)
    random.shuffle(shuffled)
    other = replace(one, leaves=shuffled, late=list(reversed(one.late)))
    first, second = score_unit(one, RULES), score_unit(other, RULES)
    assert (first.total, first.bonus, first.deduction, first.late) == (
        second.total, second.bonus, second.deduction, second.late
    )  # fmt: skip


@given(st.lists(facts, min_size=1, max_size=6, unique_by=lambda one: one.unit), st.randoms())
def test_vetoed_units_are_last_and_lowest_in_any_order(units, random):
    scorings = [score_unit(one, RULES) for one in units]
    placed = {one.scoring.unit: one for one in place_units(scorings, RULES)}
    random.shuffle(scorings)
    assert {one.scoring.unit: one for one in place_units(scorings, RULES)} == placed
    clean = [one.rank for one in placed.values() if not one.scoring.veto and one.rank]
    for one in placed.values():
        if one.scoring.veto:
            assert one.grade == "四等"
            assert one.rank is None or all(one.rank > rank for rank in clean)


def test_four_quarters_make_the_year_and_three_do_not():
    quarters = {number: Decimal(80 + number) for number in (1, 2, 3, 4)}
    year = score_unit(UnitFacts("甲", handed=Handed(Decimal(90), None, None), quarters=quarters), RULES)
    assert (year.total, year.quarters) == (Decimal("87.00"), Decimal("82.50"))
    del quarters[4]
    part = score_unit(UnitFacts("甲", handed=Handed(Decimal(90), None, None), quarters=quarters), RULES)
    assert (part.total, part.quarters) == (90, None)


def test_zone_without_leaves_has_no_total():
    assert zone_total([], RULES) is None
    assert zone_total([LeafScore("投资", "PROP_BONUS", Decimal("16.5"))], RULES) == Decimal("16.50")


def test_each_late_leaf_loses_by_its_own_working_days_and_no_more_than_it_scored():
    late = [
        LateReport("投资", 1, Decimal(60)),
        LateReport("开工", 9, Decimal(40)),
        LateReport("小项", 9, Decimal("0.80")),
        LateReport("未得分", 3, Decimal(0)),
        LateReport("督察问题", 2),
    ]
    leaves = [LeafScore("投资", "PROP", Decimal(60)), LeafScore("开工", "PROP", Decimal(40))]
    scoring = score_unit(UnitFacts("甲", leaves=leaves, late=late), RULES)
    assert (scoring.late, scoring.total) == (Decimal("4.30"), Decimal("95.70"))
    assert scoring.steps[-2] == (
        "逾期填报：投资1个工作日扣0.50分、开工9个工作日扣2.00分、小项9个工作日扣0.80分、"
        "督察问题2个工作日扣1.00分（每个工作日0.5分，每项最多2分，不超过该项得分），共扣4.30分"
    )
