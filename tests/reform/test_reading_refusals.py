"""Files that are not read: no workbook, broken, or made to fill the memory; and what the clerk is told."""

import struct
from contextlib import suppress

import pytest

from reform.exchange.ole_container import pack_ole
from reform.exchange.raw import MAX_FILE_BYTES
from reform.exchange.reading import FileUnreadable, RawSheet, read_workbook
from tests.workbooks import make_xls, make_xlsx, make_zip, xlsx_of_xml


def message_of(data: bytes, file_name: str = "花名册.xlsx") -> str:
    with pytest.raises(FileUnreadable) as refused:
        read_workbook(file_name, data)
    assert refused.value.hint
    return refused.value.message


def read_one(data: bytes) -> RawSheet:
    (sheet,) = read_workbook("花名册.xlsx", data)
    return sheet


# --- refusals


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的（0 字节）。"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "这是图片，本版本只读取 .xlsx 和 .xls。"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "这是图片，本版本只读取 .xlsx 和 .xls。"),
        (b"%PDF-1.7\n...", "这是PDF 文件，本版本只读取 .xlsx 和 .xls。"),
        ("姓名,身份证号\n张三,1\n".encode(), "这是文本或 CSV 文件，本版本只读取 .xlsx 和 .xls。"),
        ("姓名,身份证号\n张三,1\n".encode("gb18030"), "这是文本或 CSV 文件，本版本只读取 .xlsx 和 .xls。"),
        (
            b"<html><table><tr><td>1</td></tr></table></html>",
            "这是网页（扩展名虽为 .xls，内容是 HTML），本版本只读取 .xlsx 和 .xls。",
        ),
        (b'<?xml version="1.0"?><Workbook/>', "这是XML 文件，本版本只读取 .xlsx 和 .xls。"),
        (b"Rar!\x1a\x07\x00", "这是压缩包，本版本只读取 .xlsx 和 .xls。"),
        (b"\x00\x01\x02\x03" * 50, "这是无法识别的文件，本版本只读取 .xlsx 和 .xls。"),
        (make_zip({"word/document.xml": "<a/>"}), "这是Word 文档，本版本只读取 .xlsx 和 .xls。"),
        (make_zip({"ppt/presentation.xml": "<a/>"}), "这是演示文稿，本版本只读取 .xlsx 和 .xls。"),
        (make_zip({"xl/workbook.bin": b"x"}), "这是二进制工作簿（.xlsb），本版本只读取 .xlsx 和 .xls。"),
        (
            make_zip({"mimetype": "x", "content.xml": "<a/>"}),
            "这是ODF 表格（.ods），本版本只读取 .xlsx 和 .xls。",
        ),
        (make_zip({"花名册.xlsx": b"x"}), "这是压缩包，本版本只读取 .xlsx 和 .xls。"),
        (pack_ole("EncryptedPackage", b"x" * 9000), "文件设有打开密码，无法读取。"),
        (pack_ole("WordDocument", b"x" * 9000), "这是 Word 文档，本版本只读取 .xlsx 和 .xls。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "文件已损坏，无法读取。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 9000, "文件已损坏，无法读取。"),
        (b"PK\x03\x04 and nothing more", "文件已损坏，无法读取。"),
    ],
)
def test_what_is_no_workbook_is_refused_by_name(data: bytes, message: str):
    assert message_of(data) == message


def test_a_file_too_large_is_refused_unread():
    assert message_of(b"PK" + bytes(MAX_FILE_BYTES)) == "文件有 30 MB，超出上限 30 MB。"


def test_the_password_refusal_says_what_to_do():
    with pytest.raises(FileUnreadable) as refused:
        read_workbook("a.xlsx", pack_ole("EncryptedPackage", b"x" * 9000))
    assert refused.value.hint == "请在 Excel 或 WPS 中取消密码，保存后再上传。"


def test_an_encrypted_xls_is_refused():
    protected = struct.pack("<HHHH", 0x0809, 4, 0x0600, 5) + struct.pack("<HHH", 0x002F, 2, 1)
    assert message_of(pack_ole("Workbook", protected)) == "文件设有打开密码，无法读取。"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_a_cut_off_file_is_damaged(kept: float):
    whole = make_xlsx({"甲": [["值", number] for number in range(500)]})
    assert message_of(whole[: int(len(whole) * kept)]) == "文件已损坏，无法读取。"


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_cut_off_xls_is_damaged(kept: float):
    whole = make_xls({"甲": [["值", number] for number in range(500)]})
    assert message_of(whole[: int(len(whole) * kept)]).startswith("文件")


