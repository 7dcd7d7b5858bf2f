"""A code table of a national standard: code → label, and the words offices write for them."""

import re
from collections.abc import Iterator, Mapping

from reform.errors import CellError
from reform.nearest import nearest
from reform.text import clean_text, quoted, title_key

_LISTED_IN_FULL = 15  # labels that still fit into a hint


class CodeTable(Mapping[str, str]):
    """Code → label, in the order of the standard; immutable.

    name: the Chinese name of the column, for messages.  words: what offices write → code, besides labels and
    codes.  trim: what says nothing about the code, removed when the word is not known as it is.
    Raises ValueError where two codes would share a word.
    """

    def __init__(
        self,
        name: str,
        labels: Mapping[str, str],
        words: Mapping[str, str] | None = None,
        trim: str = "",
    ) -> None:
        self.name = name
        self._labels = dict(labels)
        self._trim = re.compile(trim).sub if trim else None
        self._codes: dict[str, str] = {}
        for code, label in self._labels.items():
            self._add(code, code)
            self._add(label, code)
        for word, code in (words or {}).items():
            self._add(word, code)
        for code in self._labels:  # a leading zero is lost where the column is not text
            if code.startswith("0"):
                self._codes.setdefault(code.lstrip("0"), code)

    def __getitem__(self, code: str) -> str:
        return self._labels[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Mapping) and self._labels == dict(other))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(code, label) pairs, as a model field or a form takes them."""
        return list(self._labels.items())

    @property
    def words(self) -> Mapping[str, str]:
        """Every accepted word, folded and in capitals → code."""
        return self._codes

    def find(self, text: str) -> str | None:
        """The code for a label, a code or an office's word; None where the table has none."""
        code = self._codes.get(text)
        if code is not None:
            return code
        key = _folded(text)
        code = self._codes.get(key)
        if code is None and self._trim is not None:
            code = self._codes.get(self._trim("", key))
        return code

    def _add(self, word: str, code: str) -> None:
        key = _folded(word)
        if code not in self._labels or self._codes.setdefault(key, code) != code:
            raise ValueError(f"{self.name}: {word} → {code}")


def code_of(table: CodeTable, text: object) -> str:
    """The code for what a cell says: a label, a code, or a word offices write.

    code_of(table, table[code]) == code for every code, so importing what was exported changes nothing.
    Raises CellError CODE_UNKNOWN, also for a blank, with the nearest label or the whole list as hint.
    """
    code = table.find(text if isinstance(text, str) else clean_text(text))
    if code is not None:
        return code
    written = clean_text(text)
    if not written:
        raise CellError("CODE_UNKNOWN", f"{table.name}为空。", _listed(table))
    close = nearest(written, table.words)
    hint = f"是否为“{table[table.words[close]]}”？" if close else _listed(table)
    raise CellError("CODE_UNKNOWN", f"{table.name}{quoted(text)}不在代码表中。", hint)


def _folded(word: str) -> str:
    return title_key(word).upper()


def _listed(table: CodeTable) -> str:
    if len(table) <= _LISTED_IN_FULL:
        return f"可填：{'、'.join(table.values())}。"
    return f"请按《填写说明》中的{table.name}代码表填写。"
