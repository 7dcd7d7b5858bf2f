"""Guards of a pay run: pure functions over facts, which return all reasons against a step, in Chinese, with
the figures compared (domain.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reform.guards import lacks_reason, listed
from reform.workflow import Call


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One pay run.

    missing: what a computation lacks (no policy, no coefficient of a level, no annual result).
    unpaid_before: earlier months that are not paid.  stale: inputs changed after the run was computed.
    limit, spent: the pool of the year in yuan and what is spent with this run; limit None: no pool is set.
    """

    people: int = 0
    missing: Sequence[str] = ()
    unpaid_before: Sequence[str] = ()
    stale: bool = False
    made_by_actor: bool = False
    checked_by_actor: bool = False
    limit: Decimal | None = None
    spent: Decimal = Decimal(0)


def calculate(facts: RunFacts, call: Call) -> list[str]:
    """DRAFT → CALCULATED."""
    if facts.missing:
        return list(facts.missing)
    return [] if facts.people else ["这个月没有在岗人员"]


def check(facts: RunFacts, call: Call) -> list[str]:
    """CALCULATED → CHECKED: 人事 computes, 财务 checks, never the same person."""
    reasons = ["工资是您本人计算的，须由另一人核对"] if facts.made_by_actor else []
    if facts.stale:
        reasons.append("计算之后，任职、考核结果或导入的数据有变化，请重新计算")
    return reasons


def approve(facts: RunFacts, call: Call) -> list[str]:
    """CHECKED → APPROVED: within the pool, by a third person."""
    reasons = []
    if facts.made_by_actor or facts.checked_by_actor:
        reasons.append("您计算或核对过本批次，须由另一人批准")
    if facts.stale:
        reasons.append("计算之后，任职、考核结果或导入的数据有变化，请退回重新计算")
    if facts.limit is None:
        reasons.append("本年度还没有登记薪酬总额")
    elif facts.spent > facts.limit:
        reasons.append(f"累计发放{facts.spent:,.2f}元，超过薪酬总额{facts.limit:,.2f}元")
    return reasons


def pay(facts: RunFacts, call: Call) -> list[str]:
    """APPROVED → PAID, month by month."""
    if facts.unpaid_before:
        return [f"之前的批次还没有发放：{listed(facts.unpaid_before, '个')}"]
    return []


def send_back(facts: RunFacts, call: Call) -> list[str]:
    """Back to DRAFT, with the reason that the office reads."""
    return lacks_reason(call)
