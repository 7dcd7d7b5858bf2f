"""公示 of a 拟聘名单: opened for so many working days, reported by the office, confirmed by somebody else
(B9)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from appointments.models import Application, Meeting, Objection, ProposalList, Publicity
from appointments.rules.proposals import lacks_for_exception
from appointments.selectors.proposals import list_check
from appointments.selectors.publicity import publicity_period
from appointments.states import OFFICE, PROPOSED_OR_APPOINTED, SUPERVISORS, BatchState
from reform.errors import Refused, StaleState
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission
from reform.workdays import fallback_warning

from .locks import lock_batch, lock_zone


@dataclass(frozen=True)
class OpenedPublicity:
    """A 公示, and what to tell whoever opened it: '' where the calendar covers its days."""

    publicity: Publicity
    warning: str


@transaction.atomic
def publicity_open(
    *,
    proposal: ProposalList,
    starts_on: date,
    phone: str,
    address: str,
    office: str,
    actor: AbstractBaseUser,
    on: date,
    document_no: str = "",
) -> OpenedPublicity:
    """Put a list that was voted on before the public: the last day follows from the policy's working days and
    the calendar. A year that the calendar lacks is counted Monday to Friday, with a warning. Days on which
    nobody could see the list do not count: it begins today at the earliest."""
    require_permission(actor, OFFICE, "公示")
    batch = lock_batch(proposal.batch)
    reasons = _obstacles(proposal, BatchState(batch.state), starts_on)
    reasons += _past(starts_on, on) + _unsaid(phone=phone, address=address, office=office)
    if reasons:
        raise Refused(reasons)
    period = publicity_period(batch.round, starts_on)
    publicity = Publicity(
        proposal=proposal,
        starts_on=starts_on,
        ends_before=period.last_on + timedelta(days=1),
        document_no=document_no,
        phone=phone,
        address=address,
        office=office,
    )
    publicity.full_clean()
    event = audit_record(
        actor=actor,
        action="公示",
        zone=batch.round.zone,
        subject=f"{proposal} {starts_on}至{period.last_on}",
        document_no=document_no,
    )
    save_all(event, created=[publicity])
    return OpenedPublicity(publicity, fallback_warning(period.years_missing))


@transaction.atomic
def publicity_correct(
    *,
    publicity: Publicity,
    starts_on: date,
    phone: str,
    address: str,
    office: str,
    actor: AbstractBaseUser,
    on: date,
    document_no: str = "",
) -> OpenedPublicity:
    """Mend what was typed wrong in a 公示 whose result is not reported yet. Another first day lies ahead, so
    that all its working days are given anew; it stands once an objection has been received."""
    require_permission(actor, OFFICE, "更正公示")
    batch = lock_batch(publicity.proposal.batch)
    fresh = Publicity.objects.select_related("proposal__batch__round__zone").get(pk=publicity.pk)
    reasons = [] if batch.state == BatchState.PUBLICITY else ["批次不在公示阶段"]
    if fresh.reported_by_id is not None:
        reasons.append("公示结果已经报告，不能再更正")
    if starts_on != fresh.starts_on:
        reasons += _past(starts_on, on)
        if _objections(fresh).exists():
            reasons.append("已收到异议，起始日期不能再改")
        meeting = Meeting.objects.get(proposal=fresh.proposal_id)
        if starts_on < meeting.held_on:
            reasons.append(f"公示从{starts_on}开始，早于会议日期{meeting.held_on}")
    reasons += _unsaid(phone=phone, address=address, office=office)
    if reasons:
        raise Refused(reasons)
    period = publicity_period(batch.round, starts_on)
    values: dict[str, Any] = {
        "phone": phone,
        "address": address,
        "office": office,
        "document_no": document_no,
    }
    if starts_on != fresh.starts_on:
        values |= {"starts_on": starts_on, "ends_before": period.last_on + timedelta(days=1)}
    _write(fresh, publicity, "更正公示", actor, **values)
    return OpenedPublicity(publicity, fallback_warning(period.years_missing))


def _past(starts_on: date, on: date) -> list[str]:
    return [f"公示从{starts_on}开始，今天是{on}，已过去的日子不能计入公示"] if starts_on < on else []


def _unsaid(*, phone: str, address: str, office: str) -> list[str]:
    wanted = {"受理电话": phone, "受理地址": address, "受理部门": office}
    return [f"须填写{name}" for name, value in wanted.items() if not value.strip()]


def _objections(publicity: Publicity) -> QuerySet[Objection]:
    return Objection.objects.filter(
        application__proposal_rows__list=publicity.proposal_id, kind=Objection.Kind.PUBLICITY
    )


def _obstacles(proposal: ProposalList, state: BatchState, starts_on: date) -> list[str]:
    reasons = [] if state == BatchState.PUBLICITY else [f"批次在“{state.label}”，研究通过后才能公示"]
    if Publicity.objects.filter(proposal=proposal).exists():
        reasons.append(f"{proposal}已经公示")
    meeting = Meeting.objects.filter(proposal=proposal).first()
    if meeting is None:
        reasons.append("名单还没有经会议研究")
    elif starts_on < meeting.held_on:
        reasons.append(f"公示从{starts_on}开始，早于会议日期{meeting.held_on}")
    rows = Application.objects.filter(proposal_rows__list=proposal, state__in=PROPOSED_OR_APPOINTED)
    if meeting and not rows.exists():
        reasons.append("名单上没有拟聘人员")
    for fact in list_check(proposal).facts:
        one = fact.application
        if one.state in PROPOSED_OR_APPOINTED and "越级理由" in lacks_for_exception(
            fact.change, one.exception_reason, one.superior_document_no
        ):
            reasons.append(f"{fact.name}越级提拔，公示须写明理由")
    return reasons


@transaction.atomic
def publicity_report(*, publicity: Publicity, result: str, actor: AbstractBaseUser, on: date) -> None:
    """The office reports what a 公示 came to, after its last day and when every objection is closed."""
    require_permission(actor, OFFICE, "报告公示结果")
    lock_zone(publicity.zone)
    fresh = Publicity.objects.select_related("proposal__batch__round__zone").get(pk=publicity.pk)
    reasons = [] if result.strip() else ["须填写公示结果"]
    if on <= fresh.last_on:
        reasons.append(f"公示到{fresh.last_on}结束，今天是{on}")
    reasons += _unclosed(fresh)
    if fresh.confirmed_by_id is not None:
        reasons.append("公示结果已经确认，不能再改")
    if reasons:
        raise Refused(reasons)
    _write(fresh, publicity, "报告公示结果", actor, result=result, reported_by_id=actor.pk)


def _unclosed(publicity: Publicity) -> list[str]:
    number = _objections(publicity).filter(state=Objection.State.OPEN).count()
    return [f"还有{number}件异议没有办结"] if number else []


@transaction.atomic
def publicity_confirm(*, publicity: Publicity, actor: AbstractBaseUser, on: date) -> None:
    """监督组 confirms the report: somebody else than who wrote it."""
    require_permission(actor, SUPERVISORS, "确认公示结果")
    lock_zone(publicity.zone)
    fresh = Publicity.objects.select_related("proposal__batch__round__zone", "confirmed_by").get(
        pk=publicity.pk
    )
    if fresh.confirmed_by is not None:
        who = fresh.confirmed_by.get_full_name() or fresh.confirmed_by.get_username()
        raise StaleState(f"“{fresh}”的结果刚由{who}确认，没有再次写入。请刷新后再看。")
    reasons = [] if fresh.reported_by_id else ["还没有报告公示结果"]
    if fresh.reported_by_id == actor.pk:
        reasons.append("报告人不能确认自己的报告")
    if on <= fresh.last_on:
        reasons.append(f"公示到{fresh.last_on}结束，今天是{on}")
    reasons += _unclosed(fresh)
    if reasons:
        raise Refused(reasons)
    _write(fresh, publicity, "确认公示结果", actor, confirmed_by_id=actor.pk)


def _write(fresh: Publicity, given: Publicity, action: str, actor: AbstractBaseUser, **values: Any) -> None:
    event = audit_record(actor=actor, action=action, zone=fresh.zone, subject=str(fresh))
    save_all(event, changed=[edit(fresh, **values)])
    for name, value in values.items():
        setattr(given, name, value)
