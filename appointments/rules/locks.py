"""能上能下: how long a promotion stays locked (domain.md §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reform.dated import add_months
from reform.errors import RuleError

PROBATION_FAILED = "试用不合格"
TRANSFER = "transfer"


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
