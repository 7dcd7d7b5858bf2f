"""报名: who may, when, for what; in bulk from a workbook; into the batches."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, Candidacy, ItemScore
from appointments.services.application_batches import applications_attach_to_batches, round_weights_set
from appointments.services.application_sheets import ApplicationEntry, applications_register
from appointments.services.applications import application_change, application_submit, application_withdraw
from reform.errors import Refused
from reform.models import AuditEvent, Position
from tests.appointments.competition_cast import ON, SCREEN_ON, Cast, a_cast, cancelled
from tests.factories import a_batch, a_batch_post, a_person, a_position, a_user, an_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def submit(cast: Cast, person: Any, *positions: Position, actor: Any = None, **facts: Any) -> Candidacy:
    given = {"on": ON, "declares_kin": False} | facts
    return application_submit(
        batch=cast.batch, person=person, positions=positions, actor=actor or cast.office, **given
    )


def choices(candidacy: Candidacy) -> list[tuple[int, str, str]]:
    rows = Application.objects.filter(candidacy=candidacy).order_by("choice_no", "id")
    return [(row.choice_no, row.position.title, row.state) for row in rows]


def test_the_office_enters_a_form_from_paper(cast):
    person = cast.person("张三")
    candidacy = submit(cast, person, cast.first, cast.second, accepts_adjustment=True)
    assert choices(candidacy) == [(1, "综合科科长", "SUBMITTED"), (2, "业务科科长", "SUBMITTED")]
    assert (candidacy.source, candidacy.applied_on, candidacy.accepts_adjustment) == ("OFFICE", ON, True)
    assert AuditEvent.objects.filter(action="报名", subject=f"张三 {cast.batch}").count() == 1


def test_a_person_applies_for_himself_and_for_nobody_else(cast):
    person, other = cast.person("张三"), cast.person("李四")
    account = cast.account(person)
    facts = {"actor": account, "achievements": "主持招商", "rewards": "无"}
    assert submit(cast, person, cast.first, **facts).source == "PERSON"
    with pytest.raises(Refused, match="只能为本人报名"):
        submit(cast, other, cast.first, **facts)


def test_an_own_form_is_complete_only_when_everything_is_answered(cast):
    person = cast.person("张三")
    with pytest.raises(Refused) as refused:
        submit(cast, person, cast.first, actor=cast.account(person), declares_kin=None)
    assert refused.value.reasons == (
        "须填写有无回避关系（没有的填“无”）",
        "须填写主要工作实绩（没有的填“无”）",
        "须填写奖惩情况（没有的填“无”）",
    )


@pytest.mark.parametrize("role", ["监督组", "领导", "考评组", "单位负责人", "财务"])
def test_other_roles_do_not_enter_applications(cast, role):
    with pytest.raises(Refused, match="“报名”由本人办理"):
        submit(cast, cast.person("张三"), cast.first, actor=a_user(cast.zone, role))


def test_all_faults_of_the_choices_are_named(cast):
    stranger = a_position(cast.first.unit, "站长", setup=cast.round.setup)
    cancelled(cast.batch, cast.second)
    with pytest.raises(Refused) as refused:
        submit(cast, cast.person("张三"), cast.first, cast.first, cast.second, stranger)
    assert refused.value.reasons == (
        "填了4个志愿，最多2个",
        "同一岗位只能填一次",
        f"“{cast.second}”已取消",
        f"“{stranger}”不在本批次",
    )


@pytest.mark.parametrize(
    ("on", "state", "message"),
    [
        (date(2022, 1, 9), "APPLYING", "报名期2022-01-10至2022-01-14，今天是2022-01-09"),
        (date(2022, 1, 15), "APPLYING", "报名期2022-01-10至2022-01-14，今天是2022-01-15"),
        (ON, "PUBLISHED", "批次在“岗位公布”，不在报名期"),
        (ON, "ASSESSING", "批次在“考评”，不在报名期"),
        (SCREEN_ON, "SCREENING", "报名已经截止，补报须写明原因"),
    ],
)
def test_outside_the_window_nobody_applies(cast, on, state, message):
    cast.to(state)
    with pytest.raises(Refused) as refused:
        submit(cast, cast.person("张三"), cast.first, on=on)
    assert refused.value.reasons == (message,)


def test_the_office_enters_a_named_person_late_with_a_reason_the_person_cannot(cast):
    cast.to("SCREENING")
    person = cast.person("张三")
    facts = {"achievements": "无", "rewards": "无", "late_reason": "出差"}
    with pytest.raises(Refused, match="报名已经截止，补报由聘任办公室办理"):
        submit(cast, person, cast.first, actor=cast.account(person), on=SCREEN_ON, **facts)
    candidacy = submit(cast, person, cast.first, on=SCREEN_ON, late_reason="因公出差")
    assert candidacy.late_reason == "因公出差"
    assert AuditEvent.objects.get(action="补报").reason == "因公出差"


def test_one_form_a_batch_and_again_after_withdrawing(cast):
    person = cast.person("张三")
    candidacy = submit(cast, person, cast.first)
    with pytest.raises(Refused, match="张三在本批次已报1个岗位"):
        submit(cast, person, cast.second)
    application = candidacy.applications.get()
    assert application_withdraw(applications=[application], actor=cast.office, on=ON) == []
    again = submit(cast, person, cast.second)
    assert again.pk == candidacy.pk
    assert choices(again) == [(1, "综合科科长", "WITHDRAWN"), (1, "业务科科长", "SUBMITTED")]


def test_who_is_proposed_elsewhere_in_the_round_does_not_apply(cast):
    person = cast.person("张三")
    earlier = a_batch(cast.round, "2", state="PUBLICITY")
    an_application(earlier, person, cast.second, "PROPOSED")
    with pytest.raises(Refused, match=f"张三在本轮已拟聘或聘任“{cast.second}”"):
        submit(cast, person, cast.first)


def test_choices_are_changed_while_nobody_has_screened_them(cast):
    candidacy = submit(cast, cast.person("张三"), cast.first)
    application_change(
        candidacy=candidacy,
        positions=[cast.second],
        actor=cast.office,
        on=ON,
        accepts_adjustment=True,
    )
    assert choices(candidacy) == [(1, "综合科科长", "WITHDRAWN"), (1, "业务科科长", "SUBMITTED")]
    candidacy.refresh_from_db()
    assert candidacy.accepts_adjustment is True
    Application.objects.filter(candidacy=candidacy, state="SUBMITTED").update(state="QUALIFIED")
    with pytest.raises(Refused, match="志愿已经审查，不能再更改"):
        application_change(candidacy=candidacy, positions=[cast.first], actor=cast.office, on=ON)


def test_a_person_withdraws_the_own_application_until_the_screening_is_over(cast):
    application = cast.applied("张三")
    account = cast.account(application.person)
    cast.to("ASSESSING")
    (refusal,) = application_withdraw(applications=[application], actor=account, on=ON)
    assert refusal.reasons == ("资格审查已经结束，不能再撤回报名",)
    cast.to("SCREENING")
    application = Application.objects.get(pk=application.pk)
    assert application_withdraw(applications=[application], actor=account, on=ON) == []
    assert application.state == "WITHDRAWN"
    other = cast.applied("李四")
    with pytest.raises(Refused, match="只能为本人撤回报名"):
        application_withdraw(applications=[other], actor=account, on=ON)


# --- in bulk ---


def entry(person: Any, *positions: Position, **facts: Any) -> ApplicationEntry:
    return ApplicationEntry(person.pk, person.name, tuple(one.pk for one in positions), **facts)


def register(cast: Cast, *entries: ApplicationEntry, batch: Any = None, **facts: Any):
    return applications_register(
        round_=cast.round, entries=entries, actor=cast.office, on=ON, batch=batch, **facts
    )


def counts(result: Any) -> tuple[int, int, int]:
    return result.created, result.changed, result.unchanged


def test_the_same_sheet_twice_changes_nothing(cast):
    person = cast.person("张三")
    line = entry(person, cast.first, cast.second, scores={"written": Decimal("83.50")}, remark="甲")
    assert counts(register(cast, line)) == (1, 0, 0)
    events = AuditEvent.objects.count()
    assert counts(register(cast, line)) == (0, 0, 1)
    assert AuditEvent.objects.count() == events
    candidacy = Candidacy.objects.get()
    assert (candidacy.source, candidacy.batch_id, candidacy.remark) == ("WORKBOOK", None, "甲")
    assert ItemScore.objects.get().steps == "工作簿登记"


def test_what_the_sheet_has_no_column_for_is_left(cast):
    person = cast.person("张三")
    register(cast, entry(person, cast.first, remark="甲", accepts_adjustment=True))
    result = register(cast, entry(person, cast.first, accepts_adjustment=False))
    assert counts(result) == (0, 1, 0)
    candidacy = Candidacy.objects.get()
    assert (candidacy.remark, candidacy.accepts_adjustment) == ("甲", False)


def test_a_changed_sheet_changes_choices_and_scores(cast):
    person = cast.person("张三")
    register(cast, entry(person, cast.first, scores={"written": Decimal(80)}))
    result = register(cast, entry(person, cast.second, scores={"written": Decimal(81)}))
    assert counts(result) == (0, 1, 0)
    assert choices(Candidacy.objects.get()) == [
        (1, "综合科科长", "WITHDRAWN"),
        (1, "业务科科长", "SUBMITTED"),
    ]
    assert ItemScore.objects.get().score == 81


def test_screened_choices_and_totalled_scores_are_refused_by_name_of_the_fault(cast):
    person = cast.person("张三")
    line = entry(person, cast.first, scores={"written": Decimal(80)})
    register(cast, line, batch=cast.batch)
    Application.objects.update(state="SCORED", total=80)
    result = register(cast, entry(person, cast.second, scores={"written": Decimal(90)}), batch=cast.batch)
    assert result.outcomes == ["refused"]
    assert result.reasons[person.pk] == (
        "志愿已经审查，不能再更改",
        "综合成绩已经汇总，单项成绩不能再更改",
    )
    assert register(cast, line, batch=cast.batch).unchanged == 1


def test_one_refused_line_does_not_stop_the_others(cast):
    good, bad = cast.person("张三"), cast.person("李四")
    outside = a_position(cast.first.unit, "站长", setup=cast.round.setup)
    result = register(cast, entry(good, cast.first), entry(bad, outside), batch=cast.batch)
    assert result.outcomes == ["created", "refused"]
    assert result.reasons[bad.pk] == (f"有志愿岗位不在本批次（{cast.batch}），或不接受报名",)
    assert Candidacy.objects.get().person == good


def test_a_workbook_is_the_offices(cast):
    with pytest.raises(Refused, match="“登记报名”由聘任办公室办理"):
        applications_register(round_=cast.round, entries=[], actor=cast.supervisor, on=ON)


def test_the_number_of_statements_does_not_grow_with_the_lines(cast):
    def sheet(names: str) -> list[ApplicationEntry]:
        people = [a_person(cast.zone, name) for name in names]
        return [entry(one, cast.first, scores={"written": Decimal(80)}) for one in people]

    few, many = sheet("赵钱"), sheet("孙李周吴郑王")
    register(cast, *sheet("甲"))  # the actor's permissions are read once
    with CaptureQueriesContext(connection) as before:
        register(cast, *few)
    with CaptureQueriesContext(connection) as after:
        assert register(cast, *many).created == 6
    assert len(after) == len(before)


# --- into the batches ---


def test_a_sheet_is_split_by_the_batch_of_each_post_and_keeps_the_numbers(cast):
    person = cast.person("张三")
    later = a_batch(cast.round, "2", state="PLANNED")
    third = a_position(cast.first.unit, "站长", setup=cast.round.setup)
    a_batch_post(later, third)
    line = entry(person, third, cast.first, scores={"written": Decimal(80)}, remark="甲", sort_no=3)
    register(cast, line)
    result = applications_attach_to_batches(round_=cast.round, actor=cast.office)
    assert (result.attached, result.left) == (2, [])
    sheets = {one.batch_id: one for one in Candidacy.objects.all()}
    assert choices(sheets[later.pk]) == [(1, "站长", "SUBMITTED")]
    assert choices(sheets[cast.batch.pk]) == [(2, "综合科科长", "SUBMITTED")]
    assert [(one.remark, one.sort_no) for one in sheets.values()] == [("甲", 3), ("甲", 3)]
    assert ItemScore.objects.filter(score=80).count() == 2
    assert counts(register(cast, line)) == (0, 0, 1)
    assert applications_attach_to_batches(round_=cast.round, actor=cast.office).attached == 0


def test_a_choice_without_a_batch_stays_outside_and_is_reported(cast):
    person = cast.person("张三")
    lonely = a_position(cast.first.unit, "站长", setup=cast.round.setup)
    register(cast, entry(person, cast.first, lonely))
    result = applications_attach_to_batches(round_=cast.round, actor=cast.office)
    assert result.attached == 1
    assert result.left == [f"张三：“{lonely}”还没有编入接受报名的批次"]
    outside = Candidacy.objects.get(batch=None)
    assert choices(outside) == [(2, "站长", "SUBMITTED")]


def test_who_applied_in_the_batch_already_keeps_that_form(cast):
    person = cast.person("张三")
    register(cast, entry(person, cast.first))
    submit(cast, person, cast.second)
    result = applications_attach_to_batches(round_=cast.round, actor=cast.office)
    assert result.left == [f"张三：在{cast.batch}另有报名表，“{cast.first}”请在那里登记"]


def test_attached_choices_change_only_batch_by_batch(cast):
    person = cast.person("张三")
    register(cast, entry(person, cast.first))
    applications_attach_to_batches(round_=cast.round, actor=cast.office)
    result = register(cast, entry(person, cast.second))
    assert result.reasons[person.pk] == ("报名表已编入批次，志愿不同的请按批次登记或更改",)
    assert register(cast, entry(person, cast.second), batch=cast.batch).changed == 1


# --- weights ---

SAMPLE = {"*": {"written": Decimal(35), "interview": 25, "peer_vote": 25, "results": 15}}


def test_weights_are_stored_on_the_round_once(cast):
    assert round_weights_set(round_=cast.round, weights=SAMPLE, actor=cast.office) is True
    assert cast.round.weights == {"*": {"written": 35, "interview": 25, "peer_vote": 25, "results": 15}}
    assert round_weights_set(round_=cast.round, weights=SAMPLE, actor=cast.office) is False


def test_weights_that_do_not_total_100_are_refused(cast):
    with pytest.raises(Refused, match="全部层级考评权重合计80，须为100"):
        round_weights_set(round_=cast.round, weights={"*": {"written": 80}}, actor=cast.office)


def test_after_the_approval_only_the_same_weights_may_come(cast):
    round_weights_set(round_=cast.round, weights=SAMPLE, actor=cast.office)
    cast.round.state = "RUNNING"
    assert round_weights_set(round_=cast.round, weights=SAMPLE, actor=cast.office) is False
    with pytest.raises(Refused, match="方案已经批准，考评权重不能再改"):
        round_weights_set(round_=cast.round, weights={"*": {"written": 100}}, actor=cast.office)
    cast.round.is_registered = True
    assert round_weights_set(round_=cast.round, weights={"*": {"written": 100}}, actor=cast.office)
