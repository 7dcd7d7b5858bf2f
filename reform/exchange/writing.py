"""Workbooks out: an export, or with no rows the empty template, both from the one schema of a sheet (§8)."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reform.exchange.sheet import Column, SheetResource
from reform.exchange.widgets import CodeWidget

GUIDE, OPTIONS = "填写说明", "选项"
TEMPLATE_ROWS = 2000  # rows of an empty template that have formats and dropdowns
LONGEST_INLINE = 250  # characters that Excel takes as a list inside a validation


def write_workbook(resource: SheetResource, title: str, records: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook in the layout of §8: title, headers, data from row 3; 填写说明 behind it.

    Text is written as text, never as a formula, whatever it begins with. Columns of text have the text
    format, so
    that Excel keeps what a clerk adds (an ID number, 2018.10) as it is typed.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_calc_mode("auto")
        formats = _formats(book)
        sheet = book.add_worksheet(resource.label[:31])
        columns = resource.written_columns()
        last = _write_rows(sheet, columns, records, formats)
        _write_head(sheet, columns, title, formats)
        guide = book.add_worksheet(GUIDE)
        options = book.add_worksheet(OPTIONS)
        options.hide()
        _write_guide(guide, columns, formats)
        _write_dropdowns(sheet, options, columns, max(last, TEMPLATE_ROWS))
    return stream.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    ruled = base | {"border": 1, "border_color": "#C9CFD9"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 16, "align": "center"}),
        "head": book.add_format(
            ruled | {"bold": True, "align": "center", "bg_color": "#EEF0F4", "text_wrap": True}
        ),
        "required": book.add_format(
            ruled
            | {
                "bold": True,
                "align": "center",
                "bg_color": "#EEF0F4",
                "font_color": "#B4232A",
                "text_wrap": True,
            }
        ),
        "text": book.add_format(ruled | {"num_format": "@"}),
        "number": book.add_format(ruled | {"align": "right"}),
        "plain": book.add_format(base | {"text_wrap": True, "valign": "top"}),
        "empty_text": book.add_format({"num_format": "@"}),
    }


def _write_head(
    sheet: Worksheet, columns: Mapping[str, Column], title: str, formats: Mapping[str, Format]
) -> None:
    sheet.merge_range(0, 0, 0, max(len(columns) - 1, 1), title, formats["title"])
    sheet.set_row(0, 30)
    sheet.set_row(1, 32)
    for place, column in enumerate(columns.values()):
        needed = column.required or column.filled
        sheet.write_string(1, place, column.header, formats["required" if needed else "head"])
        note = "；".join(part for part in ("必填" if needed else "", column.help_text) if part)
        if note:
            sheet.write_comment(1, place, note)
        sheet.set_column(place, place, column.width, formats["empty_text"] if column.text else None)
    sheet.freeze_panes(2, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)


def _write_rows(
    sheet: Worksheet,
    columns: Mapping[str, Column],
    records: Iterable[Mapping[str, Any]],
    formats: Mapping[str, Format],
) -> int:
    row = 1
    for row, record in enumerate(records, 2):
        for place, (name, column) in enumerate(columns.items()):
            value = column.widget.render(record.get(name))
            if value is None or value == "":
                sheet.write_blank(row, place, None, formats["text" if column.text else "number"])
            elif column.text or isinstance(value, str):
                sheet.write_string(row, place, str(value), formats["text"])
            else:
                sheet.write_number(row, place, value, formats["number"])
    return row


def choices_of(column: Column) -> list[str]:
    """The words a cell of the column may hold, where they are few enough to choose from."""
    if column.choices:
        return list(column.choices)  # type: ignore[arg-type]
    if isinstance(column.widget, CodeWidget):
        return list(column.widget.table.values())
    return []


def _write_guide(guide: Worksheet, columns: Mapping[str, Column], formats: Mapping[str, Format]) -> None:
    guide.set_column(0, 0, 18)
    guide.set_column(1, 1, 8)
    guide.set_column(2, 2, 40)
    guide.set_column(3, 3, 70)
    for place, head in enumerate(("列", "必填", "说明", "可填内容")):
        guide.write_string(0, place, head, formats["head"])
    for row, column in enumerate(columns.values(), 1):
        needed = column.required or column.filled
        cells = (column.header, "是" if needed else "", column.help_text, "、".join(choices_of(column)))
        for place, text in enumerate(cells):
            guide.write_string(row, place, text, formats["plain"])
    notes = (
        "日期可写成 2022-01-23、2022.1.23、2022/1/23、20220123、2022年1月23日；只到月份的写成 2022.01。",
        "身份证号、编号、日期列是文本格式，请勿改成数字。空着的单元格不会清除系统中已有的内容。",
        "合计、小计和表下的注释会自动跳过，列的先后次序不限。",
    )
    for row, note in enumerate(notes, len(columns) + 2):
        guide.merge_range(row, 0, row, 3, note, formats["plain"])


def _write_dropdowns(
    sheet: Worksheet, options: Worksheet, columns: Mapping[str, Column], last_row: int
) -> None:
    used = 0
    for place, column in enumerate(columns.values()):
        words = choices_of(column) if column.read else []
        if not words:
            continue
        source: Any = words
        if len(",".join(words)) > LONGEST_INLINE:
            for row, word in enumerate(words):
                options.write_string(row, used, word)
            name = xlsxwriter.utility.xl_col_to_name(used, col_abs=True)
            source = f"='{OPTIONS}'!{name}$1:{name}${len(words)}"
            used += 1
        sheet.data_validation(
            2,
            place,
            last_row,
            place,
            {
                "validate": "list",
                "source": source,
                # Offices write other words for the same thing, and the import understands them.
                "error_type": "information",
                "error_title": column.header,
                "error_message": "不在选项中，导入时会检查。",
            },
        )
