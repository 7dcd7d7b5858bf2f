"""Batches: their posts and days, 暂停, their steps and what follows, and taking over who lost."""

from datetime import date
from typing import Any

import pytest

from appointments.models import Appointment, BatchPost, BatchStep
from appointments.selectors.free_seats import seats_free
from appointments.selectors.losers import losers_for
from appointments.selectors.steps import batch_next
from appointments.services.batch_posts import batch_post_cancel, batch_post_switch, batch_posts_add
from appointments.services.batches import (
    batch_create,
    batch_resume,
    batch_set_steps,
    batch_step,
    batch_suspend,
    batch_update,
    batches_advance,
)
from appointments.services.losers import losers_take_over
from appointments.states import RoundState
from reform.access import command_actor
from reform.errors import IllegalTransition, Refused, StaleState
from reform.models import AuditEvent, RowChange
from tests.factories import (
    a_baseline,
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    a_round,
    a_unit,
    a_user,
    a_zone,
    an_application,
    an_appointment,
)

pytestmark = pytest.mark.django_db


def jan(day: int) -> date:
    return date(2022, 1, day)


@pytest.fixture
def place() -> Any:
    """A running round with one post of two seats, a clerk and a leader."""

    class Place:
        zone = a_zone()
        round = a_round(zone)
        unit = a_unit(zone)
        post = a_position(
            unit, setup=round.setup, headcount=2, method="JP", conditions="大专以上", duties="主持科室工作"
        )
        clerk = a_user(zone, "人事")
        leader = a_user(zone, "领导")

    set_round(Place.round, RoundState.RUNNING)
    return Place


def set_round(round_: Any, state: str) -> None:
    type(round_).objects.filter(pk=round_.pk).update(state=state)
    round_.refresh_from_db()


