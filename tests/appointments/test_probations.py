"""试用期 confirmed or failed; 兼任 and 主持工作 beside the main post."""

from datetime import date
from typing import Any

import pytest

from appointments.models import Appointment, Round
from appointments.services.concurrent import acting_appoint, acting_end, concurrent_appoint, concurrent_end
from appointments.services.probations import probation_confirm, probation_fail, probations_confirm
from appointments.services.terms import terms_expire
from reform.errors import Refused
from reform.models import Person, Position, PromotionLock, Tenure
from tests.factories import (
    a_baseline,
    a_person,
    a_position,
    a_tenure,
    an_appointment,
)


@pytest.fixture
def tried(round_: Round, person: Person, post: Position) -> Appointment:
    a_baseline(round_, person, a_position(post.unit, "原副科长", "L40"))
    return an_appointment(round_, person, post, state="PROBATION", probation_ends_before=date(2023, 1, 23))


def fail(row: Appointment, position: Position, actor: Any, **facts: Any) -> Appointment:
    given = {
        "starts_on": date(2023, 1, 23),
        "document_no": "免1号",
        "reason": "考核不合格",
        "on": date(2023, 1, 23),
    }
    return probation_fail(appointment=row, position=position, actor=actor, **given | facts)


def test_probation_is_confirmed_when_it_is_over(tried: Appointment, office: Any):
    with pytest.raises(Refused, match="试用期到2023-01-22，今天是2023-01-22"):
        probation_confirm(appointment=tried, actor=office, on=date(2023, 1, 22))
    assert probations_confirm(appointments=[tried], actor=office, on=date(2023, 1, 23)) == []
    assert tried.state == "ACTIVE"


def test_failed_probation_leads_back_to_the_former_level_and_locks(
    tried: Appointment, round_: Round, leader: Any
):
    lower = a_position(tried.position.unit, "副科长", "L40", round_.setup)
    new = fail(tried, lower, leader)
    tried.refresh_from_db()
    assert (tried.state, tried.ended_on) == ("CHANGED", date(2023, 1, 23))
    assert (new.state, new.held_level, new.previous, new.ends_before) == (
        "ACTIVE",
        "L40",
        tried,
        tried.ends_before,
    )
    assert Tenure.objects.get(ends_before=None).held_level == "L40"
    lock = PromotionLock.objects.get()
    assert (lock.cause, lock.starts_on, lock.ends_before) == (
        "试用不合格",
        date(2023, 1, 23),
        date(2024, 1, 23),
    )


def test_failed_probation_to_another_level_says_why(tried: Appointment, round_: Round, leader: Any):
    lower = a_position(tried.position.unit, "主办", "L30", round_.setup)
    with pytest.raises(Refused, match="是一般主办，试任前是科室副职，须写明层级不同的原因"):
        fail(tried, lower, leader)
    new = fail(tried, lower, leader, held_level_reason="副科长无空缺，保留待遇")
    assert (new.held_level, new.held_level_reason) == ("L40", "副科长无空缺，保留待遇")


# --- 兼任、主持工作 ---


def beside(row: Appointment, position: Position, actor: Any, **facts: Any) -> Appointment:
    given = {"approval_no": "批1号", "starts_on": date(2022, 3, 1), "on": date(2022, 3, 1)}
    return concurrent_appoint(primary=row, position=position, actor=actor, **given | facts)


def acting(row: Appointment, position: Position, actor: Any, **facts: Any) -> Appointment:
    given = {
        "approval_no": "批2号",
        "starts_on": date(2022, 3, 1),
        "ends_before": date(2022, 9, 1),
        "on": date(2022, 3, 1),
    }
    return acting_appoint(primary=row, position=position, actor=actor, **given | facts)


