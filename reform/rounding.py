"""Exact figures, rounded once, at the end; and pools whose parts sum to the pool (domain.md, Conventions and
§7)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import isqrt

from reform.errors import RuleError

Number = Decimal | Fraction | int


def exact(value: object) -> Fraction:
    """A figure of the database, a policy or a sheet for exact arithmetic: 0.1 is a tenth, however it is kept.

    Raises RuleError for what is no finite number.
    """
    try:
        return Fraction(value if isinstance(value, Decimal | Fraction) else str(value))
    except (ValueError, OverflowError, ZeroDivisionError):
        raise RuleError(f"“{value}”不是可以计算的数。") from None


def half_up(value: Number, places: int) -> Decimal:
    """A figure rounded half up (away from zero below zero); never −0.

    Raises RuleError for what is no finite number, TypeError for a float.
    """
    if not isinstance(value, Fraction):
        number = _decimal(value)
        if not number.is_finite():
            raise RuleError(f"“{value}”不是可以取整的数。")
        return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + Decimal(0)
    size, parts = abs(value.numerator) * 10**places, value.denominator
    whole = (size * 2 + parts) // (parts * 2)
    return Decimal(whole if value > 0 else -whole).scaleb(-places)


def half_up_root(value: Fraction, places: int) -> Decimal:
    """The square root of an exact figure ≥ 0, rounded half up as if it had been told in full."""
    doubled = isqrt(int(value * (2 * 10**places) ** 2))
    return Decimal((doubled + 1) // 2).scaleb(-places)


def to_fen(amount: Number) -> Decimal:
    """An amount in yuan rounded half up to the fen."""
    return half_up(amount, 2)


def to_score(score: Number) -> Decimal:
    """A score rounded half up to two places."""
    return half_up(score, 2)


def to_coefficient(coefficient: Number) -> Decimal:
    """A coefficient rounded half up to four places, before use (§7)."""
    return half_up(coefficient, 4)


def split_pool(pool: Decimal | int, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """A pool in yuan split by weight, in the order given, to the fen and without remainder.

    Largest remainder: each share is cut to the fen, the missing fen go to the largest fractions; where those
    are equal, to the lower index (so pass the lower code first).  pool ≥ 0, a whole number of fen;
    weights ≥ 0 with a positive sum, exact (no floats).  Raises RuleError otherwise.
    Source: domain.md §7 Rounding.
    """
    fen = exact(_decimal(pool)) * 100
    parts = [exact(_decimal(weight)) for weight in weights]
    if fen < 0 or fen.denominator != 1:
        raise RuleError(f"待分配总额须为不小于 0、精确到分的金额，现为 {pool}。")
    if any(part < 0 for part in parts):
        raise RuleError("分配权重不能是负数。")
    total = sum(parts, Fraction(0))
    if total == 0:
        if fen:
            raise RuleError(f"分配权重合计为 0，无法分配 {pool} 元。")
        return [to_fen(0) for _ in parts]
    shares = [divmod(fen * part / total, 1) for part in parts]
    missing = int(fen) - sum(whole for whole, _ in shares)
    by_fraction = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    favoured = set(by_fraction[:missing])
    return [Decimal(whole + (index in favoured)).scaleb(-2) for index, (whole, _) in enumerate(shares)]


def _decimal(value: Decimal | int) -> Decimal:
    if isinstance(value, float):
        raise TypeError("money, scores and weights are Decimal, never float")
    return Decimal(value)
