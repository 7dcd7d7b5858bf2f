"""Who sits on which post of a round: the seats taken, those empty, and what stands beside the main posts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import F, Q

from appointments.models import Round
from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary, PersonChange
from reform.models import Position, TenureKind
from reform.selectors import tenures_as_of


@dataclass(frozen=True)
class SideHolding:
    """A holding that is not simply a main post at its own level: 兼任, 主持工作, 挂职, or 保留待遇."""

    person_id: int
    name: str
    position_id: int
    kind: str
    held_level: str
    post_level: str
    occupies: bool
    reason: str

    @property
    def mark(self) -> str:
        return "" if self.kind == TenureKind.PRIMARY else TenureKind(self.kind).label

    @property
    def takes_seat(self) -> bool:
        """Beside the main posts, which are counted as appointed persons."""
        return self.occupies and self.kind == TenureKind.CONCURRENT


def side_holdings(round_: Round, on: date | None) -> list[SideHolding]:
    """Holdings at the round's posts on a day that a count of appointed persons does not tell: one query."""
    if on is None:
        return []
    unusual = ~Q(kind=TenureKind.PRIMARY) | Q(occupies_headcount=False) | ~Q(held_level=F("position__level"))
    found = (
        tenures_as_of(round_.zone, on)
        .filter(unusual, position__setup_id=round_.setup_id)
        .order_by("position__sort_no", "id")
        .values_list(
            "person_id",
            "person__name",
            "position_id",
            "kind",
            "held_level",
            "position__level",
            "occupies_headcount",
            "held_level_reason",
        )
    )
    return [SideHolding(*row) for row in found]


@dataclass(frozen=True)
class Seating:
    """The seats of a round's posts as of the summary's day."""

    summary: ChangeSummary
    beside: tuple[SideHolding, ...]

    @cached_property
    def holders(self) -> Mapping[int, list[PersonChange]]:
        """Position id → persons appointed to it, in the order of the sheet."""
        held: dict[int, list[PersonChange]] = {position.pk: [] for position in self.summary.positions}
        for person in self.summary.people:
            if person.after and person.change.kind != ChangeKind.EXIT and person.after.position_id in held:
                held[person.after.position_id].append(person)
        return held

    @cached_property
    def beside_by_position(self) -> Mapping[int, list[SideHolding]]:
        found: dict[int, list[SideHolding]] = {}
        for one in self.beside:
            found.setdefault(one.position_id, []).append(one)
        return found

    def taken(self, position: Position) -> int:
        beside = self.beside_by_position.get(position.pk, ())
        return len(self.holders[position.pk]) + sum(one.takes_seat for one in beside)

    def vacant(self, positions: Iterable[Position]) -> int:
        return sum(max(0, position.headcount - self.taken(position)) for position in positions)

    def over(self, positions: Iterable[Position]) -> int:
        """Persons above 职数, main posts only, as the check counts them (I4)."""
        return sum(max(0, len(self.holders[one.pk]) - one.headcount) for one in positions)


def seating_of(summary: ChangeSummary) -> Seating:
    """The seats of a round as of the summary's day."""
    on = summary.as_of or summary.round.effective_on
    return Seating(summary, tuple(side_holdings(summary.round, on)))
