"""Who may look, what an odd address meets, how many statements a page takes."""

import io
import re
from datetime import date
from urllib.parse import unquote

import pytest
from django.test import Client
from openpyxl import load_workbook

from reform.models import AuditEvent
from reports.selectors import people
from tests import factories as make

PAGES = ("", "units/", "people/", "people/?change=PROMOTION", "checks/I1/")
WORKBOOKS = ("overview.xlsx", "units.xlsx", "people.xlsx?change=PROMOTION")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def book_of(response):
    return load_workbook(io.BytesIO(response.content))


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("page", [*PAGES, *WORKBOOKS])
def test_pages_are_for_those_who_may_see_reports(cast, page):
    address = f"/reports/2022/{page}"
    anonymous = Client().get(address)
    assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (302, "/login/")
    other = Client()
    other.force_login(make.a_user(cast.zone, "系统管理员"))
    refused = other.get(address)
    assert refused.status_code == 403
    assert "您的账号没有查看领导报表的权限" in refused.content.decode()


@pytest.mark.parametrize("page", [*PAGES, *WORKBOOKS])
def test_pages_answer_and_only_to_reading(leader, page):
    assert leader.get(f"/reports/2022/{page}").status_code == 200
    assert leader.post(f"/reports/2022/{page}").status_code == 405


def test_another_zones_round_is_unknown(cast, client):
    client.force_login(make.a_user(make.a_zone("other", "别的区"), "领导"))
    for page in (*PAGES, *WORKBOOKS):
        assert client.get(f"/reports/2022/{page}").status_code == 404
    assert "别的区还没有聘任轮次" in client.get("/reports/").content.decode()


def test_user_without_a_zone_is_told_so(cast, client):
    client.force_login(make.a_user(None, "领导"))
    answer = client.get("/reports/")
    assert answer.status_code == 403
    assert "您的账号还没有分配开发区，请联系系统管理员。" in answer.content.decode()


def test_unknown_round_and_check_have_a_chinese_page(leader):
    answer = leader.get("/reports/1999/")
    assert answer.status_code == 404
    assert "没有轮次“1999”。" in answer.content.decode()
    assert leader.get("/reports/2022/checks/I9/").status_code == 404


@pytest.mark.parametrize("page", [*PAGES, *WORKBOOKS])
@pytest.mark.parametrize("day", ["昨天", "2022-02-30", "2022-13-01"])
def test_bad_day_is_told_not_an_error(leader, page, day):
    answer = leader.get(f"/reports/2022/{page}{'&' if '?' in page else '?'}as_of={day}")
    assert answer.status_code == 400
    assert f"截至日期“{day}”不是一个日期。" in answer.content.decode()


@pytest.mark.parametrize("query", ["change=UP", "level=L99", "unit=x", "unit=0", "position=99999", "page=-1"])
def test_unknown_condition_is_told_not_an_error(leader, query):
    answer = leader.get(f"/reports/2022/people/?{query}")
    assert answer.status_code == 400
    assert "地址里的条件不对" in answer.content.decode()


def test_first_page_leads_to_the_latest_round(cast, leader):
    assert leader.get("/reports/")["Location"] == "/reports/2022/"
    assert leader.get("/reports/?as_of=2022-01-25")["Location"] == "/reports/2022/?as_of=2022-01-25"
    make.a_round(cast.zone, "2025", None)
    assert leader.get("/reports/")["Location"] == "/reports/2025/"
    page = leader.get("/reports/2025/").content.decode()
    assert "2025年全员聘任还没有岗位设置" in page
    assert "上传工作簿" not in page


@pytest.mark.parametrize("page", [*PAGES, *WORKBOOKS])
def test_round_without_anything_has_its_pages(cast, leader, page):
    make.a_round(cast.zone, "2025", None)
    assert leader.get(f"/reports/2025/{page}").status_code == 200


def test_day_is_carried_along(leader):
    page = leader.get("/reports/2022/?as_of=2022-01-25").content.decode()
    own = [link for link in re.findall(r'href="(/reports/2022/[^"]*)"', page) if "as_of" not in link]
    assert own == ["/reports/2022/"]  # back to the effective date


@pytest.mark.parametrize("page", ["", "units/", "people/", "people/?change=EXIT", "checks/I1/"])
def test_statements_do_not_grow_with_the_people(
    cast, leader, django_assert_num_queries, django_assert_max_num_queries, page, request
):
    address = f"/reports/2022/{page}"
    leader.get(address)
    with django_assert_max_num_queries(20) as before:
        leader.get(address)
    request.getfixturevalue("crowd")
    with django_assert_num_queries(len(before)):
        leader.get(address)


def test_id_numbers_are_masked_for_those_who_may_not_see_them(cast, leader, clerk):
    number = cast.people["乙"].id_number
    masked = f"{number[:6]}********{number[-4:]}"
    for page in ("people/?change=PROMOTION", "people/"):
        hidden = leader.get(f"/reports/2022/{page}").content.decode()
        assert number not in hidden
        assert masked in hidden
        assert number in clerk.get(f"/reports/2022/{page}").content.decode()
    cells = rows_of(book_of(leader.get("/reports/2022/people.xlsx?change=PROMOTION")).active)
    assert any(masked in row for row in cells)
    unplaced = cast.people["庚"].id_number
    assert unplaced not in leader.get("/reports/2022/checks/I1/").content.decode()
    assert unplaced in clerk.get("/reports/2022/checks/I1/").content.decode()


