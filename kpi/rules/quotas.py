"""Quotas of 优秀 (domain.md §6): by unit result, small units pooled, the zone's cap hard, ties left to a
decision.

Seats are given in this order: each group's ⌊n × rate⌋; where they exceed the zone's cap, first the seats that
nobody in the group could take are cut, then the others, both from the lowest unit up; then persons by score.
So no quota and no cap is ever exceeded, and no seat stays empty that somebody may take, apart from ties.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kpi.rules.outcomes import WHOLE, share
from reform.errors import RuleError
from reform.rounding import exact, to_score

ZONE = "zone"
POOL = "合并计算单位"


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """A unit's result. grade: name of the unit grade, '' where there is none: the zone's rate then
    applies."""

    unit: str
    grade: str = ""
    score: Decimal | None = None
    is_vetoed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be 优秀: counted in n, over the line, and barred by nothing."""

    key: int
    unit: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class QuotaRules:
    """rates: unit grade → share of 优秀, and `zone`: the cap (policy kpi.excellent_quota).  lowest: the unit
    grade of a vetoed unit.  pool_below: units with fewer participants are pooled (5)."""

    rates: Mapping[str, object]
    lowest: str
    pool_below: int

    def rate_of(self, standing: UnitStanding | None) -> Fraction:
        """The share of a unit; without a result it is the zone's. RuleError for a grade without a rate."""
        grade = "" if standing is None else self.lowest if standing.is_vetoed else standing.grade
        if grade and grade not in self.rates:
            raise RuleError(f"政策参数“优秀比例”没有单位等次“{grade}”。")
        return exact(self.rates[grade or ZONE])


@dataclass(frozen=True, slots=True)
class Quota:
    """One line of the table of quotas. by_rate: ⌊n × rate⌋; quota: what the zone's cap leaves of it."""

    group: str
    n: int
    quota: int
    used: int
    by_rate: int
    units: tuple[str, ...]
    rate_words: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """Persons with equal claims to fewer seats than there are of them; score: theirs, or their units' where
    units tie for a seat that the cap leaves to some of them only."""

    group: str
    score: Decimal
    seats: int
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who of a tie gets the seats."""

    group: str
    keys: frozenset[int]


@dataclass(frozen=True, slots=True)
class Award:
    """Who is 优秀 by the quotas. places: key → place among the candidates of the group (1, 2, 2, 4).
    unused: decisions that fit no tie any more, such as after an appeal."""

    granted: frozenset[int]
    quotas: tuple[Quota, ...]
    ties: tuple[Tie, ...]
    places: Mapping[int, int]
    group_by_unit: Mapping[str, str]
    cap: int
    n: int
    unused: tuple[Decision, ...] = ()


@dataclass(slots=True)
class _Group:
    """A unit or the pool while seats are worked out."""

    name: str
    units: tuple[str, ...]
    n: int
    by_rate: int
    rate_words: str
    standing: tuple[int, Fraction]
    score: Decimal
    candidates: list[Candidate]
    seats: int = 0

    @property
    def takers(self) -> int:
        return min(self.by_rate, len(self.candidates))

    def edge(self, seats: int) -> tuple[int, ...]:
        """Those who have the score on which the last of so many seats falls."""
        score = self.candidates[seats - 1].score
        return tuple(one.key for one in self.candidates if one.score == score)


def decision_reasons(tie: Tie, keys: Iterable[int]) -> list[str]:
    """Why a decision on a tie cannot be taken like this: strangers, or not exactly as many as seats."""
    chosen = set(keys)
    reasons = []
    strangers = chosen - set(tie.keys)
    if strangers:
        reasons.append(f"所选{len(chosen)}人中有{len(strangers)}人不在并列名单内")
    if len(chosen) != tie.seats:
        reasons.append(f"{tie.group}{len(tie.keys)}人并列，余{tie.seats}个名额，所选{len(chosen)}人")
    return reasons


def award_seats(
    counts: Mapping[str, int],
    standings: Mapping[str, UnitStanding],
    candidates: Sequence[Candidate],
    rules: QuotaRules,
    decisions: Sequence[Decision] = (),
) -> Award:
    """Give out the 优秀 seats of a zone.

    counts: unit → participants (n); every candidate is one of them.  standings: unit → its result.  The order
    of the input never matters.  Who is tied at an edge gets no seat until a decision names them.
    """
    groups = _groups(counts, standings, candidates, rules)
    total = sum(counts.values())
    cap = int(exact(rules.rates[ZONE]) * total)
    desk = _Desk(decisions)
    _cut_to_cap(groups, cap, desk)
    quotas = []
    granted: set[int] = set()
    for group in groups:
        won = desk.seat(group)
        granted |= won
        quotas.append(
            Quota(group.name, group.n, group.seats, len(won), group.by_rate, group.units, group.rate_words)
        )
    return Award(
        frozenset(granted),
        tuple(quotas),
        tuple(desk.ties),
        {key: place for group in groups for key, place in _places(group.candidates).items()},
        {unit: group.name for group in groups for unit in group.units},
        cap,
        total,
        desk.unused(),
    )


def _groups(
    counts: Mapping[str, int],
    standings: Mapping[str, UnitStanding],
    candidates: Sequence[Candidate],
    rules: QuotaRules,
) -> list[_Group]:
    """Each unit for itself, those below the limit together; the highest first, equals by name."""
    small = sorted(unit for unit, n in counts.items() if n < rules.pool_below)
    parts: list[tuple[str, tuple[str, ...]]] = [(unit, (unit,)) for unit in counts if unit not in small]
    if len(small) == 1:
        parts.append((small[0], (small[0],)))
    elif small:
        parts.append((POOL, tuple(small)))
    by_unit: dict[str, list[Candidate]] = {}
    for one in candidates:
        by_unit.setdefault(one.unit, []).append(one)
    groups = [_group(name, units, counts, standings, by_unit, rules) for name, units in parts]
    return sorted(groups, key=lambda one: (one.standing[0], -one.standing[1], one.name))


def _group(
    name: str,
    units: tuple[str, ...],
    counts: Mapping[str, int],
    standings: Mapping[str, UnitStanding],
    by_unit: Mapping[str, list[Candidate]],
    rules: QuotaRules,
) -> _Group:
    """A pool has the sum of its units' shares, and stands by the mean of their scores weighted with n."""
    found = [(counts[unit], standings.get(unit) or UnitStanding(unit)) for unit in units]
    by_rate = int(sum((n * rules.rate_of(one) for n, one in found), Fraction(0)))
    scored = [(n, exact(one.score)) for n, one in found if one.score is not None]
    people = sum(n for n, _ in scored)
    mean = sum((n * score for n, score in scored), Fraction(0)) / people if people else Fraction(0)
    # vetoed units are the lowest, units without a result come just above them
    last = 2 if all(one.is_vetoed for _, one in found) else 0 if people else 1
    inside = sorted(
        (one for unit in units for one in by_unit.get(unit, ())), key=lambda one: (-one.score, one.key)
    )
    words = "+".join(f"{n}人×{share(rules.rate_of(one) * WHOLE)}" for n, one in found)
    shown = to_score(mean)
    return _Group(name, units, sum(n for n, _ in found), by_rate, words, (last, mean), shown, inside)


