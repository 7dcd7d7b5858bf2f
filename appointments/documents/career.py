"""简历 as the 任免审批表 has it: one line a period, 其间 in brackets on a line of its own (domain.md §8)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

OPEN_END = " " * 7  # as wide as yyyy.MM
GAP = "  "

_LINE = re.compile(r"(\d{4}\.\d{2})\s*(?:--|—+|-)\s*(\d{4}\.\d{2})?\s*(.*)").fullmatch
_MEANWHILE = re.compile(r"[（(].*[）)]").fullmatch


@dataclass(frozen=True, slots=True)
class Period:
    """One period: months as yyyy.MM, `ended` '' while it lasts; `meanwhile` without brackets."""

    started: str
    ended: str
    text: str
    meanwhile: tuple[str, ...] = ()


def career_text(periods: Iterable[Period]) -> str:
    """The lines of a career, parted by LF; the file has CRLF."""
    lines = []
    for one in periods:
        lines.append(f"{one.started}--{one.ended or OPEN_END}{GAP}{one.text}")
        lines += [f"（{more}）" for more in one.meanwhile]
    return "\n".join(lines)


def career_periods(text: str) -> tuple[Period, ...]:
    """What a career's text says. A line that begins with no date goes on with the one before it; text before
    the first date is left out."""
    periods: list[Period] = []
    for line in map(str.strip, text.splitlines()):
        found = _LINE(line)
        if found:
            periods.append(Period(found[1], found[2] or "", found[3]))
        elif periods and line:
            last = periods[-1]
            if _MEANWHILE(line):
                last = Period(last.started, last.ended, last.text, (*last.meanwhile, line[1:-1]))
            else:
                last = Period(last.started, last.ended, last.text + line, last.meanwhile)
            periods[-1] = last
    return tuple(periods)
