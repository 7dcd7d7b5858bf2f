"""Report 3, 配备情况: units and their seats, who sits on them, and the units before the round."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from appointments.selectors import ChangeSummary
from reform.models import Position, PositionSetup, Unit
from reform.selectors import positions_of

from .common import Figure, RoundHead, figure, head_of
from .seating import Seating, SideHolding, seating_of


@dataclass(frozen=True)
class Holder:
    """A person on a post; `mark`: 兼任, 主持工作, 挂职 …, '' for the main post."""

    person_id: int
    name: str
    mark: str = ""


@dataclass(frozen=True)
class PostLine:
    """One post of a unit with its holders and empty seats."""

    position_id: int
    title: str
    level: str
    headcount: int
    held: Figure
    vacant: int
    over: int
    holders: tuple[Holder, ...]


@dataclass(frozen=True)
class LevelSeats:
    """核定, 实配, 空缺 of one level in one unit (or in all)."""

    approved: int
    held: Figure
    vacant: int
    over: int


@dataclass(frozen=True)
class Kept:
    """保留待遇: a level held above the post's, or without a seat."""

    name: str
    level: str
    reason: str


@dataclass(frozen=True)
class UnitLine:
    """A unit of the 单位 column; `quota` None: 未核定. `levels` in the order of the report's levels."""

    key: int
    name: str
    quota: int | None
    seats: int
    held: Figure
    vacant: int
    over: int
    levels: tuple[LevelSeats, ...]
    kept: tuple[Kept, ...] = ()
    posts: tuple[PostLine, ...] = ()

    @property
    def over_quota(self) -> int:
        return max(0, self.held.value - self.quota) if self.quota is not None else 0


@dataclass(frozen=True)
class FormerLevel:
    """Persons of one level before the round; `approved` None where nobody handed in the former 职数."""

    approved: int | None
    held: Figure


@dataclass(frozen=True)
class FormerLine:
    """A unit before the round; `after` None where there is no unit of that name now."""

    name: str
    approved: int | None
    held: Figure
    levels: tuple[FormerLevel, ...]
    after: Figure | None

    @property
    def difference(self) -> int | None:
        return None if self.after is None else self.after.value - self.held.value


@dataclass(frozen=True)
class UnitsReport:
    """配备情况 after the round and before it; `vacant_since`: the day on which the empty seats came about."""

    head: RoundHead
    title: str
    vacant_since: date | None
    levels: tuple[str, ...]
    lines: tuple[UnitLine, ...]
    total: UnitLine
    former_levels: tuple[str, ...]
    former: tuple[FormerLine, ...]
    former_total: FormerLine

    @property
    def has_kept(self) -> bool:
        return any(line.kept for line in self.lines)

    @property
    def has_former_seats(self) -> bool:
        """Whether the former 职数 of any unit is known."""
        return any(line.approved is not None for line in self.former)

    @property
    def former_title(self) -> str:
        before, after = len(self.former), len(self.lines)
        if before == after:
            return f"改革前{before}个单位、{self.former_total.held.value}人"
        change = "减少" if after < before else "增加"
        return f"改革前{before}个单位，改革后{after}个，{change}{abs(after - before)}个"


def units_report(summary: ChangeSummary) -> UnitsReport:
    """The report of a summary; a fixed number of statements."""
    seating = seating_of(summary)
    owners: dict[int, Unit] = {}
    posts: dict[int, list[Position]] = {}
    for position in summary.positions:
        owner = position.unit.owner
        owners.setdefault(owner.pk, owner)
        posts.setdefault(owner.pk, []).append(position)
    used = {position.level for position in summary.positions}
    levels = [level for level in summary.ladder.levels if level.code in used]
    codes = [level.code for level in levels]
    lines = tuple(_line(summary, seating, owners[key], posts[key], codes) for key in owners)
    total = _total(lines, len(codes))
    former_codes, former = _former(summary, lines)
    return UnitsReport(
        head=head_of(summary.round, summary.as_of),
        title=_title(lines, total),
        vacant_since=summary.round.effective_on,
        levels=tuple(level.name for level in levels),
        lines=lines,
        total=total,
        former_levels=tuple(summary.ladder.name_of(code) for code in former_codes),
        former=former,
        former_total=_former_total(former, len(former_codes), total),
    )


def _title(lines: Sequence[UnitLine], total: UnitLine) -> str:
    words = f"{len(lines)}个单位职数{total.seats}个，实有{total.held.value}人"
    if total.vacant:
        units = sum(1 for line in lines if line.vacant)
        words += f"，空缺{total.vacant}个，在{units}个单位"
    else:
        words += "，没有空缺"
    over = [line.name for line in lines if line.over or line.over_quota]
    if not over:
        return f"{words}，没有超配"
    return f"{words}，超配的是{'、'.join(over[:2])}{f'等{len(over)}个单位' if len(over) > 2 else ''}"


