"""个人页面 after the 报名: results, wishes, offers, letters, corrections, appeals."""

from datetime import date

import pytest

import tests.factories as make
from appointments.models import (
    Appeal,
    Application,
    Appointment,
    Intention,
    Objection,
    Offer,
    Placement,
    RuleResult,
)
from reform.models import ChangeRequest
from tests.appointments.portal_cast import DAY, TODAY, a_login, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(person):
    return a_login(person)


@pytest.fixture
def other(zone):
    return make.a_person(zone, "王五")


# --- 资格审查 and scores ---


def rejected(person, batch, post, notified_on=TODAY):
    one = make.an_application(
        batch,
        person,
        post,
        "REJECTED",
        conclusion="REJECTED",
        conclusion_reason="年龄超过",
        notified_on=notified_on,
    )
    RuleResult.objects.create(
        application=one, rule="MAX_AGE", outcome="FAIL", required="不超过45周岁", actual="46周岁"
    )
    return one


def test_result_of_the_screening_is_shown_once_it_stands(client, person, batch, posts):
    one = make.an_application(batch, person, posts[0])
    RuleResult.objects.create(
        application=one, rule="MAX_AGE", outcome="FAIL", required="不超过45周岁", actual="46周岁"
    )
    page = f"/my/sheets/{one.candidacy_id}/"
    assert "46周岁" not in text(client.get(page))
    Application.objects.filter(pk=one.pk).update(state="QUALIFIED")
    shown = text(client.get(page))
    assert "不超过45周岁 46周岁 不符合" in shown


def test_rejected_person_objects_within_the_days(client, person, batch, posts):
    batch.state = "SCREENING"
    batch.save()
    one = rejected(person, batch, posts[0])
    assert "资格不合格，可以提出异议" in text(client.get("/my/"))
    answer = client.post(f"/my/applications/{one.pk}/object/", {"facts": "档案年龄45周岁"}, follow=True)
    assert "已提出异议" in text(answer)
    objection = Objection.objects.get()
    assert (objection.kind, objection.from_whom, objection.state) == ("SCREENING", "李娜", "OPEN")
    again = client.post(f"/my/applications/{one.pk}/object/", {"facts": "再说一次"}, follow=True)
    assert "已提出过异议" in text(again)


def test_late_objection_is_refused_with_its_dates(client, person, batch, posts):
    one = rejected(person, batch, posts[0], date(2022, 1, 10))
    assert "提出异议（到" not in text(client.get(f"/my/sheets/{one.candidacy_id}/"))
    answer = client.post(f"/my/applications/{one.pk}/object/", {"facts": "…"}, follow=True)
    assert "2022-01-10告知，2个工作日内可提出异议，已于2022-01-12截止" in text(answer)
    assert not Objection.objects.exists()


def test_scores_are_shown_when_they_are_published(client, person, batch, posts):
    one = make.an_application(batch, person, posts[0], "SCORED", total="86.50", rank=2)
    page = f"/my/sheets/{one.candidacy_id}/"
    assert "86.50" not in text(client.get(page))
    batch.scores_published_on = TODAY
    batch.save()
    assert "86.50" in text(client.get(page))


# --- 双向选择, offers, letters ---


def test_person_agrees_and_thinks_again(client, person, batch, posts):
    batch.state = "MATCHING"
    batch.save()
    one = make.an_application(batch, person, posts[0], "SHORTLISTED")
    assert "等您表态" in text(client.get("/my/"))
    answer = client.post(f"/my/choices/{one.pk}/", {"word": "agree"}, follow=True)
    assert "已登记：愿意到“招商局·一科科长”" in text(answer)
    assert Intention.objects.get().person_agrees is True
    client.post(f"/my/choices/{one.pk}/", {"word": "decline"})
    assert Intention.objects.get().person_agrees is False
    assert client.post(f"/my/choices/{one.pk}/", {"word": "both"}).status_code == 404


def test_word_goes_to_the_second_pass_once_it_has_begun(client, person, batch, posts):
    batch.state = "MATCHING"
    batch.save()
    one = make.an_application(batch, person, posts[0], "SHORTLISTED")
    Intention.objects.create(application=one, pass_no=1, person_agrees=True, unit_agrees=False)
    Intention.objects.create(application=one, pass_no=2, unit_agrees=True)
    client.post(f"/my/choices/{one.pk}/", {"word": "agree"})
    assert Intention.objects.get(pass_no=2).person_agrees is True


