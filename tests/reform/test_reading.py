"""What comes out of an uploaded file, and which files are refused with what words."""

import datetime
import io
import re
import struct
import tracemalloc
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from reform.exchange.raw import ANNOTATION_SHEET, ANNOTATION_TITLE
from reform.exchange.reading import CellFault, RawSheet, read_workbook
from tests.workbooks import STYLES, make_xls, make_xlsx, make_zip, saved, xlsx_of_xml

DAY = datetime.date(2018, 12, 1)


def read_one(data: bytes) -> RawSheet:
    (sheet,) = read_workbook("花名册.xlsx", data)
    return sheet


# --- cells


def test_cells_keep_their_types_and_their_rows():
    sheet = read_one(
        make_xlsx(
            {
                "名册": [
                    [],
                    [None, "姓  名", 3, 2.5, True],
                    [None, "", "  ", "　"],
                    [None, DAY, datetime.datetime(2018, 8, 1, 13, 5), datetime.time(3, 4)],
                ]
            }
        )
    )
    assert sheet.rows == [
        [None] * 5,
        [None, "姓  名", 3, 2.5, True],
        [None] * 5,
        [None, DAY, datetime.datetime(2018, 8, 1, 13, 5), datetime.time(3, 4), None],
    ]
    assert type(sheet.rows[1][2]) is int
    assert sheet.rows[1][4] is True


def test_blank_rows_and_columns_at_the_end_are_trimmed():
    book = openpyxl.Workbook()
    book.active["B2"] = "值"
    book.active["D9"] = " "
    book.active["Z99"].number_format = "0.00"
    assert read_one(saved(book)).rows == [[None, None], [None, "值"]]


def test_an_empty_sheet_has_no_rows():
    assert read_one(make_xlsx({"空": []})).rows == []


def test_an_id_number_typed_as_a_number_stays_a_number():
    assert read_one(xlsx_of_xml('<row r="1"><c r="A1"><v>4.19900196308087E17</v></c></row>')).rows == [
        [419900196308087000]
    ]


def test_a_length_of_time_reads_as_shown():
    data = make_xlsx({"时长": [[datetime.timedelta(hours=36, minutes=5)]]})
    assert read_one(data).rows == [["36:05:00"]]


def test_a_date_format_known_only_by_its_number_is_a_date():
    assert read_one(xlsx_of_xml('<row r="1"><c r="A1" s="1"><v>43435</v></c></row>')).rows == [[DAY]]


def test_a_number_of_that_format_with_its_own_code_is_left_alone():
    styles = STYLES.replace("<fonts", '<numFmts><numFmt numFmtId="57" formatCode="0.0"/></numFmts><fonts')
    data = xlsx_of_xml('<row r="1"><c r="A1" s="1"><v>43435</v></c></row>', more={"xl/styles.xml": styles})
    assert read_one(data).rows == [[43435]]


def test_merges_and_hidden_sheets_are_told():
    data = make_xlsx(
        {"甲": [["题"], ["a", "b"]], "乙": [[1]]}, merges={"甲": ["A1:B1", "A2:A4"]}, hidden=["乙"]
    )
    first, second = read_workbook("x.xlsx", data)
    assert (first.name, sorted(first.merges), first.visible) == ("甲", [(1, 1, 1, 2), (2, 1, 4, 1)], True)
    assert (second.name, second.merges, second.visible) == ("乙", [], False)


def test_our_own_summary_sheet_is_not_read():
    rows = {"数据": [["姓名"]], ANNOTATION_SHEET: [[ANNOTATION_TITLE], ["工作表"]]}
    assert [sheet.name for sheet in read_workbook("x.xlsx", make_xlsx(rows))] == ["数据"]


def test_a_sheet_of_the_users_with_that_name_is_read():
    rows = {ANNOTATION_SHEET: [["姓名"]]}
    assert [sheet.name for sheet in read_workbook("x.xlsx", make_xlsx(rows))] == [ANNOTATION_SHEET]


# --- cells without a value


def test_errors_and_unsaved_formulas_come_back_as_faults():
    book = openpyxl.Workbook()
    book.active.append(["甲", '=A1&"x"', "#REF!", "末"])
    book.active["C1"].data_type = "e"
    assert read_one(saved(book)).rows == [
        ["甲", CellFault('=A1&"x"', "formula"), CellFault("#REF!", "error"), "末"]
    ]