def refused(call: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.reasons


def window(batch: Any, first: int = 10, last: int = 14) -> None:
    for kind in ("NOTICE", "APPLY"):
        BatchStep.objects.create(batch=batch, kind=kind, starts_on=jan(first), ends_before=jan(last + 1))


# --- making and describing


def test_batch_takes_the_next_place_and_the_policys_number_of_choices(place: Any):
    first = batch_create(round_=place.round, code="1", name="中层", method="JP", actor=place.clerk)
    second = batch_create(round_=place.round, code="2", name="主办", method="SX", actor=place.clerk)
    assert (first.sort_no, second.sort_no, first.max_choices) == (1, 2, 3)
    assert AuditEvent.objects.filter(action="新建批次").count() == 2


def test_batch_is_planned_by_the_office_alone(place: Any):
    facts: dict[str, Any] = {"round_": place.round, "code": "1", "name": "中层", "method": "JP"}
    assert "聘任办公室" in refused(batch_create, actor=place.leader, **facts)[0]
    assert refused(batch_create, actor=place.clerk, **facts | {"method": "SJ"}) == (
        "上级任命的岗位不经批次，按任命文件登记",
    )


def test_in_placement_only_batches_that_place_people_are_made(place: Any):
    set_round(place.round, RoundState.PLACING)
    facts: dict[str, Any] = {"round_": place.round, "code": "9", "name": "调配", "actor": place.clerk}
    assert refused(batch_create, method="JP", **facts) == ("落聘安置中只能新建双向选择或组织调配的批次",)
    assert batch_create(method="ZZ", **facts).pk
    set_round(place.round, RoundState.COMPLETED)
    assert refused(batch_create, method="ZZ", **facts | {"code": "8"}) == ("轮次已完成，不能再建批次",)


def test_number_of_choices_is_fixed_once_applications_are_over(place: Any):
    batch = a_batch(place.round)
    assert batch_update(batch=batch, actor=place.clerk, max_choices=2)
    assert not batch_update(batch=batch, actor=place.clerk, max_choices=2)
    batch = a_batch(place.round, "2", state="SCREENING")
    assert refused(batch_update, batch=batch, actor=place.clerk, max_choices=1) == (
        "批次已到“资格审查”，不能再改“志愿数上限”",
    )
    assert batch_update(batch=batch, actor=place.clerk, ratio_document_no="批〔2022〕1号")


# --- days


def test_days_are_planned_moved_and_taken_out(place: Any):
    batch = a_batch(place.round)
    set_round(place.round, RoundState.DRAFT)
    batch_set_steps(
        batch=batch, steps={"NOTICE": (jan(10), jan(13)), "APPLY": (jan(10), jan(15))}, actor=place.clerk
    )
    batch_set_steps(batch=batch, steps={"APPLY": (jan(11), jan(15)), "NOTICE": None}, actor=place.clerk)
    assert [(one.kind, one.starts_on, one.last_on) for one in batch.steps.all()] == [
        ("APPLY", jan(11), jan(14))
    ]
    changes = AuditEvent.objects.filter(action="排批次日程").count()
    batch_set_steps(batch=batch, steps={"APPLY": (jan(11), jan(15))}, actor=place.clerk)
    assert AuditEvent.objects.filter(action="排批次日程").count() == changes


def test_after_the_approval_days_have_to_stay_in_order(place: Any):
    batch = a_batch(place.round)
    reasons = refused(
        batch_set_steps,
        batch=batch,
        steps={
            "NOTICE": (jan(10), jan(13)),
            "APPLY": (jan(10), jan(15)),
            "DECIDE": (jan(17), jan(18)),
            "PUBLICITY": (jan(17), jan(22)),
        },
        actor=place.clerk,
    )
    assert reasons == ("第1批：公示从2022-01-17开始，须在研究决定结束（2022-01-17）之后",)
    assert not batch.steps.exists()


def test_day_of_a_step_that_is_past_does_not_move(place: Any):
    batch = a_batch(place.round, state="SCREENING")
    window(batch)
    assert refused(batch_set_steps, batch=batch, steps={"APPLY": (jan(10), jan(20))}, actor=place.clerk) == (
        "批次已到“资格审查”，报名的日程不能再改",
    )
    assert refused(batch_set_steps, batch=batch, steps={"REST": (jan(10), jan(20))}, actor=place.clerk) == (
        "没有“REST”这个步骤",
    )


# --- posts


def test_posts_go_in_with_the_batchs_method_and_all_free_seats(place: Any):
    batch = a_batch(place.round, method="GX")
    an_appointment(place.round, a_person(place.zone), place.post)
    (post,) = batch_posts_add(batch=batch, positions=[place.post], actor=place.clerk)
    assert (post.method, post.seats) == ("GX", 1)
    assert seats_free(place.round) == {place.post.pk: 0}


def test_posts_that_cannot_go_in_are_named_with_their_figures(place: Any):
    batch, other = a_batch(place.round), a_batch(place.round, "2")
    a_batch_post(other, place.post, seats=1)
    leader_post = a_position(place.unit, "书记", "L80", setup=place.round.setup)
    strange = a_position(place.unit, "旧岗位")
    reasons = refused(
        batch_posts_add,
        batch=batch,
        positions=[place.post, leader_post, strange],
        seats=2,
        actor=place.clerk,
    )
    assert reasons == (
        f"“{place.post}”职数2个，空缺1个，不能招聘2人",
        f"“{leader_post}”由上级任命，不编入批次",
        f"“{strange}”不在本轮的岗位设置中",
    )
    assert not BatchPost.objects.filter(batch=batch).exists()


def test_post_cancelled_for_want_of_applicants_ends_its_applications(place: Any):
    batch = a_batch(place.round, state="SCREENING")
    post = a_batch_post(batch, place.post)
    lost = an_application(batch, a_person(place.zone), place.post, "QUALIFIED")
    assert refused(batch_post_cancel, post=post, actor=place.clerk, on=jan(14), reason=" ") == ("须写明理由",)
    batch_post_cancel(post=post, actor=place.clerk, on=jan(14), reason="报名1人，不足2:1")
    post.refresh_from_db()
    lost.refresh_from_db()
    assert (post.state, post.reason, lost.state) == ("CANCELLED", "报名1人，不足2:1", "NOT_SELECTED")
    assert seats_free(place.round) == {place.post.pk: 2}


def test_post_of_an_unpublished_batch_is_simply_taken_out(place: Any):
    post = a_batch_post(a_batch(place.round), place.post)
    batch_post_cancel(post=post, actor=place.clerk, on=jan(5), reason="")
    assert not BatchPost.objects.exists()
    assert RowChange.objects.filter(model="appointments.BatchPost", after__isnull=True).count() == 1


def test_post_is_switched_to_direct_appointment(place: Any):
    batch = a_batch(place.round, state="SCREENING")
    post = a_batch_post(batch, place.post)
    lost = an_application(batch, a_person(place.zone), place.post)
    facts: dict[str, Any] = {"post": post, "actor": place.clerk, "on": jan(14), "reason": "无人报名"}
    assert refused(batch_post_switch, method="SX", **facts) == ("只能改为直接聘任或组织调配",)
    batch_post_switch(method="ZP", **facts)
    post.refresh_from_db()
    lost.refresh_from_db()
    assert (post.method, post.state, lost.state) == ("ZP", "OPEN", "NOT_SELECTED")


def test_post_stays_as_it_is_once_the_meeting_decides(place: Any):
    post = a_batch_post(a_batch(place.round, state="DECIDING"), place.post)
    assert refused(batch_post_cancel, post=post, actor=place.clerk, on=jan(15), reason="无人") == (
        "批次已到“党工委研究”，岗位不能再改",
    )


# --- steps


def test_batch_is_published_with_the_number_of_its_notice(place: Any):
    batch = a_batch(place.round)
    a_batch_post(batch, place.post)
    window(batch)
    batch_step(batch=batch, event="publish", actor=place.clerk, on=jan(10), document_no="聘〔2022〕2号")
    batch.refresh_from_db()
    assert (batch.state, batch.notice_document_no) == ("PUBLISHED", "聘〔2022〕2号")


def test_batch_that_lacks_everything_is_told_everything(place: Any):
    batch = a_batch(place.round, method="JP")
    bare = a_position(place.unit, "副科长", "L40", setup=place.round.setup)
    a_batch_post(batch, bare, seats=3)
    set_round(place.round, RoundState.APPROVED)
    assert refused(batch_step, batch=batch, event="publish", actor=place.clerk, on=jan(10)) == (
        "轮次还没有动员",
        f"“{bare}”缺少任职条件、岗位职责",
        f"“{bare}”招聘3人，职数只有1个",
        "没有公告和报名的日程",
    )


def test_notice_published_late_is_too_short(place: Any):
    batch = a_batch(place.round)
    a_batch_post(batch, place.post)
    window(batch)
    assert refused(batch_step, batch=batch, event="publish", actor=place.clerk, on=jan(13)) == (
        "公告2个工作日，至少3个",
    )


def test_step_of_another_role_or_another_state_is_refused(place: Any):
    batch = a_batch(place.round)
    assert refused(batch_step, batch=batch, event="publish", actor=place.leader, on=jan(10)) == (
        "“公布岗位”由聘任办公室办理，您的账号没有这个权限",
    )
    with pytest.raises(IllegalTransition, match="“计划”状态下不能“公布成绩”"):
        batch_step(batch=batch, event="match", actor=place.clerk, on=jan(10))


def test_second_who_takes_a_step_is_told_who_was_first(place: Any):
    batch = a_batch(place.round)
    a_batch_post(batch, place.post)
    window(batch)
    same = type(batch).objects.get(pk=batch.pk)
    batch_step(batch=batch, event="publish", actor=place.clerk, on=jan(10))
    with pytest.raises(StaleState, match="公布岗位"):
        batch_step(batch=same, event="publish", actor=place.clerk, on=jan(10))


def test_suspended_batch_takes_no_step_until_it_is_resumed(place: Any):
    batch = a_batch(place.round, method="SX", state="SCREENING")
    an_application(batch, a_person(place.zone), place.post, "QUALIFIED")
    batch_suspend(batch=batch, actor=place.clerk, reason="等待核定")
    assert refused(batch_step, batch=batch, event="screened", actor=place.clerk, on=jan(14)) == (
        "批次已暂停：等待核定",
    )
    assert refused(batch_suspend, batch=batch, actor=place.clerk, reason="再停") == ("批次已暂停",)
    batch_resume(batch=batch, actor=place.clerk)
    batch_step(batch=batch, event="screened", actor=place.clerk, on=jan(14))
    assert batch.state == "MATCHING"


def test_batches_of_a_terminated_round_stand_still(place: Any):
    batch = a_batch(place.round, method="SX", state="SCREENING")
    set_round(place.round, RoundState.TERMINATED)
    assert refused(batch_step, batch=batch, event="screened", actor=place.clerk, on=jan(14)) == (
        "轮次已中止，批次不能再办理",
    )


def test_cancelled_batch_ends_its_applications_and_takes_back_its_drafts(place: Any):
    batch = a_batch(place.round, state="APPOINTING")
    person = a_person(place.zone)
    proposed = an_application(batch, person, place.post, "PROPOSED")
    Appointment.objects.create(
        zone=place.zone,
        round=place.round,
        person=person,
        position=place.post,
        application=proposed,
        held_level="L50",
        starts_on=jan(23),
        ends_before=date(2025, 1, 23),
    )
    assert refused(batch_step, batch=batch, event="cancel", actor=place.leader, on=jan(22)) == ("须写明理由",)
    batch_step(batch=batch, event="cancel", actor=place.leader, on=jan(22), reason="机构调整")
    proposed.refresh_from_db()
    assert (batch.state, proposed.state) == ("CANCELLED", "NOT_SELECTED")
    assert not Appointment.objects.exists()
    assert RowChange.objects.filter(model="appointments.Appointment", after__isnull=True).count() == 1


def test_screening_ends_only_when_everybody_is_decided_told_and_past_objecting(place: Any):
    batch = a_batch(place.round, state="SCREENING")
    a_batch_post(batch, place.post)
    an_application(batch, a_person(place.zone, "未审"), place.post)
    told = an_application(batch, a_person(place.zone, "不符"), place.post, "REJECTED", notified_on=jan(14))
    an_application(batch, a_person(place.zone, "未告知"), place.post, "REJECTED")
    an_application(batch, a_person(place.zone, "合格"), place.post, "QUALIFIED")
    told.objections.create(kind="SCREENING", received_on=jan(14), from_whom="不符", facts="年限有误")
    assert refused(batch_step, batch=batch, event="assess", actor=place.clerk, on=jan(17)) == (
        "还有1个报名没有审查结论：未审",
        "不合格的还有1人没有告知：未告知",
        "不合格人员可在2022-01-18前提出异议，今天是2022-01-17",
        "资格审查异议还有1件没有答复：不符",
        f"“{place.post}”2个职数合格1人，不足2:1，须取消岗位或改为直接聘任、组织调配",
    )


def test_post_between_the_two_ratios_needs_the_approval(place: Any):
    batch = a_batch(place.round, state="SCREENING")
    a_batch_post(batch, place.post, seats=1)
    for name in ("甲", "乙"):
        an_application(batch, a_person(place.zone, name), place.post, "QUALIFIED")
    reasons = refused(batch_step, batch=batch, event="assess", actor=place.clerk, on=jan(17))
    assert reasons == (f"“{place.post}”1个职数合格2人，不足3:1，降到2:1须填批准文号",)
    batch_update(batch=batch, actor=place.clerk, ratio_document_no="批〔2022〕1号")
    batch_step(batch=batch, event="assess", actor=place.clerk, on=jan(17))
    assert batch.state == "ASSESSING"


# --- the system's own steps


def test_applications_open_and_close_by_themselves_when_their_day_has_come(place: Any):
    batch = a_batch(place.round, state="PUBLISHED")
    window(batch)
    actor = command_actor(None)
    assert batches_advance(zone=place.zone, actor=actor, on=jan(9)) == ([], [])
    ((moved, step),), against = batches_advance(zone=place.zone, actor=actor, on=jan(10))
    assert (moved.state, step.code, against) == ("APPLYING", "B2", [])
    assert batches_advance(zone=place.zone, actor=actor, on=jan(14)) == ([], [])
    ((moved, step),), _ = batches_advance(zone=place.zone, actor=actor, on=jan(15))
    assert (moved.state, step.code) == ("SCREENING", "B3")


def test_both_steps_are_taken_where_nobody_looked_for_days(place: Any):
    window(a_batch(place.round, state="PUBLISHED"))
    taken, _ = batches_advance(zone=place.zone, actor=command_actor(None), on=jan(20))
    assert [step.code for _, step in taken] == ["B2", "B3"]


def test_who_chose_too_many_posts_holds_the_closing_up_and_is_named(place: Any):
    batch = a_batch(place.round, state="APPLYING", max_choices=1)
    window(batch)
    person = a_person(place.zone, "多报")
    an_application(batch, person, place.post)
    an_application(batch, person, a_position(place.unit, "副科长", "L40", setup=place.round.setup))
    taken, against = batches_advance(zone=place.zone, actor=command_actor(None), on=jan(15))
    assert taken == []
    assert [one.reasons for one in against] == [("多报报了2个岗位，最多1个",)]


def test_suspended_batch_does_not_advance(place: Any):
    window(a_batch(place.round, state="PUBLISHED", is_suspended=True))
    assert batches_advance(zone=place.zone, actor=command_actor(None), on=jan(20)) == ([], [])


# --- previews


def test_preview_says_what_stands_against_the_next_step(place: Any):
    batch = a_batch(place.round, state="PUBLISHED")
    window(batch)
    opening, cancelling = batch_next(batch, jan(9))
    assert (opening.event, opening.to, opening.actor, opening.allowed) == ("open", "APPLYING", "系统", False)
    assert opening.reasons == ("报名从2022-01-10开始，今天是2022-01-09",)
    assert (cancelling.to, cancelling.allowed) == ("CANCELLED", True)
    assert batch_next(batch, jan(10))[0].allowed


# --- losers


def losing(place: Any, level: str = "L50") -> tuple[Any, Any, Any]:
    """One who lost the first batch, the second batch at 双向选择, and a post of it."""
    first = a_batch(place.round, state="CLOSED")
    second = a_batch(place.round, "2", method="SX", state="MATCHING")
    person = a_person(place.zone, "落聘")
    a_baseline(place.round, person, a_position(place.unit, "原科长", level))
    an_application(first, person, place.post, "NOT_SELECTED")
    post = a_position(place.unit, "副科长", "L40", setup=place.round.setup)
    a_batch_post(second, post)
    return person, second, post


def test_loser_is_taken_over_already_qualified(place: Any):
    person, batch, post = losing(place)
    result = losers_take_over(batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15))
    (application,) = result.applications
    assert result.refused == []
    assert (application.state, application.candidacy.source) == ("QUALIFIED", "TAKEN_OVER")
    assert application.candidacy.remark == "前批落聘：第1批"
    again = losers_take_over(batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15))
    assert [one.reasons for one in again.refused] == [("已有这个岗位的报名",)]


