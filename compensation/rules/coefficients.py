"""Unit and personal coefficients, and the performance pay that they make (domain.md §7)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from reform.errors import RuleError
from reform.rounding import exact, to_fen
from reform.unit_coefficient import mean_score
from reform.unit_coefficient import unit_coefficient as clamped_coefficient

from .figures import Figure, checked_coefficient, money_text, number_text
from .policy import PayPolicy, ReferenceRule


def unit_coefficient(score: Decimal, reference: Decimal, low: Decimal, high: Decimal) -> Figure:
    """K_u of a unit's score, with its term.

    score: ≥ 0.  reference: the zone's mean or a fixed score, > 0.  low ≤ high.  Raises RuleError otherwise.
    Source: domain.md §7.
    """
    if exact(score) < 0:
        raise RuleError(f"单位得分不能是负数，现为 {score}。")
    found = clamped_coefficient(score, reference, low, high)
    term = f"单位系数 = {money_text(score)} ÷ {number_text(reference)} = {number_text(found.plain)}"
    if found.value != found.plain:
        term += f"，限于 {number_text(low)}—{number_text(high)}，取 {number_text(found.value)}"
    return Figure(found.value, term)


def reference_score(policy: PayPolicy, unit_scores: Sequence[Decimal]) -> Decimal:
    """Ref of a period: the policy's fixed score, or the mean of all units' scores to two places.

    unit_scores: of every unit scored in the zone.  Raises RuleError where the mean is asked of nothing.
    Source: domain.md §7.
    """
    return policy.reference if policy.reference_rule == ReferenceRule.FIXED else mean_score(unit_scores)


def personal_coefficient(grade: str, coefficients: Mapping[str, Decimal]) -> Figure:
    """K_p of an annual grade; raises RuleError for a grade that the policy does not know."""
    try:
        value = checked_coefficient(coefficients[grade], "个人系数")
    except KeyError:
        raise RuleError(f"没有等次“{grade}”，可用的是{'、'.join(sorted(coefficients))}。") from None
    return Figure(value, f"个人系数 = {grade} 等 {number_text(value)}")


def performance_pay(base: Decimal, unit: Decimal, personal: Decimal) -> Figure:
    """绩效 = 绩效基数 × K_u × K_p, in yuan, rounded half up once.

    base: yuan.  unit, personal: used at four places.  Source: domain.md §7.
    """
    unit = checked_coefficient(unit, "单位系数")
    personal = checked_coefficient(personal, "个人系数")
    amount = to_fen(exact(base) * exact(unit) * exact(personal))
    factors = f"{money_text(base)} × {number_text(unit)} × {number_text(personal)}"
    return Figure(amount, f"绩效 = {factors} = {money_text(amount)}")
