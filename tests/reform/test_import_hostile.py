"""Files made to harm, through the command: status 2, a clear word in Chinese, and not a row written."""

import io
import re
import zipfile

import pytest

from reform.exchange.ole_container import pack_ole
from tests.import_cast import Office, command, positions, results, roster, table_sizes
from tests.workbooks import make_zip, xlsx_of_xml

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def zip_bomb():
    """More blanks than are allowed to be unpacked, in a quarter of a megabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(results())) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            if name != "xl/worksheets/sheet1.xml":
                bad.writestr(name, good.read(name))
        with bad.open("xl/worksheets/sheet1.xml", "w") as sheet:
            piece = b" " * 2**20
            for _ in range(256):
                sheet.write(piece)
    return out.getvalue()


def million_values():
    """A million rows that each hold something."""
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 1_000_001))
    return xlsx_of_xml(rows)


def cut_off():
    return results()[:-2000]


REFUSED = {
    "zip bomb": (zip_bomb, "文件解压后过大"),
    "million values": (million_values, "超出上限"),
    "encrypted": (lambda: pack_ole("EncryptedPackage", b"x" * 9000), "文件设有打开密码"),
    "word document": (lambda: make_zip({"word/document.xml": "<a/>"}), "这是Word 文档"),
    "empty": (lambda: b"", "文件是空的"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "这是图片"),
    "old picture": (lambda: b"BM" + bytes(99), "无法识别的文件|图片"),
    "web page called .xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    "text": (lambda: "姓名,身份证号\n".encode("gb18030"), "文本或 CSV"),
    "cut off": (cut_off, "已损坏"),
    "noise": (lambda: bytes(range(256)) * 40, "无法识别的文件"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_harmful_file_is_refused_in_chinese_and_nothing_is_written(office, name):
    make, words = REFUSED[name]
    before = table_sizes()
    run = office.bring({"花名册.xlsx": make(), "p.xlsx": positions()}, "--annotated", office.folder / "out")
    assert (run.status, run.codes, run.facts["written"]) == (2, ["FILE_UNREADABLE"], False)
    (fault,) = run.errors
    assert (fault["file"], fault["sheet"], fault["row"]) == ("花名册.xlsx", None, None)
    assert re.search(words, fault["message"])
    assert not re.search(r"Error|Exception|Traceback|line \d", fault["message"] + fault["hint"])
    assert fault["hint"]
    assert table_sizes() == before
    assert list((office.folder / "out").iterdir()) == []


def test_million_blank_formatted_rows_below_the_data_do_no_harm(office):
    blank = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(12, 1_000_001))
    with zipfile.ZipFile(io.BytesIO(results())) as good:
        parts = {name: good.read(name) for name in good.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", f"{blank}</sheetData>")
    run = office.bring_all(results=make_zip(parts))
    assert run.status == 0, run.errors
    assert run.facts["files"][2]["rows"] == 8


def test_two_harmful_files_are_both_named(office):
    run = office.bring({"a.xlsx": b"", "b.xlsx": b"%PDF-1.7", "r.xlsx": roster()})
    assert run.status == 2
    assert [one["file"] for one in run.errors] == ["a.xlsx", "b.xlsx"]


def test_folder_and_file_without_a_table_are_refused(office, tmp_path):
    (tmp_path / "d.xlsx").mkdir()
    run = command("import_workbooks", tmp_path / "d.xlsx")
    assert (run.status, run.codes) == (2, ["FILE_UNREADABLE"])
    assert run.errors[0]["message"] == "这是文件夹，不是文件。"
    run = office.bring({"空.xlsx": xlsx_of_xml()})
    assert (run.status, run.codes) == (2, ["KIND_UNKNOWN"])


def test_cells_that_look_like_markup_or_formulas_are_only_text(office):
    evil = "<script>alert(1)</script>"
    layout = {"单位": "unit", "岗位名称": "title", "岗位层级": "level", "职数": "headcount", "备注": "note"}
    rows = [{"unit": "招商局", "title": "局长", "level": evil, "headcount": 1, "note": "'; DROP TABLE x --"}]
    run = office.bring({"p.xlsx": positions(rows, layout)})
    assert [(one["code"], one["value"]) for one in run.errors] == [("LEVEL_UNKNOWN", evil)]
