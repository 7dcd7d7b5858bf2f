"""Batches: made, described, planned by days, and their posts (domain.md §3)."""

from typing import Any

import pytest

from appointments.models import BatchPost
from appointments.selectors.free_seats import seats_free
from appointments.services.batch_posts import batch_post_cancel, batch_post_switch, batch_posts_add
from appointments.services.batches import (
    batch_create,
    batch_set_steps,
    batch_update,
)
from appointments.states import RoundState
from reform.models import AuditEvent, Position, RowChange
from tests.appointments.round_cast import Running, jan, refused, set_state, window
from tests.factories import (
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    an_application,
    an_appointment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Running:
    return Running()


# --- making and describing


def test_batch_takes_the_next_place_and_the_policys_number_of_choices(place: Running):
    first = batch_create(round_=place.round, code="1", name="中层", method="JP", actor=place.clerk)
    second = batch_create(round_=place.round, code="2", name="主办", method="SX", actor=place.clerk)
    assert (first.sort_no, second.sort_no, first.max_choices) == (1, 2, 3)
    assert AuditEvent.objects.filter(action="新建批次").count() == 2


def test_batch_is_planned_by_the_office_alone(place: Running):
    facts: dict[str, Any] = {"round_": place.round, "code": "1", "name": "中层", "method": "JP"}
    assert "聘任办公室" in refused(batch_create, actor=place.leader, **facts)[0]
    assert refused(batch_create, actor=place.clerk, **facts | {"method": "SJ"}) == (
        "上级任命的岗位不经批次，按任命文件登记",
    )


def test_in_placement_only_batches_that_place_people_are_made(place: Running):
    set_state(place.round, RoundState.PLACING)
    facts: dict[str, Any] = {"round_": place.round, "code": "9", "name": "调配", "actor": place.clerk}
    assert refused(batch_create, method="JP", **facts) == ("落聘安置中只能新建双向选择或组织调配的批次",)
    assert batch_create(method="ZZ", **facts).pk
    set_state(place.round, RoundState.COMPLETED)
    assert refused(batch_create, method="ZZ", **facts | {"code": "8"}) == ("轮次已完成，不能再建批次",)


def test_number_of_choices_is_fixed_once_applications_are_over(place: Running):
    batch = a_batch(place.round)
    assert batch_update(batch=batch, actor=place.clerk, max_choices=2)
    assert not batch_update(batch=batch, actor=place.clerk, max_choices=2)
    batch = a_batch(place.round, "2", state="SCREENING")
    assert refused(batch_update, batch=batch, actor=place.clerk, max_choices=1) == (
        "批次已到“资格审查”，不能再改“志愿数上限”",
    )
    assert batch_update(batch=batch, actor=place.clerk, ratio_document_no="批〔2022〕1号")


# --- days


def test_days_are_planned_moved_and_taken_out(place: Running):
    batch = a_batch(place.round)
    set_state(place.round, RoundState.DRAFT)
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


def test_after_the_approval_days_have_to_stay_in_order(place: Running):
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


def test_day_of_a_step_that_is_past_does_not_move(place: Running):
    batch = a_batch(place.round, state="SCREENING")
    window(batch)
    assert refused(batch_set_steps, batch=batch, steps={"APPLY": (jan(10), jan(20))}, actor=place.clerk) == (
        "批次已到“资格审查”，报名的日程不能再改",
    )
    assert refused(batch_set_steps, batch=batch, steps={"REST": (jan(10), jan(20))}, actor=place.clerk) == (
        "没有“REST”这个步骤",
    )


# --- posts


def test_posts_go_in_with_the_batchs_method_and_all_free_seats(place: Running):
    batch = a_batch(place.round, method="GX")
    plain = a_position(place.unit, "主办", "L30", setup=place.round.setup, headcount=2)
    an_appointment(place.round, a_person(place.zone), plain)
    (post,) = batch_posts_add(batch=batch, positions=[plain], actor=place.clerk)
    assert (post.method, post.seats) == ("GX", 1)
    assert seats_free(place.round)[plain.pk] == 0


def way_of(place: Running, own: str, batch: Any) -> str:
    post = a_position(place.unit, f"岗位{batch.method}", "L30", setup=place.round.setup, method=own)
    return batch_posts_add(batch=batch, positions=[post], actor=place.clerk)[0].method


@pytest.mark.parametrize(
    ("own", "of_batch", "found"),
    [("GX", "JP", "GX"), ("ZP", "JP", "ZP"), ("ZZ", "SX", "ZZ"), ("SX", "SX", "SX"), ("JP", "GX", "JP")],
)
def test_post_with_an_own_method_keeps_it_in_a_batch_that_can_do_it(
    place: Running, own: str, of_batch: str, found: str
):
    assert way_of(place, own, a_batch(place.round, method=of_batch)) == found


@pytest.mark.parametrize(("own", "of_batch"), [("SX", "JP"), ("JP", "SX"), ("JP", "ZP"), ("SX", "ZZ")])
def test_post_whose_own_method_takes_other_steps_is_refused_unless_said(
    place: Running, own: str, of_batch: str
):
    batch = a_batch(place.round, method=of_batch)
    post = a_position(place.unit, "岗位", "L30", setup=place.round.setup, method=own)
    facts: dict[str, Any] = {"batch": batch, "positions": [post], "actor": place.clerk}
    (reason,) = refused(batch_posts_add, **facts)
    assert f"任用方式是{Position.Method(own).label}，批次是{Position.Method(of_batch).label}" in reason
    assert batch_posts_add(method=of_batch, **facts)[0].method == of_batch


def test_batch_of_the_placement_decides_for_every_post(place: Running):
    set_state(place.round, "PLACING")
    assert way_of(place, "JP", a_batch(place.round, method="SX")) == "SX"


def test_posts_that_cannot_go_in_are_named_with_their_figures(place: Running):
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


def test_post_cancelled_for_want_of_applicants_ends_its_applications(place: Running):
    batch = a_batch(place.round, state="SCREENING")
    post = a_batch_post(batch, place.post)
    lost = an_application(batch, a_person(place.zone), place.post, "QUALIFIED")
    assert refused(batch_post_cancel, post=post, actor=place.clerk, on=jan(14), reason=" ") == ("须写明理由",)
    batch_post_cancel(post=post, actor=place.clerk, on=jan(14), reason="报名1人，不足2:1")
    post.refresh_from_db()
    lost.refresh_from_db()
    assert (post.state, post.reason, lost.state) == ("CANCELLED", "报名1人，不足2:1", "NOT_SELECTED")
    assert seats_free(place.round) == {place.post.pk: 2}


def test_post_of_an_unpublished_batch_is_simply_taken_out(place: Running):
    post = a_batch_post(a_batch(place.round), place.post)
    batch_post_cancel(post=post, actor=place.clerk, on=jan(5), reason="")
    assert not BatchPost.objects.exists()
    assert RowChange.objects.filter(model="appointments.BatchPost", after__isnull=True).count() == 1


def test_post_is_switched_to_direct_appointment(place: Running):
    batch = a_batch(place.round, state="SCREENING")
    post = a_batch_post(batch, place.post)
    lost = an_application(batch, a_person(place.zone), place.post)
    facts: dict[str, Any] = {"post": post, "actor": place.clerk, "on": jan(14), "reason": "无人报名"}
    assert refused(batch_post_switch, method="SX", **facts) == ("只能改为直接聘任或组织调配",)
    batch_post_switch(method="ZP", **facts)
    post.refresh_from_db()
    lost.refresh_from_db()
    assert (post.method, post.state, lost.state) == ("ZP", "OPEN", "NOT_SELECTED")


def test_post_stays_as_it_is_once_the_meeting_decides(place: Running):
    post = a_batch_post(a_batch(place.round, state="DECIDING"), place.post)
    assert refused(batch_post_cancel, post=post, actor=place.clerk, on=jan(15), reason="无人") == (
        "批次已到“党工委研究”，岗位不能再改",
    )
