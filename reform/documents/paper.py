"""What a paper is made of: the values that its template may use, and the rows of its workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Paper:
    """values: what a template may use, by Chinese name; texts, whole numbers, lists and mappings of them.
    rows: by column header of the workbook (domain.md §8).  notes: lines beneath the table of the workbook."""

    title: str
    values: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """Whom the rows are about, each once."""
        return [name for name in dict.fromkeys(row.get("姓名") for row in self.rows) if name]


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their 序号."""
    return [{"序号": number, **row} for number, row in enumerate(rows, 1)]


def file_stem(paper: Paper, *, for_people: bool) -> str:
    """The title; for one person, with the name behind it. Without what file systems refuse."""
    people = paper.names if for_people else []
    stem = f"{paper.title}－{people[0]}" if len(people) == 1 else paper.title
    return "".join("－" if one in '\\/:*?"<>|\n' else one for one in stem)[:120]
