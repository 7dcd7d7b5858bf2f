"""What a change of parameters or posts does to pay: in all, by level, to each person (what-if)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .figures import total_of
from .spread import SpreadChange, compare_spreads, spread_by_level


@dataclass(frozen=True, slots=True)
class Paid:
    """What a person gets, in yuan, and the code of the level that it is paid for."""

    level: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """One person side by side; None: not paid on that side."""

    key: str
    before: Paid | None
    after: Paid | None
    difference: Decimal


@dataclass(frozen=True, slots=True)
class LevelEffect:
    """One level side by side: its people and what they cost."""

    level: str
    people_before: int
    people_after: int
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Effect:
    """Both sides compared; people in the order of their keys, levels highest code first."""

    before: Decimal
    after: Decimal
    people: tuple[PersonEffect, ...]
    levels: tuple[LevelEffect, ...]
    spreads: tuple[SpreadChange, ...]

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


def compare_pays(before: Mapping[str, Paid], after: Mapping[str, Paid]) -> Effect:
    """The effect of going from one set of pays to another, person by person; keys: whose pay it is.

    The persons' differences add up to the whole, and so do the levels'.
    """
    people = []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        difference = (now.amount if now else Decimal("0.00")) - (was.amount if was else Decimal("0.00"))
        people.append(PersonEffect(key, was, now, difference))
    old, new = _by_level(before.values()), _by_level(after.values())
    levels = [
        LevelEffect(
            level,
            len(old.get(level, ())),
            len(new.get(level, ())),
            total_of(old.get(level, ())),
            total_of(new.get(level, ())),
        )
        for level in sorted({*old, *new}, reverse=True)
    ]
    spreads = compare_spreads(
        spread_by_level((one.level, one.amount) for one in before.values()),
        spread_by_level((one.level, one.amount) for one in after.values()),
    )
    return Effect(
        before=total_of([one.amount for one in before.values()]),
        after=total_of([one.amount for one in after.values()]),
        people=tuple(people),
        levels=tuple(levels),
        spreads=tuple(spreads),
    )


def _by_level(pays: Iterable[Paid]) -> dict[str, list[Decimal]]:
    by_level: dict[str, list[Decimal]] = {}
    for one in pays:
        by_level.setdefault(one.level, []).append(one.amount)
    return by_level
