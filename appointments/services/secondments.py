"""挂职 out and in: registered in bulk, reported on, ended (domain.md §5)."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Secondment
from appointments.rules.terms import last_day
from appointments.states import OFFICE
from reform.errors import Refused
from reform.models import Tenure, TenureKind, Zone
from reform.services import audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission

Direction = Secondment.Direction


@transaction.atomic
def secondments_register(
    *, zone: Zone, secondments: Sequence[Secondment], actor: AbstractBaseUser
) -> list[Refusal]:
    """Register 挂职 in bulk: 派出 keeps the main post and its seat; 接收 takes neither seat nor pay.

    The good ones are written in a fixed number of statements, the others returned with their reasons.
    """
    require_permission(actor, OFFICE, "登记挂职")
    held: dict[int, list[Tenure]] = {}
    for tenure in Tenure.objects.filter(zone=zone, kind=TenureKind.PRIMARY).order_by("id"):
        held.setdefault(tenure.person_id, []).append(tenure)
    spans: dict[int, list[Secondment]] = {}
    for known in Secondment.objects.filter(zone=zone).order_by("id"):
        spans.setdefault(known.person_id, []).append(known)
    refused, good = [], []
    for one in secondments:
        one.zone = zone
        others = spans.setdefault(one.person_id, [])
        reasons = [*_unfit(one, held.get(one.person_id, [])), *_overlaps(one, others)]
        if reasons:
            refused.append(Refusal(one, tuple(reasons)))
        else:
            others.append(one)
            good.append(one)
    if good:
        event = audit_record(
            actor=actor,
            action="登记挂职",
            zone=zone,
            subject=str(good[0]) if len(good) == 1 else f"{len(good)}人",
            document_no=good[0].document_no,
        )
        save_all(event, created=good)
    return refused


def _unfit(one: Secondment, held: Sequence[Tenure]) -> list[str]:
    if one.person.zone_id != one.zone_id:
        return ["不是本开发区的人员"]
    if one.ends_before <= one.starts_on:
        return [f"挂职止日{last_day(one.ends_before)}早于起日{one.starts_on}"]
    reasons = [] if one.host.strip() else ["须填写挂职单位（接收的填派出单位）"]
    is_here = any(
        (tenure.starts_on is None or tenure.starts_on <= one.starts_on)
        and (tenure.ends_before is None or tenure.ends_before > one.starts_on)
        for tenure in held
    )
    if one.direction == Direction.OUT and not is_here:
        reasons.append(f"{one.starts_on}没有主任职，不能派出挂职")
    if one.direction == Direction.IN and is_here:
        reasons.append("在本区有主任职，不是接收的挂职人员")
    return reasons


def _overlaps(one: Secondment, others: Sequence[Secondment]) -> list[str]:
    return [
        f"与{other.starts_on}至{other.last_on}在{other.host}的挂职重叠"
        for other in others
        if other.starts_on < one.ends_before and one.starts_on < (other.ended_on or other.ends_before)
    ]


@transaction.atomic
def secondment_report(
    *, secondment: Secondment, report: str, reported_on: date, actor: AbstractBaseUser
) -> None:
    """Register the report (挂职总结) that closes a 挂职; a second one replaces the first."""
    require_permission(actor, OFFICE, "登记挂职总结")
    reasons = [] if report.strip() else ["挂职总结不能为空"]
    if reported_on < secondment.starts_on:
        reasons.append(f"总结日期{reported_on}早于挂职起日{secondment.starts_on}")
    if reasons:
        raise Refused(reasons)
    event = audit_record(actor=actor, action="挂职总结", zone=secondment.zone, subject=str(secondment))
    save_all(event, changed=[edit(secondment, report=report, reported_on=reported_on)])


@transaction.atomic
def secondment_end(
    *,
    secondment: Secondment,
    ended_on: date,
    reason: str,
    actor: AbstractBaseUser,
    document_no: str = "",
) -> None:
    """Call somebody back before the time is over; ended_on: the first day on which it no longer holds."""
    require_permission(actor, OFFICE, "结束挂职")
    reasons = [] if reason.strip() else ["须写明提前结束的原因"]
    if secondment.ended_on is not None:
        reasons.append(f"已提前到{secondment.last_on}结束")
    elif not secondment.starts_on < ended_on < secondment.ends_before:
        reasons.append(f"提前结束日期{ended_on}须在{secondment.starts_on}之后、{secondment.ends_before}之前")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="结束挂职",
        zone=secondment.zone,
        subject=str(secondment),
        reason=reason,
        document_no=document_no,
    )
    save_all(event, changed=[edit(secondment, ended_on=ended_on)])
