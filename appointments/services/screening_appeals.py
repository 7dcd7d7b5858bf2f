"""破格 for one condition, and 异议 of a rejected applicant against the 资格审查."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import Application, Objection, Waiver
from appointments.rules.calendar import objections_until
from appointments.rules.eligibility import Outcome, rule_label
from appointments.rules.guards import ApplicationFacts, DecisionFacts
from appointments.rules.waivers import waiver_reasons
from appointments.selectors.applications import qualification_table, waivers_standing
from appointments.selectors.eligibility import screening_day, waiver_facts
from appointments.states import (
    APPLICATION_TRANSITIONS,
    WAIVER_TRANSITIONS,
    ApplicationState,
    BatchState,
    WaiverState,
)
from reform.errors import Refused
from reform.models import Membership
from reform.selectors import calendar_of, policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission, take_step

from .screening import duty_conflicts

_WAIVED = ("application__candidacy__person", "application__candidacy__round__zone", "application__position")


@transaction.atomic
def waiver_request(
    *, application: Application, rule: str, reason: str, actor: AbstractBaseUser, on: date
) -> Waiver:
    """Ask for 破格 of one failed condition, during the 资格审查. Raises Refused with every limit that stands
    against it (waivers.waiver_reasons)."""
    require_permission(actor, states.OFFICE, "提出破格")
    application = _locked(application)
    reasons = _open_reasons(application)
    if not reason.strip():
        reasons.append("破格须写明理由")
    reasons += _limits(application, rule, on)
    if reasons:
        raise Refused(reasons)
    if waivers_standing(application).exists():
        raise Refused(["这个志愿已有破格申请"])
    waiver = Waiver(
        application=application,
        rule=rule,
        reason=reason.strip(),
        requested_by_id=actor.pk,
        requested_on=on,
    )
    waiver.full_clean()
    event = audit_record(
        actor=actor,
        action="提出破格",
        zone=application.zone,
        subject=f"{application}：{rule_label(rule)}",
        reason=reason,
    )
    save_all(event, created=[waiver])
    return waiver


@transaction.atomic
def waiver_approve(*, waiver: Waiver, document_no: str, actor: AbstractBaseUser, on: date) -> None:
    """The 领导小组 allows it, somebody other than who asked; the reason goes to the application, which shows
    it in the 公示. The clerk's conclusion has to be drawn anew."""
    require_permission(actor, states.LEADERS, "批准破格")
    application = _locked(waiver.application)
    waiver = Waiver.objects.select_for_update().get(pk=waiver.pk)
    reasons = _open_reasons(application) + _decided(waiver)
    if waiver.requested_by_id == actor.pk:
        reasons.append("提出破格的人不能批准")
    if application.candidacy.person_id in duty_conflicts(actor, [application]):
        reasons.append(f"与{application.candidacy.person}有亲属关系或是本人，须回避")
    if not document_no.strip():
        reasons.append("须填写批准文号")
    reasons += _limits(application, waiver.rule, on)
    if reasons:
        raise Refused(reasons)
    take_step(
        waiver,
        table=WAIVER_TRANSITIONS,
        event="approve",
        facts=DecisionFacts(),
        actor=actor,
        on=on,
        reason=waiver.reason,
        document_no=document_no,
    )
    event = audit_record(
        actor=actor,
        action="记载破格",
        zone=application.zone,
        subject=f"{application}：{rule_label(waiver.rule)}",
        reason=waiver.reason,
        document_no=document_no,
    )
    changes = [
        edit(waiver, approved_by_id=actor.pk, document_no=document_no.strip()),
        edit(
            application,
            exception_reason=waiver.reason,
            conclusion="",
            conclusion_reason="",
            screened_by_id=None,
        ),
    ]
    save_all(event, changed=changes)


@transaction.atomic
def waiver_withdraw(*, waiver: Waiver, reason: str, actor: AbstractBaseUser, on: date) -> None:
    """Its maker takes a waiver back that nobody has decided on; afterwards another one may be asked for."""
    require_permission(actor, states.OFFICE, "撤回破格")
    fresh = Waiver.objects.select_for_update(of=("self",)).select_related(*_WAIVED).get(pk=waiver.pk)
    if reasons := _decided(fresh):
        raise Refused(reasons)
    take_step(
        fresh,
        table=WAIVER_TRANSITIONS,
        event="withdraw",
        facts=DecisionFacts(is_maker=fresh.requested_by_id == actor.pk),
        actor=actor,
        on=on,
        reason=reason,
    )
    waiver.state = fresh.state


def _decided(waiver: Waiver) -> list[str]:
    if waiver.approved_by_id:
        return ["破格已经批准"]
    return ["破格已经撤回"] if waiver.state == WaiverState.WITHDRAWN else []


def _limits(application: Application, rule: str, on: date) -> list[str]:
    """The limits count from the day on which the conditions are looked at."""
    batch = application.candidacy.batch
    failed = [one.rule for one in qualification_table(application) if one.final == Outcome.FAIL]
    day = screening_day(batch, on) if batch else on
    return waiver_reasons(waiver_facts(application, rule, failed, day), day)


