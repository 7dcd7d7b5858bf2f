"""Pure: which relatives may not hold which posts together, or act on each other (domain.md §3, 回避).

岗位回避 looks at posts: who leads whom, who is led by the same person, and who does personnel, discipline,
audit or finance where a relative leads. 履职回避 looks at persons only.
Source: 公务员法第七十四条、第七十六条; 事业单位人事管理回避规定.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reform.codes import AvoidanceClass, avoidance_class

__all__ = [
    "Avoidance",
    "AvoidanceClass",
    "Conflict",
    "Place",
    "Relation",
    "Role",
    "Seated",
    "Structure",
    "avoidance_class",
    "conflicts",
    "post_conflicts",
    "special_work",
]

# §3 (3): the kinds of work, by the words in which titles and sections name them.
SPECIAL_WORK = {
    "组织人事": ("组织", "人事", "人力资源", "干部", "编制"),
    "纪检监察": ("纪检", "监察", "纪工委", "纪委", "巡察"),
    "审计": ("审计",),
    "财务": ("财务", "会计", "出纳"),
}


class Role(StrEnum):
    """What a post is in its unit."""

    HEAD = "HEAD"
    DEPUTY = "DEPUTY"
    STAFF = "STAFF"

    @property
    def is_leader(self) -> bool:
        return self is not Role.STAFF


@dataclass(frozen=True, slots=True)
class Relation:
    """Two persons of the zone who are related; whose side it was registered from makes no difference.

    label: what the relative is to the person (妻).  override_no: the provincial approval not to avoid.
    """

    person_id: int
    relative_id: int
    kind: AvoidanceClass
    label: str = ""
    override_no: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A post. units: its unit's id, then those above it, nearest first.  is_leading: its level is one of
    正职 or 副职.  section: the words that say what is done there."""

    key: int
    name: str
    title: str
    units: tuple[int, ...]
    rank: int
    is_leading: bool
    section: str = ""


@dataclass(frozen=True, slots=True)
class Seated:
    """A person in a post, or about to be."""

    person_id: int
    name: str
    place: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two relatives whose posts may not be held together: under which number of the rule, in words."""

    person_id: int
    relative_id: int
    clause: int
    reason: str


@dataclass(frozen=True, slots=True)
class Avoidance:
    """What was found: `blocks` stand against the appointment, `warnings` are for a person to judge."""

    blocks: tuple[Conflict, ...] = ()
    warnings: tuple[Conflict, ...] = ()

    def blocks_of(self, person_id: int) -> list[str]:
        return [one.reason for one in self.blocks if person_id in (one.person_id, one.relative_id)]

    def warnings_of(self, person_id: int) -> list[str]:
        return [one.reason for one in self.warnings if person_id in (one.person_id, one.relative_id)]


class Structure:
    """The posts of a zone as a tree of who leads whom: made once, asked for every pair of relatives."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = {place.key: place for place in places}
        self._top: dict[int, int] = {}
        for place in self.places.values():
            if place.is_leading and not _is_deputy_title(place.title):
                unit = place.units[0]
                self._top[unit] = max(self._top.get(unit, place.rank), place.rank)
        self._led = {one.units[0] for one in self.places.values() if one.is_leading}

    def role(self, place: Place) -> Role:
        """The head holds the highest leading post of the unit without 副 in its title; the other leading
        posts are deputies, whatever they are called (总监, 委员)."""
        if not place.is_leading:
            return Role.STAFF
        if not _is_deputy_title(place.title) and place.rank == self._top[place.units[0]]:
            return Role.HEAD
        return Role.DEPUTY

    def leading_unit(self, place: Place) -> int | None:
        """The unit whose leaders stand directly above a post; None at the top."""
        role = self.role(place)
        if role is Role.DEPUTY and place.units[0] in self._top:
            return place.units[0]
        above = place.units[1:] if role.is_leader else place.units
        return next((unit for unit in above if unit in self._led), None)

    def clash(self, one: Place, other: Place) -> tuple[int, str] | None:
        """The number of the rule that two posts fall under, and why; None where relatives may hold both."""
        return self._subordinate(one, other) or self._same_leader(one, other) or self._special(one, other)

    def _subordinate(self, one: Place, other: Place) -> tuple[int, str] | None:
        roles = {self.role(one), self.role(other)}
        if one.units[0] == other.units[0] and Role.HEAD in roles and Role.STAFF not in roles:
            return 1, "同一单位正职与副职" if Role.DEPUTY in roles else "同一单位领导班子成员"
        for upper, lower in ((one, other), (other, one)):
            below = self.role(lower)
            if self.role(upper).is_leader and self.leading_unit(lower) == upper.units[0]:
                if below is Role.HEAD:
                    return 1, "上级领导与下级正职"
                if below is Role.STAFF:
                    return 1, "领导与直接下属"
        return None

    def _same_leader(self, one: Place, other: Place) -> tuple[int, str] | None:
        leader = self.leading_unit(one)
        is_same = leader is not None and leader == self.leading_unit(other)
        return (2, "直接隶属于同一领导") if is_same else None

    def _special(self, one: Place, other: Place) -> tuple[int, str] | None:
        for leader, worker in ((one, other), (other, one)):
            work = special_work(worker)
            if work and self.role(leader).is_leader and leader.units[0] in worker.units:
                return 3, f"在亲属领导的单位从事{work}工作"
        return None