def test_a_flipped_bit_is_damaged_or_read_but_never_a_crash():
    whole = make_xlsx({"甲": [["值", number] for number in range(50)]})
    for place in range(0, len(whole), 61):
        broken = bytearray(whole)
        broken[place] ^= 0x41
        with suppress(FileUnreadable):
            read_workbook("a.xlsx", bytes(broken))


def test_a_flipped_bit_in_an_xls_is_damaged_or_read_but_never_a_crash():
    whole = make_xls({"甲": [["值", number, "文" * number] for number in range(50)]})
    for place in range(0, len(whole), 37):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        with suppress(FileUnreadable):
            read_workbook("a.xls", bytes(broken))


# --- hostile files

TOO_BIG = "文件解压后过大（上限 200 MB），通常是表格里有大量空白的带格式行或内嵌对象。"
LIMITS = "，超出上限（每张工作表最多 60000 行、300 列，每个文件最多 500 万个单元格）。"
ODD = "文件的内部结构异常，为安全起见不予读取。"


def cell(reference: str) -> str:
    return f'<row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{reference}"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (cell("A1") + cell("A1048576"), "工作表「数据」第 1048576 行仍有内容"),
        (cell("XFD1"), "工作表「数据」第 16384 列仍有内容"),
        (cell("A1") + cell("KO60000"), "工作表「数据」第 301 列仍有内容"),
        (cell("A60001"), "工作表「数据」第 60001 行仍有内容"),
        (cell("CV59000"), "工作表「数据」有 59000 行 × 100 列"),
        ("<row><c><v>1</v></c></row>" * 60_001, "工作表「数据」第 60001 行仍有内容"),
        (f"<row>{'<c><v>1</v></c>' * 301}</row>", "工作表「数据」第 301 列仍有内容"),
        ('<row r="1048576"><c><v>1</v></c></row>', "工作表「数据」第 1048576 行仍有内容"),
        ("<row r=\"1\"><c r='A99999'><v>1</v></c></row>", "工作表「数据」第 99999 行仍有内容"),
        ('<row r="1"><c s="0" r="A99999"><v>1</v></c></row>', "工作表「数据」第 99999 行仍有内容"),
        (
            '<row r="1"><c r="A99999"/><c><v>1</v></c></row>' + cell("A99998"),
            "工作表「数据」第 99998 行仍有内容",
        ),
    ],
)
def test_a_value_far_out_is_refused_with_the_limit(rows: str, where: str):
    assert message_of(xlsx_of_xml(rows)) == where + LIMITS


@pytest.mark.parametrize("last", ["A60000", "KN1", "BZ59999"])
def test_a_value_just_inside_the_limits_is_read(last: str):
    assert read_one(xlsx_of_xml(cell("A1") + cell(last))).rows[-1][-1] == 1


def test_a_hidden_second_reference_does_not_deceive():
    data = xlsx_of_xml('<row r="1"><c r="A1" r="XFD1048576"><v>1</v></c></row>')
    assert message_of(data) == "文件已损坏，无法读取。"


def test_many_sheets_together_are_held_to_the_limit():
    names = [f"s{number}" for number in range(6)]
    sheets = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId1"/>' for i, name in enumerate(names, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>'
    data = xlsx_of_xml(cell("A1") + cell("Z50000"), more={"xl/workbook.xml": book})
    assert message_of(data) == "文件的单元格过多" + LIMITS


def test_a_zip_bomb_is_refused_unopened():
    assert message_of(xlsx_of_xml(more={"xl/media/a.bin": bytes(201 * 1024 * 1024)})) == TOO_BIG


def test_a_highly_packed_part_is_refused():
    assert message_of(xlsx_of_xml(more={"xl/media/a.bin": bytes(21 * 1024 * 1024)})) == TOO_BIG


def test_a_part_that_inflates_beyond_its_declaration_is_refused():
    honest = xlsx_of_xml("<row></row>" * 300_000)
    place = honest.rindex(b"xl/worksheets/sheet1.xml") - 46
    lying = bytearray(honest)
    lying[place + 24 : place + 28] = struct.pack("<L", 5000)
    assert message_of(bytes(lying)) == TOO_BIG


