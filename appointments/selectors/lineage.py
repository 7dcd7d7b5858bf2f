"""岗位沿革: what the posts of a round were before."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F

from appointments.models import Round
from reform.models import Position


@dataclass(frozen=True)
class Former:
    """own: the same post in an earlier setup, None for a new one; others: posts merged into it, or the one
    that it was split from."""

    own: Position | None
    others: tuple[Position, ...]


def formers_of(round_: Round, posts: Iterable[Position]) -> dict[int, Former]:
    """Position id → what it was, in the latest earlier setup that has it. One statement."""
    posts = list(posts)
    wanted = set().union(*(one.lineages for one in posts)) if posts else set()
    earlier: dict[str, Position] = {}
    found = (
        Position.objects.filter(zone=round_.zone_id, lineage__in=wanted)
        .exclude(setup=round_.setup_id)
        .exclude(setup=None)
        .select_related("unit__parent", "setup")
        .order_by(F("setup__starts_on").asc(nulls_first=True), "id")
    )
    for one in found:
        earlier[one.lineage] = one
    return {
        one.pk: Former(
            earlier.get(one.lineage),
            tuple(earlier[key] for key in one.former_lineages if key in earlier),
        )
        for one in posts
    }
