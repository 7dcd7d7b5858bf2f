"""单位系数 of all units, as the table of results shows them (layout 9)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reform.unit_coefficient import mean_score, unit_coefficient

FIXED = "FIXED"


def unit_coefficients(
    totals: Mapping[int, Decimal | None], rule: str, limits: Mapping[str, Any]
) -> dict[int, Decimal]:
    """Unit → K_u, of those that have a total; none where the reference is nothing.

    rule, limits: policy pay.reference_rule (FIXED, or the mean of the totals) and pay.unit_coefficient
    (reference, low, high).
    """
    scores = {unit: total for unit, total in totals.items() if total is not None}
    fixed, low, high = (Decimal(str(limits[name])) for name in ("reference", "low", "high"))
    reference = fixed if rule == FIXED or not scores else mean_score([*scores.values()])
    if reference <= 0:
        return {}
    return {unit: unit_coefficient(score, reference, low, high).value for unit, score in scores.items()}
