"""The papers of a round (domain.md §8)."""

from collections.abc import Mapping

from reform.documents.kinds import DocumentKind, Scope

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
