"""Terms and probation of an appointment (domain.md §5)."""

from datetime import date

from reform.dated import add_months
from reform.ladder import Policy


def probation_end(policy: Policy, before: str | None, after: str, starts_on: date) -> date | None:
    """The first day after the probation of a promotion to L40 or higher; None where there is none.

    before, after: level codes, `before` None for a new person.  Months and lowest level are policy.
    """
    ladder = policy.ladder.by_code
    if before is None or ladder[after].rank_order <= ladder[before].rank_order:
        return None
    if ladder[after].rank_order < ladder[policy["round.probation_from_level"]].rank_order:
        return None
    return add_months(starts_on, policy["round.probation_months"])
