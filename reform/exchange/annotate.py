"""The user's own file marked up: faulty cells coloured, with a comment; a column 错误信息; a sheet 错误汇总.

The layout stays the user's. Where openpyxl cannot keep it (an .xls, a million formatted rows, a file it
stumbles over), a plain .xlsx copy of the values and merges is marked up instead.
"""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reform.exchange.annotation_copy import open_for_marking, write_text
from reform.exchange.annotation_summary import Mark, drop_summary, write_summary
from reform.exchange.headers import header_key
from reform.exchange.raw import ANNOTATION_HEADER, ANNOTATION_SHEET

__all__ = ["ANNOTATION_HEADER", "ANNOTATION_SHEET", "Mark", "annotate", "annotated_name"]

AUTHOR = "导入检查"
# Light red and amber, a shade off Excel's own, so that a colour of the user's is never taken for ours.
ERROR_COLOUR, WARNING_COLOUR = "FFFFC7CF", "FFFFE69A"
# Comments make a file slow to open; beyond these a cell is coloured only, its text stands in the column.
_MAX_COMMENTS = 2_000
_OLD_COMMENT = "\n———— 原批注 ————\n"
_HEADER_SEARCH_ROWS = 15
_DARK_RED, _DARK_AMBER = "FF9C0006", "FF7F6000"


def annotate(
    file_name: str, data: bytes, marks: Sequence[Mark], header_row_by_sheet: Mapping[str, int]
) -> tuple[str, bytes]:
    """The name and bytes of the marked-up copy, always .xlsx; earlier marks of ours in the file are removed.

    header_row_by_sheet: the last header row of each sheet that was read as a table.  Raises FileUnreadable
    for a file that `read_workbook` refuses.
    """
    book = open_for_marking(file_name, data)
    is_copy_of_ours = drop_summary(book)
    comments_left = _MAX_COMMENTS
    for sheet in book.worksheets:
        pen = _Pen(sheet, header_row_by_sheet.get(sheet.title), comments_left)
        pen.clear_column()
        if is_copy_of_ours:
            pen.clear_cells()
        pen.mark([mark for mark in marks if mark.sheet == sheet.title])
        comments_left = pen.comments_left
    write_summary(book, marks)
    # Formulas are saved without results; Excel and WPS compute them when they open the copy.
    book.calculation.fullCalcOnLoad = True
    out = BytesIO()
    book.save(out)
    return annotated_name(file_name), out.getvalue()


def annotated_name(file_name: str) -> str:
    """花名册.xls → 花名册-标注.xlsx; folders and characters that no file name may hold are left out."""
    name = re.split(r"[/\\]", file_name)[-1]
    stem = re.sub(r"\.[A-Za-z]{1,5}$", "", name).removesuffix("-标注")
    stem = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", stem).strip(" .")[:80]
    return f"{stem or '工作簿'}-标注.xlsx"


