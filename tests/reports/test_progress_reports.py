"""Reports 6, 12 and 13: how a round runs, what stands against it, who waits and who contests."""

import io
from datetime import date

import pytest
from django.test import Client
from openpyxl import load_workbook

from appointments.models import Round
from reform.models import AuditEvent, PolicyVersion
from reports import selectors
from tests import factories as make
from tests.reports.process_cast import Running, a_running_round, add_ledger, day

PAGES = ("progress/", "applicants/", "constraints/", "ledger/", "due/")
WORKBOOKS = ("progress.xlsx", "applicants.xlsx", "constraints.xlsx", "ledger.xlsx", "due.xlsx")


@pytest.fixture
def running(db: None) -> Running:
    return a_running_round()


@pytest.fixture
def watcher(running: Running) -> Client:
    client = Client()
    client.force_login(make.a_user(running.zone, "领导", "lingdao", is_staff=False))
    return client


def report_on(running, number):
    return selectors.progress_report(running.round, day(number), None)


def rows(table):
    return [[one.value for one in row] for row in table.rows]


def test_batches_stand_where_they_are_against_the_plan(running):
    report = report_on(running, 19)
    first, second, third = report.batches
    marks = {step.label: step.mark for step in first.steps}
    assert marks["报名"] == marks["研究决定"] == "done"
    assert (marks["公示"], marks["聘任"]) == ("now", "none")
    assert {step.label: step.mark for step in second.steps}["双向选择"] == "late"
    assert {step.label: step.mark for step in third.steps}["报名"] == "now"
    assert {step.label: step.mark for step in third.steps}["资格审查"] == "planned"
    assert (first.posts, first.seats, first.persons) == (2, 3, 3)
    assert [step.span for step in first.steps if step.label == "公示"] == ["01-17—01-21"]


def test_title_says_where_the_batches_are_and_what_is_wrong(running):
    assert report_on(running, 19).title == (
        "三个批次，一个在报名、一个在双向选择、一个在公示；逾期2步，异议1件没有办结"
    )


def test_overdue_steps_are_those_whose_last_day_is_over(running):
    assert rows(report_on(running, 14).overdue) == []
    assert [row[:2] + row[4:5] for row in rows(report_on(running, 15).overdue)] == [["第二批", "双向选择", 1]]
    assert [row[1] for row in rows(report_on(running, 19).overdue)] == ["双向选择", "研究决定"]
    late = [row for row in rows(report_on(running, 22).overdue) if row[0] == "第一批"]
    assert [row[1] for row in late] == ["公示"]


def test_publicity_counts_the_working_days_left_with_today(running):
    assert rows(report_on(running, 19).publicity)[0][2:] == [2, day(17), day(21), 3]
    assert rows(report_on(running, 16).publicity) == []
    assert rows(report_on(running, 22).publicity)[0][5] == "已期满，待办结"


def test_objections_are_open_until_they_are_closed(running):
    assert [row[0] for row in rows(report_on(running, 19).objections)] == ["甲"]
    assert [row[0] for row in rows(report_on(running, 14).objections)] == ["己"]
    assert rows(report_on(running, 17).objections) == []


def test_applications_by_batch_and_state_add_up_and_lead_to_their_lists(running):
    table = report_on(running, 19).applications
    headers = [column.header for column in table.columns]
    assert headers == ["批次", "报名表", "已报名", "资格不合格", "入围", "拟聘", "异议核查", "志愿合计"]
    assert rows(table) == [
        ["第一批", 3, 0, 1, 0, 1, 1, 3],
        ["第二批", 1, 0, 0, 1, 0, 0, 1],
        ["第三批", 2, 2, 0, 0, 0, 0, 2],
    ]
    assert [one.value for one in table.total] == ["合计", 6, 2, 1, 1, 1, 1, 6]
    for row in (*table.rows, table.total):
        for one in row[2:]:
            query = dict(part.split("=") for part in one.link.query.split("&") if part)
            assert selectors.applicants_report(running.round, query, None).total == one.value


def test_every_figure_of_the_page_opens_its_list(running, watcher):
    page = watcher.get("/reports/2022/progress/?as_of=2022-01-19").content.decode()
    for link in ("#overdue", "#objections", "#publicity"):
        assert f'href="{link}"' in page
    assert "/reports/2022/applicants/?batch=1&amp;state=REJECTED&amp;as_of=2022-01-19" in page
    listed = watcher.get("/reports/2022/applicants/?batch=1&state=REJECTED").content.decode()
    assert "年龄51岁，不超过50岁" in listed
    assert "第一批，资格不合格：1份报名表，1个志愿" in listed