def test_long_lists_come_in_pages_and_whole_in_the_workbook(crowd, leader, monkeypatch):
    monkeypatch.setattr(people, "PAGE_SIZE", 20)
    report = leader.get("/reports/2022/people/?page=2").context["report"]
    assert (len(report.lines), report.total, report.pages, report.first) == (20, 48, 3, 21)
    assert len(leader.get("/reports/2022/people/?page=9").context["report"].lines) == 8
    sheet = book_of(leader.get("/reports/2022/people.xlsx")).active
    assert sum(1 for row in rows_of(sheet) if isinstance(row[0], int)) == 48


def test_overview_workbook_has_the_figures_of_the_page(cast, leader):
    report = leader.get("/reports/2022/").context["report"]
    book = book_of(leader.get("/reports/2022/overview.xlsx"))
    assert book.sheetnames == ["总览", "层级与变动", "层级去向", "提拔降职", "检查"]
    named = {row[1] for row in book["提拔降职"].iter_rows(values_only=True) if row[0] in ("提拔", "降职")}
    assert named == {one.name for movers in report.movers for one in movers.people}
    summary = {row[0]: row[1] for row in rows_of(book["总览"])}
    assert book["总览"]["A1"].value == report.title
    assert summary["已聘任"] == report.appointed.value
    assert summary["提拔"] == report.promoted.value
    assert summary["空缺"] == report.vacant
    levels = rows_of(book["层级与变动"])
    for line in report.final.rows:
        expected = [line.name, *(one.value for one in line.figures), line.total.value]
        assert expected in [row[: len(expected)] for row in levels]
    matrix = rows_of(book["层级去向"])
    for line in report.matrix.rows:
        assert [line.name, *(one.value for one in line.figures), line.total.value] in matrix


def test_units_workbook_has_the_figures_of_the_page(cast, leader):
    report = leader.get("/reports/2022/units/").context["report"]
    book = book_of(leader.get("/reports/2022/units.xlsx"))
    table = {row[0]: row for row in rows_of(book["配备情况"])}
    for line in report.lines:
        assert table[line.name][1:5] == [
            "未核定" if line.quota is None else line.quota, line.seats, line.held.value, line.vacant
        ]  # fmt: skip
    posts = rows_of(book["岗位与人员"])
    deputy = next(row for row in posts if row[1] == "副部长")
    assert deputy[3:6] == [2, 1, 1]
    assert deputy[7] == "乙"
    assert deputy[8].date() == date(2022, 1, 23)


@pytest.mark.parametrize("query", ["", "?change=PROMOTION", "?change=EXIT", "?q=甲", "?q=无此人"])
def test_list_workbook_has_the_lines_of_the_page(cast, leader, query):
    report = leader.get(f"/reports/2022/people/{query}").context["report"]
    cells = rows_of(book_of(leader.get(f"/reports/2022/people.xlsx{query}")).active)
    assert cells[0][0] == report.title
    listed = [row for row in cells if isinstance(row[0], int)]
    assert [row[1] for row in listed] == [line.name for line in report.lines]
    assert ["序号", *(column.header for column in report.columns)] in cells


def test_text_that_looks_like_a_formula_stays_text(cast, leader):
    for name in ("=1+1", "+1", "-1", "@SUM(A1)"):
        cast.place(name, None, None)
        make.a_baseline(cast.round, cast.people[name], cast.posts["主办"])
    sheet = book_of(leader.get("/reports/2022/people.xlsx?change=UNPLACED")).active
    found = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert [found[name] for name in ("=1+1", "+1", "-1", "@SUM(A1)")] == ["s"] * 4


def test_workbook_has_a_chinese_name_is_ready_to_print_and_leaves_an_event(cast, leader):
    answer = leader.get("/reports/2022/people.xlsx?change=PROMOTION")
    assert answer["Content-Type"] == XLSX
    assert unquote(answer["Content-Disposition"]).endswith("试点区2022年全员聘任-提拔名单.xlsx")
    sheet = book_of(answer).active
    assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "C4",
        "landscape",
        9,
    )
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject, event.zone) == ("导出", "试点区2022年全员聘任-提拔名单", cast.zone)
    assert event.actor.username == "lingdao"


def test_header_names_the_user_and_leads_out(leader, clerk):
    page = leader.get("/reports/2022/").content.decode()
    assert 'action="/logout/"' in page
    assert "/admin/" not in page
    assert 'href="/admin/"' in clerk.get("/reports/2022/").content.decode()
    assert leader.post("/logout/")["Location"] == "/login/"


def test_login_page_is_ours_and_speaks_plainly(cast, client):
    make.a_user(cast.zone, "领导", "zhang", is_staff=False)
    page = client.get("/login/").content.decode()
    assert "请用本人的账号登录" in page
    wrong = client.post("/login/", {"username": "zhang", "password": "x"})
    assert "用户名或密码不对。" in wrong.content.decode()
    right = client.post("/login/?next=/reports/2022/", {"username": "zhang", "password": "test-Only-7731"})
    assert right["Location"] == "/reports/2022/"


def test_too_many_wrong_passwords_lock_and_say_for_how_long(cast, client):
    for _ in range(8):
        answer = client.post("/login/", {"username": "zhang", "password": "x"})
    assert "账号“zhang”连续输错8次密码。" in answer.content.decode()
    assert "请15分钟后再试" in answer.content.decode()
