"""KPI指标完成情况表 in: whose indicators they are, what their words mean, what is wrong with them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Cycle, Indicator, Item, Scheme, Veto
from kpi.states import CycleState
from reform.models import Upload
from tests.import_cast import command
from tests.workbooks import make_xlsx

from .sheets import INDICATORS, an_office, book, bring, leaf, the_cycle, the_item, the_results

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return an_office(tmp_path)


def two(**more):
    """The zone's leaves: 60 + 40, of two units."""
    return [
        leaf("投资", 60, 100, 90, "招商局", **more),
        leaf("开工", 40, 10, 12, "科技园", rule="目标完成法", measure="个", **more),
    ]


def fault(run):
    """The only error: code, column, row, value."""
    assert run.status == 1
    assert len(run.errors) == 1, run.errors
    found = run.errors[0]
    assert found["hint"]
    assert found["message"]
    return found["code"], found["column"], found["row"], found["value"]


def test_sheet_that_totals_100_overall_assesses_the_zone_and_is_scored(office):
    run = bring(office, INDICATORS, *two())
    assert (run.status, run.kinds(), run.counts("indicators")) == (0, ["indicators"], (2, 0, 0)), run.errors
    assert run.facts["files"][0]["target"] == {"round": None, "cycle": "2021"}
    cycle = the_cycle()
    assert (cycle.state, cycle.registered) == (CycleState.SCORING, True)
    item = the_item("投资")
    assert (item.indicator.subject, item.indicator.responsible_unit.name) == (None, "招商局")
    assert (item.full, item.target, item.actual, item.score) == (60, 100, 90, Decimal("54.00"))
    assert the_results()["zone_total"] == "94.00"
    assert the_results()["units"] == []


def test_sheet_that_totals_100_by_unit_assesses_each_unit(office):
    rows = [
        leaf("投资", 100, 100, 90, "招商局"),
        leaf("投资", 60, 10, 10, "科技园"),
        leaf("开工", 40, 9, 9, "科技园"),
    ]
    run = bring(office, INDICATORS, *rows)
    assert run.status == 0, run.errors
    assert [(one.subject.name, one.level2) for one in Indicator.objects.order_by("id")] == [
        ("招商局", "投资"),
        ("科技园", "投资"),
        ("科技园", "开工"),
    ]
    totals = {one["unit"]: one["total"] for one in the_results()["units"]}
    assert totals == {"招商局": "90.00", "科技园": "100.00"}


def test_weights_that_total_neither_way_are_told_with_the_totals(office):
    run = bring(office, INDICATORS, leaf("投资", 50), leaf("开工", 40, unit="科技园"))
    assert fault(run)[:2] == ("WEIGHTS_TOTAL", "权重(分)")
    assert run.errors[0]["message"] == "权重合计90，按责任单位也不是各100：招商局50、科技园40。"
    assert (run.errors[0]["limit"], run.errors[0]["actual"]) == (100, 90)
    assert not Cycle.objects.exists()


def test_bonus_deduction_and_veto_stand_outside_the_100(office):
    rows = [
        leaf("投资", 100, 100, 100),
        leaf("表彰", None, None, 2, rule="加分项", parameters="每项加0.5分,最多加3分", level1="加分"),
        leaf("督察", None, None, "3个", rule="扣分项", parameters="每项扣0.3分", level1="扣分"),
        leaf("事故", None, None, "是", rule="一票否决", level1="否决"),
    ]
    run = bring(office, INDICATORS, *rows)
    assert run.status == 0, run.errors
    line = the_results()["units"][0]
    assert (line["indicators"], line["bonus"], line["deduction"], line["grade"]) == (
        "100.00",
        "1.00",
        "0.90",
        "四等",
    )
    veto = Veto.objects.get()
    assert (veto.unit.name, veto.matter, veto.state, veto.document_no) == (
        "招商局",
        "事故",
        "APPROVED",
        "k.xlsx",
    )


@pytest.mark.parametrize(
    ("line", "title", "code"),
    [
        ("考核周期:2021年1月1日至2021年12月31日", "完成情况表", "2021"),
        ("2021年度", "完成情况表", "2021"),
        ("考核周期：2021年第一季度", "2022年表", "2021Q1"),
        ("2021年3月", "完成情况表", "2021-03"),
        ("填报日期：2022年1月10日", "试验区2021年KPI指标表", "2021"),
        ("考核周期：2021年4月1日至6月30日", "完成情况表", "2021Q2"),
    ],
)
def test_line_or_title_says_the_cycle(office, line, title, code):
    run = bring(office, INDICATORS, *two(), lines=(line,), title=title)
    assert run.status == 0, run.errors
    cycle = Cycle.objects.get()
    assert (cycle.code, cycle.scheme.year) == (code, 2021)


