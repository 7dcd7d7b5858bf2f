"""From leaf scores to a unit's score (domain.md §6): totals, weights, lateness, the year."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from reform.errors import RuleError
from reform.rounding import to_score

from .figures import HUNDRED, ZERO, over, plus, shown, times


def unit_total(leaves: Iterable[Decimal], bonus: Decimal, deduction: Decimal, cap: Decimal) -> Decimal:
    """A unit's score: sum of its leaves, plus bonus, less deduction, within 0 and the cap.

    bonus, deduction: points ≥ 0, each already within its own cap.  cap: the policy's (kpi.totals).
    """
    return to_score(max(ZERO, min(cap, sum(leaves, ZERO) + bonus - deduction)))


def capped_sum(points: Iterable[Decimal], cap: Decimal | None) -> Decimal:
    """Bonus or deduction points in all, at most the cap; None: no cap."""
    total = sum(points, ZERO)
    return to_score(total if cap is None else min(cap, total))


def weights_problems(weights: Mapping[str, Sequence[Decimal | None]]) -> list[str]:
    """Subjects whose leaves do not total 100, with the figures.

    weights: by the subject's name, the full scores of its leaves without bonus, deduction and veto; None
    where one is not set.
    """
    return [reason for name, leaves in weights.items() if (reason := _weights_problem(name, leaves))]


def late_penalty(workdays_late: int, per_workday: Decimal, cap: Decimal) -> Decimal:
    """Points that a late item loses: so many for each working day, at most the cap (kpi.late_penalty); none
    before the deadline."""
    return to_score(min(cap, per_workday * max(0, workdays_late)))


def annual_score(
    annual: Decimal, quarters: Sequence[Decimal], annual_weight: Decimal, quarters_weight: Decimal
) -> Decimal:
    """A unit's score of the year: annual indicators and mean of the quarters by their weights, which total 1
    (kpi.annual_weights), rounded once.  Raises RuleError without quarters, or where the weights do not."""
    if not quarters:
        raise RuleError("没有季度得分，不能合成年度得分。")
    if annual_weight + quarters_weight != 1:
        raise RuleError(
            f"年度与季度得分的权重合计须为1，现为{shown(annual_weight)}和{shown(quarters_weight)}。"
        )
    count = Decimal(len(quarters))
    weighted = plus(times(times(annual, annual_weight), count), times(sum(quarters, ZERO), quarters_weight))
    return to_score(over(weighted, count))


def _weights_problem(name: str, leaves: Sequence[Decimal | None]) -> str:
    if not leaves:
        return f"{name}：没有指标"
    unset = sum(one is None for one in leaves)
    if unset:
        return f"{name}：{unset}个指标没有权重"
    negative = [one for one in leaves if one is not None and one < 0]
    if negative:
        return f"{name}：权重有负数（{'、'.join(shown(one) for one in negative)}）"
    total = sum((one for one in leaves if one is not None), ZERO)
    if total == HUNDRED:
        return ""
    word = "少" if total < HUNDRED else "多"
    return f"{name}：权重合计{shown(total)}，须为100，{word}{shown(abs(total - HUNDRED))}"
