"""From the end of the 公示 to the appointment in force, and 上级任命."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, Appointment, Exit, Round
from appointments.rules.guards import Call, batch_close
from appointments.rules.placement import pay_start
from appointments.selectors.selection import appoint_facts
from appointments.services.appointing import (
    LetterNumbers,
    appointments_draft,
    appointments_take_effect,
    letters_sign,
)
from appointments.services.superior import (
    SuperiorEntry,
    appointment_by_superior,
    appointments_by_superior,
)
from reform.errors import Refused, RuleError
from reform.models import Kinship, PolicyParameter, Sanction, Tenure
from tests import factories as make
from tests.appointments.selection_cast import Selection, a_selection

STARTS_ON = date(2022, 2, 1)
ON = date(2022, 1, 30)


@pytest.fixture
def cast(db: None) -> Selection:
    """A promotion, a renewal of the same post, a move and a new person; the 公示 is over."""
    cast = a_selection()
    rows = [
        cast.apply("升", "局长", before="副局长"),
        cast.apply("留", "副局长", before="副局长"),
        cast.apply("平", "招商局副局长", before="副局长"),
        cast.apply("新", "主办", before=None),
    ]
    cast.match(*rows)
    cast.end_publicity(cast.publicize(cast.propose()))
    cast.to("APPOINTING")
    return cast


def draft(cast: Selection, **facts) -> dict[str, Appointment]:
    rows = appointments_draft(
        batch=cast.batch,
        actor=cast.users["人事"],
        **{"starts_on": STARTS_ON, "document_no": "高管聘〔2022〕1号"} | facts,
    )
    return {row.person.name: row for row in rows}


def sign(cast: Selection) -> None:
    letters_sign(
        appointments=Appointment.objects.filter(state="PENDING").select_related("zone", "person"),
        letter_signed_on=ON,
        duties_signed_on=ON,
        actor=cast.users["人事"],
    )


def in_force(cast: Selection) -> dict[str, Appointment]:
    draft(cast), sign(cast)
    appointments_take_effect(batch=cast.batch, actor=cast.users["领导"], on=ON)
    rows = Appointment.objects.filter(round=cast.round).select_related("person", "tenure")
    return {row.person.name: row for row in rows}


# --- drafts


def test_draft_has_term_probation_pay_minutes_and_letter(cast):
    rows = draft(cast, letters=LetterNumbers("聘2022-"))
    risen, new = rows["升"], rows["新"]
    assert (risen.state, risen.starts_on, risen.ends_before) == ("PENDING", STARTS_ON, date(2025, 2, 1))
    assert (risen.probation_ends_before, new.probation_ends_before) == (date(2023, 2, 1), None)
    assert (risen.pay_starts_on, new.pay_starts_on) == (date(2022, 3, 1), STARTS_ON)
    assert (risen.minutes_no, risen.decided_on) == ("会纪〔2022〕1号", date(2022, 1, 18))
    assert [row.letter_no for row in rows.values()] == [f"聘2022-00{n}" for n in (1, 2, 3, 4)]
    assert (risen.method, risen.held_level, risen.document_no) == ("JP", "L70", "高管聘〔2022〕1号")
    assert Tenure.objects.count() == 0


@pytest.mark.parametrize(
    ("starts_on", "last_on"),
    [(date(2024, 2, 29), date(2027, 2, 27)), (date(2022, 1, 23), date(2025, 1, 22))],
)
def test_term_of_three_years_ends_the_day_before_its_anniversary(cast, starts_on: date, last_on: date):
    row = draft(cast, starts_on=starts_on)["新"]
    assert date.fromordinal(row.ends_before.toordinal() - 1) == last_on


def test_term_is_as_long_as_the_round_says(cast):
    Round.objects.filter(pk=cast.round.pk).update(term_years=5)
    assert draft(cast)["新"].ends_before == date(2027, 2, 1)


def test_drafted_again_it_changes_what_differs_and_keeps_what_was_signed(cast):
    draft(cast), sign(cast)
    row = draft(cast, starts_on=date(2022, 3, 1), document_no="")["升"]
    row.refresh_from_db()
    assert (row.starts_on, row.probation_ends_before) == (date(2022, 3, 1), date(2023, 3, 1))
    assert (row.letter_signed_on, row.document_no) == (ON, "高管聘〔2022〕1号")
    assert Appointment.objects.count() == 4


def test_nothing_is_drafted_before_the_publicity_is_over(cast):
    cast.to("PUBLICITY")
    with pytest.raises(Refused, match="公示结束后才能起草聘任"):
        draft(cast)


@pytest.mark.parametrize(
    ("rule", "is_new", "expected"),
    [
        ("NEXT_MONTH", False, date(2022, 2, 1)),
        ("SAME_MONTH", False, date(2022, 1, 1)),
        ("DECISION_DAY", False, date(2022, 1, 18)),
        ("NEXT_MONTH", True, date(2022, 1, 23)),
    ],
)
def test_first_day_of_pay_follows_the_policy(rule: str, is_new: bool, expected: date):
    assert pay_start(rule, date(2022, 1, 23), date(2022, 1, 18), is_new=is_new) == expected


def test_unknown_rule_for_the_pay_is_refused():
    with pytest.raises(RuleError, match="没有“NEVER”这个写法"):
        pay_start("NEVER", ON, ON, is_new=False)


# --- B10


def test_b10_says_what_each_still_lacks(cast):
    assert batch_close(appoint_facts(cast.batch, ON), Call(ON)) == [
        "须填写聘任文号",
        "4人还没有聘任内容：升、留、平、新",
    ]
    draft(cast)
    assert batch_close(appoint_facts(cast.batch, ON), Call(ON)) == ["4人聘书或目标责任书未签：升、留、平、新"]
    sign(cast)
    assert batch_close(appoint_facts(cast.batch, ON), Call(ON)) == []


def test_b10_names_seats_quotas_relatives_and_sanctions(cast):
    draft(cast), sign(cast)
    make.an_appointment(cast.round, cast.person("多"), cast.posts["局长"])
    cast.units["招商局"].staffing_quota = 0
    cast.units["招商局"].save()
    Kinship.objects.create(
        person=cast.people["升"], relative=cast.people["留"], relative_name="留", relation="71"
    )
    Sanction.objects.create(person=cast.people["升"], kind="DEMERIT", decided_on=date(2022, 1, 20))
    assert appoint_facts(cast.batch, ON).blocks == [
        "“经发局·局长”职数1个，已有2人",
        "“招商局”员额0个，已有1人",
        "升（经发局·局长）与留（经发局·副局长）是三代以内旁系血亲（兄），同一单位正职与副职，须岗位回避",
        "升：记过影响期到2023-01-19，不能提拔",
    ]
    with pytest.raises(Refused, match="“经发局·局长”职数1个，已有2人"):
        appointments_take_effect(batch=cast.batch, actor=cast.users["领导"], on=ON)
    assert not Appointment.objects.filter(application__isnull=False).exclude(state="PENDING").exists()


def test_leap_takes_effect_only_with_the_superiors_approval(db):
    cast = a_selection()
    one = cast.apply("越", "副局长", before="副科长", exception_reason="工作急需")
    cast.match(one)
    cast.end_publicity(cast.publicize(cast.propose()))
    cast.to("APPOINTING")
    assert appoint_facts(cast.batch, ON).blocks == ["越：越级须有上级批准文号"]


# --- taking effect


def test_appointments_open_tenures_and_win_their_applications(cast):
    rows = in_force(cast)
    assert {name: row.state for name, row in rows.items()} == {
        "升": "PROBATION",
        "留": "ACTIVE",
        "平": "ACTIVE",
        "新": "ACTIVE",
    }
    tenure = rows["升"].tenure
    assert (tenure.starts_on, tenure.held_level, tenure.document_no) == (
        STARTS_ON,
        "L70",
        "高管聘〔2022〕1号",
    )
    assert set(Application.objects.values_list("state", flat=True)) == {"APPOINTED"}


def test_former_round_ends_as_renewed_or_changed_and_first_dates_run_on(cast):
    former = make.a_round(cast.zone, "2019", date(2019, 1, 23))
    for name, post in (("升", "副局长"), ("留", "副局长")):
        make.an_appointment(former, cast.people[name], cast.posts[post])
    Tenure.objects.update(first_held_on=date(2016, 5, 1), level_first_held_on=date(2015, 5, 1))
    rows = in_force(cast)
    old = {row.person.name: row for row in Appointment.objects.filter(round=former)}
    assert {name: (row.state, row.ended_on) for name, row in old.items()} == {
        "升": ("CHANGED", STARTS_ON),
        "留": ("RENEWED", STARTS_ON),
    }
    assert rows["留"].previous_id == old["留"].pk
    stayed, risen = rows["留"].tenure, rows["升"].tenure
    assert (stayed.first_held_on, stayed.level_first_held_on) == (date(2016, 5, 1), date(2015, 5, 1))
    assert (risen.first_held_on, risen.level_first_held_on) == (STARTS_ON, STARTS_ON)
    assert old["留"].tenure.ends_before == STARTS_ON


def test_office_does_not_put_in_force(cast):
    draft(cast), sign(cast)
    with pytest.raises(Refused, match="由领导小组办理"):
        appointments_take_effect(batch=cast.batch, actor=cast.users["人事"], on=ON)
    assert Tenure.objects.count() == 0


def test_who_began_later_than_the_new_post_is_refused_by_name(cast):
    former = make.a_round(cast.zone, "2021", date(2022, 2, 1))
    make.an_appointment(former, cast.people["升"], cast.posts["副局长"])
    draft(cast), sign(cast)
    with pytest.raises(Refused, match="升现任聘任从2022-02-01开始，不早于新聘任的2022-02-01"):
        appointments_take_effect(batch=cast.batch, actor=cast.users["领导"], on=ON)


def test_letters_of_ended_appointments_are_not_signed(cast):
    rows = in_force(cast)
    Appointment.objects.filter(pk=rows["升"].pk).update(state="TERMINATED")
    with pytest.raises(Refused, match="升的聘任是“已解聘”"):
        letters_sign(
            appointments=Appointment.objects.all().select_related("zone", "person"),
            letter_signed_on=ON,
            actor=cast.users["人事"],
        )


def test_statements_do_not_grow_with_the_appointments(db):
    def run(number: int) -> int:
        cast = a_selection(zone=make.a_zone(f"z{number}"))
        rows = [cast.apply(f"众{i}", "科长", i + 1) for i in range(number)]
        cast.match(*rows)
        cast.end_publicity(cast.publicize(cast.propose()))
        cast.to("APPOINTING")
        with CaptureQueriesContext(connection) as queries:
            in_force(cast)
        return len(queries)

    assert run(2) == run(6)


# --- the superior


def by_superior(cast: Selection, name: str, post: str, **facts) -> Appointment:
    return appointment_by_superior(
        round_=cast.round,
        person=cast.people[name],
        position=cast.posts[post],
        **{
            "actor": cast.users["人事"],
            "document_no": "市任〔2022〕3号",
            "decided_on": date(2022, 1, 20),
            "starts_on": STARTS_ON,
        }
        | facts,
    )


def test_superior_appoints_with_document_and_probation_and_no_publicity(cast):
    cast.person("赵", "局长")
    made = by_superior(cast, "赵", "副主任")
    assert (made.state, made.method, made.superior_document_no) == ("PROBATION", "SJ", "市任〔2022〕3号")
    assert (made.probation_ends_before, made.pay_starts_on) == (date(2023, 2, 1), date(2022, 3, 1))
    assert made.tenure.starts_on == STARTS_ON


def test_post_that_the_superior_does_not_fill_is_refused(cast):
    cast.person("赵", "局长")
    with pytest.raises(Refused, match="“招商局·局长”不由上级任命"):
        by_superior(cast, "赵", "招商局局长")


def test_superior_does_not_overfill_a_post_either(cast):
    for name in "赵钱孙":
        cast.person(name, "局长")
    entries = [SuperiorEntry(cast.people[name], cast.posts["副主任"], STARTS_ON) for name in "赵钱孙"]
    made, refused = appointments_by_superior(
        round_=cast.round,
        entries=entries,
        document_no="市任〔2022〕3号",
        decided_on=ON,
        actor=cast.users["领导"],
    )
    assert len(made) == 2
    assert [str(one) for one in refused] == ["孙 → 管委会·副主任：“管委会·副主任”职数2个，没有空缺"]


def test_superior_moves_somebody_within_the_round(cast):
    cast.person("赵", "局长")
    first = by_superior(cast, "赵", "副主任")
    second = by_superior(cast, "赵", "主任", starts_on=date(2023, 5, 1))
    first.refresh_from_db(), first.tenure.refresh_from_db()
    assert (first.state, first.ended_on, second.previous_id) == ("CHANGED", date(2023, 5, 1), first.pk)
    assert first.tenure.ends_before == date(2023, 5, 1)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [({"document_no": " "}, "须填写上级任命文号"), ({}, "轮次“方案起草”，不能登记上级任命")],
)
def test_superiors_appointment_needs_its_number_and_an_approved_round(cast, facts, reason: str):
    cast.person("赵", "局长")
    if not facts:
        Round.objects.filter(pk=cast.round.pk).update(state="DRAFT")
    with pytest.raises(Refused, match=reason):
        by_superior(cast, "赵", "主任", **facts)


def test_who_was_chosen_elsewhere_or_left_is_not_appointed_by_the_superior(cast):
    with pytest.raises(Refused, match="此人已选定或聘任“经发局·局长”"):
        by_superior(cast, "升", "主任")
    gone = cast.person("赵", "局长")
    Exit.objects.create(round=cast.round, person=gone, left_on=ON, cause="T04")
    with pytest.raises(Refused, match="此人已登记离开"):
        by_superior(cast, "赵", "主任")


def test_supervisor_does_not_register_the_superiors_appointment(cast):
    cast.person("赵", "局长")
    with pytest.raises(Refused, match="由聘任办公室办理"):
        by_superior(cast, "赵", "主任", actor=cast.users["监督组"])


def test_rule_of_pay_is_read_from_the_rounds_policy(cast):
    PolicyParameter.objects.filter(version=cast.round.policy, key="pay.effective_rule").update(
        value="DECISION_DAY"
    )
    assert draft(cast)["升"].pay_starts_on == date(2022, 1, 18)
