"""Scores of a cycle's leaves, from stored figures to stored scores."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Adjustment, Item, Mark, MarkSheet
from kpi.services import IndicatorEntry, cycle_create
from kpi.services.scores import cycle_score
from reform.models import AuditEvent, RowChange
from tests.kpi import casts

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=0)


def leaf(name, rule, unit=None, parameters=None, **values):
    facts = {"rule": rule, "parameters": parameters or {}, "data_source": "统计局"} | values
    return IndicatorEntry("经济发展", name, subject=unit, values=facts)


def a_cycle(cast, *entries):
    casts.a_scheme(cast, entries=list(entries))
    cast.cycle = cycle_create(zone=cast.zone, code="2022", actor=cast.office)
    return cast.cycle


def given(cast, name, unit=None, **values):
    rows = Item.objects.filter(cycle=cast.cycle, indicator__level2=name)
    if unit is not None:
        rows = rows.filter(indicator__subject=unit)
    assert rows.update(**values)


def score(cast):
    return cycle_score(cycle=cast.cycle, actor=cast.office)


def scored(cast, name, unit=None):
    rows = Item.objects.filter(cycle=cast.cycle, indicator__level2=name)
    one = rows.get(indicator__subject=unit) if unit is not None else rows.get()
    return one.auto_score, one.score, one.reason, one.unreported


def test_leaf_without_a_figure_counts_nought_and_is_flagged(cast):
    a_cycle(cast, leaf("投资", "PROP", full=Decimal(10)))
    given(cast, "投资", target=198)
    assert score(cast) == 1
    assert scored(cast, "投资") == (0, 0, "未报，按0分计", True)
    given(cast, "投资", actual=165)
    score(cast)
    assert scored(cast, "投资") == (Decimal("8.33"), Decimal("8.33"), "", False)


def test_leaf_that_cannot_be_scored_keeps_its_reason_and_no_score(cast):
    a_cycle(cast, leaf("投资", "PROP", full=Decimal(10)))
    given(cast, "投资", target=0, actual=5)
    score(cast)
    auto, final, reason, unreported = scored(cast, "投资")
    assert (auto, final, unreported) == (None, None, False)
    assert "目标值为0" in reason


def test_weight_of_the_item_goes_before_that_of_the_indicator(cast):
    a_cycle(cast, leaf("投资", "PROP", full=Decimal(10)))
    given(cast, "投资", target=100, actual=100, full=20)
    score(cast)
    assert scored(cast, "投资")[1] == 20


def three(cast, rule, parameters=None, **values):
    return [leaf("增速", rule, unit, parameters, full=Decimal(10), **values) for unit in cast.units]


def test_places_are_those_among_the_units_with_the_same_leaf(cast):
    a_cycle(cast, *three(cast, "RANK"))
    for unit, actual in zip(cast.units, (5, 9, 5), strict=True):
        given(cast, "增速", unit, actual=actual)
    score(cast)
    assert [scored(cast, "增速", unit)[1] for unit in cast.units] == [
        Decimal("9.50"),
        Decimal("10.00"),
        Decimal("9.50"),
    ]


def test_place_that_was_handed_in_goes_before_the_one_computed(cast):
    a_cycle(cast, *three(cast, "RANK"))
    for unit in cast.units:
        given(cast, "增速", unit, actual=5)
    given(cast, "增速", cast.units[0], inputs={"rank": "4"})
    score(cast)
    assert scored(cast, "增速", cast.units[0])[1] == Decimal("8.50")


def test_mixed_ranks_those_above_their_target(cast):
    a_cycle(cast, *three(cast, "MIXED"))
    for unit, actual in zip(cast.units, (9, 8, 12), strict=True):
        given(cast, "增速", unit, actual=actual, target=8, full=6)
    score(cast)
    assert [scored(cast, "增速", unit)[1] for unit in cast.units] == [
        Decimal("5.70"),
        Decimal("4.00"),
        Decimal("6.00"),
    ]


def test_span_is_that_of_the_units_unless_the_indicator_sets_it(cast):
    entries = three(cast, "MINMAX")
    a_cycle(cast, *entries, leaf("密度", "MINMAX", None, {"min": "42", "max": "118"}, full=Decimal(100)))
    for unit, actual in zip(cast.units, (0, 5, 10), strict=True):
        given(cast, "增速", unit, actual=actual)
    given(cast, "密度", actual=77)
    score(cast)
    assert [scored(cast, "增速", unit)[1] for unit in cast.units] == [5, Decimal("7.50"), 10]
    assert scored(cast, "密度")[1] == Decimal("73.03")


def a_mark(cast, name, grade, tier, state="LOCKED"):
    user = cast.scorer if not MarkSheet.objects.exists() else cast.supervisor
    sheet = MarkSheet.objects.create(cycle=cast.cycle, scorer=user, state=state)
    item = Item.objects.get(cycle=cast.cycle, indicator__level2=name)
    Mark.objects.create(sheet=sheet, item=item, grade=grade, tier=tier)


def test_grade_is_the_mean_of_the_locked_sheets_rounded_once(cast):
    a_cycle(cast, leaf("党建", "GRADE", full=Decimal(5)))
    a_mark(cast, "党建", "优秀", 2)
    a_mark(cast, "党建", "称职", 1, state="OPEN")
    score(cast)
    assert scored(cast, "党建")[1] == Decimal("4.75")
    MarkSheet.objects.update(state="LOCKED")
    score(cast)
    # (95 + 85) ÷ 2 = 90
    assert scored(cast, "党建")[1] == Decimal("4.50")


def test_other_inputs_of_rules_outside_the_figures(cast):
    a_cycle(
        cast,
        leaf("评价", "GRADE", full=Decimal(10)),
        leaf("节点", "MILESTONE", full=Decimal(10)),
        leaf("扣分", "DEDUCT", None, {"per": "0.3", "cap": "1"}),
        leaf("加分", "BONUS", None, {"per": "2", "cap": "5"}),
    )
    given(cast, "评价", inputs={"grade": "合格", "tier": "2"})
    given(cast, "节点", inputs={"done": ["30", "20"]})
    given(cast, "扣分", inputs={"n": "4"})
    given(cast, "加分", inputs={"n": "2"})
    score(cast)
    names = ("评价", "节点", "扣分", "加分")
    assert [scored(cast, name)[1] for name in names] == [8, 5, -1, 4]


def an_adjustment(cast, name, delta, state="APPROVED"):
    Adjustment.objects.create(
        cycle=cast.cycle, item=Item.objects.get(cycle=cast.cycle, indicator__level2=name),
        delta=Decimal(delta), reason="口径", state=state, made_by=cast.office, made_on=date(2023, 1, 17),
    )  # fmt: skip


def test_approved_calibration_changes_the_score_within_the_leaf(cast):
    a_cycle(cast, leaf("投资", "PROP", full=Decimal(10)), leaf("消费", "PROP", full=Decimal(10)))
    for name in ("投资", "消费"):
        given(cast, name, target=100, actual=90)
    an_adjustment(cast, "投资", "-2")
    an_adjustment(cast, "投资", "1.5")
    an_adjustment(cast, "投资", "3", state="PROPOSED")
    an_adjustment(cast, "消费", "3")
    score(cast)
    assert scored(cast, "投资")[:2] == (9, Decimal("8.50"))
    assert scored(cast, "消费")[:2] == (9, 10)


def test_leaf_that_was_sent_back_and_never_came_again_counts_nought(cast):
    a_cycle(cast, leaf("投资", "PROP", full=Decimal(10)))
    given(cast, "投资", target=100, actual=100, state="RETURNED", unreported=True)
    score(cast)
    assert scored(cast, "投资") == (0, 0, "未报，按0分计", True)


def test_second_time_writes_nothing(cast):
    a_cycle(cast, *three(cast, "RANK"))
    for unit in cast.units:
        given(cast, "增速", unit, actual=5)
    assert score(cast) == 3
    events = AuditEvent.objects.count()
    assert score(cast) == 0
    assert AuditEvent.objects.count() == events


def test_event_tells_number_and_hash_and_no_row_changes(cast):
    a_cycle(cast, *three(cast, "PROP"))
    changes = RowChange.objects.count()
    score(cast)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.details["rows"]) == ("计算指标得分", 3)
    assert len(event.details["sha256"]) == 64
    assert RowChange.objects.count() == changes


def test_statement_count_does_not_grow_with_the_leaves(cast):
    counts = []
    for number, code in ((2, "2022"), (40, "2023")):
        cast.scheme = None
        entries = [leaf(f"指标{place}", "PROP", full=Decimal(1)) for place in range(number)]
        casts.a_scheme(cast, year=int(code), entries=[*entries, *three(cast, "RANK")])
        cast.cycle = cycle_create(zone=cast.zone, code=code, actor=cast.office)
        Item.objects.filter(cycle=cast.cycle).update(target=10, actual=9)
        with CaptureQueriesContext(connection) as caught:
            score(cast)
        counts.append(len(caught))
    assert counts[0] == counts[1]
