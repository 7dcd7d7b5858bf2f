"""Workbooks built in memory: ordinary ones cell by cell, odd and hostile ones from their XML."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import openpyxl
import xlwt

from reform.exchange.raw import RawSheet

Rows = Sequence[Sequence[object]]
Areas = Sequence[tuple[int, int, int, int]]  # first row, first column, last row, last column, from 1

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="57" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def raw_sheet(*rows: Sequence[object], merges: Areas = ()) -> RawSheet:
    """A sheet as reading gives it; short rows are padded."""
    width = max(map(len, rows), default=0)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    return RawSheet("Sheet1", padded, list(merges), True)


def make_xlsx(
    sheets: Mapping[str, Rows],
    merges: Mapping[str, Iterable[str]] | None = None,
    formats: Mapping[str, Mapping[str, str]] | None = None,
    hidden: Iterable[str] = (),
) -> bytes:
    """An .xlsx of these sheets; merges: sheet → "A1:C1"; formats: sheet → cell → number format."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for area in (merges or {}).get(name, ()):
            sheet.merge_cells(area)
        for cell, number_format in (formats or {}).get(name, {}).items():
            sheet[cell].number_format = number_format
        if name in hidden:
            sheet.sheet_state = "hidden"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook made with openpyxl."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_xls(
    sheets: Mapping[str, Rows],
    merges: Mapping[str, Iterable[tuple[int, int, int, int]]] | None = None,
    formats: Mapping[str, Mapping[tuple[int, int], str]] | None = None,
) -> bytes:
    """An .xls of these sheets; merges and cells by row and column from 1: (1, 1, 1, 3) is A1:C1."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        codes = (formats or {}).get(name, {})
        for row, cells in enumerate(rows, start=1):
            for column, value in enumerate(cells, start=1):
                if value is not None:
                    style = xlwt.Style.default_style
                    if (row, column) in codes:
                        style = xlwt.easyxf(num_format_str=codes[row, column])
                    sheet.write(row - 1, column - 1, value, style)
        for top, left, bottom, right in (merges or {}).get(name, ()):
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_of_xml(
    sheet_data: str = "",
    strings: str | None = None,
    sheet_xml: str | None = None,
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An .xlsx of one sheet 数据, from what stands inside <sheetData> and <sst>; style 1 is a Chinese date.

    sheet_xml replaces the whole sheet; more: further parts, or others in place of the usual ones.
    """
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}">'
        f"{_relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="数据" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}">'
        f"{_relation(1, 'worksheet', 'worksheets/sheet1.xml')}{_relation(2, 'styles', 'styles.xml')}"
        f"{_relation(3, 'sharedStrings', 'sharedStrings.xml')}</Relationships>",
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet_xml
        or f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = f'{_XML}<sst xmlns="{_MAIN}">{strings}</sst>'
    return make_zip({**parts, **(more or {})})


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def make_zip(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
