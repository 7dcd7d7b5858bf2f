"""档次 and 是否重要岗位 of the position sheet, behind the columns of §8: what makes them needed, and what a
row says."""

from collections.abc import Iterable

from reform.exchange.sheet import Row, SheetResource
from reform.ladder import Ladder, Level
from reform.models import Position
from reform.text import quoted

BEHIND = ("sub_level", "is_key_post")


def sub_level_name(ladder: Ladder, position: Position) -> str | int:
    """How the sheet names a post's 档次: as the ladder does, by its number where the ladder has no word."""
    level = ladder.by_code.get(position.level)
    names = level.sub_levels if level else ()
    return names[position.sub_level - 1] if 0 < position.sub_level <= len(names) else position.sub_level


def columns_used(ladder: Ladder, positions: Iterable[Position]) -> set[str]:
    """Which of the two a zone has a use for; the sheet of any other is that of §8."""
    positions = list(positions)
    used = {name for name in BEHIND if any(getattr(one, name) for one in positions)}
    return used | ({"sub_level"} if any(level.sub_levels for level in ladder.levels) else set())


def read_sub_levels(sheet: SheetResource, rows: Iterable[Row], ladder: Ladder) -> None:
    """Turn each row's 档次 into its number, 1 the highest; what its level has not is an error of the row."""
    for row in rows:
        level, word = ladder.by_code.get(row.values.get("level") or ""), row.values.get("sub_level")
        if level is None or word is None:
            continue
        row.values["sub_level"] = _number(level, word)
        if row.values["sub_level"] is None:
            sheet.error(
                row,
                "sub_level",
                "CHOICE_INVALID",
                f"层级“{level.name}”没有{quoted(word)}这一档。",
                _hint(level),
            )


def sub_level_fault(level: Level, number: int) -> str:
    """Why a post of a level cannot have this 档次; '' where it can."""
    if number <= len(level.sub_levels):
        return ""
    return f"层级“{level.name}”没有第{number}档。{_hint(level)}"


def _number(level: Level, word: str | int) -> int | None:
    if isinstance(word, int):
        return word if word <= len(level.sub_levels) else None
    return level.sub_levels.index(word) + 1 if word in level.sub_levels else None


def _hint(level: Level) -> str:
    if not level.sub_levels:
        return "层级表中这个层级不分档，请空着。"
    names = "、".join(f"{place}（{name}）" for place, name in enumerate(level.sub_levels, 1))
    return f"可填：{names}。"
