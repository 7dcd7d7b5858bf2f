"""How official papers put things: dates, terms, numbers, and the sentences of a 聘任文件 (domain.md §8,
4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reform.documents.wording import span

_DIGITS = "零一二三四五六七八九十"
_MONTHS = 12
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class AppointmentWords:
    """One person of a 聘任文件. Dates half-open, None where the paper names no term; post: '' for who is only
    dismissed; left: the posts that the person leaves, each as it is called."""

    name: str
    post: str
    starts_on: date | None = None
    ends_before: date | None = None
    probation_ends_before: date | None = None
    left: tuple[str, ...] = ()


def months_between(starts_on: date, ends_before: date) -> int:
    """Whole months of a half-open interval; one that ends on the last day of February for want of a 29th is
    whole."""
    months = (ends_before.year - starts_on.year) * _MONTHS + ends_before.month - starts_on.month
    short = ends_before.day < starts_on.day and (ends_before + timedelta(days=1)).month == ends_before.month
    return months - short


def numeral(number: int) -> str:
    """A number below a hundred in Chinese: 三, 十二, 二十."""
    if not 0 < number < _HUNDRED:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def duration(starts_on: date, ends_before: date) -> str:
    """三年, 六个月, 一年零六个月; in days where it is less than a month."""
    years, months = divmod(months_between(starts_on, ends_before), _MONTHS)
    if not years and not months:
        return f"{(ends_before - starts_on).days}天"
    if not months:
        return f"{numeral(years)}年"
    return f"{numeral(years)}年零{numeral(months)}个月" if years else f"{numeral(months)}个月"


def term(starts_on: date, ends_before: date) -> str:
    """聘期三年，自2022年1月23日至2025年1月22日: the last day counts."""
    return f"聘期{duration(starts_on, ends_before)}，自{span(starts_on, ends_before)}"


def probation(starts_on: date | None, probation_ends_before: date | None) -> str:
    """一年; '' for none."""
    return duration(starts_on, probation_ends_before) if starts_on and probation_ends_before else ""


def appointment_paragraphs(lines: Sequence[AppointmentWords], decided: str) -> list[str]:
    """The paragraphs of a 聘任文件, in the order of the lines; who is dismissed from what stands at the end.

    decided: who decided and when, “2022年1月16日高新区党工委会议”.  One person has one sentence; several of
    the same term stand in lines of their own with the term after them.
    """
    if len(lines) == 1:
        (line,) = lines
        parts = (_appointed(line) if line.post else "", _term_of(line))
        appointed = "；".join(part for part in parts if part)
        return [f"经{decided}研究决定：{f'{appointed}。' if appointed else ''}{_dismissed(line)}"]
    paragraphs = [f"经{decided}研究决定："]
    by_term: dict[tuple[date | None, date | None], list[AppointmentWords]] = {}
    for line in lines:
        if line.post:
            by_term.setdefault((line.starts_on, line.ends_before), []).append(line)
    for same in by_term.values():
        paragraphs += [f"{_appointed(line)}；" for line in same]
        told = _term_of(same[0])
        if told:
            paragraphs.append(f"{'以上人员' if len(same) > 1 else ''}{told}。")
        else:
            paragraphs[-1] = f"{paragraphs[-1].removesuffix('；')}。"
    return paragraphs + [_dismissed(line) for line in lines if line.left]


def _appointed(line: AppointmentWords) -> str:
    trial = probation(line.starts_on, line.probation_ends_before)
    return f"聘任{line.name}为{line.post}{f'（试用期{trial}）' if trial else ''}"


def _term_of(line: AppointmentWords) -> str:
    return term(line.starts_on, line.ends_before) if line.starts_on and line.ends_before else ""


def _dismissed(line: AppointmentWords) -> str:
    return f"免去{line.name}{'、'.join(line.left)}职务。" if line.left else ""


def heading(names: Iterable[str]) -> str:
    """关于张三同志聘任的通知, 关于张三等同志聘任的通知."""
    known = list(names)
    first = known[0] if known else "×××"
    return f"关于{first}{'等' if len(known) > 1 else ''}同志聘任的通知"
