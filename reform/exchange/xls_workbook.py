"""An .xls made fit for calamine: its records read one by one, and only those that carry values written anew.

calamine parses all sheets of an .xls at once, into dense blocks, with every formula turned to text; chains of
sectors that run in a circle, formulas that unfold, or a value in the last corner would cost it the memory.
It gets a fresh file of checked records instead: no formulas, drawings, names, charts, macros. Errors are
noted on the way, and date formats that a Chinese Excel knows by number alone become ordinary ones.
"""

import io
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile

from reform.exchange.ole_container import pack_ole
from reform.exchange.raw import (
    MAX_CELLS,
    MAX_ROWS,
    MAX_SHEETS,
    RESAVE,
    CellFault,
    FileUnreadable,
    too_large,
)

MAX_TEXT_BYTES = 200 * 1024 * 1024
MAX_MERGES = 100_000

_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FILEPASS, _BOUNDSHEET, _XF, _SST = 0x002F, 0x0085, 0x00E0, 0x00FC
_CODEPAGE, _DATEMODE, _FORMAT = 0x0042, 0x0022, 0x041E
_FORMULA, _BOOL_OR_ERROR, _LABEL_SST, _MUL_RK = 0x0006, 0x0205, 0x00FD, 0x00BD
_STRING, _MERGES = 0x0207, 0x00E5
# The records of a cell with a value, and how long each must be at least.
_CELL_LENGTHS = {
    0x0203: 14,
    0x0204: 8,
    0x00D6: 8,
    0x027E: 10,
    _BOOL_OR_ERROR: 8,
    _LABEL_SST: 10,
    _MUL_RK: 12,
    _FORMULA: 20,
}
_LOCAL_DATES = frozenset({*range(27, 37), *range(50, 59)})
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_HEADER = struct.Struct("<HH")
_COUNTS_FROM_1904 = struct.pack("<HHH", _DATEMODE, 2, 1)

Record = tuple[int, int, int]  # type, start and end of the body in the stream


@dataclass
class _Sheet:
    name_record: bytes
    pieces: list[bytes] = field(default_factory=list)
    faults: dict[tuple[int, int], CellFault] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0
    merges: int = 0


@dataclass(frozen=True)
class SafeXls:
    """What calamine may open; the faults of its sheets in their order, positions counted from 1."""

    data: bytes
    faults: list[dict[tuple[int, int], CellFault]]
    epoch1904: bool


def examine_xls(data: bytes) -> SafeXls:
    """The workbook in an OLE file; raises FileUnreadable for none, a protected or a damaged one."""
    stream = _workbook_stream(data)
    head, sheet_records, lengths = _read_globals(stream)
    sheets = []
    texts = area = 0
    for record in sheet_records:
        sheet = _Sheet(record)
        texts += _read_sheet(stream, struct.unpack_from("<L", record)[0], sheet, lengths)
        area += sheet.last_row * sheet.last_column
        if area > MAX_CELLS:
            raise too_large("文件的单元格过多")
        if texts > MAX_TEXT_BYTES:
            raise FileUnreadable(
                "文件中的长文字重复过多，展开后超出内存上限。", "请删除重复的长篇说明文字后再上传。"
            )
        sheets.append(sheet)
    return SafeXls(
        data=pack_ole("Workbook", _assembled(head, sheets)),
        faults=[sheet.faults for sheet in sheets],
        epoch1904=_COUNTS_FROM_1904 in head,
    )


def _damaged() -> FileUnreadable:
    return FileUnreadable("文件已损坏，无法读取。", "请重新取得该文件，或" + RESAVE.removeprefix("请"))


def _protected() -> FileUnreadable:
    return FileUnreadable("文件设有打开密码，无法读取。", "请在 Excel 或 WPS 中取消密码，保存后再上传。")


def _workbook_stream(data: bytes) -> bytes:
    if len(data) < 1536:
        raise _damaged()
    sectors = len(data) // 512 + 1
    # olefile believes these three numbers and reads that many sectors.
    if any(struct.unpack_from("<L", data, place)[0] > sectors for place in (44, 64, 72)):
        raise _damaged()
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise _protected()
            for name in ("Workbook", "Book"):
                if ole.exists(name):
                    return bytes(ole.openstream(name).read())
            is_word = ole.exists("WordDocument")
    except FileUnreadable:
        raise
    except Exception as error:  # olefile raises whatever it stumbles over
        raise _damaged() from error
    what = "这是 Word 文档" if is_word else "文件中没有工作簿"
    raise FileUnreadable(
        f"{what}，本版本只读取 .xlsx 和 .xls。", "请把表格复制到 Excel 或 WPS 表格中，保存为 .xlsx 后上传。"
    )


def _records(stream: bytes, start: int) -> Iterator[Record]:
    end = len(stream)
    while start + 4 <= end:
        kind, length = _HEADER.unpack_from(stream, start)
        body = start + 4
        start = body + length
        if start > end:
            raise _damaged()
        yield kind, body, start


