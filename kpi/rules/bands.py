"""Bands of the rule INTERVAL (分档): what offices write, checked for gaps and overlaps (domain.md §6)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reform.errors import RuleError

from .figures import number, packed, shown

_BAND = re.compile(r"([\[(])([^,\[\]()]+)[,~]([^,\[\]()]+)([\])])[:=]?(?:得|计)?([^\[\]();,分]+)分?[;,]?")
_HOW = "请写成“[0,30)2分;[30,100]5分”"
_INFINITE = {"∞", "+∞", "-∞", "无穷", "+无穷", "-无穷", "正无穷", "负无穷"}


@dataclass(frozen=True, slots=True)
class Band:
    """Actuals from `low` to `high` and the score they get; None is an end without limit."""

    low: Decimal | None
    high: Decimal | None
    score: Decimal
    low_closed: bool = True
    high_closed: bool = False

    def has(self, actual: Decimal) -> bool:
        low, high = self.low, self.high
        if low is not None and (actual < low or (actual == low and not self.low_closed)):
            return False
        return high is None or actual < high or (actual == high and self.high_closed)

    @property
    def interval(self) -> str:
        left = f"{'[' if self.low_closed else '('}{'-∞' if self.low is None else shown(self.low)}"
        right = f"{'+∞' if self.high is None else shown(self.high)}{']' if self.high_closed else ')'}"
        return f"{left},{right}"


def parse_bands(text: str) -> tuple[Band, ...]:
    """Bands in ascending order from “[0,30)2分;[30,100]5分”, also with colons, full width and ±∞.

    Raises RuleError naming the band that cannot be read, is empty, or leaves a gap or an overlap.
    """
    rest, bands = packed(text), []
    while rest:
        match = _BAND.match(rest)
        if match is None:
            raise RuleError(f"分档中“{rest}”看不懂。{_HOW}。")
        bands.append(_band(*match.groups()))
        rest = rest[match.end() :]
    if not bands:
        raise RuleError(f"分档为空。{_HOW}。")
    # an open start after a closed point at the same figure
    ordered = sorted(bands, key=lambda one: (one.low is not None, one.low or 0, not one.low_closed))
    for before, after in pairwise(ordered):
        _check_joint(before, after)
    return tuple(ordered)


def bands_text(bands: Sequence[Band]) -> str:
    """“[0,30)2分;[30,100]5分”; parse_bands reads it back."""
    return ";".join(f"{band.interval}{shown(band.score)}分" for band in bands)


def score_of(bands: Sequence[Band], actual: Decimal) -> Decimal | None:
    """The score of the band that has the actual; None outside of all bands."""
    for band in bands:
        if band.has(actual):
            return band.score
    return None


def _band(left: str, low: str, high: str, right: str, score: str) -> Band:
    bottom = (
        None if low in _INFINITE and not low.startswith(("+", "正")) else number(low.rstrip("%"), "分档下限")
    )
    top = (
        None
        if high in _INFINITE and not high.startswith(("-", "负"))
        else number(high.rstrip("%"), "分档上限")
    )
    band = Band(
        low=bottom,
        high=top,
        score=number(score, "分档得分"),
        low_closed=left == "[" and bottom is not None,
        high_closed=right == "]" and top is not None,
    )
    if bottom is not None and top is not None:
        point = band.low_closed and band.high_closed
        if bottom > top or (bottom == top and not point):
            raise RuleError(f"分档{band.interval}是空的：下限须小于上限。")
    if band.score < 0:
        raise RuleError(f"分档{band.interval}的得分须不小于0，现为{shown(band.score)}。")
    return band


def _check_joint(before: Band, after: Band) -> None:
    """Two neighbours meet at one figure, which belongs to exactly one of them."""
    where = f"分档{before.interval}与{after.interval}"
    if before.high is None or after.low is None or before.high > after.low:
        raise RuleError(f"{where}重叠。")
    if before.high < after.low:
        raise RuleError(f"{where}之间有空档：{shown(before.high)}至{shown(after.low)}没有得分。")
    if before.high_closed and after.low_closed:
        raise RuleError(f"{where}在{shown(after.low)}处重叠。")
    if not before.high_closed and not after.low_closed:
        raise RuleError(f"{where}之间有空档：{shown(after.low)}没有得分。")
