"""A small zone and its workbooks for tests of the importer: the same eight people under any headers."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command

from reform.exchange.id_number import check_character
from tests.workbooks import make_xlsx

Record = dict[str, object]
Layout = Mapping[str, str]  # header → key of the record

# unit, section, title, level, headcount
POSTS = (
    ("党工委管委会", "", "管委会主任", "班子正职", 1),
    ("招商局", "", "局长", "中层正职", 1),
    ("招商局", "综合科", "科长", "科室正职", 1),
    ("招商局", "综合科", "副科长", "科室副职", 1),
    ("招商局", "综合科", "主办", "一般主办", 3),
    ("科技园", "", "园区主任", "中层正职", 1),
    ("建设有限公司", "", "总经理", "中层正职", 1),
    ("建设有限公司", "", "部门经理", "科室正职", 1),
)
# name, sex, born, place of the former post among POSTS (None: new), place of the new one
CAST = (
    ("赵建国", "男", "19680305", 0, 0),
    ("钱秀英", "女", "19720918", 1, 1),
    ("孙伟", "男", "19801112", 3, 2),
    ("李娜", "女", "19850630", 2, 3),
    ("周强", "男", "19760221", 5, 6),
    ("吴敏", "女", "19790807", 6, 5),
    ("郑洋", "男", "19911204", 4, 4),
    ("王芳", "女", "19950416", None, 4),
)
SUMMARY = {
    "in_scope": 8,
    "appointed": 8,
    "promoted": 1,
    "demoted": 1,
    "lateral": 2,
    "unchanged": 3,
    "new": 1,
    "unplaced": 0,
    "exited": 0,
    "headcount": 10,
    "positions": 8,
}

POSITION_LAYOUT = {
    "序号": "number",
    "单位": "unit",
    "科室": "section",
    "岗位名称": "title",
    "岗位层级": "level",
    "职数": "headcount",
}
ROSTER_LAYOUT = {
    "序号": "number",
    "姓名": "name",
    "性别": "sex",
    "出生年月": "birth",
    "身份证号": "id",
    "原单位": "old_unit",
    "原科室": "old_section",
    "原岗位": "old_title",
    "原层级": "old_level",
}
RESULT_LAYOUT = {
    "序号": "number",
    "姓名": "name",
    "身份证号": "id",
    "聘任单位": "unit",
    "聘任科室": "section",
    "聘任岗位": "title",
    "岗位层级": "level",
    "聘任起始时间": "starts",
    "聘期(年)": "term",
}


def id_number(born: str, serial: int, sex: str = "男") -> str:
    """A valid ID number under a division code that no place has."""
    first = f"419700{born}{serial:02d}{1 if sex == '男' else 2}"
    return first + check_character(first)


def _post(place: int | None, prefix: str = "") -> Record:
    unit, section, title, level, _ = POSTS[place] if place is not None else (None,) * 5
    named = {"unit": unit, "section": section or None, "title": title, "level": level}
    return {prefix + key: value for key, value in named.items()}


def posts() -> list[Record]:
    return [
        {"number": number, **_post(number - 1), "headcount": post[4]} for number, post in enumerate(POSTS, 1)
    ]


def people() -> list[Record]:
    """One record a person, with all that a roster or a sheet of results may say."""
    return [
        {
            "number": number,
            "name": name,
            "sex": sex,
            "birth": f"{born[:4]}.{born[4:6]}",
            "id": id_number(born, number, sex),
            **_post(old, "old_"),
            **_post(new),
            "starts": "2022-01-23",
            "term": 3,
        }
        for number, (name, sex, born, old, new) in enumerate(CAST, 1)
    ]


def sheet(
    layout: Layout, records: Iterable[Mapping[str, object]], title: str = "", *lines: str
) -> list[list[object]]:
    """Title, further lines, headers, and a row for each record."""
    above: list[list[object]] = [[line] for line in (title, *lines) if line]
    return [*above, list(layout), *[[record.get(key) for key in layout.values()] for record in records]]


def positions(records: Iterable[Record] | None = None, layout: Layout = POSITION_LAYOUT) -> bytes:
    rows = sheet(layout, posts() if records is None else records, "试验区2022年岗位设置一览表")
    return make_xlsx({"Sheet1": rows})


def roster(records: Iterable[Record] | None = None, layout: Layout = ROSTER_LAYOUT) -> bytes:
    rows = sheet(
        layout,
        people() if records is None else records,
        "试验区改革前在岗人员花名册",
        "截止时间：2021年12月31日",
    )
    return make_xlsx({"Sheet1": rows})


def results(
    records: Iterable[Record] | None = None,
    layout: Layout = RESULT_LAYOUT,
    line: str = "2022年1月23日",
) -> bytes:
    rows = sheet(layout, people() if records is None else records, "试验区2022年全员聘任结果汇总表", line)
    return make_xlsx({"Sheet1": rows})


@dataclass(frozen=True)
class Run:
    """What a command came to: its exit status and the JSON object on stdout."""

    status: int
    facts: dict[str, Any]

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [one for file in self.facts["files"] for one in file["findings"]] + self.facts["findings"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [one for one in self.findings if one["level"] == "error"]

    @property
    def codes(self) -> list[str]:
        """Codes of the errors, sorted."""
        return sorted(one["code"] for one in self.errors)

    @property
    def warnings(self) -> list[str]:
        return sorted(one["code"] for one in self.findings if one["level"] == "warning")

    def kinds(self) -> list[str]:
        return [file["kind"] for file in self.facts["files"]]

    def counts(self, kind: str) -> tuple[int, int, int]:
        """(created, changed, unchanged) of the sheets of a kind."""
        own = [file for file in self.facts["files"] if file["kind"] == kind]
        created, changed, unchanged = (
            sum(file[name] for file in own) for name in ("created", "changed", "unchanged")
        )
        return created, changed, unchanged


def command(name: str, *args: object) -> Run:
    """Run one of our commands with --json; stdout must hold one JSON object and nothing else."""
    out = io.StringIO()
    status = 0
    try:
        call_command(name, *map(str, args), "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        status = int(ended.code or 0)
    return Run(status, json.loads(out.getvalue()))


class Office:
    """Writes workbooks into a folder and hands them to import_workbooks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, files: Mapping[str, bytes]) -> list[Path]:
        paths = []
        for name, data in files.items():
            path = self.folder / name
            path.write_bytes(data)
            paths.append(path)
        return paths

    def bring(self, files: Mapping[str, bytes], *options: object) -> Run:
        """Import files (name → bytes) in the order given."""
        return command("import_workbooks", *self.save(files), *options)

    def bring_all(self, *options: object, **replaced: bytes) -> Run:
        """The three workbooks of the cast, each unless replaced: positions=, roster=, results=."""
        usual: dict[str, Callable[[], bytes]] = {
            "positions": positions,
            "roster": roster,
            "results": results,
        }
        files = {f"{name}.xlsx": replaced.get(name) or make() for name, make in usual.items()}
        return self.bring(files, *options)


def summary(code: str = "2022", *options: object) -> dict[str, Any]:
    """round_summary as facts; it must succeed."""
    run = command("round_summary", code, *options)
    assert run.status == 0, run.facts
    return run.facts


def figures(code: str = "2022") -> dict[str, Any]:
    """The figures of round_summary that SUMMARY pins."""
    facts = summary(code)
    return {name: facts[name] for name in SUMMARY}


NOT_GOVERNED = {"AuditEvent", "RowChange", "Upload"}


def dump(*apart: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of the zone's tables in the clear, but for events, row changes, uploads and the models
    `apart`."""
    tables = {}
    for label in ("reform", "appointments", "auth"):
        for model in apps.get_app_config(label).get_models():
            if model.__name__ not in NOT_GOVERNED and model.__name__ not in apart:
                tables[model.__name__] = list(model._default_manager.order_by("pk").values())
    return tables


def table_sizes() -> dict[str, int]:
    """The number of rows of every table of ours, events included."""
    models = [
        one for label in ("reform", "appointments", "auth") for one in apps.get_app_config(label).get_models()
    ]
    return {model.__name__: model._default_manager.count() for model in models}
