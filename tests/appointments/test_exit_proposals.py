"""离开呈批: the office prepares a dismissal, another person decides it, the protections are looked at
twice."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Appointment, Exit, ExitProposal, Placement, Round, TermReview
from appointments.rules.termination import Protection
from appointments.selectors.exit_proposals import (
    exit_proposal_row,
    exit_proposals_open,
    grounds_from,
    grounds_stored,
    grounds_words,
)
from appointments.selectors.terms import Grounds
from appointments.services.exit_proposals import (
    exit_approve,
    exit_proposal_withdraw,
    exit_propose,
    exit_refuse,
)
from appointments.services.exits import person_leave
from reform.errors import IllegalTransition, Refused
from reform.models import AnnualGrade, ArchivedStatus, AuditEvent, Kinship, Membership, Sanction, Tenure, Zone
from tests.factories import a_person, a_position, a_unit, a_user, an_appointment

from .pages_cast import logged_in

pytestmark = pytest.mark.django_db
LEFT = date(2023, 7, 1)
SEEN = Grounds(protection=Protection.NONE)


@pytest.fixture
def row(zone: Zone, round_: Round) -> Appointment:
    """Twice 不称职, so that T05 is met."""
    person = a_person(zone)
    ArchivedStatus.objects.create(person=person, identity="XZ", rank="一级主任科员")
    for year in (2021, 2022):
        AnnualGrade.objects.create(person=person, year=year, grade="D")
    return an_appointment(round_, person, a_position(a_unit(zone), "科长", "L50", round_.setup))


def propose(row: Appointment, actor: Any, cause: str = "T05", **facts: Any) -> ExitProposal:
    given: dict[str, Any] = {"left_on": LEFT, "document_no": "解〔2023〕1号", "on": LEFT, "grounds": SEEN}
    return exit_propose(person=row.person, cause=cause, actor=actor, **given | facts)


def test_what_the_office_proposes_ends_nothing_before_the_leaders_agree(
    row: Appointment, office: Any, leader: Any
):
    asked = propose(row, office, reason="连续两年不称职")
    row.refresh_from_db()
    assert (row.state, asked.state) == ("ACTIVE", "PROPOSED")
    assert not Exit.objects.exists()
    (exit_,) = exit_approve(proposal=asked, actor=leader, on=LEFT)
    row.refresh_from_db()
    asked.refresh_from_db()
    assert (row.state, row.end_cause, asked.state) == ("TERMINATED", "T05", "APPROVED")
    assert (asked.decided_by, asked.decided_on) == (leader, LEFT)
    assert (exit_.cause, exit_.document_no) == ("T05", "解〔2023〕1号")
    assert Tenure.objects.get().ends_before == LEFT
    assert [AuditEvent.objects.filter(action=one).count() for one in ("呈批离开", "同意离开")] == [1, 1]


def test_only_the_named_appointment_ends_where_the_term_is_not_renewed(
    row: Appointment, office: Any, leader: Any
):
    day = date(2025, 1, 23)
    TermReview.objects.create(appointment=row, result="FAILED", outcome="END", reviewed_on=date(2024, 12, 20))
    asked = propose(row, office, "T01", appointment=row, left_on=day, on=day)
    assert exit_approve(proposal=asked, actor=leader, on=day) == []
    row.refresh_from_db()
    assert row.state == "TERMINATED"
    assert ArchivedStatus.objects.get().ends_before is None


def test_every_obstacle_is_told_when_it_is_prepared(row: Appointment, office: Any):
    AnnualGrade.objects.filter(year=2021).delete()
    with pytest.raises(Refused) as refused:
        propose(row, office, document_no="", grounds=None)
    assert refused.value.reasons == (
        "须填写文号",
        "2021年没有结果、2022年不称职，不是连续两年不称职（不合格）",
        "须先核对是否因公致残、在医疗期或孕期产期哺乳期",
    )
    with pytest.raises(Refused, match="孕期、产期、哺乳期，不得按此原因解聘"):
        propose(row, office, grounds=Grounds(protection=Protection.MATERNITY))
    with pytest.raises(Refused, match="“调出”直接登记，不需要呈批"):
        propose(row, office, "T04")
    with pytest.raises(Refused, match="须选择离开原因"):
        propose(row, office, "T99")
    assert not ExitProposal.objects.exists()


def test_the_conditions_are_looked_at_again_when_it_is_decided(row: Appointment, office: Any, leader: Any):
    asked = propose(row, office)
    AnnualGrade.objects.filter(year=2022).update(grade="B")
    assert exit_proposal_row(asked, LEFT).against == (
        "2021年不称职、2022年称职，不是连续两年不称职（不合格）",
    )
    with pytest.raises(Refused, match="2022年称职，不是连续两年不称职"):
        exit_approve(proposal=asked, actor=leader, on=LEFT)
    asked.refresh_from_db()
    assert asked.state == "PROPOSED"
    assert not Exit.objects.exists()
    AnnualGrade.objects.filter(year=2022).update(grade="D")
    ExitProposal.objects.update(grounds={"protection": "MEDICAL"})
    with pytest.raises(Refused, match="规定的医疗期内，不得按此原因解聘"):
        exit_approve(proposal=asked, actor=leader, on=LEFT)


def test_each_step_is_of_its_role_and_the_maker_never_decides(
    row: Appointment, zone: Zone, office: Any, leader: Any
):
    for role in ("领导", "监督组", "单位负责人", "个人"):
        with pytest.raises(Refused, match="“呈批离开”由聘任办公室办理"):
            propose(row, a_user(zone, role))
    both = a_user(zone, "人事")
    both.groups.add(leader.groups.get())
    asked = propose(row, both)
    for actor in (office, a_user(zone, "监督组"), a_user(zone, "个人")):
        with pytest.raises(Refused, match="“同意离开”由领导小组办理"):
            exit_approve(proposal=asked, actor=actor, on=LEFT)
        with pytest.raises(Refused, match="“不同意离开”由领导小组办理"):
            exit_refuse(proposal=asked, reason="再看", actor=actor, on=LEFT)
    for decide in (
        lambda: exit_approve(proposal=asked, actor=both, on=LEFT),
        lambda: exit_refuse(proposal=asked, reason="再看", actor=both, on=LEFT),
    ):
        with pytest.raises(Refused, match="提出的人不能决定，须由另一人办理"):
            decide()
    assert exit_approve(proposal=asked, actor=leader, on=LEFT)


def test_relatives_and_the_person_stand_back(row: Appointment, zone: Zone, office: Any, leader: Any):
    asked = propose(row, office)
    wife = a_person(zone, "夫人")
    Kinship.objects.create(person=row.person, relative=wife, relative_name="夫人", relation="12")
    Membership.objects.filter(user=leader).update(person=wife)
    with pytest.raises(Refused, match="须回避"):
        exit_approve(proposal=asked, actor=leader, on=LEFT)
    Membership.objects.filter(user=leader).update(person=row.person)
    with pytest.raises(Refused, match="是本人，须回避"):
        exit_refuse(proposal=asked, reason="不同意", actor=leader, on=LEFT)


def test_leaders_refuse_with_a_reason_and_the_office_may_propose_again(
    row: Appointment, office: Any, leader: Any
):
    asked = propose(row, office)
    with pytest.raises(Refused, match="此人已有一件待决定的离开呈批"):
        propose(row, office)
    with pytest.raises(Refused, match="须写明理由"):
        exit_refuse(proposal=asked, reason=" ", actor=leader, on=LEFT)
    exit_refuse(proposal=asked, reason="先调整岗位", actor=leader, on=LEFT)
    assert (asked.state, asked.answer) == ("REFUSED", "先调整岗位")
    row.refresh_from_db()
    assert row.state == "ACTIVE"
    with pytest.raises(IllegalTransition):
        exit_approve(proposal=asked, actor=leader, on=LEFT)
    assert propose(row, office).state == "PROPOSED"


def test_its_maker_withdraws_it_until_it_is_decided(row: Appointment, zone: Zone, office: Any, leader: Any):
    asked = propose(row, office)
    said = {"proposal": asked, "reason": "材料不全", "on": LEFT}
    with pytest.raises(Refused, match="只有提出的人可以撤回"):
        exit_proposal_withdraw(actor=a_user(zone, "人事"), **said)
    with pytest.raises(Refused, match="“撤回呈批”由聘任办公室办理"):
        exit_proposal_withdraw(actor=leader, **said)
    exit_proposal_withdraw(actor=office, **said)
    assert (asked.state, asked.answer) == ("WITHDRAWN", "材料不全")
    assert not exit_proposals_open(zone).exists()
    again = propose(row, office)
    exit_approve(proposal=again, actor=leader, on=LEFT)
    with pytest.raises(IllegalTransition):
        exit_proposal_withdraw(actor=office, proposal=again, reason="晚了", on=LEFT)


def test_a_decision_covers_only_its_person_and_cause(row: Appointment, office: Any, leader: Any):
    asked = propose(row, office)
    said = {"left_on": LEFT, "document_no": "1号", "on": LEFT, "grounds": SEEN, "actor": leader}
    with pytest.raises(Refused, match="须由聘任办公室呈批、领导小组决定后办理"):
        person_leave(person=row.person, cause="T05", proposal=asked, **said)
    Sanction.objects.create(person=row.person, kind="EXPULSION", decided_on=date(2023, 6, 20))
    ExitProposal.objects.update(state="APPROVED")
    asked.refresh_from_db()
    with pytest.raises(Refused, match="“开除”须由聘任办公室呈批"):
        person_leave(person=row.person, cause="T09", proposal=asked, **said)


def test_who_has_left_is_not_proposed(row: Appointment, zone: Zone, office: Any):
    stranger = a_person(zone, "外人")
    with pytest.raises(Refused, match="不在任何一轮聘任的范围内，或已登记离开"):
        exit_propose(
            person=stranger,
            cause="T10",
            left_on=LEFT,
            document_no="1号",
            actor=office,
            on=LEFT,
            grounds=Grounds(details="第八条"),
        )


def test_grounds_come_back_as_they_were_kept():
    grounds = Grounds(
        notified_on=date(2023, 5, 1),
        finding="考核材料",
        absences=[(date(2023, 6, 1), date(2023, 6, 20))],
        protection=Protection.NONE,
    )
    assert grounds_from(grounds_stored(grounds)) == grounds
    assert ("旷工", "2023-06-01至2023-06-20") in grounds_words(grounds)
    assert ("不得解聘的情形", "无") in grounds_words(grounds)


# --- the pages ---


def test_office_registers_a_dismissal_and_it_waits_for_the_leader(
    row: Appointment, zone: Zone, office: Any, leader: Any
):
    page = logged_in(office)
    form = {
        "person": row.person_id,
        "cause": "T05",
        "left_on": "2023-07-01",
        "document_no": "解1号",
        "reason": "连续两年不称职",
        "protection": "NONE",
    }
    answer = page.post(reverse("admin:appointments_exit_add"), form, follow=True)
    assert "等待领导小组决定" in answer.content.decode()
    assert not Exit.objects.exists()
    asked = ExitProposal.objects.get()
    desk = logged_in(leader)
    assert "离开呈批待决定" in desk.get(reverse("admin:index")).content.decode()
    assert "离开呈批待决定" not in page.get(reverse("admin:index")).content.decode()
    shown = desk.get(reverse("admin:years"), {"tab": "exits"}).content.decode()
    for words in ("1件离开呈批等待领导小组决定", "连续两年不称职", "解1号", "同意", "不同意"):
        assert words in shown
    assert page.post(reverse("admin:years_do", args=["approve_exit"]), {"row": asked.pk}).status_code == 403
    answer = desk.post(reverse("admin:years_do", args=["approve_exit"]), {"row": asked.pk}, follow=True)
    assert "已同意" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "TERMINATED"


def test_leader_refuses_with_a_reason_on_the_page(row: Appointment, office: Any, leader: Any):
    asked = propose(row, office)
    desk = logged_in(leader)
    desk.post(
        reverse("admin:years_do", args=["refuse_exit"]), {"row": asked.pk, "refuse_exit-reason": "先调整岗位"}
    )
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("REFUSED", "先调整岗位")
    assert "先调整岗位" in desk.get(reverse("admin:years"), {"tab": "exits"}).content.decode()


def sent(key: str, row: Any, form: dict[str, str]) -> dict[str, Any]:
    """A form as the page of an action sends it."""
    return {"row": row.pk} | {f"{key}-{name}": value for name, value in form.items()}


def test_term_list_and_placements_propose_what_the_leaders_decide(
    row: Appointment, round_: Round, office: Any, zone: Zone
):
    page = logged_in(office)
    form = {"cause": "T05", "ended_on": "2023-07-01", "document_no": "解1号", "protection": "NONE"}
    answer = page.post(
        reverse("admin:years_do", args=["terminate"]), sent("terminate", row, form), follow=True
    )
    assert "等待领导小组决定" in answer.content.decode()
    assert ExitProposal.objects.get().appointment == row
    other = a_person(zone, "未聘")
    ArchivedStatus.objects.create(person=other, identity="CG")
    placement = Placement.objects.create(round=round_, person=other, refuses=True)
    form = {
        "cause": "T07",
        "left_on": "2023-07-01",
        "document_no": "辞1号",
        "reason": "拒绝安置",
        "protection": "NONE",
    }
    page.post(reverse("admin:placement_do", args=[round_.pk, "leave"]), sent("leave", placement, form))
    assert ExitProposal.objects.filter(placement=placement, cause="T07").exists()
    placement.refresh_from_db()
    assert placement.state == "UNPLACED"
