"""A round from its plan to its end: the plan, its baseline, T1–T6 (domain.md §3, §4)."""

from datetime import date

import pytest

from appointments.models import Appointment, Baseline, Exit, Placement, Round
from appointments.rules.calendar import rehearse_calendar
from appointments.selectors.round_facts import batch_plans, frame_of, setup_report
from appointments.selectors.steps import round_steps
from appointments.services.baselines import baselines_confirm
from appointments.services.plans import round_begin, round_plan_update
from appointments.services.round_steps import (
    round_approve,
    round_complete,
    round_mobilize,
    round_place,
    round_run,
    round_terminate,
)
from appointments.services.rounds import baselines_register
from appointments.states import RoundState
from reform.errors import IllegalTransition
from reform.models import PolicyParameter, PositionSetup, Tenure, TenureKind, Unit
from tests.appointments.round_cast import PLAN, Drafted, jan, refused, set_state
from tests.factories import (
    a_baseline,
    a_batch,
    a_person,
    a_position,
    a_tenure,
    a_unit,
    an_application,
    an_appointment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Drafted:
    return Drafted()


# --- the plan


def test_plan_is_written_by_the_office_while_it_is_drafted(place: Drafted):
    assert round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    assert not round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    assert "聘任办公室" in refused(round_plan_update, round_=place.round, actor=place.leader, term_years=5)[0]
    set_state(place.round, RoundState.APPROVED)
    assert refused(round_plan_update, round_=place.round, actor=place.clerk, term_years=5, name="第二轮") == (
        "方案批准的轮次不能再改“聘期（年）”",
        "方案批准的轮次不能再改“名称”",
    )
    assert round_plan_update(round_=place.round, actor=place.clerk, kickoff_on=jan(10))


def test_registered_round_has_no_plan_and_takes_no_steps(place: Drafted):
    Round.objects.filter(pk=place.round.pk).update(is_registered=True)
    place.round.refresh_from_db()
    assert refused(round_plan_update, round_=place.round, actor=place.clerk, term_years=5) == (
        "登记的轮次没有方案，不能修改",
    )
    assert refused(
        round_approve, round_=place.round, actor=place.leader, on=jan(8), document_no="方案1号"
    ) == ("登记的轮次不办理这些步骤",)
    assert round_steps(place.round, jan(8)) == []


def test_weights_name_levels_and_items_that_there_are(place: Drafted):
    weights = {"L60-L90x": {"interview": 100}, "L70-L60": {"chess": 10}, "*": {"written": 0}}
    assert refused(round_plan_update, round_=place.round, actor=place.clerk, weights=weights) == (
        "考评权重的层级范围“L60-L90x”不在层级表中",
        "考评权重的层级范围“L70-L60”不在层级表中",
        "考评权重没有“chess”这一项",
        "笔试的权重为0，须在0—100之间",
    )


def test_planned_effective_date_moves_former_units_and_leaves_the_posts_in_force_alone(place: Drafted):
    historical = a_unit(place.zone, "旧办公室", is_historical=True)
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(23))
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(25))
    setups = dict(PositionSetup.objects.values_list("code", "starts_on"))
    assert setups["2022"] is None
    assert place.round.in_force_on is None
    assert PositionSetup.objects.get(code="2018").ends_before is None
    historical.refresh_from_db()
    assert historical.ends_before == jan(25)


def test_dates_out_of_order_are_refused(place: Drafted):
    reasons = refused(
        round_plan_update,
        round_=place.round,
        actor=place.clerk,
        kickoff_on=jan(24),
        effective_on=jan(23),
        baseline_on=jan(23),
    )
    assert reasons == ("动员日2022-01-24晚于生效日2022-01-23", "基准日2022-01-23须早于生效日2022-01-23")


def test_posts_come_into_force_once_and_on_the_planned_day(place: Drafted):
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(23))
    for starts_on in (jan(22), jan(30)):
        round_begin(round_=place.round, starts_on=starts_on, actor=place.leader)
    setups = PositionSetup.objects.values_list("code", "starts_on", "ends_before")
    assert {code: days for code, *days in setups}["2022"] == [jan(23), None]
    assert PositionSetup.objects.get(code="2018").ends_before == jan(23)
    assert place.round.in_force_on == jan(23)


def test_round_without_a_planned_day_is_in_force_from_its_first_appointment(place: Drafted):
    round_begin(round_=place.round, starts_on=jan(25), actor=place.leader)
    place.round.refresh_from_db()
    assert (place.round.effective_on, place.round.setup.starts_on) == (jan(25), jan(25))


# --- T1


def test_bare_plan_is_told_all_that_it_lacks(place: Drafted):
    assert refused(round_approve, round_=place.round, actor=place.leader, on=jan(8), document_no="") == (
        "岗位设置为0个岗位，请先上传岗位设置表",
        "还没有批次",
        "亲属关系表（回避）尚未收齐",
        "缺少职工代表大会或征求意见的记录",
        "须填写方案文号",
    )


