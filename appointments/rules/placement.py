"""Terms, probation and first day of pay of an appointment (domain.md §5, §7)."""

from datetime import date

from reform.dated import add_months
from reform.errors import RuleError
from reform.ladder import Policy


def probation_end(policy: Policy, before: str | None, after: str, starts_on: date) -> date | None:
    """The first day after the probation of a promotion to L40 or higher; None where there is none.

    before, after: level codes, `before` None for a new person.  Months and lowest level are policy.
    """
    ladder, lowest = policy.ladder, policy["round.probation_from_level"]
    if before is None or ladder.steps(before, after) <= 0:
        return None
    if ladder.steps(lowest, after) < 0:
        return None
    return add_months(starts_on, policy["round.probation_months"])


def pay_start(rule: str, starts_on: date, decided_on: date | None, *, is_new: bool) -> date:
    """The first day of the new pay.

    rule: policy pay.effective_rule.  A new person is paid from the day of joining: the rule is for changes.
    decided_on: of the meeting or the superior's document; the first day of the term where nothing is known.
    Raises RuleError for another rule.
    """
    if is_new:
        return starts_on
    match rule:
        case "DECISION_DAY":
            return decided_on or starts_on
        case "SAME_MONTH":
            return starts_on.replace(day=1)
        case "NEXT_MONTH":
            return add_months(starts_on.replace(day=1), 1)
    raise RuleError(f"政策参数“调薪生效规则”没有“{rule}”这个写法。")
