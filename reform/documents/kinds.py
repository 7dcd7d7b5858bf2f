"""Kinds of papers: what each is called, whom it is for, and in which formats it comes (domain.md §8)."""

from dataclasses import dataclass
from enum import StrEnum

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"docx": DOCX, "xlsx": XLSX, "lrmx": "application/octet-stream", "zip": "application/zip"}


class Scope(StrEnum):
    """What a paper is about: a batch as a whole, each of its people, or the round."""

    BATCH = "BATCH"
    PEOPLE = "PEOPLE"
    ROUND = "ROUND"


@dataclass(frozen=True)
class DocumentKind:
    """One kind of paper. formats: the first is what is meant where none is asked for.  layout: its number in
    domain.md §8.  of_round_too: of a batch, or without one of the whole round."""

    key: str
    label: str
    scope: Scope
    formats: tuple[str, ...] = ("docx", "xlsx")
    layout: str = ""
    of_round_too: bool = False

    @property
    def has_template(self) -> bool:
        return "docx" in self.formats

    @property
    def needs_batch(self) -> bool:
        return self.scope == Scope.BATCH and not self.of_round_too

    @property
    def for_people(self) -> bool:
        return self.scope == Scope.PEOPLE
