"""Unit and personal coefficients, and the performance pay that they make (domain.md §7)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from reform.errors import RuleError

from .figures import Figure, checked_coefficient, coefficient_of, exact, fen_of, money_text, number_text
from .policy import PayPolicy, ReferenceRule


def unit_coefficient(score: Decimal, reference: Decimal, low: Decimal, high: Decimal) -> Figure:
    """K_u = clamp(round4(score / reference), low, high).

    score: the unit's, ≥ 0.  reference: the zone's mean or a fixed score, > 0.  Raises RuleError otherwise.
    Source: domain.md §7.
    """
    if exact(score) < 0:
        raise RuleError(f"单位得分不能是负数，现为 {score}。")
    if exact(reference) <= 0:
        raise RuleError(f"基准分须大于 0，现为 {reference}。")
    if exact(low) > exact(high):
        raise RuleError(f"单位系数的下限 {low} 高于上限 {high}。请核对政策参数。")
    plain = coefficient_of(exact(score) / exact(reference))
    value = min(max(plain, checked_coefficient(low, "下限")), checked_coefficient(high, "上限"))
    term = f"单位系数 = {money_text(score)} ÷ {number_text(reference)} = {number_text(plain)}"
    if value != plain:
        term += f"，限于 {number_text(low)}—{number_text(high)}，取 {number_text(value)}"
    return Figure(value, term)


def reference_score(policy: PayPolicy, unit_scores: Sequence[Decimal]) -> Decimal:
    """Ref of a period: the policy's fixed score, or the mean of all units' scores to two places.

    unit_scores: of every unit scored in the zone.  Raises RuleError where the mean is asked of nothing.
    Source: domain.md §7.
    """
    if policy.reference_rule == ReferenceRule.FIXED:
        return policy.reference
    if not unit_scores:
        raise RuleError("政策按全区单位得分的平均取基准分，但还没有单位得分。请先完成单位考核。")
    return fen_of(sum(map(exact, unit_scores), Fraction(0)) / len(unit_scores))


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
    amount = fen_of(exact(base) * exact(unit) * exact(personal))
    factors = f"{money_text(base)} × {number_text(unit)} × {number_text(personal)}"
    return Figure(amount, f"绩效 = {factors} = {money_text(amount)}")
