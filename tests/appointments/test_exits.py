"""Leaving: every post and application ends, also during a 公示; the archived identity is back."""

from datetime import date
from typing import Any

import pytest

from appointments.models import (
    Application,
    Appointment,
    Batch,
    Candidacy,
    Exit,
    Placement,
    Round,
    Secondment,
    TermReview,
)
from appointments.rules.termination import DECIDED_CAUSES, Protection
from appointments.selectors.seating import seating_of
from appointments.selectors.terms import Grounds, exit_form
from appointments.services.exit_proposals import exit_approve, exit_propose
from appointments.services.exits import appointment_terminate, person_leave, placement_leave
from reform.errors import Refused
from reform.models import AnnualGrade, ArchivedStatus, AuditEvent, Person, Sanction, Tenure, Zone
from tests.factories import (
    a_baseline,
    a_person,
    a_position,
    a_round,
    a_tenure,
    a_unit,
    a_user,
)

pytestmark = pytest.mark.django_db
LEFT = date(2023, 7, 1)
SEEN = Grounds(protection=Protection.NONE)


@pytest.fixture
def person(zone: Zone) -> Person:
    made = a_person(zone)
    ArchivedStatus.objects.create(
        person=made,
        identity="XZ",
        post_rank="141",
        rank="一级主任科员",
        archived_pay="6800",
        sealed_on=date(2018, 1, 1),
    )
    return made


def terminate(row: Appointment, actor: Any, cause: str = "T04", **facts: Any) -> list[Exit]:
    given = {
        "ended_on": LEFT,
        "document_no": "解〔2023〕1号",
        "on": LEFT,
        "grounds": Grounds(details="市发改委"),
    }
    given |= facts
    if cause not in DECIDED_CAUSES:
        return appointment_terminate(appointment=row, cause=cause, actor=actor, **given)
    on, given["left_on"] = given["on"], given.pop("ended_on")
    office = a_user(row.zone, "人事")
    asked = exit_propose(person=row.person, appointment=row, cause=cause, actor=office, **given)
    return exit_approve(proposal=asked, actor=actor, on=on)


def leave(person: Person, actor: Any, cause: str = "T04", **facts: Any) -> list[Exit]:
    given = {
        "left_on": LEFT,
        "document_no": "人〔2023〕1号",
        "on": LEFT,
        "grounds": Grounds(details="市发改委"),
    }
    return person_leave(person=person, cause=cause, actor=actor, **given | facts)


def test_who_is_dismissed_leaves_with_everything(row: Appointment, zone: Zone, round_: Round, leader: Any):
    beside = an_appointment_beside(row, round_)
    away = Secondment.objects.create(
        zone=zone,
        person=row.person,
        direction="OUT",
        host="秀洲",
        starts_on=date(2023, 5, 1),
        ends_before=date(2023, 9, 1),
    )
    (exit_,) = terminate(row, leader)
    for one in (row, beside):
        one.refresh_from_db()
        assert (one.state, one.ended_on, one.end_cause) == ("TERMINATED", LEFT, "T04")
    assert set(Tenure.objects.values_list("ends_before", flat=True)) == {LEFT}
    away.refresh_from_db()
    assert away.ended_on == LEFT
    assert (exit_.round, exit_.left_on) == (round_, LEFT)
    assert ArchivedStatus.objects.get().ends_before == LEFT


def an_appointment_beside(row: Appointment, round_: Round) -> Appointment:
    post = a_position(row.position.unit, "董事长", "L70", round_.setup)
    tenure = a_tenure(row.person, post, kind="CONCURRENT", occupies_headcount=False)
    return Appointment.objects.create(
        zone=row.zone, round=round_, person=row.person, position=post, tenure=tenure, kind="CONCURRENT",
        held_level="L50", state="ACTIVE", starts_on=row.starts_on, ends_before=row.ends_before,
    )  # fmt: skip


def test_exit_form_has_the_archived_values(row: Appointment, leader: Any):
    (exit_,) = terminate(row, leader)
    form = exit_form(exit_)
    assert (form.identity, form.rank, form.archived_pay) == ("行政编（公务员）", "一级主任科员", "6800")
    assert (form.post, form.cause, form.left_on) == ("经济发展局·科长", "调出", LEFT)