def test_offer_is_shown_with_its_paper(client, person, this_round, posts):
    placement = Placement.objects.create(round=this_round, person=person, state="OFFERED")
    Offer.objects.create(
        placement=placement,
        number=1,
        position=posts[3],
        way="ASSIGNED",
        offered_on=TODAY,
        document_no="调〔2022〕1号",
    )
    assert "请答复" in text(client.get("/my/"))
    shown = text(client.get("/my/offers/"))
    assert "第1次：招商局·四科科长" in shown
    assert "调〔2022〕1号" in shown


def test_letter_shows_term_to_its_inclusive_last_day(client, person, this_round, posts):
    one = make.an_appointment(
        this_round,
        person,
        posts[0],
        starts_on=date(2022, 1, 23),
        ends_before=date(2025, 1, 23),
        letter_no="聘书1号",
    )
    shown = text(client.get(f"/my/letters/{one.pk}/"))
    assert "2022-01-23 至 2025-01-22" in shown
    assert "待签订" in shown
    assert "聘书、责任书待签订" in text(client.get("/my/"))
    Appointment.objects.filter(pk=one.pk).update(letter_signed_on=TODAY, duties_signed_on=TODAY)
    assert "待签订" not in text(client.get(f"/my/letters/{one.pk}/"))


def test_present_post_and_its_term_stand_on_the_first_page(client, person, this_round, posts):
    make.an_appointment(
        this_round, person, posts[0], starts_on=TODAY - 10 * DAY, ends_before=TODAY + 1000 * DAY
    )
    shown = text(client.get("/my/"))
    assert "招商局·一科科长" in shown
    assert "科室正职" in shown


# --- corrections and appeals ---


def test_correction_is_asked_for_and_taken_back(client, person):
    sent = {"field": "native_place", "new_value": "河南鲁山", "reason": "以户口簿为准"}
    assert "已提交更正申请" in text(client.post("/my/facts/", sent, follow=True))
    asked = ChangeRequest.objects.get()
    assert (asked.person, asked.new_value, asked.state) == (person, "河南鲁山", "OPEN")
    again = client.post("/my/facts/", sent, follow=True)
    assert "已有一个待处理的更正申请" in text(again)
    assert "河南鲁山" in again.content.decode()
    client.post(f"/my/facts/{asked.pk}/withdraw/")
    asked.refresh_from_db()
    assert asked.state == "WITHDRAWN"
    person.refresh_from_db()
    assert person.native_place == ""


def test_what_only_the_archive_says_is_not_corrected_here(client):
    answer = client.post("/my/facts/", {"field": "birth_on", "new_value": "1990-01-01", "reason": "…"})
    assert "不能由本人申请更正" in text(answer)
    assert not ChangeRequest.objects.exists()


def appeal(**more):
    return {
        "kind": "RE_EXAMINATION",
        "about": "聘〔2022〕3号",
        "known_on": str(TODAY - DAY),
        "claim": "请求复核",
    } | more


def test_appeal_is_filed_in_time_and_taken_back(client, person):
    assert "已提交" in text(client.post("/my/appeals/", appeal(), follow=True))
    one = Appeal.objects.get()
    assert (one.person, one.filed_on, one.due_on) == (person, TODAY, TODAY + 30 * DAY)
    client.post(f"/my/appeals/{one.pk}/withdraw/")
    one.refresh_from_db()
    assert one.state == "WITHDRAWN"


def test_appeal_that_is_late_or_incomplete_is_refused_with_the_reason(client):
    late = client.post("/my/appeals/", appeal(known_on="2022-01-10"))
    assert "复核最迟2022-02-09提出" in text(late)
    assert "请求复核" in late.content.decode()
    assert "请求与理由" in text(client.post("/my/appeals/", appeal(claim="")))
    assert not Appeal.objects.exists()


def test_appeal_names_no_appointment_of_somebody_else(client, this_round, posts, other):
    theirs = make.an_appointment(this_round, other, posts[0])
    client.post("/my/appeals/", appeal(appointment=theirs.pk))
    assert not Appeal.objects.exists()
