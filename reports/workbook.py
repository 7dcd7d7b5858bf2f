"""A workbook in the house's look: title, day, headers, frozen panes, tones, ready to print on A4."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

TONES = {"up": "#1f7a5c", "down": "#b35c00", "alert": "#b4232a", "zero": "#b6bdc8"}
INK, MUTED, LINE, GROUND = "#1d2433", "#5d6778", "#d5d9e0", "#f0f2f5"
FONT, FONT_SIZE, LINE_HEIGHT = "微软雅黑", 10, 15

Cell = str | int | float | Decimal | date | None | tuple[Any, str]
"""A value, or a value with its tone (up, down, alert); a Decimal is a share in per cent, a float a score."""


class Book:
    """Collects sheets; `data()` closes it and gives the bytes."""

    def __init__(self, title: str, subtitle: str, source: str) -> None:
        self.title, self.subtitle, self.source = title, subtitle, source
        self._stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self._stream,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.book.set_properties({"title": title, "comments": source})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **values: Any) -> Any:
        """A cell format, made once."""
        values = {"font_name": FONT, "font_size": FONT_SIZE, "font_color": INK, "valign": "vcenter", **values}
        key = tuple(sorted(values.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(values)
        return self._formats[key]

    def sheet(self, name: str, widths: Sequence[float], *, title: str = "") -> "Sheet":
        """A new sheet with title and day above; widths in characters, one a column."""
        return Sheet(self, name, widths, title or self.title)

    def data(self) -> bytes:
        self.book.close()
        return self._stream.getvalue()


class Sheet:
    """Rows written from the top down."""

    def __init__(self, book: Book, name: str, widths: Sequence[float], title: str) -> None:
        self.book, self.widths = book, widths
        self.sheet = book.book.add_worksheet(name[:31])
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self.sheet.set_footer("&C第&P页 共&N页")
        self.row = 0
        self._across(title, 24, bold=True, font_size=14)
        self._across(book.subtitle, 18, font_color=MUTED)

    def _across(self, text: str, height: float, **style: Any) -> None:
        size = style.get("font_size", FONT_SIZE)
        lines = self._lines(text, sum(self.widths) * FONT_SIZE / size)
        self.sheet.set_row(self.row, height * lines)
        style = self.book.style(align="left", text_wrap=True, **style)
        if len(self.widths) > 1:
            self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", style)
        self.sheet.write_string(self.row, 0, text, style)
        self.row += 1

    @staticmethod
    def _lines(text: str, width: float) -> int:
        """Lines that a text takes; a Chinese character is as wide as two digits."""
        return max(1, -(-sum(2 if ord(one) > 255 else 1 for one in text) // max(1, int(width))))

    def heading(self, text: str) -> None:
        """A line over a table that is not the first."""
        self.row += 1
        self._across(text, 22, bold=True, font_size=11)

    def note(self, text: str) -> None:
        """A small line beneath a table."""
        if text:
            self._across(text, 16, font_color=MUTED, font_size=9)

    def headers(self, *rows: Sequence[str], freeze: int | None = None) -> None:
        """One or two header rows; equal neighbours of the upper one are merged. `freeze`: columns kept."""
        style = self.book.style(
            bold=True, bg_color=GROUND, border=1, border_color=LINE, align="center", text_wrap=True
        )
        first = self.row
        for row in rows:
            for column, text in enumerate(row):
                self.sheet.write_string(self.row, column, text, style)
            self.sheet.set_row(self.row, 20)
            self.row += 1
        if len(rows) > 1:
            self._merge(first, rows, style)
        self.sheet.repeat_rows(first, self.row - 1)
        if freeze is not None:
            self.sheet.freeze_panes(self.row, freeze)

    def _merge(self, first: int, rows: Sequence[Sequence[str]], style: Any) -> None:
        upper, lower = rows[0], rows[1]
        column = 0
        while column < len(upper):
            end = column
            while end + 1 < len(upper) and upper[end + 1] == upper[column] and lower[column]:
                end += 1
            if end > column:
                self.sheet.merge_range(first, column, first, end, upper[column], style)
            elif not lower[column]:
                self.sheet.merge_range(first, column, first + 1, column, upper[column], style)
            column = end + 1

    def line(self, cells: Sequence[Cell], *, bold: bool = False) -> None:
        """One row of a table, as high as its longest text needs."""
        lines = 1
        for column, cell in enumerate(cells):
            value, tone = cell if isinstance(cell, tuple) else (cell, "")
            self._cell(column, value, tone, bold)
            if isinstance(value, str):
                lines = max(lines, self._lines(value, self.widths[column] - 1))
        self.sheet.set_row(self.row, LINE_HEIGHT * lines + 3)
        self.row += 1

    def _cell(self, column: int, value: Any, tone: str, bold: bool) -> None:
        style: dict[str, Any] = {"border": 1, "border_color": LINE}
        if bold:
            style["bold"] = True
        if isinstance(value, int) and not value:
            tone = "zero"
        if tone in TONES:
            style["font_color"] = TONES[tone]
        if value is None:
            self.sheet.write_blank(self.row, column, None, self.book.style(**style))
        elif isinstance(value, int):
            style.update(align="right", num_format="#,##0")
            self.sheet.write_number(self.row, column, value, self.book.style(**style))
        elif isinstance(value, float):
            style.update(align="right", num_format="0.00")
            self.sheet.write_number(self.row, column, value, self.book.style(**style))
        elif isinstance(value, Decimal):
            style.update(align="right", num_format='0.00"%"')
            self.sheet.write_number(self.row, column, float(value), self.book.style(**style))
        elif isinstance(value, date):
            style.update(align="center", num_format="yyyy-mm-dd")
            self.sheet.write_datetime(self.row, column, value, self.book.style(**style))
        else:
            style.update(text_wrap=True)
            self.sheet.write_string(self.row, column, value, self.book.style(**style))
