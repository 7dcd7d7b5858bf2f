"""A round from its plan to its end: T1–T6, its baseline, its 岗位设置 (domain.md §2–§4)."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Appointment, Baseline, Exit, Placement, Round
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary
from appointments.selectors.progress import round_waiting
from appointments.selectors.round_facts import setup_report
from appointments.selectors.steps import round_steps
from appointments.services.baselines import baselines_confirm
from appointments.services.plans import round_plan_update
from appointments.services.round_steps import (
    round_approve,
    round_complete,
    round_mobilize,
    round_place,
    round_run,
    round_terminate,
)
from appointments.services.rounds import baselines_register, round_set_dates
from appointments.services.setups import (
    PositionPart,
    positions_copy_from,
    positions_merge,
    positions_split,
    units_merge,
)
from appointments.states import RoundState
from reform.errors import IllegalTransition, Refused
from reform.models import PolicyParameter, Position, PositionSetup, Tenure, TenureKind, Unit, UnitLineage
from tests.factories import (
    a_baseline,
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    a_round,
    a_tenure,
    a_unit,
    a_user,
    a_zone,
    an_application,
    an_appointment,
)

pytestmark = pytest.mark.django_db

PLAN: dict[str, Any] = {
    "consultation": "2022-01-05职工代表大会通过",
    "kinship_complete": True,
    "kickoff_on": date(2022, 1, 9),
    "effective_on": date(2022, 1, 23),
}


def jan(day: int) -> date:
    return date(2022, 1, day)


def refused(call: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.reasons


def set_state(row: Any, state: str) -> None:
    type(row).objects.filter(pk=row.pk).update(state=state)
    row.refresh_from_db()


class Place:
    """A zone with a former round, a drafted one, and everybody who acts."""

    def __init__(self) -> None:
        self.zone = a_zone()
        self.former = a_round(self.zone, "2018", date(2018, 12, 28))
        self.round = a_round(self.zone, effective_on=None)
        self.unit = a_unit(self.zone)
        self.old = a_position(self.unit, setup=self.former.setup)
        self.clerk = a_user(self.zone, "人事")
        self.second = a_user(self.zone, "人事")
        self.leader = a_user(self.zone, "领导")

    def approved(self) -> "Place":
        """As after T1, with the plan's dates."""
        round_plan_update(round_=self.round, actor=self.clerk, **PLAN)
        Round.objects.filter(pk=self.round.pk).update(state=RoundState.APPROVED, approved_on=jan(8))
        self.round.refresh_from_db()
        return self

    def holder(self, name: str = "张三", starts_on: date = date(2018, 12, 28), **facts: Any) -> Any:
        person = a_person(self.zone, name)
        a_tenure(person, self.old, starts_on, **facts)
        return person


@pytest.fixture
def place() -> Place:
    return Place()


# --- the plan


def test_plan_is_written_by_the_office_while_it_is_drafted(place: Place):
    assert round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    assert not round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    assert "聘任办公室" in refused(round_plan_update, round_=place.round, actor=place.leader, term_years=5)[0]
    set_state(place.round, RoundState.APPROVED)
    assert refused(round_plan_update, round_=place.round, actor=place.clerk, term_years=5, name="第二轮") == (
        "方案批准的轮次不能再改“聘期（年）”",
        "方案批准的轮次不能再改“名称”",
    )
    assert round_plan_update(round_=place.round, actor=place.clerk, kickoff_on=jan(10))


def test_registered_round_has_no_plan_and_takes_no_steps(place: Place):
    Round.objects.filter(pk=place.round.pk).update(is_registered=True)
    place.round.refresh_from_db()
    assert refused(round_plan_update, round_=place.round, actor=place.clerk, term_years=5) == (
        "登记的轮次没有方案，不能修改",
    )
    assert refused(
        round_approve, round_=place.round, actor=place.leader, on=jan(8), document_no="方案1号"
    ) == ("登记的轮次不办理这些步骤",)
    assert round_steps(place.round, jan(8)) == []


