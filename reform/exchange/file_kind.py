"""What an uploaded file really is, by its first bytes, and what the clerk is told of one we do not read."""

import io
import re
import zipfile
from enum import Enum

from reform.exchange.raw import MAX_FILE_BYTES, RESAVE, FileUnreadable
from reform.exchange.xlsx_package import MAX_PARTS, damaged

READ_HERE = "本版本只读取 .xlsx 和 .xls"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Kind(Enum):
    """What the first bytes say; the label is used in messages."""

    XLSX = "Excel 工作簿"
    XLS = "Excel 97-2003 工作簿"
    EMPTY = "空文件"
    TOO_LARGE = "过大的文件"
    PICTURE = "图片"
    PDF = "PDF 文件"
    WEB_PAGE = "网页（扩展名虽为 .xls，内容是 HTML）"
    XML = "XML 文件"
    WORD = "Word 文档"
    SLIDES = "演示文稿"
    BINARY_XLSX = "二进制工作簿（.xlsb）"
    OPEN_DOCUMENT = "ODF 表格（.ods）"
    ARCHIVE = "压缩包"
    TEXT = "文本或 CSV 文件"
    UNKNOWN = "无法识别的文件"


_MAGIC = (
    (_OLE, Kind.XLS),
    (b"\x89PNG", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"BM", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"%PDF", Kind.PDF),
    (b"Rar!", Kind.ARCHIVE),
    (b"7z\xbc\xaf", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"{\\rtf", Kind.WORD),
)
_INSIDE_ZIP = (
    ("xl/workbook.bin", Kind.BINARY_XLSX),
    ("word/document.xml", Kind.WORD),
    ("ppt/presentation.xml", Kind.SLIDES),
    ("content.xml", Kind.OPEN_DOCUMENT),
)
_COPY_TABLE = "请把表格复制到 Excel 或 WPS 表格中，保存为 .xlsx 后上传。"
_HINTS = {
    Kind.PICTURE: "请上传原始的电子表格，不要上传截图或照片。",
    Kind.PDF: "请上传生成该 PDF 的电子表格。",
    Kind.ARCHIVE: "请先解压，再上传其中的工作簿。",
    Kind.WORD: _COPY_TABLE,
    Kind.SLIDES: _COPY_TABLE,
    Kind.UNKNOWN: "请确认上传的是 Excel 或 WPS 表格文件。",
}


def kind_of(data: bytes) -> Kind:
    """The kind of a file by its content; never raises but for a zip file too odd to open."""
    if not data:
        return Kind.EMPTY
    if len(data) > MAX_FILE_BYTES:
        return Kind.TOO_LARGE
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    return _kind_of_text(data)


def refusal(kind: Kind, file_name: str, data: bytes) -> FileUnreadable:
    """The message for a file of a kind that is not read."""
    if kind is Kind.EMPTY:
        return FileUnreadable("文件是空的（0 字节）。", "请确认文件已保存，再重新上传。")
    if kind is Kind.TOO_LARGE:
        size, limit = len(data) / 1024 / 1024, MAX_FILE_BYTES // 1024 // 1024
        return FileUnreadable(
            f"文件有 {size:.0f} MB，超出上限 {limit} MB。", "请删除图片等无关内容，或分成几个文件上传。"
        )
    return FileUnreadable(f"这是{kind.value}，{READ_HERE}。", _HINTS.get(kind, RESAVE))


def _kind_of_zip(data: bytes) -> Kind:
    if data.count(b"PK\x01\x02") > MAX_PARTS:
        return Kind.XLSX  # refused there, with the reason
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except Exception as error:  # zipfile raises many kinds for a damaged directory
        raise damaged() from error
    if any(name.rpartition("/")[2] == "workbook.xml" for name in names):
        return Kind.XLSX
    return next((kind for name, kind in _INSIDE_ZIP if name in names), Kind.ARCHIVE)


def _kind_of_text(data: bytes) -> Kind:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style", b"mime-version:")
    ):
        return Kind.WEB_PAGE
    if start.startswith((b"<?xml", b"<")):
        return Kind.WEB_PAGE if b"<html" in start else Kind.XML
    return Kind.TEXT if _is_text(data) else Kind.UNKNOWN


def _is_text(data: bytes) -> bool:
    start = data[:65536]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if re.search(rb"[\x00-\x08\x0e-\x1f]", start):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # A character may be cut in two at the end of what is looked at.
            start[: -4 if len(data) > len(start) else None].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(start) - 8:
                continue
        return True
    return False
