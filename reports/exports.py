"""The pages' dataclasses as workbooks: the same figures, the same words."""

from collections.abc import Sequence

from appointments.rules.change import ChangeKind
from reports.selectors import (
    Column,
    Figure,
    LeadershipOverview,
    PeopleReport,
    PersonLine,
    RoundHead,
    UnitsReport,
)
from reports.selectors.checks import CheckLine
from reports.selectors.tables import ChangeTable, Matrix
from reports.selectors.units import FormerLine, LevelSeats, UnitLine
from reports.workbook import TONES, Book, Cell, Sheet

BAR_TONES = {
    ChangeKind.PROMOTION: TONES["up"],
    ChangeKind.UNCHANGED: "#8b95a7",
    ChangeKind.LATERAL: "#c9cfd9",
    ChangeKind.NEW: "#3a63a8",
    ChangeKind.DEMOTION: TONES["down"],
}
REST_NOTE = "占比保留两位小数，合计{sum}%，与100%之差为四舍五入的尾差。"


def book_of(head: RoundHead, title: str, day: str = "") -> Book:
    """A workbook on a round; `day`: where its figures are not as of the round's effective date."""
    source = f"来源：{head.source_words}" if head.sources else "来源：系统登记"
    words = f"{head.name} · {day}" if day else head.subtitle
    return Book(title, f"{head.zone} · {words}", source)


def _toned(figure: Figure) -> Cell:
    return figure.value, figure.tone


# --- reports 1 and 2


def overview_workbook(report: LeadershipOverview) -> bytes:
    """总览, 层级与变动 and 检查, a sheet each."""
    book = book_of(report.head, report.title)
    _overview_sheet(book, report)
    if not report.gap:
        sheet = book.sheet("层级与变动", [14, *[10] * 9], title=report.final.title)
        first = _change_table(sheet, report.final, "聘任后层级", freeze=1)
        sheet.heading(f"按改革前层级：{report.baseline.title}")
        _change_table(sheet, report.baseline, "改革前层级")
        _chart(sheet, report.final, first)
        matrix = book.sheet(
            "层级去向", [16, *[10] * (len(report.matrix.columns) + 1)], title=report.matrix.title
        )
        _matrix(matrix, report.matrix)
        _movers_sheet(book, report)
        checks_sheet(book, report.checks, report.checks_title)
    return book.data()


def _movers_sheet(book: Book, report: LeadershipOverview) -> None:
    sheet = book.sheet("提拔降职", [10, 14, 40, 24])
    sheet.headers(["变动", "姓名", "新岗位", "层级变动"], freeze=0)
    for movers in report.movers:
        for person in movers.people:
            tone = movers.figure.tone
            sheet.line([(movers.label, tone), person.name, person.post, person.levels])


def _overview_sheet(book: Book, report: LeadershipOverview) -> None:
    sheet = book.sheet("总览", [18, 12, 60])
    if report.gap:
        sheet.line([report.gap.remedy, None, None])
        return
    sheet.headers(["指标", "数值", "说明"], freeze=0)
    rows: list[Sequence[Cell]] = [
        ["应聘任人数", report.in_scope.value, "参加本轮聘任的人，不含离开的"],
        [
            "已聘任",
            report.appointed.value,
            f"完成率{report.completion_words}",
        ],
        ["未安置", _toned(report.unplaced), "没有本轮主任职聘任的"],
        ["提拔", _toned(report.promoted), _share_words(report.promoted_share)],
        [
            "降职",
            _toned(report.demoted),
            "，".join(filter(None, [_share_words(report.demoted_share), report.falls])),
        ],
        *([label, _toned(figure), ""] for label, figure in report.rest),
        ["离开", report.exited.value, "退休、调出、辞职、解聘等"],
        ["职数", report.seats, f"{report.positions}个岗位"],
        ["空缺", report.vacant, "没有人的职数"],
        ["超配", (report.over, "alert"), "超出职数的人数"],
        ["用时（天）", report.head.days_used, report.head.timing],
    ]
    for row in rows:
        sheet.line(row)
    sheet.note(book.source)


def _share_words(share: object) -> str:
    return "" if share is None else f"占已聘任{share}%"


def _change_table(sheet: Sheet, table: ChangeTable, corner: str, *, freeze: int | None = None) -> int:
    """Writes the table; returns the row of its first level."""
    sheet.headers([corner, *table.headers, "合计"], freeze=freeze)
    first = sheet.row
    for row in table.rows:
        sheet.line([row.name, *map(_toned, row.figures), row.total.value])
    sheet.line([table.total.name, *map(_toned, table.total.figures), table.total.total.value], bold=True)
    if table.shares:
        sheet.line(["占比", *table.shares, table.share_sum])
    if table.has_rest:
        sheet.note(REST_NOTE.format(sum=table.share_sum))
    return first