def test_plan_is_approved_with_its_number_and_day(place: Drafted):
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


def test_caps_quota_weights_and_calendar_stand_against_the_approval_with_their_figures(place: Drafted):
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


def test_rehearsal_before_the_round_says_whether_the_publicity_fits(place: Drafted):
    place.zone.deadline_on = jan(20)
    place.zone.save()
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    batch = a_batch(place.round, method="ZZ")
    batch.steps.create(kind="DECIDE", starts_on=jan(15), ends_before=jan(16))
    (early,) = rehearse_calendar(batch_plans(place.round), frame_of(place.round), jan(10))
    assert (early.name, early.publicity_last_on, early.fits, early.late) == ("第1批", jan(17), True, ())
    (late,) = rehearse_calendar(batch_plans(place.round), frame_of(place.round), jan(17))
    assert late.late == (
        "研究决定应于2022-01-15完成，今天是2022-01-17",
        "公示最早到2022-01-24，晚于上级期限2022-01-20",
        "公示最早到2022-01-24，生效日2022-01-23须推迟",
    )


# --- T2: the baseline


def test_mobilizing_takes_the_main_post_of_everybody_on_the_day_before(place: Drafted):
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


def test_baseline_of_the_roster_stays_and_the_level_held_counts(place: Drafted):
    place.approved()
    person, higher = place.holder("花名册"), place.holder("高配")
    Tenure.objects.filter(person=higher).update(held_level="L60")
    a_baseline(place.round, person, a_position(place.unit, "旧岗", "L40"))
    round_mobilize(round_=place.round, actor=place.clerk, on=jan(9), document_no="纪要1号")
    levels = dict(Baseline.objects.filter(round=place.round).values_list("person__name", "level"))
    assert levels == {"花名册": "L40", "高配": "L60"}


def test_refused_mobilization_keeps_no_baseline(place: Drafted):
    place.approved()
    place.holder()
    round_plan_update(round_=place.round, actor=place.clerk, kickoff_on=jan(7))
    assert refused(round_mobilize, round_=place.round, actor=place.clerk, on=jan(9)) == (
        "动员日2022-01-07早于方案批准日2022-01-08",
        "须填写动员会纪要",
    )
    assert not Baseline.objects.filter(round=place.round).exists()


def test_nobody_is_mobilized_before_the_days_have_come(place: Drafted):
    place.approved()
    place.holder()
    round_plan_update(round_=place.round, actor=place.clerk, kickoff_on=jan(12), baseline_on=jan(11))
    said = {"round_": place.round, "actor": place.clerk, "document_no": "纪要1号"}
    assert refused(round_mobilize, on=jan(10), **said) == (
        "动员日2022-01-12还没有到，今天是2022-01-10",
        "基准日2022-01-11还没有到，今天是2022-01-10",
    )
    round_mobilize(on=jan(12), **said)


def test_preview_of_the_mobilization_counts_the_baselines_that_it_would_take(place: Drafted):
    place.approved()
    assert round_steps(place.round, jan(9))[0].reasons == ("范围内0人有基准，请先取基准",)
    place.holder()
    assert round_steps(place.round, jan(9))[0].allowed
    assert not Baseline.objects.exists()


def test_level_set_by_hr_waits_for_a_second_person(place: Drafted):
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


def test_round_runs_once_a_batch_is_published(place: Drafted):
    set_state(place.round, RoundState.MOBILIZED)
    batch = a_batch(place.round)
    said = {"round_": place.round, "actor": place.clerk, "on": jan(10)}
    assert refused(round_run, **said) == ("已公布的批次0个（共1个），至少须公布1个",)
    set_state(batch, "PUBLISHED")
    round_run(**said)
    assert place.round.state == "RUNNING"


def test_placement_begins_with_everybody_whom_no_batch_took(place: Drafted):
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


def test_round_is_completed_only_with_everybody_placed(place: Drafted):
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


def test_zone_that_lets_people_wait_completes_with_them(place: Drafted):
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


def test_batch_made_for_placement_holds_the_completion_up(place: Drafted):
    set_state(place.round, RoundState.PLACING)
    a_batch(place.round, method="ZZ")
    assert "还有1个批次没有办结：第1批" in refused(
        round_complete, round_=place.round, actor=place.leader, on=jan(24)
    )


def test_terminated_round_cancels_its_batches_and_gives_the_old_posts_back(place: Drafted):
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


def test_termination_keeps_what_is_in_force(place: Drafted):
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, setup=place.round.setup)
    kept = an_appointment(place.round, a_person(place.zone), post)
    round_begin(round_=place.round, starts_on=kept.starts_on, actor=place.leader)
    round_terminate(round_=place.round, actor=place.leader, on=jan(25), reason="上级要求中止")
    kept.refresh_from_db()
    assert kept.state == "ACTIVE"
    assert PositionSetup.objects.get(code="2018").ends_before == jan(23)