def _open_reasons(application: Application) -> list[str]:
    batch = application.candidacy.batch
    reasons = []
    if batch is None or batch.state != BatchState.SCREENING:
        reasons.append("批次不在资格审查阶段")
    if application.state != ApplicationState.SUBMITTED:
        reasons.append(f"志愿在“{ApplicationState(application.state).label}”，不能再破格")
    return reasons


@transaction.atomic
def objection_file_screening(
    *,
    application: Application,
    facts: str,
    actor: AbstractBaseUser,
    on: date,
    from_whom: str = "",
) -> Objection:
    """An objection of a rejected person, by that person or taken down by office or 监督组, within the working
    days after the notice that the policy gives."""
    application = _locked(application)
    person = application.candidacy.person
    _require_objector(actor, application)
    reasons = _objection_reasons(application, on)
    if not facts.strip():
        reasons.append("须写明异议的事实和理由")
    if reasons:
        raise Refused(reasons)
    objection = Objection(
        kind=Objection.Kind.SCREENING,
        application=application,
        received_on=on,
        from_whom=from_whom.strip() or person.name,
        facts=facts.strip(),
    )
    objection.full_clean()
    event = audit_record(
        actor=actor, action="提出资格审查异议", zone=application.zone, subject=str(application)
    )
    save_all(event, created=[objection])
    return objection


def _require_objector(actor: AbstractBaseUser, application: Application) -> None:
    may = getattr(actor, "has_perm", lambda _: False)
    if may(states.OFFICE) or may(states.SUPERVISORS):
        return
    require_permission(actor, states.PERSON, "提出异议")
    person = application.candidacy.person
    if not Membership.objects.filter(user__pk=actor.pk, person=person).exists():
        raise Refused(["只能对本人的资格审查结论提出异议"])


def _objection_reasons(application: Application, on: date) -> list[str]:
    reasons = []
    if application.state != ApplicationState.REJECTED:
        reasons.append("不是资格不合格，没有可异议的结论")
    if application.notified_on is None:
        reasons.append("还没有告知本人")
    else:
        workdays = policy_of(application.candidacy.round.policy)["round.objection_workdays"]
        until = objections_until(application.notified_on, workdays, calendar_of())
        if on < application.notified_on:
            reasons.append(f"{application.notified_on}才告知，今天是{on}")
        if on > until:
            reasons.append(
                f"{application.notified_on}告知，{workdays}个工作日内可提出异议，已于{until}截止，今天是{on}"
            )
    if Objection.objects.filter(application=application, kind=Objection.Kind.SCREENING).exists():
        reasons.append("对这个结论已提出过异议")
    return reasons


@transaction.atomic
def objection_decide_screening(
    *,
    objection: Objection,
    upheld: bool,
    reply: str,
    actor: AbstractBaseUser,
    on: date,
    investigators: str = "",
) -> None:
    """The 监督组 upholds it (REJECTED → QUALIFIED, before B5) or answers it; not who drew the conclusion."""
    require_permission(actor, states.SUPERVISORS, "办理资格审查异议")
    objection = Objection.objects.select_for_update().get(pk=objection.pk)
    application = _locked(objection.application)
    reasons = []
    if objection.kind != Objection.Kind.SCREENING:
        reasons.append("不是资格审查异议")
    if objection.state != Objection.State.OPEN:
        reasons.append(f"异议已办结：{objection.get_state_display()}")
    if application.screened_by_id == actor.pk:
        reasons.append("初审人不能办理对自己结论的异议")
    if application.candidacy.person_id in duty_conflicts(actor, [application]):
        reasons.append(f"与{application.candidacy.person}有亲属关系或是本人，须回避")
    if not reply.strip():
        reasons.append("须写明答复")
    if on < objection.received_on:
        reasons.append(f"异议{objection.received_on}才收到，今天是{on}")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="资格审查异议成立" if upheld else "答复资格审查异议",
        zone=application.zone,
        subject=str(application),
        reason=reply,
    )
    state = Objection.State.UPHELD if upheld else Objection.State.ANSWERED
    changes = [
        edit(
            objection,
            state=state.value,
            closed_on=on,
            reply=reply.strip(),
            investigators=investigators.strip(),
            conclusion=reply.strip(),
        )
    ]
    if upheld:
        _uphold(application, actor, on, reply)
        changes.append(
            edit(application, conclusion=Application.Conclusion.QUALIFIED.value, reviewed_by_id=actor.pk)
        )
    save_all(event, changed=changes)


def _uphold(application: Application, actor: AbstractBaseUser, on: date, reply: str) -> None:
    batch = application.candidacy.batch
    take_step(
        application,
        table=APPLICATION_TRANSITIONS,
        event="uphold",
        facts=ApplicationFacts(
            name=str(application.candidacy.person),
            batch_state=batch.state if batch else "",
            objection_upheld=True,
        ),
        actor=actor,
        on=on,
        reason=reply,
    )


def _locked(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("candidacy__person", "candidacy__round__zone", "candidacy__round__policy")
        .select_related("candidacy__batch", "position__unit__parent")
        .get(pk=application.pk)
    )
