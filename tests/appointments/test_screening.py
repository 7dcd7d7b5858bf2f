"""资格审查: rules run, the clerk, the second person, the notice, 破格, objections in time and too late."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, Appointment, Objection, RuleResult, Waiver
from appointments.selectors.applications import application_list, qualification_table
from appointments.selectors.eligibility import grades_in_text, person_facts
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from appointments.services.screening_appeals import (
    objection_decide_screening,
    objection_file_screening,
    waiver_approve,
    waiver_request,
)
from reform.errors import Refused
from reform.models import AnnualGrade, ArchivedStatus, Kinship, Membership, PromotionLock, Sanction
from reform.selectors import policy_of
from tests.appointments.competition_cast import SCREEN_ON, Cast, a_cast
from tests.factories import a_batch, a_round, a_tenure, a_user, an_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = a_cast()
    cast.to("SCREENING")
    return cast


def evaluate(cast: Cast):
    return applications_evaluate(batch=cast.batch, actor=cast.office, on=SCREEN_ON)


def screen(cast: Cast, *rows: Application, **facts):
    return applications_screen(applications=rows, actor=cast.office, on=SCREEN_ON, **facts)


def review(cast: Cast, *rows: Application, actor=None):
    return applications_review(applications=rows, actor=actor or cast.supervisor, on=SCREEN_ON)


def outcomes(application: Application) -> dict[str, str]:
    return dict(RuleResult.objects.filter(application=application).values_list("rule", "outcome"))


def rejected(cast: Cast, name: str = "张三") -> Application:
    """Too old, screened, reviewed, and told on Saturday 2022-01-15."""
    cast.person(name, birth_on=date(1970, 1, 1))
    application = cast.applied(name)
    evaluate(cast)
    assert screen(cast, application) == []
    assert review(cast, application) == []
    applications_notify(applications=[application], actor=cast.office, on=SCREEN_ON)
    return application


def test_rules_store_what_they_found_with_the_evidence(cast):
    application = cast.applied("张三")
    found = evaluate(cast)
    assert (found.applications, found.failed, found.unknown) == (1, 0, 0)
    table = {one.label: (one.required, one.actual, one.word) for one in qualification_table(application)}
    assert table == {
        "任职年限": ("现任科室正职及以上，或任科室副职满2年", "任科室副职及以上3年7个月", "符合"),
        "年龄": ("不超过45周岁", "1984.03出生，37周岁", "符合"),
        "学历": ("大学专科及以上", "大学本科毕业", "符合"),
        "近年考核": (
            "近3年年度考核均为称职（合格）及以上",
            "2019年称职、2020年称职、2021年称职",
            "符合",
        ),
        "处分与限制提拔": ("没有立案审查，不在处分影响期和限制提拔期内", "没有记录", "符合"),
    }


def test_sanctions_last_as_the_policy_says_and_locks_to_their_end(cast):
    warned, over, locked, open_case = (cast.person(name) for name in ("警告", "过期", "限制", "立案"))
    Sanction.objects.create(person=warned, kind="WARNING", decided_on=date(2021, 8, 1))
    Sanction.objects.create(person=over, kind="WARNING", decided_on=date(2021, 7, 1))
    Sanction.objects.create(person=open_case, kind="INVESTIGATION", decided_on=date(2020, 1, 1))
    PromotionLock.objects.create(
        person=locked, cause="D1", reason="降职", starts_on=date(2021, 1, 1), ends_before=date(2023, 1, 1)
    )
    rows = {name: cast.applied(name) for name in ("警告", "过期", "限制", "立案")}
    evaluate(cast)
    assert {name: outcomes(row)["NO_SANCTION"] for name, row in rows.items()} == {
        "警告": "FAIL",
        "过期": "PASS",
        "限制": "FAIL",
        "立案": "FAIL",
    }
    words = RuleResult.objects.get(application=rows["限制"], rule="NO_SANCTION").actual
    assert words == "限制提拔至2022-12-31（降职）"


def test_the_level_before_the_round_is_the_baselines(cast):
    person = cast.person("张三")
    a_tenure_now = person.tenures.get()
    policy = policy_of(cast.round.policy)
    facts = person_facts(cast.round, [person.pk], SCREEN_ON, policy)[person.pk]
    assert (facts.present_level, facts.spells[0].since) == ("L40", date(2018, 6, 1))
    cast.round.baselines.all().delete()
    facts = person_facts(cast.round, [person.pk], SCREEN_ON, policy)[person.pk]
    assert facts.present_level == a_tenure_now.held_level


def test_grades_of_the_rosters_text_count_where_none_is_registered(cast):
    person = cast.person("张三", recent_appraisals="2019年度优秀、2020基本称职，2021不合格")
    AnnualGrade.objects.filter(person=person, year=2021).delete()
    facts = person_facts(cast.round, [person.pk], SCREEN_ON, policy_of(cast.round.policy))[person.pk]
    assert facts.grades == {2019: "B", 2020: "B", 2021: "D"}
    assert grades_in_text("2019年度优秀、2020基本称职，2021不合格") == {2019: "A", 2020: "C", 2021: "D"}
    assert grades_in_text("均为合格") == {}


def test_identity_is_read_for_conditions_that_ask_for_it():
    cast = a_cast(conditions="限事业编制；近三年考核均为优秀")
    cast.to("SCREENING")
    person = cast.person("张三")
    ArchivedStatus.objects.create(person=person, identity="SY")
    application = cast.applied("张三")
    evaluate(cast)
    assert outcomes(application)["IDENTITY_IN"] == "PASS"
    assert outcomes(application)["APPRAISAL_LAST3.2"] == "FAIL"


def test_the_number_of_statements_does_not_grow_with_the_applicants(cast):
    cast.applied("甲")
    evaluate(cast)
    for name in "乙":
        cast.applied(name)
    with CaptureQueriesContext(connection) as before:
        evaluate(cast)
    for name in "丙丁戊己":
        cast.applied(name)
    with CaptureQueriesContext(connection) as after:
        evaluate(cast)
    assert len(after) == len(before)
    application_list(cast.batch)
    with CaptureQueriesContext(connection) as listed:
        rows = application_list(cast.batch)
        assert [(str(row.application), row.state_label, row.failed) for row in rows]
    assert len(rows) == 6
    assert len(listed) == 7


def test_bulk_screening_and_review_take_a_fixed_number_of_statements(cast):
    rows = [cast.applied(name) for name in "甲乙丙丁戊己"]
    evaluate(cast)
    screen(cast, rows[0])
    review(cast, rows[0])
    captured = []
    for part in (rows[1:2], rows[2:]):
        with CaptureQueriesContext(connection) as queries:
            assert screen(cast, *part) == []
            assert review(cast, *part) == []
        captured.append(len(queries))
    assert captured[0] == captured[1]
    assert {row.state for row in rows} == {"QUALIFIED"}
    assert {row.reviewed_by_id for row in rows} == {cast.supervisor.pk}


def test_what_a_clerk_decided_stays_until_the_rule_finds_something_else():
    cast = a_cast(conditions="熟悉招商业务")
    cast.to("SCREENING")
    application = cast.applied("张三")
    evaluate(cast)
    result = RuleResult.objects.get(application=application, rule="OTHER")
    (refusal,) = screen(cast, application, conclusion="QUALIFIED")
    assert refusal.reasons == ("还有待核实的条件：其他条件",)
    decide = {"results": [result], "actor": cast.office, "on": SCREEN_ON}
    assert rule_results_decide(outcome="PASS", note="有招商经历证明", **decide) == []
    evaluate(cast)
    result.refresh_from_db()
    assert (result.final, result.decided_note) == ("PASS", "有招商经历证明")
    assert screen(cast, application) == []
    cast.first.conditions = "熟悉园区业务"
    cast.first.save()
    evaluate(cast)
    result.refresh_from_db()
    application.refresh_from_db()
    assert (result.final, application.conclusion, application.screened_by_id) == ("UNKNOWN", "", None)


def test_only_the_unknown_is_decided_and_only_with_a_note(cast):
    application = cast.applied("张三")
    evaluate(cast)
    result = RuleResult.objects.get(application=application, rule="MAX_AGE")
    decide = {"results": [result], "actor": cast.office, "on": SCREEN_ON}
    (refusal,) = rule_results_decide(outcome="FAIL", note="核实", **decide)
    assert refusal.reasons == ("这个条件已有结果，不需要认定",)
    with pytest.raises(Refused, match="须写明认定依据"):
        rule_results_decide(outcome="PASS", note=" ", **decide)
    with pytest.raises(Refused, match="认定结果须为符合或不符合"):
        rule_results_decide(outcome="UNKNOWN", note="核实", **decide)


def test_a_rejection_names_the_conditions_that_fail(cast):
    cast.person("张三", birth_on=date(1970, 1, 1))
    application = cast.applied("张三")
    evaluate(cast)
    (refusal,) = screen(cast, application, conclusion="QUALIFIED")
    assert refusal.reasons == ("不符合且没有破格：年龄",)
    screen(cast, application)
    assert application.conclusion == "REJECTED"
    assert application.conclusion_reason == "年龄：要求不超过45周岁，实际1970.01出生，52周岁"
    assert review(cast, application) == []
    assert (application.state, application.reviewed_by_id) == ("REJECTED", cast.supervisor.pk)


def test_the_clerk_does_not_review_and_nobody_without_a_conclusion_passes(cast):
    both = a_user(cast.zone, "人事")
    both.groups.add(cast.supervisor.groups.get())
    application, other = cast.applied("张三"), cast.applied("李四")
    evaluate(cast)
    applications_screen(applications=[application], actor=both, on=SCREEN_ON)
    refused = review(cast, application, other, actor=both)
    assert {str(one.row.person): one.reasons for one in refused} == {
        "张三": ("审查人不能复核自己的结论",),
        "李四": ("还没有初审结论",),
    }
    with pytest.raises(Refused, match="“资格复核”由监督组办理"):
        review(cast, application, actor=cast.office)


def test_screening_comes_after_the_rules_and_in_its_own_state(cast):
    application = cast.applied("张三")
    (refusal,) = screen(cast, application)
    assert refusal.reasons == ("还没有按资格条件审查",)
    cast.to("ASSESSING")
    (refusal,) = screen(cast, application)
    assert "批次不在资格审查阶段" in refusal.reasons
    with pytest.raises(Refused, match="批次在“考评”，不在资格审查阶段"):
        evaluate(cast)


def test_relatives_neither_screen_nor_review(cast):
    person, wife, clerk_self = cast.person("张三"), cast.person("李四"), cast.person("王五")
    Kinship.objects.create(person=person, relative=wife, relative_name="李四", relation="12")
    Membership.objects.filter(user=cast.supervisor).update(person=wife)
    Membership.objects.filter(user=cast.office).update(person=clerk_self)
    application, own = cast.applied("张三"), cast.applied("王五")
    evaluate(cast)
    (refusal,) = screen(cast, application, own)
    assert (str(refusal.row.person), refusal.reasons) == ("王五", ("不能审查本人，须回避",))
    (refusal,) = review(cast, application)
    assert refusal.reasons == ("与审查对象是夫妻关系，须回避",)


def test_only_the_rejected_are_told_and_once(cast):
    application = rejected(cast)
    assert application.notified_on == SCREEN_ON
    qualified = cast.applied("李四", "QUALIFIED")
    refused = applications_notify(applications=[application, qualified], actor=cast.office, on=SCREEN_ON)
    assert [one.reasons for one in refused] == [
        ("已于2022-01-15告知",),
        ("不是资格不合格，不需要告知",),
    ]


# --- objections: told on Saturday 01-15; two working days are Monday and Tuesday, 01-17 and 01-18 ---


@pytest.mark.parametrize("on", [date(2022, 1, 15), date(2022, 1, 17), date(2022, 1, 18)])
def test_a_rejected_applicant_objects_in_time(cast, on):
    application = rejected(cast)
    account = cast.account(application.person)
    objection = objection_file_screening(
        application=application, facts="档案出生日期有误", actor=account, on=on
    )
    assert (objection.kind, objection.state, objection.from_whom) == ("SCREENING", "OPEN", "张三")
    (row,) = application_list(cast.batch)
    assert (row.objection, row.objection_until) == (objection, date(2022, 1, 18))


def test_too_late_an_objection_is_refused_with_the_figures(cast):
    application = rejected(cast)
    with pytest.raises(Refused) as refused:
        objection_file_screening(
            application=application, facts="有误", actor=cast.office, on=date(2022, 1, 19)
        )
    assert refused.value.reasons == (
        "2022-01-15告知，2个工作日内可提出异议，已于2022-01-18截止，今天是2022-01-19",
    )


def test_an_objection_needs_a_rejection_that_was_told_and_facts(cast):
    application = cast.applied("张三")
    with pytest.raises(Refused) as refused:
        objection_file_screening(application=application, facts=" ", actor=cast.office, on=SCREEN_ON)
    assert refused.value.reasons == (
        "不是资格不合格，没有可异议的结论",
        "还没有告知本人",
        "须写明异议的事实和理由",
    )


def test_one_objects_for_oneself_only_and_once(cast):
    application = rejected(cast)
    other = cast.account(cast.person("李四"))
    file = {"application": application, "facts": "有误", "on": SCREEN_ON}
    with pytest.raises(Refused, match="只能对本人的资格审查结论提出异议"):
        objection_file_screening(actor=other, **file)
    objection_file_screening(actor=cast.supervisor, **file)
    with pytest.raises(Refused, match="对这个结论已提出过异议"):
        objection_file_screening(actor=cast.office, **file)


def an_objection(cast: Cast) -> Objection:
    return objection_file_screening(
        application=rejected(cast), facts="档案出生日期有误", actor=cast.office, on=SCREEN_ON
    )


def test_an_upheld_objection_qualifies(cast):
    objection = an_objection(cast)
    decide = {"objection": objection, "reply": "档案核实为1977年", "on": date(2022, 1, 18)}
    with pytest.raises(Refused, match="“办理资格审查异议”由监督组办理"):
        objection_decide_screening(upheld=True, actor=cast.office, **decide)
    objection_decide_screening(upheld=True, actor=cast.supervisor, **decide)
    objection.refresh_from_db()
    application = objection.application
    application.refresh_from_db()
    assert (objection.state, objection.closed_on) == ("UPHELD", date(2022, 1, 18))
    assert (application.state, application.conclusion) == ("QUALIFIED", "QUALIFIED")
    with pytest.raises(Refused, match="异议已办结：成立"):
        objection_decide_screening(upheld=False, actor=cast.supervisor, **decide)


def test_an_answered_objection_leaves_the_rejection(cast):
    objection = an_objection(cast)
    objection_decide_screening(
        objection=objection, upheld=False, reply="档案无误", actor=cast.supervisor, on=SCREEN_ON
    )
    objection.refresh_from_db()
    assert (objection.state, objection.reply, objection.application.state) == (
        "ANSWERED",
        "档案无误",
        "REJECTED",
    )


def test_after_the_assessment_nobody_is_qualified_any_more(cast):
    objection = an_objection(cast)
    cast.to("MATCHING")
    with pytest.raises(Refused, match="考评已经结束，不能再改变资格审查结论"):
        objection_decide_screening(
            objection=objection, upheld=True, reply="成立", actor=cast.supervisor, on=SCREEN_ON
        )
    objection.refresh_from_db()
    assert objection.state == "OPEN"


# --- 破格 ---


def too_old(cast: Cast, **facts) -> Application:
    cast.person("张三", **{"birth_on": date(1975, 1, 1)} | facts)
    application = cast.applied("张三")
    evaluate(cast)
    return application


def request(cast: Cast, application: Application, rule: str = "MAX_AGE", **facts) -> Waiver:
    given = {"reason": "招商实绩特别突出", "actor": cast.office, "on": SCREEN_ON} | facts
    return waiver_request(application=application, rule=rule, **given)


def test_a_waived_condition_no_longer_stands_against_the_applicant(cast):
    application = too_old(cast)
    waiver = request(cast, application)
    (refusal,) = screen(cast, application, conclusion="QUALIFIED")
    assert refusal.reasons == ("不符合且没有破格：年龄",)
    waiver_approve(waiver=waiver, document_no="高组〔2022〕3号", actor=cast.leader, on=SCREEN_ON)
    assert screen(cast, application) == []
    assert review(cast, application) == []
    application.refresh_from_db()
    assert (application.state, application.exception_reason) == ("QUALIFIED", "招商实绩特别突出")
    assert [one.word for one in qualification_table(application) if one.label == "年龄"] == ["破格"]


def test_who_asks_does_not_approve(cast):
    leader_too = a_user(cast.zone, "人事")
    leader_too.groups.add(cast.leader.groups.get())
    waiver = request(cast, too_old(cast), actor=leader_too)
    with pytest.raises(Refused) as refused:
        waiver_approve(waiver=waiver, document_no="", actor=leader_too, on=SCREEN_ON)
    assert refused.value.reasons == ("提出破格的人不能批准", "须填写批准文号")
    with pytest.raises(Refused, match="“批准破格”由领导小组办理"):
        waiver_approve(waiver=waiver, document_no="1号", actor=cast.office, on=SCREEN_ON)


def test_a_waiver_needs_a_reason_and_a_condition_that_fails(cast):
    application = too_old(cast)
    with pytest.raises(Refused) as refused:
        request(cast, application, rule="MIN_EDU", reason=" ")
    assert refused.value.reasons == (
        "破格须写明理由",
        "“学历”没有不符合，不需要破格",
        "还有年龄不符合，一次只能破格一个条件",
    )


def test_nobody_is_waived_over_two_levels(cast):
    cast.first.level = "L60"
    cast.first.save()
    cast.person("张三")
    application = cast.applied("张三")
    evaluate(cast)
    with pytest.raises(Refused, match="张三拟提拔2级，破格不得越级"):
        request(cast, application, rule="MIN_LEVEL_TENURE")


def test_nobody_is_waived_soon_after_a_promotion_or_in_probation(cast):
    person = cast.person("张三")
    person.tenures.update(starts_on=date(2021, 6, 1), level_first_held_on=date(2021, 6, 1))
    a_tenure(person, cast.former, date(2015, 1, 1), held_level="L30", ends_before=date(2021, 6, 1))
    application = cast.applied("张三")
    evaluate(cast)
    Appointment.objects.create(
        zone=cast.zone,
        round=cast.round,
        person=person,
        position=cast.former,
        held_level="L40",
        state="PROBATION",
        starts_on=date(2021, 6, 1),
        ends_before=date(2024, 6, 1),
    )
    with pytest.raises(Refused) as refused:
        request(cast, application, rule="MIN_LEVEL_TENURE")
    assert refused.value.reasons == (
        "张三在试用期内，不得破格",
        "张三2021-06-01提拔，至2022-01-14未满12个月，不得破格",
    )


def test_tenure_is_not_waived_twice_in_a_row(cast):
    person = cast.person("张三")
    person.tenures.update(starts_on=date(2020, 6, 1), level_first_held_on=date(2020, 6, 1))
    a_tenure(person, cast.former, date(2015, 1, 1), held_level="L30", ends_before=date(2020, 6, 1))
    before = a_round(cast.zone, "2020", date(2020, 6, 1))
    earlier = an_application(a_batch(before, state="CLOSED"), person, cast.former, "APPOINTED")
    Appointment.objects.create(
        zone=cast.zone,
        round=before,
        person=person,
        position=cast.former,
        held_level="L40",
        state="ACTIVE",
        starts_on=date(2020, 6, 1),
        ends_before=date(2023, 6, 1),
        application=earlier,
    )
    Waiver.objects.create(
        application=earlier,
        rule="MIN_LEVEL_TENURE",
        reason="突出",
        requested_by=cast.office,
        approved_by=cast.leader,
        requested_on=date(2020, 5, 1),
    )
    application = cast.applied("张三")
    evaluate(cast)
    with pytest.raises(Refused, match="上次提拔已对任职年限破格，不得连续破格"):
        request(cast, application, rule="MIN_LEVEL_TENURE")