def test_people_in_publicity_are_those_of_the_list_and_not_only_the_proposed(running, watcher):
    ((_, _, people, *_),) = report_on(running, 19).publicity.rows
    assert (people.value, people.link.query) == (2, "batch=1&list=1")
    report = watcher.get(f"/reports/2022/applicants/?{people.link.query}").context["report"]
    assert (report.title, report.query) == (
        "第一批，第1份拟聘名单：2份报名表，2个志愿",
        "batch=1&list=1",
    )
    assert {row[4].value for row in report.table.rows} == {"拟聘", "异议核查"}


@pytest.mark.parametrize(
    "query",
    [
        *("applicants/?batch=9", "applicants/?state=UP", "applicants/?page=x", "applicants/?list=1"),
        *("applicants/?batch=1&list=x", "due/?kind=UP", "due/?band=7", "due/?stands=up"),
    ],
)
def test_unknown_condition_is_told_not_an_error(watcher, query):
    answer = watcher.get(f"/reports/2022/{query}")
    assert answer.status_code == 400


def test_round_without_batches_says_so(cast, leader):
    page = leader.get("/reports/2022/progress/").content.decode()
    assert "本轮由聘任结果表登记，没有批次" in page
    make.a_round(cast.zone, "2025", None)
    assert "方案里建了批次之后" in leader.get("/reports/2025/progress/").content.decode()


def test_year_outside_the_calendar_warns(running):
    Round.objects.filter(pk=running.round.pk).update(name="x")
    from appointments.models import Publicity

    Publicity.objects.update(starts_on="2035-01-15", ends_before="2035-01-20")
    report = selectors.progress_report(running.round, day(19).replace(year=2035), None)
    assert "工作日历缺少 2035 年" in report.warning


def test_ledger_lists_placements_waiting_appeals_and_demotions(running):
    add_ledger(running)
    report = selectors.ledger_report(running.round, day(25), None)
    assert report.title == "落聘安置2人，已安置1人，待岗1人；申诉一件在办"
    placed = rows(report.placements)[0]
    assert placed[3] == "经发局·科长（2022-01-20，拒绝）"
    assert placed[5] == "经发局·主办"
    waiting = rows(report.waiting)[0]
    assert waiting[:4] == ["辛", "第二批", day(21), 177]
    assert rows(report.appeals)[0][5] == "办理中"
    assert rows(report.demotions)[0][-1] == "未告知"
    later = selectors.ledger_report(running.round, day(25).replace(month=3), None)
    assert later.title.endswith("申诉一件在办，一件超过期限")
    assert rows(later.appeals)[0][5] == "超过期限"
    assert rows(selectors.ledger_report(running.round, day(13), None).demotions) == []


def test_ledger_of_an_earlier_day_knows_nothing_of_what_came_after_it(running):
    add_ledger(running)
    before = selectors.ledger_report(running.round, day(20), None)
    assert before.title.startswith("落聘安置2人，已安置0人，没有人待岗")
    assert rows(before.placements)[0] == [
        *("庚", "第一批", "未安置", "经发局·科长（2022-01-20，拒绝）", "", "", "", None, ""),
    ]
    assert rows(before.placements)[1][2] == "未安置"
    assert rows(selectors.ledger_report(running.round, day(19), None).placements)[0][3] == ""


def test_empty_ledger_says_that_nobody_waits(running):
    report = selectors.ledger_report(running.round, day(25), None)
    assert report.title == "没有落聘待安置的人；没有在办的申诉"


def test_constraints_show_relatives_and_duties(running, watcher):
    add_ledger(running)
    page = watcher.get("/reports/2022/constraints/").content.decode()
    assert "甲（经发局·局长）与乙（经发局·副局长）" in page
    assert "1对亲属须回避" in page
    report = watcher.get("/reports/2022/constraints/").context["report"]
    assert [row[1:] for row in rows(report.duties)] == [["壬", "乙", "夫妻"]]
    assert report.relations == 2


def test_constraints_of_the_small_cast_name_who_is_unplaced(cast, leader, clerk):
    hidden = leader.get("/reports/2022/constraints/").content.decode()
    assert "人人有岗不通过" in hidden
    assert "庚" in hidden
    number = cast.people["庚"].id_number
    assert number not in hidden
    assert number in clerk.get("/reports/2022/constraints/").content.decode()