class _Pen:
    """Marks one sheet: removes earlier marks, colours cells, fills the column 错误信息."""

    def __init__(self, sheet: Worksheet, header_row: int | None, comments_left: int) -> None:
        self.sheet = sheet
        self.header_row = header_row
        self.comments_left = comments_left
        self.origin = {
            place: (area.min_row, area.min_col) for area in sheet.merged_cells.ranges for place in area.cells
        }
        self.head = self._our_header()

    def clear_column(self) -> None:
        """Empty the column 错误信息 of an earlier run."""
        if self.head is not None:
            for row in range(self.head.row + 1, self.sheet.max_row + 1):
                self._own_cell(row, self.head.column).value = None

    def clear_cells(self) -> None:
        """Remove our comments and colours of an earlier run; a comment of the user's comes back."""
        for row in self.sheet.iter_rows():
            for cell in row:
                comment = cell.comment
                if comment is not None and comment.author == AUTHOR:
                    before = comment.text.partition(_OLD_COMMENT)[2]
                    cell.comment = Comment(before, "原批注") if before else None
                if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in _COLOURS:
                    cell.fill = PatternFill()

    def mark(self, marks: Sequence[Mark]) -> None:
        """Colour the cells of these findings, comment them, and tell them at the end of their rows."""
        by_cell: dict[tuple[int, int], list[Mark]] = {}
        by_row: dict[int, list[Mark]] = {}
        for mark in marks:
            # A finding about a column as a whole stands at its header.
            row = mark.row or self.header_row
            if mark.column and row:
                place = (row, mark.column)
                by_cell.setdefault(self.origin.get(place, place), []).append(mark)
            if mark.row:
                by_row.setdefault(mark.row, []).append(mark)
        for place in sorted(by_cell):
            self._mark_cell(self.sheet.cell(*place), by_cell[place])
        if by_row and (self.head is not None or self.header_row is not None):
            self._fill_column(by_row)

    def _mark_cell(self, cell: Cell, marks: Sequence[Mark]) -> None:
        colour = ERROR_COLOUR if _has_error(marks) else WARNING_COLOUR
        cell.fill = PatternFill("solid", fgColor=colour)
        if self.comments_left <= 0:
            return
        self.comments_left -= 1
        text = ILLEGAL_CHARACTERS_RE.sub("", "\n".join(dict.fromkeys(map(_comment_text, marks))))
        lines = sum(1 + len(line) // 22 for line in text.split("\n"))
        if cell.comment is not None and cell.comment.text:
            text += _OLD_COMMENT + cell.comment.text
        cell.comment = Comment(text[:3000], AUTHOR, height=min(20 + 18 * lines, 400), width=300)

    def _fill_column(self, by_row: Mapping[int, Sequence[Mark]]) -> None:
        head = self.head or self._new_header(self.header_row or 1)
        for row, marks in by_row.items():
            cell = self._own_cell(row, head.column)
            write_text(cell, "；".join(dict.fromkeys(mark.message.rstrip("。；") for mark in marks)))
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.font = Font(color=_DARK_RED if _has_error(marks) else _DARK_AMBER)

    def _own_cell(self, row: int, column: int) -> Cell:
        """A cell of our column; the top left one where the user has merged cells there since."""
        return self.sheet.cell(*self.origin.get((row, column), (row, column)))

    def _our_header(self) -> Cell | None:
        """The head of the column that an earlier run added."""
        for row in self.sheet.iter_rows(max_row=min(_HEADER_SEARCH_ROWS, self.sheet.max_row)):
            for cell in row:
                if isinstance(cell.value, str) and header_key(cell.value) == ANNOTATION_HEADER:
                    return cell
        return None

    def _new_header(self, header_row: int) -> Cell:
        column = self._free_column(header_row)
        head = self.sheet.cell(header_row, column)
        write_text(head, ANNOTATION_HEADER)
        head.font = Font(bold=True, color=_DARK_RED)
        head.alignment = Alignment(horizontal="center", vertical="center")
        self.sheet.column_dimensions[get_column_letter(column)].width = 48
        return head

    def _free_column(self, header_row: int) -> int:
        """The first column right of the header in which nothing stands, no merged area either."""
        used = {
            cell.column
            for row in self.sheet.iter_rows(min_row=header_row)
            for cell in row
            if cell.value is not None or isinstance(cell, MergedCell)
        }
        column = 1 + max(
            (cell.column for cell in self.sheet[header_row] if cell.column in used and _is_taken(cell)),
            default=0,
        )
        while column in used:
            column += 1
        return column


_COLOURS = frozenset({ERROR_COLOUR, WARNING_COLOUR})


def _is_taken(cell: Cell | MergedCell) -> bool:
    return cell.value is not None or isinstance(cell, MergedCell)


def _has_error(marks: Sequence[Mark]) -> bool:
    return any(mark.level == "error" for mark in marks)


def _comment_text(mark: Mark) -> str:
    label = "错误" if mark.level == "error" else "提示"
    return f"{label}：{mark.message}" + (f"\n处理：{mark.hint}" if mark.hint else "")
