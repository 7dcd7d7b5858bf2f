"""Guards of what accompanies an appointment: 选任纪实 and 岗位目标责任书."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reform.workflow import Call

_WHOLE = Decimal(100)


@dataclass(frozen=True)
class DossierFacts:
    """missing: the parts that a dossier still lacks, by name."""

    missing: Sequence[str] = ()


@dataclass(frozen=True)
class DutyFacts:
    """weights: of the targets, in per cent.  unclear: numbers of the targets that lack content, standard or
    time limit.  is_self: who signs for the unit is the person."""

    weights: Sequence[Decimal] = ()
    unclear: Sequence[int] = ()
    is_self: bool = False
    is_own: bool = True


def dossier_archive(facts: DossierFacts, call: Call) -> list[str]:
    """Complete, or with a stated reason (§3a)."""
    if not facts.missing or call.preview or call.reason.strip():
        return []
    return [f"还缺{len(facts.missing)}项（{'、'.join(facts.missing)}），材料不齐归档须写明原因"]


def duties_offer(facts: DutyFacts, call: Call) -> list[str]:
    """The targets are whole: each says what, by which measure and until when, and the weights total 100."""
    if not facts.weights:
        return ["还没有填写目标"]
    reasons = ["不能代表甲方与本人签订，由领导小组签"] if facts.is_self else []
    total = sum(facts.weights, Decimal(0))
    if total != _WHOLE:
        reasons.append(f"各目标权重合计{_plain(total)}，须为100")
    if facts.unclear:
        numbers = "、".join(str(one) for one in facts.unclear)
        reasons.append(f"第{numbers}项没有写全目标内容、量化标准和完成时限")
    return reasons


def duties_sign(facts: DutyFacts, call: Call) -> list[str]:
    """Only the person signs as 乙方, and what is signed still totals 100."""
    reasons = [] if facts.is_own else ["乙方签字只能由本人办理"]
    total = sum(facts.weights, Decimal(0))
    if total != _WHOLE:
        reasons.append(f"各目标权重合计{_plain(total)}，须为100")
    return reasons


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
