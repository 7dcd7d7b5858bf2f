"""The three work lists before a round (domain.md §3a): seats empty and since when, seats filled by concurrent
holders, people long in one post."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from appointments.rules.vacancies import empty_since
from reform.dated import age_on
from reform.errors import PolicyMissing
from reform.models import Position, Tenure, TenureKind, Zone
from reform.selectors import policy_of, policy_version_as_of, tenures_as_of


@dataclass(frozen=True)
class EmptySeat:
    """One empty seat; a post with three of them gives three."""

    position: Position
    since: date


@dataclass(frozen=True)
class BesideHolder:
    """Somebody who holds a post beside the main one: 兼任 or 主持工作."""

    position: Position
    person_id: int
    name: str
    kind: str
    kind_label: str
    since: date | None
    takes_seat: bool


@dataclass(frozen=True)
class LongHolder:
    """Somebody in one post for years, by 始任."""

    position: Position
    person_id: int
    name: str
    first_held_on: date
    years: int


@dataclass(frozen=True)
class WorkLists:
    """What to look at before a round, on a day; `years`: from how many years on a post counts as long held,
    `year_choices`: those of the policy."""

    on: date
    years: int
    year_choices: tuple[int, ...]
    empty: Sequence[EmptySeat]
    beside: Sequence[BesideHolder]
    long: Sequence[LongHolder]


def work_lists(zone: Zone, on: date, years: int | None = None) -> WorkLists:
    """The three lists of a zone on a day, in the order of the setup; a fixed number of statements."""
    choices = _year_choices(zone, on)
    limit = years if years is not None else choices[0]
    return WorkLists(
        on, limit, choices, empty_seats(zone, on), beside_holders(zone, on), long_holders(zone, on, limit)
    )


def _year_choices(zone: Zone, on: date) -> tuple[int, ...]:
    choices = tuple(sorted(policy_of(policy_version_as_of(zone, on))["round.long_post_years"]))
    if not choices:
        raise PolicyMissing("政策参数“同一岗位任职过长的年数”是空的。")
    return choices


def positions_in_force(zone: Zone, on: date) -> list[Position]:
    """The posts that exist on a day: of the setup in force then, and not closed."""
    rows = Position.objects.filter(zone=zone, setup__starts_on__lte=on).filter(
        Q(setup__ends_before=None) | Q(setup__ends_before__gt=on), Q(ends_before=None) | Q(ends_before__gt=on)
    )
    return list(rows.select_related("setup", "unit__parent").order_by("sort_no", "id"))


def empty_seats(zone: Zone, on: date) -> list[EmptySeat]:
    """Seats that nobody takes, each with the day since which it is empty: also under an earlier round, as the
    post is known by its lineage."""
    spans: dict[str, list[tuple[date | None, date | None]]] = {}
    for lineage, starts_on, ends_before in (
        Tenure.objects.filter(zone=zone, occupies_headcount=True)
        .order_by("id")
        .values_list("position__lineage", "starts_on", "ends_before")
    ):
        spans.setdefault(lineage, []).append((starts_on, ends_before))
    found = []
    for position in positions_in_force(zone, on):
        held = [span for lineage in position.lineages for span in spans.get(lineage, ())]
        opened_on = position.setup.starts_on if position.setup and position.setup.starts_on else on
        found += [
            EmptySeat(position, since) for since in empty_since(held, position.headcount, on, opened_on)
        ]
    return found


def beside_holders(zone: Zone, on: date) -> list[BesideHolder]:
    """Posts in the hands of concurrent or acting holders."""
    rows = _holders(zone, on, (TenureKind.CONCURRENT, TenureKind.ACTING))
    return [
        BesideHolder(
            position=one.position,
            person_id=one.person_id,
            name=one.who,
            kind=one.kind,
            kind_label=one.get_kind_display(),
            since=one.starts_on,
            takes_seat=one.occupies_headcount,
        )
        for one in rows
    ]


def long_holders(zone: Zone, on: date, years: int) -> list[LongHolder]:
    """People who have been in their main post for so many years or more, the longest first. Whose 始任日期 is
    unknown is not among them."""
    found = [
        LongHolder(one.position, one.person_id, one.who, one.first_held_on, served)
        for one in _holders(zone, on, (TenureKind.PRIMARY,))
        if one.first_held_on
        and one.first_held_on <= on
        and (served := age_on(one.first_held_on, on)) >= years
    ]
    return sorted(found, key=lambda one: one.first_held_on)


def _holders(zone: Zone, on: date, kinds: Iterable[str]) -> list[Any]:
    return list(
        tenures_as_of(zone, on)
        .filter(kind__in=kinds)
        .annotate(who=F("person__name"))
        .select_related("position__unit__parent")
        .order_by("position__sort_no", "position_id", "id")
    )
