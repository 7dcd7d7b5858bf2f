"""The marked-up copy of a user's file: what is added, what is kept, and that it can come back corrected."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from reform.exchange.annotate import (
    ERROR_COLOUR,
    WARNING_COLOUR,
    Mark,
    annotate,
    annotated_name,
)
from reform.exchange.raw import ANNOTATION_HEADER, ANNOTATION_SHEET, ANNOTATION_TITLE
from reform.exchange.reading import read_workbook
from reform.exchange.tables import find_table
from tests.workbooks import make_xls, make_xlsx, saved, xlsx_of_xml

ROWS = [
    ["花名册"],
    ["序号", "姓名", "身份证号", "单位"],
    [1, "朱荣", "419900196307010450", "甲部"],
    [2, "李鑫", "419900196909087058", None],
    [3, "王利", "419900196306016816", "丙部"],
]
MERGES = {"名册": ["A1:D1", "D3:D4"]}
HEADER_ROW = {"名册": 2}


def mark(row: int | None, column: int | None, message: str = "校验码错误。", **others: str) -> Mark:
    facts = {
        "sheet": "名册",
        "level": "error",
        "code": "X",
        "header": "身份证号",
        "value": "4199",
        "hint": "请核对。",
    }
    return Mark(row=row, column=column, message=message, **{**facts, **others})  # type: ignore[arg-type]


def annotated(data: bytes, *marks: Mark, name: str = "花名册.xlsx") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(annotate(name, data, marks, HEADER_ROW)[1]))


def roster(*marks: Mark) -> openpyxl.Workbook:
    return annotated(make_xlsx({"名册": ROWS}, merges=MERGES), *marks)


def colour_of(sheet: Worksheet, cell: str) -> str | None:
    fill = sheet[cell].fill
    return fill.fgColor.rgb if fill.fill_type else None


def summary_lines(book: openpyxl.Workbook) -> list[tuple[object, ...]]:
    return [row[1:] for row in book[ANNOTATION_SHEET].iter_rows(min_row=4, values_only=True)]


# --- what is added


def test_faulty_cells_are_coloured_with_a_comment():
    sheet = roster(mark(3, 3), mark(4, 2, "姓名有误。", level="warning", hint=""))["名册"]
    assert colour_of(sheet, "C3") == ERROR_COLOUR
    assert sheet["C3"].comment.text == "错误：校验码错误。\n处理：请核对。"
    assert colour_of(sheet, "B4") == WARNING_COLOUR
    assert sheet["B4"].comment.text == "提示：姓名有误。"
    assert colour_of(sheet, "B3") is None


def test_several_findings_on_one_cell_share_its_comment():
    sheet = roster(mark(3, 3, "甲。", level="warning"), mark(3, 3, "乙。"), mark(3, 3, "乙。"))["名册"]
    assert colour_of(sheet, "C3") == ERROR_COLOUR
    assert sheet["C3"].comment.text == "提示：甲。\n处理：请核对。\n错误：乙。\n处理：请核对。"


def test_each_row_tells_its_findings_in_a_column_of_ours():
    sheet = roster(mark(3, 3), mark(3, 4, "单位不存在。"), mark(5, None, "整行有误。"))["名册"]
    assert [cell.value for cell in sheet["E"]] == [
        None,
        ANNOTATION_HEADER,
        "校验码错误；单位不存在",
        None,
        "整行有误",
    ]
    assert sheet["E3"].alignment.wrap_text
    assert sheet.column_dimensions["E"].width == 48


def test_the_column_goes_beside_whatever_stands_right_of_the_table():
    data = make_xlsx(
        {
            "名册": [
                [*row, *[None] * (4 - len(row)), None, "说明" if row == ROWS[2] else None] for row in ROWS
            ]
        },
        merges={"名册": ["F3:H5"]},
    )
    sheet = annotated(data, mark(3, 3))["名册"]
    assert sheet["F3"].value == "说明"
    assert (sheet["E2"].value, sheet["E3"].value) == (ANNOTATION_HEADER, "校验码错误")


def test_a_box_that_touches_the_table_is_not_written_over():
    data = make_xlsx(
        {"名册": [[*row, "说明"] if row == ROWS[2] else row for row in ROWS]}, merges={"名册": ["E3:G5"]}
    )
    sheet = annotated(data, mark(3, 3))["名册"]
    assert (sheet["E3"].value, sheet["H2"].value, sheet["H3"].value) == (
        "说明",
        ANNOTATION_HEADER,
        "校验码错误",
    )


def test_the_column_stands_right_of_a_merged_last_header():
    data = make_xlsx(
        {"名册": [["姓名", "成绩"], [None, "笔试", "面试"], ["朱荣", 1, 2]]},
        merges={"名册": ["A1:A2", "B1:C1"]},
    )
    assert annotated(data, mark(3, 2))["名册"]["D2"].value == ANNOTATION_HEADER


def test_a_merged_cell_is_marked_at_its_top_left():
    sheet = roster(mark(4, 4, "单位不存在。"))["名册"]
    assert colour_of(sheet, "D3") == ERROR_COLOUR
    assert sheet["D3"].comment.text.startswith("错误：单位不存在。")
    assert sheet["E4"].value == "单位不存在"


def test_a_finding_about_a_column_is_marked_at_its_header():
    sheet = roster(mark(None, 3, "该列不能识别。", level="warning"))["名册"]
    assert colour_of(sheet, "C2") == WARNING_COLOUR
    assert sheet["E2"].value is None


def test_the_last_sheet_lists_all_findings_with_links():
    book = roster(
        mark(4, 3, "警告一。", level="warning"),
        mark(5, 3),
        mark(None, None, "缺少必需的列：单位。", header="", value=""),
        mark(3, None, "重复。", header="", value=""),
    )
    assert book.sheetnames == ["名册", ANNOTATION_SHEET]
    sheet = book[ANNOTATION_SHEET]
    assert sheet["A1"].value == ANNOTATION_TITLE
    assert sheet["A2"].value.startswith("错误 3 条，提示 1 条。")
    assert summary_lines(book) == [
        ("错误", "名册", None, "整表", None, "缺少必需的列：单位。", "请核对。"),
        ("错误", "名册", 3, "整行", None, "重复。", "请核对。"),
        ("错误", "名册", 5, "C（身份证号）", "4199", "校验码错误。", "请核对。"),
        ("提示", "名册", 4, "C（身份证号）", "4199", "警告一。", "请核对。"),
    ]
    assert [
        sheet.cell(row, 5).hyperlink and sheet.cell(row, 5).hyperlink.location for row in range(4, 8)
    ] == [
        None,
        "'名册'!A3",
        "'名册'!C5",
        "'名册'!C4",
    ]
    assert sheet["C4"].hyperlink.location == "'名册'!A1"


def test_a_finding_about_a_sheet_that_is_not_there_is_listed_without_link():
    book = roster(mark(3, 3, sheet="另一张"))
    assert summary_lines(book)[0][1] == "另一张"
    assert book[ANNOTATION_SHEET]["D4"].hyperlink is None
    assert colour_of(book["名册"], "C3") is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t="])
def test_what_looks_like_a_formula_is_written_as_text(start: str):
    evil = start + 'HYPERLINK("http://x.invalid","看")'
    data = annotate("a.xlsx", make_xlsx({"名册": ROWS}), [mark(3, 3, evil, value=evil)], HEADER_ROW)[1]
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cell in (book["名册"]["E3"], book[ANNOTATION_SHEET]["F4"], book[ANNOTATION_SHEET]["G4"]):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (evil, "s", True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_characters_no_workbook_may_hold_are_left_out():
    sheet = roster(mark(3, 3, "坏\x00字\x0b符"))["名册"]
    assert sheet["E3"].value == "坏字符"
    assert sheet["C3"].comment.text.startswith("错误：坏字符")


# --- what is kept


def test_layout_values_formulas_and_colours_of_the_user_stay():
    book = openpyxl.load_workbook(io.BytesIO(make_xlsx({"名册": ROWS}, merges=MERGES)))
    sheet = book["名册"]
    sheet.column_dimensions["B"].width = 33
    sheet.freeze_panes = "C3"
    sheet["B5"].fill = PatternFill("solid", fgColor="FFFFC7CE")
    sheet["A5"] = "=A4+1"
    sheet["B3"].comment = Comment("用户的批注", "张科长")
    copy = annotated(saved(book), mark(3, 2))["名册"]
    assert copy.column_dimensions["B"].width == 33
    assert copy.freeze_panes == "C3"
    assert colour_of(copy, "B5") == "FFFFC7CE"
    assert copy["A5"].value == "=A4+1"
    assert sorted(map(str, copy.merged_cells.ranges)) == ["A1:D1", "D3:D4"]
    assert copy["B3"].comment.text == "错误：校验码错误。\n处理：请核对。\n———— 原批注 ————\n用户的批注"


def test_an_xls_becomes_a_marked_xlsx():
    data = make_xls(
        {"名册": [*ROWS[:3], [2, "=公式样的文字", datetime.date(2022, 1, 23), 2.5]]},
        merges={"名册": [(1, 1, 1, 4)]},
        formats={"名册": {(4, 3): "yyyy-mm-dd"}},
    )
    name, copy = annotate("D:\\报表\\花名册.xls", data, [mark(3, 3)], HEADER_ROW)
    sheet = openpyxl.load_workbook(io.BytesIO(copy))["名册"]
    assert name == "花名册-标注.xlsx"
    assert colour_of(sheet, "C3") == ERROR_COLOUR
    assert [cell.value for cell in sheet[4]] == [
        2,
        "=公式样的文字",
        datetime.datetime(2022, 1, 23),
        2.5,
        None,
    ]
    assert sheet["B4"].data_type == "s"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:D1"]


@pytest.mark.parametrize(
    "data",
    [
        make_xlsx({"名册": ROWS}),
        xlsx_of_xml(
            sheet_xml="<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
            '<row r="1"><c r="A1" t="inlineStr"><is><t>花名册</t></is></c></row>'
            '<row r="3"><c r="C3"><v>7</v></c></row></sheetData>'
            '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
        ),
        xlsx_of_xml(
            '<row r="3"><c r="C3"><v>7</v></c></row>'
            + "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(4, 700_000))
        ),
        xlsx_of_xml(
            '<row r="3"><c r="C3"><v>7</v></c></row>', more={"xl/theme/theme1.xml": "<!DOCTYPE a><a/>"}
        ),
    ],
    ids=["ordinary", "merged to the last cell", "endless rows", "document type in a part not read"],
)
def test_a_file_too_heavy_or_odd_is_copied_first(data: bytes):
    name = read_workbook("a.xlsx", data)[0].name
    copy = annotate("a.xlsx", data, [mark(1, 1, sheet=name)], {name: 1})[1]
    assert len(copy) < 20_000
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[name]
    assert colour_of(sheet, "A1") == ERROR_COLOUR


def test_a_file_openpyxl_stumbles_over_is_copied_first():
    data = xlsx_of_xml(
        '<row r="3"><c r="C3"><v>7</v></c></row>',
        more={"xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
              '<fonts count="1"><font><color rgb="nonsense"/></font></fonts></styleSheet>'},
    )  # fmt: skip
    copy = annotate("a.xlsx", data, [mark(3, 3, sheet="数据")], {"数据": 1})[1]
    assert colour_of(openpyxl.load_workbook(io.BytesIO(copy))["数据"], "C3") == ERROR_COLOUR


# --- the way back


def is_known(key: str) -> bool:
    return key in {"序号", "姓名", "身份证号", "单位"}


def test_the_copy_reads_like_the_original():
    data = make_xlsx({"名册": ROWS}, merges=MERGES)
    before = [find_table(sheet, is_known) for sheet in read_workbook("a.xlsx", data)]
    copy = annotate("a.xlsx", data, [mark(3, 3), mark(5, None)], HEADER_ROW)[1]
    (sheet,) = read_workbook("a-标注.xlsx", copy)
    after = find_table(sheet, is_known)
    assert after is not None
    assert before[0] is not None
    assert (after.headers, after.title, after.skipped) == (
        before[0].headers,
        before[0].title,
        before[0].skipped,
    )
    assert [row.cells[:4] for row in after.rows] == [row.cells for row in before[0].rows]


def test_marking_a_copy_again_removes_the_earlier_marks():
    first = annotate(
        "花名册.xlsx", make_xlsx({"名册": ROWS}, merges=MERGES), [mark(3, 3), mark(4, 4)], HEADER_ROW
    )
    second_name, second = annotate(*first, [mark(5, 2, "姓名有误。")], HEADER_ROW)
    book = openpyxl.load_workbook(io.BytesIO(second))
    sheet = book["名册"]
    assert second_name == "花名册-标注.xlsx"
    assert book.sheetnames == ["名册", ANNOTATION_SHEET]
    assert [sheet["C3"].comment, colour_of(sheet, "C3"), colour_of(sheet, "D3")] == [None, None, None]
    assert [cell.value for cell in sheet["E"]] == [None, ANNOTATION_HEADER, None, None, "姓名有误"]
    assert sheet.max_column == 5
    assert colour_of(sheet, "B5") == ERROR_COLOUR
    assert len(summary_lines(book)) == 1


def test_the_users_comment_comes_back_when_the_fault_is_gone():
    book = openpyxl.load_workbook(io.BytesIO(make_xlsx({"名册": ROWS})))
    book["名册"]["B3"].comment = Comment("用户的批注", "张科长")
    _, copy = annotate("a.xlsx", saved(book), [mark(3, 2)], HEADER_ROW)
    sheet = annotated(copy, mark(5, 2))["名册"]
    assert sheet["B3"].comment.text == "用户的批注"
    assert colour_of(sheet, "B3") is None


def test_a_sheet_of_the_users_called_like_ours_stays():
    data = make_xlsx({"名册": ROWS, ANNOTATION_SHEET: [["我的"]]})
    book = annotated(data, mark(3, 3))
    assert book[ANNOTATION_SHEET]["A1"].value == "我的"
    assert re.fullmatch(ANNOTATION_SHEET + r"\d", book.sheetnames[-1])
    assert [sheet.name for sheet in read_workbook("a.xlsx", saved(book))] == ["名册", ANNOTATION_SHEET]


def test_many_findings_are_all_told_though_not_all_have_comments():
    rows = [["姓名"], *[["某"] for _ in range(2500)]]
    marks = [mark(row, 1, "错。") for row in range(2, 2502)]
    book = openpyxl.load_workbook(
        io.BytesIO(annotate("a.xlsx", make_xlsx({"名册": rows}), marks, {"名册": 1})[1])
    )
    sheet = book["名册"]
    assert sum(cell.comment is not None for cell in sheet["A"]) == 2000
    assert sum(cell.value == "错" for cell in sheet["B"]) == 2500
    assert colour_of(sheet, "A2501") == ERROR_COLOUR


# --- names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("花名册.xlsx", "花名册-标注.xlsx"),
        ("花名册-标注.xlsx", "花名册-标注.xlsx"),
        ("C:\\用户\\2022.1 名册.xls", "2022.1 名册-标注.xlsx"),
        ("../../etc/名册.xlsm", "名册-标注.xlsx"),
        ('a<b>"c\n.xlsx', "abc-标注.xlsx"),
        (".xlsx", "工作簿-标注.xlsx"),
        ("名" * 300 + ".xlsx", "名" * 80 + "-标注.xlsx"),
    ],
)
def test_the_name_of_the_copy_has_no_folder(name: str, expected: str):
    assert annotated_name(name) == expected
