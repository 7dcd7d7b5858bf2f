"""What holds for every score, whatever the figures (domain.md §6)."""

from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpi.rules.scoring import (
    Direction,
    Inputs,
    Parameters,
    Rule,
    compile_rule,
    parse_parameters,
    ranks,
    ranks_above,
    score,
    score_value,
)
from tests.appointments.policy_values import default_policy

DEFAULTS = default_policy()["kpi.rule_defaults"]
MORE_IS_BETTER = [
    Rule.PROP,
    Rule.PROP_BONUS,
    Rule.STEP_DEDUCT,
    Rule.BASE80,
    Rule.FLOAT,
    Rule.TARGET,
    Rule.MINMAX,
    Rule.MIXED,
    Rule.BONUS,
]

fulls = st.decimals(0, 100, places=2)
figures = st.decimals(-10_000, 10_000, places=4)
targets = st.decimals("0.0001", 10_000, places=4)
cases = st.integers(0, 50)
may_lack = st.none() | figures


def exactly(value: Fraction) -> D:
    """Half up to two places (away from zero), by whole numbers alone."""
    hundredths = abs(value) * 100
    whole = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    return D(whole if value >= 0 else -whole).scaleb(-2)


@st.composite
def parameters_of(draw: st.DrawFn, rule: Rule) -> Parameters:
    def number(low: float | str, high: float, places: int = 2) -> D:
        return draw(st.decimals(low, high, places=places))

    given_: dict[str, Any] = {}
    match rule:
        case Rule.PROP:
            given_ = {"floor": number(0, 1)}
        case Rule.PROP_BONUS:
            given_ = {"step": number("0.01", 10), "per": number(0, 2), "cap": number(0, 5)}
        case Rule.STEP_DEDUCT:
            given_ = {"step": number("0.01", 10), "per": number(0, 2)}
        case Rule.BASE80:
            given_ = {"share": number(0, 1), "per": number(0, 2), "cap": number(1, 2)}
        case Rule.FLOAT:
            given_ = {"band": number(0, 1)}
        case Rule.RANK:
            given_ = {"per": number(0, 1)}
        case Rule.MIXED:
            given_ = {"first": number(0, 10), "per": number(0, 1)}
        case Rule.MINMAX:
            low, high = sorted((number(-100, 100), number(-100, 100)))
            given_ = {"min": low, "max": high, "start": number(0, 100)}
        case Rule.INTERVAL:
            given_ = {"bands": "(-∞,0)0分;[0,30)2分;[30,100]5分"}
        case Rule.DEDUCT | Rule.BONUS:
            given_ = {"per": number(0, 2), "cap": number(0, 5)}
    return parse_parameters(rule, given_, DEFAULTS)


@st.composite
def tries(draw: st.DrawFn) -> tuple[Rule, Inputs, Parameters]:
    """Any rule with any figures, some of them lacking."""
    rule = draw(st.sampled_from(list(Rule)))
    actual = draw(st.none() | cases.map(D) if rule in (Rule.DEDUCT, Rule.BONUS) else may_lack)
    return (
        rule,
        Inputs(
            full=draw(st.none() | st.decimals(-1, 100, places=2)),
            actual=actual,
            target=draw(st.sampled_from([None, D(0)]) | figures | targets),
            base=draw(st.none() | figures),
            rank=draw(st.none() | st.integers(1, 30)),
        ),
        draw(parameters_of(rule)),
    )


@given(tries())
def test_score_with_steps_and_score_in_bulk_are_the_same(one: tuple[Rule, Inputs, Parameters]):
    rule, inputs, parameters = one
    told = score(rule, inputs, parameters)
    in_bulk = compile_rule(rule, parameters)(
        inputs.full, inputs.actual, inputs.target, inputs.base, inputs.rank
    )
    assert str(told.score) == str(in_bulk) == str(score_value(rule, inputs, parameters))
    assert told.scorable is (told.score is not None)
    assert (told.reason == "") is told.scorable
    assert bool(told.steps) is told.scorable
    if told.scorable:
        assert told.steps[-1].endswith(f" {told.score}")


@given(tries())
def test_score_is_within_its_bounds(one: tuple[Rule, Inputs, Parameters]):
    rule, inputs, parameters = one
    found = score_value(rule, inputs, parameters)
    if found is None:
        return
    own: Any = parameters
    low, high = D(0), inputs.full or D(0)
    match rule:
        case Rule.PROP_BONUS:
            high += own.cap
        case Rule.BASE80:
            high *= own.cap
        case Rule.DEDUCT:
            low, high = -own.cap, D(0)
        case Rule.BONUS:
            high = own.cap
    half = D("0.005")  # of the rounding
    assert low - half <= found <= high + half
    assert found == found.quantize(D("0.01"))