def test_option_names_the_cycle_and_a_line_that_says_another_one_is_told(office):
    run = bring(office, INDICATORS, *two(), options=("--cycle", "2021q3"))
    assert (run.status, run.warnings) == (0, ["CYCLE_DIFFERS"])
    assert Cycle.objects.get().code == "2021Q3"


@pytest.mark.parametrize("line", ["单位：亿元", "考核周期：2021年上半年"])
def test_sheet_of_no_cycle_is_an_error(office, line):
    run = bring(office, INDICATORS, *two(), lines=(line,), title="指标完成情况表")
    assert (run.status, run.codes) == (1, ["CYCLE_UNKNOWN"])
    assert run.facts["files"][0]["target"] == {"round": None, "cycle": None}
    assert not Scheme.objects.exists()


def test_option_that_is_no_cycle_is_refused(office):
    run = bring(office, INDICATORS, *two(), options=("--cycle", "2021Q5"))
    assert (run.status, run.codes) == (2, ["CALL_REFUSED"])


def test_every_rule_is_read_by_its_chinese_name_with_its_words(office):
    rows = [
        leaf("甲", 10, 34.41, 41.5, rule="比例+超额加分", parameters="每超1%加0.1分,最多加1.5分"),
        leaf("乙", 10, None, 38.9, rule="分档", parameters="[0,30)2分;[30,38)3分;[38,40)4分;[40,100]5分"),
        leaf("丙", 10, 1000, 931, rule="阶梯扣分", parameters="每低2%扣1分"),
        leaf("丁", 10, 3, 3.4, rule="逆向比例"),
        leaf("戊", 10, None, "优秀2档", rule="等次评价"),
        leaf("己", 10, None, "30,20", rule="节点", parameters="立项30%;开工20%;竣工50%"),
        leaf("庚", 10, None, 4, rule="争先进位法", measure="位"),
        leaf("辛", 10, 12, 16.4, rule="基础分增减", measure="%"),
        leaf("壬", 20, 100, "96.31%", rule="比例法", measure="%"),
    ]
    run = bring(office, INDICATORS, *rows)
    assert run.status == 0, run.errors
    scores = {one.indicator.level2: str(one.score) for one in Item.objects.select_related("indicator")}
    assert scores == {
        "甲": "11.50",
        "乙": "4.00",
        "丙": "7.00",
        "丁": "8.82",
        "戊": "9.50",
        "己": "5.00",
        "庚": "8.50",
        "辛": "10.20",
        "壬": "19.26",
    }
    assert the_item("丁").indicator.direction == "DOWN"


@pytest.mark.parametrize(
    ("more", "code", "column", "value"),
    [
        ({"rule": "随便法"}, "RULE_UNKNOWN", "计分方法", "随便法"),
        ({"rule": None}, "RULE_MISSING", "计分方法", ""),
        ({"parameters": "看心情"}, "PARAMETERS_INVALID", "计分参数", "看心情"),
        (
            {"rule": "分档", "parameters": "[0,30)2分;[40,100]5分"},
            "PARAMETERS_INVALID",
            "计分参数",
            "[0,30)2分;[40,100]5分",
        ),
        ({"full": "一半"}, "NUMBER_INVALID", "权重(分)", "一半"),
        ({"full": -5}, "NUMBER_NEGATIVE", "权重(分)", "-5"),
        ({"target": "翻番"}, "NUMBER_INVALID", "目标值", "翻番"),
        ({"actual": "较好"}, "NUMBER_INVALID", "完成值", "较好"),
        ({"actual": 1.23456}, "NUMBER_INVALID", "完成值", "1.23456"),
        ({"rule": "等次评价", "actual": "一般般"}, "ACTUAL_INVALID", "完成值", "一般般"),
        ({"rule": "节点", "actual": "80,40"}, "ACTUAL_INVALID", "完成值", "80,40"),
        ({"unit": "招商居"}, "UNIT_UNKNOWN", "责任单位", "招商居"),
        ({"rule": "加分项", "actual": 1}, "WEIGHT_OUTSIDE", "权重(分)", "50"),
    ],
)
def test_cell_that_cannot_be_read_is_told_with_its_place(office, more, code, column, value):
    bad = leaf("开工", **({"full": 50} | more))
    run = bring(office, INDICATORS, leaf("投资", 50), bad)
    found = [one for one in run.errors if one["code"] != "WEIGHTS_TOTAL"]
    assert run.status == 1
    assert [(one["code"], one["column"], one["row"], one["value"]) for one in found] == [
        (code, column, 5, value)
    ]
    assert found[0]["message"]
    assert not Cycle.objects.exists()


def test_weight_that_is_lacking_is_told(office):
    run = bring(office, INDICATORS, leaf("投资", 100), leaf("开工", None))
    assert fault(run) == ("VALUE_MISSING", "权重(分)", 5, "")


