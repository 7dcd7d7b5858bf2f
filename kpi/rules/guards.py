"""Guards of the appraisal's machines: pure functions over facts, which return all reasons against a step, in
Chinese, with the figures compared (domain.md §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reform.guards import lacks_document, lacks_reason, listed
from reform.workflow import Call


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """K1.  only_people: a quarter or month in which nobody but people are rated.  weights: (subject, Σ
    weights) that are not 100.  lacking: leaf names without a rule, a source or (where the rule needs one) a
    target.  unsigned: responsible units, and 考核办, that have not signed."""

    leaves: int
    only_people: bool = False
    weights: Sequence[tuple[str, Decimal]] = ()
    without_rule: Sequence[str] = ()
    without_source: Sequence[str] = ()
    without_target: Sequence[str] = ()
    unsigned: Sequence[str] = ()


def set_targets(facts: TargetFacts, call: Call) -> list[str]:
    """DRAFT → TARGETS_SET."""
    reasons = [] if facts.leaves or facts.only_people else ["本周期还没有指标"]
    reasons += [f"“{subject}”的权重合计{total}，须为100" for subject, total in facts.weights]
    for names, what in (
        (facts.without_rule, "没有计分规则"),
        (facts.without_source, "没有数据来源"),
        (facts.without_target, "没有目标值"),
    ):
        if names:
            reasons.append(f"{len(names)}项指标{what}：{listed(names, '项')}")
    if facts.unsigned:
        reasons.append(f"目标责任书还没有签字：{listed(facts.unsigned, '家')}")
    return reasons


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """K2.  opens_on: the first day of reporting."""

    opens_on: date
    report_by: date | None = None


def open_collecting(facts: OpenFacts, call: Call) -> list[str]:
    """TARGETS_SET → COLLECTING."""
    reasons = []
    if call.on < facts.opens_on:
        reasons.append(f"填报从{facts.opens_on:%Y-%m-%d}开始，今天是{call.on:%Y-%m-%d}")
    if facts.report_by is None:
        reasons.append("还没有定填报截止日")
    return reasons


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """K3.  missing: leaves not reported.  without_evidence: reported leaves whose indicator asks for evidence
    and has none."""

    report_by: date | None
    missing: Sequence[str] = ()
    without_evidence: Sequence[str] = ()


def review(facts: ReviewFacts, call: Call) -> list[str]:
    """COLLECTING → REVIEWING; after the deadline the missing ones are marked 未报 and count 0."""
    over = facts.report_by is not None and call.on > facts.report_by
    reasons = []
    if facts.missing and not over:
        until = f"{facts.report_by:%Y-%m-%d}" if facts.report_by else "（未定）"
        reasons.append(
            f"填报截止日{until}未到，还有{len(facts.missing)}项未报：{listed(facts.missing, '项')}"
        )
    if facts.without_evidence and not over:
        reasons.append(f"{len(facts.without_evidence)}项没有佐证材料：{listed(facts.without_evidence, '项')}")
    return reasons


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """K4.  open: leaves reported and not verified."""

    open: Sequence[str] = ()


def start_scoring(facts: VerificationFacts, call: Call) -> list[str]:
    """REVIEWING → SCORING."""
    if facts.open:
        return [f"{len(facts.open)}项还没有核验：{listed(facts.open, '项')}"]
    return []


@dataclass(frozen=True, slots=True)
class ScoringFacts:
    """K5.  uncomputed: leaves without a score and without a reason.  unlocked: scorers whose sheets are open.
    unmarked: leaves of rule 等次评价 on no locked sheet."""

    uncomputed: Sequence[str] = ()
    unlocked: Sequence[str] = ()
    unmarked: Sequence[str] = ()


def calibrate(facts: ScoringFacts, call: Call) -> list[str]:
    """SCORING → CALIBRATING."""
    reasons = []
    if facts.uncomputed:
        reasons.append(f"{len(facts.uncomputed)}项还没有计算得分：{listed(facts.uncomputed, '项')}")
    if facts.unlocked:
        reasons.append(f"评分表还没有提交：{listed(facts.unlocked, '人')}")
    if facts.unmarked:
        reasons.append(f"{len(facts.unmarked)}项定性指标没有评分：{listed(facts.unmarked, '项')}")
    return reasons


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """K6.  adjustments: those still open.  too_large: (what, delta) beyond `limit`.  vetoes: those still
    open. makers: names of who made scores or adjustments, where the actor is one of them."""

    limit: Decimal
    adjustments: Sequence[str] = ()
    too_large: Sequence[tuple[str, Decimal]] = ()
    vetoes: Sequence[str] = ()
    results: int = 0
    actor_made: bool = False


def publish(facts: PublishFacts, call: Call) -> list[str]:
    """CALIBRATING → PUBLISHED."""
    reasons = [] if facts.results else ["还没有计算出考核结果"]
    if facts.adjustments:
        reasons.append(f"{len(facts.adjustments)}项校准还没有审定：{listed(facts.adjustments, '项')}")
    for what, delta in facts.too_large:
        reasons.append(f"“{what}”校准{delta:+}分，超过上限{facts.limit}分")
    if facts.vetoes:
        reasons.append(f"{len(facts.vetoes)}项一票否决还没有审定：{listed(facts.vetoes, '项')}")
    if facts.actor_made:
        reasons.append("得分或校准是您经办的，须由另一人公布")
    return reasons


@dataclass(frozen=True, slots=True)
class AppealWindowFacts:
    """K7.  starts_on: the first day of 公示."""

    starts_on: date | None


def open_appeals(facts: AppealWindowFacts, call: Call) -> list[str]:
    """PUBLISHED → APPEALING."""
    if facts.starts_on is None:
        return ["还没有定公示日期"]
    if call.on < facts.starts_on:
        return [f"公示从{facts.starts_on:%Y-%m-%d}开始，今天是{call.on:%Y-%m-%d}"]
    return []


@dataclass(frozen=True, slots=True)
class FinalFacts:
    """K8.  last_day: of 公示.  appeals: those not answered.  ties: groups whose tie at the edge is open.
    over_quota: (group, 优秀, quota)."""

    last_day: date | None
    appeals: Sequence[str] = ()
    ties: Sequence[str] = ()
    over_quota: Sequence[tuple[str, int, int]] = ()


def finalize(facts: FinalFacts, call: Call) -> list[str]:
    """APPEALING → FINAL."""
    reasons = []
    if facts.last_day is None or call.on <= facts.last_day:
        until = f"{facts.last_day:%Y-%m-%d}" if facts.last_day else "（未定）"
        reasons.append(f"公示到{until}，还没有结束")
    if facts.appeals:
        reasons.append(f"{len(facts.appeals)}件申诉还没有答复：{listed(facts.appeals, '件')}")
    if facts.ties:
        reasons.append(f"同分名额还没有决定：{listed(facts.ties, '组')}")
    reasons += [f"“{group}”优秀{used}人，超过名额{quota}人" for group, used, quota in facts.over_quota]
    return reasons


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One leaf's report.  own: the actor belongs to the responsible unit.  submitters_unit: the actor belongs
    to the unit that reported.  source_pending: the 数据来源单位 inside the zone has not confirmed yet."""

    cycle_open: bool = True
    own: bool = True
    has_value: bool = True
    has_evidence: bool = True
    submitters_unit: bool = False
    is_submitter: bool = False
    source_pending: str = ""
    may_return: bool = True