def test_weights_name_levels_and_items_that_there_are(place: Place):
    weights = {"L60-L90x": {"interview": 100}, "L70-L60": {"chess": 10}, "*": {"written": 0}}
    assert refused(round_plan_update, round_=place.round, actor=place.clerk, weights=weights) == (
        "考评权重的层级范围“L60-L90x”不在层级表中",
        "考评权重的层级范围“L70-L60”不在层级表中",
        "考评权重没有“chess”这一项",
        "笔试的权重为0，须在0—100之间",
    )


def test_effective_date_moves_with_everything_that_hangs_on_it(place: Place):
    historical = a_unit(place.zone, "旧办公室", is_historical=True)
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(23))
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(25))
    setups = dict(PositionSetup.objects.values_list("code", "starts_on"))
    assert setups["2022"] == jan(25)
    assert PositionSetup.objects.get(code="2018").ends_before == jan(25)
    historical.refresh_from_db()
    assert historical.ends_before == jan(25)


def test_dates_out_of_order_are_refused(place: Place):
    reasons = refused(
        round_plan_update,
        round_=place.round,
        actor=place.clerk,
        kickoff_on=jan(24),
        effective_on=jan(23),
        baseline_on=jan(23),
    )
    assert reasons == ("动员日2022-01-24晚于生效日2022-01-23", "基准日2022-01-23须早于生效日2022-01-23")


# --- T1


def test_bare_plan_is_told_all_that_it_lacks(place: Place):
    assert refused(round_approve, round_=place.round, actor=place.leader, on=jan(8), document_no="") == (
        "岗位设置为0个岗位，请先上传岗位设置表",
        "还没有批次",
        "亲属关系表（回避）尚未收齐",
        "缺少职工代表大会或征求意见的记录",
        "须填写方案文号",
    )


def test_plan_is_approved_with_its_number_and_day(place: Place):
    a_position(place.unit, "局长", "L70", setup=place.round.setup)
    batch = a_batch(place.round, method="ZZ")
    for kind, first, after in (("DECIDE", 15, 16), ("PUBLICITY", 17, 22)):
        batch.steps.create(kind=kind, starts_on=jan(first), ends_before=jan(after))
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    assert round_steps(place.round, jan(8))[0].allowed
    assert (
        "领导小组"
        in refused(round_approve, round_=place.round, actor=place.clerk, on=jan(8), document_no="方案1号")[0]
    )
    round_approve(round_=place.round, actor=place.leader, on=jan(8), document_no="方案1号")
    place.round.refresh_from_db()
    assert (place.round.state, place.round.plan_document_no, place.round.approved_on) == (
        "APPROVED",
        "方案1号",
        jan(8),
    )


def test_caps_quota_weights_and_calendar_stand_against_the_approval_with_their_figures(place: Place):
    Unit.objects.filter(pk=place.unit.pk).update(staffing_quota=1)
    a_position(place.unit, "局长", "L70", setup=place.round.setup, headcount=2)
    a_batch(place.round, method="ZZ")
    round_plan_update(round_=place.round, actor=place.clerk, weights={"L60-L70": {"written": 90}}, **PLAN)
    said = {"round_": place.round, "actor": place.leader, "on": jan(8), "document_no": "方案1号"}
    reasons = refused(round_approve, **said)
    assert reasons == (
        "中层副职至中层正职考评权重合计90，须为100",
        "经济发展局：中层正职2个，每单位1个",
        "职数超出默认公式的，须填职数核定文号或调整职数",
        "经济发展局：职数合计2个，员额1个",
        "第1批：日程缺少研究决定、公示",
    )
    round_plan_update(round_=place.round, actor=place.clerk, caps_document_no="编〔2022〕1号", weights={})
    assert refused(round_approve, **said) == (
        "经济发展局：职数合计2个，员额1个",
        "第1批：日程缺少研究决定、公示",
    )
    assert setup_report(place.round).caps == ("经济发展局：中层正职2个，每单位1个",)


