"""Pure: figures put into the words of a heading. No database, no clock."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

_NUMERALS = "零一两三四五六七八九"
_HALF = 2  # one part of two: from here on a level is said to have most of them


def number_word(number: int) -> str:
    """1 → 一, 2 → 两 … as one counts 级; digits from ten on."""
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number)


def day_word(day: date, after: date | None = None) -> str:
    """2022年1月9日; without the year where a day of the same year stands before it."""
    month = f"{day.month}月{day.day}日"
    return month if after and after.year == day.year else f"{day.year}年{month}"


def join_levels(first: str, second: str) -> str:
    """科室正职 and 科室副职 → 科室正副职; others side by side."""
    if first[:-2] and first[:-2] == second[:-2] and first[-1] == second[-1]:
        return f"{first[:-1]}{second[-2:]}"
    return f"{first}和{second}"


def most_at(counts: Sequence[tuple[str, int]]) -> tuple[str, bool]:
    """Where at least half of them are, and whether all of them are there.

    counts: (level, persons), highest level first. The level that has half; else the two neighbours that have
    half between them; else '' (spread out, or nobody).
    """
    total = sum(number for _, number in counts)
    if not total:
        return "", False
    name, number = max(counts, key=lambda one: one[1])
    if number * _HALF >= total:
        return name, number == total
    pairs = pairwise(counts)
    upper, lower = max(pairs, key=lambda pair: pair[0][1] + pair[1][1])
    number = upper[1] + lower[1]
    return (join_levels(upper[0], lower[0]), number == total) if number * _HALF >= total else ("", False)


def moves_finding(
    rises: Sequence[tuple[str, int]], falls: Sequence[tuple[str, int]], verbs: tuple[str, str]
) -> str:
    """提拔多在科室正副职，降职多到一般主办: the heading of a table of changes by level."""
    if not any(number for _, number in (*rises, *falls)):
        return "没有提拔，也没有降职"
    return f"{_moves('提拔', rises, verbs[0])}，{_moves('降职', falls, verbs[1])}"


def _moves(noun: str, counts: Sequence[tuple[str, int]], verb: str) -> str:
    levels = [number for _, number in counts if number]
    if not levels:
        return f"没有{noun}"
    place, everybody = most_at(counts)
    if not place:
        return f"{noun}分布在{len(levels)}个层级"
    return f"{noun}{'都' if everybody else '多'}{verb}{place}"


def deadline_words(deadline: date, done: date) -> str:
    """比3月31日的期限提前67天."""
    days = (deadline - done).days
    if days == 0:
        return f"正好在{day_word(deadline, done)}的期限完成"
    return f"比{day_word(deadline, done)}的期限{'提前' if days > 0 else '晚'}{abs(days)}天"
