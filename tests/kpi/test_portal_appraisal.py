"""本人的考核页面: tasks, the rating sheet, results, notices, appeals; each sees only their own."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpi.models import Cycle, Notice, PersonResult, RatingBallot, RatingTask, ResultAppeal
from kpi.services.appeals import result_appeal_decide
from reform.models import Membership
from tests import factories as make
from tests.appointments.portal_cast import a_login, text
from tests.kpi import casts
from tests.kpi.rating_cast import FACTORS, a_quarter, asked, submit
from tests.kpi.test_papers import a_final_year

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


# --- rating


@pytest.fixture
def quarter() -> casts.Cast:
    cast = a_quarter()
    asked(cast)
    return cast


def filled(rater, score="85", **more):
    tasks = RatingTask.objects.filter(rater=rater, done=False).select_related("ratee")
    return {
        f"{factor}_{one.ratee_id}": more.get(one.ratee.name, score) for one in tasks for factor in FACTORS
    }


def test_sheet_is_a_task_of_the_first_page_and_is_handed_in_at_once(quarter):
    rater = quarter.people["经乙"]
    visitor = a_login(rater)
    assert "2022年第1季度考核民主测评：7人等您评议" in text(visitor.get("/my/"))
    page = text(visitor.get("/my/appraisal/2022Q1/rating/"))
    assert "测评匿名" in page
    assert "优秀票最多1张" in page
    answer = visitor.post("/my/appraisal/2022Q1/rating/", filled(rater), follow=True)
    assert "已提交" in text(answer)
    assert RatingBallot.objects.count() == 7
    assert "等您评议" not in text(visitor.get("/my/"))
    assert "您已提交，评议了7人" in text(visitor.get("/my/appraisal/2022Q1/rating/"))


def test_what_was_typed_stays_where_a_sheet_is_refused(quarter):
    rater = quarter.people["经乙"]
    data = filled(rater, 经丙="95", 招乙="94")
    visitor = a_login(rater)
    answer = visitor.post("/my/appraisal/2022Q1/rating/", data)
    assert "优秀票2张" in text(answer)
    assert 'value="95"' in answer.content.decode()
    for typed in ("很好", "NaN", "1e999999999"):
        data[f"virtue_{quarter.people['经丙'].pk}"] = typed
        answer = text(visitor.post("/my/appraisal/2022Q1/rating/", data))
        assert f"经丙：德须为数字，现为“{typed}”" in answer
    assert not RatingBallot.objects.exists()


def test_who_is_not_asked_finds_nobody_on_the_sheet(quarter):
    stranger = make.a_person(quarter.zone, "外人")
    assert "没有要您评议的人" in text(a_login(stranger).get("/my/appraisal/2022Q1/rating/"))


def test_sheet_takes_as_many_statements_for_many_as_for_few(quarter):
    few, many = quarter.people["副主任"], quarter.people["经乙"]
    counts = []
    for person in (few, many):
        visitor = a_login(person)
        visitor.get("/my/appraisal/")
        with CaptureQueriesContext(connection) as queries:
            visitor.get("/my/appraisal/2022Q1/rating/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_office_asks_on_its_page_and_sees_counts_only(quarter):
    RatingTask.objects.all().delete()
    visitor = Client()
    visitor.force_login(quarter.office)
    answer = visitor.post("/admin/kpi/cycles/2022Q1/ratings/make/", follow=True)
    assert "测评表已发放" in text(answer)
    submit(quarter.cycle, quarter.people["经乙"])
    page = text(visitor.get("/admin/kpi/cycles/2022Q1/ratings/"))
    assert "已交7票" in page
    assert "经乙" not in page


# --- results


@pytest.fixture
def cast() -> casts.Cast:
    made = casts.a_cast(staff=2)
    made.cycle = a_final_year(made)
    return made


def published(cast, on):
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="APPEALING", published_on=on)


def test_own_result_with_its_steps_and_nobody_elses(cast):
    visitor = a_login(cast.people["经乙"])
    page = text(visitor.get("/my/appraisal/"))
    result = PersonResult.objects.get(person=cast.people["经乙"], current=True)
    assert f"综合得分{result.combined}" in page
    page = text(visitor.get("/my/appraisal/2022/"))
    for step in result.steps:
        assert step in page
    assert "经丙" not in page


def test_result_is_shown_only_once_it_is_published(cast):
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="CALIBRATING")
    visitor = a_login(cast.people["经乙"])
    assert "还没有公布的考核结果" in text(visitor.get("/my/appraisal/"))
    assert visitor.get("/my/appraisal/2022/").status_code == 404


def test_older_version_stays_with_the_cause_of_the_new_one(cast):
    old = PersonResult.objects.get(person=cast.people["经乙"], current=True)
    PersonResult.objects.filter(pk=old.pk).update(current=False)
    fields = {one.attname: getattr(old, one.attname) for one in PersonResult._meta.concrete_fields}
    changed = {"id": None, "version": 2, "current": True, "combined": Decimal("96.00"), "cause": "申诉成立"}
    PersonResult.objects.create(**fields | changed)
    page = text(a_login(cast.people["经乙"]).get("/my/appraisal/2022/"))
    assert "96.00" in page
    assert "第1版：" in page
    assert "现行的是第2版：申诉成立" in page
    assert f"综合得分{old.combined}" in page


def test_notice_waits_is_downloaded_and_signed_by_the_person_only(cast):
    person = cast.people["经乙"]
    notice = Notice.objects.get(result__person=person)
    Notice.objects.all().update(issued_on=TODAY - timedelta(days=1))
    visitor = a_login(person)
    assert "2022年度考核结果通知书待签收" in text(visitor.get("/my/"))
    assert visitor.get("/my/appraisal/2022/paper/")["Content-Type"].endswith("wordprocessingml.document")
    other = a_login(cast.people["经丙"])
    assert other.post(f"/my/appraisal/notices/{notice.pk}/receive/").status_code == 404
    visitor.post(f"/my/appraisal/notices/{notice.pk}/receive/")
    notice.refresh_from_db()
    assert notice.received_on == TODAY
    assert "待签收" not in text(visitor.get("/my/"))


def test_appeal_within_the_days_is_withdrawn_and_submitted_again(cast):
    published(cast, TODAY)
    person = cast.people["经乙"]
    visitor = a_login(person)
    assert "（含当日）截止" in text(visitor.get("/my/appraisal/2022/"))
    visitor.post("/my/appraisal/2022/appeal/", {"claim": "得分有误"})
    appeal = ResultAppeal.objects.get()
    assert (appeal.person, appeal.state) == (person, "OPEN")
    page = text(visitor.get("/my/appraisal/2022/"))
    assert "得分有误" in page
    assert "待答复" in page
    other = a_login(cast.people["经丙"])
    assert other.post(f"/my/appraisal/appeals/{appeal.pk}/withdraw/").status_code == 404
    visitor.post(f"/my/appraisal/appeals/{appeal.pk}/withdraw/")
    appeal.refresh_from_db()
    assert appeal.state == "WITHDRAWN"
    visitor.post("/my/appraisal/2022/appeal/", {"claim": "再次申诉"})
    second = ResultAppeal.objects.get(state="OPEN")
    result_appeal_decide(appeal=second, uphold=False, answer="得分无误", actor=cast.checker, on=TODAY)
    page = text(visitor.get("/my/appraisal/2022/"))
    assert "维持原结果" in page
    assert "得分无误" in page
    assert "提交申诉" not in page


def test_appeal_after_the_days_is_refused(cast):
    published(cast, date(2023, 1, 18))
    visitor = a_login(cast.people["经乙"])
    assert "申诉已于" in text(visitor.get("/my/appraisal/2022/"))
    answer = visitor.post("/my/appraisal/2022/appeal/", {"claim": "得分有误"}, follow=True)
    assert "截止" in text(answer)
    assert not ResultAppeal.objects.exists()


def test_steps_hide_groups_with_too_few_ballots(cast):
    person = cast.people["经乙"]
    steps = ["个人：领导评价1人，平均88.00", "综合：91.20×30%+81.00×70%"]
    PersonResult.objects.filter(person=person).update(steps=steps)
    visitor = a_login(person)
    assert "平均88.00" in text(visitor.get("/my/appraisal/2022/"))
    RatingBallot.objects.create(cycle=cast.cycle, ratee=person, group="LEADER", factors={})
    page = text(visitor.get("/my/appraisal/2022/"))
    assert "平均88.00" not in page
    assert "不分组列出" in page
    assert "综合：91.20×30%+81.00×70%" in page


def test_head_of_a_unit_uses_the_same_pages_with_the_work_account(cast):
    head = cast.head(cast.units[0])
    visitor = Client()
    visitor.force_login(head)
    assert Membership.objects.get(user=head).person == cast.people["经甲"]
    assert "2022年度考核" in text(visitor.get("/my/appraisal/"))
