"""How much of a target is reached (完成率): for traffic lights and competitions, not for scores."""

from decimal import Decimal

from kpi.rules.codes import OUTSIDE_RULES, Direction, Rule
from kpi.rules.outcomes import WHOLE
from reform.rounding import exact, half_up

FULL = Decimal(WHOLE)


def completion_of(
    rule: str, direction: str, actual: Decimal | None, target: Decimal | None, done: Decimal | None = None
) -> Decimal | None:
    """Per cent of the target, two places; None where nothing is reported or there is nothing to reach.

    Higher is better: actual / target, not below 0. Lower is better: target / actual, whole where there is
    none of it.  done: per cent of accepted nodes (MILESTONE).  A target of 0 or below has no ratio: it is
    either reached or cannot be told.
    """
    if rule in OUTSIDE_RULES or rule == Rule.GRADE:
        return None
    if rule == Rule.MILESTONE:
        return None if done is None else half_up(exact(done), 2)
    if actual is None or target is None:
        return None
    is_lower = direction == Direction.DOWN or rule == Rule.LOWER
    if target <= 0:
        return FULL if (actual <= target if is_lower else actual >= target) else None
    if is_lower:
        return FULL if actual <= 0 else half_up(exact(target) / exact(actual) * WHOLE, 2)
    return half_up(max(exact(actual) / exact(target), exact(0)) * WHOLE, 2)
