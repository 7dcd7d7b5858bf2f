"""The invariants I1–I8 of a round (domain.md §4) over plain facts; each returns its offenders."""

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
# A registered round has no batches: what these three look at was never recorded.
NOT_RECORDED = ("I5", "I6", "I7")


@dataclass(frozen=True)
class Fact:
    """What the checks need to know of one person of the round.

    has_reason: 越级 with its written reason and the superior's approval.  has_minutes: 党工委会议纪要 on the
    appointment.  is_waiting: 待岗.
    """

    key: int
    kind: ChangeKind
    steps: int | None
    primary_count: int
    has_reason: bool = False
    has_minutes: bool = False
    is_waiting: bool = False


@dataclass(frozen=True)
class Rise:
    """A promotion, for I6. workdays: of the longest 公示 it went through, None where there was none.
    superior: 上级任命文号 of a post that the superior fills.  needs_probation: the level is high enough."""

    key: int
    workdays: int | None
    superior: str = ""
    needs_probation: bool = False
    has_probation: bool = False


@dataclass(frozen=True)
class DemotionPaper:
    """降职手续 of one person, for I7."""

    reason_code: str
    has_talk: bool
    notice_no: str
    rights_told: bool


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


def check_everyone_placed(facts: Iterable[Fact], *, allow_waiting: bool = False) -> list[Offence]:
    """I1: everyone in scope has exactly one active primary appointment, or has left; 待岗 counts as unplaced
    unless the policy allows it."""
    offences = []
    for fact in facts:
        if fact.kind == ChangeKind.UNPLACED:
            if not (fact.is_waiting and allow_waiting):
                why = "待岗，没有本轮的主任职聘任" if fact.is_waiting else "没有本轮的主任职聘任"
                offences.append(Offence(fact.key, "", why))
        elif fact.kind != ChangeKind.EXIT and fact.primary_count > 1:
            offences.append(Offence(fact.key, "", f"有{fact.primary_count}个主任职聘任"))
    return offences


def check_falls(facts: Iterable[Fact], limit: int) -> list[Offence]:
    """I2: no demotion by more levels than the policy allows, unless a 党工委 minute stands behind it."""
    return [
        Offence(fact.key, "", f"降{fact.steps}级，最多允许降{limit}级")
        for fact in facts
        if fact.kind == ChangeKind.DEMOTION and (fact.steps or 0) > limit and not fact.has_minutes
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


def check_unresolved(*open_matters: Mapping[int, Sequence[str]]) -> list[Offence]:
    """I5: no 回避, no objection and no sanction that stands against somebody's post is left unresolved.

    open_matters: person → what is open, in words; one mapping for each kind.
    """
    return [
        Offence(key, "", why)
        for matters in open_matters
        for key, reasons in matters.items()
        for why in reasons
    ]


def check_publicity(rises: Iterable[Rise], workdays_min: int) -> list[Offence]:
    """I6: every promotion was public long enough or carries the superior's document; every one that is high
    enough has a probation."""
    offences = []
    for rise in rises:
        if not rise.superior:
            if rise.workdays is None:
                offences.append(Offence(rise.key, "", "提拔没有经过公示，也没有上级任命文号"))
            elif rise.workdays < workdays_min:
                why = f"公示{rise.workdays}个工作日，至少{workdays_min}个"
                offences.append(Offence(rise.key, "", why))
        if rise.needs_probation and not rise.has_probation:
            offences.append(Offence(rise.key, "", "提拔没有试用期"))
    return offences


def check_demotions(facts: Iterable[Fact], papers: Mapping[int, DemotionPaper]) -> list[Offence]:
    """I7: every demotion has its reason, the record of the talk, the notice, and the appeal rights told."""
    offences = []
    for fact in facts:
        if fact.kind != ChangeKind.DEMOTION:
            continue
        paper = papers.get(fact.key)
        lacking = (
            ["降职手续"]
            if paper is None
            else [
                name
                for name, is_there in (
                    ("原因", paper.reason_code),
                    ("谈话记录", paper.has_talk),
                    ("告知书", paper.notice_no),
                    ("申诉权利告知", paper.rights_told),
                )
                if not is_there
            ]
        )
        if lacking:
            offences.append(Offence(fact.key, "", f"缺少{'、'.join(lacking)}"))
    return offences


def check_totals(in_scope: int, exited: int, counts: Mapping[ChangeKind, int]) -> list[Offence]:
    """I8: the kinds of change add up to the persons in scope, with those who left beside them."""
    total = sum(counts.values())
    if total != in_scope + exited:
        return [Offence(None, "", f"各类变动合计{total}人，范围内{in_scope}人、离开{exited}人，不相等")]
    return []