def test_a_fault_beyond_the_last_value_is_not_lost():
    sheet = read_one(
        xlsx_of_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3"><f>A1</f></c></row>')
    )
    assert sheet.rows == [[1, None, None], [None] * 3, [None, None, CellFault("=A1", "formula")]]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', "末"),
        ('<c r="A1" t="str"><f>B1</f><v>文</v></c>', "文"),
        ('<c r="A1"><f t="shared" si="0"/><v>7</v></c>', 7),
        ('<c r="A1"><f t="shared" si="0"/></c>', CellFault("=…", "formula")),
        ('<c r="A1" t="e"><f>NA()</f><v>#N/A</v></c>', CellFault("#N/A", "error")),
        ('<c r="A1" t="e"><v>#SPILL!</v></c>', CellFault("#SPILL!", "error")),
        ('<c t="e" r="A1"><v>#N/A</v></c>', CellFault("#N/A", "error")),
        ("<c><f>A&amp;1</f></c>", CellFault("=A&1", "formula")),
        ('<c r="A1"><v>NaN</v></c>', CellFault("#NUM!", "error")),
    ],
)
def test_only_what_has_no_result_is_a_fault(cell: str, expected: object):
    row = read_one(
        xlsx_of_xml(f'<row r="1">{cell}<c r="B1" t="inlineStr"><is><t>末</t></is></c></row>')
    ).rows[0]
    assert next(value for value in row if value is not None) == expected


# --- unusual but sound


def test_cells_without_references_and_with_a_prefix_are_read():
    value = "<x:c><x:v>7</x:v></x:c>"
    cells = f"<x:row>{value}<x:c/>{value}</x:row><x:row>{value}</x:row>"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<x:worksheet xmlns:x="{main}"><x:sheetData>{cells}</x:sheetData></x:worksheet>'
    assert read_one(xlsx_of_xml(sheet_xml=xml)).rows == [[7, None, 7], [7, None, None]]


def test_a_sheet_of_two_hundred_columns_is_read():
    assert read_one(make_xlsx({"宽": [list(range(200))]})).rows == [list(range(200))]


def test_a_package_with_back_slashes_in_its_names_is_read():
    with zipfile.ZipFile(io.BytesIO(make_xlsx({"甲": [["值"]]}))) as archive:
        parts = {name.replace("/", "\\"): archive.read(name) for name in archive.namelist()}
    assert read_one(make_zip(parts)).rows == [["值"]]


def test_a_million_blank_formatted_rows_below_the_values_are_ignored():
    blank = "".join(
        f'<row r="{row}" s="1" customFormat="1"><c r="A{row}" s="1"/></row>' for row in range(2, 1_000_000)
    )
    assert read_one(xlsx_of_xml(f'<row r="1"><c r="A1"><v>5</v></c></row>{blank}')).rows == [[5]]


def test_two_million_rows_are_looked_through_in_bounded_memory():
    data = xlsx_of_xml("".join(f'<row r="{row}"/>' for row in range(1, 2_000_001)))
    tracemalloc.start()
    assert read_one(data).rows == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * len(data) < 60 * 1024 * 1024


# --- the old format


@pytest.mark.parametrize("epoch1904", [False, True])
def test_days_counted_from_1904_are_told(epoch1904: bool):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904 if epoch1904 else CALENDAR_WINDOWS_1900
    book.active.append(["姓名", "出生"])
    assert read_one(saved(book)).epoch1904 is epoch1904
    old = xlwt.Workbook()
    old.dates_1904 = epoch1904
    old.add_sheet("名册").write(0, 0, "姓名")
    out = io.BytesIO()
    old.save(out)
    assert read_one(out.getvalue()).epoch1904 is epoch1904


def test_xls_gives_the_same_cells():
    sheet = read_one(
        make_xls(
            {"名册": [["花名册"], ["姓名", "出生", "人数"], ["张三", DAY, 3], [None, 2.5, True]]},
            merges={"名册": [(1, 1, 1, 3)]},
            formats={"名册": {(3, 2): "yyyy/m/d"}},
        )
    )
    assert sheet.rows == [
        ["花名册", None, None],
        ["姓名", "出生", "人数"],
        ["张三", DAY, 3],
        [None, 2.5, True],
    ]
    assert sheet.merges == [(1, 1, 1, 3)]
    assert sheet.visible


def test_xls_errors_are_faults_and_long_tables_are_whole():
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    other = book.add_sheet("二")
    for row in range(3000):
        sheet.write(row, 0, f"第{row}行" + "长" * (row % 90))
        sheet.write(row, 1, row)
    other.row(1).set_cell_error(2, "#REF!")
    out = io.BytesIO()
    book.save(out)
    first, second = read_workbook("旧.xls", out.getvalue())
    assert first.rows == [[f"第{row}行" + "长" * (row % 90), row] for row in range(3000)]
    assert second.rows == [[None] * 3, [None, None, CellFault("#REF!", "error")]]


def test_xls_date_format_known_only_by_its_number_is_a_date():
    data = bytearray(make_xls({"一": [[43435]]}))
    # The format of the last cell format record, put to 57 in the file itself.
    place = [match.start() for match in re.finditer(rb"\xe0\x00\x14\x00", data)][-1]
    data[place + 6 : place + 8] = struct.pack("<H", 57)
    assert read_one(bytes(data)).rows == [[DAY]]


def test_an_xls_named_xlsx_is_read_by_its_content():
    assert read_workbook("其实.xlsx", make_xls({"一": [["值"]]}))[0].rows == [["值"]]
