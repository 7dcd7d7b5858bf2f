"""报名: by the person or the office, within the window; changed and withdrawn while nobody has screened
it."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import Application, Appointment, Batch, BatchPost, BatchStep, Candidacy, Exit
from appointments.rules.guards import ApplicationFacts
from appointments.selectors.post_groups import chosen_elsewhere, group_reasons
from appointments.states import (
    APPLICATION_TRANSITIONS,
    LIVE,
    PROPOSED_OR_APPOINTED,
    ApplicationState,
    AppointmentState,
    BatchState,
)
from reform.errors import Refused
from reform.models import Membership, Person, Position, TenureKind
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission, take_steps

APPLIED_FOR = (Position.Method.JP, Position.Method.GX, Position.Method.SX)
_HELD = (AppointmentState.PENDING, AppointmentState.PROBATION, AppointmentState.ACTIVE)


@transaction.atomic
def application_submit(
    *,
    batch: Batch,
    person: Person,
    positions: Sequence[Position],
    actor: AbstractBaseUser,
    on: date,
    declares_kin: bool | None = None,
    accepts_adjustment: bool = False,
    achievements: str = "",
    rewards: str = "",
    remark: str = "",
    late_reason: str = "",
) -> Candidacy:
    """Hand in one 报名表: posts of the batch in the order of the choices.

    By the person (who must fill in 实绩 and 奖惩, 无 included) or by the office. After the deadline, during
    the 资格审查, the office may still enter a named person with a reason (补报). Who withdrew everything may
    apply again. Raises Refused with all reasons.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("round__zone").get(pk=batch.pk)
    source = _who_enters(actor, person, "报名")
    candidacy = Candidacy.objects.filter(batch=batch, person=person).first()
    live = _live(candidacy) if candidacy else []
    reasons = _window_reasons(batch, on, source, late_reason)
    reasons += _choice_reasons(batch, positions)
    reasons += group_reasons(batch, person.pk, [one.pk for one in positions])
    reasons += _twice_reasons(batch, person, positions)
    reasons += _form_reasons(source, declares_kin, achievements, rewards)
    reasons += _person_reasons(batch, person)
    if live:
        reasons.append(f"{person}在本批次已报{len(live)}个岗位，请更改志愿或先撤回")
    if reasons:
        raise Refused(reasons)
    form = {
        "source": source,
        "declares_kin": declares_kin,
        "accepts_adjustment": accepts_adjustment,
        "achievements": achievements.strip(),
        "rewards": rewards.strip(),
        "remark": remark.strip(),
        "late_reason": late_reason.strip() if batch.state == BatchState.SCREENING else "",
        "applied_on": on,
    }
    event = audit_record(
        actor=actor,
        action="补报" if form["late_reason"] else "报名",
        zone=batch.round.zone,
        subject=f"{person} {batch}",
        reason=late_reason,
    )
    if candidacy is None:
        candidacy = Candidacy(round=batch.round, batch=batch, person=person, **form)
        candidacy.full_clean()
        save_all(event, created=[candidacy])
    else:
        save_all(event, changed=[edit(candidacy, **form)])
    save_all(event, created=_applications(candidacy, positions))
    return candidacy


def _applications(candidacy: Candidacy, positions: Sequence[Position]) -> list[Application]:
    return [
        Application(candidacy_id=candidacy.pk, position_id=position.pk, choice_no=number)
        for number, position in enumerate(positions, 1)
    ]


@transaction.atomic
def application_change(
    *,
    candidacy: Candidacy,
    positions: Sequence[Position],
    actor: AbstractBaseUser,
    on: date,
    **form: object,
) -> None:
    """Change the choices (and with keywords the form) while the window is open: posts no longer named are
    withdrawn, new ones are added, the order is that given.  form: fields of the 报名表."""
    batch = _batch_of(candidacy)
    source = _who_enters(actor, candidacy.person, "更改志愿")
    live = _live(candidacy)
    reasons = _window_reasons(batch, on, source, candidacy.late_reason)
    reasons += _choice_reasons(batch, positions)
    reasons += group_reasons(batch, candidacy.person_id, [one.pk for one in positions])
    reasons += _twice_reasons(batch, candidacy.person, positions)
    if any(one.state != ApplicationState.SUBMITTED for one in live):
        reasons.append("志愿已经审查，不能再更改")
    if not live:
        reasons.append("没有有效的志愿，请重新报名")
    if reasons:
        raise Refused(reasons)
    wanted = {position.pk: number for number, position in enumerate(positions, 1)}
    kept = {one.position_id: one for one in live}
    dropped = [one for one in live if one.position_id not in wanted]
    _withdraw(dropped, batch, actor, on, "更改志愿")
    event = audit_record(
        actor=actor, action="更改志愿", zone=batch.round.zone, subject=f"{candidacy.person} {batch}"
    )
    changes: list[Edit | None] = [edit(candidacy, **form)]
    changes += [
        edit(one, choice_no=wanted[key], conclusion="", conclusion_reason="", screened_by=None)
        for key, one in kept.items()
        if key in wanted
    ]
    added = [
        Application(candidacy_id=candidacy.pk, position_id=key, choice_no=number)
        for key, number in wanted.items()
        if key not in kept
    ]
    save_all(event, changed=changes, created=added)