def test_grounds_are_kept_with_the_decision(row: Appointment, leader: Any):
    terminate(row, leader)
    assert AuditEvent.objects.get(action="解聘依据").details == {"details": "市发改委", "law": "公务员法"}


def test_resignation_keeps_the_day_by_which_it_was_to_be_decided(row: Appointment, office: Any):
    leave(row.person, office, "T03", grounds=Grounds(asked_on=date(2023, 6, 1)))
    assert AuditEvent.objects.get(action="解聘依据").details["decide_by"] == "2023-07-01"


def test_dismissal_is_refused_with_all_reasons_and_leaves_everything(row: Appointment, leader: Any):
    AnnualGrade.objects.create(person=row.person, year=2022, grade="D")
    with pytest.raises(Refused) as refused:
        terminate(row, leader, "T05", document_no="", grounds=None)
    assert refused.value.reasons == (
        "须填写解聘文号",
        "2021年没有结果、2022年不称职，不是连续两年不称职（不合格）",
        "须先核对是否因公致残、在医疗期或孕期产期哺乳期",
    )
    assert not Exit.objects.exists()
    assert Tenure.objects.get().ends_before is None


def test_protected_person_stays_and_another_goes(row: Appointment, leader: Any):
    for year in (2021, 2022):
        AnnualGrade.objects.create(person=row.person, year=year, grade="D")
    with pytest.raises(Refused, match="孕期、产期、哺乳期，不得按此原因解聘（公务员法）"):
        terminate(row, leader, "T05", grounds=Grounds(protection=Protection.MATERNITY))
    row.refresh_from_db()
    assert terminate(row, leader, "T05", grounds=SEEN)


def test_absence_of_public_institution_staff_is_counted_in_working_days(row: Appointment, leader: Any):
    ArchivedStatus.objects.update(identity="SY")
    spans = ((date(2023, 6, 5), date(2023, 6, 25)),)
    with pytest.raises(Refused, match="连续旷工14个工作日（须超过15）"):
        terminate(row, leader, "T08", grounds=Grounds(absences=spans, protection=Protection.NONE))
    ArchivedStatus.objects.update(identity="XZ")
    assert terminate(row, leader, "T08", grounds=Grounds(absences=spans, protection=Protection.NONE))


def test_term_not_renewed_ends_the_post_and_keeps_the_person(row: Appointment, leader: Any):
    TermReview.objects.create(appointment=row, result="FAILED", outcome="END", reviewed_on=date(2024, 12, 20))
    day = date(2025, 1, 23)
    assert terminate(row, leader, "T01", ended_on=day, on=day) == []
    assert Tenure.objects.get().ends_before == day
    assert ArchivedStatus.objects.get().ends_before is None


def test_expulsion_follows_its_sanction(row: Appointment, leader: Any):
    with pytest.raises(Refused, match="没有开除处分的记录"):
        terminate(row, leader, "T09")
    Sanction.objects.create(person=row.person, kind="EXPULSION", decided_on=date(2023, 6, 20))
    assert terminate(row, leader, "T09")


def test_leaders_decide_and_the_office_registers(row: Appointment, office: Any, leader: Any):
    with pytest.raises(Refused, match="由领导小组办理"):
        terminate(row, office)
    for actor in (office, leader):
        with pytest.raises(Refused, match="“合同约定”须由聘任办公室呈批、领导小组决定后办理"):
            leave(row.person, actor, "T10", grounds=Grounds(details="第八条"))
    with pytest.raises(Refused, match="由聘任办公室办理"):
        leave(row.person, leader)
    assert leave(row.person, office)


def test_impossible_day_and_unknown_cause_are_refused(row: Appointment, leader: Any, office: Any):
    with pytest.raises(Refused, match="聘任从2022-01-23开始，不能在2022-01-23之前结束"):
        terminate(row, leader, ended_on=date(2022, 1, 23))
    with pytest.raises(Refused, match="须选择解聘原因"):
        terminate(row, leader, "T99")


def test_nobody_leaves_twice(row: Appointment, office: Any):
    leave(row.person, office)
    with pytest.raises(Refused, match="不在任何一轮聘任的范围内，或已登记离开"):
        leave(row.person, office)


