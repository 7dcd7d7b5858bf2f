"""资格审查: rules run, the clerk, the second person, the notice, 破格, objections in time and too late."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, RuleResult
from appointments.selectors.applications import application_list, qualification_table
from appointments.selectors.eligibility import grades_in_text, person_facts
from appointments.services.batches import batch_suspend
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from reform.errors import Refused
from reform.models import AnnualGrade, ArchivedStatus, Kinship, Membership, PromotionLock, Sanction
from reform.selectors import policy_of
from tests.appointments.competition_cast import SCREEN_ON, Cast, a_cast
from tests.factories import a_user

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


def test_nothing_is_screened_while_the_batch_is_suspended(cast):
    row = cast.applied("甲")
    evaluate(cast)
    screen(cast, row)
    batch_suspend(batch=cast.batch, actor=cast.office, reason="等待核定")
    cast.batch.refresh_from_db()
    with pytest.raises(Refused, match="批次已暂停"):
        evaluate(cast)
    (screened,), (reviewed,) = screen(cast, row), review(cast, row)
    assert (screened.reasons, reviewed.reasons) == (("批次已暂停",), ("批次已暂停",))


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
