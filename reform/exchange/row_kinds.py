"""Which rows under a header are data. What could be data is kept; only what surely is none is set aside."""

import re
import unicodedata
from datetime import date

from reform.errors import CellError
from reform.exchange.headers import WIDE, Area, Header, HeaderBlock, header_key
from reform.exchange.id_number import clean_id_number
from reform.exchange.raw import RawSheet
from reform.text import NO_SPACES

SUBTOTAL, TOTAL, NOTE, SIGNATURE = "小计行", "合计行", "注释", "落款"
HINT, SAMPLE, REPEATED, HEADING, ONLY_NUMBER = "提示行", "示例行", "重复表头", "标题行", "仅有序号"
BLANK = ""  # dropped without a word

# A label of totals stands in one of the first columns.
_LABEL_COLUMNS = 6
_TOTAL = re.compile(r"(小计|合计|总计|共计|共(?=\d))(?:[:(].*|\d+(?:\.\d+)?[人个名项岗分元]?)?$")
_TOTAL_SIGN = re.compile(r"[计共]")
_AMOUNT = re.compile(r"[\d.,%+\-]*[人个名项岗分元万亿]*")
_NOTE = re.compile(
    r"[*※★#]*(?:备?注|附注|说明|填[表写报](?:说明|须知|要求|注意事项)|(?:填写)?注意事项|导入说明|编制说明|温馨提示|提示)"
    r"(?:$|\d{0,2}[:.、,;()])"
)
_SECTION = re.compile(r"\(?[一二三四五六七八九十]{1,3}[、.)]")
_SIGNATURE = re.compile(
    r"(?:填[表报制]|制表|编制|审核|复核|审批|经办|负责|联系|分管|主管|部门|单位|领导|主要领导|组织人事)?"
    r"(?:人|负责人|单位|部门|领导|日期|时间|盖章|公章|签字|签章|签名|电话){1,2}(?:\([^()]*\))*:"
)
_DAY_ALONE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?")
_END_MARK = re.compile(r"[-—=*(]*以下(?:空白|无正文|无内容)[-—=*)]*")
_HINT = re.compile(
    r"\(?(?:必填|必须填|选填|非必填|可填|可不填|可为空|不填|免填|自动(?:生成|计算)|下拉|请(?:选择|填写|输入|下拉)"
    r"|格式|文本格式|日期格式|填写|单选|多选|如:|例如|YYYY)",
    re.IGNORECASE,
)
_SAMPLE_MARK = re.compile(r"\(?(?:填写)?(?:示例|样例|范例|举例|例)\)?\d{0,2}(?:$|[:.])")
_SAMPLE_NAMES = frozenset(
    {
        "张三",
        "李四",
        "王五",
        "赵六",
        "张某",
        "李某",
        "王某",
        "张某某",
        "李某某",
        "某某",
        "某某某",
        "XXX",
        "XX",
    }
)
_SAMPLE_NUMBER = re.compile(r"0+\d{1,3}|1234567?8?9?0?|X+|\*+", re.IGNORECASE)
_STAFF_NUMBERS = frozenset({"人员编号", "工号", "工作证号", "学工号", "职工号", "人员编码"})
_LONG_TEXT = 20


