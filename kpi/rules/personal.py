"""Personal appraisal (个人考核): 德能勤绩廉, raters by group, quarters and the year (domain.md §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kpi.rules.outcomes import WHOLE, Outcome, not_scorable, plain, share, weights_fault
from reform.errors import RuleError
from reform.ladder import Policy
from reform.rounding import exact, to_score

FACTORS = {"virtue": "德", "ability": "能", "diligence": "勤", "results": "绩", "integrity": "廉"}
LEADERS = "leaders"
RATED = "rated"
GROUPS = {LEADERS: "领导评价", "self": "自评", "unit": "本单位互评", "peers": "同级互评"}
_PARTS = GROUPS | {RATED: "被考核人评价"}
# Ways to the score of a year (policy kpi.personal_preset).
QUARTERS_AND_POINTS = "QUARTERS"
ORDINARY_AND_YEAR_END = "YEAR_END"
PRESETS = {QUARTERS_AND_POINTS: "季度平均加领导小组评分", ORDINARY_AND_YEAR_END: "平时考核加年终考核"}
YEAR_END_WORDS = ("年终考核得分", "年终考核", "年终得分")


@dataclass(frozen=True, slots=True)
class Rating:
    """What one rater gives: factor → 0–100.  weight: of this rater within the group, 1 where all count
    alike."""

    group: str
    factors: Mapping[str, Decimal]
    weight: Decimal | int = 1


def takes_year_end(policy: Policy) -> bool:
    """Whether a year is 平时考核 and 年终考核 instead of quarters and points of the 领导小组."""
    return bool(policy["kpi.personal_preset"] == ORDINARY_AND_YEAR_END)


def factor_weights(policy: Policy) -> Mapping[str, object]:
    """德能勤绩廉 by their weights in the way of the year: factor → per cent, 100 in all."""
    found: Mapping[str, object] = policy[
        "kpi.year_end_factors" if takes_year_end(policy) else "kpi.factor_weights"
    ]
    return found


def in_order(weights: Mapping[str, object]) -> list[tuple[str, object]]:
    """Factors in the order of 德能勤绩廉, those of a zone's own after them: a database may keep a policy's
    table in another order."""
    order = list(FACTORS)
    return sorted(weights.items(), key=lambda one: order.index(one[0]) if one[0] in FACTORS else len(order))


def rating_score(factors: Mapping[str, Decimal], weights: Mapping[str, object]) -> Fraction:
    """Σ factor × weight of one rating, not rounded.

    weights: factor → per cent, 100 in all (policy kpi.factor_weights).  Raises RuleError for a factor that
    is missing, unknown or outside 0–100, and for weights that are not a whole.
    """
    shares = {factor: exact(weight) for factor, weight in in_order(weights)}
    fault = weights_fault(shares, "德能勤绩廉")
    unknown = [factor for factor in factors if factor not in shares]
    missing = [FACTORS.get(factor, factor) for factor, weight in shares.items() if factor not in factors]
    if fault:
        raise RuleError(fault)
    if unknown:
        raise RuleError(f"没有“{'、'.join(unknown)}”这个考核要素。")
    if missing:
        raise RuleError(f"缺少{'、'.join(missing)}的评分。")
    for factor, score in factors.items():
        _within_whole(score, FACTORS.get(factor, factor))
    return sum((exact(factors[factor]) * weight for factor, weight in shares.items()), Fraction(0)) / WHOLE


def group_scores(ratings: Sequence[Rating], factor_weights: Mapping[str, object]) -> dict[str, Fraction]:
    """The mean of each group's ratings by the raters' weights, not rounded; a group without any is absent.

    Raises RuleError for a group that does not exist, a negative weight, or a group whose weights are all 0.
    """
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for rating in ratings:
        _known(rating.group, GROUPS)
        weight = exact(rating.weight)
        if weight < 0:
            raise RuleError(f"{GROUPS[rating.group]}的评价人权重不能是负数，现为{plain(weight)}。")
        total, whole = sums.get(rating.group, (Fraction(0), Fraction(0)))
        score = rating_score(rating.factors, factor_weights)
        sums[rating.group] = total + score * weight, whole + weight
    for group, (_, whole) in sums.items():
        if not whole:
            raise RuleError(f"{GROUPS[group]}的评价人权重合计为0。")
    return {group: total / whole for group, (total, whole) in sums.items()}


def quarter_of_groups(
    scores: Mapping[str, Decimal | Fraction],
    weights: Mapping[str, object],
    rated_weights: Mapping[str, object],
    *,
    redistributes: bool = False,
    counts: Mapping[str, int] | None = None,
) -> Outcome:
    """领导评价 and 被考核人评价 by weight, the latter of 自评, 本单位互评 and 同级互评; rounded half up once.

    scores: group → 0–100.  weights: leaders and rated, rated_weights: self, unit and peers, per cent, 100 in
    all each.  A group that has a weight and no score makes the quarter not scorable; only with
    `redistributes` are the weights of the others taken as the whole, and the steps say so.  Raises RuleError
    for scores outside 0–100, unknown groups and weights that are no whole.
    """
    _check_weights(weights, "评价主体")
    _check_weights(rated_weights, _PARTS[RATED])
    for group, score in scores.items():
        _known(group, GROUPS)
        _within_whole(score, GROUPS[group])
    values = {group: exact(score) for group, score in scores.items()}
    wanted = [part for table in (weights, rated_weights) for part in table if exact(table[part])]
    missing = [GROUPS[group] for group in wanted if group in GROUPS and group not in values]
    heads = tuple(
        f"{GROUPS[group]}{counts[group]}人，平均{to_score(values[group])}"
        for group in GROUPS
        if counts and group in values
    )
    if missing and not redistributes:
        return not_scorable(f"缺少{'、'.join(missing)}，权重不作调整，不能计分。", heads)
    steps = list(heads)
    rated = _blend(values, rated_weights, RATED, steps)
    if rated is not None:
        values[RATED] = rated
    total = _blend(values, weights, "", steps)
    if total is None:
        return not_scorable("没有任何评价，不能计分。", heads)
    return Outcome(to_score(total), tuple(steps))


def _check_weights(weights: Mapping[str, object], what: str) -> None:
    for part in weights:
        _known(part, _PARTS)
    fault = weights_fault({part: exact(weight) for part, weight in weights.items()}, what)
    if fault:
        raise RuleError(fault)


def _known(part: str, parts: Mapping[str, str]) -> None:
    if part not in parts:
        raise RuleError(f"没有“{part}”这个评价主体。")


def _blend(
    values: Mapping[str, Fraction], weights: Mapping[str, object], part: str, steps: list[str]
) -> Fraction | None:
    """Σ value × weight over those that are there, divided by their weights; the step is added."""
    there = {name: exact(weight) for name, weight in weights.items() if exact(weight) and name in values}
    whole = sum(there.values(), Fraction(0))
    if not whole:
        return None
    total = sum((values[name] * weight for name, weight in there.items()), Fraction(0)) / whole
    terms = "+".join(f"{_PARTS[name]}{plain(values[name])}×{share(weight)}" for name, weight in there.items())
    note = "" if whole == WHOLE else f"，按合计{share(whole)}折算"
    # the last step shows the score as it is kept, the ones before it what goes into it
    steps.append(
        f"{_PARTS[part]}：{terms}{note}={plain(total)}" if part else f"{terms}{note}={to_score(total)}"
    )
    return total


def year_score(
    quarters: Mapping[int, Decimal | None],
    points: Decimal | None,
    *,
    quarters_share: object,
    points_range: tuple[object, object],
    expected: Sequence[int],
) -> Outcome:
    """The mean of the quarters × their share (95 %) + the points of the 领导小组, rounded half up once.

    quarters: number → score, None where it could not be scored.  expected: the quarters that count for this
    person; any that is missing makes the year not scorable.  points_range: (1, 5), both included.  Raises
    RuleError for points outside the range.
    """
    mean, step, missing = _mean_of_quarters(quarters, expected)
    if mean is None:
        return not_scorable(missing)
    if points is None:
        return not_scorable("领导小组还没有评分。", (step,))
    least, most = points_range
    if not exact(least) <= exact(points) <= exact(most):
        raise RuleError(f"领导小组评分须在{plain(least)}到{plain(most)}分之间，现为{plain(points)}。")
    score = to_score(mean * exact(quarters_share) / WHOLE + exact(points))
    words = f"季度平均{plain(mean)}×{share(quarters_share)}+领导小组评分{plain(points)}={score}"
    return Outcome(score, (step, words))


def year_of_two_parts(
    quarters: Mapping[int, Decimal | None],
    year_end: Decimal | None,
    *,
    weights: Mapping[str, object],
    expected: Sequence[int],
) -> Outcome:
    """The other preset: 平时考核 (mean of the quarters) and 年终考核 by weight, rounded half up once.

    weights: ordinary and year_end, per cent, 100 in all (60 and 40).  Raises RuleError where they are not.
    """
    shares = {part: exact(weights[part]) for part in ("ordinary", "year_end")}
    fault = weights_fault(shares, "平时和年终")
    if fault:
        raise RuleError(fault)
    mean, step, missing = _mean_of_quarters(quarters, expected)
    if mean is None:
        return not_scorable(missing)
    if year_end is None:
        return not_scorable("没有年终考核得分。", (step,))
    score = to_score((mean * shares["ordinary"] + exact(year_end) * shares["year_end"]) / WHOLE)
    words = (
        f"平时考核{plain(mean)}×{share(shares['ordinary'])}"
        f"+年终考核{plain(year_end)}×{share(shares['year_end'])}={score}"
    )
    return Outcome(score, (step, words))


def _mean_of_quarters(
    quarters: Mapping[int, Decimal | None], expected: Sequence[int]
) -> tuple[Fraction | None, str, str]:
    """The exact mean, the step in words; or None and what is missing."""
    if not expected:
        return None, "", "没有应计分的季度。"
    scores = {number: quarters.get(number) for number in sorted(set(expected))}
    missing = [number for number, score in scores.items() if score is None]
    if missing:
        return None, "", f"缺少{'、'.join(f'第{number}季度' for number in missing)}得分，不能计算年度得分。"
    known = [exact(score) for score in scores.values()]
    mean = sum(known, Fraction(0)) / len(known)
    parts = "+".join(f"{score}" for score in scores.values())
    return mean, f"季度平均：({parts})÷{len(known)}={plain(mean)}", ""


def excellent_tickets_reason(scores: Sequence[Decimal], *, line: object, most_share: object) -> str:
    """Why one rater's peer ratings are refused: more 优秀 tickets than the share allows; '' if they are fine.

    scores: what the rater gives to each person rated.  line: from which a rating is an 优秀 ticket.
    most_share: per cent of the persons rated (20).
    """
    excellent = sum(1 for score in scores if exact(score) >= exact(line))
    if excellent * WHOLE <= exact(most_share) * len(scores):
        return ""
    most = int(exact(most_share) * len(scores) / WHOLE)
    return (
        f"评价{len(scores)}人，其中优秀票{excellent}张（{plain(line)}分及以上），"
        f"超过{share(most_share)}，最多{most}张"
    )


def _within_whole(score: object, what: str) -> None:
    if not 0 <= exact(score) <= WHOLE:
        raise RuleError(f"{what}评分须在0到100之间，现为{plain(score)}。")
