"""Pure view of a policy version: its ladder and its values, as the rules take them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reform.errors import PolicyMissing


@dataclass(frozen=True)
class Level:
    """One level; `index` counts from the lowest (0), so a difference of indexes is a number of levels
    crossed. sub_levels: its 档次, highest first; the first is 1. Outside the ladder (无级别) both index and
    rank_order are negative."""

    code: str
    rank_order: int
    index: int
    name: str
    aliases: tuple[str, ...] = ()
    method: str = ""
    sub_levels: tuple[str, ...] = ()

    @property
    def is_outside(self) -> bool:
        return self.index < 0


@dataclass(frozen=True)
class Ladder:
    """The levels of one policy version, highest first, those outside the ladder (无级别) last.

    sublevel_counts: whether a higher or lower 档次 of the same level is a rise or a fall (policy
    round.sublevel_counts).
    """

    levels: tuple[Level, ...]
    sublevel_counts: bool = False

    @cached_property
    def by_code(self) -> Mapping[str, Level]:
        return {level.code: level for level in self.levels}

    @cached_property
    def by_word(self) -> Mapping[str, Level]:
        """Level by every word an office may write for it: name, alias, code."""
        words = {}
        for level in self.levels:
            for word in (level.code, *level.aliases, level.name):
                words[word] = level
        return words

    def steps(self, before: str, after: str) -> int:
        """The levels crossed on the way up, negative on the way down; a level outside is neither above nor
        below another.  Source: domain.md §3a."""
        one, other = self.by_code[before], self.by_code[after]
        return 0 if one.is_outside or other.is_outside else other.index - one.index

    def sub_rank(self, code: str, post_level: str, sub_level: int) -> int:
        """How high a 档次 stands within its level, the highest with the largest number; 0 where it decides
        nothing: the policy does not count it, the post names none, or it is held at another level."""
        names = self.by_code[code].sub_levels
        if not self.sublevel_counts or code != post_level or not 0 < sub_level <= len(names):
            return 0
        return len(names) + 1 - sub_level

    def name_of(self, code: str | None) -> str:
        level = self.by_code.get(code or "")
        return level.name if level else (code or "")


@dataclass(frozen=True)
class Policy:
    """A policy version's ladder and values; asking for a value it lacks raises PolicyMissing."""

    number: int
    ladder: Ladder
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        try:
            return self.values[key]
        except KeyError:
            raise PolicyMissing(f"政策第{self.number}版缺少参数“{key}”。请在政策参数中补上。") from None
