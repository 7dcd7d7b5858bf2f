"""Dates in every spelling that offices use (domain.md §8, headers.md "Layout habits")."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from reform.errors import CellError
from reform.text import HALF_WIDTH, NO_SPACES, clean_text, is_blank, quoted

FIRST_YEAR, LAST_YEAR = 1900, 2100
_FIRST_SERIAL, _LAST_SERIAL = 7000, 80000  # 1919 to 2119: what a sheet's day numbers can plausibly be
_EPOCH_1900 = date(1899, 12, 30)  # two days early: counts from 1, and Excel believes in 1900-02-29
_EPOCH_1904 = date(1904, 1, 1)
_FOLD: dict[int, int | str] = {**HALF_WIDTH, **{ord(dash): "-" for dash in "‐‑–—−"}, ord("。"): "."}
_TIME = re.compile(
    r"(?:[T\s]|(?<=日))\s*(?:上午|下午)?\s*\d{1,2}(?::\d{1,2}){1,2}(?:\.\d+)?\s*(?:[AaPp][Mm])?"
    r"(?:Z|[+-]\d\d:?\d\d)?$"
)
_WRITTEN = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:月|[-/.月]([0-9]{1,2})[日号]?)?\.?").fullmatch
_JANUARY_OR_OCTOBER = re.compile(r"([0-9]{4})\.1\.?").fullmatch
_YEAR_ONLY = re.compile(r"[0-9]{4}年?").fullmatch
_DAY_HINT = "请写成 2022-01-23、2022.1.23 或 2022年1月23日"
_HINT = f"{_DAY_HINT}；只到月份的写成 2022.01。"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day or only to the month; then `on` is the month's first day, which orders it."""

    on: date
    precision: Literal["day", "month"]

    @property
    def text(self) -> str:
        """As precise as it was written: YYYY-MM-DD or YYYY.MM."""
        return format_day(self.on) if self.precision == "day" else format_month(self.on)


def format_month(on: date) -> str:
    """YYYY.MM, for 出生, 参加工作 and 任职 columns."""
    return f"{on.year:04d}.{on.month:02d}"


def format_day(on: date) -> str:
    """YYYY-MM-DD, for all other date columns."""
    return f"{on.year:04d}-{on.month:02d}-{on.day:02d}"


def clean_date(value: object, *, epoch1904: bool = False) -> PartialDate:
    """The date in a cell, known to the day or to the month; a time of day is dropped.

    Accepts date cells, YYYY-MM-DD with - / . or 年月日, YYYYMMDD, the same without a day, Excel day numbers.
    epoch1904: the workbook counts days from 1904.  Years 1900–2100.  Raises CellError DATE_INVALID, also for
    a blank, for a bare year, and for x.1 (October typed as a number arrives as 2018.1, just like January).
    Source: domain.md §8.
    """
    if isinstance(value, datetime):
        return _known(value.year, value.month, value.day)
    if isinstance(value, date):
        return _known(value.year, value.month, value.day)
    if isinstance(value, str):
        return _from_text(value, epoch1904)
    if isinstance(value, float) and value == value and not value.is_integer():
        if _FIRST_SERIAL <= value <= _LAST_SERIAL:
            return _from_serial(int(value), epoch1904)
        return _from_text(clean_text(value), epoch1904)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return _from_digits(str(int(value)), epoch1904)
    if is_blank(value):
        raise CellError("DATE_INVALID", "日期为空。", _HINT)
    raise _unreadable(value)


def clean_day(value: object) -> date:
    """As clean_date, of one that must be known to the day."""
    try:
        found = clean_date(value)
    except CellError as fault:
        hint = f"{_DAY_HINT}。" if fault.hint == _HINT else fault.hint
        raise CellError(fault.code, fault.message, hint) from None
    if found.precision != "day":
        raise CellError("DATE_INVALID", f"{quoted(value)}只到月份。", "请写到日，如 2022-01-24。")
    return found.on


@lru_cache(maxsize=8192)
def _from_text(raw: str, epoch1904: bool) -> PartialDate:
    if is_blank(raw):
        raise CellError("DATE_INVALID", "日期为空。", _HINT)
    text = clean_text(raw).translate(_FOLD)
    if ":" in text:
        text = _TIME.sub("", text)
    packed = text.translate(NO_SPACES)
    if packed.isdecimal() and packed.isascii():
        if len(packed) == 5 and len(packed) != len(text):
            raise _unreadable(raw)  # “2018 1” is no day number
        return _from_digits(packed, epoch1904)
    ambiguous = _JANUARY_OR_OCTOBER(packed)
    if ambiguous:
        year = ambiguous.group(1)
        raise CellError(
            "DATE_INVALID",
            f"“{packed}”分不清是 {year} 年 1 月还是 10 月（按数字录入的 {year}.10 会变成 {year}.1）。",
            f"请把该列设为“文本”格式，写成 {year}.01 或 {year}.10。",
        )
    written = _WRITTEN(packed)
    if written is None:
        raise _unreadable(raw)
    year, month, day = written.groups()
    return _known(int(year), int(month), None if day is None else int(day))


def _from_digits(digits: str, epoch1904: bool) -> PartialDate:
    if len(digits) == 8:
        return _known(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6:
        return _known(int(digits[:4]), int(digits[4:]), None)
    if len(digits) <= 5 and digits.isdecimal() and _FIRST_SERIAL <= int(digits) <= _LAST_SERIAL:
        return _from_serial(int(digits), epoch1904)
    raise _unreadable(digits)


def _from_serial(serial: int, epoch1904: bool) -> PartialDate:
    on = (_EPOCH_1904 if epoch1904 else _EPOCH_1900) + timedelta(days=serial)
    return _known(on.year, on.month, on.day)


def _known(year: int, month: int, day: int | None) -> PartialDate:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError("DATE_INVALID", f"年份 {year} 不在 {FIRST_YEAR}—{LAST_YEAR} 之间。", _HINT)
    if not 1 <= month <= 12:
        raise CellError("DATE_INVALID", f"没有这个月：{year}年{month}月。", _HINT)
    if day is None:
        return PartialDate(date(year, month, 1), "month")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise CellError(
            "DATE_INVALID",
            f"没有这一天：{year}年{month}月{day}日（{year}年{month}月只有 {last} 天）。",
            "请核对日期。",
        )
    return PartialDate(date(year, month, day), "day")


def _unreadable(value: object) -> CellError:
    text = clean_text(value)
    if _YEAR_ONLY(text):
        return CellError("DATE_INVALID", f"“{text}”只有年份。", "请补上月份，如 2022.01。")
    return CellError("DATE_INVALID", f"{quoted(value)}不是日期。", _HINT)
