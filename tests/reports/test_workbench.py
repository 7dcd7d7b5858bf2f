"""The admin's first page: where the round stands and what to do next."""

import pytest
from django.test import Client

from appointments.models import Appointment, Baseline, Exit, Round
from reports import selectors
from tests import factories as make


def step(zone):
    return selectors.workbench(zone, uploads=True).step


def test_next_step_follows_what_is_missing(cast):
    empty = make.a_zone("empty", "空区")
    assert step(empty).title == "上传岗位设置一览表"
    round_ = make.a_round(empty, effective_on=None)
    assert step(empty).title == "上传岗位设置一览表"
    post = make.a_position(make.a_unit(empty), setup=round_.setup)
    assert step(empty).title == "上传人员花名册"
    make.a_baseline(round_, make.a_person(empty), post)
    assert step(empty).title == "上传聘任结果汇总表"
    assert (step(cast.zone).title, step(cast.zone).code) == ("处理“人人有岗”：1人不符", "I1")
    Exit.objects.create(round=cast.round, person=cast.people["庚"], left_on="2022-01-20", cause="T04")
    assert step(cast.zone).title == "查看领导报表"


def test_round_under_way_leads_to_its_progress(cast, clerk):
    other = make.a_round(cast.zone, "2025", None)
    Round.objects.filter(pk=other.pk).update(state="RUNNING")
    assert (step(cast.zone).place, step(cast.zone).why) == ("progress", "2025年全员聘任正在进行。")
    assert 'href="/reports/2025/progress/"' in clerk.get("/admin/").content.decode()


def test_clerk_sees_the_round_the_checks_and_one_main_action(cast, clerk):
    page = clerk.get("/admin/").content.decode()
    for words in (
        "2022年全员聘任",
        "落聘安置",
        "处理“人人有岗”：1人不符",
        "八项检查，一项不通过",
        "上传工作簿",
    ):
        assert words in page
    for link in ("people/?scope=1", "people/?appointed=1", "people/?change=PROMOTION", "checks/I1/"):
        assert f"/reports/2022/{link}" in page
    assert page.count("button primary") == 1


def test_user_without_a_zone_learns_what_to_do(cast):
    client = Client()
    client.force_login(make.a_user(None, "人事"))
    page = client.get("/admin/").content.decode()
    assert "您的账号还没有分配开发区" in page
    assert "请联系系统管理员" in page


def test_system_administrator_sees_no_figures(cast):
    client = Client()
    client.force_login(make.a_user(cast.zone, "系统管理员"))
    page = client.get("/admin/").content.decode()
    assert "八项检查" not in page
    assert "/reports/2022/" not in page


def test_statements_do_not_grow_with_the_people(cast, clerk, django_assert_num_queries, request):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clerk.get("/admin/")
    with CaptureQueriesContext(connection) as before:
        clerk.get("/admin/")
    request.getfixturevalue("crowd")
    with django_assert_num_queries(len(before)):
        clerk.get("/admin/")


@pytest.mark.parametrize("model", [Appointment, Baseline])
def test_looking_changes_nothing(cast, leader, model):
    before = list(model.objects.values())
    for page in ("", "units/", "people/", "overview.xlsx"):
        leader.get(f"/reports/2022/{page}")
    assert list(model.objects.values()) == before
