"""The pay parameters of a policy version, as the rules take them (domain.md §7, §12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from reform.errors import RuleError
from reform.rounding import exact, to_coefficient

from .figures import number_text, percent_text

LARGEST = 100**4  # yuan of one post and month; beyond it a slip of the pen


class EffectiveRule(StrEnum):
    """From which day a change of post changes the pay (调薪生效规则)."""

    NEXT_MONTH = "NEXT_MONTH"
    SAME_MONTH = "SAME_MONTH"
    DECISION_DAY = "DECISION_DAY"

    @property
    def label(self) -> str:
        return {"NEXT_MONTH": "次月起", "SAME_MONTH": "当月起", "DECISION_DAY": "决定当日起"}[self]


class ReferenceRule(StrEnum):
    """What the unit coefficient is measured against (基准分)."""

    FIXED = "FIXED"
    ZONE_MEAN = "ZONE_MEAN"

    @property
    def label(self) -> str:
        return {"FIXED": "固定分数", "ZONE_MEAN": "全区单位得分的平均"}[self]


class PoolPreset(StrEnum):
    """Where the amount of the wage pool comes from."""

    A = "A"
    B = "B"
    C = "C"

    @property
    def label(self) -> str:
        return {"A": "对应公务员年收入乘以倍数", "B": "开发区自定绩效总量", "C": "批复的总额"}[self]


@dataclass(frozen=True, slots=True)
class WaitingPay:
    """Pay while awaiting a post (待岗): the first months, then not below the local minimum wage.

    full_months: how many months 岗位工资 is paid at `share`.  minimum_wage: yuan a month.
    """

    full_months: int
    share: Decimal
    minimum_wage: Decimal


@dataclass(frozen=True, slots=True)
class OutlierLimits:
    """When a line is shown to the checker as unusual.

    change: share of the former gross that it may rise or fall by.  fence: how many quartile distances beyond
    the quartiles of its level it may lie.
    """

    change: Decimal
    fence: Decimal


@dataclass(frozen=True, slots=True)
class PayPolicy:
    """Everything of §7 that a zone sets.

    point_value: yuan a month.  ratio: 基础, 岗位, 绩效.  post_coefficients: level code → K_post; each
    sub-level adds `sub_level_step`.  grade_coefficients: grade → K_p.  reference, low, high: of K_u.
    month_workdays: 月计薪天数.  Shares and factors are 0–1.
    """

    point_value: Decimal
    ratio: tuple[Decimal, Decimal, Decimal]
    post_coefficients: Mapping[str, Decimal]
    sub_level_step: Decimal
    grade_coefficients: Mapping[str, Decimal]
    reference: Decimal
    low: Decimal
    high: Decimal
    prepay_share: Decimal
    effective_rule: EffectiveRule
    probation_factor: Decimal
    protect_months: int
    clawback: bool
    performance_share_floor: Decimal
    month_workdays: Decimal
    waiting: WaitingPay
    pool_preset: PoolPreset
    pool_multiple: Decimal
    pool_warn_ratio: Decimal
    outlier: OutlierLimits
    reference_rule: ReferenceRule = ReferenceRule.FIXED


def post_coefficient(policy: PayPolicy, level: str, sub_level: int = 0) -> Decimal:
    """K_post of a level; each sub-level above the plain one adds the policy's step.

    Raises RuleError for a level without a coefficient.  Source: domain.md §7.
    """
    if sub_level < 0:
        raise RuleError(f"层级内的档次不能是负数，现为 {sub_level}。")
    try:
        plain = policy.post_coefficients[level]
    except KeyError:
        raise RuleError(f"政策参数“岗位系数”没有层级“{level}”。请在政策参数中补上。") from None
    return to_coefficient(plain + policy.sub_level_step * sub_level)


def performance_share(ratio: Sequence[Decimal]) -> Decimal:
    """绩效占比 of a ratio base:post:performance, exact to the precision of a division."""
    return ratio[-1] / sum(ratio, Decimal(0))


def ratio_faults(ratio: Sequence[Decimal], floor: Decimal) -> list[str]:
    """What is wrong with a ratio base:post:performance, in Chinese: no whole, or too little performance."""
    shown = ":".join(number_text(part).removesuffix(".0") for part in ratio)
    if any(not part.is_finite() or part < 0 for part in ratio) or not any(ratio):
        return [f"基础、岗位、绩效之比须为不小于 0 的数且不全为 0，现为 {shown}"]
    whole = sum(map(exact, ratio))
    if exact(ratio[-1]) < exact(floor) * whole:
        # Cut, not rounded: what lies below the floor must not be shown as the floor.
        share = Decimal(int(exact(ratio[-1]) / whole * 100 * 100)).scaleb(-4)
        return [f"绩效占比 {percent_text(share)} 低于下限 {percent_text(floor)}（{shown}），请提高绩效部分"]
    return []


def policy_faults(policy: PayPolicy) -> list[str]:
    """All that contradicts itself in a version's pay parameters, in Chinese."""
    faults = ratio_faults(policy.ratio, policy.performance_share_floor)
    if policy.point_value <= 0:
        faults.append(f"薪点值须大于 0，现为 {policy.point_value}")
    if policy.reference <= 0:
        faults.append(f"单位系数的基准分须大于 0，现为 {policy.reference}")
    if policy.low > policy.high:
        faults.append(f"单位系数的下限 {policy.low} 高于上限 {policy.high}")
    if policy.month_workdays <= 0:
        faults.append(f"月计薪天数须大于 0，现为 {policy.month_workdays}")
    shares = {
        "绩效预发比例": policy.prepay_share,
        "绩效占比下限": policy.performance_share_floor,
        "试用期薪酬系数": policy.probation_factor,
        "待岗期间的岗位工资比例": policy.waiting.share,
        "总额预警比例": policy.pool_warn_ratio,
    }
    faults += [f"{name}不能大于 1，现为 {share}" for name, share in shares.items() if share > 1]
    if policy.protect_months > 12:
        faults.append(f"降职过渡补差最多 12 个月，现为 {policy.protect_months} 个月")
    return faults + _size_faults(policy) + _grade_faults(policy.grade_coefficients)


def _size_faults(policy: PayPolicy) -> list[str]:
    """What no column of a pay line holds: a coefficient has two places before the point."""
    coefficients = {
        "单位系数的上限": policy.high,
        "单位系数的下限": policy.low,
        "层级内每档加的系数": policy.sub_level_step,
        **{f"{level}的岗位系数": one for level, one in policy.post_coefficients.items()},
        **{f"{grade}等的个人系数": one for grade, one in policy.grade_coefficients.items()},
    }
    faults = [f"{name}须小于 100，现为 {one}" for name, one in coefficients.items() if one >= 100]
    amounts = {"薪点值": policy.point_value, "最低工资": policy.waiting.minimum_wage}
    large = {name: one for name, one in amounts.items() if one >= LARGEST}
    return faults + [f"{name}须小于 {LARGEST:,} 元，现为 {one}" for name, one in large.items()]


def _grade_faults(coefficients: Mapping[str, Decimal]) -> list[str]:
    """Pay never falls with a better grade: A, B, C, D in this order."""
    ordered = sorted(coefficients.items())
    return [
        f"个人绩效系数：{better} 等 {high} 不能低于 {worse} 等 {low}"
        for (better, high), (worse, low) in pairwise(ordered)
        if high < low
    ]
