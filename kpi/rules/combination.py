"""综合得分: the unit's score and the person's, by the level of the post (domain.md §6)."""

from collections.abc import Mapping
from decimal import Decimal

from kpi.rules.outcomes import WHOLE, Outcome, not_scorable, share
from reform.errors import RuleError
from reform.rounding import exact, to_coefficient, to_score

ALL_LEVELS = "*"


def combined(
    unit: Decimal | None,
    personal: Decimal | None,
    weights_by_level: Mapping[str, object],
    level: str,
) -> Outcome:
    """I = wU × unit + (1 − wU) × personal, rounded half up once.

    level: held on the cycle's last day.  weights_by_level: level → wU between 0 and 1 (policy
    kpi.combination); * for levels not named.  A part that has a weight and no score leaves no score.
    Raises RuleError for a level without a weight, or a weight outside 0–1.
    """
    given = weights_by_level.get(level, weights_by_level.get(ALL_LEVELS))
    if given is None:
        raise RuleError(f"政策参数“单位得分在个人综合得分中的权重”没有层级{level}。")
    unit_weight = exact(given)
    if not 0 <= unit_weight <= 1:
        raise RuleError(f"层级{level}的单位得分权重须在0到1之间，现为{given}。")
    parts = (("单位得分", unit, unit_weight), ("个人得分", personal, 1 - unit_weight))
    missing = [name for name, score, weight in parts if weight and score is None]
    if missing:
        return not_scorable(f"没有{'、'.join(missing)}，不能计算综合得分。")
    counted = [(name, score, weight) for name, score, weight in parts if weight]
    total = to_score(sum(exact(score) * weight for _, score, weight in counted) + exact(0))
    words = "+".join(f"{name}{score}×{share(weight * WHOLE)}" for name, score, weight in counted)
    return Outcome(total, (f"{words}={total}",))


def grade_coefficient(grade: str | None, coefficients: Mapping[str, object]) -> Decimal | None:
    """K_p of a grade, at four places (§7); None for 不定等次, which has no coefficient of its own.

    Raises RuleError for a grade that the policy (pay.grade_coefficients) does not name.
    """
    if grade is None:
        return None
    if grade not in coefficients:
        raise RuleError(f"政策参数“个人绩效系数”没有等次{grade}。")
    return to_coefficient(exact(coefficients[grade]))
