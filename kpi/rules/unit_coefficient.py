"""单位系数 as the table of results shows it (domain.md §7, layout 9); pay runs compute their own, with
steps."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from reform.rounding import to_coefficient, to_score

FIXED = "FIXED"


def unit_coefficient(
    total: Decimal | None, totals: Sequence[Decimal], rule: str, limits: Mapping[str, object]
) -> Decimal | None:
    """clamp(total / reference, low, high), to four places; None without a total or a reference.

    totals: of all units with a result, whose mean to two places is the reference unless the rule is FIXED.
    limits: reference, low, high (policy pay.unit_coefficient).
    """
    reference = Decimal(str(limits["reference"]))
    if rule != FIXED and totals:
        reference = to_score(sum(totals, Decimal(0)) / len(totals))
    if total is None or reference <= 0:
        return None
    plain = to_coefficient(total / reference)
    return min(max(plain, Decimal(str(limits["low"]))), Decimal(str(limits["high"])))
