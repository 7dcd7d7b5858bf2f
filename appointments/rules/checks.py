"""The invariants I1–I4 and I8 of a round (domain.md §4) over plain facts; each returns its offenders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from appointments.rules.change import ChangeKind

NAMES = {
    "I1": "人人有岗",
    "I2": "无人一落千丈",
    "I3": "提拔不越级",
    "I4": "不超职数",
    "I5": "无未决回避、异议和处分限制",
    "I6": "提拔均经公示并有试用期",
    "I7": "降职手续齐备",
    "I8": "合计与名单一致",
}
NOT_RECORDED = ("I5", "I6", "I7")


@dataclass(frozen=True)
class Fact:
    """What the checks need to know of one person of the round."""

    key: int
    kind: ChangeKind
    steps: int | None
    primary_count: int
    has_reason: bool = False


@dataclass(frozen=True)
class Seat:
    """A post or a unit with its limit (None: 未核定) and the persons it has been given."""

    name: str
    limit: int | None
    persons: Sequence[int]


@dataclass(frozen=True)
class Offence:
    """Who stands against a check, and why; `key` None where it is no single person."""

    key: int | None
    place: str
    why: str


def check_everyone_placed(facts: Iterable[Fact]) -> list[Offence]:
    """I1: everyone in scope has exactly one active primary appointment, or has left."""
    offences = []
    for fact in facts:
        if fact.kind == ChangeKind.UNPLACED:
            offences.append(Offence(fact.key, "", "没有本轮的主任职聘任"))
        elif fact.kind != ChangeKind.EXIT and fact.primary_count > 1:
            offences.append(Offence(fact.key, "", f"有{fact.primary_count}个主任职聘任"))
    return offences


def check_falls(facts: Iterable[Fact], limit: int) -> list[Offence]:
    """I2: no demotion by more levels than the policy allows."""
    return [
        Offence(fact.key, "", f"降{fact.steps}级，最多允许降{limit}级")
        for fact in facts
        if fact.kind == ChangeKind.DEMOTION and (fact.steps or 0) > limit
    ]


def check_rises(facts: Iterable[Fact], limit: int) -> list[Offence]:
    """I3: one level is normal; up to `limit` needs a written reason; more is forbidden."""
    offences = []
    for fact in facts:
        steps = fact.steps or 0
        if fact.kind != ChangeKind.PROMOTION or steps <= 1:
            continue
        if steps > limit:
            offences.append(Offence(fact.key, "", f"提拔{steps}级，最多允许{limit}级"))
        elif not fact.has_reason:
            offences.append(Offence(fact.key, "", f"提拔{steps}级，须有书面理由和上级批准"))
    return offences


def check_headcount(posts: Iterable[Seat], units: Iterable[Seat]) -> list[Offence]:
    """I4: no post over its 职数, no unit over its 员额 (one without an approved 员额 is not checked)."""
    offences = []
    for seat in posts:
        if seat.limit is not None and len(seat.persons) > seat.limit:
            why = f"职数{seat.limit}个，聘任{len(seat.persons)}人"
            offences += [Offence(key, seat.name, why) for key in seat.persons]
    for seat in units:
        if seat.limit is not None and len(seat.persons) > seat.limit:
            # A whole unit: no single person of it stands against the check.
            offences.append(Offence(None, seat.name, f"员额{seat.limit}个，聘任{len(seat.persons)}人"))
    return offences


def check_totals(in_scope: int, exited: int, counts: Mapping[ChangeKind, int]) -> list[Offence]:
    """I8: the kinds of change add up to the persons in scope, with those who left beside them."""
    total = sum(counts.values())
    if total != in_scope + exited:
        return [Offence(None, "", f"各类变动合计{total}人，范围内{in_scope}人、离开{exited}人，不相等")]
    return []
