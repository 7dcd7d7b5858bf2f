"""The steps of a round, T1–T6 (domain.md §3): each through its guard, with what follows from it."""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Appointment, Batch, Placement, Round
from appointments.selectors.round_facts import (
    OVER,
    batches_facts,
    completion_facts,
    kickoff_facts,
    people_without_post,
    plan_facts,
)
from appointments.states import BATCH_TRANSITIONS, ROUND_TRANSITIONS, ApplicationState
from reform.errors import Refused
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission, take_step, take_steps

from .baselines import baselines_take
from .endings import applications_lose, drafts_discard
from .plans import effect_planned, has_effect
from .setup_undo import offers_end, units_unmerge

_LONGEST_NAMES = 80


def _step(round_: Round, event: str, facts: Any, **said: Any) -> None:
    if round_.is_registered:
        raise Refused(["登记的轮次不办理这些步骤"])
    take_step(round_, table=ROUND_TRANSITIONS, event=event, facts=facts, **said)


@transaction.atomic
def round_approve(
    *, round_: Round, actor: AbstractBaseUser, on: date, document_no: str, reason: str = ""
) -> None:
    """T1: the plan is approved with its document number; from now on it does not change, nor do its posts."""
    said = {"actor": actor, "on": on, "document_no": document_no, "reason": reason}
    _step(round_, "approve", plan_facts(round_), **said)
    _note(round_, actor, "记载方案批准", plan_document_no=document_no, approved_on=on)
    event = audit_record(
        actor=actor,
        action="批准岗位设置",
        zone=round_.zone,
        subject=str(round_.setup),
        document_no=document_no,
    )
    save_all(event, changed=[edit(round_.setup, approved_on=on)])


@transaction.atomic
def round_mobilize(
    *, round_: Round, actor: AbstractBaseUser, on: date, document_no: str = "", reason: str = ""
) -> None:
    """T2: the main posts on 基准日 become the baseline of everybody who has none yet, then the guard looks at
    them; refused, nothing is kept.  document_no: minutes of the 动员会."""
    step = next(one for one in ROUND_TRANSITIONS if one.event == "mobilize")
    require_permission(actor, step.permission, step.label)
    if round_.state == step.source and not round_.is_registered:
        baselines_take(round_=round_, actor=actor)
    said = {"actor": actor, "on": on, "document_no": document_no, "reason": reason}
    _step(round_, "mobilize", kickoff_facts(round_), **said)
    if document_no:
        _note(round_, actor, "记载动员会", kickoff_document_no=document_no)


@transaction.atomic
def round_run(
    *, round_: Round, actor: AbstractBaseUser, on: date, document_no: str = "", reason: str = ""
) -> None:
    """T3: the appointing begins."""
    said = {"actor": actor, "on": on, "document_no": document_no, "reason": reason}
    _step(round_, "run", batches_facts(round_), **said)


@transaction.atomic
def round_place(
    *, round_: Round, actor: AbstractBaseUser, on: date, document_no: str = "", reason: str = ""
) -> list[Placement]:
    """T4: a placement for everybody in scope whom the batches left without a post, with the names of the
    batches in which they lost."""
    said = {"actor": actor, "on": on, "document_no": document_no, "reason": reason}
    _step(round_, "place", batches_facts(round_), **said)
    present = set(Placement.objects.filter(round=round_).values_list("person_id", flat=True))
    lost_in = _lost_in(round_)
    created = [
        Placement(round_id=round_.pk, person_id=key, lost_in="、".join(lost_in.get(key, []))[:_LONGEST_NAMES])
        for key in people_without_post(round_)
        if key not in present
    ]
    event = audit_record(
        actor=actor, action="登记未聘人员", zone=round_.zone, subject=f"{round_} {len(created)}人"
    )
    save_all(event, created=created)
    return created


def _lost_in(round_: Round) -> dict[int, list[str]]:
    """Person → names of the batches in which an application of theirs failed, in the order of the batches."""
    found: dict[int, list[str]] = {}
    failed = (ApplicationState.NOT_SELECTED, ApplicationState.REJECTED, ApplicationState.DROPPED)
    rows = (
        Application.objects.filter(candidacy__round=round_, state__in=failed, candidacy__batch__isnull=False)
        .order_by("candidacy__batch__sort_no", "candidacy__batch__code")
        .values_list("candidacy__person_id", "candidacy__batch__name")
        .distinct()
    )
    for person, name in rows:
        if name not in found.setdefault(person, []):
            found[person].append(name)
    return found


@transaction.atomic
def round_complete(
    *, round_: Round, actor: AbstractBaseUser, on: date, document_no: str = "", reason: str = ""
) -> None:
    """T5: only while I1–I8 hold."""
    said = {"actor": actor, "on": on, "document_no": document_no, "reason": reason}
    _step(round_, "complete", completion_facts(round_), **said)


@transaction.atomic
def round_terminate(
    *, round_: Round, actor: AbstractBaseUser, on: date, reason: str, document_no: str = ""
) -> None:
    """T6: its open batches are cancelled, applications still alive are lost, drafted appointments are taken
    back, offers come to nothing; what is in force stays. Where nothing is, the posts of the round before are
    in force again, and units merged for the round are open as before."""
    said: dict[str, Any] = {"actor": actor, "on": on, "document_no": document_no, "reason": reason}
    _step(round_, "terminate", None, **said)
    batches = list(Batch.objects.filter(round=round_).exclude(state__in=OVER).select_related("round__zone"))
    take_steps(batches, table=BATCH_TRANSITIONS, event="cancel", facts_of=_no_facts, **said)
    applications = Application.objects.filter(candidacy__round=round_).select_related(
        "candidacy__person", "candidacy__round__zone", "position__unit__parent"
    )
    applications_lose(applications=applications, actor=actor, on=on, reason=reason, subject=f"{round_}中止")
    drafts_discard(
        appointments=Appointment.objects.filter(round=round_), zone=round_.zone, actor=actor, reason=reason
    )
    offers_end(round_=round_, actor=actor, on=on, reason=reason)
    if round_.effective_on and not has_effect(round_):
        event = audit_record(
            actor=actor, action="恢复原岗位设置", zone=round_.zone, subject=str(round_), reason=reason
        )
        save_all(event, changed=effect_planned(round_, round_.effective_on, None))
        units_unmerge(round_=round_, actor=actor, reason=reason)


def _no_facts(row: Any) -> None:
    return None


def _note(round_: Round, actor: AbstractBaseUser, action: str, **values: Any) -> None:
    event = audit_record(
        actor=actor,
        action=action,
        zone=round_.zone,
        subject=str(round_),
        document_no=next((str(one) for name, one in values.items() if name.endswith("_no")), ""),
    )
    save_all(event, changed=[edit(round_, **values)])
