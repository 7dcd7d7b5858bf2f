"""能上能下: how long a promotion stays locked, and how long a 处分 counts (domain.md §3, §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reform.dated import add_months
from reform.errors import RuleError

PROBATION_FAILED = "试用不合格"
TRANSFER = "transfer"
# Neither has an end of its own: an investigation ends when it is closed, and who is expelled has left.
ENDLESS = ("INVESTIGATION", "EXPULSION")


@dataclass(frozen=True, slots=True)
class Lock:
    """No promotion from `starts_on` until the day before `ends_before`."""

    starts_on: date
    ends_before: date

    def holds_on(self, on: date) -> bool:
        """Whether the lock is in force on a day."""
        return self.starts_on <= on < self.ends_before


def lock_interval(
    cause: str, starts_on: date, months: Mapping[str, int], *, is_demotion: bool
) -> Lock | None:
    """The lock that a cause brings; None where the policy gives it no months.

    cause: D1–D6, or 试用不合格.  is_demotion: 降职, else 调岗 or 免职, which locks no longer than `transfer`.
    months: policy round.lock_months.  Raises RuleError for a cause that the policy does not name.
    """
    if cause == PROBATION_FAILED:
        length = months[TRANSFER]
    elif cause == TRANSFER or cause not in months:
        raise RuleError(f"政策参数“限制提拔月数”没有原因“{cause}”。")
    else:
        length = months[cause] if is_demotion else min(months[cause], months[TRANSFER])
    return Lock(starts_on, add_months(starts_on, length)) if length else None


def sanction_end(kind: str, decided_on: date, months: Mapping[str, int]) -> date | None:
    """The first day after the 影响期 of a 处分; None for an investigation and for 开除.

    months: policy round.sanction_months.  Raises RuleError for a kind without months.
    Source: 公务员法第六十四条; 事业单位人事管理条例第二十九条.
    """
    if kind in ENDLESS:
        return None
    if kind not in months:
        raise RuleError(f"政策参数“处分影响期”没有处分种类“{kind}”。")
    return add_months(decided_on, months[kind])
