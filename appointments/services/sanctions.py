"""处分 and 限制提拔: the interval comes from the policy, the row stands beside the person (domain.md §3,
§4)."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Demotion
from appointments.rules.locks import PROBATION_FAILED, lock_interval, sanction_end
from appointments.states import OFFICE
from reform.errors import Refused, RuleError
from reform.ladder import Policy
from reform.models import Person, PromotionLock, Sanction
from reform.selectors import policy_of, policy_version_as_of
from reform.services import promotion_locks_register, sanctions_register
from reform.services.steps import require_permission


@transaction.atomic
def sanction_record(*, sanction: Sanction, actor: AbstractBaseUser) -> Sanction:
    """Register a 处分 with the 影响期 that the policy of its day gives, or an investigation, which has none.

    A zone's own end, where it is given, stays. Raises Refused with all reasons.
    """
    require_permission(actor, OFFICE, "登记处分")
    sanction.full_clean()
    is_open = sanction.kind == Sanction.Kind.INVESTIGATION
    reasons = []
    if not is_open and not sanction.document_no.strip():
        reasons.append("处分须填写文号")
    if sanction.ends_before and sanction.ends_before <= sanction.decided_on:
        reasons.append(f"影响期止{sanction.ends_before}须晚于决定日期{sanction.decided_on}")
    if is_open and sanction.person.sanctions.filter(kind=sanction.kind, ends_before=None).exists():
        reasons.append("此人已有一个未结束的立案审查")
    if reasons:
        raise Refused(reasons)
    if sanction.ends_before is None:
        policy = policy_of(policy_version_as_of(sanction.person.zone, sanction.decided_on))
        sanction.ends_before = sanction_end(
            sanction.kind, sanction.decided_on, policy["round.sanction_months"]
        )
    sanctions_register(zone=sanction.person.zone, sanctions=[sanction], actor=actor)
    return sanction


def promotion_lock(
    person: Person,
    *,
    cause: str,
    starts_on: date,
    document_no: str,
    policy: Policy,
    is_demotion: bool,
) -> PromotionLock | None:
    """The lock that a cause brings by the policy, unsaved; None where it brings none."""
    found = lock_interval(cause, starts_on, policy["round.lock_months"], is_demotion=is_demotion)
    if found is None:
        return None
    return PromotionLock(
        person_id=person.pk,
        cause=cause,
        reason=_label(cause, is_demotion),
        starts_on=found.starts_on,
        ends_before=found.ends_before,
        document_no=document_no,
    )


@transaction.atomic
def promotion_lock_record(
    *, person: Person, cause: str, starts_on: date, document_no: str, actor: AbstractBaseUser
) -> PromotionLock | None:
    """Lock promotion after a 调岗 or 免职 under D1–D6 that lowers no level; None where the cause locks
    nothing."""
    require_permission(actor, OFFICE, "登记限制提拔")
    policy = policy_of(policy_version_as_of(person.zone, starts_on))
    lock = promotion_lock(
        person,
        cause=cause,
        starts_on=starts_on,
        document_no=document_no,
        policy=policy,
        is_demotion=False,
    )
    if lock is not None:
        promotion_locks_register(zone=person.zone, locks=[lock], actor=actor, reason=lock.reason)
    return lock


def _label(cause: str, is_demotion: bool) -> str:
    if cause == PROBATION_FAILED:
        return "试用期满考核不合格，免去试任职务"
    name = dict(Demotion.Reason.choices).get(cause)
    if name is None:
        raise RuleError(f"没有限制提拔的原因“{cause}”。")
    return f"{name}（{'降职' if is_demotion else '调岗或免职'}）"
