"""Rounding, once, at the end; and pools whose parts sum to the pool (domain.md, Conventions and §7)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from reform.errors import RuleError

_FEN = Decimal("0.01")
_COEFFICIENT = Decimal("0.0001")


def to_fen(amount: Decimal | int) -> Decimal:
    """An amount in yuan rounded half up to the fen (away from zero below zero)."""
    return _rounded(amount, _FEN)


def to_score(score: Decimal | int) -> Decimal:
    """A score rounded half up to two places."""
    return _rounded(score, _FEN)


def to_coefficient(coefficient: Decimal | int) -> Decimal:
    """A coefficient rounded half up to four places, before use (§7)."""
    return _rounded(coefficient, _COEFFICIENT)


def split_pool(pool: Decimal | int, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """A pool in yuan split by weight, in the order given, to the fen and without remainder.

    Largest remainder: each share is cut to the fen, the missing fen go to the largest fractions; where those
    are equal, to the lower index (so pass the lower code first).  pool ≥ 0, a whole number of fen;
    weights ≥ 0 with a positive sum, exact (no floats).  Raises RuleError otherwise.
    Source: domain.md §7 Rounding.
    """
    fen = _exact(pool) * 100
    parts = [_exact(weight) for weight in weights]
    if fen < 0 or fen.denominator != 1:
        raise RuleError(f"待分配总额须为不小于 0、精确到分的金额，现为 {pool}。")
    if any(part < 0 for part in parts):
        raise RuleError("分配权重不能是负数。")
    total = sum(parts, Fraction(0))
    if total == 0:
        if fen:
            raise RuleError(f"分配权重合计为 0，无法分配 {pool} 元。")
        return [Decimal("0.00") for _ in parts]
    shares = [divmod(fen * part / total, 1) for part in parts]
    missing = int(fen) - sum(whole for whole, _ in shares)
    by_fraction = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    favoured = set(by_fraction[:missing])
    return [
        Decimal(whole + (index in favoured)).scaleb(-2).quantize(_FEN)
        for index, (whole, _) in enumerate(shares)
    ]


def _rounded(value: Decimal | int, step: Decimal) -> Decimal:
    number = _decimal(value)
    if not number.is_finite():
        raise RuleError(f"“{value}”不是可以取整的数。")
    # adding zero turns −0.00 into 0.00
    return number.quantize(step, rounding=ROUND_HALF_UP) + Decimal(0)


def _exact(value: Decimal | int) -> Fraction:
    number = _decimal(value)
    if not number.is_finite():
        raise RuleError(f"“{value}”不能用于分配。")
    return Fraction(number)


def _decimal(value: Decimal | int) -> Decimal:
    if isinstance(value, float):
        raise TypeError("money, scores and weights are Decimal, never float")
    return Decimal(value)
