"""Rankings, red and black list, traffic lights, leader boards and distributions (domain.md §11 no. 7 and
9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from reform.errors import RuleError
from reform.rounding import exact, half_up_root, to_coefficient


class Light(StrEnum):
    """Traffic light of a core indicator's completion."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"


LIGHTS = {Light.GREEN: "绿灯", Light.YELLOW: "黄灯", Light.RED: "红灯"}


@dataclass(frozen=True, slots=True)
class UnitScore:
    """score: None where the unit could not be scored; it then has no rank."""

    unit: str
    score: Decimal | None
    is_vetoed: bool = False


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """change: places won since the last cycle, negative for lost, None without a rank in one of the two."""

    unit: str
    score: Decimal | None
    rank: int | None
    is_vetoed: bool
    is_red: bool
    is_black: bool
    change: int | None


def ranks_of(units: Sequence[UnitScore]) -> dict[str, int]:
    """Places by score, equals share the better one and the next is left out (1, 2, 2, 4); the vetoed come
    last, whatever their score; units without a score have no place."""
    places = {one.unit: (one.is_vetoed, -one.score) for one in units if one.score is not None}
    return {unit: 1 + sum(1 for other in places.values() if other < place) for unit, place in places.items()}


def rank_units(
    units: Sequence[UnitScore], *, red: int, black: int, last_ranks: Mapping[str, int] | None = None
) -> tuple[RankedUnit, ...]:
    """The ranking with red and black list, by rank, equals by name, units without a score at the end.

    red, black: places on either list (3); equals at the edge are all on it.  A vetoed unit is never on the
    red list.  On the black list only below the zone's mean, and never who is among the first: the third of
    three is not shamed.  last_ranks: unit → place in the last cycle.
    """
    ranks = ranks_of(units)
    scores = [exact(one.score) for one in units if one.score is not None]
    mean = sum(scores, Fraction(0)) / len(scores) if scores else Fraction(0)
    before = last_ranks or {}
    found = []
    for one in units:
        rank = ranks.get(one.unit)
        is_first = rank is not None and rank <= red
        behind = sum(1 for other in ranks.values() if rank is not None and other > rank)
        is_below = one.score is not None and exact(one.score) < mean
        change = before[one.unit] - rank if rank is not None and one.unit in before else None
        is_red = is_first and not one.is_vetoed
        is_black = rank is not None and behind < black and is_below and not is_first
        found.append(RankedUnit(one.unit, one.score, rank, one.is_vetoed, is_red, is_black, change))
    return tuple(sorted(found, key=lambda one: (one.rank is None, one.rank or 0, one.unit)))


def traffic_light(completion: Decimal | None, *, green: object, yellow: object) -> Light | None:
    """Light of a completion in per cent: green from `green` (100), yellow from `yellow` (80), else red; None
    where nothing is reported.  Raises RuleError where yellow lies above green."""
    if completion is None:
        return None
    if exact(yellow) > exact(green):
        raise RuleError(f"黄灯线{yellow}高于绿灯线{green}。")
    value = exact(completion)
    return Light.GREEN if value >= exact(green) else Light.YELLOW if value >= exact(yellow) else Light.RED


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of a leader board; score: Σ over the chosen indicators, counted: how many of them are
    scored."""

    unit: str
    score: Decimal
    counted: int
    rank: int


def leader_board(
    scores: Mapping[str, Mapping[str, Decimal | None]], chosen: Sequence[str]
) -> tuple[BoardLine, ...]:
    """学比争: units by the sum of their scores over chosen indicators, equals share the better place.

    scores: unit → indicator → score, None where not scored.  A unit without any scored one is left out.
    """
    sums = {}
    for unit, items in scores.items():
        known = [value for name in dict.fromkeys(chosen) if (value := items.get(name)) is not None]
        if known:
            sums[unit] = (sum(known, Decimal(0)), len(known))
    ranks = ranks_of([UnitScore(unit, total) for unit, (total, _) in sums.items()])
    lines = [BoardLine(unit, total, counted, ranks[unit]) for unit, (total, counted) in sums.items()]
    return tuple(sorted(lines, key=lambda line: (line.rank, line.unit)))


@dataclass(frozen=True, slots=True)
class Bin:
    """starts ≤ value < ends."""

    starts: Decimal
    ends: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """bins: without gaps from the least to the greatest.  mean, deviation (σ of the whole group): four
    places."""

    bins: tuple[Bin, ...]
    n: int
    least: Decimal
    greatest: Decimal
    mean: Decimal
    deviation: Decimal


def distribution_of(coefficients: Sequence[Decimal], *, width: object) -> Distribution | None:
    """Histogram of K_u × K_p with min, max, mean and σ; None for nobody.

    width: of a bin (0.1), positive, else RuleError.  Deviation of the population: everybody is counted.
    """
    step = exact(width)
    if step <= 0:
        raise RuleError(f"组距须大于0，现为{width}。")
    if not coefficients:
        return None
    values = sorted(exact(one) for one in coefficients)
    places = [int(value // step) for value in values]
    bins = tuple(
        Bin(to_coefficient(place * step), to_coefficient((place + 1) * step), places.count(place))
        for place in range(places[0], places[-1] + 1)
    )
    n = len(values)
    mean = sum(values, Fraction(0)) / n
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / n
    return Distribution(
        bins, n, min(coefficients), max(coefficients), to_coefficient(mean), half_up_root(variance, 4)
    )


def distributions_by_level(rows: Sequence[tuple[str, Decimal]], *, width: object) -> dict[str, Distribution]:
    """`distribution_of` for each level; rows: (level, K_u × K_p)."""
    by_level: dict[str, list[Decimal]] = {}
    for level, value in rows:
        by_level.setdefault(level, []).append(value)
    made = {level: distribution_of(values, width=width) for level, values in by_level.items()}
    return {level: one for level, one in made.items() if one is not None}