@pytest.mark.parametrize("page", [*PAGES, *WORKBOOKS])
def test_pages_are_for_those_who_may_see_reports_and_only_read(running, watcher, page):
    add_ledger(running)
    address = f"/reports/2022/{page}"
    assert watcher.get(address).status_code == 200
    assert watcher.post(address).status_code == 405
    assert watcher.get(f"{address}?as_of=x").status_code == 400
    other = Client()
    other.force_login(make.a_user(running.zone, "考评组"))
    assert other.get(address).status_code == 403
    stranger = Client()
    stranger.force_login(make.a_user(make.a_zone("other", "别的区"), "领导"))
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("page", ["progress", "constraints", "ledger", "due"])
def test_workbook_has_the_tables_of_the_page(running, watcher, page):
    add_ledger(running)
    report = watcher.get(f"/reports/2022/{page}/?as_of=2022-01-25").context["report"]
    answer = watcher.get(f"/reports/2022/{page}.xlsx?as_of=2022-01-25")
    book = load_workbook(io.BytesIO(answer.content))
    for table in report.lists:
        sheet = list(book[table.title].iter_rows(values_only=True))
        assert tuple(column.header for column in table.columns) in sheet
        written = [row[0] for row in sheet]
        for row in table.rows:
            assert row[0].value in written
    assert AuditEvent.objects.latest("id").action == "导出"


@pytest.mark.parametrize("page", PAGES)
def test_statements_do_not_grow_with_the_people(
    running, watcher, django_assert_num_queries, django_assert_max_num_queries, page
):
    add_ledger(running)
    address = f"/reports/2022/{page}"
    watcher.get(address)
    with django_assert_max_num_queries(30) as before:
        watcher.get(address)
    for number in range(20):
        running.apply(f"众{number}", "三", "主办", "SUBMITTED")
    with django_assert_num_queries(len(before)):
        watcher.get(address)


def test_what_runs_out_is_counted_by_kind_and_by_how_soon(cast, leader):
    page = leader.get("/reports/2022/due/?as_of=2022-12-10")
    report = page.context["report"]
    assert report.title == "90天内试用期满1人"
    probation = next(row for row in report.table.rows if row[0].value == "试用期")
    assert [one.value for one in probation] == ["试用期", 0, 0, 1, 0, 1]
    assert "/reports/2022/due/?kind=PROBATION&amp;band=60&amp;as_of=2022-12-10" in page.content.decode()
    assert [row[:4] for row in rows(report.people)] == [["乙", "试用期", "党群部·副部长", date(2023, 1, 22)]]
    late = leader.get("/reports/2022/due/?as_of=2025-01-30").context["report"]
    assert late.title == "90天内没有人聘期到期、试用期满或退休；已过期未办7件"
    narrow = leader.get("/reports/2022/due/?kind=TERM&band=30&as_of=2025-01-10").context["report"]
    assert [one.value for one in narrow.table.rows[0]] == ["聘期", 0, 6, 0, 0, 6]
    assert len(narrow.people.rows) == 6
    assert (
        leader.get("/reports/2022/due/?kind=PROBATION&as_of=2022-06-01").context["report"].people.rows == ()
    )


@pytest.mark.parametrize("day_", ["2022-12-10", "2024-12-30", "2025-01-30"])
def test_figures_at_the_head_of_what_runs_out_open_as_many_lines(cast, leader, day_):
    report = leader.get(f"/reports/2022/due/?as_of={day_}").context["report"]
    for one, _ in report.figures:
        opened = leader.get(f"/reports/2022/due/?{one.link.query}&as_of={day_}").context["report"]
        assert len(opened.people.rows) == one.value


def test_bands_are_those_of_the_policy_of_the_day(cast, leader):
    version = PolicyVersion.objects.get(zone=cast.zone)
    values = list(version.parameters.all())
    version.pk, version.number, version.starts_on = None, 2, date(2022, 6, 1)
    version.save()
    for one in values:
        one.pk, one.version_id = None, version.pk
        one.value = [120, 45] if one.key == "round.warning_days" else one.value
        one.save()
    report = leader.get("/reports/2022/due/?as_of=2022-12-10").context["report"]
    assert [column.header for column in report.table.columns] == [
        "种类",
        "已过期",
        "45天内",
        "120天内",
        "合计",
    ]
    for row in report.table.rows:
        assert sum(one.value for one in row[1:-1]) == row[-1].value


def test_round_under_way_does_not_hide_the_last_one_from_leaders(cast, leader):
    other = make.a_round(cast.zone, "2025", None)
    Round.objects.filter(pk=other.pk).update(state="RUNNING")
    make.a_position(make.a_unit(cast.zone, "财政局"), setup=other.setup)
    assert leader.get("/reports/")["Location"] == "/reports/2022/"
    shown = leader.get("/reports/2022/").content.decode()
    assert 'href="/reports/2025/progress/">2025年全员聘任正在进行，看轮次进度' in shown
    gap = leader.get("/reports/2025/").content.decode()
    assert "2025年全员聘任正在进行，还没有人聘任到岗" in gap
    assert 'href="/reports/2025/progress/"' in gap
    person = make.a_person(cast.zone, "壬")
    make.an_appointment(
        other,
        person,
        make.a_position(make.a_unit(cast.zone, "审计局"), setup=other.setup),
        starts_on=date(2025, 1, 1),
    )
    assert leader.get("/reports/")["Location"] == "/reports/2025/"
