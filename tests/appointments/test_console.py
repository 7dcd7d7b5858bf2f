"""The page of a round: where it stands, what comes next or every reason why not, what waits for whom."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.gantt import Mark, gantt
from appointments.models import Application, Batch, Round
from appointments.rules.calendar import BatchPlan, PlannedStep
from appointments.states import BatchState
from reform.models import AuditEvent
from reform.workdays import Calendar
from tests import factories as make

from .pages_cast import Office, logged_in
from .round_cast import Drafted, set_state

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_drafted_round_lists_every_reason_why_it_cannot_be_approved():
    cast = Drafted()
    page = text_of(logged_in(cast.clerk).get(reverse("admin:round", args=[cast.round.pk])))
    for words in (
        "方案起草",
        "岗位设置为0个岗位",
        "还没有批次",
        "亲属关系表",
        "征求意见的记录",
        "T1 批准方案",
    ):
        assert words in page
    assert "本轮锁定" in page


def test_step_is_for_its_role_and_leaves_an_event():
    cast = Office()
    step = reverse("admin:round_step", args=[cast.round.pk, "terminate"])
    assert cast.client("人事").post(step, {"reason": "调整方案"}).status_code == 403
    response = cast.client("领导").post(step, {"reason": "调整方案", "document_no": "高办〔2022〕9号"})
    assert response.status_code == 302
    cast.round.refresh_from_db()
    assert cast.round.state == "TERMINATED"
    assert AuditEvent.objects.filter(action="中止", document_no="高办〔2022〕9号").exists()


def test_refused_step_tells_all_reasons_and_changes_nothing():
    cast = Drafted()
    step = reverse("admin:round_step", args=[cast.round.pk, "approve"])
    page = text_of(logged_in(cast.leader).post(step, {"document_no": ""}, follow=True))
    assert "条原因" in page
    assert "须填写方案文号" in page
    cast.round.refresh_from_db()
    assert cast.round.state == "DRAFT"


def test_unknown_step_is_not_found_and_a_wrong_one_is_told():
    cast = Office()
    client = cast.client("人事")
    assert client.post(reverse("admin:round_step", args=[cast.round.pk, "fly"])).status_code == 404
    page = text_of(client.post(reverse("admin:round_step", args=[cast.round.pk, "run"]), follow=True))
    assert "状态下不能" in page


def test_plan_is_edited_on_the_page():
    cast = Drafted()
    address = reverse("admin:round_do", args=[cast.round.pk, "plan"])
    sent = {
        "plan-name": cast.round.name,
        "plan-term_years": "3",
        "plan-kickoff_on": "2022-01-09",
        "plan-effective_on": "2022-01-23",
        "plan-consultation": "职工代表大会通过",
        "plan-kinship_complete": "on",
    }
    page = text_of(logged_in(cast.clerk).post(address, sent, follow=True))
    assert "方案已保存" in page
    cast.round.refresh_from_db()
    assert (cast.round.kickoff_on, cast.round.kinship_complete) == (date(2022, 1, 9), True)
    page = text_of(logged_in(cast.clerk).post(address, sent | {"plan-kickoff_on": "1月9日"}, follow=True))
    assert "“动员日”请写成 2022-01-09。" in page


def test_new_round_pins_the_policy_in_force():
    zone = make.a_zone()
    client = logged_in(make.a_user(zone, "人事"))
    response = client.post(reverse("admin:round_new"), {"code": "2026", "name": "2026年全员聘任"})
    made = Round.objects.get(code="2026")
    assert response["Location"] == reverse("admin:round", args=[made.pk])
    assert (made.state, made.policy.number) == ("DRAFT", 1)
    again = client.post(reverse("admin:round_new"), {"code": "2026", "name": "2026年第二次聘任"})
    assert "已有编号为“2026”的轮次，请换一个编号" in text_of(again)
    assert logged_in(make.a_user(zone, "领导")).get(reverse("admin:round_new")).status_code == 403


def test_batch_is_made_and_stepped_from_the_page():
    cast = Office()
    client = cast.client("人事")
    sent = {"batch-code": "2", "batch-name": "第二批", "batch-method": "SX"}
    client.post(reverse("admin:round_do", args=[cast.round.pk, "batch"]), sent)
    made = Batch.objects.get(code="2")
    assert (made.name, made.method, made.max_choices) == ("第二批", "SX", 3)
    move = reverse("admin:batch_step", args=[made.pk, "cancel"])
    assert client.post(move, {"reason": "不办了"}).status_code == 403
    cast.client("领导").post(move, {"reason": "不办了", "document_no": "一号"})
    made.refresh_from_db()
    assert made.state == "CANCELLED"


def test_statements_do_not_grow_with_the_applicants(django_assert_max_num_queries: Any):
    cast = Office()
    client = cast.client("人事")
    for address in (
        reverse("admin:round", args=[cast.round.pk]),
        reverse("admin:batch", args=[cast.batch.pk]) + "?tab=screening",
        reverse("admin:batch", args=[cast.batch.pk]) + "?tab=applications",
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as before:
            client.get(address)
        for number in range(15):
            make.an_application(cast.batch, make.a_person(cast.zone, f"众{number}"), cast.posts[0])
        with django_assert_max_num_queries(len(before)):
            client.get(address)
        Application.objects.filter(candidacy__person__name__startswith="众").delete()


@pytest.mark.parametrize("state", list(BatchState))
def test_statements_do_not_grow_with_the_batches(state: str):
    cast = Office(state)
    client = cast.client("人事")
    address = reverse("admin:round", args=[cast.round.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(2, 10):
        batch = make.a_batch(cast.round, str(number), state=state)
        post = make.a_position(cast.units[0], f"岗位{number}", setup=cast.round.setup)
        make.a_batch_post(batch, post)
        make.an_application(batch, make.a_person(cast.zone, f"丙{number}人"), post)
    with CaptureQueriesContext(connection) as nine:
        page = text_of(client.get(address))
    assert "9个批次" in page
    assert len(nine) == len(one)


def test_what_a_batch_may_do_next_is_fetched_with_every_reason():
    cast = Office()
    address = reverse("admin:batch_next", args=[cast.batch.pk])
    page = text_of(cast.client("人事").get(reverse("admin:round", args=[cast.round.pk])))
    assert f'data-load="{address}"' in page
    part = text_of(cast.client("人事").get(address))
    assert "<html" not in part
    assert "还差" in part
    assert "reasons" in part
    bound = text_of(cast.client("单位负责人").get(address))
    assert "还差" in bound
    assert "reasons" not in bound  # they name people of other units
    assert cast.client("系统管理员").get(address).status_code == 403
    stranger = make.a_user(make.a_zone("other", "外区"), "人事")
    assert logged_in(stranger).get(address).status_code == 404


def test_waiting_leads_to_the_tab_where_it_is_done():
    cast = Office()
    client = cast.client("人事")
    page = text_of(client.get(reverse("admin:round", args=[cast.round.pk])))
    assert "报名待资格审查" in page
    go = reverse("admin:round_go", args=[cast.round.pk]) + "?place=applications:unscreened"
    assert client.get(go)["Location"] == f"{reverse('admin:batch', args=[cast.batch.pk])}?tab=screening"
    nowhere = reverse("admin:round_go", args=[cast.round.pk]) + "?place=x"
    assert client.get(nowhere)["Location"] == reverse("admin:round", args=[cast.round.pk])


def test_registered_round_offers_no_steps():
    cast = Office()
    Round.objects.filter(pk=cast.round.pk).update(is_registered=True)
    page = text_of(cast.client("人事").get(reverse("admin:round", args=[cast.round.pk])))
    assert "登记的轮次不办理步骤" in page
    assert "修改方案" not in page


def plan(name: str, **days: tuple[int, int]) -> BatchPlan:
    steps = {
        kind: PlannedStep(date(2022, 1, first), date(2022, 1, last + 1))
        for kind, (first, last) in days.items()
    }
    return BatchPlan(name, "JP", steps)


def test_gantt_shades_days_off_outlines_the_publicity_and_marks_the_deadline():
    calendar: Calendar = {date(2022, 1, 29): True}
    svg = gantt(
        [plan("第一批", NOTICE=(10, 14), PUBLICITY=(17, 21))],
        calendar,
        on=date(2022, 1, 12),
        marks=[Mark(date(2022, 1, 9), "动员"), Mark(date(2022, 1, 23), "期限", True)],
    )
    assert "第一批 公示：2022-01-17 至 2022-01-21，5个工作日" in svg
    assert svg.count('stroke="#b4232a" stroke-width="2"') == 1
    for words in ("动员", "期限", "今天", "公告"):
        assert words in svg
    assert gantt([plan("空")], calendar, on=date(2022, 1, 12)) == ""


def test_calendar_page_rehearses_from_a_day_and_survives_a_wrong_one():
    cast = Office(state="PLANNED")
    set_state(cast.round, "APPROVED")
    client = cast.client("人事")
    address = reverse("admin:round_calendar", args=[cast.round.pk])
    page = text_of(client.get(address, {"from": "2022-01-10"}))
    assert "预演：从1月10日起" in page
    assert "<svg" in page
    assert client.get(address, {"from": "2022-13-45"}).status_code == 200
    assert client.get(address, {"from": "明天"}).status_code == 200


@pytest.mark.parametrize("role", ["人事", "领导", "监督组", "考评组", "考察组", "单位负责人"])
def test_every_link_of_the_round_opens_for_who_sees_it(role: str):
    cast = Office()
    client = logged_in(cast.user(role))
    page = client.get(reverse("admin:round", args=[cast.round.pk])).content.decode()
    main = page[page.index('<ol class="bar">') :]
    for address in set(re.findall(r'href="(/[^"#]+)"', main)):
        assert client.get(address.replace("&amp;", "&"), follow=True).status_code == 200, address
