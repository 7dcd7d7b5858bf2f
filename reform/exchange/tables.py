"""From a sheet as read to a table: header, rows with their Excel numbers, what was set aside and why."""

import re
from dataclasses import dataclass, field

from reform.exchange.headers import (
    Area,
    Header,
    HeaderBlock,
    KnownWord,
    bare_header_key,
    find_header,
    header_key,
    merged_areas,
    shown_text,
)
from reform.exchange.raw import ANNOTATION_HEADER, RawSheet
from reform.exchange.row_kinds import RowJudge, is_blank_cell

__all__ = ["Header", "Table", "TableRow", "bare_header_key", "find_table", "header_key"]

_APPENDIX = re.compile(r"(?:附件|附表|表)[0-9一二三四五六七八九十]{0,3}[:：]?")


@dataclass(frozen=True)
class TableRow:
    """One row of data; number is Excel's, cells has a place for every column of the sheet."""

    number: int
    cells: list[object]


@dataclass
class Table:
    """A table with its surroundings; header_rows and the numbers in skipped count as Excel does. epoch1904:
    as of the sheet."""

    title: str
    preface: list[str]
    header_rows: list[int]
    headers: list[Header]
    rows: list[TableRow] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    epoch1904: bool = False


def find_table(sheet: RawSheet, is_known: KnownWord) -> Table | None:
    """The table of a sheet; None where no header is found in its first ten rows.

    Vertically merged cells are filled down; a horizontal merge keeps its value in its first column. Blank
    rows are left out silently; subtotals, notes, signatures, hints, samples, repeated headers are `skipped`.
    is_known: whether a `header_key` is a column of some sheet of ours.
    """
    areas = merged_areas(sheet)
    block = find_header(sheet, areas, is_known)
    if block is None:
        return None
    ours = {header.index for header in block.headers if header_key(header.lower) == ANNOTATION_HEADER}
    headers = [header for header in block.headers if header.index not in ours]
    title, preface = _lines_above(sheet, block.first)
    table = Table(
        title, preface, list(range(block.first + 1, block.last + 2)), headers, epoch1904=sheet.epoch1904
    )
    _collect_rows(sheet, areas, block, ours, table)
    return table


def _lines_above(sheet: RawSheet, first: int) -> tuple[str, list[str]]:
    lines = []
    for row in sheet.rows[:first]:
        line = " ".join(text for text in map(shown_text, row) if text)
        if line:
            lines.append(line)
    # 附件2 stands above the title and is none.
    place = next((number for number, line in enumerate(lines) if not _APPENDIX.fullmatch(line)), 0)
    return (lines.pop(place) if lines else ""), lines


def _collect_rows(
    sheet: RawSheet, areas: list[Area], block: HeaderBlock, ours: set[int], table: Table
) -> None:
    judge = RowJudge(sheet, areas, block, table.headers)
    filled = _filled_down(sheet, areas, block.last, judge)
    for index in range(block.last + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if ours:
            row = [None if column in ours else value for column, value in enumerate(row)]
        reason = judge.reason(index, row)
        if reason is None:
            cells = list(row)
            for column, value in filled.get(index, ()):
                if is_blank_cell(cells[column]):
                    cells[column] = value
            table.rows.append(TableRow(index + 1, cells))
        elif reason:
            table.skipped.append((index + 1, reason))


def _filled_down(
    sheet: RawSheet, areas: list[Area], last_header: int, judge: RowJudge
) -> dict[int, list[tuple[int, object]]]:
    """Row → columns and values that a vertical merge above gives it."""
    filled: dict[int, list[tuple[int, object]]] = {}
    room = len(sheet.rows) * len(sheet.rows[0])  # overlapping areas, which only a forged file has, end here
    for top, left, bottom, right in areas:
        value = sheet.rows[top][left]
        if top <= last_header or value is None or judge.is_wide(left, right):
            continue
        for index in range(top + 1, bottom + 1):
            if not room:
                return filled
            room -= 1
            filled.setdefault(index, []).append((left, value))
    return filled
