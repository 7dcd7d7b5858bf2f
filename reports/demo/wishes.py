"""Pure: who applies for which posts in the demo's third round. No database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Wanted:
    """A post of a batch; `rank`: index of its level, counted from the lowest."""

    key: int
    rank: int
    seats: int
    unit: int


@dataclass(frozen=True)
class Applicant:
    """A person who may apply: the level held, the post held in this setup, the unit; may_rise: within the
    conditions for one level more."""

    key: int
    rank: int
    holds: int
    unit: int
    may_rise: bool


def wishes_of(
    posts: Sequence[Wanted],
    people: Sequence[Applicant],
    rng: Random,
    *,
    per_seat: int,
    most: int,
    unwanted: Collection[int] = (),
) -> Mapping[int, list[int]]:
    """Person → posts in the order of the wishes, at most so many; every post has `per_seat` applicants to a
    seat where there are people enough, an unwanted one only those who hold it.

    Holders ask for their own post first; then who is at the level or, within the conditions, one below.
    """
    wishes: dict[int, list[int]] = {}
    applied = dict.fromkeys((post.key for post in posts), 0)
    for one in people:
        if one.holds in applied:
            wishes[one.key] = [one.holds]
            applied[one.holds] += 1
    open_posts = {post.key: post for post in posts if post.key not in unwanted}
    while open_posts:
        post = min(open_posts.values(), key=lambda one: (applied[one.key] / one.seats, one.key))
        if applied[post.key] >= per_seat * post.seats:
            break
        found = [one for one in people if _may_wish(one, post, wishes.get(one.key, ()), most)]
        if not found:
            del open_posts[post.key]
            continue
        one = min(found, key=lambda each: (*_distance(each, post, wishes), rng.random()))
        wishes.setdefault(one.key, []).append(post.key)
        applied[post.key] += 1
    return wishes


def _may_wish(one: Applicant, post: Wanted, wishes: Sequence[int], most: int) -> bool:
    if len(wishes) >= most or post.key in wishes:
        return False
    return one.rank == post.rank or (one.may_rise and one.rank + 1 == post.rank)


def _distance(one: Applicant, post: Wanted, wishes: Mapping[int, list[int]]) -> tuple[int, bool, bool]:
    return len(wishes.get(one.key, ())), one.rank != post.rank, one.unit != post.unit
