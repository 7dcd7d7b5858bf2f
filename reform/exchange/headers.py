"""The header of a table: found among titles and sub-lines, one to three rows, merged or not."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from reform.exchange.raw import RawSheet
from reform.text import NO_SPACES, SPACES, clean_text

# A header starts within the first ten rows and has at most three.
_FIRST_ROWS = 10
_MAX_HEADER_ROWS = 3
_LONGEST_LABEL = 20
# A merge over this part of a table's columns is a title or a note.
WIDE = 0.6

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|\{[^{}]*\}")
_MARKS = "*※★"
_BLANK_RUN = re.compile(f"[{SPACES}]+")
# 填报单位:党群工作部, 日期：2022.1.10: a line about the sheet, not the name of a column.
_STATEMENT = re.compile(r"[:=]|\d{4}年\d|\d{4}[-./]\d|\d%")

Area = tuple[int, int, int, int]  # first row, first column, last row, last column; here counted from 0
KnownWord = Callable[[str], bool]


@dataclass(frozen=True)
class Header:
    """One column; text is what the file says, upper and lower row joined by '/'; index counts from 0."""

    index: int
    text: str
    upper: str
    lower: str


@dataclass(frozen=True)
class HeaderBlock:
    """The header rows, counted from 0, and the columns they name."""

    first: int
    last: int
    headers: list[Header]


@lru_cache(maxsize=8192)
def header_key(text: str) -> str:
    """A header as it is compared: NFKC, no blanks or line feeds, no * or ： around it. 姓　名* → 姓名."""
    key = unicodedata.normalize("NFKC", text).translate(NO_SPACES)
    return key.lstrip(_MARKS).rstrip(_MARKS + ":")


@lru_cache(maxsize=8192)
def bare_header_key(text: str) -> str:
    """The same without what stands in brackets: 聘期（年） → 聘期; as it is where nothing would be left."""
    key = header_key(text)
    bare = key
    while (shorter := _BRACKETED.sub("", bare)) != bare:
        bare = shorter
    return bare.strip(_MARKS + ":") or key


def shown_text(value: object) -> str:
    """The text of a cell on one line: line feeds out, runs of blanks as one."""
    return _BLANK_RUN.sub(" ", clean_text(value))


def merged_areas(sheet: RawSheet) -> list[Area]:
    """The merged areas counted from 0, as far as they lie within the rows and columns that hold values."""
    height, width = len(sheet.rows), len(sheet.rows[0]) if sheet.rows else 0
    return [
        (top - 1, left - 1, min(bottom, height) - 1, min(right, width) - 1)
        for top, left, bottom, right in sheet.merges
        if 0 < top <= height and 0 < left <= width and bottom >= top and right >= left
    ]


def find_header(sheet: RawSheet, areas: list[Area], is_known: KnownWord) -> HeaderBlock | None:
    """The header rows and their columns; None where no row holds enough known words.

    areas: of `merged_areas`.  is_known: whether a header key is a column of some sheet of ours.
    """
    return _Finder(sheet, areas, is_known).find()


class _Finder:
    """The first rows of a sheet as text, with their merged areas."""

    def __init__(self, sheet: RawSheet, areas: list[Area], is_known: KnownWord) -> None:
        rows = sheet.rows[: _FIRST_ROWS + _MAX_HEADER_ROWS]
        self.cells = rows
        self.texts = [[shown_text(cell) for cell in row] for row in rows]
        self.is_known = is_known
        self.areas = [area for area in areas if area[0] < len(rows)]
        self.area_at = {
            (row, column): area
            for area in self.areas
            for row in range(area[0], min(area[2] + 1, len(rows)))
            for column in range(area[1], area[3] + 1)
        }

    def find(self) -> HeaderBlock | None:
        best = self._best_row()
        if best is None:
            return None
        first = last = best
        while last - first + 1 < _MAX_HEADER_ROWS and self._goes_on_below(first, last):
            last += 1
        while last - first + 1 < _MAX_HEADER_ROWS and self._goes_on_above(first, last):
            first -= 1
        return HeaderBlock(first, last, self._headers(first, last))

    def _best_row(self) -> int | None:
        """The row with most known words: at least three, or two that are half of it; of equals the first."""
        best, most = None, 0
        for row, texts in enumerate(self.texts[:_FIRST_ROWS]):
            filled = [text for text in texts if text]
            known = {header_key(text) for text in filled if self._known(text)}
            enough = len(known) >= 3 or (len(known) == 2 and len(filled) <= 4)
            if enough and len(known) > most:
                best, most = row, len(known)
        return best

    def _known(self, text: str) -> bool:
        key, bare = header_key(text), bare_header_key(text)
        return bool(key) and (self.is_known(key) or (bare != key and self.is_known(bare)))

    def _columns(self, row: int) -> set[int]:
        return {column for column, text in enumerate(self.texts[row]) if text}

    def _is_label(self, row: int, column: int) -> bool:
        """Whether a cell may be part of a header: a short text, or a year."""
        value, text = self.cells[row][column], self.texts[row][column]
        if isinstance(value, int) and not isinstance(value, bool):
            return 1990 <= value <= 2100
        return isinstance(value, str) and len(text) <= _LONGEST_LABEL and not text.replace(".", "").isdigit()

    def _joined_by_merge(self, first: int, last: int, other: int) -> bool:
        """Whether a vertical merge ties a row above or below to the header rows."""
        return any(
            top <= min(last, other)
            and bottom >= max(first, other)
            and 0 < bottom - top < _MAX_HEADER_ROWS
            and self.texts[top][left] != ""
            and not self._is_wide(left, right)
            for top, left, bottom, right in self.areas
        )

    def _is_wide(self, left: int, right: int) -> bool:
        return right - left + 1 >= max(3, WIDE * len(self.texts[0]))

    def _goes_on_below(self, first: int, last: int) -> bool:
        below = last + 1
        if below >= len(self.texts):
            return False
        columns = self._columns(below)
        if not all(self._is_label(below, column) for column in columns):
            return False
        if self._joined_by_merge(first, last, below):
            return True
        return bool(columns) and all(self._under_group(last, below, column) for column in columns)

    def _under_group(self, row: int, below: int, column: int) -> bool:
        """Whether the header above a cell spans several columns, by a merge or by blanks to its right."""
        area = self.area_at.get((row, column))
        if area is not None:
            return area[3] > area[1] and area[2] == row and not self._is_wide(area[1], area[3])
        texts, lower = self.texts[row], self.texts[below]
        if texts[column]:
            after = column + 1
            return (
                after < len(texts)
                and not texts[after]
                and bool(lower[after])
                and (row, after) not in self.area_at
            )
        return any(texts[:column])

    def _goes_on_above(self, first: int, last: int) -> bool:
        above = first - 1
        if above < 0 or not self._columns(above):
            return False
        if self._joined_by_merge(first, last, above):
            return True
        upper, lower = self._columns(above), self._columns(first)
        texts = [self.texts[above][column] for column in upper]
        if not all(self._is_label(above, column) for column in upper):
            return False
        if any(_STATEMENT.search(unicodedata.normalize("NFKC", text)) for text in texts):
            return False
        if upper - lower:  # the names of single columns stand in the upper row
            return any(self._known(text) for text in texts) and min(upper) <= min(lower)
        groups = [self.area_at[above, column] for column in upper if (above, column) in self.area_at]
        if any(self._is_wide(left, right) for _, left, _, right in groups):
            return False
        repeated = Counter(header_key(self.texts[first][column]) for column in lower).most_common(1)
        return len(upper) > 1 and (any(area[3] > area[1] for area in groups) or repeated[0][1] > 1)

    def _headers(self, first: int, last: int) -> list[Header]:
        headers = []
        for column in range(len(self.texts[0])):
            levels = self._levels(first, last, column)
            if levels:
                headers.append(Header(column, "/".join(levels), "/".join(levels[:-1]), levels[-1]))
        return headers

    def _levels(self, first: int, last: int, column: int) -> list[str]:
        """The texts over a column, top to bottom; none where only a neighbour's group reaches over it."""
        levels: list[str] = []
        own = False
        for row in range(first, last + 1):
            area = self.area_at.get((row, column))
            if area is not None and area[0] >= first:
                text = self.texts[area[0]][area[1]]
                own = own or (bool(text) and area[1] == column)
                if row > area[0]:
                    continue
            else:
                text = self.texts[row][column]
                own = own or bool(text)
                if not text and row < last:
                    text = self._group_to_the_left(row, last, column)
            if text and levels[-1:] != [text]:
                levels.append(text)
        return levels if own else []

    def _group_to_the_left(self, row: int, last: int, column: int) -> str:
        """The unmerged group over a column: 第一志愿, blank, blank over 单位, 科室, 岗位."""
        start = next((c for c in range(column - 1, -1, -1) if self.texts[row][c]), None)
        if start is None or any((row, c) in self.area_at for c in range(start, column)):
            return ""
        lower: Iterable[int] = range(row + 1, last + 1)
        is_group = any(self.texts[below][start] for below in lower)
        return self.texts[row][start] if is_group else ""
