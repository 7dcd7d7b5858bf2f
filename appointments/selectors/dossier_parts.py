"""What a dossier (选任纪实) is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from appointments.models import Application


class Standing(StrEnum):
    """Where one part of a dossier stands."""

    DONE = "DONE"
    MISSING = "MISSING"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    @property
    def label(self) -> str:
        return {"DONE": "已完成", "MISSING": "缺", "NOT_APPLICABLE": "不适用"}[self.value]


@dataclass(frozen=True)
class DossierItem:
    """One part: the paper, its day, and what it says."""

    code: str
    name: str
    standing: Standing
    document: str = ""
    on: date | None = None
    detail: str = ""


@dataclass(frozen=True)
class Dossier:
    """All parts of one application's dossier, in the order of the procedure."""

    application: Application
    method: str
    items: Sequence[DossierItem]

    @property
    def missing(self) -> list[DossierItem]:
        return [item for item in self.items if item.standing is Standing.MISSING]

    @property
    def percentage(self) -> int:
        """Parts done of those that apply, in whole percent, rounded down: 100 only when nothing is
        missing."""
        done = sum(1 for item in self.items if item.standing is Standing.DONE)
        return 100 * done // (done + len(self.missing))
