"""A version's pay parameters as the rules take them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from compensation.rules.policy import (
    EffectiveRule,
    OutlierLimits,
    PayPolicy,
    PoolPreset,
    ReferenceRule,
    WaitingPay,
    policy_faults,
)
from reform.errors import PolicyMissing, Refused
from reform.ladder import Policy
from reform.models import PolicyVersion, Zone
from reform.selectors import policy_of, policy_version_as_of


def pay_policy(policy: Policy) -> PayPolicy:
    """The parameters pay.* of a policy, as Decimal; raises PolicyMissing for one that it lacks."""
    unit: Mapping[str, Any] = policy["pay.unit_coefficient"]
    waiting: Mapping[str, Any] = policy["pay.waiting"]
    outlier: Mapping[str, Any] = policy["pay.outlier"]
    base, position, performance = (_number(part) for part in policy["pay.ratio"])
    return PayPolicy(
        point_value=_number(policy["pay.point_value"]),
        ratio=(base, position, performance),
        post_coefficients=_numbers(policy["pay.post_coefficients"]),
        sub_level_step=_number(policy["pay.sub_level_step"]),
        grade_coefficients=_numbers(policy["pay.grade_coefficients"]),
        reference=_number(unit["reference"]),
        low=_number(unit["low"]),
        high=_number(unit["high"]),
        prepay_share=_number(policy["pay.prepay_share"]),
        effective_rule=EffectiveRule(policy["pay.effective_rule"]),
        probation_factor=_number(policy["pay.probation_factor"]),
        protect_months=int(policy["pay.protect_months"]),
        clawback=bool(policy["pay.clawback"]),
        performance_share_floor=_number(policy["pay.performance_share_floor"]),
        month_workdays=_number(policy["pay.month_workdays"]),
        waiting=WaitingPay(
            full_months=int(waiting["full_months"]),
            share=_number(waiting["share"]),
            minimum_wage=_number(waiting["minimum_wage"]),
        ),
        pool_preset=PoolPreset(policy["pay.pool_preset"]),
        pool_multiple=_number(policy["pay.pool_multiple"]),
        pool_warn_ratio=_number(policy["pay.pool_warn_ratio"]),
        outlier=OutlierLimits(change=_number(outlier["change"]), fence=_number(outlier["fence"])),
        reference_rule=ReferenceRule(policy["pay.reference_rule"]),
    )


def pay_policy_as_of(zone: Zone, on: date) -> PayPolicy:
    """The pay parameters in force on a day: of a run, the first day of its month.

    Raises PolicyMissing before the first version, Refused with every contradiction among the parameters.
    """
    found = pay_policy(policy_of(policy_version_as_of(zone, on)))
    faults = policy_faults(found)
    if faults:
        raise Refused(faults)
    return found


def pay_faults(policy: Policy) -> list[str]:
    """What keeps a version's pay parameters from being submitted: a contradiction, a share below its floor, a
    parameter that is missing."""
    try:
        return policy_faults(pay_policy(policy))
    except PolicyMissing as fault:
        return [str(fault).rstrip("。")]


def default_pay_policy() -> PayPolicy:
    """The pay parameters of the default policy, which a new zone gets a copy of."""
    version = PolicyVersion.objects.filter(zone=None).order_by("-number").first()
    if version is None:
        raise PolicyMissing("数据库中没有默认政策。请先运行 migrate。")
    return pay_policy(policy_of(version))


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _numbers(table: Mapping[str, Any]) -> dict[str, Decimal]:
    return {key: _number(value) for key, value in table.items()}
