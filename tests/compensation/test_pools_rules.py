"""Pools: two levels to the fen, in any order; presets and use (domain.md §7)."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.policy import PoolPreset
from compensation.rules.pools import (
    PoolMember,
    PoolState,
    PoolUnit,
    pool_amount,
    pool_use,
    split_members,
    split_two_levels,
    split_units,
)
from reform.errors import RuleError
from tests.compensation.pay_values import yuan

E5 = [
    PoolUnit("A", Decimal("14.20"), Decimal("1.0711")),
    PoolUnit("B", Decimal("17.60"), Decimal("0.9856")),
    PoolUnit("C", Decimal("9.80"), Decimal("1.0000")),
]
POOLS = st.integers(0, 10**11).map(lambda fen: Decimal(fen).scaleb(-2))
POSTS = st.sampled_from([Decimal(one) for one in ("0.8", "1.0", "1.05", "1.4", "2.2", "3.0")])
GRADES = st.sampled_from([Decimal(one) for one in ("1.2", "1.0", "0.6", "0")])
UNIT_COEFFICIENTS = st.decimals("0.6", "1.2", places=4)


@st.composite
def staffed(draw: Any) -> tuple[dict[str, Decimal], list[PoolMember]]:
    """Units with their coefficient, and members of which at least one is paid."""
    units = draw(st.dictionaries(st.sampled_from("甲乙丙ABC"), UNIT_COEFFICIENTS, min_size=1))
    members = [
        PoolMember(f"{code}{number:02}", code, draw(POSTS), draw(GRADES))
        for code in units
        for number in range(draw(st.integers(0, 5)))
    ]
    first = next(iter(units))
    return units, [*members, PoolMember("x", first, Decimal(1), Decimal(1))]


def test_e5_pool_is_split_to_the_fen():
    found = split_units(yuan("1,000,000.00"), E5)
    assert dict(found.shares) == {
        "A": yuan("359,088.57"),
        "B": yuan("409,540.24"),
        "C": yuan("231,371.19"),
    }
    assert found.total == found.pool == yuan("1,000,000.00")
    assert found.terms[0] == "A = 1,000,000.00 × 14.2 × 1.0711 ÷ 42.35618 = 359,088.57"


def test_tie_goes_to_the_lower_code():
    alike = [PoolUnit(code, Decimal(1), Decimal(1)) for code in "CBA"]
    assert dict(split_units(yuan("0.02"), alike).shares) == {
        "A": yuan("0.01"),
        "B": yuan("0.01"),
        "C": yuan("0.00"),
    }


def test_members_share_by_post_and_grade():
    members = [
        PoolMember("1", "A", Decimal("2.2"), Decimal("1.2")),
        PoolMember("2", "A", Decimal("1.0"), Decimal("0.6")),
        PoolMember("3", "A", Decimal("1.0"), Decimal("0")),
    ]
    # 2.64 : 0.60 : 0
    assert dict(split_members(yuan("100"), members).shares) == {
        "1": yuan("81.48"),
        "2": yuan("18.52"),
        "3": yuan("0.00"),
    }


def test_unit_in_which_nobody_has_a_weight_leaves_its_part_to_the_others():
    members = [
        PoolMember("1", "A", Decimal(1), Decimal(0)),
        PoolMember("2", "B", Decimal(1), Decimal(1)),
        PoolMember("3", "C", Decimal(1), Decimal(1)),
    ]
    found = split_two_levels(yuan("100.01"), dict.fromkeys("ABC", Decimal(1)), members)
    assert found.left_out == ("A",)
    assert dict(found.units.shares) == {"B": yuan("50.01"), "C": yuan("50.00")}


def test_what_cannot_be_split_is_refused():
    with pytest.raises(RuleError, match="单位“A”出现了两次"):
        split_units(yuan("1"), [E5[0], E5[0]])
    with pytest.raises(RuleError, match="人员“1”出现了两次"):
        split_members(yuan("1"), [PoolMember("1", "A", Decimal(1), Decimal(1))] * 2)
    with pytest.raises(RuleError, match="单位B没有单位系数"):
        split_two_levels(yuan("1"), {}, [PoolMember("1", "B", Decimal(1), Decimal(1))])
    with pytest.raises(RuleError, match="A的单位系数须为不小于 0 的数"):
        split_units(yuan("1"), [PoolUnit("A", Decimal(1), Decimal(-1))])
    with pytest.raises(RuleError, match="分配权重合计为 0"):
        split_two_levels(yuan("1"), {"A": Decimal(1)}, [PoolMember("1", "A", Decimal(1), Decimal(0))])


@given(POOLS, staffed(), st.randoms())
def test_both_levels_give_out_the_pool_exactly_in_any_order(pool: Decimal, cast: Any, shuffle: Any):
    units, members = cast
    found = split_two_levels(pool, units, members)
    assert sum(found.units.shares.values()) == pool
    for code, split in found.members.items():
        assert sum(split.shares.values()) == found.units.shares[code]
    shuffled = list(members)
    shuffle.shuffle(shuffled)
    turned = dict(reversed(units.items()))
    assert repr(split_two_levels(pool, turned, shuffled)) == repr(found)


@given(POOLS, staffed())
def test_nobody_of_a_unit_gets_less_than_one_of_smaller_weight(pool: Decimal, cast: Any):
    units, members = cast
    found = split_two_levels(pool, units, members)
    for code, split in found.members.items():
        weights = {
            one.code: one.post_coefficient * one.personal_coefficient for one in members if one.unit == code
        }
        heavier = sorted(split.shares, key=lambda who: weights[who])
        for lighter, heavy in pairwise(heavier):
            assert weights[lighter] == weights[heavy] or split.shares[lighter] <= split.shares[heavy]


@pytest.mark.parametrize(
    ("spent", "state", "term"),
    [
        ("89.99", PoolState.OK, "已用 89.99，总额 100.00，使用 89.99%"),
        ("90.00", PoolState.WARN, "已用 90.00，总额 100.00，使用 90%，已达预警线 90%"),
        ("100.00", PoolState.WARN, "已用 100.00，总额 100.00，使用 100%，已达预警线 90%"),
        ("100.01", PoolState.BLOCKED, "已用 100.01，总额 100.00，使用 100.01%，超过 0.01"),
    ],
)
def test_pool_warns_at_its_share_and_blocks_above_the_whole(spent: str, state: PoolState, term: str):
    found = pool_use(yuan(spent), yuan("100.00"), Decimal("0.90"))
    assert (found.state, found.term) == (state, term)
    assert found.left == yuan("100.00") - yuan(spent)


def test_use_is_judged_exactly_and_not_by_the_rounded_ratio():
    found = pool_use(yuan("1000000.01"), yuan("1000000.00"), Decimal("0.90"))
    assert (found.ratio, found.state) == (Decimal("1.0000"), PoolState.BLOCKED)


def test_pool_of_nothing_blocks_every_spend():
    assert pool_use(yuan("0"), yuan("0"), Decimal("0.9")).state == PoolState.OK
    assert pool_use(yuan("0.01"), yuan("0"), Decimal("0.9")).state == PoolState.BLOCKED
    with pytest.raises(RuleError, match="不能是负数"):
        pool_use(yuan("0"), yuan("-1"), Decimal("0.9"))


def test_presets_of_the_pool():
    incomes = [yuan("80,000.00"), yuan("100,000.01")]
    found = pool_amount(PoolPreset.A, incomes=incomes, multiple=Decimal("2.5"))
    assert found.value == yuan("450,000.03")
    assert found.term == "总额 = 2 人 180,000.01 × 2.5 = 450,000.03"
    assert pool_amount(PoolPreset.B, amount=yuan("5000")).value == yuan("5000.00")
    approved = pool_amount(PoolPreset.C, amount=yuan("5000"), document_no="高财〔2022〕3号")
    assert approved.term == "总额 = 5,000.00，批复的总额（高财〔2022〕3号）"


@pytest.mark.parametrize(
    ("preset", "given_", "why"),
    [
        (PoolPreset.A, {}, "须有每人不小于 0 的对应年度总收入"),
        (PoolPreset.A, {"incomes": [yuan("-1")]}, "须有每人不小于 0 的对应年度总收入"),
        (PoolPreset.B, {}, "自定绩效总量须填写不小于 0 的金额"),
        (PoolPreset.C, {"amount": yuan("1")}, "须填写批复文号"),
    ],
)
def test_preset_without_what_it_needs_is_refused(preset: PoolPreset, given_: dict[str, Any], why: str):
    with pytest.raises(RuleError, match=why):
        pool_amount(preset, **given_)
