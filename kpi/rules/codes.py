"""The scoring rules and directions of domain.md §6 by code, and the words that offices write for them."""

import re

from reform.errors import RuleError
from reform.workflow import Labelled

from .figures import packed


class Rule(Labelled):
    """计分规则, §6."""

    PROP = "PROP", "比例法"
    PROP_BONUS = "PROP_BONUS", "比例+超额加分"
    STEP_DEDUCT = "STEP_DEDUCT", "阶梯扣分"
    BASE80 = "BASE80", "基础分增减"
    FLOAT = "FLOAT", "浮动法"
    TARGET = "TARGET", "目标完成法"
    RANK = "RANK", "争先进位法"
    MIXED = "MIXED", "目标+争先"
    MINMAX = "MINMAX", "区间标准化"
    INTERVAL = "INTERVAL", "分档"
    LOWER = "LOWER", "逆向比例"
    GRADE = "GRADE", "等次评价"
    MILESTONE = "MILESTONE", "节点"
    DEDUCT = "DEDUCT", "扣分项"
    BONUS = "BONUS", "加分项"
    VETO = "VETO", "一票否决"


class Direction(Labelled):
    """方向: which actual is the better one."""

    UP = "UP", "正向"
    DOWN = "DOWN", "逆向"
    NEUTRAL = "NEUTRAL", "中性"


# A/T is compared with a target that must be positive.
RATIO_RULES = frozenset({Rule.PROP, Rule.PROP_BONUS, Rule.STEP_DEDUCT, Rule.FLOAT, Rule.LOWER})
# Growth may be negative, on both sides.
SIGNED_RULES = frozenset({Rule.BASE80, Rule.MINMAX})
# Outside the 100 of a subject, so without a full score.
OUTSIDE_RULES = frozenset({Rule.DEDUCT, Rule.BONUS, Rule.VETO})
# By these more is better, whatever the indicator says.
_ONLY_HIGHER = frozenset(
    {
        Rule.PROP,
        Rule.PROP_BONUS,
        Rule.STEP_DEDUCT,
        Rule.BASE80,
        Rule.FLOAT,
        Rule.TARGET,
        Rule.MIXED,
        Rule.MINMAX,
    }
)

_SYNONYMS = {
    Rule.PROP: ("比例", "比例计分", "比例计分法", "完成比例法", "完成率法", "按比例计分", "正向比例"),
    Rule.PROP_BONUS: ("比例加超额加分", "比例法+超额加分", "超额加分", "超额加分法", "比例+加分"),
    Rule.STEP_DEDUCT: ("阶梯扣分法", "阶梯法", "递减扣分", "阶梯式扣分"),
    Rule.BASE80: ("基础分增减法", "基础分加减", "基础分法", "基础分加减法"),
    Rule.FLOAT: ("浮动", "浮动计分", "浮动计分法"),
    Rule.TARGET: ("目标完成", "目标法", "完成法", "达标法", "达标计分"),
    Rule.RANK: ("争先进位", "进位法", "位次法", "排名法", "争先法", "排名计分"),
    Rule.MIXED: ("目标争先", "目标加争先", "目标+争先法", "目标+争先进位", "混合法"),
    Rule.MINMAX: ("区间标准化法", "标准化", "标准化法", "极差标准化", "极值法"),
    Rule.INTERVAL: ("分档法", "分档计分", "分档计分法", "区间法", "分段计分", "分段法"),
    Rule.LOWER: ("逆向比例法", "反向比例", "反向比例法", "逆比例"),
    Rule.GRADE: ("等次", "等次评价法", "等次法", "等级评价", "评价等次"),
    Rule.MILESTONE: ("节点法", "节点计分", "节点计分法", "进度节点", "里程碑"),
    Rule.DEDUCT: ("扣分", "扣分法", "减分项", "减分", "倒扣分"),
    Rule.BONUS: ("加分", "加分法", "奖励加分"),
    Rule.VETO: ("否决", "一票否决项", "否决项", "一票否决制"),
}
_FLOATING = re.compile(r"浮动(?:±|正负|\+-)?[0-9.]+%").fullmatch


def _words() -> dict[str, Rule]:
    words = {}
    for rule in Rule:
        for word in (rule.value, rule.label, *_SYNONYMS[rule]):
            words[packed(word).upper()] = rule
    return words


_BY_WORD = _words()


def rule_by_name(text: str) -> Rule:
    """The rule that a code or a Chinese name of 计分规则 or 计分方法 means, half or full width, with or
    without spaces.  Raises RuleError with the names that are known."""
    word = packed(text).upper()
    found = _BY_WORD.get(word) or (Rule.FLOAT if _FLOATING(word) else None)
    if found is None:
        known = "、".join(f"{rule.label}（{rule.value}）" for rule in Rule)
        raise RuleError(f"没有“{text}”这种计分规则；可用：{known}。")
    return found


def direction_problem(rule: Rule, direction: Direction) -> str:
    """Why a rule does not go with an indicator's direction; empty where it does."""
    if rule == Rule.LOWER and direction == Direction.UP:
        return f"“{rule.label}”用于越低越好的指标，本指标方向为“{direction.label}”"
    if rule in _ONLY_HIGHER and direction == Direction.DOWN:
        return f"“{rule.label}”用于越高越好的指标，本指标方向为“{direction.label}”"
    if rule in (Rule.RANK, Rule.MIXED) and direction == Direction.NEUTRAL:
        return f"“{rule.label}”要比高低，本指标方向为“{direction.label}”"
    return ""
