"""The papers of a round: what each is called, whom it is for, and in which formats it comes (domain.md
§8)."""

from collections.abc import Mapping
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


_KINDS = (
    DocumentKind("notice", "竞聘公告", Scope.BATCH, layout="1"),
    DocumentKind("screening", "资格审查表", Scope.BATCH, layout="14"),
    DocumentKind("scores", "成绩汇总表", Scope.BATCH, layout="15"),
    DocumentKind("publicity", "拟聘公示", Scope.BATCH, layout="3"),
    DocumentKind("appointment", "聘任文件", Scope.BATCH, layout="4", of_round_too=True),
    DocumentKind("letter", "聘书", Scope.PEOPLE, layout="5"),
    DocumentKind("duties", "岗位目标责任书", Scope.PEOPLE, layout="17"),
    DocumentKind("approval_form", "干部任免审批表", Scope.PEOPLE, ("docx", "lrmx"), layout="7"),
    DocumentKind("rejection", "不合格告知书", Scope.PEOPLE),
    DocumentKind("not_selected", "未聘通知", Scope.PEOPLE),
    DocumentKind("offer", "岗位调配通知书", Scope.PEOPLE),
    DocumentKind("placements", "落聘安置表", Scope.ROUND, layout="18"),
)

DOCUMENT_KINDS: Mapping[str, DocumentKind] = {kind.key: kind for kind in _KINDS}
