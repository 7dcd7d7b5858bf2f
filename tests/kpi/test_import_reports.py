"""A sheet of indicators while figures are collected: the unit's own report, and nothing else."""

import pytest

from kpi.models import Item, PersonEntry, Veto
from kpi.states import CycleState, ItemState
from tests.import_cast import Office

from . import casts
from .sheets import bring

pytestmark = pytest.mark.django_db

HEADERS = ["一级指标", "二级指标", "权重", "目标值", "完成值", "责任单位"]
LINES = {"lines": ("考核周期:2022年度",), "title": "KPI指标完成情况表"}


@pytest.fixture
def cast():
    cast = casts.a_cast()
    casts.collecting(cast)
    return cast


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def row(name="经济发展局投资", actual=90, target=100, full=60, unit="经济发展局"):
    level1 = "经济发展" if name.endswith("投资") else "项目建设"
    return [level1, name, full, target, actual, unit]


def report(office, cast, *rows, place=0, **more):
    head = cast.heads[cast.units[place].pk]
    return bring(office, HEADERS, *rows, options=("--actor", head.get_username()), **(LINES | more))


def test_units_head_reports_figures_by_sheet_without_handing_them_in(office, cast):
    run = report(office, cast, row(), row("经济发展局开工", 5, full=40))
    assert (run.status, run.counts("indicators")) == (0, (0, 2, 0)), run.errors
    item = cast.item("经济发展局投资")
    assert (item.actual, item.state, item.score) == (90, ItemState.OPEN, None)
    cast.cycle.refresh_from_db()
    assert (cast.cycle.state, cast.cycle.registered) == (CycleState.COLLECTING, False)


def test_sheet_of_a_unit_without_weights_means_the_leaves_that_are_there(office, cast):
    run = bring(
        office,
        ["一级指标", "二级指标", "完成值"],
        ["经济发展", "经济发展局投资", 88],
        options=("--actor", cast.heads[cast.units[0].pk].get_username()),
        **LINES,
    )
    assert run.status == 0, run.errors
    assert cast.item("经济发展局投资").actual == 88


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (row(target=80), "目标值", "80"),
        (row(full=50), "权重", "50"),
        (row(unit="招商局"), "责任单位", "招商局"),
    ],
)
def test_target_that_is_not_the_stored_one_is_an_error(office, cast, line, column, value):
    run = report(office, cast, line)
    assert run.status == 1
    assert [(one["code"], one["column"], one["value"]) for one in run.errors] == [
        ("CYCLE_FIXED", column, value)
    ]
    assert not Item.objects.exclude(actual=None).exists()


def test_indicator_that_the_cycle_lacks_is_an_error(office, cast):
    run = report(office, cast, row("经济发展局消费"))
    assert (run.status, run.codes) == (1, ["INDICATOR_UNKNOWN"])


def test_leaf_of_another_unit_is_refused_in_its_cell(office, cast):
    run = report(office, cast, row(), place=1)
    assert (run.status, run.codes) == (1, ["REPORT_REFUSED"])
    assert (run.errors[0]["row"], run.errors[0]["column"]) == (4, "完成值")
    assert run.errors[0]["message"] == "只能填报本单位负责的指标。"


def test_personal_scores_of_a_cycle_that_is_collected_wait_for_its_scoring(office, cast):

    headers = ["姓名", "身份证号", "个人得分"]
    someone = cast.people["经甲"]
    run = bring(
        office,
        headers,
        ["经甲", someone.id_number, 90],
        lines=("考核周期:2022年度",),
        title="个人绩效考核得分表",
    )
    assert run.status == 0, run.errors
    assert PersonEntry.objects.get().values == {"个人得分": "90"}
    cast.cycle.refresh_from_db()
    assert cast.cycle.state == CycleState.COLLECTING


def test_veto_of_a_cycle_that_is_run_here_is_raised_and_waits_for_its_decision(office, cast):
    headers = ["单位", "指标得分", "加分", "扣分", "一票否决事项"]
    line = ["经济发展局", None, None, None, "发生事故"]
    run = bring(office, headers, line, lines=("2022年度",), title="部门绩效考核得分表")
    assert run.status == 0, run.errors
    veto = Veto.objects.get()
    assert (veto.unit.name, veto.state, veto.decided_by) == ("经济发展局", "RAISED", None)


def test_figures_that_are_being_scored_are_not_changed_by_a_sheet(office, tmp_path):
    cast = casts.a_cast()
    casts.scoring(cast, 90)
    same = report(office, cast, row(actual=90))
    assert (same.status, same.facts["written"]) == (0, False), same.errors
    run = report(office, cast, row(actual=95))
    assert (run.status, run.codes, run.errors[0]["value"]) == (1, ["CYCLE_FIXED"], "95")
