"""The sheet 错误汇总 at the end of a marked-up copy: every finding, with a link to its cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from reform.exchange.annotation_copy import write_text
from reform.exchange.raw import ANNOTATION_SHEET, ANNOTATION_TITLE

# Excel takes at most 65,530 links in a sheet, and nobody works through more.
MAX_LINES = 20_000
_COLUMNS = (
    ("序号", 6),
    ("级别", 6),
    ("工作表", 16),
    ("行", 7),
    ("列", 20),
    ("原值", 24),
    ("问题", 56),
    ("处理办法", 44),
)
_LEVELS = {"error": "错误", "warning": "提示"}
_LINK = Font(color="FF0563C1", underline="single")


@dataclass(frozen=True)
class Mark:
    """One finding, rows and columns from 1; without a column about the row, without both about the sheet."""

    sheet: str
    row: int | None
    column: int | None
    level: Literal["error", "warning"]
    code: str
    header: str
    value: str
    message: str
    hint: str


def drop_summary(book: Workbook) -> bool:
    """Remove the summary of an earlier run, and tell whether there was one; a sheet of the user's stays."""
    ours = [
        sheet
        for sheet in book.worksheets
        if sheet.title.startswith(ANNOTATION_SHEET) and sheet["A1"].value == ANNOTATION_TITLE
    ]
    for sheet in ours:
        book.remove(sheet)
    return bool(ours)


def write_summary(book: Workbook, marks: Sequence[Mark]) -> None:
    """Append the summary: errors before warnings, both in the order of sheets, rows and columns."""
    places = {name: place for place, name in enumerate(book.sheetnames)}
    sheet = book.create_sheet(ANNOTATION_SHEET)
    _write_head(sheet, marks)
    ordered = sorted(
        marks,
        key=lambda mark: (
            mark.level != "error",
            places.get(mark.sheet, len(places)),
            mark.row or 0,
            mark.column or 0,
        ),
    )
    for number, mark in enumerate(ordered[:MAX_LINES], start=1):
        _write_line(sheet, number + 3, number, mark, mark.sheet in places)
    if len(ordered) > MAX_LINES:
        write_text(sheet.cell(MAX_LINES + 4, 1), f"以下还有 {len(ordered) - MAX_LINES} 条，未列出。")


def _write_head(sheet: Worksheet, marks: Sequence[Mark]) -> None:
    write_text(sheet.cell(1, 1), ANNOTATION_TITLE)
    sheet.cell(1, 1).font = Font(bold=True, size=13)
    errors = sum(mark.level == "error" for mark in marks)
    write_text(
        sheet.cell(2, 1),
        f"错误 {errors} 条，提示 {len(marks) - errors} 条。在原表改正后可直接上传本文件，不必删除标注。",
    )
    for column, (title, width) in enumerate(_COLUMNS, start=1):
        cell = sheet.cell(3, column)
        write_text(cell, title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFEDEDED")
        cell.alignment = Alignment(horizontal="center")
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A4"


def _write_line(sheet: Worksheet, row: int, number: int, mark: Mark, has_sheet: bool) -> None:
    column = "整表" if mark.row is None and not mark.column else "整行"
    if mark.column:
        letter = get_column_letter(mark.column)
        column = f"{letter}（{mark.header}）" if mark.header else letter
    elif mark.header:
        column = mark.header
    texts = (
        _LEVELS.get(mark.level, mark.level),
        mark.sheet,
        mark.row,
        column,
        mark.value,
        mark.message,
        mark.hint,
    )
    sheet.cell(row, 1).value = number
    for place, text in enumerate(texts, start=2):
        cell = sheet.cell(row, place)
        if isinstance(text, int):
            cell.value = text
        elif text:
            write_text(cell, text)
        cell.alignment = Alignment(vertical="top", wrap_text=place >= 5)
    if has_sheet:
        for place in (4, 5) if mark.row else (3,):
            _link(sheet, row, place, mark)


def _link(sheet: Worksheet, row: int, place: int, mark: Mark) -> None:
    cell = sheet.cell(row, place)
    target = f"{get_column_letter(mark.column or 1)}{mark.row or 1}"
    name = mark.sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!{target}")
    cell.font = _LINK
