"""The .xlsx of a paper: the columns of domain.md §8 in their order, 填写说明 behind the data."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from appointments.models import Placement
from appointments.rules.change import ChangeKind
from reform import codes
from reform.models import Position

from .paper import Paper

TITLE_ROWS = 2
FONT = "宋体"
GUIDE = "填写说明"


@dataclass(frozen=True)
class Field:
    """One column: its header, the key of its value, and its width in characters."""

    header: str
    key: str
    width: int


def _fields(columns: str) -> tuple[Field, ...]:
    """Columns as “header=key:width”, the key left out where it is the header."""
    found = []
    for column in columns.split():
        name, _, width = column.rpartition(":")
        header, _, key = name.partition("=")
        found.append(Field(header, key or header, int(width)))
    return tuple(found)


# What the guide says of a column.
NOTES: Mapping[str, str] = {
    "序号": "由系统编号",
    "岗位编号": "与岗位设置表一致",
    "现有人数": "由系统按任职记录计算",
    "身份证号": "没有明文权限的人看到的中间几位是星号",
    "审查结论": "合格、不合格；初审后、复核前标明待复核",
    "复核人": "与审查人不是同一人",
    "综合成绩": "各项成绩乘以权重之和，保留两位小数",
    "出生年月": "年月，写成 2022.01",
    "参加工作时间": "年月，写成 2022.01",
    "聘期止": "含当日",
    "目标内容": "责任书已填目标的照填；没有填的由岗位职责逐条带出",
    "量化标准": "双方商定的衡量标准",
    "权重": "各目标权重合计100",
    "异议截止": "含当日",
    "安置日期": "日期，写成 2022-01-23",
}

# The words of a column, where there are few.
WORDS: Mapping[str, Sequence[str]] = {
    "性别": tuple(codes.SEX.values()),
    "民族": tuple(codes.ETHNICITY.values()),
    "政治面貌": tuple(codes.POLITICAL_STATUS.values()),
    "任用方式": tuple(Position.Method.labels),
    "岗位类别": tuple(Position.Category.labels),
    "变动类型": tuple(kind.label for kind in ChangeKind),
    "安置方式": tuple(Placement.Way.labels),
    "是否进入考察": ("是", "否"),
    "审查结论": ("合格", "不合格"),
}

# Header:width, and the key of the value where it differs.
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "notice": _fields(
        "序号:6 单位:18 科室:14 岗位编号:16 岗位名称:14 岗位层级:10 岗位类别:10 职数:6 现有人数:9 "
        "任用方式:10 岗位系数:9 任职条件:40 岗位职责:40 备注:16"
    ),
    "screening": _fields(
        "序号:6 岗位编号:16 姓名:10 身份证号:22 任职年限:20 年龄:16 学历:14 近三年考核:20 "
        "处分情况:14 回避情况:10 审查结论:12 不合格原因:30 审查人:10 复核人:10"
    ),
    "scores": _fields(
        "序号:6 岗位编号:16 姓名:10 笔试:8 面试:8 民主测评:9 业绩:8 综合成绩:9 排名:6 "
        "同分处理依据:24 是否进入考察:12"
    ),
    "publicity": _fields(
        "序号:6 姓名:10 性别:6 出生年月:10 民族:8 籍贯:14 政治面貌:12 学历学位:18 参加工作时间:12 "
        "现任岗位:26 拟聘岗位:26 拟聘层级:10 变动类型:10 备注(破格理由)=备注:24"
    ),
    "appointment": _fields("姓名:10 聘任岗位:28 聘期:34 试用期:8 同时解聘的原岗位:28"),
    "letter": _fields("编号:20 姓名:10 岗位:28 聘期起:16 聘期止:16 发证单位:20 日期:16"),
    "duties": _fields(
        "单位:18 岗位:16 姓名:10 聘期:34 年度:8 目标序号:9 目标内容:40 量化标准:24 权重:8 "
        "完成时限:16 甲方签字:10 乙方签字:10"
    ),
    "rejection": _fields("序号:6 姓名:10 岗位编号:16 岗位:28 批次:16 不合格原因:36 告知日期:16 异议截止:16"),
    "not_selected": _fields("序号:6 姓名:10 批次:16 岗位:40 综合成绩:14 排名:8 通知日期:16"),
    "offer": _fields(
        "序号:6 文号:20 姓名:10 第几次:8 原岗位:28 岗位:28 岗位编号:16 层级:10 安置方式:16 "
        "提供日期:16 答复:20"
    ),
    "placements": _fields(
        "序号:6 姓名:10 基准岗位:26 基准层级:10 落聘批次:16 安置方式:16 第一次岗位提供及答复:34 "
        "第二次岗位提供及答复:34 安置岗位:26 安置日期:12 备注:20"
    ),
}


def write_paper(kind: str, paper: Paper) -> bytes:
    """The workbook of a paper: title, headers, data from row 3, notes beneath; text is written as text, never
    as a formula, whatever it begins with."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": paper.title})
        sheet = book.add_worksheet(paper_name(paper.title))
        _Sheet(book, sheet, FIELDS[kind]).write(paper)
        _write_guide(book, FIELDS[kind])
    return stream.getvalue()


