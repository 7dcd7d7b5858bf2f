"""An uploaded workbook, from bytes to typed cells; hostile files included.

Memory is bounded before any cell is made: a file has at most MAX_FILE_BYTES; an .xlsx inflates in pieces of
256 KB to at most 200 MB, never beyond what it declares; values stand within MAX_ROWS × MAX_COLUMNS of a sheet
and MAX_CELLS of a file (blank formatted rows below them do not count); text repeated in many cells is added
up. All this is checked by `xlsx_workbook` and `xls_workbook`, which also write the copy that calamine opens:
only parts and records that were looked at. Sheets are then read one after the other.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import isfinite

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from reform.exchange.file_kind import Kind, kind_of, refusal
from reform.exchange.raw import (
    ANNOTATION_HEADER,
    ANNOTATION_SHEET,
    ANNOTATION_TITLE,
    MAX_CELLS,
    MAX_FILE_BYTES,
    RESAVE,
    CellFault,
    FileUnreadable,
    RawSheet,
    too_large,
)
from reform.exchange.xls_workbook import examine_xls
from reform.exchange.xlsx_package import Package
from reform.exchange.xlsx_workbook import examine_xlsx

__all__ = [
    "ANNOTATION_HEADER",
    "ANNOTATION_SHEET",
    "MAX_FILE_BYTES",
    "CellFault",
    "FileUnreadable",
    "RawSheet",
    "read_workbook",
]

# A workbook keeps 15 digits. An ID number stored as a number has 18; it is given as Excel shows it: …000.
_EXACT_TO = 1e15
_WHOLE_NUMBERS_TO = 1e20

Faults = dict[tuple[int, int], CellFault]


def read_workbook(file_name: str, data: bytes) -> list[RawSheet]:
    """The worksheets of an .xlsx, .xlsm or .xls in their order: hidden ones too, charts and our summary not.

    file_name: only for messages; the content decides what the file is.  Raises FileUnreadable.
    """
    kind = kind_of(data)
    if kind is Kind.XLSX:
        xlsx = examine_xlsx(Package(data))
        return _read(xlsx.data, xlsx.epoch1904, by_name=xlsx.faults, in_order=[])
    if kind is Kind.XLS:
        xls = examine_xls(data)
        return _read(xls.data, xls.epoch1904, by_name={}, in_order=xls.faults)
    raise refusal(kind, file_name, data)


def _read(
    data: bytes, epoch1904: bool, by_name: dict[str, Faults], in_order: Sequence[Faults]
) -> list[RawSheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = _sheets(book, by_name, in_order)
        return [replace(one, epoch1904=True) for one in sheets] if epoch1904 else sheets
    except FileUnreadable:
        raise
    except BaseException as error:
        # A panic inside calamine arrives as PanicException, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise FileUnreadable("文件已损坏或格式异常，无法读取。", RESAVE) from error
        raise


def _sheets(book: CalamineWorkbook, by_name: dict[str, Faults], in_order: Sequence[Faults]) -> list[RawSheet]:
    sheets = []
    cells = 0
    for number, about in enumerate(book.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(number)
        cells += (sheet.total_height + 1) * (sheet.total_width + 1)
        if cells > MAX_CELLS:
            raise too_large("文件的单元格过多")
        faults = in_order[number] if number < len(in_order) else by_name.get(about.name, {})
        found = _raw_sheet(sheet, faults, about.visible == SheetVisibleEnum.Visible)
        if not _is_our_summary(found):
            sheets.append(found)
    if not sheets:
        raise FileUnreadable("文件中没有工作表。", "请确认上传的是填好的工作簿。")
    return sheets


def _is_our_summary(sheet: RawSheet) -> bool:
    return (
        sheet.name.startswith(ANNOTATION_SHEET)
        and bool(sheet.rows and sheet.rows[0])
        and sheet.rows[0][0] == ANNOTATION_TITLE
    )


def _raw_sheet(sheet: CalamineSheet, faults: Faults, visible: bool) -> RawSheet:
    rows: list[list[object]] = []
    if sheet.start is not None:
        # Padded here: calamine would copy the whole block to add the empty rows and columns in front.
        first_row, first_column = sheet.start
        front: list[object] = [None] * first_column
        rows = [[] for _ in range(first_row)]
        rows += [front + [_value(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
    for (row, column), fault in faults.items():
        rows += [[] for _ in range(row - len(rows))]
        line = rows[row - 1]
        line += [None] * (column - len(line))
        line[column - 1] = fault
    merges = [
        (top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]
    return RawSheet(name=sheet.name, rows=_trimmed(rows), merges=merges, visible=visible)


def _value(cell: object) -> object:
    """A cell as calamine gives it → as RawSheet has it."""
    if type(cell) is str:
        return (cell.replace("\0", "") if "\0" in cell else cell) if cell and not cell.isspace() else None
    if type(cell) is float:
        return _number(cell)
    if type(cell) is timedelta:
        return _hours(cell)
    return cell


def _number(value: float) -> object:
    if not value.is_integer():
        return value if isfinite(value) else CellFault("#NUM!", "error")
    if abs(value) < _EXACT_TO:
        return int(value)
    return int(Decimal(f"{value:.15g}")) if abs(value) < _WHOLE_NUMBERS_TO else value


def _hours(length: timedelta) -> str:
    """A length of time as the sheet shows it: 36:05:00."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _trimmed(rows: list[list[object]]) -> list[list[object]]:
    """The rows up to the last value in either direction, all equally long."""
    width = height = 0
    for number, row in enumerate(rows, start=1):
        length = len(row)
        while length and row[length - 1] is None:
            length -= 1
        if length:
            height = number
            width = max(width, length)
    return [row if len(row) == width else row[:width] + [None] * (width - len(row)) for row in rows[:height]]