def test_too_many_parts_are_refused():
    data = xlsx_of_xml(more={f"xl/media/{number}.bin": b"" for number in range(5000)})
    assert message_of(data) == "文件内的部件过多，不像是正常的工作簿。"


def test_two_parts_of_one_name_are_refused():
    data = xlsx_of_xml(more={"xl/Worksheets/sheet1.xml": "<a/>"})
    assert message_of(data) == "文件内有同名的部件，不是正常的工作簿。"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "part",
    ["xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "_rels/.rels", "xl/worksheets/sheet1.xml"],
)
def test_a_document_type_is_refused_in_every_part(part: str):
    assert message_of(xlsx_of_xml(more={part: f"<?xml version='1.0'?>{BOMB}<x>&b;</x>"})) == ODD


def test_a_document_type_hidden_by_its_encoding_is_refused():
    xml = f'<?xml version="1.0" encoding="UTF-16"?>{BOMB}<worksheet/>'
    assert message_of(xlsx_of_xml(more={"xl/worksheets/sheet1.xml": xml.encode("utf-16")})) == (
        "文件的内部编码异常，无法读取。"
    )


def test_cdata_cannot_hide_cells():
    assert message_of(xlsx_of_xml("<row><c><v><![CDATA[1]]></v></c></row>")) == ODD


def test_a_long_text_in_every_cell_is_refused_before_it_is_copied():
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 10_001))
    data = xlsx_of_xml(rows, strings=f"<si><t>{'长' * 30_000}</t></si>")
    assert message_of(data) == "文件中的长文字重复过多，展开后超出内存上限。"


def test_one_long_text_among_many_short_ones_is_read():
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row > 1:d}</v></c></row>' for row in range(1, 10_001)
    )
    sheet = read_one(xlsx_of_xml(rows, strings=f"<si><t>{'长' * 30_000}</t></si><si><t>短</t></si>"))
    assert (len(sheet.rows[0][0]), sheet.rows[-1]) == (30_000, ["短"])


def test_an_announced_number_of_strings_is_not_believed():
    sst = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="99999999999"/>'
    assert message_of(xlsx_of_xml(more={"xl/sharedStrings.xml": sst})) == "文件已损坏，无法读取。"


def test_a_text_of_megabytes_is_refused():
    data = xlsx_of_xml(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"长" * 800_000}</t></is></c></row>')
    assert message_of(data) == "文件中有超长的文字（超过 1 MB），不像是正常的工作簿。"


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_of_records(*cells: bytes, sheets: int = 1) -> bytes:
    start = record(0x0809, struct.pack("<HH", 0x0600, 5))
    length = len(start) + sheets * 14 + 4
    bounds = b"".join(
        record(0x0085, struct.pack("<LBBBB", length, 0, 0, 1, 0) + b"%d" % n) for n in range(sheets)
    )
    sheet = record(0x0809, struct.pack("<HH", 0x0600, 16)) + b"".join(cells) + record(0x0A, b"")
    stream = start + bounds.ljust(sheets * 14, b"\0") + record(0x0A, b"")
    assert len(stream) <= length or sheets > 1
    return pack_ole("Workbook", stream.ljust(length, b"\0") + sheet)


def number_cell(row: int, column: int) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, 1.0))


def test_xls_records_are_read_one_by_one():
    assert read_one(xls_of_records(number_cell(0, 0), number_cell(1, 1))).rows == [[1, None], [None, 1]]


def test_an_xls_value_in_the_last_row_is_refused():
    assert (
        message_of(xls_of_records(number_cell(65535, 255))) == "工作表第 65536 行、第 256 列仍有内容" + LIMITS
    )


def test_an_xls_of_wide_sheets_is_held_to_the_limit():
    assert message_of(xls_of_records(number_cell(59_000, 90))) == "文件的单元格过多" + LIMITS


def test_announced_dimensions_of_an_xls_are_not_believed():
    dimensions = record(0x0200, struct.pack("<LLHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))
    assert read_one(xls_of_records(dimensions, number_cell(0, 0))).rows == [[1]]


def test_an_ole_chain_in_a_circle_is_refused():
    data = bytearray(pack_ole("Workbook", bytes(9000)))
    data[4096 + 8 : 4096 + 12] = struct.pack("<L", 2)
    assert message_of(bytes(data)).startswith("文件已损坏")
