"""Guards of a round, T1–T6 (domain.md §3): each returns all reasons against the step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reform.guards import lacks_document, listed
from reform.workflow import Call


@dataclass(frozen=True)
class PlanFacts:
    """T1. levels, positions, batches: how many.  weights: range of levels → its sum.  caps, quotas, calendar:
    what is wrong with them, in words."""

    levels: int
    positions: int
    batches: int
    weights: Mapping[str, Decimal]
    caps: Sequence[str] = ()
    caps_document_no: str = ""
    quotas: Sequence[str] = ()
    calendar: Sequence[str] = ()
    kinship_complete: bool = False
    consultation: str = ""


@dataclass(frozen=True)
class KickoffFacts:
    """T2."""

    kickoff_on: date | None
    approved_on: date | None
    baseline_on: date | None
    baselines: int
    unconfirmed: Sequence[str] = ()
    document_no: str = ""


@dataclass(frozen=True)
class BatchesFacts:
    """T3, T4: batches by name, published (or further) and still open."""

    published: Sequence[str] = ()
    open: Sequence[str] = ()
    total: int = 0


@dataclass(frozen=True)
class CheckFact:
    """One of I1–I8 that fails."""

    code: str
    name: str
    offenders: Sequence[str]


@dataclass(frozen=True)
class CompletionFacts:
    """T5. waiting: persons in 待岗.  open: batches made for the placements that have not come to their
    end."""

    failed: Sequence[CheckFact] = field(default_factory=tuple)
    waiting: Sequence[str] = ()
    allow_waiting: bool = False
    open: Sequence[str] = ()


def round_approve(facts: PlanFacts, call: Call) -> list[str]:
    """T1: ladder, posts, 职数, 员额, weights, calendar, 回避, 征求意见, 文号."""
    reasons = []
    if not facts.levels:
        reasons.append("政策版本没有层级表")
    if not facts.positions:
        reasons.append("岗位设置为0个岗位，请先上传岗位设置表")
    if not facts.batches:
        reasons.append("还没有批次")
    reasons += [
        f"{levels}考评权重合计{total}，须为100" for levels, total in facts.weights.items() if total != 100
    ]
    if not facts.caps_document_no:
        reasons += [*facts.caps, *(["职数超出默认公式的，须填职数核定文号或调整职数"] if facts.caps else [])]
    reasons += [*facts.quotas, *facts.calendar]
    if not facts.kinship_complete:
        reasons.append("亲属关系表（回避）尚未收齐")
    if not facts.consultation.strip():
        reasons.append("缺少职工代表大会或征求意见的记录")
    return reasons + lacks_document(call, "方案文号")


def round_mobilize(facts: KickoffFacts, call: Call) -> list[str]:
    """T2: not before the approval, nor before its day; everybody's baseline is there, as it was on 基准日,
    and what HR mapped is confirmed."""
    reasons = []
    if facts.kickoff_on is None:
        reasons.append("没有动员日")
    elif facts.approved_on and facts.kickoff_on < facts.approved_on:
        reasons.append(f"动员日{facts.kickoff_on}早于方案批准日{facts.approved_on}")
    if facts.kickoff_on and call.on < facts.kickoff_on:
        reasons.append(f"动员日{facts.kickoff_on}还没有到，今天是{call.on}")
    if facts.baseline_on is None:
        reasons.append("没有基准日")
    elif call.on < facts.baseline_on:
        reasons.append(f"基准日{facts.baseline_on}还没有到，今天是{call.on}")
    if not facts.baselines:
        reasons.append("范围内0人有基准，请先取基准")
    if facts.unconfirmed:
        reasons.append(
            f"人事认定的原层级有{len(facts.unconfirmed)}人未经第二人复核：{listed(facts.unconfirmed)}"
        )
    return reasons + ([] if facts.document_no else lacks_document(call, "动员会纪要"))


def round_run(facts: BatchesFacts, call: Call) -> list[str]:
    """T3: at least one batch is published."""
    return [] if facts.published else [f"已公布的批次0个（共{facts.total}个），至少须公布1个"]


def round_place(facts: BatchesFacts, call: Call) -> list[str]:
    """T4: every batch is closed or cancelled."""
    if facts.open:
        return [f"还有{len(facts.open)}个批次没有办结：{'、'.join(facts.open)}"]
    return []


def round_complete(facts: CompletionFacts, call: Call) -> list[str]:
    """T5: I1–I8 hold, and nobody is 待岗 unless the zone allows it."""
    reasons = [
        f"{check.code}{check.name}：{len(check.offenders)}处不符，{listed(check.offenders, '处')}"
        for check in facts.failed
    ]
    if facts.waiting and not facts.allow_waiting:
        reasons.append(f"还有{len(facts.waiting)}人待岗：{listed(facts.waiting)}")
    if facts.open:
        reasons.append(f"还有{len(facts.open)}个批次没有办结：{'、'.join(facts.open)}")
    return reasons
