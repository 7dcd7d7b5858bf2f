"""简历 as the 任免审批表 has it: one line a period, 其间 in brackets on a line of its own (domain.md §8)."""

from collections.abc import Iterable
from dataclasses import dataclass

OPEN_END = " " * 7  # as wide as yyyy.MM
GAP = "  "


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
