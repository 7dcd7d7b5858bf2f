"""异议 of the rejected, in time and too late, and 破格 with its limits."""

from datetime import date

import pytest
from django.urls import reverse

from appointments.models import Application, Appointment, Objection, Waiver
from appointments.selectors.applications import application_list, qualification_table
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
)
from appointments.services.screening_appeals import (
    objection_decide_screening,
    objection_file_screening,
    waiver_approve,
    waiver_request,
    waiver_withdraw,
)
from reform.errors import Refused
from reform.models import AuditEvent
from tests.appointments.competition_cast import SCREEN_ON, Cast, a_cast
from tests.appointments.pages_cast import logged_in
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


def rejected(cast: Cast, name: str = "张三") -> Application:
    """Too old, screened, reviewed, and told on Saturday 2022-01-15."""
    cast.person(name, birth_on=date(1970, 1, 1))
    application = cast.applied(name)
    evaluate(cast)
    assert screen(cast, application) == []
    assert review(cast, application) == []
    applications_notify(applications=[application], actor=cast.office, on=SCREEN_ON)
    return application


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


def test_its_maker_takes_a_waiver_back_until_it_is_decided(cast):
    application = too_old(cast)
    waiver = request(cast, application)
    said = {"waiver": waiver, "reason": "改报同级岗位", "on": SCREEN_ON}
    for actor in (cast.leader, a_user(cast.zone, "监督组"), a_user(cast.zone, "个人")):
        with pytest.raises(Refused, match="“撤回破格”由聘任办公室办理"):
            waiver_withdraw(**said, actor=actor)
    with pytest.raises(Refused, match="只有提出的人可以撤回"):
        waiver_withdraw(**said, actor=a_user(cast.zone, "人事"))
    with pytest.raises(Refused, match="须写明理由"):
        waiver_withdraw(**said | {"reason": " "}, actor=cast.office)
    waiver_withdraw(**said, actor=cast.office)
    assert waiver.state == "WITHDRAWN"
    event = AuditEvent.objects.get(action="撤回破格")
    assert (event.reason, event.details["from"]) == ("改报同级岗位", "REQUESTED")
    with pytest.raises(Refused, match="破格已经撤回"):
        waiver_withdraw(**said, actor=cast.office)
    with pytest.raises(Refused, match="破格已经撤回"):
        waiver_approve(waiver=waiver, document_no="1号", actor=cast.leader, on=SCREEN_ON)
    # Nothing of it stands in the way of the next.
    assert request(cast, application).state == "REQUESTED"


def test_a_waiver_that_was_approved_is_not_taken_back(cast):
    waiver = request(cast, too_old(cast))
    waiver_approve(waiver=waiver, document_no="1号", actor=cast.leader, on=SCREEN_ON)
    assert Waiver.objects.get().state == "APPROVED"
    with pytest.raises(Refused, match="破格已经批准"):
        waiver_withdraw(waiver=waiver, reason="不要了", actor=cast.office, on=SCREEN_ON)


def test_waiver_is_withdrawn_on_the_page_of_the_screening(cast):
    application = too_old(cast)
    request(cast, application)
    answer = logged_in(cast.office).post(
        reverse("admin:batch_do", args=[cast.batch.pk, "withdraw_waiver"]),
        {"row": application.pk, "withdraw_waiver-reason": "改报"},
        follow=True,
    )
    assert "已撤回破格1人" in answer.content.decode()
    assert Waiver.objects.get().state == "WITHDRAWN"


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