# --- T2: the baseline


def test_mobilizing_takes_the_main_post_of_everybody_on_the_day_before(place: Place):
    place.approved()
    person = place.holder("在岗")
    seconded = place.holder("挂职")
    host = a_position(a_unit(place.zone, "秀洲区"), "挂职副主任", "L60")
    a_tenure(seconded, host, date(2021, 12, 1), kind=TenureKind.SECOND_OUT)
    gone = place.holder("已走", ends_before=date(2022, 1, 1))
    round_mobilize(round_=place.round, actor=place.clerk, on=jan(9), document_no="纪要1号")
    place.round.refresh_from_db()
    assert (place.round.state, place.round.baseline_on) == ("MOBILIZED", jan(8))
    assert place.round.kickoff_document_no == "纪要1号"
    taken = {one.person_id: one for one in Baseline.objects.filter(round=place.round)}
    assert set(taken) == {person.pk, seconded.pk}
    assert gone.pk not in taken
    assert (taken[seconded.pk].title, taken[seconded.pk].level, taken[seconded.pk].source) == (
        "科长",
        "L50",
        "SYSTEM",
    )


def test_baseline_of_the_roster_stays_and_the_level_held_counts(place: Place):
    place.approved()
    person, higher = place.holder("花名册"), place.holder("高配")
    Tenure.objects.filter(person=higher).update(held_level="L60")
    a_baseline(place.round, person, a_position(place.unit, "旧岗", "L40"))
    round_mobilize(round_=place.round, actor=place.clerk, on=jan(9), document_no="纪要1号")
    levels = dict(Baseline.objects.filter(round=place.round).values_list("person__name", "level"))
    assert levels == {"花名册": "L40", "高配": "L60"}


def test_refused_mobilization_keeps_no_baseline(place: Place):
    place.approved()
    place.holder()
    round_plan_update(round_=place.round, actor=place.clerk, kickoff_on=jan(7))
    assert refused(round_mobilize, round_=place.round, actor=place.clerk, on=jan(9)) == (
        "动员日2022-01-07早于方案批准日2022-01-08",
        "须填写动员会纪要",
    )
    assert not Baseline.objects.filter(round=place.round).exists()


def test_preview_of_the_mobilization_counts_the_baselines_that_it_would_take(place: Place):
    place.approved()
    assert round_steps(place.round, jan(9))[0].reasons == ("范围内0人有基准，请先取基准",)
    place.holder()
    assert round_steps(place.round, jan(9))[0].allowed
    assert not Baseline.objects.exists()


def test_level_set_by_hr_waits_for_a_second_person(place: Place):
    place.approved()
    person = place.holder()
    mapped = Baseline(
        round=place.round,
        person=person,
        position=place.old,
        unit_name="经济发展局",
        title="科长",
        level="L60",
        source=Baseline.Source.HR_MAPPED,
    )
    baselines_register(round_=place.round, baselines=[mapped], actor=place.clerk)
    said = {"round_": place.round, "actor": place.clerk, "on": jan(9), "document_no": "纪要1号"}
    assert refused(round_mobilize, **said) == ("人事认定的原层级有1人未经第二人复核：张三",)
    (own,) = baselines_confirm(round_=place.round, actor=place.clerk)
    assert own.reasons == ("经办人不能复核自己认定的层级",)
    assert baselines_confirm(round_=place.round, actor=place.second) == []
    mapped.refresh_from_db()
    assert mapped.confirmed_by == place.second
    (again,) = baselines_confirm(round_=place.round, actor=place.second, baselines=[mapped])
    assert again.reasons == ("已经复核",)
    round_mobilize(**said)


# --- T3 to T6


def test_round_runs_once_a_batch_is_published(place: Place):
    set_state(place.round, RoundState.MOBILIZED)
    batch = a_batch(place.round)
    said = {"round_": place.round, "actor": place.clerk, "on": jan(10)}
    assert refused(round_run, **said) == ("已公布的批次0个（共1个），至少须公布1个",)
    set_state(batch, "PUBLISHED")
    round_run(**said)
    assert place.round.state == "RUNNING"


