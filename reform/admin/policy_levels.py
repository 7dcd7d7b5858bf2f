"""The ladder as a table to fill in: words, place, 档次 of each level, a box to take it out, lines for new
ones."""

from collections.abc import Iterable, Mapping
from typing import Any

from reform.models import LadderLevel

SPARE_LINES = 2
PLAIN = ("name", "method", "clause")
LISTS = ("aliases", "sub_levels")
NEW = ("code", "rank_order", "name", "method", "aliases", "sub_levels", "is_outside", "clause")


def spare_levels(post: Mapping[str, str]) -> list[dict[str, str]]:
    """Empty lines for new levels, with what was filled in and could not be saved."""
    return [
        {"line": f"new~{line}", **{name: post.get(f"new~{line}~{name}", "") for name in NEW}}
        for line in range(SPARE_LINES)
    ]


def posted_ladder(post: Mapping[str, str], ladder: Iterable[LadderLevel]) -> dict[str, Any]:
    """What was sent, as `policy_edit` takes it: levels, added, removed."""
    levels, removed = {}, []
    for one in ladder:
        stem = f"level~{one.code}"
        if post.get(f"{stem}~name") is None:
            continue
        if post.get(f"{stem}~remove"):
            removed.append(one.code)
        levels[one.code] = _words(post, stem)
    added = []
    for line in range(SPARE_LINES):
        stem = f"new~{line}"
        if any(post.get(f"{stem}~{name}", "").strip() for name in NEW):
            added.append({"code": post.get(f"{stem}~code", "").strip().upper(), **_words(post, stem)})
    return {"levels": levels, "added": added, "removed": removed}


def _words(post: Mapping[str, str], stem: str) -> dict[str, Any]:
    """The fields that were sent; a place that is no number is left for the service to refuse."""
    found: dict[str, Any] = {
        name: post[f"{stem}~{name}"].strip() for name in PLAIN if f"{stem}~{name}" in post
    }
    for name in LISTS:
        if f"{stem}~{name}" in post:
            parts = post[f"{stem}~{name}"].replace("，", "、").split("、")
            found[name] = [part.strip() for part in parts if part.strip()]
    if f"{stem}~is_outside" in post:
        found["is_outside"] = post[f"{stem}~is_outside"] == "yes"
    if f"{stem}~rank_order" in post:
        text = post[f"{stem}~rank_order"].strip()
        found["rank_order"] = int(text) if text.isdecimal() and text.isascii() else text
    return found
