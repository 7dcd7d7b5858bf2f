"""What stands against a score (domain.md §6, Guards): then it is NOT_SCORABLE, never 0 by accident."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from .bands import score_of
from .codes import OUTSIDE_RULES, RATIO_RULES, SIGNED_RULES, Rule
from .figures import HUNDRED, shown
from .parameters import Counted, Interval, MinMax, Parameters, TargetRanking

Figure: TypeAlias = Decimal | None
# (full, actual, target, base, rank) → why there is no score; empty where there is one.
Obstacle: TypeAlias = Callable[[Figure, Figure, Figure, Figure, int | None], str]

VETO_REASON = "一票否决不计分：单位定为四等并排在最后，得分不变"
_ACTUAL_NAMES: Mapping[Rule, str] = {
    Rule.GRADE: "评价等次",
    Rule.MILESTONE: "已验收的节点",
    Rule.DEDUCT: "扣分项数",
    Rule.BONUS: "加分项数",
}
_NEED_NO_ACTUAL = frozenset({Rule.RANK, Rule.VETO})
_NEED_TARGET = RATIO_RULES | {Rule.BASE80, Rule.TARGET, Rule.MIXED}


def needs_full(rule: Rule) -> bool:
    """Whether a rule scores within a full score; the others stand outside the 100."""
    return rule not in OUTSIDE_RULES


def needs_actual(rule: Rule) -> bool:
    """Whether a rule looks at the actual of its own indicator."""
    return rule not in _NEED_NO_ACTUAL


def needs_target(rule: Rule) -> bool:
    """Whether a rule compares with a target."""
    return rule in _NEED_TARGET


def needs_rank(rule: Rule) -> bool:
    """Whether a rule looks at the place among all who are compared."""
    return rule in (Rule.RANK, Rule.MIXED)


def obstacle_of(rule: Rule, parameters: Parameters) -> Obstacle:
    """What tells, for the figures of one score, the first guard that stands against it; made once for these
    parameters."""
    lacking = _lacking(rule, parameters)
    full_needed, actual_needed, target_needed = needs_full(rule), needs_actual(rule), needs_target(rule)
    signed, ratio = rule in SIGNED_RULES, rule in RATIO_RULES
    actual_name = _ACTUAL_NAMES.get(rule, "实际值")
    own = _OWN.get(rule)

    def obstacle(full: Figure, actual: Figure, target: Figure, base: Figure, rank: int | None) -> str:
        if lacking:
            return lacking
        if full_needed and (full is None or full < 0):
            return "缺少满分" if full is None else f"满分为负数（{shown(full)}）"
        if actual_needed and actual is None:
            return f"缺少{actual_name}"
        if target_needed and target is None:
            return "缺少目标值"
        if not signed:
            if target is not None and target < 0:
                return _negative("目标值", target, rule)
            if base is not None and base < 0:
                return _negative("基期值", base, rule)
        if ratio and not target:
            return f"目标值为0，“{rule.label}”要用目标值作除数"
        return own(parameters, full, actual, target, rank) if own else ""

    return obstacle


def _lacking(rule: Rule, parameters: Parameters) -> str:
    """What only the indicator can set, or the comparison, and is not there."""
    match parameters:
        case Interval(bands=()):
            return "缺少分档（参数 bands）"
        case Counted(per=None):
            return "缺少每项分值（参数 per）"
        case MinMax(min=None, max=None):
            return "缺少最小值和最大值（参数 min、max）"
        case MinMax(min=None):
            return "缺少最小值（参数 min）"
        case MinMax(max=None):
            return "缺少最大值（参数 max）"
    return VETO_REASON if rule == Rule.VETO else ""


def _negative(name: str, value: Decimal, rule: Rule) -> str:
    may = "、".join(one.label for one in Rule if one in SIGNED_RULES)
    return f"{name}为负数（{shown(value)}），不能用“{rule.label}”；负数只用于{may}"


def _no_rank(own: Parameters, full: Any, actual: Any, target: Any, rank: int | None) -> str:
    if rank is None:
        return "缺少位次（rank）"
    return "" if rank > 0 else f"位次须从1起，现为{rank}"


def _no_mixed(own: TargetRanking, full: Decimal, actual: Decimal, target: Decimal, rank: int | None) -> str:
    if full < own.first:
        return f"满分{shown(full)}小于达标分{shown(own.first)}"
    # the place counts among those above the target only
    return _no_rank(own, full, actual, target, rank) if actual > target else ""


def _no_band(own: Interval, full: Decimal, actual: Decimal, target: Any, rank: Any) -> str:
    most = max(band.score for band in own.bands)
    if full < most:
        return f"满分{shown(full)}小于分档的最高得分{shown(most)}"
    if score_of(own.bands, actual) is None:
        first, last = own.bands[0], own.bands[-1]
        covered = f"{first.interval.partition(',')[0]},{last.interval.rpartition(',')[2]}"
        return f"实际值{shown(actual)}不在任何一档内，分档覆盖{covered}"
    return ""


def _no_share(own: Parameters, full: Any, actual: Decimal, target: Any, rank: Any) -> str:
    return "" if 0 <= actual <= HUNDRED else f"须为满分的0至100%，现为{shown(actual)}%"


def _no_count(own: Counted, full: Any, actual: Decimal, target: Any, rank: Any) -> str:
    whole = actual >= 0 and actual == actual.to_integral_value()
    return "" if whole else f"项数须为不小于0的整数，现为{shown(actual)}"


# Called once the figures that the rule needs are there.
_OWN: Mapping[Rule, Callable[[Any, Any, Any, Any, int | None], str]] = {
    Rule.RANK: _no_rank,
    Rule.MIXED: _no_mixed,
    Rule.INTERVAL: _no_band,
    Rule.GRADE: _no_share,
    Rule.MILESTONE: _no_share,
    Rule.DEDUCT: _no_count,
    Rule.BONUS: _no_count,
}
