"""What is wrong with a workbook: place, value, reason, remedy, in four short pieces."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openpyxl.utils import get_column_letter

ERROR, WARNING = "error", "warning"


class UsageError(Exception):
    """The call itself cannot be carried out (unknown zone, several rounds and none named); Chinese
    message."""


@dataclass(frozen=True)
class Involved:
    """A person named by a finding; the number only masked."""

    name: str
    id_masked: str


@dataclass(frozen=True)
class Finding:
    """One error or warning. `row` is the row Excel shows, `column` the header as the file has it, `index` its
    0-based place; each None where the fault stands in no single cell."""

    level: str
    code: str
    message: str
    hint: str = ""
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    index: int | None = None
    value: str = ""
    persons: Sequence[Involved] = ()
    limit: int | None = None
    actual: int | None = None

    @property
    def is_error(self) -> bool:
        return self.level == ERROR

    @property
    def letter(self) -> str:
        """The column as Excel names it."""
        return "" if self.index is None else get_column_letter(self.index + 1)

    @property
    def cell(self) -> str | None:
        if self.row is None or self.index is None:
            return None
        return f"{self.letter}{self.row}"

    def at(self, file: str, sheet: str) -> "Finding":
        return replace(self, file=file, sheet=sheet)

    def as_json(self) -> dict[str, Any]:
        """The FINDING object of the commands' JSON."""
        return {
            "level": self.level,
            "code": self.code,
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "message": self.message,
            "hint": self.hint,
            "persons": [{"name": one.name, "id_masked": one.id_masked} for one in self.persons],
            "limit": self.limit,
            "actual": self.actual,
        }
