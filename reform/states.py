"""The machine of a policy version (domain.md §12): made by one person, in force only by another's word."""

from enum import StrEnum

from reform.workflow import Transition

MAKE_POLICY = "reform.change_policyversion"
APPROVE_POLICY = "reform.approve_policy"


class PolicyState(StrEnum):
    """政策版本; the codes are those of PolicyVersion.State."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_FORCE = "IN_FORCE"

    @property
    def label(self) -> str:
        return {"DRAFT": "起草", "SUBMITTED": "待批准", "IN_FORCE": "已生效"}[self.value]


_S = PolicyState
POLICY_TRANSITIONS = (
    Transition("submit", _S.DRAFT, _S.SUBMITTED, MAKE_POLICY, label="提交政策版本"),
    Transition("return", _S.SUBMITTED, _S.DRAFT, label="退回政策版本"),
    Transition("approve", _S.SUBMITTED, _S.IN_FORCE, APPROVE_POLICY, label="批准政策版本"),
)
