"""降职手续 (I7): reason code, talk, written notice with the appeal rights; and the lock that follows
(domain.md §4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Demotion, Round
from appointments.states import OFFICE
from reform.errors import Refused
from reform.models import PromotionLock
from reform.selectors import policy_of
from reform.services import audit_record, promotion_locks_register, save_all
from reform.services.steps import Refusal, require_permission

from .sanctions import promotion_lock


@dataclass(frozen=True)
class Demoted:
    """What a bulk call came to."""

    recorded: list[Demotion] = field(default_factory=list)
    locks: list[PromotionLock] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def demotions_record(
    *, round_: Round, demotions: Sequence[Demotion], actor: AbstractBaseUser, on: date
) -> Demoted:
    """Register the papers of demotions, and the lock on promotion where the policy gives the reason months.

    Each is complete or refused with its reasons; the complete ones are written, in a fixed number of
    statements.
    """
    require_permission(actor, OFFICE, "登记降职手续")
    policy = policy_of(round_.policy)
    present = set(Demotion.objects.filter(round=round_).values_list("person_id", flat=True))
    scope = set(round_.baselines.values_list("person_id", flat=True))
    refused, good = [], []
    for one in demotions:
        one.round = round_
        reasons = _lacks(one, on)
        if one.person_id in present:
            reasons.append("本轮已登记过降职手续")
        if one.person_id not in scope:
            reasons.append("本轮没有此人的基准，不是降职")
        if reasons:
            refused.append(Refusal(one, tuple(reasons)))
        else:
            present.add(one.person_id)
            good.append(one)
    if not good:
        return Demoted(refused=refused)
    event = audit_record(
        actor=actor,
        action="登记降职手续",
        zone=round_.zone,
        subject=str(good[0]) if len(good) == 1 else f"{round_} {len(good)}人",
        document_no=good[0].notice_no if len(good) == 1 else "",
    )
    save_all(event, created=good)
    found = (
        promotion_lock(
            one.person,
            cause=one.reason_code,
            starts_on=one.notice_on,
            document_no=one.notice_no,
            policy=policy,
            is_demotion=True,
        )
        for one in good
    )
    locks = [lock for lock in found if lock is not None]
    promotion_locks_register(zone=round_.zone, locks=locks, actor=actor, reason="降职")
    return Demoted(good, locks, refused)


@transaction.atomic
def demotion_record(*, demotion: Demotion, actor: AbstractBaseUser, on: date) -> Demotion:
    """One demotion's papers; raises Refused with all that is missing."""
    done = demotions_record(round_=demotion.round, demotions=[demotion], actor=actor, on=on)
    if done.refused:
        raise Refused(done.refused[0].reasons)
    return demotion


def _lacks(demotion: Demotion, on: date) -> list[str]:
    reasons = []
    if demotion.reason_code not in Demotion.Reason.values:
        reasons.append("须选择降职原因（D1—D6）")
    for value, what in (
        (demotion.talk_by, "谈话人"),
        (demotion.talk_record, "谈话记录"),
        (demotion.notice_no, "告知书文号"),
    ):
        if not value.strip():
            reasons.append(f"缺少{what}")
    if demotion.notice_on < demotion.talk_on:
        reasons.append(f"告知日期{demotion.notice_on}早于谈话日期{demotion.talk_on}")
    if demotion.notice_on > on:
        reasons.append(f"告知日期{demotion.notice_on}还没有到，今天是{on}")
    if not demotion.appeal_rights_told:
        reasons.append("告知书须写明复核、申诉的权利和期限")
    return reasons
