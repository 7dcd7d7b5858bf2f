"""落聘安置: offers and answers, the 兜底岗 and its minutes, 待岗, the batch, and what settles it."""

from datetime import date
from typing import Any

import pytest

from appointments.models import Application, Batch, BatchPost, Offer, Placement, Round
from appointments.services.placements import (
    offer_answer,
    offer_lapse,
    placement_note,
    placement_offer,
    placement_wait,
    placements_settle,
    placements_to_batch,
)
from reform.errors import IllegalTransition, Refused
from reform.models import Kinship, Position, Zone
from tests.factories import (
    a_baseline,
    a_person,
    a_position,
    a_round,
    a_unit,
    a_user,
    an_appointment,
)

pytestmark = pytest.mark.django_db
ON = date(2022, 2, 7)


@pytest.fixture
def round_(zone: Zone) -> Round:
    made = a_round(zone)
    Round.objects.filter(pk=made.pk).update(state="PLACING")
    made.refresh_from_db()
    return made


@pytest.fixture
def posts(zone: Zone, round_: Round) -> dict[str, Position]:
    unit = a_unit(zone)
    return {
        level: a_position(unit, f"岗{level}", level, round_.setup)
        for level in ("L60", "L50", "L40", "L30", "L20")
    }


@pytest.fixture
def placement(zone: Zone, round_: Round) -> Placement:
    return unplaced(round_, "张三")


def unplaced(round_: Round, name: str, level: str = "L50") -> Placement:
    person = a_person(round_.zone, name)
    a_baseline(round_, person, a_position(a_unit(round_.zone, f"{name}原单位"), "原岗", level))
    return Placement.objects.create(round=round_, person=person)


def offer(placement: Placement, position: Position, actor: Any, **facts: Any) -> Offer:
    given = {"way": "ASSIGNED", "document_no": "调〔2022〕1号", "on": ON}
    return placement_offer(placement=placement, position=position, actor=actor, **given | facts)


def refuse(placement: Placement, position: Position, actor: Any) -> None:
    made = offer(placement, position, actor)
    offer_answer(offer=made, accepts=False, reason="路远", actor=actor, on=ON)


def test_accepted_offer_keeps_its_post_and_waits_for_the_batch(placement: Placement, posts: Any, office: Any):
    made = offer(placement, posts["L50"], office)
    offer_answer(offer=made, accepts=True, actor=office, on=ON)
    placement.refresh_from_db()
    assert (placement.state, placement.position, placement.way) == ("OFFERED", posts["L50"], "ASSIGNED")
    assert Offer.objects.get().reply == "ACCEPTED"


def test_second_refusal_is_recorded_and_ends_the_offers(placement: Placement, posts: Any, office: Any):
    refuse(placement, posts["L50"], office)
    assert (placement.state, placement.refuses, placement.position) == ("UNPLACED", False, None)
    refuse(placement, posts["L40"], office)
    assert placement.refuses
    with pytest.raises(Refused, match="已书面提供2次岗位，均被拒绝：按无故拒绝合理安排"):
        offer(placement, posts["L50"], office)


def test_refusal_needs_its_reason(placement: Placement, posts: Any, office: Any):
    made = offer(placement, posts["L50"], office)
    with pytest.raises(Refused, match="须写明理由"):
        offer_answer(offer=made, accepts=False, actor=office, on=ON)


def test_offer_is_answered_once_and_not_before_it_is_made(placement: Placement, posts: Any, office: Any):
    made = offer(placement, posts["L50"], office)
    with pytest.raises(Refused, match="答复日期2022-02-06早于提供日期2022-02-07"):
        offer_answer(offer=made, accepts=True, actor=office, on=date(2022, 2, 6))
    offer_answer(offer=made, accepts=True, actor=office, on=ON)
    with pytest.raises(Refused, match="这次提供已答复：接受"):
        offer_answer(offer=made, accepts=False, reason="反悔", actor=office, on=ON)


def test_open_offer_stands_in_the_way_of_the_next(placement: Placement, posts: Any, office: Any):
    offer(placement, posts["L50"], office)
    with pytest.raises(IllegalTransition):
        offer(placement, posts["L40"], office)


