"""拟聘名单: the digest that ties an approval to what was approved, the limits on a rise, and the vote
(domain.md §3 B7–B8, §4)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction
from hashlib import sha256

from appointments.rules.change import Change, ChangeKind


@dataclass(frozen=True)
class RowFact:
    """One line of a 拟聘名单 with everything behind it that a leader approves; all of it goes into the
    digest.

    total, inspection: the score, and what the inspection found, as text.
    """

    application_id: int
    person_id: int
    position_id: int
    held_level: str
    change: str
    steps: int | None
    former_post: str = ""
    total: str = ""
    held_level_reason: str = ""
    exception_reason: str = ""
    superior_document_no: str = ""
    inspection: str = ""


def digest_rows(rows: Iterable[RowFact]) -> str:
    """A hash over all rows, whatever order they come in: another row, or another value in a row, gives
    another one."""
    facts = sorted(astuple(row) for row in rows)
    return sha256(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def rise_reasons(change: Change, *, most: int, exception_reason: str, limits: Sequence[str]) -> list[str]:
    """What stands against a promotion: more levels than the policy allows, 越级 without its reason, and what
    the person may not rise under (处分, 限制提拔). Placement at the same or a lower level meets none of it.

    most: policy round.max_promotion_steps.  Source: domain.md §3 (blocks promotion only), §4 I3.
    """
    if change.kind is not ChangeKind.PROMOTION:
        return []
    steps = change.steps or 0
    reasons = list(limits)
    if steps > most:
        reasons.append(f"提拔{steps}级，最多允许{most}级")
    elif steps > 1 and not exception_reason.strip():
        reasons.append(f"提拔{steps}级是越级，须写明理由")
    return reasons


def lacks_for_exception(change: Change, exception_reason: str, superior_document_no: str) -> list[str]:
    """What a 越级 promotion still lacks before it is made public and takes effect: reason and the superior's
    approval.  Source: domain.md §4 I3."""
    if change.kind is not ChangeKind.PROMOTION or (change.steps or 0) <= 1:
        return []
    lacking = [] if exception_reason.strip() else ["越级理由"]
    return [*lacking, *([] if superior_document_no.strip() else ["上级批准文号"])]


def is_carried(in_favour: int, members: int, majority: Fraction) -> bool:
    """Whether a vote carries: more than this share of the members in favour (§3 B8)."""
    return in_favour > majority * members


def vote_faults(
    name: str, *, present: int, in_favour: int, against: int, abstained: int, recused: int, named: int
) -> list[str]:
    """What does not add up in a vote: 实到 = 同意 + 反对 + 弃权 + 回避, and as many names as recusals
    (§3a)."""
    cast = in_favour + against + abstained + recused
    faults = []
    if cast != present:
        faults.append(f"{name}：同意、反对、弃权、回避合计{cast}，实到{present}人，不相等")
    if named != recused:
        faults.append(f"{name}：回避{recused}人，写了{named}个姓名")
    return faults