@transaction.atomic
def application_withdraw(
    *, applications: Sequence[Application], actor: AbstractBaseUser, on: date, reason: str = ""
) -> list[Refusal]:
    """SUBMITTED → WITHDRAWN, before B4: by the persons themselves, or by the office for them."""
    refused: list[Refusal] = []
    by_candidacy: dict[int, list[Application]] = {}
    for one in applications:
        by_candidacy.setdefault(one.candidacy_id, []).append(one)
    for rows in by_candidacy.values():
        candidacy = rows[0].candidacy
        _who_enters(actor, candidacy.person, "撤回报名")
        refused += _withdraw(rows, candidacy.batch, actor, on, reason)
    return refused


def _withdraw(
    rows: Sequence[Application], batch: Batch | None, actor: AbstractBaseUser, on: date, reason: str
) -> list[Refusal]:
    # A sheet that has no batch yet stands before every step.
    state = batch.state if batch else BatchState.PUBLISHED.value
    return take_steps(
        rows,
        table=APPLICATION_TRANSITIONS,
        event="withdraw",
        facts_of=lambda one: ApplicationFacts(name=str(one), batch_state=state),
        actor=actor,
        on=on,
        reason=reason,
        permission=states.SYSTEM,  # who may was asked before: the person, or the office for them
    )


def _batch_of(candidacy: Candidacy) -> Batch:
    if candidacy.batch_id is None:
        raise Refused([f"{candidacy.person}的报名表还没有编入批次"])
    return (
        Batch.objects.select_for_update(of=("self",)).select_related("round__zone").get(pk=candidacy.batch_id)
    )


def _live(candidacy: Candidacy) -> list[Application]:
    return list(candidacy.applications.filter(state__in=LIVE).select_related("position__unit__parent"))


def _who_enters(actor: AbstractBaseUser, person: Person, what: str) -> str:
    """The office for anybody; else the account of the person alone."""
    if getattr(actor, "has_perm", lambda _: False)(states.OFFICE):
        return Candidacy.Source.OFFICE.value
    require_permission(actor, states.PERSON, what)
    if not Membership.objects.filter(user__pk=actor.pk, person=person).exists():
        raise Refused([f"只能为本人{what}"])
    return Candidacy.Source.PERSON.value


def _window_reasons(batch: Batch, on: date, source: str, late_reason: str) -> list[str]:
    reasons = ["批次已暂停"] if batch.is_suspended else []
    state = BatchState(batch.state)
    if state == BatchState.SCREENING:
        if source != Candidacy.Source.OFFICE:
            reasons.append("报名已经截止，补报由聘任办公室办理")
        elif not late_reason.strip():
            reasons.append("报名已经截止，补报须写明原因")
        return reasons
    if state != BatchState.APPLYING:
        return [*reasons, f"批次在“{state.label}”，不在报名期"]
    window = BatchStep.objects.filter(batch=batch, kind=BatchStep.Kind.APPLY).first()
    if window and not window.starts_on <= on < window.ends_before:
        reasons.append(f"报名期{window.starts_on}至{window.last_on}，今天是{on}")
    return reasons


def _choice_reasons(batch: Batch, positions: Sequence[Position]) -> list[str]:
    reasons = [] if positions else ["没有填写志愿"]
    if len(positions) > batch.max_choices:
        reasons.append(f"填了{len(positions)}个志愿，最多{batch.max_choices}个")
    if len({position.pk for position in positions}) < len(positions):
        reasons.append("同一岗位只能填一次")
    posts = {post.position_id: post for post in BatchPost.objects.filter(batch=batch)}
    for position in positions:
        post = posts.get(position.pk)
        if post is None:
            reasons.append(f"“{position}”不在本批次")
        elif post.state != BatchPost.State.OPEN:
            reasons.append(f"“{position}”已取消")
        elif post.method not in APPLIED_FOR:
            reasons.append(f"“{position}”的任用方式是{post.get_method_display()}，不接受报名")
    return reasons


def _twice_reasons(batch: Batch, person: Person, positions: Sequence[Position]) -> list[str]:
    """A post may have its seats in several batches; a person stands for it in one of them (§3)."""
    before = chosen_elsewhere(batch.round, [person.pk], batch=batch).get(person.pk, ())
    return [
        f"“{position}”已在本轮其他批次报名，志愿还有效" for position in positions if position.pk in before
    ]


def _form_reasons(source: str, declares_kin: bool | None, achievements: str, rewards: str) -> list[str]:
    """A form is complete when everything is answered, 无 included (§3a); paper was checked when handed in."""
    reasons = [] if declares_kin is not None else ["须填写有无回避关系（没有的填“无”）"]
    if source == Candidacy.Source.PERSON:
        wanted = {"主要工作实绩": achievements, "奖惩情况": rewards}
        reasons += [f"须填写{name}（没有的填“无”）" for name, text in wanted.items() if not text.strip()]
    return reasons


def _person_reasons(batch: Batch, person: Person) -> list[str]:
    if person.zone_id != batch.round.zone_id:
        return [f"{person}不是本开发区的人员"]
    reasons = []
    if Exit.objects.filter(round=batch.round_id, person=person).exists():
        reasons.append(f"{person}已登记离开")
    won = (
        Application.objects.filter(
            candidacy__round=batch.round_id, candidacy__person=person, state__in=PROPOSED_OR_APPOINTED
        )
        .select_related("position__unit__parent")
        .first()
    )
    held = (
        Appointment.objects.filter(
            round=batch.round_id, person=person, kind=TenureKind.PRIMARY, state__in=_HELD
        )
        .select_related("position__unit__parent")
        .first()
    )
    if won or held:
        position = (won or held).position  # type: ignore[union-attr]
        reasons.append(f"{person}在本轮已拟聘或聘任“{position}”")
    return reasons
