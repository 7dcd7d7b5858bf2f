"""Spread of pay in a level, before and after (domain.md §11 no. 10)."""

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.spread import compare_spreads, spread, spread_by_level
from reform.errors import RuleError
from tests.compensation.pay_values import yuan

AMOUNTS = st.lists(st.integers(1, 10**8).map(lambda fen: Decimal(fen).scaleb(-2)), min_size=1, max_size=40)


def amounts(*texts: str) -> list[Decimal]:
    return [yuan(one) for one in texts]


def test_figures_of_a_small_level():
    found = spread(amounts("4,000", "2,000", "1,000", "3,000"))
    assert found is not None
    quartiles = (found.lower_quartile, found.median, found.upper_quartile)
    assert quartiles == tuple(amounts("1,750", "2,500", "3,250"))
    assert (found.count, found.lowest, found.highest, found.mean) == (4, *amounts("1000", "4000", "2500"))
    assert (found.ratio, found.gini, found.variation) == tuple(amounts("4.0000", "0.2500", "0.4472"))


def test_equal_pay_has_no_spread():
    found = spread(amounts("3000", "3000", "3000"))
    assert found is not None
    assert (found.ratio, found.gini, found.variation) == tuple(amounts("1", "0", "0"))


def test_one_person_and_nobody():
    found = spread(amounts("3000.01"))
    assert found is not None
    assert found.lower_quartile == found.median == found.highest == yuan("3000.01")
    assert spread([]) is None


def test_lowest_of_nothing_leaves_no_ratio():
    found = spread(amounts("0", "100"))
    assert found is not None
    assert (found.ratio, found.gini, found.variation) == (None, Decimal("0.5000"), Decimal("1.0000"))
    nothing = spread(amounts("0", "0"))
    assert nothing is not None
    assert (nothing.gini, nothing.variation) == (0, 0)


def test_negative_pay_is_refused():
    with pytest.raises(RuleError, match="不能由负数计算"):
        spread(amounts("-5", "10"))


def test_levels_are_compared_before_and_after():
    before = spread_by_level([("L30", yuan(one)) for one in ("3000", "3000")] + [("L20", yuan("2000"))])
    after = spread_by_level([("L30", yuan(one)) for one in ("2400", "4800")] + [("L50", yuan("6000"))])
    changes = compare_spreads(before, after)
    assert [one.level for one in changes] == ["L50", "L30", "L20"]
    assert [one.is_wider for one in changes] == [None, True, None]
    assert (changes[1].ratio, changes[1].gini, changes[1].variation) == tuple(
        amounts("1.0000", "0.1667", "0.3333")
    )


@given(AMOUNTS)
def test_quartiles_are_those_of_the_library_and_everything_stays_in_bounds(pay: list[Decimal]):
    found = spread(pay)
    assert found is not None
    if len(pay) > 1:
        library = statistics.quantiles(pay, n=4, method="inclusive")
        mine = (found.lower_quartile, found.median, found.upper_quartile)
        assert all(abs(one - other) <= Decimal("0.005") for one, other in zip(mine, library, strict=True))
    wanted = statistics.pstdev(map(float, pay)) / statistics.fmean(map(float, pay))
    assert abs(float(found.variation) - wanted) < 0.000051
    assert found.lowest <= found.lower_quartile <= found.median <= found.upper_quartile <= found.highest
    assert 0 <= found.gini < 1


@given(AMOUNTS, st.randoms())
def test_order_and_scale_change_no_ratio(pay: list[Decimal], shuffle: "st.randoms"):
    found = spread(pay)
    turned = list(pay)
    shuffle.shuffle(turned)
    assert spread(turned) == found
    larger = spread([one * 3 for one in pay])
    assert found is not None
    assert larger is not None
    assert (larger.ratio, larger.gini, larger.variation) == (found.ratio, found.gini, found.variation)
