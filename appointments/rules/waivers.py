"""破格: which condition may be waived for whom (domain.md §3: one rule, never two levels, never tenure twice
in a row, not in 试用期, not soon after a promotion)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reform.dated import add_months

from .qualification_facts import RuleKind, kind_of, rule_label

NEVER_WAIVED = (RuleKind.NO_SANCTION,)


@dataclass(frozen=True)
class WaiverFacts:
    """What limits a waiver. failed: codes of the conditions not met.  steps: levels that the promotion
    crosses, None where it is none.  promoted_on: the last promotion.  tenure_waived_before: the last
    promotion had its 任职年限 waived.  waived: the condition that has one already.
    """

    name: str
    rule: str
    failed: Sequence[str]
    steps: int | None
    on_probation: bool = False
    promoted_on: date | None = None
    gap_months: int = 0
    tenure_waived_before: bool = False
    waived: str = ""


def waiver_reasons(facts: WaiverFacts, on: date) -> list[str]:
    """All reasons against waiving one condition for one applicant.

    Source: 党政领导干部选拔任用工作条例（破格提拔）; domain.md §3.
    """
    reasons = []
    label = rule_label(facts.rule)
    if facts.rule not in facts.failed:
        reasons.append(f"“{label}”没有不符合，不需要破格")
    others = [rule_label(rule) for rule in facts.failed if rule != facts.rule]
    if others:
        reasons.append(f"还有{'、'.join(others)}不符合，一次只能破格一个条件")
    if facts.waived:
        reasons.append(f"已对“{rule_label(facts.waived)}”申请破格，一次只能破格一个条件")
    if kind_of(facts.rule) in NEVER_WAIVED:
        reasons.append(f"“{label}”不能破格")
    if facts.steps is not None and facts.steps >= 2:
        reasons.append(f"{facts.name}拟提拔{facts.steps}级，破格不得越级")
    if kind_of(facts.rule) is RuleKind.MIN_LEVEL_TENURE and facts.tenure_waived_before:
        reasons.append("上次提拔已对任职年限破格，不得连续破格")
    if facts.on_probation:
        reasons.append(f"{facts.name}在试用期内，不得破格")
    if facts.promoted_on and on < add_months(facts.promoted_on, facts.gap_months):
        reasons.append(f"{facts.name}{facts.promoted_on}提拔，至{on}未满{facts.gap_months}个月，不得破格")
    return reasons
