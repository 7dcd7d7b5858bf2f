"""处分 and 限制提拔: the interval comes from the policy, the row stands beside the person (domain.md §3,
§4)."""

from datetime import date

from appointments.models import Demotion
from appointments.rules.locks import PROBATION_FAILED, lock_interval
from reform.errors import RuleError
from reform.ladder import Policy
from reform.models import Person, PromotionLock


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


def _label(cause: str, is_demotion: bool) -> str:
    if cause == PROBATION_FAILED:
        return "试用期满考核不合格，免去试任职务"
    name = dict(Demotion.Reason.choices).get(cause)
    if name is None:
        raise RuleError(f"没有限制提拔的原因“{cause}”。")
    return f"{name}（{'降职' if is_demotion else '调岗或免职'}）"
