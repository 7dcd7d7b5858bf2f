"""The workbook that is marked up: the user's own, or where that is too heavy or odd, a plain copy."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reform.exchange.file_kind import Kind, kind_of
from reform.exchange.headers import merged_areas
from reform.exchange.raw import CellFault, RawSheet
from reform.exchange.reading import read_workbook
from reform.exchange.xlsx_package import Package
from reform.exchange.xlsx_scan import column_number, whole_tokens
from reform.exchange.xlsx_workbook import SafeXlsx, examine_xlsx, sheet_names_by_part

# openpyxl takes about 1 KB for every row and cell, formatted blank ones too, and for every other element.
_MAX_ELEMENTS = 600_000
_MAX_OTHER_TAGS = 300_000
_MAX_OTHER_BYTES = 8 * 1024 * 1024
# It makes a cell for each place of these areas.
_AREA = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink|table)\s[^<>]*?\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"
)
_MAX_AREA = 600_000
_MAX_COPIED_CELLS = 1_000_000

LONGEST_TEXT = 32_767
# What a spreadsheet takes for the start of a formula, half- and full-width; a tab or line end may hide one.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_WIDTH_SAMPLE = 200


def open_for_marking(file_name: str, data: bytes) -> Workbook:
    """The workbook to mark up; raises FileUnreadable for a file that `read_workbook` refuses."""
    book = _own_layout(data) if kind_of(data) is Kind.XLSX else None
    return book or plain_copy(read_workbook(file_name, data))


def write_text(cell: Cell, text: str) -> None:
    """Put text into a cell as text, whatever it begins with; what no workbook may hold is left out."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]
    cell.value = clean
    cell.data_type = "s"
    if clean.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True


def plain_copy(sheets: Sequence[RawSheet]) -> Workbook:
    """A workbook with the same sheets, values and merges; widths by content, no other layout.

    Beyond a million cells the sheets are left out; the summary alone is then handed back.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    if sum(len(raw.rows) * len(raw.rows[0]) for raw in sheets if raw.rows) > _MAX_COPIED_CELLS:
        return book
    for raw in sheets:
        sheet = book.create_sheet(raw.name)
        _copy_cells(sheet, raw)
        _set_widths(sheet, raw)
        if not raw.visible:
            sheet.sheet_state = "hidden"
    return book


def _own_layout(data: bytes) -> Workbook | None:
    """The .xlsx as openpyxl loads it; None where it cannot, or leaves out a sheet that reading has."""
    package = Package(data)
    if not _is_light(package, examine_xlsx(package)):
        return None
    try:
        book = load_workbook(BytesIO(data), keep_links=False)
    except Exception:  # whatever an unusual style or name leads openpyxl to
        return None
    names = {name for names in sheet_names_by_part(package).values() for name in names}
    return book if names <= set(book.sheetnames) else None


def _is_light(package: Package, safe: SafeXlsx) -> bool:
    """Whether openpyxl can load the file within some hundred megabytes."""
    looked_at = set(package.xml_parts())
    others = [
        name for name in package.parts if name.lower().endswith((".xml", ".vml")) and name not in looked_at
    ]
    if safe.elements > _MAX_ELEMENTS or safe.tags > 12 * safe.elements + _MAX_OTHER_TAGS:
        return False
    if sum(package.parts[name].file_size for name in others) > _MAX_OTHER_BYTES:
        return False
    if any(b"<!DOCTYPE" in package.content(name).upper() for name in others):
        return False
    area = 0
    for name in package.parts:
        if "worksheets/" in name.lower() or "tables/" in name.lower():
            for chunk in whole_tokens(package.chunks(name)):
                area += sum(_cells_in(match) for match in _AREA.finditer(chunk))
    return area <= _MAX_AREA


def _cells_in(match: re.Match[bytes]) -> int:
    left, right = (column_number(match[group].decode("ascii")) for group in (1, 3))
    return (abs(int(match[4]) - int(match[2])) + 1) * (abs(right - left) + 1)


def _copy_cells(sheet: Worksheet, raw: RawSheet) -> None:
    for row, cells in enumerate(raw.rows, start=1):
        for column, value in enumerate(cells, start=1):
            if value is not None:
                _write_value(sheet.cell(row, column), value)
    room = _MAX_AREA
    for top, left, bottom, right in merged_areas(raw):
        room -= (bottom - top + 1) * (right - left + 1)
        if room >= 0:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )


def _write_value(cell: Cell, value: object) -> None:
    match value:
        case str() | CellFault():
            write_text(cell, str(value))
        case datetime():
            cell.value = value
            cell.number_format = "yyyy-mm-dd hh:mm"
        case date():
            cell.value = value
            cell.number_format = "yyyy-mm-dd"
        case time():
            cell.value = value
            cell.number_format = "hh:mm:ss"
        case _:
            cell.value = value


def _set_widths(sheet: Worksheet, raw: RawSheet) -> None:
    merged = {(top, left) for top, left, _, right in raw.merges if right > left}
    for column in range(len(raw.rows[0]) if raw.rows else 0):
        texts = [
            str(row[column])
            for number, row in enumerate(raw.rows[:_WIDTH_SAMPLE], start=1)
            if row[column] is not None and (number, column + 1) not in merged
        ]
        widest = max((sum(1 + (ord(char) > 255) for char in text) for text in texts), default=8)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(max(8, widest + 2), 40)
