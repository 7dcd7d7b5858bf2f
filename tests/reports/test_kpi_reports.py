"""Reports 7, 8 and 9: figures counted by hand, the same on page and workbook, one click from their lists."""

import io
from decimal import Decimal as D
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kpi.models import Cycle, Indicator, Veto
from kpi.selectors import cycle_by_code
from kpi.services.results import results_compute
from reform.models import AuditEvent
from reports.selectors.kpi_coefficients import kpi_coefficients_report
from reports.selectors.kpi_grades import kpi_grades_report
from reports.selectors.kpi_lists import kpi_items_report, kpi_people_report
from reports.selectors.kpi_ranking import kpi_ranking_report
from tests import factories as make
from tests.kpi import casts, result_cast

pytestmark = pytest.mark.django_db
PAGES = ("ranking", "grades", "coefficients", "people", "items")


@pytest.fixture
def cast() -> casts.Cast:
    made = result_cast.with_more_units(casts.a_cast(staff=2))
    result_cast.counted(made)
    return made


@pytest.fixture
def watcher(cast) -> Client:
    client = Client()
    client.force_login(cast.leader)
    return client


def again(cycle: Cycle) -> Cycle:
    return cycle_by_code(cycle.zone, cycle.code)


def values(table):
    return [[one.value for one in row] for row in table.rows]


def test_units_are_ranked_with_red_and_black_list(cast):
    report = kpi_ranking_report(again(cast.cycle))
    assert report.title == "经济发展局居首，黑榜2个单位"
    assert [row[:6] for row in values(report.ranking)] == [
        [1, "经济发展局", D("98.00"), "一等", "—", "红榜"],
        [2, "招商局", D("90.00"), "二等", "—", "红榜"],
        [3, "规划建设局", D("70.00"), "四等", "—", "红榜"],
        [4, "科技局", D("60.00"), "四等", "—", "黑榜"],
        [5, "应急局", D("50.00"), "四等", "—", "黑榜"],
    ]
    assert [row[1] for row in values(report.red)] == ["经济发展局", "招商局", "规划建设局"]
    assert [row[1] for row in values(report.black)] == ["科技局", "应急局"]
    assert report.figures[0] == (report.figures[0][0], "分，5个单位的平均分，最高98.00，最低50.00")
    assert report.figures[0][0].value == D("73.60")
    assert values(report.deductions) == [["招商局", "报送的扣分", "信访积案", D("2.00")]]
    assert "没有上一个同类周期可比" in report.ranking.note


def test_equals_share_a_place_and_the_third_of_three_is_not_shamed():
    cast = casts.a_cast(staff=1)
    result_cast.with_more_units(cast)
    units = {
        "经济发展局": {"indicators": 98}, "招商局": {"indicators": 90}, "规划建设局": {"indicators": 90},
        "科技局": {"indicators": 89},
    }  # fmt: skip
    report = kpi_ranking_report(again(result_cast.counted(cast, units=units)))
    assert [row[0] for row in values(report.ranking)] == [1, 2, 2, 4]
    assert [row[1] for row in values(report.black)] == ["科技局"]
    level = {name: {"indicators": 90} for name in units}
    report = kpi_ranking_report(again(result_cast.counted(cast, "2023", units=level)))
    assert [row[0] for row in values(report.ranking)] == [1, 1, 1, 1]
    assert report.black.rows == ()
    assert "前三名之外没有低于全区平均分的单位" in report.black.empty


def test_change_is_against_the_last_cycle_of_the_same_period(cast):
    units = {"招商局": {"indicators": 95}, "经济发展局": {"indicators": 94}, "规划建设局": {"indicators": 93}}
    result_cast.counted(cast, "2022Q4", units=units)
    report = kpi_ranking_report(again(result_cast.counted(cast, "2023", units=units)))
    assert [(row[1], row[4]) for row in values(report.ranking)] == [
        ("招商局", "↑1"), ("经济发展局", "↓1"), ("规划建设局", "不变"),
    ]  # fmt: skip
    assert report.before == "2022年度考核"
    assert kpi_ranking_report(cycle_by_code(cast.zone, "2022Q4")).before == ""


