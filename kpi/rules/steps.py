"""How a score came about, in words and figures, for those who ask why (domain.md §6).

Each function tells one rule: lines, and last the arithmetic that leads to the score (empty where there is
none). It is called only for what can be scored; the number itself comes from formulas.py.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from .codes import Rule
from .figures import HUNDRED, ONE, minus, percent, plus, rounded_percent, shown, times
from .formulas import formula_of, steps_above, steps_below
from .inputs import Inputs, argument
from .parameters import (
    BaseScore,
    Counted,
    Floating,
    Interval,
    MinMax,
    Parameters,
    Proportion,
    ProportionBonus,
    Ranking,
    StepDeduct,
    TargetRanking,
)

# lines, arithmetic
Told: TypeAlias = tuple[list[str], str]

NEGATIVE = "实际值为负数，比例类规则计0分"


def steps_of(rule: Rule, inputs: Inputs, parameters: Parameters, score: Decimal) -> tuple[str, ...]:
    """The steps of a score; the last one tells the arithmetic and the score."""
    actual = argument(rule, inputs, parameters)
    lines, arithmetic = _TOLD[rule](inputs, parameters, actual)
    lines.append(f"得分 = {arithmetic} = {score}" if arithmetic else f"得分 {score}")
    return tuple(lines)


def _reached(actual: Decimal, target: Decimal) -> str:
    return f"实际值{shown(actual)}达到目标值{shown(target)}"


def _missed(actual: Decimal, target: Decimal) -> str:
    return f"实际值{shown(actual)}未达到目标值{shown(target)}"


def _ratio(actual: Decimal, target: Decimal) -> str:
    return f"完成率 = {shown(actual)} ÷ {shown(target)} = {rounded_percent(actual, target)}"


def _product(full: Decimal, part: Decimal, whole: Decimal) -> str:
    return f"{shown(full)} × {shown(part)} ÷ {shown(whole)}"


def _proportion(one: Inputs, own: Proportion, actual: Decimal) -> Told:
    full, target = _needed(one)
    lines = [_ratio(actual, target)]
    if actual >= target:
        return [*lines, f"{_reached(actual, target)}，得满分"], ""
    if actual < 0:
        return [*lines, NEGATIVE], ""
    if actual < times(own.floor, target):
        return [*lines, f"完成率低于{percent(own.floor)}，不得分"], ""
    return [*lines, f"{_missed(actual, target)}，按比例计分"], _product(full, actual, target)


def _proportion_bonus(one: Inputs, own: ProportionBonus, actual: Decimal) -> Told:
    full, target = _needed(one)
    lines = [_ratio(actual, target)]
    if actual < 0:
        return [*lines, NEGATIVE], ""
    if actual < target:
        return [*lines, f"{_missed(actual, target)}，按比例计分"], _product(full, actual, target)
    count = steps_above(own, actual, target)
    bonus = times(count, own.per)
    lines.append(f"{_reached(actual, target)}，得满分{shown(full)}")
    lines.append(f"每超{shown(own.step)}%加{shown(own.per)}分，够{shown(count)}级，应加{shown(bonus)}分")
    if bonus > own.cap:
        lines.append(f"加分最多{shown(own.cap)}分，加{shown(own.cap)}分")
    return lines, f"{shown(full)} + {shown(min(bonus, own.cap))}"


def _step_deduct(one: Inputs, own: StepDeduct, actual: Decimal) -> Told:
    full, target = _needed(one)
    lines = [_ratio(actual, target)]
    if actual >= target:
        return [*lines, f"{_reached(actual, target)}，得满分"], ""
    if actual < 0:
        return [*lines, NEGATIVE], ""
    count = steps_below(own, actual, target)
    taken = times(count, own.per)
    lines.append(f"{_missed(actual, target)}")
    lines.append(f"每低{shown(own.step)}%扣{shown(own.per)}分，够{shown(count)}级，应扣{shown(taken)}分")
    if taken > full:
        return [*lines, f"应扣分超过满分{shown(full)}，扣完为止"], ""
    return lines, f"{shown(full)} − {shown(taken)}"


def _base_score(one: Inputs, own: BaseScore, actual: Decimal) -> Told:
    full, target = _needed(one)
    base, most = times(own.share, full), times(own.cap, full)
    gap = minus(actual, target)
    change = times(own.per, gap)
    verb = "低" if gap < 0 else "高"
    got = plus(base, change)
    lines = [
        f"达到目标得满分的{percent(own.share)}，即{shown(base)}分",
        f"实际{shown(actual)}比目标{shown(target)}{verb}{shown(abs(gap))}个百分点，"
        f"每个百分点{shown(own.per)}分，{'减' if gap < 0 else '加'}{shown(abs(change))}分",
    ]
    arithmetic = f"{shown(base)} {'−' if gap < 0 else '+'} {shown(abs(change))}"
    if min(most, got) < 0:
        return [*lines, f"{arithmetic} = {shown(got)}，低于0，计0分"], ""
    if got > most:
        lines.append(f"{arithmetic} = {shown(got)}，超过上限（满分的{percent(own.cap)}，{shown(most)}分）")
        return lines, ""
    return lines, arithmetic


def _floating(one: Inputs, own: Floating, actual: Decimal) -> Told:
    full, target = _needed(one)
    low, high = minus(ONE, own.band), plus(ONE, own.band)
    lines = [_ratio(actual, target)]
    if actual < 0:
        return [*lines, NEGATIVE], ""
    limits = f"{percent(low)}至{percent(high)}"
    if actual >= times(target, high):
        return [*lines, f"完成率按{limits}限幅，取{percent(high)}，得满分"], ""
    if actual <= times(target, low):
        lines.append(f"完成率按{limits}限幅，取{percent(low)}")
        return lines, f"{shown(full)} × {percent(low)} ÷ {percent(high)}"
    lines.append(f"完成率在{limits}之内，{percent(high)}得满分")
    return lines, f"{_product(full, actual, target)} ÷ {percent(high)}"


def _target(one: Inputs, own: Parameters, actual: Decimal) -> Told:
    _, target = _needed(one)
    if actual >= target:
        return [f"{_reached(actual, target)}，得满分"], ""
    return [f"{_missed(actual, target)}，不得分"], ""


def _ranking(one: Inputs, own: Ranking | TargetRanking, actual: Any) -> Told:
    assert one.full is not None
    assert one.rank is not None
    lost = times(own.per, Decimal(one.rank - 1))
    lines = [f"位次第{one.rank}，每降一位扣满分的{percent(own.per)}，共扣{percent(lost)}"]
    if lost >= 1:
        return [*lines, "扣完为止"], ""
    return lines, f"{shown(one.full)} × {percent(minus(ONE, lost))}"


def _target_ranking(one: Inputs, own: TargetRanking, actual: Decimal) -> Told:
    full, target = _needed(one)
    if actual < target:
        return [f"{_missed(actual, target)}，不得分"], ""
    if actual == target:
        return [f"实际值等于目标值{shown(target)}，得达标分{shown(own.first)}"], ""
    lines, arithmetic = _ranking(one, own, actual)
    lines.insert(0, f"实际值{shown(actual)}超过目标值{shown(target)}，在超过目标的单位中排位次")
    by_rank = formula_of(Rule.RANK, own)(full, actual, target, one.rank)
    if by_rank < own.first:
        return [*lines, f"按位次得{shown(by_rank)}分，低于达标分{shown(own.first)}，得达标分"], ""
    return lines, arithmetic


def _min_max(one: Inputs, own: MinMax, actual: Decimal) -> Told:
    assert one.full is not None
    assert own.min is not None
    assert own.max is not None
    if own.min == own.max:
        return [f"最大值等于最小值（{shown(own.min)}），得满分"], ""
    place = max(own.min, min(own.max, actual))
    lines = []
    if place != actual:
        where = "低于最小值" if actual < own.min else "高于最大值"
        lines.append(f"实际值{shown(actual)}{where}，按{shown(place)}计")
    rest = minus(HUNDRED, own.start)
    above, span = minus(place, own.min), minus(own.max, own.min)
    lines.append(
        f"最小值{shown(own.min)}得{shown(own.start)}%，最大值{shown(own.max)}得100%，"
        f"实际值在其间的{rounded_percent(above, span)}处"
    )
    inner = f"{shown(own.start)} + {shown(rest)} × {shown(above)} ÷ {shown(span)}"
    return lines, f"{shown(one.full)} × ({inner}) ÷ 100"


def _interval(one: Inputs, own: Interval, actual: Decimal) -> Told:
    band = next(band for band in own.bands if band.has(actual))
    return [f"实际值{shown(actual)}在{band.interval}一档，得{shown(band.score)}分"], ""


def _lower(one: Inputs, own: Parameters, actual: Decimal) -> Told:
    full, target = _needed(one)
    if actual < 0:
        return [NEGATIVE], ""
    if actual <= target:
        return [f"实际值{shown(actual)}不高于目标值{shown(target)}，得满分"], ""
    return [f"实际值{shown(actual)}高于目标值{shown(target)}，按反比例计分"], _product(full, target, actual)


def _grade(one: Inputs, own: Parameters, actual: Decimal) -> Told:
    assert one.full is not None
    told = f"等次“{one.grade}”第{one.tier}档" if one.grade else "等次"
    return [f"{told}为{shown(actual)}分（百分制）"], f"{shown(one.full)} × {shown(actual)} ÷ 100"


def _milestone(one: Inputs, own: Parameters, actual: Decimal) -> Told:
    assert one.full is not None
    sum_ = " + ".join(shown(part) for part in one.done or ())
    whole = f"{sum_} = {shown(actual)}%" if one.done and len(one.done) > 1 else f"{shown(actual)}%"
    return [f"已验收的节点占 {whole}"], f"{shown(one.full)} × {shown(actual)}%"


def _counted(verb: str) -> Callable[[Inputs, Counted, Decimal], Told]:
    def told(one: Inputs, own: Counted, actual: Decimal) -> Told:
        assert own.per is not None
        points = times(own.per, actual)
        lines = [f"{shown(actual)}项，每项{verb}{shown(own.per)}分，应{verb}{shown(points)}分"]
        if own.cap is not None and points > own.cap:
            lines.append(f"最多{verb}{shown(own.cap)}分")
        return lines, ""

    return told


def _needed(one: Inputs) -> tuple[Decimal, Decimal]:
    """Full score and target, which the guards have seen to be there."""
    assert one.full is not None
    assert one.target is not None
    return one.full, one.target


_TOLD: Mapping[Rule, Callable[[Inputs, Any, Any], Told]] = {
    Rule.PROP: _proportion,
    Rule.PROP_BONUS: _proportion_bonus,
    Rule.STEP_DEDUCT: _step_deduct,
    Rule.BASE80: _base_score,
    Rule.FLOAT: _floating,
    Rule.TARGET: _target,
    Rule.RANK: _ranking,
    Rule.MIXED: _target_ranking,
    Rule.MINMAX: _min_max,
    Rule.INTERVAL: _interval,
    Rule.LOWER: _lower,
    Rule.GRADE: _grade,
    Rule.MILESTONE: _milestone,
    Rule.DEDUCT: _counted("扣"),
    Rule.BONUS: _counted("加"),
}
