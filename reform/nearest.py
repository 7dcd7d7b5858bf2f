"""The existing name that a clerk most likely meant; for hints only, never to correct anything."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from reform.text import title_key

_PREFIX, _CONTAINED = 2.0, 1.0  # above every plain likeness, which is at most 1


def nearest(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate closest to `word`, or None where nothing comes near.

    In order: the same after folding; one begins with the other; one contains the other; likeness ≥ cutoff
    (0–1, difflib). A beginning or part counts when it is at least half of the whole, or when it is a short
    form that only one candidate begins with: 高新投资 → 高新投资发展集团有限公司. The order of the
    candidates changes nothing.
    """
    wanted = title_key(word)
    if not wanted:
        return None
    matcher = SequenceMatcher(None, "", wanted, autojunk=False)
    best: tuple[float, int, str] | None = None
    begins: list[str] = []
    for candidate in candidates:
        key = title_key(candidate)
        if key == wanted:
            return candidate
        if len(wanted) > 1 and key.startswith(wanted):
            begins.append(candidate)
        floor = cutoff if best is None else best[0]
        score = _likeness(wanted, key, matcher, floor)
        if score is None:
            continue
        found = (score, -len(key), candidate)
        # equal scores: the shorter, then the one that sorts first
        if best is None or found[:2] > best[:2] or (found[:2] == best[:2] and candidate < best[2]):
            best = found
    if len(set(begins)) == 1 and (best is None or best[0] < _PREFIX):
        return begins[0]
    return best[2] if best else None


def _likeness(wanted: str, key: str, matcher: "SequenceMatcher[str]", floor: float) -> float | None:
    short, long = (wanted, key) if len(wanted) < len(key) else (key, wanted)
    bonus = 0.0
    if len(short) > 1 and 2 * len(short) >= len(long) and short in long:
        bonus = _PREFIX if long.startswith(short) else _CONTAINED
    elif floor > 1 or 2 * len(short) < floor * (len(short) + len(long)):
        return None
    matcher.set_seq1(key)
    if not bonus and matcher.quick_ratio() < floor:
        return None
    score = bonus + matcher.ratio()
    return score if score >= floor else None