def _is_deputy_title(title: str) -> bool:
    return "副" in title


def special_work(place: Place) -> str:
    """组织人事, 纪检监察, 审计 or 财务, by the words of title and section; '' for other work."""
    text = place.section + place.title
    return next((kind for kind, words in SPECIAL_WORK.items() if any(word in text for word in words)), "")


def post_conflicts(
    seated: Iterable[Seated], relations: Iterable[Relation], structure: Structure
) -> Avoidance:
    """岗位回避 among persons in (or about to be in) these posts.

    seated: a person may stand in it more than once (兼任); posts that the structure lacks are passed over.
    A relation that the rule names blocks; one that a person has to judge (REVIEW), or that a provincial
    approval exempts, warns.
    """
    posts: dict[int, list[Seated]] = {}
    for one in seated:
        if one.place in structure.places:
            posts.setdefault(one.person_id, []).append(one)
    blocks: list[Conflict] = []
    warnings: list[Conflict] = []
    for relation in _merged(relations):
        if relation.kind is AvoidanceClass.NONE:
            continue
        conflict = _conflict(
            posts.get(relation.person_id, ()), posts.get(relation.relative_id, ()), relation, structure
        )
        if conflict is not None:
            is_block = relation.kind.is_avoided and not relation.override_no
            (blocks if is_block else warnings).append(conflict)
    return Avoidance(tuple(blocks), tuple(warnings))


def conflicts(
    person_id: int | None, candidate_ids: Iterable[int], relations: Iterable[Relation]
) -> dict[int, str]:
    """履职回避: of these candidates those on whom a person may not act, with the word for it: 本人, or what
    the relation is. An approval for 岗位回避 changes nothing here.  person_id: None for an outsider."""
    if person_id is None:
        return {}
    near: dict[int, str] = {}
    for relation in relations:
        if relation.kind.is_avoided and person_id in (relation.person_id, relation.relative_id):
            other = relation.relative_id if relation.person_id == person_id else relation.person_id
            near.setdefault(other, relation.kind.label)
    near[person_id] = "本人"
    return {key: near[key] for key in candidate_ids if key in near}


def _merged(relations: Iterable[Relation]) -> Iterable[Relation]:
    """One relation for each pair: the strictest class that either side gave, with any approval."""
    pairs: dict[frozenset[int], Relation] = {}
    for one in relations:
        pair = frozenset((one.person_id, one.relative_id))
        known = pairs.get(pair)
        if known is not None:
            strict = known if _STRICTNESS[known.kind] >= _STRICTNESS[one.kind] else one
            override = known.override_no or one.override_no
            one = Relation(strict.person_id, strict.relative_id, strict.kind, strict.label, override)
        pairs[pair] = one
    return pairs.values()


_STRICTNESS: Mapping[AvoidanceClass, int] = {
    kind: 2 if kind.is_avoided else int(kind is AvoidanceClass.REVIEW) for kind in AvoidanceClass
}


def _conflict(
    ours: Iterable[Seated], theirs: Iterable[Seated], relation: Relation, structure: Structure
) -> Conflict | None:
    theirs = list(theirs)
    for one in ours:
        for other in theirs:
            found = structure.clash(structure.places[one.place], structure.places[other.place])
            if found is not None:
                clause, why = found
                reason = _sentence(one, other, relation, why, structure)
                return Conflict(one.person_id, other.person_id, clause, reason)
    return None


def _sentence(one: Seated, other: Seated, relation: Relation, why: str, structure: Structure) -> str:
    first = f"{one.name}（{structure.places[one.place].name}）"
    second = f"{other.name}（{structure.places[other.place].name}）"
    word = relation.label or relation.kind.label
    if relation.kind is AvoidanceClass.REVIEW:
        return f"{first}与{second}登记的关系是“{word}”，{why}，是否回避需人工判断"
    kind = relation.kind.label
    detail = "" if word == kind else f"（{word}）"
    duty = f"经{relation.override_no}批准不回避" if relation.override_no else "须岗位回避"
    return f"{first}与{second}是{kind}{detail}，{why}，{duty}"
