"""年度考核 in a sheet: one column a year (2018年, 2017年 …), or 近三年考核 as text whose years are known."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from import_export.widgets import Widget

from reform.errors import CellError
from reform.exchange.tables import header_key
from reform.text import clean_title, quoted

# Stored code → the words that offices write, the first as we write it.
WORDS: Mapping[str, Sequence[str]] = {
    "A": ("优秀",),
    "B": ("称职", "合格", "称职（合格）", "称职(合格)"),
    "C": ("基本称职", "基本合格", "基本称职（基本合格）", "基本称职(基本合格)"),
    "D": ("不称职", "不合格", "不称职（不合格）", "不称职(不合格)"),
    "N": ("不定等次", "未定等次", "不确定等次", "未确定等次"),
}
GRADE_OF = {word: code for code, words in WORDS.items() for word in words}
_YEAR_HEADER = re.compile(r"(20\d{2})年?(?:度)?(?:年度)?(?:考核)?(?:结果|等次)?")
_SPAN = re.compile(r"(20\d{2})年?\s*[-—–~～至到]+\s*(20\d{2})")
_YEAR = re.compile(r"20\d{2}")
_GRADE = "|".join(sorted((re.escape(word) for word in GRADE_OF), key=len, reverse=True))
_DATED = re.compile(rf"(20\d{{2}})\s*年?(?:度)?(?:考核)?(?:结果)?(?:为)?\s*[:：]?\s*({_GRADE})")
_BARE = re.compile(_GRADE)
_BETWEEN = re.compile(r"[\s、,，;；。/和]*")


class GradeWidget(Widget):
    """等次 of one year."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = clean_title(value)
        if text not in GRADE_OF:
            told = "、".join(words[0] for words in WORDS.values())
            raise CellError("GRADE_UNKNOWN", f"没有{quoted(text)}这个考核等次。", f"可填：{told}。")
        return GRADE_OF[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return WORDS[value][0] if value in WORDS else (value or "")


def header_year(text: str) -> int | None:
    """The year of a header such as 2018年, 2018年度考核结果; None for any other header."""
    match = _YEAR_HEADER.fullmatch(header_key(text))
    return int(match.group(1)) if match else None


def years_named(header: str) -> list[int]:
    """The years that a header names in its order: 近三年考核（2019-2021）, （2021、2020、2019）; none
    otherwise."""
    span = _SPAN.search(header)
    if span:
        first, last = int(span.group(1)), int(span.group(2))
        step = 1 if first <= last else -1
        return list(range(first, last + step, step)) if abs(last - first) < 10 else []
    return [int(year) for year in _YEAR.findall(header)]


def is_grade(value: object) -> bool:
    """Whether a cell says a grade."""
    return isinstance(value, str) and clean_title(value) in GRADE_OF


def grades_in(text: str, years: Sequence[int] = ()) -> dict[int, str]:
    """Year → grade where the text says nothing else and each year is known: 2019优秀、2020称职, or the grades
    alone under a header that names as many years. {} where anything stays open."""
    dated = _whole(_DATED, text)
    if dated:
        found = {int(match.group(1)): GRADE_OF[match.group(2)] for match in dated}
        return found if len(found) == len(dated) else {}
    bare = _whole(_BARE, text)
    if bare and len(bare) == len(years) == len(set(years)):
        return {year: GRADE_OF[match.group()] for year, match in zip(years, bare, strict=True)}
    return {}


def _whole(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """All matches, where only marks of punctuation stand between them; else none."""
    found, place = [], 0
    for match in pattern.finditer(text):
        if not _BETWEEN.fullmatch(text[place : match.start()]):
            return []
        found.append(match)
        place = match.end()
    return found if _BETWEEN.fullmatch(text[place:]) else []