def test_lapsed_offer_is_no_refusal(placement: Placement, posts: Any, office: Any):
    for _ in range(2):
        made = offer(placement, posts["L50"], office)
        offer_answer(offer=made, accepts=True, actor=office, on=ON)
        offer_lapse(offer=made, reason="会议未通过", actor=office, on=ON)
    assert (placement.state, placement.refuses) == ("UNPLACED", False)
    assert offer(placement, posts["L50"], office).number == 3


@pytest.mark.parametrize(
    ("level", "way", "minutes_no", "why"),
    [
        ("L60", "ASSIGNED", "", "比原层级高，安置不能提拔"),
        ("L40", "ASSIGNED", "", ""),
        ("L30", "ASSIGNED", "", "比原层级低2级，最多1级，须有党工委会议纪要"),
        ("L30", "ASSIGNED", "纪〔2022〕5号", ""),
        ("L20", "FALLBACK", "", "兜底岗“经济发展局·岗L20”比原层级低3级"),
        ("L20", "FALLBACK", "纪〔2022〕5号", ""),
        ("L40", "FALLBACK", "", "兜底岗是职员岗位，“经济发展局·岗L40”不是"),
        ("L40", "SOMEHOW", "", "须选择安置方式"),
    ],
)
def test_how_low_an_offer_may_go(
    placement: Placement, posts: Any, office: Any, level: str, way: str, minutes_no: str, why: str
):
    if not why:
        assert offer(placement, posts[level], office, way=way, minutes_no=minutes_no).pk
        assert Placement.objects.get().minutes_no == minutes_no
        return
    with pytest.raises(Refused) as refused:
        offer(placement, posts[level], office, way=way, minutes_no=minutes_no)
    assert why in str(refused.value)


def test_officer_goes_to_the_fallback_post_without_minutes(round_: Round, posts: Any, office: Any):
    assert offer(unplaced(round_, "李四", "L30"), posts["L20"], office, way="FALLBACK").pk


def test_seat_on_offer_is_not_offered_to_another(
    placement: Placement, round_: Round, posts: Any, office: Any
):
    first = offer(placement, posts["L50"], office)
    other = unplaced(round_, "李四")
    with pytest.raises(Refused, match="没有空缺"):
        offer(other, posts["L50"], office)
    offer_answer(offer=first, accepts=False, reason="路远", actor=office, on=ON)
    assert offer(other, posts["L50"], office).pk


def test_taken_seat_is_not_offered(placement: Placement, round_: Round, posts: Any, office: Any):
    an_appointment(round_, a_person(round_.zone, "在岗"), posts["L50"])
    with pytest.raises(Refused, match="没有空缺"):
        offer(placement, posts["L50"], office)


def test_relatives_are_kept_apart(placement: Placement, round_: Round, office: Any):
    unit = a_unit(round_.zone, "财政局")
    chief, clerk = (
        a_position(unit, "局长", "L70", round_.setup),
        a_position(unit, "科长", "L50", round_.setup),
    )
    spouse = a_person(round_.zone, "赵六", sex="2")
    an_appointment(round_, spouse, chief)
    Kinship.objects.create(person=placement.person, relative=spouse, relative_name="赵六", relation="12")
    with pytest.raises(Refused, match="赵六"):
        offer(placement, clerk, office)


def test_offer_belongs_to_its_stage_its_paper_and_the_office(
    zone: Zone, placement: Placement, round_: Round, posts: Any, office: Any
):
    with pytest.raises(Refused, match="须填写岗位调配通知书文号"):
        offer(placement, posts["L50"], office, document_no="")
    with pytest.raises(Refused, match="由聘任办公室办理"):
        offer(placement, posts["L50"], a_user(zone, "监督组"))
    placement.round.state = "RUNNING"
    with pytest.raises(Refused, match="不在落聘安置阶段"):
        offer(placement, posts["L50"], office)


