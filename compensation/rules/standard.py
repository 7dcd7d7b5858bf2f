"""The monthly standard of a post and its three parts (标准、基础、岗位、绩效基数), domain.md §7."""

from dataclasses import dataclass
from decimal import Decimal

from reform.rounding import exact, to_fen

from .figures import checked_coefficient, money_text, number_text
from .policy import PayPolicy

PARTS = ("基础", "岗位", "绩效基数")


@dataclass(frozen=True, slots=True)
class Standard:
    """A month's standard in yuan at unit and personal coefficient 1; each amount rounded half up once."""

    coefficient: Decimal
    standard: Decimal
    base_pay: Decimal
    position_pay: Decimal
    performance_base: Decimal
    terms: tuple[str, ...]


def standard(policy: PayPolicy, coefficient: Decimal, factor: Decimal = Decimal(1)) -> Standard:
    """Std = V × K_post, split by the ratio.

    coefficient: K_post, used at four places.  factor: 试用期薪酬系数, 0–1.  The parts are cut from the exact
    product, so their sum may differ from `standard` by a fen.  Source: domain.md §7.
    """
    coefficient = checked_coefficient(coefficient, "岗位系数")
    whole = exact(policy.point_value) * exact(coefficient) * exact(factor)
    product = f"{money_text(policy.point_value)} × {number_text(coefficient)}"
    if factor != 1:
        product += f" × {number_text(factor)}"
    parts = sum(map(exact, policy.ratio))
    amounts = [to_fen(whole * exact(part) / parts) for part in policy.ratio]
    shown = number_text(sum(policy.ratio, Decimal(0))).removesuffix(".0")
    terms = [f"标准 = {product} = {money_text(to_fen(whole))}"]
    for name, part, amount in zip(PARTS, policy.ratio, amounts, strict=True):
        share = number_text(part).removesuffix(".0")
        terms.append(f"{name} = {product} × {share}/{shown} = {money_text(amount)}")
    base_pay, position_pay, performance_base = amounts
    return Standard(coefficient, to_fen(whole), base_pay, position_pay, performance_base, tuple(terms))
