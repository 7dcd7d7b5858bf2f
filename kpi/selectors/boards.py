"""Leader boards of 夺标赛: units by their completion or score over the chosen leaves, as they stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi.models import Competition, CompetitionIndicator, Cycle
from kpi.rules.codes import OUTSIDE_RULES
from kpi.rules.rankings import BoardLine, leader_board
from reform.rounding import to_score

from .leaf_results import LeafLine, leaf_lines

MEAN = "mean"


@dataclass(frozen=True)
class Choice:
    """A leaf that several units have: its path and their indicators."""

    path: str
    indicators: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """One line of a board. share: of the best, per cent, for its bar; reported: how many leaves have a
    figure."""

    rank: int
    unit_id: int
    unit: str
    value: Decimal
    share: int
    reported: int
    chosen: int


@dataclass(frozen=True)
class Board:
    """A competition's board. waiting: units of which nothing is reported yet."""

    competition: Competition
    by_rate: bool
    places: tuple[Place, ...]
    waiting: tuple[str, ...]
    leaves: tuple[str, ...]


def choices_of(cycle: Cycle) -> dict[str, Choice]:
    """The leaves of units that a competition may count, by path. A fixed number of statements."""
    groups: dict[str, list[LeafLine]] = {}
    for one in leaf_lines(cycle):
        if one.unit_id is not None and one.rule not in OUTSIDE_RULES:
            groups.setdefault(one.path, []).append(one)
    return {path: Choice(path, tuple(one.indicator_id for one in rows)) for path, rows in groups.items()}


def board_of(competition: Competition) -> Board:
    """One competition's board as the figures stand now; a fixed number of statements."""
    return boards_of(competition.cycle, [competition])[0]


def boards_of(cycle: Cycle, competitions: Sequence[Competition]) -> list[Board]:
    """The boards of competitions of one cycle; a fixed number of statements for any number of them.

    RATE: the mean of a unit's chosen completions, what is not reported counting 0. SCORE: the sum of the
    scores.  A unit of which nothing is reported waits beneath.
    """
    chosen: dict[int, set[int]] = {}
    rows = CompetitionIndicator.objects.filter(competition__in=competitions)
    for key, indicator in rows.values_list("competition_id", "indicator_id"):
        chosen.setdefault(key, set()).add(indicator)
    leaves = [one for one in leaf_lines(cycle) if one.unit_id is not None]
    return [
        _board(one, [leaf for leaf in leaves if leaf.indicator_id in chosen.get(one.pk, ())])
        for one in competitions
    ]


def _board(competition: Competition, leaves: Sequence[LeafLine]) -> Board:
    by_rate = competition.measure == Competition.Measure.RATE
    by_unit: dict[int, list[LeafLine]] = {}
    for one in leaves:
        by_unit.setdefault(one.unit_id or 0, []).append(one)
    scores = {str(key): _values(own, by_rate) for key, own in by_unit.items()}
    names = sorted({name for own in scores.values() for name in own})
    places = _places(leader_board(scores, names), by_unit, by_rate)
    ranked = {one.unit_id for one in places}
    return Board(
        competition=competition,
        by_rate=by_rate,
        places=places,
        waiting=tuple(own[0].unit for key, own in by_unit.items() if key not in ranked),
        leaves=tuple(dict.fromkeys(one.name for one in leaves)),
    )


def _values(own: Sequence[LeafLine], by_rate: bool) -> Mapping[str, Decimal | None]:
    if not by_rate:
        return {str(one.indicator_id): one.score for one in own}
    rates = [one.completion for one in own]
    if all(one is None for one in rates):
        return {MEAN: None}
    return {MEAN: to_score(sum((one or Decimal(0) for one in rates), Decimal(0)) / len(rates))}


def _places(
    lines: Sequence[BoardLine], by_unit: Mapping[int, Sequence[LeafLine]], by_rate: bool
) -> tuple[Place, ...]:
    best = max((line.score for line in lines), default=Decimal(0))
    found = []
    for line in lines:
        own = by_unit[int(line.unit)]
        value: Decimal = line.score
        found.append(
            Place(
                rank=line.rank,
                unit_id=own[0].unit_id or 0,
                unit=own[0].unit,
                value=value,
                share=int(value * 100 / best) if best > 0 else 0,
                reported=sum(1 for one in own if (one.completion if by_rate else one.score) is not None),
                chosen=len(own),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.rank, one.unit)))