def _read_globals(stream: bytes) -> "tuple[list[bytes], list[bytes], array[int]]":
    """The records in front of the sheets, the bodies of the sheet records, the lengths of shared strings."""
    head: list[bytes] = []
    sheets: list[bytes] = []
    strings: list[memoryview] = []
    view = memoryview(stream)
    after_strings = False
    for kind, body, end in _records(stream, 0):
        if kind == _FILEPASS:
            raise _protected()
        if kind == _EOF:
            break
        if kind == _SST or (kind == _CONTINUE and after_strings):
            strings.append(view[body:end])
            after_strings = True
            head.append(stream[body - 4 : end])
            continue
        after_strings = False
        if kind in (_BOF, _CODEPAGE, _DATEMODE, _FORMAT):
            head.append(stream[body - 4 : end])
        elif kind == _XF:
            head.append(_with_general_date(stream[body - 4 : end]))
        elif kind == _BOUNDSHEET and end - body > 7 and stream[body + 5] == 0:
            sheets.append(stream[body:end])
    if not head or len(sheets) > MAX_SHEETS:
        raise _damaged()
    return head, sheets, _string_lengths(strings)


def _with_general_date(record: bytes) -> bytes:
    if len(record) < 8 or int.from_bytes(record[6:8], "little") not in _LOCAL_DATES:
        return record
    return record[:6] + b"\x0e\x00" + record[8:]


def _string_lengths(blocks: list[memoryview]) -> "array[int]":
    """The length of every shared string, as UTF-8 at most; the strings run on from block to block."""
    lengths = array("L")
    if not blocks or len(blocks[0]) < 8:
        return lengths
    number, place = 0, 8
    try:
        while True:
            while place >= len(blocks[number]):
                number, place = number + 1, place - len(blocks[number])
                if number == len(blocks):
                    return lengths
            count, flags = struct.unpack_from("<HB", blocks[number], place)
            place += 3
            trailing = 0
            if flags & 8:
                trailing += 4 * struct.unpack_from("<H", blocks[number], place)[0]
                place += 2
            if flags & 4:
                trailing += struct.unpack_from("<L", blocks[number], place)[0]
                place += 4
            number, place = _skip_characters(blocks, number, place, count, flags & 1)
            lengths.append(3 * count)
            place += trailing
    except (struct.error, IndexError) as error:
        raise _damaged() from error


def _skip_characters(
    blocks: list[memoryview], number: int, place: int, count: int, wide: int
) -> tuple[int, int]:
    while True:
        taken = min(count, (len(blocks[number]) - place) >> wide)
        place += taken << wide
        count -= taken
        if not count:
            return number, place
        number, place = number + 1, 1
        wide = blocks[number][0] & 1


def _read_sheet(stream: bytes, start: int, sheet: _Sheet, lengths: "array[int]") -> int:
    """Collect the records of one sheet that carry values; gives the bytes of text they will take."""
    texts = depth = 0
    for kind, body, end in _records(stream, start):
        if kind == _BOF:
            depth += 1
            if depth == 1:
                sheet.pieces.append(stream[body - 4 : end])
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth != 1:  # a chart inside the sheet
            continue
        elif kind in _CELL_LENGTHS:
            if end - body < _CELL_LENGTHS[kind]:
                raise _damaged()
            if kind == _LABEL_SST:
                number = struct.unpack_from("<L", stream, body + 6)[0]
                texts += lengths[number] if number < len(lengths) else 0
            _take_cell(stream, (kind, body, end), sheet)
        elif kind == _STRING:
            sheet.pieces.append(stream[body - 4 : end])
        elif kind == _MERGES:
            _take_merges(stream[body - 4 : end], sheet)
    return texts


def _take_cell(stream: bytes, record: Record, sheet: _Sheet) -> None:
    kind, body, end = record
    row, column = _HEADER.unpack_from(stream, body)
    if kind == _MUL_RK:
        last_column = int.from_bytes(stream[end - 2 : end], "little")
        if end - body != 6 + 6 * (last_column - column + 1):
            raise _damaged()
        column = last_column
    sheet.last_row = max(sheet.last_row, row + 1)
    sheet.last_column = max(sheet.last_column, column + 1)
    if row >= MAX_ROWS or column > 255:
        raise too_large(f"工作表第 {row + 1} 行、第 {column + 1} 列仍有内容")
    error = _error_code(stream, kind, body)
    if error is not None:
        sheet.faults[row + 1, column + 1] = CellFault(_ERRORS.get(error, "#ERROR!"), "error")
    elif kind == _FORMULA:
        # The formula itself is left out; only its saved result is read.
        sheet.pieces.append(_HEADER.pack(_FORMULA, 22) + stream[body : body + 20] + b"\0\0")
    else:
        sheet.pieces.append(stream[body - 4 : end])


def _error_code(stream: bytes, kind: int, body: int) -> int | None:
    if kind == _BOOL_OR_ERROR and stream[body + 7]:
        return stream[body + 6]
    if kind == _FORMULA and stream[body + 12 : body + 14] == b"\xff\xff" and stream[body + 6] == 2:
        return stream[body + 8]
    return None


def _take_merges(record: bytes, sheet: _Sheet) -> None:
    count = int.from_bytes(record[4:6], "little")
    sheet.merges += count
    if len(record) >= 6 + 8 * count and sheet.merges <= MAX_MERGES:
        sheet.pieces.append(record)


def _assembled(head: list[bytes], sheets: list[_Sheet]) -> bytes:
    end = _HEADER.pack(_EOF, 0)
    bodies = [b"".join(sheet.pieces) + end for sheet in sheets]
    start = sum(map(len, head)) + sum(4 + len(sheet.name_record) for sheet in sheets) + len(end)
    parts = list(head)
    for sheet, body in zip(sheets, bodies, strict=True):
        parts.append(_HEADER.pack(_BOUNDSHEET, len(sheet.name_record)))
        parts.append(struct.pack("<L", start) + sheet.name_record[4:])
        start += len(body)
    return b"".join([*parts, end, *bodies])
