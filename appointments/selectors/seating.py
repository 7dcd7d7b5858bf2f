"""Who is, or is about to be, in which post of a round: seats left and relatives, read once for many
persons."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appointments.models import Application, Appointment, Batch, BatchPost, Round
from appointments.states import IN_FORCE, ApplicationState, AppointmentState
from reform.avoidance import Avoidance, Place, Relation, Seated, Structure, post_conflicts
from reform.ladder import Ladder
from reform.models import Position, TenureKind, Unit, UnitKind
from reform.selectors import kinship_relations, policy_of, positions_of

CHOSEN = (ApplicationState.MATCHED, ApplicationState.PROPOSED, ApplicationState.OBJECTED)
LIVE_APPOINTMENT = (AppointmentState.PENDING, *IN_FORCE)


@dataclass(frozen=True)
class Claim:
    """One seat that is taken: by an application that was chosen, or by an appointment."""

    person_id: int
    name: str
    position_id: int
    is_primary: bool = True
    batch_id: int | None = None


class Seating:
    """The seats of a round as they stand; `take` and `leave` follow a plan that is being written."""

    def __init__(
        self,
        positions: Iterable[Position],
        claims: Iterable[Claim],
        seats: Mapping[int, int],
        structure: Structure,
        relations: Iterable[Relation],
        batch_id: int | None,
    ) -> None:
        self.positions = {position.pk: position for position in positions}
        self.structure = structure
        self._seats = seats
        self._batch_id = batch_id
        self._claims = list(claims)
        self._relations: dict[int, list[Relation]] = {}
        for relation in relations:
            for key in (relation.person_id, relation.relative_id):
                self._relations.setdefault(key, []).append(relation)
        self._recount()

    def _recount(self) -> None:
        main = [one for one in self._claims if one.is_primary]
        self._held = {one.person_id: one.position_id for one in main}
        self._used = Counter(one.position_id for one in main)
        self._used_in_batch = Counter(one.position_id for one in main if one.batch_id == self._batch_id)

    def vacant(self, position_id: int) -> int:
        """Seats left: of the post's 职数, and of those that the batch fills. 0 for a post that the round, or
        the batch, does not have."""
        position = self.positions.get(position_id)
        if position is None:
            return 0
        left = position.headcount - self._used[position_id]
        if self._batch_id is not None:
            left = min(left, self._seats.get(position_id, 0) - self._used_in_batch[position_id])
        return left

    def holds(self, person_id: int) -> int | None:
        """The main post of the round that a person has been chosen for or holds."""
        return self._held.get(person_id)

    def held_by(self, person_id: int) -> str:
        """As `holds`, in words; '' for none."""
        position_id = self._held.get(person_id)
        return "" if position_id is None else self.name_of(position_id)

    def name_of(self, position_id: int) -> str:
        position = self.positions.get(position_id)
        return str(position) if position else f"岗位{position_id}"

    def avoidance(self, person_id: int, name: str, position_id: int) -> Avoidance:
        """岗位回避 between one person in this post and all relatives where they are seated."""
        relations = self._relations.get(person_id)
        if not relations:
            return Avoidance()
        others = {key for one in relations for key in (one.person_id, one.relative_id)} - {person_id}
        seated = [_seated(one) for one in self._claims if one.person_id in others]
        return post_conflicts([*seated, Seated(person_id, name, position_id)], relations, self.structure)

    def all_conflicts(self) -> Avoidance:
        """岗位回避 among everybody seated."""
        relations = {id(one): one for found in self._relations.values() for one in found}
        return post_conflicts(map(_seated, self._claims), relations.values(), self.structure)

    def conflicts_with(self, candidates: Iterable[Seated]) -> Avoidance:
        """岗位回避 among those seated and persons who may yet come to these posts."""
        relations = {id(one): one for found in self._relations.values() for one in found}
        return post_conflicts([*map(_seated, self._claims), *candidates], relations.values(), self.structure)

    def over(self) -> list[str]:
        """Posts with more persons than 职数, and units with more than their 员额, with the figures."""
        found = []
        by_owner: dict[int, tuple[Unit, int]] = {}
        for key, position in self.positions.items():
            used = self._used[key]
            if used > position.headcount:
                found.append(f"“{position}”职数{position.headcount}个，已有{used}人")
            owner = position.unit.owner
            by_owner[owner.pk] = owner, by_owner.get(owner.pk, (owner, 0))[1] + used
        for unit, used in by_owner.values():
            if unit.staffing_quota is not None and used > unit.staffing_quota:
                found.append(f"“{unit}”员额{unit.staffing_quota}个，已有{used}人")
        return found

    def take(self, person_id: int, name: str, position_id: int) -> None:
        """Put a person into a post of the plan."""
        self._claims.append(Claim(person_id, name, position_id, batch_id=self._batch_id))
        self._held[person_id] = position_id
        self._used[position_id] += 1
        self._used_in_batch[position_id] += 1

    def leave(self, person_id: int) -> None:
        """A person gives up the main post: it is exchanged for another one."""
        self._claims = [one for one in self._claims if not (one.person_id == person_id and one.is_primary)]
        self._recount()


def _seated(claim: Claim) -> Seated:
    return Seated(claim.person_id, claim.name, claim.position_id)


def seating_of(round_: Round, batch: Batch | None = None, *, ladder: Ladder | None = None) -> Seating:
    """A round's seats, with those of one batch where one is named; a fixed number of statements.

    Ask for it inside the transaction that writes, after the zone's row is locked, or a seat may be given away
    twice.
    """
    positions = list(positions_of(round_.setup_id))
    ladder = ladder or policy_of(round_.policy).ladder
    seats: dict[int, int] = {}
    if batch is not None:
        posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN)
        seats = dict(posts.values_list("position_id", "seats"))
    return Seating(
        positions,
        _claims(round_),
        seats,
        structure_of(round_, positions, ladder),
        kinship_relations(round_.zone),
        batch.pk if batch else None,
    )


def _claims(round_: Round) -> Iterable[Claim]:
    chosen = Application.objects.filter(
        candidacy__round=round_, state__in=[*CHOSEN, ApplicationState.APPOINTED]
    ).order_by("id")
    batch_of: dict[int, int | None] = {}
    for key, person_id, name, position_id, batch_id, state in chosen.values_list(
        "id", "candidacy__person_id", "candidacy__person__name", "position_id", "candidacy__batch_id", "state"
    ):
        batch_of[key] = batch_id
        if state != ApplicationState.APPOINTED:
            yield Claim(person_id, name, position_id, batch_id=batch_id)
    # A draft belongs to an application that already has its claim.
    held = Appointment.objects.filter(round=round_, state__in=LIVE_APPOINTMENT).exclude(
        state=AppointmentState.PENDING, application__state__in=CHOSEN
    )
    for person_id, name, position_id, kind, application_id in held.order_by("id").values_list(
        "person_id", "person__name", "position_id", "kind", "application_id"
    ):
        origin = batch_of.get(application_id) if application_id else None
        yield Claim(person_id, name, position_id, kind == TenureKind.PRIMARY, origin)


def structure_of(round_: Round, positions: Iterable[Position], ladder: Ladder) -> Structure:
    """The round's posts as the rule of avoidance takes them. Units without a parent stand below the zone's
    leadership, as the departments of one 管委会 do."""
    positions = list(positions)
    units = {unit.pk: unit for unit in Unit.objects.filter(zone=round_.zone_id)}
    leadership = _leadership(positions, ladder)
    return Structure(
        Place(
            key=position.pk,
            name=str(position),
            title=position.title,
            units=_chain(position.unit_id, units, leadership),
            rank=ladder.by_code[position.level].rank_order,
            is_leading=is_leading(ladder, position.level),
            section=position.place,
        )
        for position in positions
        if position.level in ladder.by_code
    )


def is_leading(ladder: Ladder, level: str) -> bool:
    """Whether a level is one of 正职 or 副职, by the name that the ladder gives it."""
    name = ladder.name_of(level)
    return "正职" in name or "副职" in name


def _leadership(positions: Iterable[Position], ladder: Ladder) -> int | None:
    """The unit of the zone's 班子: of the units of that kind the one with the highest post."""
    posts = [
        position
        for position in positions
        if position.unit.kind == UnitKind.COMMITTEE and position.level in ladder.by_code
    ]
    top = max(posts, key=lambda one: ladder.by_code[one.level].rank_order, default=None)
    return top.unit_id if top else None


def _chain(unit_id: int, units: Mapping[int, Unit], leadership: int | None) -> tuple[int, ...]:
    chain: list[int] = []
    current: int | None = unit_id
    while current is not None and current not in chain:
        chain.append(current)
        current = units[current].parent_id
    if leadership is not None and leadership not in chain:
        chain.append(leadership)
    return tuple(chain)
