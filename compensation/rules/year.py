"""What a change of post is worth over a year, coefficients at 1 (domain.md §7, E3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reform.workdays import Calendar

from .changes import Holding
from .figures import money_text, signed_text, total_of
from .month import MonthPay, month_pay
from .policy import PayPolicy
from .standard import standard


@dataclass(frozen=True, slots=True)
class YearEffect:
    """A year's pay at unit and personal coefficient 1, and what it would be at one coefficient throughout."""

    months: tuple[MonthPay, ...]
    total: Decimal
    unchanged: Decimal
    difference: Decimal
    terms: tuple[str, ...]


def year_effect(
    policy: PayPolicy,
    holdings: Sequence[Holding],
    year: int,
    calendar: Calendar,
    *,
    unchanged_coefficient: Decimal,
) -> YearEffect:
    """The twelve months of a year, against the same months all paid at `unchanged_coefficient`.

    Source: domain.md §7, E3 (78,000.00 against 91,200.00: −13,200.00).
    """
    months = tuple(month_pay(policy, holdings, date(year, number + 1, 1), calendar) for number in range(12))
    total = total_of([one.at_one for one in months])
    former = standard(policy, unchanged_coefficient)
    parts = (former.base_pay, former.position_pay, former.performance_base)
    unchanged = total_of([*parts]) * 12
    runs: list[tuple[Decimal, int]] = []
    for one in months:
        if runs and runs[-1][0] == one.at_one:
            runs[-1] = (one.at_one, runs[-1][1] + 1)
        else:
            runs.append((one.at_one, 1))
    shown = " + ".join(f"{money_text(amount)} × {count}" for amount, count in runs)
    return YearEffect(
        months,
        total,
        unchanged,
        total - unchanged,
        (
            f"全年 = {shown} = {money_text(total)}",
            f"不变动 = {money_text(total_of([*parts]))} × 12 = {money_text(unchanged)}",
            f"相差 {signed_text(total - unchanged)}",
        ),
    )