def _cut_to_cap(groups: list[_Group], cap: int, desk: "_Desk") -> None:
    """Take away what exceeds the cap: seats without takers first, then the others; the lowest unit first."""
    over = sum(group.by_rate for group in groups) - cap
    for group in reversed(groups):
        spare = min(max(over, 0), group.by_rate - group.takers)
        group.seats = group.by_rate - spare
        over -= spare
    while over > 0:
        with_seats = [group for group in groups if group.seats]
        level = [group for group in with_seats if group.standing == with_seats[-1].standing]
        taken = min(over, len(level))
        for group in level:
            group.seats -= 1
        if taken < len(level):
            desk.share_out(level, len(level) - taken)
        over -= taken


class _Desk:
    """Ties on the table, and the decisions that settle them."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self.ties: list[Tie] = []
        self._decisions = decisions
        self._used: set[Decision] = set()
        self._won: set[int] = set()

    def share_out(self, level: list[_Group], seats: int) -> None:
        """Units of equal standing, fewer seats than units: one more seat for those whose people are named."""
        name = "、".join(group.name for group in level)
        edges = {group.name: group.edge(group.seats + 1) for group in level}
        chosen = self._chosen(name, [key for edge in edges.values() for key in edge], seats)
        won = [group for group in level if chosen & set(edges[group.name])]
        if len(won) < len(chosen):  # two of one unit, which has one seat more at the most
            won, chosen = [], frozenset()
            self._used -= {one for one in self._used if one.group == name}
        for group in won:
            group.seats += 1
        self._won |= chosen
        if len(won) < seats:
            keys = sorted(key for group in level if group not in won for key in edges[group.name])
            self.ties.append(Tie(name, level[0].score, seats - len(won), tuple(keys)))

    def seat(self, group: _Group) -> set[int]:
        """Who of a group gets its seats."""
        if len(group.candidates) <= group.seats:
            return {one.key for one in group.candidates}
        if not group.seats:
            return set()
        tied = group.edge(group.seats)
        score = group.candidates[group.seats - 1].score
        above = {one.key for one in group.candidates if one.score > score}
        left = group.seats - len(above)
        if len(tied) <= left:
            return above | set(tied)
        chosen = self._chosen(group.name, tied, left)
        if len(chosen) < left:
            keys = tuple(key for key in tied if key not in chosen)
            self.ties.append(Tie(group.name, score, left - len(chosen), keys))
        return above | chosen

    def _chosen(self, name: str, keys: Iterable[int], seats: int) -> frozenset[int]:
        """Whom the decisions name; nobody where they name more than there are seats."""
        tied = frozenset(keys)
        fitting = [one for one in self._decisions if one.group == name and one.keys & tied]
        chosen = frozenset(key for one in fitting for key in one.keys & tied) | (self._won & tied)
        if len(chosen) > seats:
            return frozenset()
        self._used |= set(fitting)
        return chosen

    def unused(self) -> tuple[Decision, ...]:
        return tuple(one for one in self._decisions if one not in self._used)


def _places(candidates: Sequence[Candidate]) -> dict[int, int]:
    places: dict[int, int] = {}
    place = 1
    for number, one in enumerate(candidates, 1):
        if number == 1 or one.score != candidates[number - 2].score:
            place = number
        places[one.key] = place
    return places