def _line(
    summary: ChangeSummary, seating: Seating, unit: Unit, posts: Sequence[Position], codes: Sequence[str]
) -> UnitLine:
    by_level: dict[str, list[Position]] = {code: [] for code in codes}
    for post in posts:
        by_level[post.level].append(post)
    return UnitLine(
        key=unit.pk,
        name=unit.name,
        quota=summary.quota_of(unit),
        seats=sum(post.headcount for post in posts),
        held=figure(sum(len(seating.holders[post.pk]) for post in posts), unit=unit.pk),
        vacant=seating.vacant(posts),
        over=seating.over(posts),
        levels=tuple(
            LevelSeats(
                approved=sum(post.headcount for post in some),
                held=figure(sum(len(seating.holders[post.pk]) for post in some), unit=unit.pk, seat=code),
                vacant=seating.vacant(some),
                over=seating.over(some),
            )
            for code, some in by_level.items()
        ),
        kept=tuple(
            Kept(one.name, summary.ladder.name_of(one.held_level), one.reason)
            for post in posts
            for one in seating.beside_by_position.get(post.pk, ())
            if _is_kept(summary, one)
        ),
        posts=tuple(_post(summary, seating, post) for post in posts),
    )


def _is_kept(summary: ChangeSummary, one: SideHolding) -> bool:
    is_higher = summary.ladder.steps(one.post_level, one.held_level) > 0
    return not one.mark and (not one.occupies or is_higher)


def _post(summary: ChangeSummary, seating: Seating, post: Position) -> PostLine:
    people = seating.holders[post.pk]
    beside = [one for one in seating.beside_by_position.get(post.pk, ()) if one.mark]
    section = "" if post.unit.owner.pk == post.unit_id else f"{post.unit.name}·"
    return PostLine(
        position_id=post.pk,
        title=f"{section}{post.title}",
        level=summary.ladder.name_of(post.level),
        headcount=post.headcount,
        held=figure(len(people), position=post.pk),
        vacant=seating.vacant([post]),
        over=seating.over([post]),
        holders=(
            *(Holder(person.person_id, person.name) for person in people),
            *(Holder(one.person_id, one.name, one.mark) for one in beside),
        ),
    )


def _total(lines: Sequence[UnitLine], width: int) -> UnitLine:
    quotas = [line.quota for line in lines if line.quota is not None]
    return UnitLine(
        key=0,
        name="合计",
        # A sum over some of the units only would be taken for the sum over all.
        quota=sum(quotas) if lines and len(quotas) == len(lines) else None,
        seats=sum(line.seats for line in lines),
        held=figure(sum(line.held.value for line in lines), appointed=1),
        vacant=sum(line.vacant for line in lines),
        over=sum(line.over for line in lines),
        levels=tuple(
            LevelSeats(
                approved=sum(line.levels[place].approved for line in lines),
                held=Figure(sum(line.levels[place].held.value for line in lines)),
                vacant=sum(line.levels[place].vacant for line in lines),
                over=sum(line.levels[place].over for line in lines),
            )
            for place in range(width)
        ),
    )


def _former_positions(summary: ChangeSummary) -> list[Position]:
    """The positions of the setup that went out of force with this round; none where nobody handed one in."""
    effective = summary.round.effective_on
    setup = (
        PositionSetup.objects.filter(zone=summary.round.zone_id, ends_before=effective)
        .exclude(pk=summary.round.setup_id)
        .order_by("-starts_on")
        .first()
        if effective
        else None
    )
    return list(positions_of(setup.pk)) if setup else []


def _former(summary: ChangeSummary, lines: Sequence[UnitLine]) -> tuple[list[str], tuple[FormerLine, ...]]:
    """Units before the round: in the order of their own setup, else of the present units."""
    seats: Counter[tuple[str, str]] = Counter()
    order: dict[str, None] = {}
    former_positions = _former_positions(summary)
    for position in former_positions:
        name = position.unit.owner.name
        order.setdefault(name)
        seats[name, position.level] += position.headcount
    held = Counter((p.before.unit, p.before.level) for p in summary.people if p.before)
    present = {line.name: line for line in lines}
    named = {name for name, _ in held}
    for name in (*(one for one in present if one in named), *(pair[0] for pair in held)):
        order.setdefault(name)
    used = {level for _, level in (*held, *seats)}
    codes = [level.code for level in summary.ladder.levels if level.code in used]
    known = bool(former_positions)
    return codes, tuple(_former_line(name, codes, held, seats if known else None, present) for name in order)


def _former_line(
    name: str,
    codes: Sequence[str],
    held: Mapping[tuple[str, str], int],
    seats: Mapping[tuple[str, str], int] | None,
    present: Mapping[str, UnitLine],
) -> FormerLine:
    in_setup = seats is not None and any(unit == name for unit, _ in seats)
    approved = [seats.get((name, code), 0) if seats is not None and in_setup else None for code in codes]
    values = [held.get((name, code), 0) for code in codes]
    return FormerLine(
        name=name,
        approved=sum(one or 0 for one in approved) if in_setup else None,
        held=figure(sum(values), was_unit=name),
        levels=tuple(
            FormerLevel(limit, figure(value, was_unit=name, before=code))
            for code, limit, value in zip(codes, approved, values, strict=True)
        ),
        after=present[name].held if name in present else None,
    )


def _former_total(former: Sequence[FormerLine], width: int, total: UnitLine) -> FormerLine:
    known = bool(former) and all(line.approved is not None for line in former)
    return FormerLine(
        name="合计",
        approved=sum(line.approved or 0 for line in former) if known else None,
        held=Figure(sum(line.held.value for line in former)),
        levels=tuple(
            FormerLevel(
                sum(line.levels[place].approved or 0 for line in former) if known else None,
                Figure(sum(line.levels[place].held.value for line in former)),
            )
            for place in range(width)
        ),
        after=total.held,
    )