def test_same_indicator_twice_is_an_error(office):
    run = bring(office, INDICATORS, leaf("投资"), leaf("投资"))
    assert fault(run)[:3] == ("INDICATOR_DUPLICATE", "二级指标", 5)


def test_same_file_twice_changes_nothing(office):
    assert bring(office, INDICATORS, *two()).status == 0
    uploads = Upload.objects.count()
    run = bring(office, INDICATORS, *two())
    assert (run.status, run.facts["written"], run.counts("indicators")) == (0, False, (0, 0, 2))
    assert Upload.objects.count() == uploads


def test_rehearsal_finds_the_same_and_writes_nothing(office):
    run = bring(office, INDICATORS, *two(), options=("--check",))
    assert (run.status, run.facts["written"], run.counts("indicators")) == (0, False, (2, 0, 0))
    assert not any(one.objects.exists() for one in (Scheme, Cycle, Indicator, Item))


def test_merged_level_is_filled_down_and_totals_are_set_aside(office):
    rows = [
        ["试验区2021年度KPI指标完成情况表"],
        INDICATORS,
        leaf("投资", 60),
        leaf("开工", 40, unit="科技园"),
        [None, "合计", None, None, 100],
    ]
    rows[3][1] = None
    data = make_xlsx({"Sheet1": rows}, merges={"Sheet1": ["B3:B4"]})
    run = office.bring({"k.xlsx": data})
    assert run.status == 0, run.errors
    assert run.facts["files"][0]["skipped"] == [{"row": 5, "why": "合计行"}]
    assert {one.level1 for one in Indicator.objects.all()} == {"经济运行"}


def test_indicator_without_a_code_is_known_by_its_names(office):
    targets = [leaf("投资", 60, 100, None), leaf("开工", 40, 10, None, "科技园", measure="个")]
    assert bring(office, INDICATORS, *targets).status == 0
    assert the_cycle().state == CycleState.DRAFT
    changed = [leaf("投资", 60, 120, None), leaf("开工", 40, 10, None, "科技园", measure="个")]
    run = bring(office, INDICATORS, *changed)
    assert (run.status, run.counts("indicators")) == (0, (0, 1, 1)), run.errors
    assert (Indicator.objects.count(), the_item("投资").target) == (2, 120)


def test_scored_figures_are_not_changed_by_a_sheet(office):
    assert bring(office, INDICATORS, *two()).status == 0
    run = bring(office, INDICATORS, leaf("投资", 60, 100, 95), two()[1])
    assert fault(run) == ("CYCLE_FIXED", "完成值", 4, "95")


def test_undo_takes_scores_and_results_back(office):
    targets = [
        leaf("投资", 60, 100, None),
        leaf("开工", 40, 10, None, "科技园", rule="目标完成法", measure="个"),
    ]
    assert bring(office, INDICATORS, *targets).status == 0
    run = bring(office, INDICATORS, *two())
    assert run.status == 0, run.errors
    assert command("undo_upload", run.facts["upload"]).status == 0
    cycle, item = the_cycle(), the_item("投资")
    assert (cycle.state, cycle.registered, cycle.scheme.state) == (CycleState.DRAFT, False, "DRAFT")
    assert (item.actual, item.score, item.auto_score) == (None, None, None)
    assert (the_results()["zone_total"], the_results()["units"]) == (None, [])
    again = bring(office, INDICATORS, *two())
    assert (again.status, the_results()["zone_total"]) == (0, "94.00"), again.errors


def test_undo_of_the_sheet_that_made_the_cycle_leaves_nothing(office):
    run = bring(office, INDICATORS, *two())
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert not Scheme.objects.exists()
    assert not Cycle.objects.exists()


def test_sheets_of_two_cycles_come_in_one_upload(office):
    run = office.bring(
        {
            "a.xlsx": book(INDICATORS, *two()),
            "b.xlsx": book(INDICATORS, *two(), lines=("考核周期:2022年第一季度",)),
        }
    )
    assert run.status == 0, run.errors
    assert [file["target"]["cycle"] for file in run.facts["files"]] == ["2021", "2022Q1"]
    assert {one.code: one.items.count() for one in Cycle.objects.all()} == {"2021": 2, "2022Q1": 2}


def test_eight_times_the_rows_take_no_more_statements(office):
    def statements(count, year):
        rows = [leaf(f"指标{n}", 1 if n < 100 else 0, 100, 90) for n in range(1, count)]
        rows.append(leaf("其余", 101 - count if count < 100 else 1, 100, 90))
        with CaptureQueriesContext(connection) as queries:
            run = bring(office, INDICATORS, *rows, options=("--cycle", year), lines=())
        assert run.status == 0, run.errors[:3]
        return len(queries)

    assert statements(10, "2021") == statements(80, "2019")
