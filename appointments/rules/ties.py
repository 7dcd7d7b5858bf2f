"""What a tie rests on: as long as it is the same, the vote that settled it stands."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from .ranking import COMPARATORS, Contender, Ranked

_VOTE = "vote"


def tie_bases(
    contenders: Iterable[Contender], places: Iterable[Ranked], order: Sequence[str]
) -> dict[int, str]:
    """Key → digest of the unresolved tie of one post that the contender is in: who is in it, the totals, and
    the values of the comparators of the zone's order. Who is in none is left out."""
    by_key = {one.key: one for one in contenders}
    groups: dict[int, list[int]] = {}
    for place in places:
        if place.is_tied:
            groups.setdefault(place.rank, []).append(place.key)
    names = [name for name in order if name != _VOTE]
    found: dict[int, str] = {}
    for keys in groups.values():
        said = [_said(by_key[key], names) for key in sorted(keys)]
        digest = sha256(repr((names, said)).encode()).hexdigest()
        found |= dict.fromkeys(keys, digest)
    return found


def _said(one: Contender, names: Sequence[str]) -> tuple[str, ...]:
    # The written test gives way to the interview where nobody sat one (ranking.py).
    items = tuple(f"{name}={score}" for name, score in sorted(one.items.items()))
    values = tuple(str(COMPARATORS[name].value(one)) for name in names)
    return (str(one.key), str(one.total), *items, *values)