def test_waiting_has_its_months_and_goes_on_from_the_first_day(placement: Placement, posts: Any, office: Any):
    placement_wait(placement=placement, reason="暂无岗位", training="招商业务", actor=office, on=ON)
    assert (placement.state, placement.waiting_from, placement.training) == ("WAITING", ON, "招商业务")
    made = offer(placement, posts["L50"], office, on=date(2022, 5, 9))
    offer_answer(offer=made, accepts=False, reason="路远", actor=office, on=date(2022, 5, 10))
    placement_wait(placement=placement, reason="再等", actor=office, on=date(2022, 8, 6))
    assert placement.waiting_from == ON
    made = offer(placement, posts["L40"], office, on=date(2022, 8, 6))
    offer_answer(offer=made, accepts=False, reason="路远", actor=office, on=date(2022, 8, 7))
    with pytest.raises(Refused, match="已待岗6个月，最长6个月"):
        placement_wait(placement=placement, reason="再等", actor=office, on=date(2022, 8, 7))


def test_note_keeps_only_what_it_is_for(placement: Placement, office: Any):
    placement_note(placement=placement, actor=office, remark="已谈话")
    assert Placement.objects.get().remark == "已谈话"
    with pytest.raises(Refused, match="“state”不在此处修改"):
        placement_note(placement=placement, actor=office, state="PLACED")


def test_accepted_offers_become_a_batch_of_nominated_people(round_: Round, posts: Any, office: Any):
    both = a_position(a_unit(round_.zone, "招商局"), "招商员", "L40", round_.setup, headcount=2)
    for name, post in (("张三", posts["L50"]), ("李四", both), ("王五", both)):
        made = offer(unplaced(round_, name), post, office)
        offer_answer(offer=made, accepts=True, actor=office, on=ON)
    offer(unplaced(round_, "赵六"), posts["L40"], office)
    done = placements_to_batch(round_=round_, code="Z1", actor=office, on=ON)
    assert done.refused == []
    assert (done.batch.method, done.batch.state) == ("ZZ", "PLANNED")
    assert {one.candidacy.person.name for one in Application.objects.filter(state="MATCHED")} == {
        "张三",
        "李四",
        "王五",
    }
    assert sorted(BatchPost.objects.values_list("seats", flat=True)) == [1, 2]
    assert set(Placement.objects.values_list("state", flat=True)) == {"OFFERED"}
    with pytest.raises(Refused, match="没有已接受、还未编入批次的岗位提供"):
        placements_to_batch(round_=round_, code="Z2", actor=office, on=ON)
    assert Batch.objects.count() == 1


def test_offer_in_a_batch_does_not_lapse_by_itself(
    placement: Placement, round_: Round, posts: Any, office: Any
):
    made = offer(placement, posts["L50"], office)
    offer_answer(offer=made, accepts=True, actor=office, on=ON)
    placements_to_batch(round_=round_, code="Z1", actor=office, on=ON)
    with pytest.raises(Refused, match="须先由批次作出结果"):
        offer_lapse(offer=made, reason="收回", actor=office, on=ON)


def test_appointment_in_force_settles_whoever_makes_it(
    zone: Zone, placement: Placement, round_: Round, posts: Any, office: Any
):
    made = offer(placement, posts["L50"], office)
    offer_answer(offer=made, accepts=True, actor=office, on=ON)
    leader = a_user(zone, "领导")
    assert placements_settle(round_=round_, actor=leader, on=ON) == []
    an_appointment(round_, placement.person, posts["L50"])
    (settled,) = placements_settle(round_=round_, actor=leader, on=ON)
    settled.refresh_from_db()
    assert (settled.state, settled.position, settled.placed_on) == ("PLACED", posts["L50"], date(2022, 1, 23))
    assert placements_settle(round_=round_, actor=leader, on=ON) == []


def test_who_found_a_post_otherwise_is_settled_with_the_offer_it_amounts_to(
    placement: Placement, round_: Round, posts: Any, office: Any
):
    waiting = unplaced(round_, "李四")
    placement_wait(placement=waiting, reason="暂无岗位", actor=office, on=ON)
    offer(placement, posts["L50"], office)
    for one, level in ((placement, "L40"), (waiting, "L30")):
        an_appointment(round_, one.person, posts[level], document_no="聘〔2022〕9号")
    placements_settle(round_=round_, actor=office, on=ON)
    assert set(Placement.objects.values_list("state", "way")) == {("PLACED", "SECOND_CHOICE")}
    assert list(Offer.objects.order_by("placement", "number").values_list("reply", "document_no")) == [
        ("LAPSED", "调〔2022〕1号"),
        ("ACCEPTED", "聘〔2022〕9号"),
        ("ACCEPTED", "聘〔2022〕9号"),
    ]
