"""How far pay lies apart within a level: the proof that equal pay was broken (domain.md §11 no. 10).

Quartiles by linear interpolation between the ordered values, both ends included: position (n − 1) × p from
0, as QUARTILE.INC of a spreadsheet does. Everything is computed exactly and rounded once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reform.errors import RuleError
from reform.rounding import exact, half_up_root, to_coefficient, to_fen

QUARTILE_METHOD = "四分位数按包含两端的线性插值（与 Excel 的四分位数相同）"


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of amounts in yuan.

    ratio: highest ÷ lowest, None where the lowest is 0.  gini: 0 all alike.  variation: coefficient of
    variation, standard deviation of the whole ÷ mean.  The last three have four places.
    """

    count: int
    lowest: Decimal
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal
    highest: Decimal
    mean: Decimal
    ratio: Decimal | None
    gini: Decimal
    variation: Decimal


@dataclass(frozen=True, slots=True)
class SpreadChange:
    """One level before and after; a difference is None where either side has nobody or no ratio."""

    level: str
    before: Spread | None
    after: Spread | None
    ratio: Decimal | None
    gini: Decimal | None
    variation: Decimal | None

    @property
    def is_wider(self) -> bool | None:
        """Whether pay in the level lies further apart than before, by the Gini coefficient."""
        return None if self.gini is None else self.gini > 0


def spread(amounts: Iterable[Decimal]) -> Spread | None:
    """The spread of a group's pay; None of nobody.  Raises RuleError for a negative amount.

    Source: domain.md §11 no. 10.
    """
    values = sorted(map(exact, amounts))
    if not values:
        return None
    if values[0] < 0:
        raise RuleError(f"薪酬差距不能由负数计算，现有 {to_fen(values[0])}。")
    total = sum(values, Fraction(0))
    return Spread(
        count=len(values),
        lowest=to_fen(values[0]),
        lower_quartile=to_fen(quantile(values, Fraction(1, 4))),
        median=to_fen(quantile(values, Fraction(1, 2))),
        upper_quartile=to_fen(quantile(values, 1 - Fraction(1, 4))),
        highest=to_fen(values[-1]),
        mean=to_fen(total / len(values)),
        ratio=to_coefficient(values[-1] / values[0]) if values[0] else None,
        gini=_gini(values, total),
        variation=_variation(values, total),
    )


def spread_by_level(pays: Iterable[tuple[str, Decimal]]) -> dict[str, Spread]:
    """Level code → spread of the amounts paid in it."""
    by_level: dict[str, list[Decimal]] = {}
    for level, amount in pays:
        by_level.setdefault(level, []).append(amount)
    found = {level: spread(amounts) for level, amounts in sorted(by_level.items())}
    return {level: one for level, one in found.items() if one is not None}


def compare_spreads(before: Mapping[str, Spread], after: Mapping[str, Spread]) -> list[SpreadChange]:
    """Level by level, highest code first, what a reform changed."""
    changes = []
    for level in sorted({*before, *after}, reverse=True):
        was, now = before.get(level), after.get(level)
        if was is None or now is None:
            changes.append(SpreadChange(level, was, now, None, None, None))
            continue
        ratio = None if was.ratio is None or now.ratio is None else now.ratio - was.ratio
        changes.append(
            SpreadChange(level, was, now, ratio, now.gini - was.gini, now.variation - was.variation)
        )
    return changes


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """The value below which a share (0–1) of ordered values lies, interpolated; exact."""
    whole, rest = divmod((len(values) - 1) * share, 1)
    low = values[int(whole)]
    return low + rest * (values[min(int(whole) + 1, len(values) - 1)] - low)


def _gini(values: Sequence[Fraction], total: Fraction) -> Decimal:
    """Σ (2i − n − 1) x_i ÷ (n Σ x) of ordered values."""
    if not total:
        return to_coefficient(Fraction(0))
    count = len(values)
    weighted = sum(((2 * place + 1 - count) * one for place, one in enumerate(values)), Fraction(0))
    return to_coefficient(weighted / (count * total))


def _variation(values: Sequence[Fraction], total: Fraction) -> Decimal:
    """√(Σ (x − x̄)² ÷ n) ÷ x̄."""
    if not total:
        return to_coefficient(Fraction(0))
    mean = total / len(values)
    square = sum(((one - mean) ** 2 for one in values), Fraction(0)) / len(values) / mean**2
    return half_up_root(square, 4)
