"""Year-end settlement (清算) of the performance pay against what was prepaid (domain.md §7, E4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from reform.rounding import exact, to_fen

from .figures import checked_coefficient, money_text, number_text, percent_text, plain_text, total_of


@dataclass(frozen=True, slots=True)
class SettledMonth:
    """One paid month of the year: its 绩效基数, what was prepaid of it, and the K_u of the unit served in."""

    performance_base: Decimal
    prepaid: Decimal
    unit_coefficient: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """earned − prepaid = difference; `amount` is what is paid or taken back, `waived` what stays with the
    person because nothing is taken back."""

    earned: Decimal
    prepaid: Decimal
    difference: Decimal
    amount: Decimal
    waived: Decimal
    terms: tuple[str, ...]


def prepayment(base: Decimal, share: Decimal) -> tuple[Decimal, str]:
    """预发 = p × 绩效基数 of one month, rounded half up once, with its term."""
    amount = to_fen(exact(base) * exact(share))
    return amount, f"预发 = {money_text(base)} × {percent_text(share)} = {money_text(amount)}"


def settlement(months: Sequence[SettledMonth], personal: Decimal, *, clawback: bool) -> Settlement:
    """清算 = Σ 绩效基数 × K_u × K_p − Σ 预发; below zero nothing is due unless `clawback`.

    personal: K_p of the year's grade.  The year is rounded once, not month by month.  Source: domain.md §7.
    """
    personal = checked_coefficient(personal, "个人系数")
    earned_exact, shown = Fraction(0), []
    for unit, group in groupby(months, key=lambda one: checked_coefficient(one.unit_coefficient, "单位系数")):
        bases = total_of([one.performance_base for one in group])
        earned_exact += exact(bases) * exact(unit) * exact(personal)
        shown.append(f"{money_text(bases)} × {number_text(unit)} × {number_text(personal)}")
    earned = to_fen(earned_exact)
    prepaid = total_of([one.prepaid for one in months])
    difference = earned - prepaid
    amount = difference if clawback else max(difference, Decimal("0.00"))
    terms = [
        f"全年绩效 = {' + '.join(shown) or '0.00'} = {money_text(earned)}",
        f"已预发 = {money_text(prepaid)}",
        f"清算 = {money_text(earned)} − {money_text(prepaid)} = {plain_text(difference)}",
    ]
    if amount != difference:
        terms.append("清算为负，政策规定不追回，按 0.00 计")
    elif difference < 0:
        terms.append(f"清算为负，按政策追回 {money_text(-difference)}")
    return Settlement(earned, prepaid, difference, amount, amount - difference, tuple(terms))
