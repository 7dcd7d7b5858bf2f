"""Which sheet is this? By its header words, helped by its title; never by the file's name."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from reform.exchange.reading import ANNOTATION_HEADER
from reform.exchange.sheet import SheetResource
from reform.exchange.tables import Header, Table, header_key
from reform.exchange.vocabulary import lexicon_of, match_headers

SURE_ENOUGH = 2  # marks (or a title word) below which a sheet is of no known kind …
DECISIVE = 100  # beyond what any number of other columns can weigh
ENOUGH_COLUMNS = 4  # … unless it has one mark, all columns needed, and so many in all


@lru_cache(maxsize=1)
def sheet_classes() -> tuple[type[SheetResource], ...]:
    """The sheets that settings name, in the order in which they are written."""
    return tuple(import_string(path) for path in settings.WORKBOOK_SHEETS)


def sheet_class(kind: str) -> type[SheetResource]:
    """The sheet of a kind; raises KeyError for an unknown one."""
    return {one.kind: one for one in sheet_classes()}[kind]


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    words = {header_key(ANNOTATION_HEADER)}
    for one in sheet_classes():
        words.update(lexicon_of(one.fields))
    return frozenset(words)


def is_known_word() -> Callable[[str], bool]:
    """Whether a header key is a known header of any sheet."""
    return _known_words().__contains__


def recognise(table: Table) -> type[SheetResource] | None:
    """The sheet whose columns and marks fit the headers best; None where none fits well enough."""
    scored = [
        (score, -place, one) for place, one in enumerate(sheet_classes()) if (score := _score(one, table))
    ]
    return max(scored, key=lambda item: item[:2])[2] if scored else None


def _score(sheet: type[SheetResource], table: Table) -> int:
    present, unknown, _ = match_headers(sheet.fields, table.headers)
    keys = [header_key(header.text) for header in table.headers]
    marks = sum(1 for mark in sheet.marks if any(mark in key for key in keys))
    title = sum(2 for word in sheet.title_words if word in header_key(table.title))
    if len(present) < 2 or (marks + title < SURE_ENOUGH and not (marks and _is_complete(sheet, present))):
        return 0
    decided = (
        bool(sheet.decisive)
        and all(any(map(one.match, keys)) for one in sheet.decisive)
        and not any(one.match(key) for one in sheet.against for key in keys)
    )
    return 3 * marks + 2 * title + 2 * len(present) - len(unknown) + (DECISIVE if decided else 0)


def _is_complete(sheet: type[SheetResource], present: Mapping[str, Header]) -> bool:
    """Whether every column that the sheet needs is there, among enough others that it is no chance."""
    read = {name for name in present if sheet.fields[name].read}
    return len(read) >= ENOUGH_COLUMNS and set(sheet().columns_needed(read)) <= read


def texts_above(table: Table) -> Sequence[str]:
    """Title and sub-lines, where the year, the date of a decision and the zone's name stand."""
    return (table.title, *table.preface)