def test_vetoed_unit_comes_last_and_is_listed_with_its_matter(cast):
    Veto.objects.create(
        cycle=cast.cycle, unit=cast.units[0], matter="较大安全事故", state="APPROVED",
        raised_by=cast.office, raised_on=casts.SCORED, decided_by=cast.leader, decided_on=casts.SCORED,
        document_no="党工委〔2023〕3号",
    )  # fmt: skip
    results_compute(cycle=cast.cycle, actor=cast.office)
    report = kpi_ranking_report(again(cast.cycle))
    assert values(report.ranking)[-1][:6] == [5, "经济发展局", D("98.00"), "四等", "—", "否决"]
    assert report.title.endswith("1个单位被一票否决")
    assert values(report.vetoes)[0][:2] == ["经济发展局", "较大安全事故"]
    assert [row[1] for row in values(report.red)] == ["招商局", "规划建设局", "科技局"]


def test_core_indicators_have_lights_and_red_comes_first():
    cast = casts.a_cast(staff=1)
    casts.a_cycle(cast)
    Indicator.objects.filter(level2__endswith="投资").update(is_core=True)
    Indicator.objects.filter(level2__startswith="规划").update(is_core=False)
    cycle = casts.calibrating(cast, actual=90)
    for name, actual in (("经济发展局投资", 120), ("招商局投资", 79)):
        item = cast.item(name)
        type(item).objects.filter(pk=item.pk).update(actual=actual)
    report = kpi_ranking_report(again(cycle))
    assert [(row[0], row[1], row[6]) for row in values(report.lights)] == [
        ("红灯", "招商局投资", D("79.00")),
        ("绿灯", "经济发展局投资", D("120.00")),
    ]
    assert [cell.value for cell, _ in report.figures] == [D("54.00"), 3, 1, 1]
    red = kpi_items_report(again(cycle), {"light": "RED"})
    assert [row[0] for row in values(red.table)] == ["经济发展 / 招商局投资"]
    own = kpi_items_report(again(cycle), {"unit": str(cast.units[0].pk)})
    assert own.title == "经济发展局54.00分，第1名，四等"
    assert own.steps[0] == "2项指标得分合计54.00"


def test_grades_stand_beside_quotas_and_every_figure_counts_its_list(cast):
    cycle = again(cast.cycle)
    report = kpi_grades_report(cycle)
    assert report.title == "9人参加，优秀1人，名额1个，已用完"
    rows = values(report.table)
    assert rows[0] == ["合并计算单位", "", 9, 1, 5, 2, 1, 0, 1, 1, 0]
    assert rows[1] == ["　经济发展局", "一等", 3, 1, 2, 0, 0, 0, "合并", 1, "合并"]
    assert rows[3] == ["　规划建设局", "四等", 3, 0, 1, 1, 1, 0, "合并", 0, "合并"]
    assert [one.value for one in report.table.total] == ["合计", None, 9, 1, 5, 2, 1, 0, 1, 1, 0]
    for row in (*report.table.rows, report.table.total):
        for one in row:
            if one.link:
                query = dict(part.split("=") for part in unquote(one.link.query).split("&"))
                listed = len(kpi_people_report(cycle, query).table.rows)
                assert listed == (one.value if isinstance(one.value, int) else row[2].value)


