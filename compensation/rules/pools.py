"""The wage pool (总额): its amount, its use, and its split to units and people to the fen (domain.md §7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from reform.errors import RuleError
from reform.rounding import exact, split_pool, to_coefficient, to_fen

from .figures import Figure, checked_coefficient, money_text, number_text, percent_text, total_of
from .policy import PoolPreset


@dataclass(frozen=True, slots=True)
class PoolUnit:
    """A unit that shares in a pool.  total_coefficient: C, Σ K_post of its staff.  unit_coefficient: K_u."""

    code: str
    total_coefficient: Decimal
    unit_coefficient: Decimal


@dataclass(frozen=True, slots=True)
class PoolMember:
    """A person that shares in a unit's part of the pool.  code: what decides a tie, unique in the unit."""

    code: str
    unit: str
    post_coefficient: Decimal
    personal_coefficient: Decimal


_Coded = TypeVar("_Coded", PoolUnit, PoolMember)


@dataclass(frozen=True, slots=True)
class PoolSplit:
    """Shares in yuan by code, in the order of the codes; their sum is `pool` to the fen."""

    pool: Decimal
    shares: Mapping[str, Decimal]
    terms: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return total_of([*self.shares.values()])


@dataclass(frozen=True, slots=True)
class TwoLevelSplit:
    """The pool by unit, and each unit's share by person.

    left_out: units in which nobody has a weight (all graded D): they get 0 and the others share the pool.
    """

    units: PoolSplit
    members: Mapping[str, PoolSplit]
    left_out: tuple[str, ...]


def split_units(pool: Decimal, units: Sequence[PoolUnit]) -> PoolSplit:
    """unit share = Pool × C_i × K_u,i ÷ Σ (C × K_u), by largest remainder; a tie goes to the lower code.

    Raises RuleError for a code that occurs twice, for negative figures, and where all weights are 0.
    Source: domain.md §7, E5.
    """
    weights = {}
    for one in _by_code(units, "单位"):
        unit = checked_coefficient(one.unit_coefficient, f"{one.code}的单位系数")
        total = checked_coefficient(one.total_coefficient, f"{one.code}的岗位系数合计")
        weights[one.code] = (total, unit)
    return _split(pool, weights)


def split_members(share: Decimal, members: Sequence[PoolMember]) -> PoolSplit:
    """member's part = share × K_post × K_p ÷ Σ (K_post × K_p), as split_units.  Source: domain.md §7."""
    weights = {}
    for one in _by_code(members, "人员"):
        post = checked_coefficient(one.post_coefficient, f"{one.code}的岗位系数")
        personal = checked_coefficient(one.personal_coefficient, f"{one.code}的个人系数")
        weights[one.code] = (post, personal)
    return _split(share, weights)


def split_two_levels(
    pool: Decimal, unit_coefficients: Mapping[str, Decimal], members: Sequence[PoolMember]
) -> TwoLevelSplit:
    """Split a pool to units, then each share to its people; C of a unit is Σ K_post of its members.

    unit_coefficients: K_u by unit code; raises RuleError for a unit without one.  A unit whose members all
    have weight 0 cannot pay its share out, so it takes no part.  Source: domain.md §7 Rounding.
    """
    by_unit: dict[str, list[PoolMember]] = {}
    for one in members:
        by_unit.setdefault(one.unit, []).append(one)
    lacking = sorted(set(by_unit) - set(unit_coefficients))
    if lacking:
        raise RuleError(f"单位{'、'.join(lacking)}没有单位系数，无法分配总额。")
    payable = {
        code: staff
        for code, staff in sorted(by_unit.items())
        if any(one.post_coefficient * one.personal_coefficient for one in staff)
    }
    units = split_units(
        pool,
        [
            PoolUnit(code, sum((one.post_coefficient for one in staff), Decimal(0)), unit_coefficients[code])
            for code, staff in payable.items()
        ],
    )
    return TwoLevelSplit(
        units=units,
        members={code: split_members(units.shares[code], staff) for code, staff in payable.items()},
        left_out=tuple(sorted(set(by_unit) - set(payable))),
    )