def test_concurrent_post_takes_no_seat_and_no_pay_and_keeps_the_level(
    row: Appointment, round_: Round, office: Any
):
    chair = a_position(row.position.unit, "董事长", "L70", round_.setup)
    an_appointment(round_, a_person(round_.zone, "现任"), chair)
    with pytest.raises(Refused, match="兼任须填写批准文号"):
        beside(row, chair, office, approval_no="")
    made = beside(row, chair, office)
    assert made.tenure is not None
    assert (made.kind, made.held_level, made.pay_starts_on) == ("CONCURRENT", "L50", None)
    assert (made.tenure.occupies_headcount, Tenure.objects.get(pk=row.tenure_id).ends_before) == (False, None)
    with pytest.raises(Refused, match="没有空缺"):
        beside(row, chair, office, occupies_headcount=True)


def test_concurrent_post_stands_beside_another_one_once(row: Appointment, round_: Round, office: Any):
    with pytest.raises(Refused, match="与主任职是同一岗位"):
        beside(row, row.position, office)
    other = a_position(row.position.unit, "董事长", "L70", round_.setup)
    beside(row, other, office)
    with pytest.raises(Refused, match="已在此岗位兼任"):
        beside(row, other, office, starts_on=date(2023, 1, 1))
    with pytest.raises(Refused, match="须在主任职聘期2022-01-23至2025-01-22之内"):
        beside(row, other, office, starts_on=date(2022, 1, 22))


def test_concurrent_post_ends_and_the_main_one_goes_on(
    row: Appointment, round_: Round, office: Any, leader: Any
):
    made = beside(row, a_position(row.position.unit, "董事长", "L70", round_.setup), office)
    said = {"document_no": "免2号", "reason": "不再兼任", "actor": leader, "on": date(2023, 1, 1)}
    with pytest.raises(Refused, match="只有兼任和主持工作这样结束"):
        concurrent_end(appointment=row, ended_on=date(2023, 1, 1), **said)
    concurrent_end(appointment=made, ended_on=date(2023, 1, 1), **said)
    assert (made.state, Tenure.objects.get(pk=made.tenure_id).ends_before) == ("CHANGED", date(2023, 1, 1))
    assert Tenure.objects.get(pk=row.tenure_id).ends_before is None


def test_acting_leads_a_vacant_post_for_six_months_at_the_own_level(
    row: Appointment, round_: Round, office: Any, leader: Any
):
    head = a_position(row.position.unit, "局长", "L70", round_.setup)
    with pytest.raises(Refused, match="最长6个月，不得晚于2022-08-31"):
        acting(row, head, office, ends_before=date(2022, 9, 2))
    made = acting(row, head, office)
    assert (made.held_level, made.held_level_reason) == ("L50", "主持工作，层级不变")
    with pytest.raises(Refused, match="须写明理由"):
        acting_end(
            appointment=made, ended_on=date(2022, 6, 1), document_no="免3号", is_confirmed=True, reason="",
            actor=leader, on=date(2022, 6, 1),
        )  # fmt: skip
    acting_end(
        appointment=made,
        ended_on=date(2022, 6, 1),
        document_no="免3号",
        is_confirmed=False,
        reason="已配正职",
        actor=leader,
        on=date(2022, 6, 1),
    )
    assert made.ended_on == date(2022, 6, 1)


def test_nobody_acts_in_a_post_that_is_held(row: Appointment, round_: Round, office: Any):
    head = a_position(row.position.unit, "局长", "L70", round_.setup)
    a_tenure(a_person(round_.zone, "现任"), head)
    with pytest.raises(Refused, match="现由现任任职，不是空缺岗位"):
        acting(row, head, office)


def test_acting_that_has_run_out_ends_the_holding(row: Appointment, round_: Round, office: Any):
    made = acting(row, a_position(row.position.unit, "局长", "L70", round_.setup), office)
    assert terms_expire(appointments=[made], actor=office, on=date(2022, 9, 1)) == []
    assert Tenure.objects.get(pk=made.tenure_id).ends_before == date(2022, 9, 1)