# --- in the middle of a round ---


@pytest.fixture
def proposed(zone: Zone, round_: Round) -> Application:
    """拟聘 for the only seat of a post, in 公示; retires this month."""
    Round.objects.filter(pk=round_.pk).update(state="RUNNING")
    person = a_person(zone, "老王", birth_on=date(1962, 1, 10))
    former = a_position(a_unit(zone, "原单位"), "原岗")
    a_baseline(round_, person, former)
    a_tenure(person, former, date(2018, 12, 28))
    batch = Batch.objects.create(round=round_, code="1", name="第一批", method="JP", state="PUBLICITY")
    candidacy = Candidacy.objects.create(round=round_, batch=batch, person=person)
    post = a_position(a_unit(zone, "新单位"), "科长", "L50", round_.setup)
    return Application.objects.create(candidacy=candidacy, position=post, state="PROPOSED")


def test_retirement_during_publicity_loses_the_application_and_frees_the_seat(
    proposed: Application, round_: Round, office: Any
):
    other = Application.objects.create(
        candidacy=proposed.candidacy, position=a_position(proposed.position.unit, "副科长"), state="QUALIFIED"
    )
    round_ = Round.objects.get(pk=round_.pk)
    assert seating_of(round_).vacant(proposed.position_id) == 0
    person = proposed.candidacy.person
    with pytest.raises(Refused, match="法定退休日期2022-01-31，2022-01-31离开未到龄"):
        leave(person, office, "T02", left_on=date(2022, 1, 31), on=date(2022, 1, 20), grounds=None)
    (exit_,) = leave(person, office, "T02", left_on=date(2022, 2, 1), on=date(2022, 1, 20), grounds=None)
    for one in (proposed, other):
        one.refresh_from_db()
        assert one.state == "NOT_SELECTED"
    assert seating_of(round_).vacant(proposed.position_id) == 1
    assert exit_.round == round_
    assert Tenure.objects.get().ends_before == date(2022, 2, 1)


def test_draft_that_has_not_taken_effect_is_taken_back(proposed: Application, round_: Round, office: Any):
    Appointment.objects.create(
        zone=round_.zone, round=round_, person=proposed.candidacy.person, position=proposed.position,
        application=proposed, held_level="L50", state="PENDING", starts_on=date(2022, 1, 23),
        ends_before=date(2025, 1, 23),
    )  # fmt: skip
    leave(proposed.candidacy.person, office)
    assert not Appointment.objects.exists()


def test_exit_is_counted_in_the_round_under_way_and_in_that_of_the_post(
    zone: Zone, round_: Round, row: Appointment, office: Any
):
    Round.objects.filter(pk=round_.pk).update(state="COMPLETED")
    following = a_round(zone, "2025", None)
    Round.objects.filter(pk=following.pk).update(state="MOBILIZED")
    a_baseline(following, row.person, row.position)
    assert {one.round for one in leave(row.person, office)} == {round_, following}


def test_unplaced_person_leaves_by_the_office_or_is_dismissed_by_the_leaders(
    proposed: Application, round_: Round, office: Any, leader: Any
):
    ArchivedStatus.objects.create(person=proposed.candidacy.person, identity="CG")
    placement = Placement.objects.create(round=round_, person=proposed.candidacy.person)
    said = {"placement": placement, "cause": "T07", "left_on": LEFT, "document_no": "辞1号", "on": LEFT}
    for actor in (office, leader):
        with pytest.raises(Refused, match="须由聘任办公室呈批、领导小组决定后办理"):
            placement_leave(**said, actor=actor, reason="拒绝安置", grounds=SEEN)
    said |= {"person": placement.person, "actor": office, "reason": "拒绝安置", "grounds": SEEN}
    with pytest.raises(Refused, match="没有“无故拒绝合理安排”的记录"):
        exit_propose(**said)
    Placement.objects.update(refuses=True)
    exit_approve(proposal=exit_propose(**said), actor=leader, on=LEFT)
    assert Placement.objects.get().state == "LEFT"
    assert Exit.objects.get().cause == "T07"
