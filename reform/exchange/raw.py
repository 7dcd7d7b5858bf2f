"""What reading hands on: cells as the file has them, the limits of a file, and the refusal of one.

ANNOTATION_SHEET and ANNOTATION_HEADER are what `annotate` adds to a user's file; reading sets both aside, so
that a corrected copy may be uploaded as it is.
"""

from dataclasses import dataclass
from typing import Literal

MAX_FILE_BYTES = 30 * 1024 * 1024
MAX_ROWS = 60_000
MAX_COLUMNS = 300
MAX_CELLS = 5_000_000
MAX_SHEETS = 255

ANNOTATION_SHEET = "错误汇总"
ANNOTATION_HEADER = "错误信息"
# Stands in A1 of the summary: a sheet of the user's that happens to have the same name is read as data.
ANNOTATION_TITLE = "导入检查：错误汇总（系统生成，再次上传时不读取本表）"

RESAVE = "请用 Excel 或 WPS 打开该文件，另存为 .xlsx 后重新上传。"


class FileUnreadable(Exception):
    """The file cannot be read at all; `message` and `hint` are shown to the clerk."""

    def __init__(self, message: str, hint: str = RESAVE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a value: an Excel error (text '#REF!') or a formula saved without result ('=A1+1')."""

    text: str
    kind: Literal["error", "formula"]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class RawSheet:
    """One worksheet; rows[0] is Excel row 1, all rows equally long, no blank row or column at the end.

    rows: str, int, float, bool, datetime, date, time, CellFault or None (also for white space alone).
    merges: (first row, first column, last row, last column), counted from 1 as Excel does.
    epoch1904: the workbook counts days from 1904, as Excel for Macintosh did; date cells are dates already.
    """

    name: str
    rows: list[list[object]]
    merges: list[tuple[int, int, int, int]]
    visible: bool
    epoch1904: bool = False


def too_large(where: str) -> FileUnreadable:
    """The refusal of a sheet beyond the limits; `where` names the sheet and what was found there."""
    return FileUnreadable(
        f"{where}，超出上限（每张工作表最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列，"
        f"每个文件最多 {MAX_CELLS // 10000} 万个单元格）。",
        "请删除表格下方和右侧多余的内容（选中整行或整列后删除，只清除内容不够），或分成几个文件，再上传。",
    )
