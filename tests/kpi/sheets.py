"""Workbooks of an appraisal for the tests of their import: the zone of tests/import_cast.py and three
sheets."""

from pathlib import Path
from typing import Any

from kpi.models import Cycle, Item
from tests.import_cast import Office, Run, command, people, positions, roster
from tests.workbooks import make_xlsx

MEN: dict[str, Any] = {str(one["name"]): one for one in people()}

INDICATORS = [
    *(
        "序号",
        "一级指标",
        "二级指标",
        "计量单位",
        "权重(分)",
        "目标值",
        "完成值",
        "计分方法",
        "计分参数",
        "责任单位",
    ),
    "备注",
]
UNITS = ["序号", "单位", "指标得分", "加分", "扣分", "一票否决事项", "备注"]
PEOPLE = [
    *("序号", "单位", "姓名", "身份证号", "KPI得分", "民主测评得分", "领导评价得分", "加分", "扣分"),
    *("一票否决事项", "备注"),
]
FORMULA = "个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×20%+加分-扣分"
TITLE = "试验区2021年度考核得分表"


def an_office(folder: Path) -> Office:
    """The cast's zone with its posts and former posts: everybody in post on 2021-12-31 but 王芳."""
    office = Office(folder)
    run = office.bring({"p.xlsx": positions(), "r.xlsx": roster()}, "--round", "2022")
    assert run.status == 0, run.errors
    return office


def leaf(
    name: str, full: Any = 50, target: Any = 100, actual: Any = 90, unit: Any = "招商局", **more: Any
) -> Any:
    """A line of INDICATORS; more: rule, parameters, level1, measure, remark."""
    return [
        None,
        more.get("level1", "经济运行"),
        name,
        more.get("measure", "亿元"),
        full,
        target,
        actual,
        more.get("rule", "比例法"),
        more.get("parameters"),
        unit,
        more.get("remark"),
    ]


def person(name: str, *scores: Any, **more: Any) -> Any:
    """A line of PEOPLE; more: unit, number, bonus, deduction, veto, remark."""
    kpi, vote, lead = scores or (90, 80, 70)
    return [
        *(None, more.get("unit", MEN[name]["old_unit"]), name, more.get("number", MEN[name]["id"])),
        *(kpi, vote, lead, more.get("bonus"), more.get("deduction"), more.get("veto"), more.get("remark")),
    ]


def unit(name: str, score: Any = 90, bonus: Any = None, deduction: Any = None, veto: Any = None) -> Any:
    """A line of UNITS."""
    return [None, name, score, bonus, deduction, veto, None]


def book(headers: Any, *rows: Any, title: str = TITLE, lines: Any = ("考核周期:2021年度",)) -> bytes:
    above = [[line] for line in (title, *lines)]
    return make_xlsx({"Sheet1": [*above, list(headers), *map(list, rows)]})


def bring(
    office: Office, headers: Any, *rows: Any, options: Any = (), name: str = "k.xlsx", **more: Any
) -> Run:
    """Import one sheet of these lines."""
    return office.bring({name: book(headers, *rows, **more)}, *options)


def bring_people(office: Office, *rows: Any, line: str = FORMULA, **more: Any) -> Run:
    return bring(office, PEOPLE, *rows, lines=(line,) if line else (), **more)


def the_cycle(code: str = "2021") -> Cycle:
    return Cycle.objects.select_related("scheme").get(code=code)


def the_item(name: str) -> Item:
    return Item.objects.select_related("indicator__subject").get(
        indicator__level2=name, indicator__replaced_by=None
    )


def the_results(code: str = "2021") -> dict[str, Any]:
    run = command("kpi_results", code)
    assert run.status == 0, run.facts
    return run.facts