def test_placement_begins_with_everybody_whom_no_batch_took(place: Place):
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, setup=place.round.setup, headcount=2)
    first, second = a_batch(place.round, state="CLOSED"), a_batch(place.round, "2", state="PUBLICITY")
    people = {name: place.holder(name) for name in ("聘任", "两批落聘", "没有报名", "离开")}
    for person in people.values():
        a_baseline(place.round, person, place.old)
    Appointment.objects.create(
        zone=place.zone,
        round=place.round,
        person=people["聘任"],
        position=post,
        held_level="L50",
        state="ACTIVE",
        starts_on=jan(23),
        ends_before=date(2025, 1, 23),
    )
    Exit.objects.create(round=place.round, person=people["离开"], left_on=jan(20), cause="T02")
    an_application(first, people["两批落聘"], post, "NOT_SELECTED")
    an_application(second, people["两批落聘"], post, "REJECTED")
    said = {"round_": place.round, "actor": place.clerk, "on": jan(23)}
    assert refused(round_place, **said) == ("还有1个批次没有办结：第2批",)
    set_state(second, "CANCELLED")
    round_place(**said)
    placed = dict(Placement.objects.values_list("person__name", "lost_in"))
    assert placed == {"两批落聘": "第1批、第2批", "没有报名": ""}


def test_round_is_completed_only_with_everybody_placed(place: Place):
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.PLACING)
    person = place.holder("未安置")
    a_baseline(place.round, person, place.old)
    reasons = refused(round_complete, round_=place.round, actor=place.leader, on=jan(24))
    assert "I1人人有岗：1处不符，未安置（没有本轮的主任职聘任）" in reasons
    Placement.objects.create(round=place.round, person=person, state="WAITING")
    assert "还有1人待岗：未安置" in refused(
        round_complete, round_=place.round, actor=place.leader, on=jan(24)
    )


def test_zone_that_lets_people_wait_completes_with_them(place: Place):
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.PLACING)
    person = place.holder("待岗")
    a_baseline(place.round, person, place.old)
    Placement.objects.create(round=place.round, person=person, state="WAITING")
    PolicyParameter.objects.filter(version=place.round.policy, key="round.allow_waiting").update(value=True)
    round_complete(round_=place.round, actor=place.leader, on=jan(24))
    assert place.round.state == "COMPLETED"
    with pytest.raises(IllegalTransition):
        round_terminate(round_=place.round, actor=place.leader, on=jan(25), reason="重来")


def test_batch_made_for_placement_holds_the_completion_up(place: Place):
    set_state(place.round, RoundState.PLACING)
    a_batch(place.round, method="ZZ")
    assert "还有1个批次没有办结：第1批" in refused(
        round_complete, round_=place.round, actor=place.leader, on=jan(24)
    )


def test_terminated_round_cancels_its_batches_and_gives_the_old_posts_back(place: Place):
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.RUNNING)
    batch = a_batch(place.round, state="ASSESSING")
    post = a_position(place.unit, setup=place.round.setup)
    live = an_application(batch, place.holder(), post, "QUALIFIED")
    said = {"round_": place.round, "actor": place.leader, "on": jan(12)}
    assert refused(round_terminate, reason="", **said) == ("须写明理由",)
    round_terminate(reason="上级要求中止", document_no="止1号", **said)
    batch.refresh_from_db()
    live.refresh_from_db()
    assert (place.round.state, batch.state, live.state) == ("TERMINATED", "CANCELLED", "NOT_SELECTED")
    assert PositionSetup.objects.get(code="2018").ends_before is None


