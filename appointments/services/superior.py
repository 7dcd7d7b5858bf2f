"""上级任命 (SJ): the superior's 任命文件 is registered, and the appointment is in force; no batch, no
公示."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Baseline, Exit, Round
from appointments.rules.placement import pay_start, probation_end
from appointments.selectors.seating import Seating, seating_of
from appointments.states import LEADERS, OFFICE, AppointmentState, RoundState
from reform.dated import term_end
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import Person, Position
from reform.selectors import policy_of
from reform.services import audit_record, save_all
from reform.services.steps import Refusal, require_permission

from .locks import lock_zone
from .plans import round_begin
from .succession import formers_end, formers_of, renewals_withdraw, tenures_begin

_WHEN = (
    RoundState.APPROVED,
    RoundState.MOBILIZED,
    RoundState.RUNNING,
    RoundState.PLACING,
    RoundState.COMPLETED,
)
SUPERIOR = "SJ"


@dataclass(frozen=True)
class SuperiorEntry:
    """One person of a 任命文件."""

    person: Person
    position: Position
    starts_on: date
    held_level: str = ""
    held_level_reason: str = ""


def appointment_by_superior(
    *,
    round_: Round,
    person: Person,
    position: Position,
    document_no: str,
    decided_on: date,
    starts_on: date,
    actor: AbstractBaseUser,
) -> Appointment:
    """Register one 上级任命; raises Refused with all reasons."""
    with transaction.atomic():
        made, refused = appointments_by_superior(
            round_=round_,
            entries=[SuperiorEntry(person, position, starts_on)],
            document_no=document_no,
            decided_on=decided_on,
            actor=actor,
        )
        if refused:
            raise Refused(refused[0].reasons)
    return made[0]


@transaction.atomic
def appointments_by_superior(
    *,
    round_: Round,
    entries: Sequence[SuperiorEntry],
    document_no: str,
    decided_on: date,
    actor: AbstractBaseUser,
) -> tuple[list[Appointment], list[Refusal]]:
    """Register a 任命文件 with all its persons; those that may not be are reported. Only for posts that the
    superior fills; a present main appointment ends the day before. A fixed number of statements."""
    may = getattr(actor, "has_perm", lambda _: False)
    require_permission(actor, LEADERS if may(LEADERS) else OFFICE, "登记上级任命")
    lock_zone(round_.zone)
    round_ = Round.objects.select_related("zone", "policy", "setup").get(pk=round_.pk)
    faults = [] if document_no.strip() else ["须填写上级任命文号"]
    if round_.state not in _WHEN:
        faults.append(f"轮次“{RoundState(round_.state).label}”，不能登记上级任命")
    if faults:
        raise Refused(faults)
    policy = policy_of(round_.policy)
    seating = seating_of(round_, ladder=policy.ladder)
    exited = set(Exit.objects.filter(round=round_).values_list("person_id", flat=True))
    refused: list[Refusal] = []
    accepted: list[SuperiorEntry] = []
    formers = formers_of(round_.zone, [one.person.pk for one in entries])
    for one in entries:
        if (former := formers.get(one.person.pk)) and former.round_id == round_.pk:
            seating.leave(one.person.pk)
        reasons = _reasons(one, seating, policy)
        if one.person.pk in exited:
            reasons.append("此人已登记离开")
        if reasons:
            refused.append(Refusal(f"{one.person} → {one.position}", tuple(reasons)))
        else:
            seating.take(one.person.pk, one.person.name, one.position.pk)
            accepted.append(one)
    made = _write(round_, accepted, formers, policy, document_no, decided_on, actor)
    return made, refused


def is_superior_post(position: Position, policy: Policy) -> bool:
    """Whether the superior fills a post: by its own 任用方式, else by that of its level."""
    level = policy.ladder.by_code.get(position.level)
    return (position.method or (level.method if level else "")) == SUPERIOR


def _reasons(one: SuperiorEntry, seating: Seating, policy: Policy) -> list[str]:
    reasons = []
    if one.position.pk not in seating.positions:
        return [f"“{one.position}”不在本轮的岗位设置中"]
    if not is_superior_post(one.position, policy):
        reasons.append(f"“{one.position}”不由上级任命")
    if one.held_level and one.held_level not in policy.ladder.by_code:
        reasons.append(f"层级表没有“{one.held_level}”")
    if one.held_level and one.held_level != one.position.level and not one.held_level_reason.strip():
        reasons.append("任职层级与岗位层级不同，须写明原因")
    held = seating.held_by(one.person.pk)
    if held:
        reasons.append(f"此人已选定或聘任“{held}”")
    if seating.vacant(one.position.pk) < 1:
        reasons.append(f"“{one.position}”职数{one.position.headcount}个，没有空缺")
    avoidance = seating.avoidance(one.person.pk, one.person.name, one.position.pk)
    return reasons + avoidance.blocks_of(one.person.pk)


def _write(
    round_: Round,
    entries: Sequence[SuperiorEntry],
    formers: dict[int, Appointment],
    policy: Policy,
    document_no: str,
    decided_on: date,
    actor: AbstractBaseUser,
) -> list[Appointment]:
    if not entries:
        return []
    baselines = dict(Baseline.objects.filter(round=round_).values_list("person_id", "level"))
    rows = [
        _row(round_, one, formers.get(one.person.pk), baselines.get(one.person.pk), policy) for one in entries
    ]
    for row in rows:
        row.document_no = row.superior_document_no = document_no
        row.decided_on = decided_on
        row.pay_starts_on = pay_start(
            policy["pay.effective_rule"], row.starts_on, decided_on, is_new=row.person_id not in baselines
        )
    formers_end(rows, formers, actor=actor, on=decided_on, document_no=document_no)
    renewals_withdraw(rows, zone=round_.zone, actor=actor)
    tenures = tenures_begin(round_.zone, rows, actor)
    for row, tenure in zip(rows, tenures, strict=True):
        row.tenure = tenure
    event = audit_record(
        actor=actor,
        action="上级任命",
        zone=round_.zone,
        subject=f"{round_} {len(rows)}人",
        document_no=document_no,
    )
    save_all(event, created=rows)
    round_begin(round_=round_, starts_on=min(row.starts_on for row in rows), actor=actor)
    return rows


def _row(
    round_: Round, one: SuperiorEntry, former: Appointment | None, level_before: str | None, policy: Policy
) -> Appointment:
    level = one.held_level or one.position.level
    last = term_end(one.starts_on, round_.term_years)
    probation = probation_end(policy, level_before, level, one.starts_on)
    state = AppointmentState.PROBATION if probation else AppointmentState.ACTIVE
    return Appointment(
        zone_id=round_.zone_id,
        round=round_,
        person=one.person,
        position=one.position,
        held_level=level,
        held_level_reason=one.held_level_reason,
        method=SUPERIOR,
        state=state.value,
        starts_on=one.starts_on,
        ends_before=date.fromordinal(last.toordinal() + 1),
        probation_ends_before=probation,
        previous=former,
    )
