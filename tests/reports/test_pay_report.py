"""Report 10: figures counted by hand, the same on page and workbook; small cells and names only for who sees
all pay."""

import io
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from compensation.selectors import run_by_code
from compensation.services import FormerPayEntry, former_pays_register
from reform.models import AuditEvent
from reports.selectors.pay_gap import HIDDEN, pay_gap_report
from reports.selectors.pay_people import pay_people_report
from tests import factories as make
from tests.compensation.casts import Cast, a_cast

pytestmark = pytest.mark.django_db
BEFORE = date(2021, 12, 31)
PAGES = ("gap/", "gap.xlsx", "people/", "people.xlsx")


@pytest.fixture
def cast() -> Cast:
    """甲 乙 丙 of one level with equal former pay and different grades; 丁 alone rose from L40 to L50 in the
    round of 2022, 戊 fell from L40 to L30."""
    made = a_cast()
    for name in ("甲", "乙", "丙"):
        made.join(name, "L30")
    round_ = make.a_round(made.zone)
    for name, level in (("丁", "L50"), ("戊", "L30")):
        person = made.join(name, "L40")
        make.a_baseline(round_, person, made.posts[name])
        person.tenures.update(ends_before=date(2022, 1, 23))
        post = make.a_position(made.unit("甲局"), f"{name}岗", level, round_.setup)
        make.an_appointment(round_, person, post)
    for name in ("甲", "乙", "丙"):
        post = made.posts[name]
        make.a_baseline(round_, made.people[name], post)
    former_pays_register(
        zone=made.zone,
        entries=[
            FormerPayEntry(one, D("4000.00") if name in "甲乙丙" else D("5000.00"), BEFORE)
            for name, one in made.people.items()
        ],
        actor=made.office,
    )
    grades = {"甲": "A", "乙": "B", "丙": "C", "丁": "B", "戊": "B"}
    made.results(units={"甲局": "90.00"}, grades=grades)
    made.pool("1000000.00")
    made.run("2022-12")
    return made


def report(cast: Cast, *, sees_all: bool = True) -> Any:
    return pay_gap_report(run_by_code(cast.zone, "2022-12"), sees_all=sees_all)


def values(table: Any) -> list[list[Any]]:
    return [[one.value for one in row] for row in table.rows]


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_level_stands_with_its_spread_before_and_now(cast: Cast):
    found = report(cast)
    rows = {(row[0], row[1]): row[2:] for row in values(found.levels)}
    # 甲 4,320, 乙 and 戊 4,000, 丙 3,360
    now = rows["一般主办", "现在"]
    assert now[:7] == [4, D("3360.00"), D("3840.00"), D("4000.00"), D("4080.00"), D("4320.00"), D("1.2857")]
    before = rows["一般主办", "改革前"]
    assert before[:7] == [3, *[D("4000.00")] * 5, D("1.0000")]
    assert (before[7], now[9]) == (D("0.0000"), f"+{now[7]:.4f}")
    assert rows["科室正职", "改革前"][0] == 0
    assert rows["全区", "现在"][0] == 5
    assert found.title == "1个层级的同级差距都拉开了"
    assert "绩效按2022年度考核结果" in found.words


def test_pool_and_the_cost_of_those_who_rose_and_fell(cast: Cast):
    found = report(cast)
    run = run_by_code(cast.zone, "2022-12")
    assert values(found.pool) == [["2022年12月工资", run.gross, run.gross, f"{run.gross / 1000000:.2%}"]]
    # L40 1.40 → L50 1.60: 800 a month; → L30 1.00: −1,600; both from 1 February
    assert values(found.moves) == [
        ["提拔", 1, "+800.00", "+8,800.00"],
        ["降职", 1, "−1,600.00", "−17,600.00"],
    ]
    assert [one.value for one in found.moves.total] == ["相抵", 2, "−800.00", "−8,800.00"]
    assert found.figures[-1][0].value == "−0.88"


def test_small_cells_are_hidden_from_who_does_not_see_all_pay(cast: Cast):
    found = report(cast, sees_all=False)
    rows = {(row[0], row[1]): row[2:] for row in values(found.levels)}
    assert found.hidden
    assert rows["科室正职", "现在"] == [1, *[HIDDEN] * 9]
    assert rows["科室副职", "改革前"] == [2, *[HIDDEN] * 9]
    assert rows["一般主办", "现在"][1] == D("3360.00")
    whole = rows["全区", "现在"]
    assert (whole[1], whole[5], whole[6]) == (HIDDEN, HIDDEN, HIDDEN)
    assert [row[2:] for row in values(found.moves)] == [[HIDDEN, HIDDEN]] * 2
    assert [one.value for one in found.moves.total][2:] == [HIDDEN, HIDDEN]
    assert not any(one.link for table in found.lists for row in table.rows for one in row)
    assert not any("科室正职" in box.words for row in found.chart for box in row.boxes)
    assert not report(cast).hidden


