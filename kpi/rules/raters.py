"""民主测评 (domain.md §6 Personal appraisal): who rates whom. Pure: the ring that shares the work evenly is
the order in which the members are given."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.rules.personal import LEADERS

SELF, UNIT, PEERS = "self", "unit", "peers"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in post. unit: a section's is the unit it belongs to.  above: the units above it, nearest
    first.  rank: of the level; of 正职 for who 主持工作.  leads: 副职 and above."""

    person: int
    unit: int
    above: tuple[int, ...]
    level: str
    rank: int
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """rater is asked about ratee, as one of a group of raters (kpi.rules.personal.GROUPS)."""

    rater: int
    ratee: int
    group: str


def rating_pairs(
    members: Sequence[Member],
    *,
    head_rank: int,
    avoided: Collection[frozenset[int]],
    most: Mapping[str, int],
) -> list[Pair]:
    """Everybody is rated by leaders, by themselves, by their unit and by equals of other units.

    Leaders are those of the own unit who stand higher, else those of the units above, else the 班子 (above
    head_rank).  Equals hold the same level in units below the same one, else anywhere in the zone.  Nobody
    rates a relative (avoided: pairs of persons), and nobody rates the same person twice.  most: group → how
    many raters a person has at most; of more those next in the ring are taken, so that all rate about as
    many.
    """
    ring = _Ring(members, avoided)
    found: list[Pair] = []
    for one in members:
        leaders = ring.leaders(one, head_rank, most[LEADERS])
        colleagues = [other for other in ring.by_unit[one.unit] if other not in leaders]
        groups = (
            (LEADERS, leaders),
            (SELF, [one]),
            (UNIT, ring.next_of(one, colleagues, most[UNIT])),
            (PEERS, ring.equals(one, leaders, most[PEERS])),
        )
        found += [Pair(other.person, one.person, group) for group, some in groups for other in some]
    return found


class _Ring:
    """The members in their order, by unit and by level."""

    def __init__(self, members: Sequence[Member], avoided: Collection[frozenset[int]]) -> None:
        self.members, self.avoided = members, avoided
        self._place = {one.person: number for number, one in enumerate(members)}
        self.by_unit: dict[int, list[Member]] = defaultdict(list)
        self._by_level: dict[str, list[Member]] = defaultdict(list)
        for one in members:
            self.by_unit[one.unit].append(one)
            self._by_level[one.level].append(one)

    def next_of(self, one: Member, others: Iterable[Member], most: int) -> list[Member]:
        """Of these the next ones after a member, without the member and relatives."""
        start, whole = self._place[one.person], len(self.members)
        fit = [
            other
            for other in others
            if other.person != one.person and frozenset((one.person, other.person)) not in self.avoided
        ]
        fit.sort(key=lambda other: (self._place[other.person] - start) % whole)
        return fit[:most]

    def leaders(self, one: Member, head_rank: int, most: int) -> list[Member]:
        for unit in (one.unit, *one.above):
            over = [other for other in self.by_unit.get(unit, ()) if other.leads and other.rank > one.rank]
            found = self.next_of(one, over, most)
            if found:
                return found
        team = [other for other in self.members if other.rank > max(head_rank, one.rank)]
        return self.next_of(one, team, most)

    def equals(self, one: Member, leaders: Collection[Member], most: int) -> list[Member]:
        elsewhere = [
            other for other in self._by_level[one.level] if other.unit != one.unit and other not in leaders
        ]
        beside = [other for other in elsewhere if other.above[:1] == one.above[:1]]
        return self.next_of(one, beside, most) or self.next_of(one, elsewhere, most)
