"""At most n of a named set of posts (domain.md §3a Competition)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PostSet:
    """A named set and how many of its posts one person may apply for. posts: position id → its words."""

    name: str
    maximum: int
    posts: Mapping[int, str]


def set_reasons(sets: Iterable[PostSet], chosen: Sequence[int]) -> list[str]:
    """What stands against a choice of posts: for each set that is exceeded its name, the limit and the posts
    chosen. Posts outside every set are never counted; the order of the choices is kept in the words."""
    reasons = []
    for one in sets:
        taken = [one.posts[key] for key in dict.fromkeys(chosen) if key in one.posts]
        if len(taken) > one.maximum:
            reasons.append(f"“{one.name}”最多报{one.maximum}个岗位，已选{len(taken)}个：{'、'.join(taken)}")
    return reasons