def test_termination_keeps_what_is_in_force(place: Place):
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, setup=place.round.setup)
    kept = an_appointment(place.round, a_person(place.zone), post)
    round_terminate(round_=place.round, actor=place.leader, on=jan(25), reason="上级要求中止")
    kept.refresh_from_db()
    assert kept.state == "ACTIVE"
    assert PositionSetup.objects.get(code="2018").ends_before == jan(23)


# --- the 岗位设置


def test_positions_are_copied_with_number_and_lineage(place: Place):
    closed = a_unit(place.zone, "撤销的局", ends_before=date(2021, 1, 1))
    a_position(closed, "局长", "L70", setup=place.former.setup)
    result = positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    (copy,) = result.created
    assert (copy.code, copy.lineage, copy.setup_id) == (
        place.old.code,
        place.old.lineage,
        place.round.setup_id,
    )
    assert [one.reasons for one in result.skipped] == [("单位已撤销，没有登记后续单位",)]
    again = positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    assert again.created == []
    assert ("本轮已有这个岗位",) in [one.reasons for one in again.skipped]


def test_copied_positions_of_a_merged_unit_go_to_its_successor(place: Place):
    successor = a_unit(place.zone, "经济发展和科技局")
    Unit.objects.filter(pk=place.unit.pk).update(ends_before=date(2021, 1, 1))
    UnitLineage.objects.create(
        zone=place.zone, predecessor=place.unit, successor=successor, kind=UnitLineage.Kind.MERGE
    )
    result = positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    assert [one.unit for one in result.created] == [successor]


def test_setup_is_changed_only_in_the_draft_by_the_office(place: Place):
    set_state(place.round, RoundState.APPROVED)
    assert refused(positions_copy_from, round_=place.round, source=place.former, actor=place.clerk) == (
        "方案批准不能再改岗位设置，只有方案起草中的轮次可以",
    )


def test_who_held_a_merged_post_and_holds_what_became_of_it_is_unchanged(place: Place):
    other = a_position(place.unit, "综合科长", setup=place.former.setup)
    positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    mine = list(Position.objects.filter(setup=place.round.setup_id).order_by("id"))
    kept = next(one for one in mine if one.lineage == place.old.lineage)
    positions_merge(round_=place.round, positions=mine, kept=kept, actor=place.clerk, reason="大部制")
    kept.refresh_from_db()
    assert (kept.headcount, kept.former_lineages) == (2, [other.lineage])
    assert Position.objects.filter(setup=place.round.setup_id).count() == 1
    round_set_dates(round_=place.round, actor=place.clerk, effective_on=jan(23))
    for name, before in (("原主", place.old), ("并入", other)):
        person = a_person(place.zone, name)
        a_baseline(place.round, person, before)
        an_appointment(place.round, person, kept)
    assert {one.change.kind for one in change_summary(place.round).people} == {ChangeKind.UNCHANGED}


def test_merged_post_may_not_be_in_use(place: Place):
    one = a_position(place.unit, "甲", setup=place.round.setup)
    other = a_position(place.unit, "乙", setup=place.round.setup)
    a_batch_post(a_batch(place.round), other)
    assert refused(
        positions_merge,
        round_=place.round,
        positions=[one, other],
        kept=one,
        actor=place.clerk,
        reason=" ",
    ) == ("须写明理由",)
    assert refused(
        positions_merge, round_=place.round, positions=[one, other], kept=one, actor=place.clerk, reason="并"
    ) == (f"“{other}”已有批次岗位",)


def test_split_post_keeps_its_lineage_in_the_first_part_and_is_remembered_by_the_others(place: Place):
    positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    whole = Position.objects.get(setup=place.round.setup_id)
    first, second = positions_split(
        round_=place.round,
        position=whole,
        parts=[PositionPart("综合科长", place.unit, 1), PositionPart("业务科长", place.unit, 1)],
        actor=place.clerk,
        reason="分设",
    )
    assert (first.title, first.lineage) == ("综合科长", place.old.lineage)
    assert second.lineage != first.lineage
    assert second.former_lineages == [place.old.lineage]
    assert second.code.startswith(f"{place.unit.code}-L50-")
    round_set_dates(round_=place.round, actor=place.clerk, effective_on=jan(23))
    for name, after in (("甲", first), ("乙", second)):
        person = a_person(place.zone, name)
        a_baseline(place.round, person, place.old)
        an_appointment(place.round, person, after)
    assert {one.change.kind for one in change_summary(place.round).people} == {ChangeKind.UNCHANGED}


