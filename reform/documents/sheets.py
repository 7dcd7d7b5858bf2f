"""The .xlsx of a paper: its columns in their order, 填写说明 behind the data."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from .paper import Paper

TITLE_ROWS = 2
FONT = "宋体"
GUIDE = "填写说明"


@dataclass(frozen=True)
class Field:
    """One column: its header, the key of its value, and its width in characters."""

    header: str
    key: str
    width: int


def fields_of(columns: str) -> tuple[Field, ...]:
    """Columns as “header=key:width”, the key left out where it is the header."""
    found = []
    for column in columns.split():
        name, _, width = column.rpartition(":")
        header, _, key = name.partition("=")
        found.append(Field(header, key or header, int(width)))
    return tuple(found)


def write_paper(
    paper: Paper,
    fields: Sequence[Field],
    *,
    notes: Mapping[str, str],
    words: Mapping[str, Sequence[str]],
) -> bytes:
    """The workbook of a paper: title, headers, data from row 3, notes beneath; text is written as text, never
    as a formula, whatever it begins with.

    notes: what the guide says of a column.  words: those of a column, where there are few.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": paper.title})
        sheet = book.add_worksheet(paper_name(paper.title))
        _Sheet(book, sheet, fields).write(paper)
        _write_guide(book, fields, notes, words)
    return stream.getvalue()


def paper_name(title: str) -> str:
    """A title as the name of a sheet."""
    return "".join("－" if one in "[]:*?/\\'" else one for one in title)[:31] or "数据"


class _Sheet:
    def __init__(self, book: Any, sheet: Any, fields: Sequence[Field]) -> None:
        self.sheet, self.fields = sheet, fields
        base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
        ruled = {**base, "border": 1, "border_color": "#C9CFD9"}
        self.title = book.add_format({**base, "bold": True, "font_size": 16, "align": "center"})
        self.head = book.add_format(
            {**ruled, "bold": True, "align": "center", "bg_color": "#EEF0F4", "text_wrap": True}
        )
        self.text = book.add_format({**ruled, "num_format": "@", "text_wrap": True})
        self.whole = book.add_format({**ruled, "align": "center"})
        self.score = book.add_format({**ruled, "align": "right", "num_format": "#,##0.00"})
        self.note = book.add_format({**base, "text_wrap": True})

    def write(self, paper: Paper) -> None:
        last = len(self.fields) - 1
        self.sheet.merge_range(0, 0, 0, last, "", self.title)
        self.sheet.write_string(0, 0, paper.title, self.title)
        self.sheet.set_row(0, 30)
        self.sheet.set_row(1, 32)
        for place, field in enumerate(self.fields):
            self.sheet.set_column(place, place, field.width)
            self.sheet.write_string(1, place, field.header, self.head)
        row = TITLE_ROWS
        for row, values in enumerate(paper.rows, TITLE_ROWS):
            for place, field in enumerate(self.fields):
                self._cell(row, place, values.get(field.key))
        for number, note in enumerate(paper.notes, row + 2):
            self.sheet.merge_range(number, 0, number, last, "", self.note)
            self.sheet.write_string(number, 0, note, self.note)
            self.sheet.set_row(number, 34)
        self.sheet.freeze_panes(TITLE_ROWS, 0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0, 1)
        self.sheet.set_footer("&C第&P页 共&N页")

    def _cell(self, row: int, place: int, value: Any) -> None:
        match value:
            case None | "":
                self.sheet.write_blank(row, place, None, self.text)
            case Decimal():
                self.sheet.write_number(row, place, float(value), self.score)
            case int():
                self.sheet.write_number(row, place, value, self.whole)
            case _:
                self.sheet.write_string(row, place, str(value), self.text)


def _write_guide(
    book: Any, fields: Sequence[Field], notes: Mapping[str, str], words: Mapping[str, Sequence[str]]
) -> None:
    guide = book.add_worksheet(GUIDE)
    plain = book.add_format({"font_name": FONT, "font_size": 11, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"font_name": FONT, "font_size": 11, "bold": True, "bg_color": "#EEF0F4"})
    guide.set_column(0, 0, 24)
    guide.set_column(1, 1, 60)
    guide.set_column(2, 2, 70)
    for place, header in enumerate(("列", "说明", "可填内容")):
        guide.write_string(0, place, header, bold)
    for row, field in enumerate(fields, 1):
        guide.write_string(row, 0, field.header, plain)
        guide.write_string(row, 1, notes.get(field.header, ""), plain)
        guide.write_string(row, 2, "、".join(words.get(field.header, ())), plain)
