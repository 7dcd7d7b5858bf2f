"""Pure: the unit coefficient K_u (单位系数), which the table of results shows and pay runs pay by (domain.md
§7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reform.errors import RuleError
from reform.rounding import exact, to_coefficient, to_score


@dataclass(frozen=True, slots=True)
class UnitCoefficient:
    """K_u of four places, and `plain` before the limits."""

    value: Decimal
    plain: Decimal


def unit_coefficient(score: Decimal, reference: Decimal, low: Decimal, high: Decimal) -> UnitCoefficient:
    """K_u = clamp(round4(score / reference), low, high).

    reference: > 0.  low, high: used at four places, low ≤ high.  Raises RuleError otherwise.
    Source: domain.md §7.
    """
    if exact(reference) <= 0:
        raise RuleError(f"基准分须大于 0，现为 {reference}。")
    if exact(low) > exact(high):
        raise RuleError(f"单位系数的下限 {low} 高于上限 {high}。请核对政策参数。")
    plain = to_coefficient(exact(score) / exact(reference))
    return UnitCoefficient(min(max(plain, to_coefficient(low)), to_coefficient(high)), plain)


def mean_score(scores: Sequence[Decimal]) -> Decimal:
    """The reference where the policy measures against the zone's mean: of every unit scored, two places.

    Raises RuleError where there are none.  Source: domain.md §7.
    """
    if not scores:
        raise RuleError("政策按全区单位得分的平均取基准分，但还没有单位得分。请先完成单位考核。")
    return to_score(sum(map(exact, scores), Fraction(0)) / len(scores))
