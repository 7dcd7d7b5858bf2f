"""Kinds of change between the post before the round and the post after it (变动类型), domain.md §4."""

from dataclasses import dataclass
from enum import StrEnum

from reform.errors import RuleError


class ChangeKind(StrEnum):
    """How a person fared in a round; computed, never typed."""

    PROMOTION = "PROMOTION"
    DEMOTION = "DEMOTION"
    LATERAL = "LATERAL"
    UNCHANGED = "UNCHANGED"
    NEW = "NEW"
    UNPLACED = "UNPLACED"
    EXIT = "EXIT"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    ChangeKind.PROMOTION: "提拔",
    ChangeKind.DEMOTION: "降职",
    ChangeKind.LATERAL: "平级",
    ChangeKind.UNCHANGED: "原岗续聘",
    ChangeKind.NEW: "新聘",
    ChangeKind.UNPLACED: "未安置",
    ChangeKind.EXIT: "离开",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """A main post held, as the classification needs it.

    level_rank: `rank_order` of the level *held* (held_level).  level_index: its place on the same ladder,
    counted from the lowest, negative outside it.  lineage: the post's lineage id.  formers: lineages of the
    posts that were merged into it or that it was split from.  unit: the unit's lineage or code, only to tell
    岗位调整 from 交流. is_key_post: a post with more weight than others of its level.  sub_rank: how high its
    档次 stands within the level, 0 where it decides nothing.
    """

    level_rank: int
    level_index: int
    lineage: str
    unit: str = ""
    formers: tuple[str, ...] = ()
    is_key_post: bool = False
    sub_rank: int = 0

    @property
    def is_outside(self) -> bool:
        """At a level outside the ladder (无级别): neither above nor below any other."""
        return self.level_index < 0


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change and the ladder levels it crosses: ≥ 1, 0 within a level, else None.

    is_weightier: LATERAL from a post that is no key post to one that is (重用); counted as any other.
    """

    kind: ChangeKind
    steps: int | None
    is_weightier: bool = False

    @property
    def label(self) -> str:
        """The kind as lists show it: 重用 (进一步使用) is still 平级; a rise or fall within a level is one of
        档次.  Source: domain.md §2."""
        if self.kind in (ChangeKind.PROMOTION, ChangeKind.DEMOTION) and not self.steps:
            return f"{self.kind.label}（同层级{'升' if self.kind is ChangeKind.PROMOTION else '降'}档）"
        return f"{self.kind.label}（重用）" if self.is_weightier else self.kind.label


def classify_change(before: Holding | None, after: Holding | None, *, exited: bool = False) -> Change:
    """The change from the baseline to the final post of one person in one round.

    before, after: main posts only, on the same ladder; None for none.  exited: out of scope, or left before
    completion; goes before everything else.  Outside the ladder nobody rises or falls (§3a); within a level
    only where both posts have a 档次 that counts (§2).  Raises RuleError where rank and index contradict
    each other (two ladders).  Source: domain.md §4.
    """
    if exited:
        return Change(ChangeKind.EXIT, None)
    if after is None:
        return Change(ChangeKind.UNPLACED, None)
    if before is None:
        return Change(ChangeKind.NEW, None)
    is_outside = before.is_outside or after.is_outside
    higher = 0 if is_outside else _compare(after.level_rank, before.level_rank)
    if not is_outside and higher != _compare(after.level_index, before.level_index):
        raise RuleError("前后岗位的层级不在同一层级表上，无法判断变动类型。请核对本轮的政策版本。")
    if not (higher or is_outside) and before.sub_rank and after.sub_rank:
        higher = _compare(after.sub_rank, before.sub_rank)
    if higher > 0:
        return Change(ChangeKind.PROMOTION, after.level_index - before.level_index)
    if higher < 0:
        return Change(ChangeKind.DEMOTION, before.level_index - after.level_index)
    is_same_post = bool(before.lineage) and before.lineage in (after.lineage, *after.formers)
    if is_same_post:
        return Change(ChangeKind.UNCHANGED, 0)
    return Change(ChangeKind.LATERAL, 0, is_weightier=after.is_key_post and not before.is_key_post)


def name_lateral(before: Holding, after: Holding) -> str:
    """How a LATERAL change is called: 岗位调整 in the same unit, 交流 to another.  Source: domain.md §4."""
    return "岗位调整" if before.unit == after.unit else "交流"


def _compare(left: int, right: int) -> int:
    return (left > right) - (left < right)