def test_merged_units_are_closed_on_the_effective_date_and_their_posts_move(place: Place):
    other = a_unit(place.zone, "科技创新局")
    section = a_unit(place.zone, "综合科", parent=other)
    post = a_position(section, "科长", setup=place.round.setup)
    direct = a_position(place.unit, "局长", "L70", setup=place.round.setup)
    merged = Unit(zone=place.zone, code="90", name="经济科技局", kind="DEPT")
    said: dict[str, Any] = {
        "round_": place.round,
        "units": [place.unit, other],
        "into": merged,
        "actor": place.clerk,
        "reason": "大部制",
        "document_no": "编〔2022〕3号",
    }
    assert refused(units_merge, **said) == ("请先在方案中定生效日",)
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(23))
    units_merge(**said)
    for row in (other, section, place.unit, post, direct):
        row.refresh_from_db()
    assert {other.ends_before, section.ends_before, place.unit.ends_before} == {jan(23)}
    assert direct.unit == merged
    assert (post.unit.name, post.unit.parent) == ("综合科", merged)
    assert UnitLineage.objects.filter(successor=merged).count() == 2
    # The date moves, and what hangs on it with it.
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(30))
    other.refresh_from_db()
    merged.refresh_from_db()
    assert (other.ends_before, merged.starts_on) == (jan(30), jan(30))


# --- what waits


def test_waiting_names_the_role_what_and_how_many(place: Place):
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, setup=place.round.setup, headcount=3)
    screening = a_batch(place.round, state="SCREENING")
    matching = a_batch(place.round, "2", method="SX", state="MATCHING")
    screening.steps.create(kind="APPLY", starts_on=jan(10), ends_before=jan(15))
    screening.steps.create(kind="SCREEN", starts_on=jan(10), ends_before=jan(15))
    for name in ("甲", "乙"):
        an_application(screening, a_person(place.zone, name), post)
    an_application(screening, a_person(place.zone, "丙"), post, conclusion="QUALIFIED")
    silent = an_application(matching, a_person(place.zone, "丁"), post, "QUALIFIED")
    half = an_application(matching, a_person(place.zone, "戊"), post, "QUALIFIED")
    half.intentions.create(pass_no=1, person_agrees=True)
    found = {one.place: (one.role, one.what, one.count) for one in round_waiting(place.round, jan(15))}
    assert found == {
        "applications:unscreened": ("人事", "报名待资格审查", 2),
        "applications:to_review": ("监督组", "审查结论待复核", 1),
        "intentions:unit": ("单位负责人", "双向选择待单位意见", 2),
        "intentions:person": ("个人", "双向选择待本人意见", 1),
        "batch_steps:late": ("人事", "日程已到期未办结的步骤", 1),
    }
    own = round_waiting(place.round, jan(15), unit_ids=[], person_id=silent.candidacy.person_id)
    assert {one.place for one in own if one.role in ("单位负责人", "个人")} == {"intentions:person"}


def test_waiting_takes_the_same_statements_however_much_waits(place: Place, django_assert_num_queries: Any):
    set_state(place.round, RoundState.RUNNING)
    batch = a_batch(place.round, state="SCREENING")
    post = a_position(place.unit, setup=place.round.setup)
    with CaptureQueriesContext(connection) as few:
        round_waiting(place.round, jan(15))
    for number in range(5):
        an_application(batch, a_person(place.zone, f"报{number}"), post)
        a_batch(place.round, str(number + 3), state="MATCHING")
    with django_assert_num_queries(len(few)):
        round_waiting(place.round, jan(15))
