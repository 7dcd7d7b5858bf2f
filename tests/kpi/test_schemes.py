"""Schemes and their leaves: sheets, copies, the library, and versions once targets are set."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Cycle, Indicator, Item, LibraryIndicator, Scheme, TargetSignature
from kpi.selectors.cycle_facts import target_facts
from kpi.selectors.schemes import indicator_history, indicators_of, scheme_sheets, span_of
from kpi.services import (
    IndicatorEntry,
    cycle_create,
    indicator_change,
    indicators_register,
    indicators_remove,
    library_copy,
    scheme_create,
)
from reform.errors import Refused, RuleError
from reform.models import AuditEvent, RowChange
from tests import factories as make
from tests.kpi import casts

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=0)


def register(cast, *entries, **more):
    scheme = cast.scheme or casts.a_scheme(cast, entries=[])
    return indicators_register(scheme=scheme, entries=entries, actor=cast.office, **more)


def entry(name="投资", subject=None, code="", **values):
    facts = {"rule": "PROP", "full": Decimal(100), "data_source": "统计局"} | values
    return IndicatorEntry("经济发展", name, code=code, subject=subject, values=facts)


@pytest.mark.parametrize(
    ("code", "first", "after"),
    [
        ("2021", "2021-01-01", "2022-01-01"),
        ("2021q1", "2021-01-01", "2021-04-01"),
        ("2021Q4", "2021-10-01", "2022-01-01"),
        ("2021-03", "2021-03-01", "2021-04-01"),
        ("2021-12", "2021-12-01", "2022-01-01"),
    ],
)
def test_code_of_a_cycle_says_its_days(code, first, after):
    span = span_of(code)
    assert (str(span.starts_on), str(span.ends_before)) == (first, after)


@pytest.mark.parametrize("code", ["", "21", "2021Q5", "2021-13", "2021-3", "2021年"])
def test_other_codes_are_refused(code):
    with pytest.raises(RuleError, match="不是考核周期的编号"):
        span_of(code)


def test_same_sheet_twice_changes_nothing(cast):
    first = register(cast, entry("投资"), entry("开工", full=Decimal(0)))
    events = AuditEvent.objects.count()
    again = register(cast, entry("投资"), entry("开工", full=Decimal(0)))
    assert (first.created, first.changed) == (2, 0)
    assert (again.created, again.changed) == (0, 0)
    assert [one.pk for one in again.leaves] == [one.pk for one in first.leaves]
    assert AuditEvent.objects.count() == events


def test_columns_that_a_sheet_lacks_stay_as_they_are(cast):
    register(cast, entry(measure="亿元", code="K01"))
    found = register(
        cast, IndicatorEntry("经济发展", "固定资产投资", code="K01", values={"remark": "新口径"})
    )
    leaf = Indicator.objects.get()
    assert found.changed == 1
    assert (leaf.level2, leaf.measure, leaf.rule, leaf.remark) == ("固定资产投资", "亿元", "PROP", "新口径")


def test_two_subjects_may_use_the_same_code_and_names(cast):
    first, second, _ = cast.units
    found = register(cast, entry(subject=first, code="1"), entry(subject=second, code="1"), entry(code="1"))
    assert found.created == 3


def test_everything_wrong_with_a_sheet_is_said_at_once(cast):
    with pytest.raises(Refused) as refusal:
        register(
            cast,
            entry("甲", rule="NONE"),
            entry("乙", parameters={"step": "1"}),
            entry("丙", full=Decimal(-1)),
            entry("丁", rule="BONUS", full=Decimal(5)),
            entry("戊"),
            entry("戊"),
        )
    assert len(refusal.value.reasons) == 5
    text = str(refusal.value)
    assert "没有“NONE”这种计分规则" in text
    assert "规则“比例法”没有参数 step" in text
    assert "权重不能是负数，现为-1" in text
    assert "“加分项”不占权重，权重须空着，现为5" in text
    assert not Indicator.objects.exists()


def test_only_the_office_registers_leaves(cast):
    scheme = casts.a_scheme(cast, entries=[])
    with pytest.raises(Refused, match="由考核办办理"):
        indicators_register(scheme=scheme, entries=[entry()], actor=cast.leader)


def test_statements_do_not_grow_with_the_leaves(cast):
    def statements(count):
        entries = [entry(f"指标{count}-{n}") for n in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            register(cast, *entries)
        return len(queries)

    casts.a_scheme(cast, entries=[])
    assert statements(2) == statements(60)


def test_each_subjects_sheet_must_total_100(cast):
    unit = cast.units[0]
    register(cast, entry("甲", subject=unit), entry("乙", subject=unit, full=Decimal(5)), entry("丙"))
    register(cast, entry("丁", subject=unit, rule="BONUS", full=None, parameters={"per": "1"}))
    sheets = {one.name: one for one in scheme_sheets(cast.scheme)}
    assert sheets["全区"].problem == ""
    assert sheets["经济发展局"].weight == 105
    assert sheets["经济发展局"].problem == "经济发展局：权重合计105，须为100，多5"


def test_next_year_starts_from_this_years_leaves(cast):
    casts.a_scheme(cast)
    following = scheme_create(
        zone=cast.zone, year=2023, name="2023年度考核方案", actor=cast.office, copied_from=cast.scheme
    )
    copied = list(indicators_of(following))
    assert [(one.path, one.full, one.version) for one in copied] == [
        (one.path, one.full, 1) for one in indicators_of(cast.scheme)
    ]
    assert not {one.pk for one in copied} & set(cast.scheme.indicators.values_list("pk", flat=True))


def test_a_year_has_one_scheme(cast):
    casts.a_scheme(cast)
    with pytest.raises(ValidationError, match="这个年度已有考核方案"):
        casts.a_scheme(cast)


def test_open_scheme_is_changed_in_place(cast):
    leaf = register(cast, entry()).leaves[0]
    changed = indicator_change(indicator=leaf, actor=cast.office, reason="", full=Decimal(80))
    assert changed.pk == leaf.pk
    assert Indicator.objects.get().full == 80
    assert RowChange.objects.filter(model="kpi.Indicator", key=leaf.pk).count() == 2


def test_drafted_cycle_follows_a_change_in_place_and_is_signed_again(cast):
    casts.signed(cast)
    leaf = cast.leaf("招商局投资")
    indicator_change(indicator=leaf, actor=cast.office, reason="", full=Decimal(55))
    assert cast.item("招商局投资").full == 55
    left = set(TargetSignature.objects.values_list("unit__name", flat=True))
    assert left == {"经济发展局", "规划建设局"}
    with pytest.raises(Refused, match="指标已在考核周期中，周期不能改"):
        indicator_change(indicator=leaf, actor=cast.office, reason="", period="QUARTER")


def test_frozen_scheme_keeps_the_old_version_and_open_cycles_take_the_new_one(cast):
    casts.scoring(cast)
    leaf = cast.leaf("招商局投资")
    changed = indicator_change(
        indicator=leaf, actor=cast.office, reason="口径调整", parameters={"floor": "0.95"}
    )
    leaf.refresh_from_db()
    assert (changed.version, changed.code, leaf.replaced_by_id) == (2, leaf.code, changed.pk)
    item = cast.item("招商局投资")
    assert item.indicator_id == changed.pk
    assert (item.auto_score, item.score) == (None, None)
    assert indicator_history(changed) == [leaf, changed]


def test_weight_changed_later_leaves_what_was_signed_at_a_hundred(cast):
    casts.collecting(cast)
    leaf = cast.leaf("招商局投资")
    changed = indicator_change(indicator=leaf, actor=cast.office, reason="明年调整", full=Decimal(50))
    assert (changed.full, cast.item("招商局投资").full) == (50, 60)
    assert not target_facts(cast.cycle).weights
    with pytest.raises(Refused, match="计入100分的指标和加分、扣分、否决项不能互改"):
        indicator_change(
            indicator=changed, actor=cast.office, reason="改为加分", rule="BONUS", full=None, parameters={}
        )


def test_frozen_scheme_refuses_a_change_without_a_reason(cast):
    casts.collecting(cast)
    leaf = cast.leaf("招商局投资")
    with pytest.raises(Refused, match="已冻结，改动指标须写明理由"):
        indicator_change(indicator=leaf, actor=cast.office, reason=" ", measure="万元")


def test_replaced_version_is_not_changed_again(cast):
    casts.collecting(cast)
    leaf = cast.leaf("招商局投资")
    indicator_change(indicator=leaf, actor=cast.office, reason="口径", measure="万元")
    leaf.refresh_from_db()
    with pytest.raises(Refused, match="第1版已有后一版本"):
        indicator_change(indicator=leaf, actor=cast.office, reason="口径", measure="元")


def test_cycle_past_scoring_keeps_the_version_it_was_scored_by(cast):
    casts.scoring(cast)
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="CALIBRATING")
    leaf = cast.leaf("招商局投资")
    indicator_change(indicator=leaf, actor=cast.office, reason="口径", measure="万元")
    assert cast.item("招商局投资").indicator_id == leaf.pk


def test_sheet_of_one_cycle_changes_the_items_of_that_cycle_only(cast):
    entries = [one for unit in cast.units for one in casts.leaves_of(unit, "QUARTER")]
    casts.a_scheme(cast, entries=entries)
    first = cycle_create(zone=cast.zone, code="2022Q1", actor=cast.office)
    second = cycle_create(zone=cast.zone, code="2022Q2", actor=cast.office)
    Scheme.objects.filter(pk=cast.scheme.pk).update(state="FROZEN")
    cast.scheme.refresh_from_db()
    one = entries[0]
    changed = IndicatorEntry(
        one.level1, one.level2, subject=one.subject, period="QUARTER", values={"measure": "元"}
    )
    found = register(cast, changed, cycle=second, reason="第二季度的口径")
    leaf = found.leaves[0]
    assert leaf.version == 2
    assert Item.objects.get(cycle=second, indicator__level2=one.level2).indicator_id == leaf.pk
    assert Item.objects.get(cycle=first, indicator__level2=one.level2).indicator.version == 1


def test_leaf_is_taken_out_of_an_open_scheme_only(cast):
    casts.a_cycle(cast)
    indicators_remove(indicators=[cast.leaf("招商局投资")], actor=cast.office)
    assert not cast.items("招商局投资")
    casts.Scheme.objects.filter(pk=cast.scheme.pk).update(state="FROZEN")
    with pytest.raises(Refused, match="只能改，不能删"):
        indicators_remove(indicators=[cast.leaf("招商局开工")], actor=cast.office)


def test_library_is_copied_without_its_printed_figures_and_once(cast):
    unit = cast.units[0]
    scheme = casts.a_scheme(cast, entries=[])
    LibraryIndicator.objects.create(
        code="K01",
        level1="经济发展",
        level2="省级重点项目投资",
        measure="亿元",
        actual=Decimal("41.5"),
        rule="PROP",
    )
    rows = list(LibraryIndicator.objects.filter(code="K01", level2="省级重点项目投资"))[-1:]
    for expected in (1, 0):
        found = library_copy(
            scheme=scheme, library=rows, actor=cast.office, subject=unit, responsible_unit=unit
        )
        assert found.created == expected
    leaf = Indicator.objects.get()
    assert (leaf.code, leaf.measure, leaf.subject, leaf.responsible_unit) == ("K01", "亿元", unit, unit)


def test_scheme_of_another_zone_is_no_start(cast):
    other = make.a_zone("other", "另一区")
    casts.a_scheme(cast)
    with pytest.raises(Refused, match="只能沿用本开发区的方案"):
        scheme_create(zone=other, year=2023, name="方案", actor=cast.office, copied_from=cast.scheme)
