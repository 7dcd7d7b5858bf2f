"""The cycle of an appraisal from its targets to its end, K1–K8."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Cycle, Item, Scheme, TargetSignature, Veto
from kpi.rules.codes import Rule
from kpi.selectors.cycle_facts import cycle_next, publish_facts, signing
from kpi.services import (
    IndicatorEntry,
    actuals_report,
    cycle_create,
    cycle_dates_set,
    cycle_items_make,
    cycle_register,
    cycle_step,
    cycles_advance,
    indicators_register,
    items_submit,
    targets_register,
    targets_sign,
)
from reform.errors import IllegalTransition, Refused
from reform.models import AuditEvent, PolicyVersion
from reform.services import upload_create
from tests.kpi import casts

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=0)


def step(cast, event, actor=None, on=casts.SIGNED, **said):
    return cycle_step(cycle=cast.cycle, event=event, actor=actor or cast.office, on=on, **said)


def an_upload(cast):
    return upload_create(
        zone=cast.zone,
        actor=cast.office,
        at=AuditEvent.objects.latest("id").at,
        target="2022",
        digest="",
        files=[],
    )


def test_cycle_is_made_with_scheme_policy_days_and_items(cast):
    casts.a_scheme(cast)
    cycle = cycle_create(zone=cast.zone, code="2022", actor=cast.office)
    assert (cycle.scheme, cycle.period, cycle.last_day) == (cast.scheme, "YEAR", date(2022, 12, 31))
    assert cycle.policy == PolicyVersion.objects.get(zone=cast.zone)
    assert Item.objects.filter(cycle=cycle).count() == 6
    assert {one.full for one in Item.objects.filter(cycle=cycle)} == {60, 40}


def test_scheme_of_the_year_is_made_when_missing(cast):
    cycle = cycle_create(zone=cast.zone, code="2022Q3", actor=cast.office)
    assert cycle.scheme.name == "高新区2022年度绩效考核方案"
    assert str(cycle) == "2022年第3季度考核"


def test_cycle_before_the_first_policy_pins_the_first(cast):
    cycle = cycle_create(zone=cast.zone, code="1999", actor=cast.office)
    assert cycle.policy.zone == cast.zone


def test_code_exists_once(cast):
    casts.a_cycle(cast)
    with pytest.raises(Refused, match="已有编号2022的考核周期"):
        cycle_create(zone=cast.zone, code="2022", actor=cast.office)


def test_leaf_belongs_to_the_cycles_of_its_own_period(cast):
    unit = cast.units[0]
    casts.a_scheme(cast, entries=[*casts.leaves_of(unit), *casts.leaves_of(unit, "QUARTER")])
    quarter = cycle_create(zone=cast.zone, code="2022Q1", actor=cast.office)
    assert {one.indicator.period for one in quarter.items.all()} == {"QUARTER"}


def test_items_of_later_leaves_are_added_to_a_drafted_cycle(cast):
    casts.a_cycle(cast)
    entry = IndicatorEntry("经济发展", "新增", values={"rule": "PROP"})
    indicators_register(scheme=cast.scheme, entries=[entry], actor=cast.office)
    made = cycle_items_make(cycle=cast.cycle, actor=cast.office)
    assert [str(one) for one in made] == ["新增"]
    assert cycle_items_make(cycle=cast.cycle, actor=cast.office) == []


def test_changed_target_takes_the_signatures_of_its_unit_away(cast):
    casts.signed(cast)
    item = cast.item("招商局投资")
    changed = targets_register(
        cycle=cast.cycle, targets={item.pk: {"target": Decimal(120)}}, actor=cast.office
    )
    assert changed == 1
    left = set(TargetSignature.objects.filter(cycle=cast.cycle).values_list("unit__name", flat=True))
    assert left == {"经济发展局", "规划建设局"}


def test_same_target_again_changes_nothing(cast):
    casts.signed(cast)
    item = cast.item("招商局投资")
    targets = {item.pk: {"target": Decimal(100), "base": None}}
    assert targets_register(cycle=cast.cycle, targets=targets, actor=cast.office) == 0
    assert TargetSignature.objects.count() == 6


def test_wrong_targets_are_refused_together(cast):
    casts.a_cycle(cast)
    first, second = cast.item("招商局投资"), cast.item("招商局开工")
    with pytest.raises(Refused) as refusal:
        targets_register(
            cycle=cast.cycle,
            targets={first.pk: {"full": Decimal(-5)}, second.pk: {"target": Decimal("NaN")}},
            actor=cast.office,
        )
    assert refusal.value.reasons == (
        "招商局·招商局投资：满分不能是负数，现为-5",
        "招商局·招商局开工：目标值“NaN”不是数",
    )


def test_targets_are_set_only_when_complete_and_signed(cast):
    casts.a_cycle(cast)
    item = cast.item("招商局投资")
    targets_register(
        cycle=cast.cycle, targets={item.pk: {"full": Decimal(50), "target": None}}, actor=cast.office
    )
    with pytest.raises(Refused) as refusal:
        step(cast, "set_targets")
    text = str(refusal.value)
    assert "“招商局”的权重合计90.00，须为100" in text
    assert "1项指标没有目标值：招商局·招商局投资" in text
    assert "目标责任书还没有签字：经济发展局（考核办）、经济发展局" in text


def test_targets_set_freeze_the_scheme(cast):
    casts.signed(cast)
    step(cast, "set_targets")
    assert cast.cycle.state == "TARGETS_SET"
    assert Scheme.objects.get().state == "FROZEN"
    item = cast.item("招商局投资")
    with pytest.raises(Refused, match="指标和目标值不能再改"):
        targets_register(cycle=cast.cycle, targets={item.pk: {"target": Decimal(1)}}, actor=cast.office)


def test_head_signs_for_the_own_unit_only(cast):
    casts.a_cycle(cast)
    first, second, _ = cast.units
    with pytest.raises(Refused, match="只能替本单位签字"):
        targets_sign(cycle=cast.cycle, units=[second], by_unit=True, actor=cast.head(first), on=casts.SIGNED)
    with pytest.raises(Refused, match="由责任单位办理"):
        targets_sign(cycle=cast.cycle, units=[second], by_unit=True, actor=cast.office, on=casts.SIGNED)


def test_office_signs_for_many_units_in_as_many_statements_as_for_one(cast):
    casts.a_cycle(cast)
    first, *others = cast.units
    counts = []
    for units in ([first], others):
        with CaptureQueriesContext(connection) as queries:
            targets_sign(cycle=cast.cycle, units=units, by_unit=False, actor=cast.office, on=casts.SIGNED)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert all(one.office for one in signing(cast.cycle))
    with pytest.raises(Refused, match=f"“{first.name}”已经签过字"):
        targets_sign(cycle=cast.cycle, units=cast.units, by_unit=False, actor=cast.office, on=casts.SIGNED)


def test_zones_own_leaves_without_a_responsible_unit_are_signed_by_the_office_alone(cast):
    casts.a_scheme(cast, entries=casts.leaves_of(None))
    casts.a_cycle(cast)
    assert [one.missing for one in signing(cast.cycle)] == [["全区（考核办）"]]
    targets_sign(cycle=cast.cycle, units=[None], by_unit=False, actor=cast.office, on=casts.SIGNED)
    step(cast, "set_targets")
    assert cast.cycle.state == "TARGETS_SET"


def test_days_come_one_after_the_other(cast):
    casts.a_cycle(cast)
    with pytest.raises(Refused, match="须依次不早于前一个"):
        cycle_dates_set(
            cycle=cast.cycle,
            actor=cast.office,
            report_by=casts.VERIFY_BY,
            verify_by=casts.REPORT_BY,
            results_by=None,
        )


def test_deadline_is_not_moved_after_reporting(cast):
    casts.scoring(cast)
    with pytest.raises(Refused, match="填报截止日不能再改"):
        cycle_dates_set(
            cycle=cast.cycle, actor=cast.office, report_by=date(2023, 3, 1), verify_by=None, results_by=None
        )


def test_reporting_opens_by_itself_when_the_cycle_begins(cast):
    casts.signed(cast)
    step(cast, "set_targets", on=date(2021, 12, 20))
    assert cycles_advance(zone=cast.zone, actor=cast.office, on=date(2021, 12, 31)) == []
    taken = cycles_advance(zone=cast.zone, actor=cast.office, on=date(2022, 1, 1))
    assert [label for _, label in taken] == ["开始填报"]
    assert Cycle.objects.get().state == "COLLECTING"


def test_review_before_the_deadline_names_what_is_missing(cast):
    casts.collecting(cast)
    with pytest.raises(Refused, match="填报截止日2023-01-10未到，还有6项未报"):
        step(cast, "review", on=casts.REPORT_BY)


def test_after_the_deadline_what_is_missing_counts_nothing(cast):
    casts.collecting(cast)
    head = cast.head(cast.units[0])
    item = cast.item("经济发展局投资")
    actuals_report(
        cycle=cast.cycle, values={item.pk: {"actual": Decimal(110)}}, actor=head, on=casts.REPORTED
    )
    assert items_submit(items=[item], actor=head, on=casts.REPORTED) == []
    step(cast, "review", on=casts.CLOSED)
    assert not cast.item("经济发展局投资").unreported
    assert cast.item("招商局投资").unreported


def test_scoring_waits_for_the_verification_of_what_was_handed_in(cast):
    casts.reported(cast)
    step(cast, "review", on=casts.REPORTED)
    with pytest.raises(Refused, match="6项还没有核验"):
        step(cast, "score", on=casts.SCORED)


def test_figures_that_were_not_handed_in_are_not_passed_over(cast):
    casts.collecting(cast)
    item = cast.item("招商局投资")
    actuals_report(
        cycle=cast.cycle, values={item.pk: {"actual": Decimal(90)}}, actor=cast.office, on=casts.REPORTED
    )
    step(cast, "review", on=casts.CLOSED)
    with pytest.raises(Refused, match="1项还没有核验：招商局·招商局投资（填了数，没有提交）"):
        step(cast, "score", on=casts.SCORED)


def test_scores_are_there_when_scoring_begins(cast):
    casts.scoring(cast)
    assert (cast.item("招商局投资").score, cast.item("招商局开工").score) == (54, 0)


def test_steps_are_taken_by_those_whose_they_are(cast):
    casts.signed(cast)
    with pytest.raises(Refused, match="由考核办办理"):
        step(cast, "set_targets", cast.leader)
    with pytest.raises(IllegalTransition, match="此时可以：确定目标"):
        step(cast, "publish", cast.leader)


def test_preview_gives_the_reasons_of_the_step_itself(cast):
    casts.a_cycle(cast)
    preview = cycle_next(cast.cycle, casts.SIGNED)
    assert [(one.event, one.code, one.actor, one.allowed) for one in preview] == [
        ("set_targets", "K1", "考核办", False)
    ]
    with pytest.raises(Refused) as refusal:
        step(cast, "set_targets")
    assert preview[0].reasons == refusal.value.reasons


def test_publication_starts_the_notice_on_the_next_day_for_five_working_days(cast):
    casts.calibrating(cast)
    step(cast, "publish", cast.leader, on=casts.PUBLISHED, document_no="考发〔2023〕1号")
    cycle = Cycle.objects.get()
    assert (cycle.state, cycle.published_on, cycle.document_no) == (
        "PUBLISHED", date(2023, 1, 18), "考发〔2023〕1号",
    )  # fmt: skip
    # 19 and 20 January, then the Spring Festival until 27, the weekend after it is worked
    assert cycle.publicity_starts_on == date(2023, 1, 19)
    assert cycle.publicity_ends_before == date(2023, 1, 31)
    assert [one for _, one in cycles_advance(zone=cast.zone, actor=cast.office, on=date(2023, 1, 18))] == []
    assert [one for _, one in cycles_advance(zone=cast.zone, actor=cast.office, on=date(2023, 1, 19))] == [
        "开始公示"
    ]


def test_who_made_the_scores_does_not_publish_them(cast):
    casts.calibrating(cast)
    cast.office.groups.add(*cast.leader.groups.all())
    both = type(cast.office).objects.get(pk=cast.office.pk)
    with pytest.raises(Refused, match="须由另一人公布"):
        step(cast, "publish", both, on=casts.PUBLISHED)


def test_matter_of_a_veto_leaf_must_be_raised_and_decided_before_publication(cast):
    unit = cast.units[0]
    veto = IndicatorEntry(
        "否决", "安全事故", subject=unit,
        values={"rule": Rule.VETO.value, "data_source": "应急局", "responsible_unit": unit},
    )  # fmt: skip
    casts.a_scheme(cast, entries=[*casts.leaves_of(unit), veto])
    casts.a_cycle(cast)
    Item.objects.filter(indicator__rule="VETO").update(inputs={"triggered": True})
    assert publish_facts(cast.cycle).vetoes == ["经济发展局·安全事故（还没有提出）"]
    Veto.objects.create(
        cycle=cast.cycle, unit=unit, matter="事故", raised_by=cast.supervisor, raised_on=casts.SCORED
    )
    assert publish_facts(cast.cycle).vetoes == ["经济发展局：事故"]


def test_cycle_is_final_after_the_notice(cast):
    casts.appealing(cast)
    last = cast.cycle.publicity_ends_before - timedelta(days=1)
    with pytest.raises(Refused, match=f"公示到{last}，还没有结束"):
        step(cast, "finalize", on=last)
    step(cast, "finalize", on=last + timedelta(days=1))
    assert Cycle.objects.get().state == "FINAL"


def test_registered_cycle_goes_to_scoring_at_once(cast):
    casts.a_cycle(cast)
    upload = an_upload(cast)
    item = cast.item("招商局投资")
    actuals_report(
        cycle=cast.cycle,
        values={item.pk: {"actual": Decimal(90)}},
        actor=cast.office,
        on=casts.SCORED,
        upload=upload,
    )
    assert cycle_register(cycle=cast.cycle, actor=cast.office, upload=upload)
    cycle = Cycle.objects.get()
    assert (cycle.state, cycle.registered, cycle.scheme.state) == ("SCORING", True, "FROZEN")
    assert {one.indicator.name for one in cast.items() if not one.unreported} == {"招商局投资"}


def test_later_sheet_adds_to_a_registered_cycle_and_changes_nothing_there(cast):
    casts.a_cycle(cast)
    upload = an_upload(cast)
    item, other = cast.item("招商局投资"), cast.item("招商局开工")
    said = {"cycle": cast.cycle, "actor": cast.office, "on": casts.SCORED, "upload": upload}
    actuals_report(values={item.pk: {"actual": Decimal(90)}}, **said)
    cycle_register(cycle=cast.cycle, actor=cast.office, upload=upload)
    assert actuals_report(values={other.pk: {"actual": Decimal(100)}}, **said) == 1
    with pytest.raises(Refused, match="已登记得分，完成值不能再改：招商局·招商局投资"):
        actuals_report(values={item.pk: {"actual": Decimal(91)}}, **said)
    with pytest.raises(Refused, match="目标值和权重不能再改：招商局·招商局投资"):
        targets_register(
            cycle=cast.cycle, targets={item.pk: {"target": Decimal(1)}}, actor=cast.office, upload=upload
        )
