"""The formulas of domain.md §6, one per rule.

A formula is made once for its parameters and then used for any number of scores; it is called only where
obstacles.obstacle_of found nothing. Arithmetic is exact (figures.EXACT); the caller rounds, once.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from .bands import score_of
from .codes import Rule
from .figures import HUNDRED, ONE, ZERO, minus, over, over_whole, plus, times
from .parameters import (
    BaseScore,
    Counted,
    Floating,
    Interval,
    MinMax,
    Parameters,
    Proportion,
    ProportionBonus,
    Ranking,
    StepDeduct,
    TargetRanking,
)

# (full, actual, target, rank) → points, not yet rounded; only the arguments a rule needs are looked at.
Formula: TypeAlias = Callable[[Any, Any, Any, Any], Decimal]


def formula_of(rule: Rule, parameters: Parameters) -> Formula:
    """The formula of a rule with its parameters built in."""
    return _FORMULAS[rule](parameters)


def _proportion(own: Proportion) -> Formula:
    floor = own.floor

    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        if actual >= target:
            return full
        if actual < 0 or actual < times(floor, target):
            return ZERO
        return over(times(full, actual), target)

    return points


def steps_above(own: ProportionBonus, actual: Decimal, target: Decimal) -> Decimal:
    """⌊(A/T−1)×100/step⌋ for A ≥ T > 0."""
    return over_whole(times(minus(actual, target), HUNDRED), times(target, own.step))


def steps_below(own: StepDeduct, actual: Decimal, target: Decimal) -> Decimal:
    """⌊(1−A/T)×100/step⌋ for A < T, T > 0."""
    return over_whole(times(minus(target, actual), HUNDRED), times(target, own.step))


def _proportion_bonus(own: ProportionBonus) -> Formula:
    per, cap = own.per, own.cap

    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        if actual >= target:
            return plus(full, min(cap, times(steps_above(own, actual, target), per)))
        return over(times(full, actual), target) if actual > 0 else ZERO

    return points


def _step_deduct(own: StepDeduct) -> Formula:
    per = own.per

    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        if actual >= target:
            return full
        if actual < 0:
            return ZERO
        return max(ZERO, minus(full, times(per, steps_below(own, actual, target))))

    return points


def _base_score(own: BaseScore) -> Formula:
    share, per, cap = own.share, own.per, own.cap

    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        got = plus(times(share, full), times(per, minus(actual, target)))
        return max(ZERO, min(times(cap, full), got))

    return points


def _floating(own: Floating) -> Formula:
    low, high = minus(ONE, own.band), plus(ONE, own.band)

    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        if actual < 0:
            return ZERO
        if actual >= times(target, high):
            return full
        if actual <= times(target, low):
            return over(times(full, low), high)
        return over(times(full, actual), times(target, high))

    return points


def _target(own: Parameters) -> Formula:
    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        return full if actual >= target else ZERO

    return points


def _ranking(own: Ranking | TargetRanking) -> Formula:
    per = own.per

    def points(full: Decimal, actual: Any, target: Any, rank: int) -> Decimal:
        return max(ZERO, times(full, minus(ONE, times(per, Decimal(rank - 1)))))

    return points


def _target_ranking(own: TargetRanking) -> Formula:
    first, by_rank = own.first, _ranking(own)

    def points(full: Decimal, actual: Decimal, target: Decimal, rank: int) -> Decimal:
        if actual < target:
            return ZERO
        if actual == target:
            return first
        return max(first, by_rank(full, actual, target, rank))

    return points


def _min_max(own: MinMax) -> Formula:
    start, least, most = own.start, own.min or ZERO, own.max or ZERO
    span, rest = minus(most, least), minus(HUNDRED, own.start)

    def points(full: Decimal, actual: Decimal, target: Any, rank: Any) -> Decimal:
        if span == 0:
            return full
        # outside min and max (a figure of after the comparison) counts as the nearer one
        place = minus(max(least, min(most, actual)), least)
        return over(times(full, plus(times(start, span), times(rest, place))), times(span, HUNDRED))

    return points


def _interval(own: Interval) -> Formula:
    bands = own.bands

    def points(full: Any, actual: Decimal, target: Any, rank: Any) -> Decimal:
        return score_of(bands, actual) or ZERO

    return points


def _lower(own: Parameters) -> Formula:
    def points(full: Decimal, actual: Decimal, target: Decimal, rank: Any) -> Decimal:
        if actual < 0:
            return ZERO
        return full if actual <= target else over(times(full, target), actual)

    return points


def _hundredths(own: Parameters) -> Formula:
    def points(full: Decimal, actual: Decimal, target: Any, rank: Any) -> Decimal:
        return over(times(full, actual), HUNDRED)

    return points


def _counted(sign: Decimal) -> Callable[[Counted], Formula]:
    def made(own: Counted) -> Formula:
        per, cap = own.per or ZERO, own.cap

        def points(full: Any, actual: Decimal, target: Any, rank: Any) -> Decimal:
            sum_of_cases = times(per, actual)
            return times(sign, sum_of_cases if cap is None else min(cap, sum_of_cases))

        return points

    return made


def _none(own: Parameters) -> Formula:
    def points(full: Any, actual: Any, target: Any, rank: Any) -> Decimal:
        return ZERO

    return points


_FORMULAS: Mapping[Rule, Callable[[Any], Formula]] = {
    Rule.PROP: _proportion,
    Rule.PROP_BONUS: _proportion_bonus,
    Rule.STEP_DEDUCT: _step_deduct,
    Rule.BASE80: _base_score,
    Rule.FLOAT: _floating,
    Rule.TARGET: _target,
    Rule.RANK: _ranking,
    Rule.MIXED: _target_ranking,
    Rule.MINMAX: _min_max,
    Rule.INTERVAL: _interval,
    Rule.LOWER: _lower,
    Rule.GRADE: _hundredths,
    Rule.MILESTONE: _hundredths,
    Rule.DEDUCT: _counted(-ONE),
    Rule.BONUS: _counted(ONE),
    Rule.VETO: _none,
}