def test_who_still_has_a_chance_or_wants_more_than_before_is_not_taken_over(place: Any):
    person, batch, post = losing(place, "L30")
    other = a_person(place.zone, "在考")
    an_application(a_batch(place.round, "0", state="ASSESSING"), other, place.post, "QUALIFIED")
    stranger = a_position(place.unit, "别的岗位", "L30", setup=place.round.setup)
    result = losers_take_over(
        batch=batch,
        choices=[(person, post), (other, post), (person, stranger)],
        actor=place.clerk,
        on=jan(15),
    )
    assert result.applications == []
    assert [one.reasons for one in result.refused] == [
        ("岗位是科室副职，原层级一般主办，高于原层级的须竞聘",),
        ("没有在前面的批次落聘，或已有拟聘、聘任的岗位",),
        ("岗位不在本批次或已取消",),
    ]


def test_losers_are_taken_over_only_at_matching(place: Any):
    person, batch, post = losing(place)
    type(batch).objects.filter(pk=batch.pk).update(state="SCREENING")
    batch.refresh_from_db()
    assert refused(
        losers_take_over, batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15)
    ) == ("批次在“资格审查”，双向选择时才能转入落聘人员",)


def test_left_out_by_the_short_list_of_a_batch_that_runs_beside_is_lost_already(place: Any):
    first = a_batch(place.round, state="MATCHING")
    second = a_batch(place.round, "2", method="SX", state="MATCHING")
    left_out, chosen = a_person(place.zone, "未入围"), a_person(place.zone, "入围")
    an_application(first, left_out, place.post, "SCORED")
    assert losers_for(second) == []  # no short list has been made yet
    an_application(first, chosen, place.post, "SHORTLISTED")
    assert [one.name for one in losers_for(second)] == ["未入围"]


def test_number_of_statements_does_not_grow_with_the_losers(place: Any, django_assert_max_num_queries: Any):
    person, batch, post = losing(place)
    people = [person]
    first = place.round.batches.get(code="1")
    for number in range(6):
        one = a_person(place.zone, f"落聘{number}")
        a_baseline(place.round, one, a_position(place.unit, f"原{number}", "L50"))
        an_application(first, one, place.post, "NOT_SELECTED")
        people.append(one)
    with django_assert_max_num_queries(40):
        result = losers_take_over(
            batch=batch, choices=[(one, post) for one in people], actor=place.clerk, on=jan(15)
        )
    assert len(result.applications) == 7
