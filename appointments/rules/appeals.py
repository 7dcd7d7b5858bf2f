"""复核、申诉与聘任合同争议仲裁: by when to file and to decide (domain.md §6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reform.errors import RuleError

RE_EXAMINATION, APPEAL, ARBITRATION = "RE_EXAMINATION", "APPEAL", "ARBITRATION"
UPHELD, REJECTED, WITHDRAWN = "UPHELD", "REJECTED", "WITHDRAWN"
# Nothing in this module, nor anywhere else, holds back what is contested.
EXECUTION_NOTE = "复核、申诉期间不停止人事处理的执行；不得因申请复核、提出申诉加重处理。"
_LABELS = {RE_EXAMINATION: "复核", APPEAL: "申诉", ARBITRATION: "仲裁"}

Days = Mapping[str, Mapping[str, int]]


def _row(days: Days, kind: str) -> Mapping[str, int]:
    if kind not in days:
        raise RuleError(f"政策参数“复核、申诉与仲裁期限”没有“{_LABELS.get(kind, kind)}”。")
    return days[kind]


@dataclass(frozen=True)
class Filing:
    """An appeal as it is handed in.

    known_on: when the person learnt of what is contested; for an appeal after a 复核, of its decision.
    after_state: state of that 复核, '' where there was none.
    """

    kind: str
    known_on: date
    filed_on: date
    after_kind: str = ""
    after_state: str = ""


def filing_last_on(kind: str, known_on: date, days: Days, *, after: bool = False) -> date:
    """The last day on which an appeal may be filed; the day of knowing does not count.

    days: policy round.appeal_days.  after: 申诉 against the decision of a 复核, which has its own, shorter
    time.
    """
    row = _row(days, kind)
    return known_on + timedelta(days=row.get("file_after", row["file"]) if after else row["file"])


def filing_reasons(filing: Filing, days: Days) -> list[str]:
    """What stands against accepting an appeal."""
    label = _LABELS[filing.kind]
    reasons = []
    if filing.filed_on < filing.known_on:
        reasons.append(f"提出日期{filing.filed_on}早于知道决定的日期{filing.known_on}")
    last = filing_last_on(filing.kind, filing.known_on, days, after=bool(filing.after_kind))
    if filing.filed_on > last:
        reasons.append(f"{filing.known_on}知道决定，{label}最迟{last}提出，{filing.filed_on}已超过期限")
    if filing.after_kind:
        if filing.kind != APPEAL or filing.after_kind != RE_EXAMINATION:
            reasons.append("只有申诉可以针对复核决定提出")
        elif filing.after_state not in (UPHELD, REJECTED):
            reasons.append("所针对的复核还没有作出决定")
    return reasons


def decision_due_on(kind: str, filed_on: date, days: Days) -> date:
    """The last day for the decision."""
    return filed_on + timedelta(days=_row(days, kind)["decide"])


def extended_due_on(kind: str, due_on: date, days: Days, *, is_extended: bool) -> date:
    """The last day for the decision after the one extension; raises RuleError where there is none, or no
    second."""
    more = _row(days, kind).get("extend", 0)
    if not more:
        raise RuleError(f"{_LABELS[kind]}的办理期限不能延长。")
    if is_extended:
        raise RuleError(f"{_LABELS[kind]}已延长过一次，不能再延长。")
    return due_on + timedelta(days=more)


def decision_reasons(contested_rank: int | None, decided_rank: int | None) -> list[str]:
    """An appeal never makes things worse: no lower level than the contested decision gave.

    Ranks as the ladder's rank_order; None where the decision says nothing about a level.
    Source: 公务员法第九十五条: 不得因申请复核、提出申诉而加重处理.
    """
    if contested_rank is None or decided_rank is None or decided_rank >= contested_rank:
        return []
    return ["决定后的层级低于所不服的决定：不得因复核、申诉加重处理"]
