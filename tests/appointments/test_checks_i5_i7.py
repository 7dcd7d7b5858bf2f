"""I1–I3 with their exceptions and I5–I7, over plain facts and in a round that was run."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Appointment, Demotion, Objection, Placement, Publicity, Round
from appointments.rules.change import ChangeKind
from appointments.rules.checks import (
    DemotionPaper,
    Fact,
    Rise,
    check_demotions,
    check_everyone_placed,
    check_falls,
    check_publicity,
    check_unresolved,
)
from appointments.selectors import change_summary
from appointments.services.appointing import appointments_draft, appointments_take_effect, letters_sign
from appointments.services.superior import appointment_by_superior
from reform.models import Kinship, PolicyParameter, PromotionLock
from tests import factories as make
from tests.appointments.selection_cast import Selection, a_selection

STARTS_ON = date(2022, 1, 23)
ON = date(2022, 1, 22)


def offenders(cast: Selection, code: str) -> list[tuple[str, str]]:
    check = next(one for one in change_summary(cast.round).checks if one.code == code)
    assert check.ok is (not check.offenders)
    return [(one.name, one.why) for one in check.offenders]


@pytest.fixture
def cast(db: None) -> Selection:
    """A round played from matching to the appointment in force: one rises, one falls, one moves."""
    cast = a_selection()
    rows = [
        cast.apply("升", "局长", before="副局长"),
        cast.apply("降", "副科长", before="科长"),
        cast.apply("平", "招商局副局长", before="副局长"),
    ]
    cast.match(*rows)
    proposal = cast.propose()
    cast.publicize(proposal)
    cast.end_publicity(proposal.publicity)
    cast.to("APPOINTING")
    appointments_draft(batch=cast.batch, starts_on=STARTS_ON, document_no="聘1号", actor=cast.users["人事"])
    letters_sign(
        appointments=Appointment.objects.select_related("zone", "person"),
        letter_signed_on=ON,
        duties_signed_on=ON,
        actor=cast.users["人事"],
    )
    appointments_take_effect(batch=cast.batch, actor=cast.users["领导"], on=date(2022, 1, 30))
    return cast


def demotion(cast: Selection, **facts) -> None:
    Demotion.objects.create(
        round=cast.round,
        person=cast.people["降"],
        **{
            "reason_code": "D3",
            "talk_on": ON,
            "talk_by": "周组工",
            "talk_record": "本人理解",
            "notice_no": "告〔2022〕1号",
            "notice_on": ON,
            "appeal_rights_told": True,
        }
        | facts,
    )


# --- over facts


def test_person_in_waiting_offends_i1_unless_the_policy_allows_it():
    waiting = Fact(7, ChangeKind.UNPLACED, None, 0, is_waiting=True)
    unplaced = Fact(8, ChangeKind.UNPLACED, None, 0)
    assert [one.why for one in check_everyone_placed([waiting, unplaced])] == [
        "待岗，没有本轮的主任职聘任",
        "没有本轮的主任职聘任",
    ]
    assert [one.key for one in check_everyone_placed([waiting, unplaced], allow_waiting=True)] == [8]


@pytest.mark.parametrize(("minutes", "falls"), [(False, 1), (True, 0)])
def test_fall_beyond_the_limit_is_fine_with_a_minute(minutes: bool, falls: int):
    fact = Fact(7, ChangeKind.DEMOTION, 2, 1, has_minutes=minutes)
    assert len(check_falls([fact], 1)) == falls


@pytest.mark.parametrize(
    ("rise", "why"),
    [
        (Rise(7, 5), []),
        (Rise(7, 4), ["公示4个工作日，至少5个"]),
        (Rise(7, None), ["提拔没有经过公示，也没有上级任命文号"]),
        (Rise(7, None, "市任〔2022〕3号"), []),
        (Rise(7, None, "市任〔2022〕3号", needs_probation=True), ["提拔没有试用期"]),
        (Rise(7, 5, needs_probation=True, has_probation=True), []),
    ],
    ids=["够日子", "少一天", "没有公示", "上级任命", "上级任命没有试用期", "有试用期"],
)
def test_i6_over_facts(rise: Rise, why: list[str]):
    assert [one.why for one in check_publicity([rise], 5)] == why


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (None, ["缺少降职手续"]),
        (DemotionPaper("D3", True, "告1号", True), []),
        (DemotionPaper("", False, "", False), ["缺少原因、谈话记录、告知书、申诉权利告知"]),
        (DemotionPaper("D3", True, "告1号", False), ["缺少申诉权利告知"]),
    ],
)
def test_i7_over_facts(paper: DemotionPaper | None, why: list[str]):
    papers = {7: paper} if paper else {}
    assert [one.why for one in check_demotions([Fact(7, ChangeKind.DEMOTION, 1, 1)], papers)] == why
    assert check_demotions([Fact(7, ChangeKind.LATERAL, 0, 1)], {}) == []


@given(st.dictionaries(st.integers(1, 9), st.lists(st.text(min_size=1), max_size=3)))
def test_i5_has_as_many_offences_as_open_matters(matters: dict[int, list[str]]):
    assert len(check_unresolved(matters, {}, matters)) == 2 * sum(map(len, matters.values()))


# --- in a round


def test_round_that_was_run_properly_lacks_only_the_demotion_papers(cast):
    assert {code: offenders(cast, code) for code in ("I5", "I6", "I7")} == {
        "I5": [],
        "I6": [],
        "I7": [("降", "缺少降职手续")],
    }
    demotion(cast)
    assert offenders(cast, "I7") == []


def test_registered_round_has_not_recorded_i5_to_i7(cast):
    Round.objects.filter(pk=cast.round.pk).update(is_registered=True)
    cast.round.refresh_from_db()
    checks = {one.code: one.ok for one in change_summary(cast.round).checks}
    assert [checks[code] for code in ("I5", "I6", "I7")] == [None, None, None]


def test_i5_finds_relatives_open_objections_and_locked_promotions(cast):
    make.an_appointment(cast.round, cast.person("副", "副局长"), cast.posts["副局长"])
    Kinship.objects.create(
        person=cast.people["副"], relative=cast.people["升"], relative_name="升", relation="52"
    )
    application = Appointment.objects.get(person=cast.people["平"]).application
    Objection.objects.create(kind="PUBLICITY", application=application, received_on=ON, facts="举报")
    PromotionLock.objects.create(
        person=cast.people["升"], cause="D1", reason="考核", starts_on=ON, ends_before=date(2022, 6, 1)
    )
    avoid = "副（经发局·副局长）与升（经发局·局长）是直系血亲（母亲），同一单位正职与副职，须岗位回避"
    assert offenders(cast, "I5") == [
        ("副", avoid),
        ("升", avoid),
        ("平", "2022-01-22收到的公示异议还没有办结"),
        ("升", "限制提拔到2022-05-31（考核）"),
    ]


def test_provincial_approval_settles_i5(cast):
    make.an_appointment(cast.round, cast.person("副", "副局长"), cast.posts["副局长"])
    Kinship.objects.create(
        person=cast.people["副"],
        relative=cast.people["升"],
        relative_name="升",
        relation="52",
        override_no="豫1号",
    )
    assert offenders(cast, "I5") == []


def test_lock_that_began_after_the_promotion_is_nothing_to_i5(cast):
    PromotionLock.objects.create(
        person=cast.people["升"],
        cause="D1",
        reason="考核",
        starts_on=date(2022, 1, 24),
        ends_before=date(2023, 1, 24),
    )
    assert offenders(cast, "I5") == []


def test_i6_counts_the_working_days_of_the_publicity(cast):
    Publicity.objects.update(ends_before=date(2022, 1, 28))
    assert offenders(cast, "I6") == [("升", "公示4个工作日，至少5个")]


def test_i6_finds_a_promotion_without_publicity_and_without_probation(cast):
    make.an_appointment(cast.round, cast.person("暗", "副局长"), cast.posts["招商局局长"])
    assert offenders(cast, "I6") == [
        ("暗", "提拔没有经过公示，也没有上级任命文号"),
        ("暗", "提拔没有试用期"),
    ]


def test_superiors_document_counts_only_where_the_superior_appoints(cast):
    cast.person("赵", "局长")
    appointment_by_superior(
        round_=cast.round,
        person=cast.people["赵"],
        position=cast.posts["副主任"],
        document_no="市任〔2022〕3号",
        decided_on=ON,
        starts_on=STARTS_ON,
        actor=cast.users["人事"],
    )
    assert offenders(cast, "I6") == []
    make.an_appointment(
        cast.round,
        cast.person("暗", "副局长"),
        cast.posts["招商局局长"],
        superior_document_no="市任〔2022〕4号",
        method="ZP",
        probation_ends_before=date(2023, 1, 23),
    )
    assert offenders(cast, "I6") == [("暗", "提拔没有经过公示，也没有上级任命文号")]


def test_who_moved_on_at_the_level_won_in_public_is_no_offender(cast):
    first = Appointment.objects.get(person=cast.people["升"])
    Appointment.objects.filter(pk=first.pk).update(state="CHANGED", ended_on=date(2022, 6, 1))
    first.tenure.ends_before = date(2022, 6, 1)
    first.tenure.save()
    make.an_appointment(
        cast.round, cast.people["升"], cast.posts["招商局局长"], starts_on=date(2022, 6, 1), previous=first
    )
    assert offenders(cast, "I6") == []


def test_i2_and_i3_read_minutes_reason_and_approval_from_the_appointment(cast):
    fallen = make.an_appointment(cast.round, cast.person("落", "科长"), cast.posts["主办"])
    leapt = make.an_appointment(cast.round, cast.person("越", "副科长"), cast.posts["招商局副局长"])
    assert offenders(cast, "I2") == [("落", "降2级，最多允许降1级")]
    assert offenders(cast, "I3") == [("越", "提拔2级，须有书面理由和上级批准")]
    Appointment.objects.filter(pk=fallen.pk).update(minutes_no="会纪3号")
    Appointment.objects.filter(pk=leapt.pk).update(reason="工作急需")
    assert (offenders(cast, "I2"), len(offenders(cast, "I3"))) == ([], 1)
    Appointment.objects.filter(pk=leapt.pk).update(superior_document_no="市组5号")
    assert offenders(cast, "I3") == []


@pytest.mark.parametrize("allowed", [False, True])
def test_i1_follows_the_policy_on_waiting(cast, allowed: bool):
    person = cast.person("候", "主办")
    Placement.objects.create(round=cast.round, person=person, state="WAITING")
    PolicyParameter.objects.filter(version=cast.round.policy, key="round.allow_waiting").update(value=allowed)
    assert offenders(cast, "I1") == ([] if allowed else [("候", "待岗，没有本轮的主任职聘任")])


def test_statements_do_not_grow_with_the_people(cast):
    demotion(cast)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            change_summary(cast.round)
        return len(queries)

    statements()
    before = statements()
    for number in range(12):
        person = cast.person(f"众{number}", ("科长", "主办")[number % 2])
        make.an_appointment(cast.round, person, cast.posts["副科长" if number % 3 else "主办"])
    assert statements() == before
