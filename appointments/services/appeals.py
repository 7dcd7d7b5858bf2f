"""复核、申诉、仲裁: filed in time, extended once, decided; nothing of it suspends what is contested
(domain.md §6)."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appeal
from appointments.rules.appeals import (
    Filing,
    decision_due_on,
    decision_reasons,
    extended_due_on,
    filing_reasons,
)
from appointments.states import LEADERS, OFFICE, PERSON, SUPERVISORS
from reform.access import person_of
from reform.errors import Refused, RuleError
from reform.ladder import Policy
from reform.models import Zone
from reform.selectors import policy_of, policy_version_as_of
from reform.services import audit_record, edit, save_all, set_state

State = Appeal.State
_WORDS: dict[str, str] = {
    State.UPHELD: "已予以变更",
    State.REJECTED: "已维持原决定",
    State.WITHDRAWN: "已撤回",
}


@transaction.atomic
def appeal_file(*, appeal: Appeal, actor: AbstractBaseUser) -> Appeal:
    """Accept an appeal that is in time, with the day by which it is to be decided.

    By the person, or registered by the office or the 监督组. Raises Refused with all reasons.
    """
    own = person_of(actor)
    if not (_may(actor, OFFICE, SUPERVISORS) or (_may(actor, PERSON) and own == appeal.person)):
        raise Refused(["复核、申诉由本人提出，或由聘任办公室、监督组登记"])
    appeal.zone = appeal.person.zone
    days = _days(appeal.zone, appeal.filed_on)
    after = appeal.after
    reasons = filing_reasons(
        Filing(
            kind=appeal.kind,
            known_on=appeal.known_on,
            filed_on=appeal.filed_on,
            after_kind=after.kind if after else "",
            after_state=after.state if after else "",
        ),
        days,
    )
    if after and after.person_id != appeal.person_id:
        reasons.append("所针对的复核不是此人提出的")
    if after and after.decided_on and appeal.known_on < after.decided_on:
        reasons.append(f"知道复核决定的日期{appeal.known_on}早于决定日期{after.decided_on}")
    same = Appeal.objects.filter(person=appeal.person, kind=appeal.kind, about=appeal.about, state=State.OPEN)
    if same.exists():
        reasons.append("同一决定已有一件同种类的在办")
    if reasons:
        raise Refused(reasons)
    appeal.due_on = decision_due_on(appeal.kind, appeal.filed_on, days)
    appeal.full_clean()
    event = audit_record(
        actor=actor,
        action=f"受理{appeal.get_kind_display()}",
        zone=appeal.zone,
        subject=str(appeal),
        reason=appeal.about,
        details={"due_on": appeal.due_on},
    )
    save_all(event, created=[appeal])
    return appeal


@transaction.atomic
def appeal_extend(*, appeal: Appeal, reason: str, actor: AbstractBaseUser) -> None:
    """Give the decision more time, once and where the policy allows it."""
    if not _may(actor, OFFICE, SUPERVISORS):
        raise Refused(["延长办理期限由聘任办公室或监督组办理"])
    _require_open(appeal)
    if not reason.strip():
        raise Refused(["须写明延长的理由"])
    due_on = extended_due_on(
        appeal.kind, appeal.due_on, _days(appeal.zone, appeal.filed_on), is_extended=appeal.is_extended
    )
    event = audit_record(
        actor=actor, action="延长办理期限", zone=appeal.zone, subject=str(appeal), reason=reason
    )
    save_all(event, changed=[edit(appeal, due_on=due_on, is_extended=True)])


@transaction.atomic
def appeal_decide(
    *,
    appeal: Appeal,
    upholds: bool,
    decision: str,
    document_no: str,
    decided_on: date,
    actor: AbstractBaseUser,
    level: str = "",
) -> None:
    """Register the decision: 予以变更 or 维持原决定; by the 监督组 or the leaders, not by the office whose
    act is contested.

    level: the level of post that the decision gives, where it speaks of one: never lower than the contested
    one. What a changed decision means for the post is then done by its own step.
    """
    if not _may(actor, SUPERVISORS, LEADERS):
        raise Refused(["复核、申诉的决定由监督组或领导小组登记，不由聘任办公室登记"])
    _require_open(appeal)
    reasons = [] if decision.strip() else ["决定内容不能为空"]
    if not document_no.strip():
        reasons.append("须填写决定文号")
    if decided_on < appeal.filed_on:
        reasons.append(f"决定日期{decided_on}早于提出日期{appeal.filed_on}")
    if person_of(actor) == appeal.person:
        reasons.append("不能决定自己的复核、申诉")
    reasons += _worse(appeal, level)
    if reasons:
        raise Refused(reasons)
    _close(appeal, State.UPHELD if upholds else State.REJECTED, actor, decision, document_no)
    event = audit_record(
        actor=actor,
        action="复核、申诉决定",
        zone=appeal.zone,
        subject=str(appeal),
        reason=decision,
        document_no=document_no,
        details={"level": level} if level else None,
    )
    save_all(event, changed=[edit(appeal, decision=decision, document_no=document_no, decided_on=decided_on)])


@transaction.atomic
def appeal_withdraw(*, appeal: Appeal, reason: str, actor: AbstractBaseUser) -> None:
    """The person takes an appeal back."""
    own = person_of(actor) == appeal.person and _may(actor, PERSON)
    if not (own or _may(actor, OFFICE, SUPERVISORS)):
        raise Refused(["复核、申诉由本人撤回，或由聘任办公室、监督组登记撤回"])
    _require_open(appeal)
    _close(appeal, State.WITHDRAWN, actor, reason, "")


def _close(appeal: Appeal, target: str, actor: AbstractBaseUser, reason: str, document_no: str) -> None:
    set_state(
        appeal,
        source=State.OPEN,
        target=target,
        event=State(target).label,
        actor=actor,
        reason=reason,
        document_no=document_no,
    )


def _worse(appeal: Appeal, level: str) -> list[str]:
    if not level or appeal.appointment is None:
        return []
    ladder = policy_of(appeal.appointment.round.policy).ladder.by_code
    if level not in ladder:
        return [f"层级“{level}”不在本轮的层级表中"]
    contested, decided = ladder[appeal.appointment.held_level], ladder[level]
    if contested.is_outside or decided.is_outside:
        return []
    return decision_reasons(contested.rank_order, decided.rank_order)


def _require_open(appeal: Appeal) -> None:
    if appeal.state != State.OPEN:
        raise RuleError(f"这件{appeal.get_kind_display()}{_WORDS[appeal.state]}，不能再办理。")


def _days(zone: Zone, on: date) -> dict[str, dict[str, int]]:
    policy: Policy = policy_of(policy_version_as_of(zone, on))
    days: dict[str, dict[str, int]] = policy["round.appeal_days"]
    return days


def _may(actor: AbstractBaseUser, *permissions: str) -> bool:
    return any(getattr(actor, "has_perm", lambda _: False)(one) for one in permissions)
