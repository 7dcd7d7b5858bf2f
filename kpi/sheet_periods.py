"""Which cycle the lines above a sheet name: 考核周期:2021年1月1日至2021年12月31日, 2021年第一季度, 2021年3月,
or the year of the title."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_LABEL = re.compile(r"^\(?(?:考核|评价|考评)?(?:周期|期间|时段|年度|时间|季度|月份)[:=]?(?=\d)")
_ANOTHER = re.compile(r"填报|填表|制表|报送|上报|打印|印发|截止|截至|统计")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4} | {str(number): number for number in range(1, 5)}
_QUARTER = re.compile(rf"{_YEAR}(?:年度?|-)?(?:第?(?P<quarter>[一二三四1-4])季度?|[Qq](?P<letter>[1-4]))")
_MONTH = re.compile(rf"{_YEAR}(?:年|[-./])(?P<month>0?[1-9]|1[0-2])(?:月份?(?!\d)|$)")
_MONTHS = re.compile(
    rf"{_YEAR}(?:年|[-./])(?P<first>\d{{1,2}})月?"
    rf"(?:至|到|[-~—–]+)(?:(?P<last_year>(?:19|20)\d{{2}})(?:年|[-./]))?(?P<last>\d{{1,2}})(?:月份?|$)"
)
_DAYS = re.compile(
    rf"{_YEAR}(?:年|[-./])(?P<first>\d{{1,2}})(?:月|[-./])(?P<first_day>\d{{1,2}})日?"
    r"(?:至|到|[-~—–]+)(?:(?P<last_year>(?:19|20)\d{2})(?:年|[-./]))?"
    r"(?:(?P<last>\d{1,2})(?:月|[-./]))?(?P<last_day>\d{1,2})日?"
)
_HALF = re.compile(r"[上下]半年|前\d季度")
_YEAR_ALONE = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_WHOLE_YEAR = re.compile(rf"{_YEAR}(?:年度?|全年)?")
_MONTHS_A_YEAR, _MONTHS_A_QUARTER, _LONGEST_MONTH, _SHORTEST_MONTH = 12, 3, 31, 28


@dataclass(frozen=True)
class Said:
    """code: of the cycle, '' where the line names a period that is none.  text: the line."""

    code: str
    text: str


def said_cycle(title: str, lines: Sequence[str]) -> Said | None:
    """What a sheet says of its cycle: a line 考核周期, else a line that is nothing but a period, else the
    title; None where it says nothing."""
    narrow = [(_narrow(line), line) for line in lines]
    for text, line in narrow:
        label = _LABEL.match(text)
        if label:
            return Said(_code(text[label.end() :]), line)
    for text, line in narrow:
        if _is_period(text.strip("()")):
            return Said(_code(text.strip("()")), line)
    text = _narrow(title)
    return Said(_code(text), title) if _YEAR_ALONE.search(text) else None


def _narrow(text: str) -> str:
    """Half-width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _is_period(text: str) -> bool:
    if _ANOTHER.search(text):
        return False
    return any(one.fullmatch(text) for one in (_DAYS, _MONTHS, _QUARTER, _MONTH, _WHOLE_YEAR))


def _code(text: str) -> str:
    """2021, 2021Q1 or 2021-03; '' for a period that is no cycle, such as half a year."""
    if _HALF.search(text):
        return ""
    if found := _DAYS.search(text):
        whole = int(found["first_day"]) == 1 and _SHORTEST_MONTH <= int(found["last_day"]) <= _LONGEST_MONTH
        return _span(found) if whole else ""
    if found := _MONTHS.search(text):
        return _span(found)
    if found := _QUARTER.search(text):
        return f"{found['year']}Q{found['letter'] or _QUARTERS[found['quarter']]}"
    if found := _MONTH.search(text):
        return f"{found['year']}-{int(found['month']):02d}"
    years = set(_YEAR_ALONE.findall(text))
    return years.pop() if len(years) == 1 else ""


def _span(found: re.Match[str]) -> str:
    """The cycle from a first to a last month of one year."""
    year, first = found["year"], int(found["first"])
    last = int(found["last"] or first)
    if found["last_year"] not in (None, year) or last > _MONTHS_A_YEAR:
        return ""
    if (first, last) == (1, _MONTHS_A_YEAR):
        return year
    if first == last and first:
        return f"{year}-{first:02d}"
    if last == first + _MONTHS_A_QUARTER - 1 and last % _MONTHS_A_QUARTER == 0:
        return f"{year}Q{last // _MONTHS_A_QUARTER}"
    return ""