@pytest.mark.parametrize("rule", MORE_IS_BETTER)
@given(data=st.data())
def test_better_actual_never_scores_lower(rule: Rule, data: st.DataObject):
    scorer = compile_rule(rule, data.draw(parameters_of(rule)))
    actuals = cases.map(D) if rule == Rule.BONUS else figures
    worse, better = sorted((data.draw(actuals), data.draw(actuals)))
    full, target, rank = data.draw(fulls), data.draw(targets), data.draw(st.integers(1, 30))
    low, high = scorer(full, worse, target, rank=rank), scorer(full, better, target, rank=rank)
    # who is better is not placed behind, so the worse one's place is given to both
    assume(low is not None and high is not None)
    assert low is not None
    assert high is not None
    assert low <= high


@given(data=st.data(), full=fulls, target=targets)
def test_less_never_scores_lower_where_less_is_better(data: st.DataObject, full: D, target: D):
    fewer, more = sorted(data.draw(st.lists(st.decimals(0, 10_000, places=4), min_size=2, max_size=2)))
    scorer = compile_rule(Rule.LOWER, parse_parameters(Rule.LOWER, {}, DEFAULTS))
    low, high = scorer(full, more, target), scorer(full, fewer, target)
    assert low is not None
    assert high is not None
    assert low <= high


@given(data=st.data(), full=fulls, first=cases, second=cases)
def test_better_place_and_fewer_faults_never_score_lower(
    data: st.DataObject, full: D, first: int, second: int
):
    better, worse = sorted((first, second))
    by_rank = compile_rule(Rule.RANK, data.draw(parameters_of(Rule.RANK)))
    faults = compile_rule(Rule.DEDUCT, data.draw(parameters_of(Rule.DEDUCT)))
    for high, low in (
        (by_rank(full, None, None, rank=better + 1), by_rank(full, None, None, rank=worse + 1)),
        (faults(None, D(better), None), faults(None, D(worse), None)),
    ):
        assert high is not None
        assert low is not None
        assert high >= low


@given(full=fulls, actual=st.decimals(0, 10_000, places=4), target=targets)
def test_quotients_are_as_if_figured_in_fractions(full: D, actual: D, target: D):
    s, a, t = Fraction(full), Fraction(actual), Fraction(target)

    def found(rule: Rule) -> D | None:
        return compile_rule(rule, parse_parameters(rule, {}, DEFAULTS))(full, actual, target)

    assert found(Rule.PROP) == exactly(s if a >= t else s * a / t)
    assert found(Rule.LOWER) == exactly(s if a <= t else s * t / a)
    ratio = min(max(a / t, Fraction(7, 10)), Fraction(13, 10))
    assert found(Rule.FLOAT) == exactly(s * ratio * 100 / 130)
    steps = (1 - a / t) * 100 // 2
    assert found(Rule.STEP_DEDUCT) == exactly(s if a >= t else max(Fraction(0), s - steps))
    bonus = min(Fraction(3, 2), (a / t - 1) * 100 // 1 * Fraction(1, 10))
    assert found(Rule.PROP_BONUS) == exactly(s + bonus if a >= t else s * a / t)


@given(st.lists(st.none() | st.decimals(-5, 5, places=0), max_size=12), st.randoms(use_true_random=False))
def test_places_do_not_depend_on_the_order_of_input(actuals: list[D | None], random: Any):
    for direction in (Direction.UP, Direction.DOWN):
        placed = list(zip(actuals, ranks(actuals, direction), strict=True))
        random.shuffle(placed)
        assert ranks([actual for actual, _ in placed], direction) == [place for _, place in placed]


@given(st.lists(st.decimals(-5, 5, places=0), max_size=12))
def test_place_is_one_more_than_those_who_are_better(actuals: list[D]):
    assert ranks(actuals, Direction.UP) == [1 + sum(other > one for other in actuals) for one in actuals]
    assert ranks(actuals, Direction.DOWN) == [1 + sum(other < one for other in actuals) for one in actuals]


def test_ties_share_the_better_place_and_the_next_is_skipped():
    actuals = [D(7), D(9), None, D(8), D(8)]
    assert ranks(actuals, Direction.UP) == [4, 1, None, 2, 2]
    assert ranks(actuals, Direction.DOWN) == [1, 4, None, 2, 2]
    assert ranks(actuals, Direction.NEUTRAL) == [None] * 5


def test_places_among_those_above_their_target():
    actuals = [D(9), D(8), D(7), None, D(10)]
    targets = [D(8), D(8), D(6), D(1), None]
    assert ranks_above(actuals, targets, Direction.UP) == [1, None, 2, None, None]
