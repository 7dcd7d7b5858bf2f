"""Since when the seats of a post are empty, from the times at which it was held (domain.md §3a)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

Span = tuple[date | None, date | None]


def empty_since(spans: Iterable[Span], seats: int, on: date, opened_on: date) -> list[date]:
    """The day from which each seat that is empty on a day has been so, the one longest empty first.

    spans: half-open times of holding, None for an unknown begin or for one that still lasts.  opened_on:
    since when there is the post; the answer for a seat that nobody ever held.  One holder after another
    without a day between is no vacancy, and neither is a new term of the same holder.
    """
    moves: Counter[date] = Counter()
    for starts_on, ends_before in spans:
        moves[starts_on or date.min] += 1
        if ends_before is not None:
            moves[ends_before] -= 1
    # left[n]: the last day on which the number of holders fell from n or more to fewer than n.
    left: dict[int, date] = {}
    held = 0
    for day in sorted(moves):
        if day > on:
            break
        after = held + moves[day]
        for number in range(after + 1, held + 1):
            left[number] = day
        held = after
    return [left.get(number, opened_on) for number in range(seats, held, -1)]