class PoolState(StrEnum):
    """How far a pool is used."""

    OK = "OK"
    WARN = "WARN"
    BLOCKED = "BLOCKED"

    @property
    def label(self) -> str:
        return {"OK": "正常", "WARN": "接近总额", "BLOCKED": "超过总额"}[self]


@dataclass(frozen=True, slots=True)
class PoolUse:
    """spent against pool.  ratio: four places, for showing; None of a pool of 0."""

    pool: Decimal
    spent: Decimal
    left: Decimal
    ratio: Decimal | None
    state: PoolState
    term: str


def pool_use(spent: Decimal, pool: Decimal, warn_ratio: Decimal) -> PoolUse:
    """Whether a spend, monthly or cumulative, stays within its pool: blocked above it, a warning from
    `warn_ratio` on.

    spent, pool: yuan, pool ≥ 0.  warn_ratio: 0–1 of the pool.  Raises RuleError for a negative pool.
    Source: domain.md §7 Wage pool.
    """
    if exact(pool) < 0:
        raise RuleError(f"薪酬总额不能是负数，现为 {pool}。")
    ratio = to_coefficient(exact(spent) / exact(pool)) if pool else None
    state = PoolState.OK
    if spent > pool:
        state = PoolState.BLOCKED
    elif pool and exact(spent) >= exact(pool) * exact(warn_ratio):
        state = PoolState.WARN
    shown = "" if ratio is None else f"，使用 {percent_text(ratio)}"
    term = f"已用 {money_text(spent)}，总额 {money_text(pool)}{shown}"
    if state == PoolState.BLOCKED:
        term += f"，超过 {money_text(spent - pool)}"
    elif state == PoolState.WARN:
        term += f"，已达预警线 {percent_text(warn_ratio)}"
    return PoolUse(pool, spent, pool - spent, ratio, state, term)


def pool_amount(
    preset: PoolPreset,
    *,
    incomes: Sequence[Decimal] = (),
    multiple: Decimal = Decimal(0),
    amount: Decimal | None = None,
    document_no: str = "",
) -> Figure:
    """The year's pool in yuan.

    A: Σ incomes × multiple, the incomes being the civil servants' yearly totals without 车补, 单项奖, 公积金.
    B: the zone's own `amount`.  C: `amount` with the number of its approval.  Raises RuleError where what the
    preset needs is missing.  Source: domain.md §7 Wage pool.
    """
    if preset == PoolPreset.A:
        if not incomes or any(exact(one) < 0 for one in incomes):
            raise RuleError("按公务员收入核定总额，须有每人不小于 0 的对应年度总收入。")
        income = total_of(incomes)
        value = to_fen(sum(map(exact, incomes), Fraction(0)) * exact(multiple))
        term = (
            f"总额 = {len(incomes)} 人 {money_text(income)} × {number_text(multiple)} = {money_text(value)}"
        )
        return Figure(value, term)
    if amount is None or exact(amount) < 0:
        raise RuleError(f"{preset.label}须填写不小于 0 的金额。")
    if preset == PoolPreset.C and not document_no.strip():
        raise RuleError("批复的总额须填写批复文号。")
    source = f"（{document_no.strip()}）" if document_no.strip() else ""
    return Figure(to_fen(exact(amount)), f"总额 = {money_text(amount)}，{preset.label}{source}")


def _by_code(rows: Iterable[_Coded], what: str) -> list[_Coded]:
    """In the order of the codes, so that the input's order decides nothing; each code once."""
    ordered = sorted(rows, key=lambda one: one.code)
    for one, following in pairwise(ordered):
        if one.code == following.code:
            raise RuleError(f"{what}“{one.code}”出现了两次，请合并或改用不同的编码。")
    return ordered


def _split(pool: Decimal, weights: Mapping[str, tuple[Decimal, Decimal]]) -> PoolSplit:
    products = {code: left * right for code, (left, right) in weights.items()}
    shares = dict(zip(products, split_pool(pool, [*products.values()]), strict=True))
    total = number_text(sum(products.values(), Decimal(0)))
    terms = [
        f"{code} = {money_text(pool)} × {number_text(left)} × {number_text(right)} ÷ {total}"
        f" = {money_text(shares[code])}"
        for code, (left, right) in weights.items()
    ]
    return PoolSplit(total_of([pool]), shares, tuple(terms))