def paper_name(title: str) -> str:
    """A title as the name of a sheet."""
    return "".join("－" if one in "[]:*?/\\'" else one for one in title)[:31] or "数据"


class _Sheet:
    def __init__(self, book: Any, sheet: Any, fields: Sequence[Field]) -> None:
        self.sheet, self.fields = sheet, fields
        base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
        ruled = {**base, "border": 1, "border_color": "#C9CFD9"}
        self.title = book.add_format({**base, "bold": True, "font_size": 16, "align": "center"})
        self.head = book.add_format(
            {**ruled, "bold": True, "align": "center", "bg_color": "#EEF0F4", "text_wrap": True}
        )
        self.text = book.add_format({**ruled, "num_format": "@", "text_wrap": True})
        self.whole = book.add_format({**ruled, "align": "center"})
        self.score = book.add_format({**ruled, "align": "right", "num_format": "0.00"})
        self.note = book.add_format({**base, "text_wrap": True})

    def write(self, paper: Paper) -> None:
        last = len(self.fields) - 1
        self.sheet.merge_range(0, 0, 0, last, "", self.title)
        self.sheet.write_string(0, 0, paper.title, self.title)
        self.sheet.set_row(0, 30)
        self.sheet.set_row(1, 32)
        for place, field in enumerate(self.fields):
            self.sheet.set_column(place, place, field.width)
            self.sheet.write_string(1, place, field.header, self.head)
        row = TITLE_ROWS
        for row, values in enumerate(paper.rows, TITLE_ROWS):
            for place, field in enumerate(self.fields):
                self._cell(row, place, values.get(field.key))
        for number, note in enumerate(paper.notes, row + 2):
            self.sheet.merge_range(number, 0, number, last, "", self.note)
            self.sheet.write_string(number, 0, note, self.note)
            self.sheet.set_row(number, 34)
        self.sheet.freeze_panes(TITLE_ROWS, 0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0, 1)
        self.sheet.set_footer("&C第&P页 共&N页")

    def _cell(self, row: int, place: int, value: Any) -> None:
        match value:
            case None | "":
                self.sheet.write_blank(row, place, None, self.text)
            case Decimal():
                self.sheet.write_number(row, place, float(value), self.score)
            case int():
                self.sheet.write_number(row, place, value, self.whole)
            case _:
                self.sheet.write_string(row, place, str(value), self.text)


def _write_guide(book: Any, fields: Sequence[Field]) -> None:
    guide = book.add_worksheet(GUIDE)
    plain = book.add_format({"font_name": FONT, "font_size": 11, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"font_name": FONT, "font_size": 11, "bold": True, "bg_color": "#EEF0F4"})
    guide.set_column(0, 0, 24)
    guide.set_column(1, 1, 60)
    guide.set_column(2, 2, 70)
    for place, header in enumerate(("列", "说明", "可填内容")):
        guide.write_string(0, place, header, bold)
    for row, field in enumerate(fields, 1):
        guide.write_string(row, 0, field.header, plain)
        guide.write_string(row, 1, NOTES.get(field.header, ""), plain)
        guide.write_string(row, 2, "、".join(WORDS.get(field.header, ())), plain)