def _chart(sheet: Sheet, table: ChangeTable, first: int) -> None:
    """Each level's parts, as on the page, under the tables."""
    chart = sheet.book.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    last, name = first + len(table.rows) - 1, sheet.sheet.get_name()
    for column, kind in enumerate(table.kinds, start=1):
        chart.add_series(
            {
                "name": [name, first - 1, column],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, column, last, column],
                "fill": {"color": BAR_TONES.get(kind, TONES["zero"])},
                "gap": 60,
            }
        )
    chart.set_title({"name": "聘任后各层级的构成", "name_font": {"size": 11, "bold": False}})
    chart.set_y_axis({"reverse": True, "line": {"none": True}})
    chart.set_x_axis({"num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": "#e3e6ec"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": 300})
    sheet.sheet.insert_chart(sheet.row + 1, 0, chart)


def _matrix(sheet: Sheet, matrix: Matrix) -> None:
    sheet.headers(["改革前 ＼ 聘任后", *matrix.columns, "合计"], freeze=1)
    for row in matrix.rows:
        sheet.line([row.name, *map(_toned, row.figures), row.total.value])
    total = matrix.total
    sheet.line([total.name, *(one.value for one in total.figures), total.total.value], bold=True)
    sheet.note("绿色为上升，褐色为下降；行、列合计与总数相等。")


def checks_sheet(book: Book, lines: Sequence[CheckLine], title: str) -> None:
    """The eight checks, each with its finding."""
    sheet = book.sheet("检查", [8, 32, 12, 30], title=title)
    sheet.headers(["编号", "检查", "结果", "情况"], freeze=0)
    for line in lines:
        tone = {True: "up", False: "alert", None: "zero"}[line.ok]
        sheet.line([line.code, line.name, (f"{line.mark} {line.verdict}", tone), line.fact])


# --- report 3


def units_workbook(report: UnitsReport) -> bytes:
    """配备情况, 岗位与人员, 改革前, a sheet each."""
    book = book_of(report.head, report.title)
    _units_sheet(book, report)
    _posts_sheet(book, report)
    _former_sheet(book, report)
    return book.data()


def _units_sheet(book: Book, report: UnitsReport) -> None:
    width = len(report.levels)
    sheet = book.sheet("配备情况", [22, 8, 8, 8, 8, 8, *[6] * (3 * width), 28])
    upper = ["单位", "员额", "职数", "实有", "空缺", "超配"]
    sheet.headers(
        [*upper, *(name for name in report.levels for _ in range(3)), "保留待遇"],
        [*[""] * len(upper), *(["核定", "实配", "空缺"] * width), ""],
        freeze=1,
    )
    for line in report.lines:
        sheet.line(_unit_cells(line))
    sheet.line(_unit_cells(report.total), bold=True)
    sheet.note(book.source)


def _unit_cells(line: UnitLine) -> list[Cell]:
    quota: Cell = "未核定" if line.quota is None else line.quota
    if line.over_quota:
        quota = (f"{line.quota}（超员额{line.over_quota}）", "alert")
    cells: list[Cell] = [
        line.name,
        quota,
        line.seats,
        line.held.value,
        line.vacant,
        (f"超{line.over}", "alert") if line.over else 0,
    ]
    for level in line.levels:
        cells += _level_cells(level)
    return [*cells, "、".join(f"{one.name}（{one.level}）" for one in line.kept)]


def _level_cells(level: LevelSeats) -> list[Cell]:
    held: Cell = (f"{level.held.value} 超{level.over}", "alert") if level.over else level.held.value
    return [level.approved, held, level.vacant]


def _posts_sheet(book: Book, report: UnitsReport) -> None:
    sheet = book.sheet("岗位与人员", [22, 26, 12, 8, 8, 8, 8, 60, 14], title="各岗位的人员和空缺")
    sheet.headers(["单位", "岗位", "层级", "职数", "实配", "空缺", "超配", "人员", "空缺自"], freeze=2)
    for line in report.lines:
        for post in line.posts:
            names = "、".join(f"{one.name}（{one.mark}）" if one.mark else one.name for one in post.holders)
            sheet.line(
                [
                    line.name,
                    post.title,
                    post.level,
                    post.headcount,
                    post.held.value,
                    post.vacant,
                    (f"超{post.over}", "alert") if post.over else 0,
                    names,
                    report.vacant_since if post.vacant else None,
                ]
            )


def _former_sheet(book: Book, report: UnitsReport) -> None:
    known = report.has_former_seats
    words = ["职数", "人数"] if known else ["人数"]
    levels = [name for name in report.former_levels for _ in words]
    sheet = book.sheet("改革前", [22, 8, 8, *[8] * len(levels), 11, 8], title=report.former_title)
    sheet.headers(
        ["单位", "职数", "人数", *levels, "改革后人数", "增减"],
        ["", "", "", *(words * len(report.former_levels)), "", ""],
        freeze=1,
    )
    for line in report.former:
        sheet.line(_former_cells(line, known))
    sheet.line(_former_cells(report.former_total, known), bold=True)
    sheet.note("“—”表示没有报送改革前的职数，或改革后没有同名单位。")


def _former_cells(line: FormerLine, known: bool) -> list[Cell]:
    cells: list[Cell] = [line.name, "—" if line.approved is None else line.approved, line.held.value]
    for level in line.levels:
        seats: list[Cell] = ["—" if level.approved is None else level.approved] if known else []
        cells += [*seats, level.held.value]
    return [
        *cells,
        "—" if line.after is None else line.after.value,
        "—" if line.difference is None else line.difference,
    ]


# --- report 5 and all other lists


def people_workbook(report: PeopleReport) -> bytes:
    """The list, all of it, on one sheet."""
    book = book_of(report.head, report.title)
    widths = [WIDTHS.get(column.key, 11) for column in report.columns]
    sheet = book.sheet(report.filter.change.label if report.filter.change else "名单", [6, *widths])
    sheet.headers(["序号", *(column.header for column in report.columns)], freeze=2)
    for number, line in enumerate(report.lines, start=1):
        sheet.line([number, *(_person_cell(line, column) for column in report.columns)])
    if not report.lines:
        sheet.note("没有符合条件的人员。")
    sheet.note(book.source)
    return book.data()


WIDTHS = {"name": 10, "id_number": 21, "before": 36, "after": 36, "steps": 8}


def _person_cell(line: PersonLine, column: Column) -> Cell:
    value = getattr(line, column.key)
    if not value:
        return line.blank(column), "zero"
    return value, line.tone if column.key in ("steps", "kind_label") else ""
