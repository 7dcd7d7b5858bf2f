"""A list as page and workbook show it: headers, cells with tone and link, and what an empty one says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = str | int | Decimal | date | None


@dataclass(frozen=True)
class Link:
    """A page of the same round and day: its name among the addresses, its query, what stands in the path."""

    page: str
    query: str = ""
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListCell:
    """What stands in one cell; `tone`: up, down, alert or zero."""

    value: Value
    tone: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class ListColumn:
    """A header and its width in a workbook; `shape`: place or text, for what may take several lines; `minor`
    ones wait behind a tap on a phone."""

    header: str
    width: int = 12
    shape: str = ""
    minor: bool = False


Given = Value | ListCell


@dataclass(frozen=True)
class Listing:
    """A table with its heading; `key` is its anchor on the page and its sheet in the workbook."""

    key: str
    title: str
    note: str
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[ListCell, ...], ...]
    empty: str
    total: tuple[ListCell, ...] = field(default=())


def listing(
    key: str,
    title: str,
    columns: Sequence[ListColumn],
    rows: Sequence[Sequence[Given]],
    *,
    empty: str,
    note: str = "",
    total: Sequence[Given] = (),
) -> Listing:
    """A Listing whose plain values are made cells."""
    return Listing(
        key,
        title,
        note,
        tuple(columns),
        tuple(tuple(cell(one) for one in row) for row in rows),
        empty,
        tuple(cell(one) for one in total),
    )


def cell(given: Given) -> ListCell:
    """A bare value as a cell."""
    return given if isinstance(given, ListCell) else ListCell(given)
