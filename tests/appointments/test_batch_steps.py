"""The steps of a batch, B1–B11: what stands against them, and what follows."""

from datetime import date

import pytest

from appointments.models import Appointment, DutyContract
from appointments.selectors.steps import batch_next
from appointments.services.batch_steps import batch_step, batches_advance
from appointments.services.batches import batch_resume, batch_suspend, batch_update
from appointments.states import RoundState
from reform.access import command_actor
from reform.errors import IllegalTransition, StaleState
from reform.models import RowChange
from tests.appointments.round_cast import Running, jan, refused, set_state, window
from tests.factories import (
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    an_application,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Running:
    return Running()


def test_batch_is_published_with_the_number_of_its_notice(place: Running):
    batch = a_batch(place.round)
    a_batch_post(batch, place.post)
    window(batch)
    batch_step(batch=batch, event="publish", actor=place.clerk, on=jan(10), document_no="聘〔2022〕2号")
    batch.refresh_from_db()
    assert (batch.state, batch.notice_document_no) == ("PUBLISHED", "聘〔2022〕2号")


def test_batch_that_lacks_everything_is_told_everything(place: Running):
    batch = a_batch(place.round, method="JP")
    bare = a_position(place.unit, "副科长", "L40", setup=place.round.setup)
    a_batch_post(batch, bare, seats=3)
    set_state(place.round, RoundState.APPROVED)
    assert refused(batch_step, batch=batch, event="publish", actor=place.clerk, on=jan(10)) == (
        "轮次还没有动员",
        f"“{bare}”缺少任职条件、岗位职责",
        f"“{bare}”招聘3人，职数只有1个",
        "没有公告和报名的日程",
    )


def test_notice_published_late_is_too_short(place: Running):
    batch = a_batch(place.round)
    a_batch_post(batch, place.post)
    window(batch)
    assert refused(batch_step, batch=batch, event="publish", actor=place.clerk, on=jan(13)) == (
        "公告2个工作日，至少3个",
    )


def test_step_of_another_role_or_another_state_is_refused(place: Running):
    batch = a_batch(place.round)
    assert refused(batch_step, batch=batch, event="publish", actor=place.leader, on=jan(10)) == (
        "“公布岗位”由聘任办公室办理，您的账号没有这个权限",
    )
    with pytest.raises(IllegalTransition, match="“计划”状态下不能“公布成绩”"):
        batch_step(batch=batch, event="match", actor=place.clerk, on=jan(10))


def test_second_who_takes_a_step_is_told_who_was_first(place: Running):
    batch = a_batch(place.round)
    a_batch_post(batch, place.post)
    window(batch)
    same = type(batch).objects.get(pk=batch.pk)
    batch_step(batch=batch, event="publish", actor=place.clerk, on=jan(10))
    with pytest.raises(StaleState, match="公布岗位"):
        batch_step(batch=same, event="publish", actor=place.clerk, on=jan(10))


def test_suspended_batch_takes_no_step_until_it_is_resumed(place: Running):
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


def test_batches_of_a_terminated_round_stand_still(place: Running):
    batch = a_batch(place.round, method="SX", state="SCREENING")
    set_state(place.round, RoundState.TERMINATED)
    assert refused(batch_step, batch=batch, event="screened", actor=place.clerk, on=jan(14)) == (
        "轮次已中止，批次不能再办理",
    )


def test_cancelled_batch_ends_its_applications_and_takes_back_its_drafts(place: Running):
    batch = a_batch(place.round, state="APPOINTING")
    person = a_person(place.zone)
    proposed = an_application(batch, person, place.post, "PROPOSED")
    draft = Appointment.objects.create(
        zone=place.zone,
        round=place.round,
        person=person,
        position=place.post,
        application=proposed,
        held_level="L50",
        starts_on=jan(23),
        ends_before=date(2025, 1, 23),
    )
    DutyContract.objects.create(appointment=draft, year=2022).targets.create(
        number=1, content="招商引资", weight=100
    )
    assert refused(batch_step, batch=batch, event="cancel", actor=place.leader, on=jan(22)) == ("须写明理由",)
    batch_step(batch=batch, event="cancel", actor=place.leader, on=jan(22), reason="机构调整")
    proposed.refresh_from_db()
    assert (batch.state, proposed.state) == ("CANCELLED", "NOT_SELECTED")
    assert not Appointment.objects.exists()
    assert not DutyContract.objects.exists()
    assert RowChange.objects.filter(model="appointments.Appointment", after__isnull=True).count() == 1


def test_screening_ends_only_when_everybody_is_decided_told_and_past_objecting(place: Running):
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


def test_post_between_the_two_ratios_needs_the_approval(place: Running):
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


def test_applications_open_and_close_by_themselves_when_their_day_has_come(place: Running):
    batch = a_batch(place.round, state="PUBLISHED")
    window(batch)
    actor = command_actor(None)
    assert batches_advance(zone=place.zone, actor=actor, on=jan(9)) == ([], [])
    ((moved, step),), against = batches_advance(zone=place.zone, actor=actor, on=jan(10))
    assert (moved.state, step.code, against) == ("APPLYING", "B2", [])
    assert batches_advance(zone=place.zone, actor=actor, on=jan(14)) == ([], [])
    ((moved, step),), _ = batches_advance(zone=place.zone, actor=actor, on=jan(15))
    assert (moved.state, step.code) == ("SCREENING", "B3")


def test_both_steps_are_taken_where_nobody_looked_for_days(place: Running):
    window(a_batch(place.round, state="PUBLISHED"))
    taken, _ = batches_advance(zone=place.zone, actor=command_actor(None), on=jan(20))
    assert [step.code for _, step in taken] == ["B2", "B3"]


def test_who_chose_too_many_posts_holds_the_closing_up_and_is_named(place: Running):
    batch = a_batch(place.round, state="APPLYING", max_choices=1)
    window(batch)
    person = a_person(place.zone, "多报")
    an_application(batch, person, place.post)
    an_application(batch, person, a_position(place.unit, "副科长", "L40", setup=place.round.setup))
    taken, against = batches_advance(zone=place.zone, actor=command_actor(None), on=jan(15))
    assert taken == []
    assert [one.reasons for one in against] == [("多报报了2个岗位，最多1个",)]


def test_suspended_batch_does_not_advance(place: Running):
    window(a_batch(place.round, state="PUBLISHED", is_suspended=True))
    assert batches_advance(zone=place.zone, actor=command_actor(None), on=jan(20)) == ([], [])


# --- previews


def test_preview_says_what_stands_against_the_next_step(place: Running):
    batch = a_batch(place.round, state="PUBLISHED")
    window(batch)
    opening, cancelling = batch_next(batch, jan(9))
    assert (opening.event, opening.to, opening.actor, opening.allowed) == ("open", "APPLYING", "系统", False)
    assert opening.reasons == ("报名从2022-01-10开始，今天是2022-01-09",)
    assert (cancelling.to, cancelling.allowed) == ("CANCELLED", True)
    assert batch_next(batch, jan(10))[0].allowed
