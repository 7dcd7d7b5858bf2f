"""Pay parameters as the rules see them; a version in which they contradict each other is not submitted."""

from datetime import date
from typing import Any

import pytest

from compensation.rules.policy import EffectiveRule, PoolPreset
from compensation.selectors import default_pay_policy, pay_policy_as_of
from compensation.selectors.policy import pay_faults
from reform.errors import PolicyMissing, Refused
from reform.models import PolicyParameter, PolicyVersion
from reform.selectors import policy_of
from reform.services.policy import policy_draft, policy_edit, policy_submit
from tests import factories as make
from tests.compensation.pay_values import DEFAULT

ON = date(2026, 3, 1)


@pytest.fixture
def zone(db: None) -> Any:
    return make.a_zone()


def test_default_policy_and_a_zones_copy_hold_the_same_parameters(zone: Any):
    assert default_pay_policy() == DEFAULT
    assert pay_policy_as_of(zone, ON) == DEFAULT


def test_share_below_the_floor_keeps_a_version_from_being_submitted(zone: Any):
    maker = make.a_user(zone, "人事")
    draft = policy_draft(zone=zone, actor=maker, on=ON)
    policy_edit(
        version=draft,
        actor=maker,
        values={
            "pay.ratio": [4, 3, 3],
            "pay.unit_coefficient": {"reference": "90", "low": "1.30", "high": "1.20"},
        },
        source="高办〔2026〕1号",
    )
    with pytest.raises(Refused) as refused:
        policy_submit(version=draft, actor=maker)
    assert refused.value.reasons == (
        "绩效占比 30% 低于下限 40%（4:3:3），请提高绩效部分",
        "单位系数的下限 1.30 高于上限 1.20",
    )
    policy_edit(
        version=draft,
        actor=maker,
        values={
            "pay.ratio": [3, 3, 4],
            "pay.effective_rule": "DECISION_DAY",
            "pay.pool_preset": "A",
            "pay.unit_coefficient": {"reference": "90", "low": "0.70", "high": "1.20"},
        },
    )
    policy_submit(version=draft, actor=maker)
    found = policy_of(draft)
    assert pay_faults(found) == []
    assert (found["pay.effective_rule"], found["pay.pool_preset"]) == (
        EffectiveRule.DECISION_DAY,
        PoolPreset.A,
    )


def test_contradicting_version_in_force_computes_nothing(zone: Any):
    row = PolicyParameter.objects.get(version__zone=zone, key="pay.prepay_share")
    row.value = "1.5"
    row.save()
    with pytest.raises(Refused, match="绩效预发比例不能大于 1"):
        pay_policy_as_of(zone, ON)


def test_missing_parameter_is_named(zone: Any):
    version = PolicyVersion.objects.get(zone=zone)
    version.parameters.get(key="pay.waiting").delete()
    assert pay_faults(policy_of(version)) == ["政策第1版缺少参数“pay.waiting”。请在政策参数中补上"]
    with pytest.raises(PolicyMissing):
        pay_policy_as_of(zone, ON)
