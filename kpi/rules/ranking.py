"""Places among all who are compared, for RANK and MIXED (domain.md §6)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from .codes import Direction


def ranks(actuals: Sequence[Decimal | None], direction: Direction) -> list[int | None]:
    """The place of each actual, from 1, in the order given; equal ones share the better place and the next
    is skipped: 1, 2, 2, 4.

    direction: UP: more is better, DOWN: less; NEUTRAL compares nothing, so nobody has a place.  Who has no
    actual has no place and moves nobody.
    """
    if direction == Direction.NEUTRAL:
        return [None for _ in actuals]
    known = sorted((one for one in actuals if one is not None), reverse=direction == Direction.UP)
    place_of: dict[Decimal, int] = {}
    for place, one in enumerate(known, start=1):
        place_of.setdefault(one, place)
    return [None if one is None else place_of[one] for one in actuals]


def ranks_above(
    actuals: Sequence[Decimal | None], targets: Sequence[Decimal | None], direction: Direction
) -> list[int | None]:
    """Places as `ranks` gives them, among those above their own target only (MIXED)."""
    return ranks(list(_above(actuals, targets)), direction)


def _above(actuals: Sequence[Decimal | None], targets: Sequence[Decimal | None]) -> Iterable[Decimal | None]:
    for actual, target in zip(actuals, targets, strict=True):
        above = actual is not None and target is not None and actual > target
        yield actual if above else None