def test_figures_lead_to_the_people_that_they_count(cast: Cast):
    run = run_by_code(cast.zone, "2022-12")
    found = report(cast)
    for row in found.levels.rows:
        cell = row[2]
        if cell.value:
            name, _, value = cell.link.query.partition("=")
            assert len(pay_people_report(run, {name: value}).table.rows) == cell.value
    risen = pay_people_report(run, {"change": "PROMOTION"})
    assert risen.title == "提拔：1人"
    assert values(risen.table) == [
        ["丁", "甲局", "丁岗", "科室副职", D("5000.00"), "科室正职", D("6400.00"), "+1,400.00", "+800.00"]
    ]


def test_workbook_shows_what_the_page_shows(cast: Cast):
    client = client_of(cast.leader)
    book = load_workbook(io.BytesIO(client.get("/reports/pay/2022-12/gap.xlsx").content))
    assert book.sheetnames == ["同级差距", "总额使用", "提拔和降职的成本"]
    cells = [cell for row in book["同级差距"].iter_rows(values_only=True) for cell in row]
    assert 4320 in cells
    page = client.get("/reports/pay/2022-12/gap/").content.decode()
    assert "4,320.00" in page
    assert 'href="/reports/pay/2022-12/people/?now=L30"' in page


@pytest.mark.parametrize("role", ["人事", "考核办"])
def test_who_sees_reports_and_no_pay_sees_no_names(cast: Cast, role: str):
    client = client_of(make.a_user(cast.zone, role))
    assert [client.get(f"/reports/pay/2022-12/{one}").status_code for one in PAGES] == [200, 200, 403, 403]
    page = client.get("/reports/pay/2022-12/gap/").content.decode()
    assert "不足3人的不显示" in page
    assert "6,400.00" not in page


@pytest.mark.parametrize("role", ["领导", "监督组", "薪酬专员"])
def test_who_sees_pay_opens_every_page(cast: Cast, role: str):
    client = client_of(make.a_user(cast.zone, role))
    assert [client.get(f"/reports/pay/2022-12/{one}").status_code for one in PAGES] == [200] * 4


@pytest.mark.parametrize("role", ["单位负责人", "财务", "个人", "系统管理员"])
def test_others_see_no_report(cast: Cast, role: str):
    client = client_of(make.a_user(cast.zone, role))
    assert {client.get(f"/reports/pay/2022-12/{one}").status_code for one in PAGES} == {403}


def test_looking_at_the_list_and_taking_it_out_leave_events(cast: Cast):
    client = client_of(cast.leader)
    client.get("/reports/pay/2022-12/people/?now=L30")
    client.get("/reports/pay/2022-12/people.xlsx?now=L30")
    found = AuditEvent.objects.filter(actor=cast.leader, action__in=("查看工资", "导出工资")).order_by("id")
    assert [(one.action, one.details["people"]) for one in found] == [("查看工资", 4), ("导出工资", 4)]
    assert "薪酬差距：现在一般主办" in found[0].subject


def test_small_cells_leave_an_event_where_they_are_shown(cast: Cast):
    for user in (cast.leader, make.a_user(cast.zone, "人事")):
        for address in ("gap/", "gap.xlsx"):
            assert client_of(user).get(f"/reports/pay/2022-12/{address}").status_code == 200
    found = AuditEvent.objects.filter(action__in=("查看工资", "导出工资")).order_by("id")
    assert [(one.action, one.actor) for one in found] == [
        ("查看工资", cast.leader),
        ("导出工资", cast.leader),
    ]


def test_first_page_is_the_latest_month_and_says_where_there_is_none(cast: Cast):
    client = client_of(cast.leader)
    assert client.get("/reports/pay/").headers["Location"] == "/reports/pay/2022-12/gap/"
    assert client.get("/reports/pay/2022-11/gap/").status_code == 404
    assert client.get("/reports/pay/2022-12/people/?now=L99").status_code == 400
    assert "/reports/pay/" in client.get("/reports/2022/").content.decode()
    elsewhere = make.a_zone(code="other", name="他区")
    empty = client_of(make.a_user(elsewhere, "领导")).get("/reports/pay/")
    assert "还没有计算过的工资" in empty.content.decode()


def test_it_takes_as_many_statements_for_more_people(cast: Cast):
    def statements() -> int:
        run = run_by_code(cast.zone, "2022-12")
        with CaptureQueriesContext(connection) as found:
            pay_gap_report(run, sees_all=True)
            pay_people_report(run, {})
        return len(found)

    few = statements()
    for number in range(12):
        cast.join(f"众{number}", "L40")
    cast.run("2023-01")
    assert statements() == few
