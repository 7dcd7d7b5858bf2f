"""Who may rate whom in a cycle: those in post, without who takes no part, and the relatives kept apart."""

import hashlib
from datetime import date
from functools import cache

from kpi.models import Cycle, Exclusion, RaterGroup
from kpi.rules.personal import LEADERS
from kpi.rules.raters import PEERS, SELF, UNIT, Member, Pair, rating_pairs
from reform.ladder import Policy
from reform.models import Tenure, TenureKind, Unit, Zone
from reform.selectors import kinship_relations, tenures_as_of

GROUP_OF = {
    LEADERS: RaterGroup.LEADER,
    SELF: RaterGroup.SELF,
    UNIT: RaterGroup.UNIT,
    PEERS: RaterGroup.PEER,
}


def rating_day(cycle: Cycle, on: date) -> date:
    """The day whose posts count: the cycle's last, today while it runs."""
    return min(cycle.last_day, on)


def rating_plan(cycle: Cycle, policy: Policy, on: date) -> list[Pair]:
    """Who is to rate whom by the posts of the day; a fixed number of statements."""
    return rating_pairs(
        _members(cycle, policy, rating_day(cycle, on)),
        head_rank=policy.ladder.by_code[policy["caps.levels"]["head"]].rank_order,
        avoided=avoided_pairs(cycle.zone),
        most=policy["kpi.raters"],
    )


def avoided_pairs(zone: Zone) -> set[frozenset[int]]:
    """履职回避: pairs of relatives who do not judge each other, whatever posts they were approved to hold."""
    return {
        frozenset((one.person_id, one.relative_id)) for one in kinship_relations(zone) if one.kind.is_avoided
    }


def _members(cycle: Cycle, policy: Policy, day: date) -> list[Member]:
    """In an order that is the same each time for a cycle and that nobody chooses."""
    ladder, levels = policy.ladder.by_code, policy["caps.levels"]
    head, deputy = (ladder[levels[role]].rank_order for role in ("head", "deputy"))
    units = {one.pk: one for one in Unit.objects.filter(zone=cycle.zone_id)}
    main: dict[int, Tenure] = {}
    acting: dict[int, Tenure] = {}
    kinds = {TenureKind.PRIMARY: main, TenureKind.ACTING: acting}
    rows = tenures_as_of(cycle.zone, day).filter(kind__in=kinds).select_related("position")
    for one in rows.order_by("id"):
        kinds[TenureKind(one.kind)][one.person_id] = one
    out = set(Exclusion.objects.filter(cycle=cycle).values_list("person_id", flat=True))

    @cache
    def place_of(unit_id: int) -> tuple[int, tuple[int, ...]]:
        """The unit of a post, and the units above it."""
        own = _owner(units, unit_id)
        chain: list[int] = []
        above = units[own].parent_id
        while above is not None and above not in chain:
            chain.append(above)
            above = units[above].parent_id
        return own, tuple(chain)

    found = []
    for person, one in main.items():
        if person in out:
            continue
        unit, above = place_of(one.position.unit_id)
        rank = ladder[one.held_level].rank_order if one.held_level in ladder else 0
        led = acting.get(person)
        if led is not None and place_of(led.position.unit_id)[0] == unit:
            rank = max(rank, head)
        found.append(Member(person, unit, above, one.held_level, rank, rank >= deputy))
    return sorted(found, key=lambda one: hashlib.sha256(f"{cycle.code} {one.person}".encode()).digest())


def _owner(units: dict[int, Unit], key: int) -> int:
    """As Unit.owner, from rows read once."""
    unit = units[key]
    is_section = unit.kind == "SECTION" and unit.parent_id in units
    return unit.parent_id if is_section and unit.parent_id else key
