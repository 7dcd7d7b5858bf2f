"""部门绩效考核得分表 in: scores of units, vetoes, and when they can no longer be changed by a sheet."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Cycle, UnitEntry, UnitResult, Veto
from kpi.services import cycle_step
from kpi.states import CycleState
from reform.models import Upload, Zone
from tests import factories as make
from tests.import_cast import command

from .sheets import INDICATORS, UNITS, an_office, book, bring, leaf, the_cycle, the_results, unit

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 20)


@pytest.fixture
def office(tmp_path):
    return an_office(tmp_path)


def scores():
    return [
        unit("招商局", 91.95, 1),
        unit("科技园", 96, None, 0.3),
        unit("建设有限公司", 99, veto="发生一般生产安全责任事故"),
    ]


def test_scores_register_the_cycle_and_give_places_and_grades(office):
    run = bring(office, UNITS, *scores())
    assert (run.status, run.kinds(), run.counts("unit_scores")) == (0, ["unit_scores"], (3, 0, 0)), run.errors
    assert (the_cycle().state, the_cycle().registered) == (CycleState.SCORING, True)
    lines = [(one["unit"], one["total"], one["rank"], one["grade"]) for one in the_results()["units"]]
    assert lines == [
        ("科技园", "95.70", 1, "一等"),
        ("招商局", "92.95", 2, "二等"),
        ("建设有限公司", "99.00", 3, "四等"),
    ]


def test_veto_is_registered_as_decided_with_the_workbook_as_its_document(office):
    assert bring(office, UNITS, *scores(), name="得分.xlsx").status == 0
    veto = Veto.objects.get()
    assert (veto.unit.name, veto.person, veto.matter) == ("建设有限公司", None, "发生一般生产安全责任事故")
    assert (veto.state, veto.document_no, veto.decided_by) == ("APPROVED", "得分.xlsx", veto.raised_by)


def test_same_file_twice_changes_nothing(office):
    assert bring(office, UNITS, *scores()).status == 0
    uploads = Upload.objects.count()
    run = bring(office, UNITS, *scores())
    assert (run.status, run.facts["written"], run.counts("unit_scores")) == (0, False, (0, 0, 3))
    assert (Upload.objects.count(), Veto.objects.count()) == (uploads, 1)


def test_corrected_score_changes_the_results_and_undo_restores_them(office):
    assert bring(office, UNITS, *scores()).status == 0
    before = the_results()
    run = bring(office, UNITS, unit("招商局", 99, 1))
    assert (run.status, run.counts("unit_scores")) == (0, (0, 1, 0)), run.errors
    assert the_results()["units"][0]["unit"] == "招商局"
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert the_results() == before


def test_undo_of_the_first_sheet_leaves_neither_results_nor_the_cycle(office):
    run = bring(office, UNITS, *scores())
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert not any(one.objects.exists() for one in (Cycle, UnitEntry, UnitResult, Veto))


def test_upload_on_which_a_later_act_stands_cannot_be_taken_back(office):
    run = bring(office, UNITS, *scores())
    cycle_step(cycle=the_cycle(), event="calibrate", actor=make.a_user(the_cycle().zone, "考核办"), on=DAY)
    undone = command("undo_upload", run.facts["upload"])
    assert (undone.status, undone.facts["ok"]) == (1, False)
    assert "转入校准" in undone.facts["why"]


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        (unit("招商居"), "UNIT_UNKNOWN", "单位", "招商居"),
        (unit("招商局", "很高"), "NUMBER_INVALID", "指标得分", "很高"),
        (unit("招商局", None), "VALUE_MISSING", "指标得分", ""),
        (unit("招商局", 120), "SCORE_INVALID", "指标得分", "120"),
        (unit("招商局", 90.123), "NUMBER_INVALID", "指标得分", "90.123"),
        (unit("招商局", 90, -1), "NUMBER_NEGATIVE", "加分", "-1"),
        (unit(None), "UNIT_MISSING", "单位", ""),
        (unit("科技园"), "UNIT_DUPLICATE", "单位", "科技园"),
    ],
)
def test_cell_that_is_wrong_is_told_with_its_place(office, row, code, column, value):
    run = bring(office, UNITS, unit("科技园"), row)
    assert run.status == 1
    found = [(one["code"], one["column"], one["row"], one["value"]) for one in run.errors]
    assert found == [(code, column, 5, value)]
    assert not Cycle.objects.exists()


def test_unit_with_indicators_of_its_own_gets_no_score_by_sheet(office):
    assert bring(office, INDICATORS, leaf("投资", 100, 100, 90, "招商局")).status == 0
    run = bring(office, UNITS, unit("招商局", 95))
    assert (run.status, run.codes) == (1, ["UNIT_HAS_INDICATORS"])
    assert bring(office, UNITS, unit("招商局", 90), unit("科技园", 88)).counts("unit_scores") == (1, 0, 1)


def test_published_scores_are_not_changed_by_a_sheet(office):
    assert bring(office, UNITS, *scores()).status == 0
    cycle = the_cycle()
    cycle_step(cycle=cycle, event="calibrate", actor=make.a_user(cycle.zone, "考核办"), on=DAY)
    cycle_step(cycle=cycle, event="publish", actor=make.a_user(cycle.zone, "领导"), on=DAY, document_no="1号")
    run = bring(office, UNITS, unit("招商局", 99), unit("科技园", 96, None, 0.3))
    assert (run.status, run.codes, run.errors[0]["value"]) == (1, ["CYCLE_FIXED"], "99")
    assert UnitResult.objects.get(unit__name="招商局").total == Decimal("92.95")
    assert bring(office, UNITS, *scores()).counts("unit_scores") == (0, 0, 3)


def test_headers_of_other_zones_and_layout_9_are_understood(office):
    headers = [
        "序号",
        "单位",
        "指标得分",
        "加分",
        "扣分",
        "否决",
        "总分",
        "排名",
        "等次",
        "优秀比例",
        "优秀名额",
        "单位系数",
    ]
    run = bring(office, headers, [1, "招商局", 90, 1, None, "否", 91, 1, "一等", "25%", 3, 1.1])
    assert (run.status, run.kinds(), run.warnings) == (0, ["unit_scores"], []), run.errors
    assert [one["total"] for one in the_results()["units"]] == ["91.00"]
    assert not Veto.objects.exists()


def test_sheet_of_a_quarter_and_zone_and_unit_sheets_in_one_upload(office):
    line = ("考核周期:2021年第二季度",)
    run = office.bring(
        {
            "u.xlsx": book(UNITS, *scores(), lines=line),
            "k.xlsx": book(INDICATORS, leaf("投资", 60), leaf("开工", 40, unit="科技园"), lines=line),
        }
    )
    assert (run.status, run.kinds()) == (0, ["unit_scores", "indicators"]), run.errors
    facts = the_results("2021Q2")
    assert (facts["zone_total"], len(facts["units"])) == ("90.00", 3)


def test_more_units_take_no_more_statements(office):
    zone = Zone.objects.get()
    for number in range(40):
        make.a_unit(zone, f"第{number}局")

    def statements(count, code):
        rows = [unit(f"第{number}局", 90, veto="事故") for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            run = bring(office, UNITS, *rows, options=("--cycle", code), lines=())
        assert run.status == 0, run.errors
        return len(queries)

    assert statements(5, "2019") == statements(40, "2020")
