"""Ranks within one post (domain.md §3 Tie-break): by total, then by the comparators of the zone's order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from reform.errors import RuleError


@dataclass(frozen=True)
class Contender:
    """One applicant of a post. items: item → score.  education, fulltime_education: comparison levels.
    honours: 县级以上荣誉.  vote: 加试 or 领导小组 vote. What is not known is None, and decides nothing.
    """

    key: int
    total: Decimal
    items: Mapping[str, Decimal] = field(default_factory=dict)
    work_started_on: date | None = None
    id_number: str | None = None
    fulltime_education: int | None = None
    education: int | None = None
    excellent_count: int | None = None
    honours: int | None = None
    birth_on: date | None = None
    vote: int | None = None


@dataclass(frozen=True)
class Ranked:
    """A place; equal only where a tie is unresolved. decided_by: what parted those of equal total, step by
    step; '' where nobody has the same total."""

    key: int
    rank: int
    decided_by: str = ""
    is_tied: bool = False


@dataclass(frozen=True)
class Comparator:
    """value: what is compared, the higher first; None where it is not known.  unit: of a number that is shown
    beside the label."""

    label: str
    value: Callable[[Contender], Any]
    unit: str = ""

    def words(self, one: Contender) -> str:
        """What decided, as it is shown with the rank."""
        return f"{self.label}{self.value(one)}{self.unit}" if self.unit else self.label


def _item(name: str) -> Callable[[Contender], Any]:
    return lambda one: one.items.get(name)


def _earlier(on: date | None) -> int | None:
    return None if on is None else -on.toordinal()


def _lower(id_number: str | None) -> tuple[int, ...] | None:
    return tuple(-ord(sign) for sign in id_number) if id_number else None


COMPARATORS: Mapping[str, Comparator] = {
    "results": Comparator("业绩", _item("results")),
    "peer_vote": Comparator("民主测评", _item("peer_vote")),
    "work_started_on": Comparator("参加工作时间", lambda one: _earlier(one.work_started_on)),
    "id_number": Comparator("身份证号", lambda one: _lower(one.id_number)),
    "written": Comparator("笔试", _item("written")),
    "interview": Comparator("面试", _item("interview")),
    "fulltime_education": Comparator("全日制学历", lambda one: one.fulltime_education),
    "education": Comparator("最高学历", lambda one: one.education),
    "excellent_count": Comparator("优秀次数", lambda one: one.excellent_count),
    "honours": Comparator("县级以上荣誉", lambda one: one.honours, "项"),
    "younger": Comparator("年龄", lambda one: None if one.birth_on is None else one.birth_on.toordinal()),
    "vote": Comparator("领导小组表决或加试", lambda one: one.vote),
}
UNRESOLVED = "同分未决"


def rank_contenders(contenders: Sequence[Contender], order: Sequence[str]) -> tuple[Ranked, ...]:
    """Places by total, ties by the comparators in this order; the order of the input never matters.

    A comparator whose value is not known for everybody in a tie decides nothing there. `written` falls back
    to the interview where nobody in the tie sat a written test. What nothing parts keeps the same rank and
    is reported (is_tied), never broken silently.  Raises RuleError for a comparator that does not exist.
    Source: domain.md §3.
    """
    unknown = [name for name in order if name not in COMPARATORS]
    if unknown:
        raise RuleError(f"同分处理顺序中没有“{'、'.join(unknown)}”这一项。")
    ranked: list[Ranked] = []
    for group in _split(contenders, lambda one: one.total):
        ranked += _rank_group(group, list(order), len(ranked) + 1, ())
    return tuple(ranked)


def _rank_group(
    group: Sequence[Contender], order: list[str], first: int, decided: tuple[str, ...]
) -> list[Ranked]:
    if len(group) == 1:
        return [Ranked(group[0].key, first, "、".join(decided))]
    for place, name in enumerate(order):
        comparator = _applicable(name, group)
        if comparator is None:
            continue
        parts = _split(group, comparator.value)
        if len(parts) == 1:
            continue
        found: list[Ranked] = []
        for part in parts:
            said = (*decided, comparator.words(part[0]))
            found += _rank_group(part, order[place + 1 :], first + len(found), said)
        return found
    words = "、".join((*decided, UNRESOLVED))
    return [Ranked(one.key, first, words, is_tied=True) for one in sorted(group, key=lambda one: one.key)]


def _applicable(name: str, group: Sequence[Contender]) -> Comparator | None:
    if name == "written" and all("written" not in one.items for one in group):
        name = "interview"
    comparator = COMPARATORS[name]
    return None if any(comparator.value(one) is None for one in group) else comparator


def _split(group: Sequence[Contender], value: Callable[[Contender], Any]) -> list[list[Contender]]:
    """Those with the same value together, the highest first."""
    parts: dict[Any, list[Contender]] = {}
    for one in group:
        parts.setdefault(value(one), []).append(one)
    return [parts[key] for key in sorted(parts, reverse=True)]