def is_blank_cell(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


class RowJudge:
    """Judges the rows under one header, from top to bottom: what a row is depends on those before it."""

    def __init__(self, sheet: RawSheet, areas: list[Area], block: HeaderBlock, headers: list[Header]) -> None:
        self.columns = [header.index for header in headers]
        self.label_columns = set(self.columns[:_LABEL_COLUMNS])
        self.keys = {header.index: header_key(header.lower) for header in headers}
        # What the header rows say, cell by cell, to know them again on the next printed page.
        self.header_cells = {
            (column, text)
            for row in sheet.rows[block.first : block.last + 1]
            for column, text in enumerate(row)
            if isinstance(text, str)
        }
        self.wide_rows = {
            top for top, left, _, right in areas if top > block.last and self.is_wide(left, right)
        }
        self.data_seen = False
        self.in_notes = False

    def is_wide(self, left: int, right: int) -> bool:
        """Whether a merge goes over most of the table's columns."""
        covered = sum(left <= column <= right for column in self.columns)
        return covered >= max(3, WIDE * len(self.columns))

    def reason(self, index: int, row: list[object]) -> str | None:
        """Why a row is no data; BLANK for nothing worth a word, None for data.  index: of the row, from 0."""
        own = [column for column in self.columns if not is_blank_cell(row[column])]
        if not own:
            return BLANK if all(map(is_blank_cell, row)) else NOTE
        why = self._why(index, row, own)
        if why is None:
            self.data_seen = True
            self.in_notes = False
        elif why in (NOTE, SIGNATURE):
            self.in_notes = True
        return why

    def _why(self, index: int, row: list[object], own: list[int]) -> str | None:
        if self._repeats_header(row, own):
            return REPEATED
        if total := self._total(row, own):
            return total
        if not self.data_seen and (early := self._hint_or_sample(row, own)):
            return early
        first = row[own[0]]
        if len(own) == 1 and self.keys[own[0]] == "序号" and _as_int(first) is not None:
            return ONLY_NUMBER
        if isinstance(first, str):
            text = unicodedata.normalize("NFKC", first).translate(NO_SPACES)
            number_alone = len(own) == 1 and self.keys[own[0]] == "序号"
            return self._remark(index, text, len(own)) or (NOTE if number_alone else None)
        return SIGNATURE if len(own) == 1 and isinstance(first, date) else None

    def _repeats_header(self, row: list[object], own: list[int]) -> bool:
        cells = self.header_cells
        same = sum(1 for column in own if isinstance(row[column], str) and (column, row[column]) in cells)
        return same >= 2 and same * 2 > len(own)

    def _total(self, row: list[object], own: list[int]) -> str | None:
        for column in own:
            value = row[column]
            if (
                column not in self.label_columns
                or not isinstance(value, str)
                or not _TOTAL_SIGN.search(value)
            ):
                continue
            match = _TOTAL.search(header_key(value))
            if match is None:
                continue
            others = sum(not _is_amount(row[other]) for other in own if other != column)
            if others <= 1:  # the unit whose total it is; a person or a post has more to tell
                return SUBTOTAL if match[1] == "小计" else TOTAL
        return None

    def _hint_or_sample(self, row: list[object], own: list[int]) -> str | None:
        texts = [header_key(value) for column in own if isinstance(value := row[column], str)]
        if len(texts) == len(own):
            hints = sum(_HINT.match(text) is not None for text in texts)
            if hints and hints * 2 >= len(own):
                return HINT
        if len(own) >= 4 and [_as_int(row[column]) for column in own] == list(range(1, len(own) + 1)):
            return HINT  # the columns numbered
        if any(_SAMPLE_MARK.match(text) for text in texts[:2]) or self._is_sample_person(row, own):
            return SAMPLE
        return None

    def _is_sample_person(self, row: list[object], own: list[int]) -> bool:
        """张三 whose number is no number; a real one has a valid ID number and stays."""
        names = [header_key(str(row[column])).upper() for column in own if self.keys[column].endswith("姓名")]
        if not names or names[0] not in _SAMPLE_NAMES:
            return False
        for column in own:
            key, value = self.keys[column], row[column]
            if "身份证" in key or "身份号码" in key:
                return not _is_id_number(value)
            if key in _STAFF_NUMBERS and _SAMPLE_NUMBER.fullmatch(header_key(str(value))):
                return True
        return False

    def _remark(self, index: int, text: str, filled: int) -> str | None:
        """A row by its first text: note, signature, heading; None where it may be data."""
        alone = filled == 1 and len(self.columns) >= 3
        if _SIGNATURE.match(text):
            return SIGNATURE if filled <= max(6, len(self.columns) // 2) else None
        if filled <= 2 and (_NOTE.match(text) or _END_MARK.fullmatch(text)):
            return NOTE
        if index in self.wide_rows and filled <= 2:
            return NOTE if self.in_notes or len(text) > _LONG_TEXT else HEADING
        if not alone:
            return None
        if _DAY_ALONE.fullmatch(text):
            return SIGNATURE
        if _SECTION.match(text):
            return HEADING
        if self.in_notes or (len(text) >= _LONG_TEXT and re.search(r"[。;,:]", text)):
            return NOTE
        return None


def _is_amount(value: object) -> bool:
    return not isinstance(value, str) or _AMOUNT.fullmatch(header_key(value)) is not None


def _as_int(value: object) -> int | None:
    text = header_key(str(value)).strip("()")
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _is_id_number(value: object) -> bool:
    try:
        clean_id_number(value, date.max)
    except CellError:
        return False
    return True
