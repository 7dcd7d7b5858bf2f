"""Rounding and pools: domain.md Conventions and §7."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.errors import RuleError
from reform.rounding import exact, half_up_root, split_pool, to_coefficient, to_fen, to_score

POOLS = st.integers(0, 10**11).map(lambda fen: Decimal(fen).scaleb(-2))
WEIGHTS = st.lists(st.decimals(0, 10000, places=4), min_size=1, max_size=30).filter(
    lambda weights: sum(weights) > 0
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("1713.7600", "1713.76"), ("2.675", "2.68")],
)
def test_half_goes_up(value: str, expected: str):
    assert str(to_fen(Decimal(value))) == expected
    assert str(to_score(Decimal(value))) == expected
    assert str(to_fen(exact(value))) == expected


def test_nothing_is_never_minus_nothing():
    assert str(to_fen(Decimal("-0.001"))) == "0.00"
    assert str(to_fen(Fraction(-1, 1000))) == "0.00"


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**4))
def test_exact_figure_is_rounded_half_away_from_zero(top: int, bottom: int):
    number = Fraction(top, bottom)
    assert abs(exact(to_fen(number)) - number) * 200 <= 1
    assert to_fen(-number) == -to_fen(number)
    assert abs(exact(to_coefficient(number)) - number) * 20000 <= 1


@given(st.fractions(0, 10**9))
def test_root_is_rounded_once(value: Fraction):
    root, half = exact(half_up_root(value, 4)), Fraction(1, 20000)
    assert max(root - half, 0) ** 2 <= value < (root + half) ** 2


@pytest.mark.parametrize("value", [Decimal("0.1"), 0.1, "0.1", Fraction(1, 10)])
def test_figure_is_exact_however_it_is_kept(value: object):
    assert exact(value) * 10 == 1


def test_whole_amount_gets_two_places():
    assert str(to_fen(3)) == "3.00"


def test_coefficient_has_four_places():
    assert to_coefficient(Decimal("96.40") / 90) == Decimal("1.0711")


def test_float_is_refused():
    value: Any = 0.1
    with pytest.raises(TypeError):
        to_fen(value)
    with pytest.raises(TypeError):
        split_pool(1, [value])


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_no_number_is_refused(value: str):
    with pytest.raises(RuleError):
        to_score(Decimal(value))
    with pytest.raises(RuleError):
        exact(Decimal(value))
    with pytest.raises(RuleError):
        split_pool(1, [Decimal(value)])


def test_split_pool_gives_out_every_fen():
    assert split_pool(Decimal("100.00"), weights=[1, 1, 1]) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


def test_pool_of_example_e5():
    weights = [
        Decimal("14.20") * Decimal("1.0711"),
        Decimal("17.60") * Decimal("0.9856"),
        Decimal("9.80") * Decimal("1.0000"),
    ]
    assert split_pool(Decimal("1000000.00"), weights) == [
        Decimal("359088.57"),
        Decimal("409540.24"),
        Decimal("231371.19"),
    ]


def test_weight_of_nothing_gets_nothing():
    assert split_pool(Decimal("0.01"), [0, 1, 0]) == [Decimal("0.00"), Decimal("0.01"), Decimal("0.00")]


def test_empty_pool_gives_nothing_to_all():
    assert split_pool(0, [0, 0]) == [Decimal("0.00"), Decimal("0.00")]
    assert split_pool(0, []) == []


@pytest.mark.parametrize(
    ("pool", "weights", "message"),
    [
        ("-1", [1], "待分配总额须为不小于 0、精确到分的金额，现为 -1。"),
        ("0.001", [1], "待分配总额须为不小于 0、精确到分的金额，现为 0.001。"),
        ("1", [2, -1], "分配权重不能是负数。"),
        ("1", [0, 0], "分配权重合计为 0，无法分配 1 元。"),
        ("1", [], "分配权重合计为 0，无法分配 1 元。"),
    ],
)
def test_pool_that_cannot_be_split(pool: str, weights: list[int], message: str):
    with pytest.raises(RuleError) as caught:
        split_pool(Decimal(pool), weights)
    assert str(caught.value) == message


@given(POOLS, WEIGHTS)
def test_parts_sum_to_the_pool_and_are_within_a_fen_of_the_exact_share(pool: Decimal, weights: list[Decimal]):
    parts = split_pool(pool, weights)
    assert sum(parts) == pool
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * total - pool * weight) < Decimal("0.01") * total


@given(POOLS, WEIGHTS)
def test_order_of_the_weights_changes_no_total_of_a_group(pool: Decimal, weights: list[Decimal]):
    assert sorted(split_pool(pool, weights)) == sorted(split_pool(pool, weights[::-1]))


@given(st.decimals(-(10**9), 10**9, places=6))
def test_rounding_twice_changes_nothing(value: Decimal):
    assert to_fen(to_fen(value)) == to_fen(value)
    assert abs(to_fen(value) - value) <= Decimal("0.005")