def test_coefficients_spread_in_bins_and_by_level(cast):
    cycle = again(cast.cycle)
    report = kpi_coefficients_report(cycle)
    assert report.title == "绩效系数从0.00到1.31；4人在1.0—1.1"
    counts = {row[0]: row[1] for row in values(report.bins)}
    assert len(counts) == 14
    assert {name: n for name, n in counts.items() if n} == {
        "0.0—0.1": 1, "0.4—0.5": 1, "0.6—0.7": 1, "0.7—0.8": 1, "1.0—1.1": 4, "1.3—1.4": 1,
    }  # fmt: skip
    # mean of the nine: 7.3290 / 9; heads: 1.3067, 1.0000, 0.4667
    assert report.whole.mean == D("0.8143")
    levels = {row[0]: row[1:5] for row in values(report.levels)}
    assert levels["中层正职"] == [3, D("0.4667"), D("0.9245"), D("1.3067")]
    assert [one.value for one in report.levels.total[:3]] == ["全区", 9, D("0.0000")]
    for row in report.bins.rows:
        query = dict(part.split("=") for part in row[1].link.query.split("&"))
        assert len(kpi_people_report(cycle, query).table.rows) == row[1].value


@pytest.mark.parametrize("page", PAGES)
def test_workbook_has_the_tables_of_the_page(watcher, page):
    answer = watcher.get(f"/reports/kpi/2022/{page}/")
    assert answer.status_code == 200
    report = answer.context["report"]
    before = AuditEvent.objects.filter(action="导出").count()
    book = load_workbook(io.BytesIO(watcher.get(f"/reports/kpi/2022/{page}.xlsx").content))
    assert AuditEvent.objects.filter(action="导出").count() == before + 1
    for sheet, table in zip(book, report.lists, strict=True):
        lines = [[plain(cell.value) for cell in row] for row in sheet.iter_rows()]
        assert [plain(one.header) for one in table.columns] in lines
        for row in values(table):
            assert [plain(one) for one in row] in lines


def plain(value):
    """A value as page and workbook both have it."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float | D):
        return float(value)
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("page", PAGES)
def test_reports_are_for_those_who_may_see_reports(cast, page):
    address = f"/reports/kpi/2022/{page}/"
    assert Client().get(address).status_code == 302
    for role, status in (
        ("人事", 200), ("考核办", 200), ("监督组", 200), ("薪酬专员", 200),
        ("系统管理员", 403), ("考评组", 403), ("个人", 403), ("单位负责人", 403),
    ):  # fmt: skip
        client = Client()
        client.force_login(make.a_user(cast.zone, role))
        assert client.get(address).status_code == status, role
    other = Client()
    other.force_login(make.a_user(make.a_zone("other", "别的区"), "领导"))
    assert other.get(address).status_code == 404


def test_the_latest_public_cycle_is_shown_first(cast, watcher):
    assert watcher.get("/reports/kpi/")["Location"] == "/reports/kpi/2022/ranking/"
    result_cast.published(cast, cast.cycle)
    result_cast.counted(cast, "2023")
    assert watcher.get("/reports/kpi/")["Location"] == "/reports/kpi/2022/ranking/"
    page = watcher.get("/reports/kpi/2023/ranking/").content.decode()
    assert "结果还没有公布，数字可能变动" in page
    assert 'href="/reports/kpi/2022/ranking/"' in page


def test_zone_without_results_says_what_to_do(client):
    zone = make.a_zone("empty", "空区")
    client.force_login(make.a_user(zone, "领导"))
    assert "空区还没有考核结果" in client.get("/reports/kpi/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["people/?unit=0", "people/?grade=Z", "people/?level=L99", "people/?bin=x", "people/?bin=NaN",
     "people/?group=x", "people/?coefficient=x", "items/?unit=x", "items/?unit=-1", "items/?light=BLUE"],
)  # fmt: skip
def test_unknown_condition_is_told_not_an_error(watcher, query):
    assert watcher.get(f"/reports/kpi/2022/{query}").status_code == 400


@pytest.mark.parametrize("page", PAGES)
def test_statements_do_not_grow_with_people_and_leaves(page):
    cast = casts.a_cast(staff=1)
    cycle = casts.calibrating(cast)
    client = Client()
    client.force_login(cast.leader)
    address = f"/reports/kpi/{cycle.code}/{page}/"

    def statements():
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    statements()
    before = statements()
    result_cast.add_rows(cast, 12)
    assert statements() == before