def submit(facts: ItemFacts, call: Call) -> list[str]:
    """OPEN or RETURNED → SUBMITTED, RESUBMITTED."""
    reasons = []
    if not facts.cycle_open:
        reasons.append("本周期不在填报或核验阶段")
    if not facts.own:
        reasons.append("只能填报本单位负责的指标")
    if not facts.has_value:
        reasons.append("还没有填完成值")
    if not facts.has_evidence:
        reasons.append("这个指标要求佐证材料，还没有上传")
    return reasons


def send_back(facts: ItemFacts, call: Call) -> list[str]:
    """→ RETURNED, with the reason that the unit reads."""
    reasons = lacks_reason(call)
    if not facts.cycle_open:
        reasons.append("本周期不在填报或核验阶段")
    if not facts.may_return:
        reasons.append("由考核办或数据来源单位退回")
    if facts.submitters_unit:
        reasons.append("不能核验本单位填报的数据")
    return reasons


def verify(facts: ItemFacts, call: Call) -> list[str]:
    """→ VERIFIED: by the office, after the 数据来源单位, never one's own."""
    reasons = []
    if not facts.cycle_open:
        reasons.append("本周期不在填报或核验阶段")
    if facts.submitters_unit or facts.is_submitter:
        reasons.append("不能核验本单位或本人填报的数据")
    if facts.source_pending:
        reasons.append(f"数据来源单位“{facts.source_pending}”还没有核对")
    return reasons


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A scorer's sheet.  blank: leaves without a mark.  mine: the sheet is the actor's."""

    blank: Sequence[str] = ()
    mine: bool = True


def lock_sheet(facts: SheetFacts, call: Call) -> list[str]:
    """OPEN → LOCKED."""
    reasons = [] if facts.mine else ["只能提交自己的评分表"]
    if facts.blank:
        reasons.append(f"{len(facts.blank)}项还没有评：{listed(facts.blank, '项')}")
    return reasons


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """Somebody else's proposal is decided.  made_by_actor: maker and checker are the same person.  avoided:
    it concerns the actor or a relative (履职回避)."""

    made_by_actor: bool = False
    avoided: bool = False


def other_person(facts: DecisionFacts, call: Call) -> list[str]:
    """The maker of a decision is never its checker, and nobody decides about themselves or a relative."""
    reasons = ["是您本人提出的，须由另一人审定"] if facts.made_by_actor else []
    return [*reasons, "事关您本人或近亲属，须回避，由另一人决定"] if facts.avoided else reasons


def decide_with_reason(facts: DecisionFacts, call: Call) -> list[str]:
    """Approved or not: by another person, with the reason."""
    return [*other_person(facts, call), *lacks_reason(call)]


def approve_veto(facts: DecisionFacts, call: Call) -> list[str]:
    """VETO list approved by 党工委: with the document."""
    return [*other_person(facts, call), *lacks_document(call, "审定文号")]


def carry_out(facts: DecisionFacts, call: Call) -> list[str]:
    """A consequence is carried out with its document or the minutes."""
    return lacks_document(call, "办理文号或会议纪要号")
