"""双向选择: who gets which post where both sides have said yes (domain.md §3, B6).

This is the plain way of settling it. Another engine may hand its own pairs to the service instead: the
service checks every pair by the same guard, whoever found it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """A yes of both sides. choice: the person's preference, 1 first.  rank: the candidate's place for the
    post, 1 first; None where nobody was scored."""

    person_id: int
    position_id: int
    choice: int
    rank: int | None = None


@dataclass(frozen=True)
class Settlement:
    """`pairs` as (person, post); `contested`: post → persons between whom the unit still has to choose."""

    pairs: tuple[tuple[int, int], ...]
    contested: Mapping[int, tuple[int, ...]]


def settle_offers(offers: Iterable[Offer], seats: Mapping[int, int]) -> Settlement:
    """Give each person the best choice for which no better candidate takes the seats; no pair could do better
    by leaving it. Where candidates without a rank are more than the seats, none of them is chosen for the
    unit.

    seats: post → seats left.  The result does not depend on the order of the offers.
    """
    offers = list(offers)
    unranked = {offer.position_id for offer in offers if offer.rank is None}
    lists: dict[int, list[Offer]] = {}
    for offer in sorted(offers, key=lambda one: (one.choice, one.position_id)):
        lists.setdefault(offer.person_id, []).append(offer)
    held: dict[int, list[Offer]] = {}
    waiting = sorted(lists)
    while waiting:
        person = waiting.pop()
        if not lists[person]:
            continue
        offer = lists[person].pop(0)
        post = offer.position_id
        held[post], released = _admit(
            [*held.get(post, []), offer], seats.get(post, 0), is_ranked=post not in unranked
        )
        waiting += [one.person_id for one in released]
    pairs: list[tuple[int, int]] = []
    contested: dict[int, tuple[int, ...]] = {}
    for post in sorted(held):
        people = sorted(one.person_id for one in held[post])
        if len(people) > seats.get(post, 0):
            contested[post] = tuple(people)
        else:
            pairs += [(person, post) for person in people]
    return Settlement(tuple(sorted(pairs)), contested)


def _admit(candidates: Sequence[Offer], seats: int, *, is_ranked: bool) -> tuple[list[Offer], list[Offer]]:
    """Who stays, and who goes on to the next choice; without ranks all stay, for the unit to choose."""
    if seats < 1:
        return [], list(candidates)
    if not is_ranked:
        return list(candidates), []
    ordered = sorted(candidates, key=lambda one: (one.rank or 0, one.person_id))
    return ordered[:seats], ordered[seats:]
