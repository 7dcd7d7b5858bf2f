"""兼任 and 主持工作: posts beside the main one, without pay of their own (domain.md §5)."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment
from appointments.rules.guards import TermFacts
from appointments.rules.terms import acting_blocks, last_day
from appointments.selectors.terms import post_blocks
from appointments.states import APPOINTMENT_TRANSITIONS, IN_FORCE, OFFICE, AppointmentState
from reform.errors import Refused
from reform.models import Position, TenureKind
from reform.selectors import policy_of, tenures_as_of
from reform.services import audit_record, edit, save_all, tenures_close, tenures_open
from reform.services.steps import require_permission, take_step

from .locks import lock_zone
from .terms import tenure_opening

_NO_PAY = "不占员额，不另计薪酬"
MOST_REMARK = 200  # as the column


@transaction.atomic
def concurrent_appoint(
    *,
    primary: Appointment,
    position: Position,
    approval_no: str,
    starts_on: date,
    actor: AbstractBaseUser,
    on: date,
    ends_before: date | None = None,
    occupies_headcount: bool = False,
    document_no: str = "",
    reason: str = "",
) -> Appointment:
    """兼任: a second post beside the main one, by approval only; it pays nothing and takes no 员额.

    occupies_headcount: whether it takes a seat of that post.  ends_before: by default with the main term.
    The level stays that of the main post.
    """
    require_permission(actor, OFFICE, "登记兼任")
    lock_zone(primary.zone)
    end = ends_before or primary.ends_before
    reasons = [] if approval_no.strip() else ["兼任须填写批准文号"]
    reasons += _beside(primary, position, TenureKind.CONCURRENT, starts_on, end)
    reasons += post_blocks(primary.round, primary.person, position, starts_on, takes_seat=occupies_headcount)
    if reasons:
        raise Refused(reasons)
    made = _appointment(primary, position, TenureKind.CONCURRENT, starts_on, end, on, "兼任，层级按主任职")
    made.approval_no, made.document_no = approval_no, document_no.strip() or approval_no
    return _open(made, actor, "登记兼任", reason, occupies_headcount=occupies_headcount)


@transaction.atomic
def acting_appoint(
    *,
    primary: Appointment,
    position: Position,
    starts_on: date,
    ends_before: date,
    approval_no: str,
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
) -> Appointment:
    """主持工作: lead a vacant post for no longer than the policy's months; the level stays, no seat is
    taken."""
    require_permission(actor, OFFICE, "登记主持工作")
    policy = policy_of(primary.round.policy)
    reasons = [] if approval_no.strip() else ["主持工作须填写批准文号"]
    reasons += _beside(primary, position, TenureKind.ACTING, starts_on, ends_before)
    reasons += post_blocks(primary.round, primary.person, position, starts_on, takes_seat=False)
    reasons += [
        f"“{position}”现由{one.person}任职，不是空缺岗位"
        for one in tenures_as_of(primary.zone, starts_on)
        .filter(position=position, kind=TenureKind.PRIMARY)
        .select_related("person")
    ]
    earlier = Appointment.objects.filter(
        person=primary.person, position__lineage__in=position.lineages, kind=TenureKind.ACTING
    )
    spans = [(one.starts_on, one.ended_on or one.ends_before) for one in earlier]
    reasons += acting_blocks(starts_on, ends_before, policy["round.acting_months"], spans)
    if reasons:
        raise Refused(reasons)
    made = _appointment(
        primary, position, TenureKind.ACTING, starts_on, ends_before, on, "主持工作，层级不变"
    )
    made.approval_no = made.document_no = approval_no
    return _open(made, actor, "登记主持工作", reason, occupies_headcount=False)


@transaction.atomic
def concurrent_end(
    *,
    appointment: Appointment,
    ended_on: date,
    document_no: str,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
) -> None:
    """End a 兼任 or 主持工作 before its time; one that has run out is ended by `terms_expire`."""
    if appointment.kind not in (TenureKind.CONCURRENT, TenureKind.ACTING):
        raise Refused(["只有兼任和主持工作这样结束"])
    blocks = []
    if not appointment.starts_on < ended_on <= appointment.ends_before:
        blocks.append(
            f"结束日期{ended_on}须在{appointment.starts_on}之后、{last_day(appointment.ends_before)}次日之前"
        )
    take_step(
        appointment,
        table=APPOINTMENT_TRANSITIONS,
        event="change",
        facts=TermFacts(name=appointment.person.name, next_post="主任职", blocks=blocks),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    event = audit_record(
        actor=actor,
        action=f"结束{appointment.get_kind_display()}",
        zone=appointment.zone,
        subject=str(appointment),
        reason=reason,
        document_no=document_no,
    )
    save_all(event, changed=[edit(appointment, ended_on=ended_on)])
    if appointment.tenure is not None:
        tenures_close(
            zone=appointment.zone,
            tenures=[appointment.tenure],
            ends_before=ended_on,
            actor=actor,
            reason=reason,
        )


@transaction.atomic
def acting_end(
    *,
    appointment: Appointment,
    ended_on: date,
    document_no: str,
    is_confirmed: bool,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
) -> None:
    """End 主持工作: confirmed, the appointment to the post itself follows by a batch; else back to the main
    post."""
    what = "转为正式任用" if is_confirmed else "不再主持工作"
    concurrent_end(
        appointment=appointment,
        ended_on=ended_on,
        document_no=document_no,
        reason=f"{what}：{reason}" if reason.strip() else "",
        actor=actor,
        on=on,
    )


def _beside(
    primary: Appointment, position: Position, kind: str, starts_on: date, ends_before: date
) -> list[str]:
    """What stands against a post beside the main one, whatever its kind."""
    reasons = []
    if primary.kind != TenureKind.PRIMARY or primary.state not in IN_FORCE:
        reasons.append("须有在聘的主任职")
    if ends_before <= starts_on:
        reasons.append(f"止日{last_day(ends_before)}早于起日{starts_on}")
    if starts_on < primary.starts_on or ends_before > primary.ends_before:
        reasons.append(f"须在主任职聘期{primary.starts_on}至{last_day(primary.ends_before)}之内")
    if position.pk == primary.position_id:
        reasons.append("与主任职是同一岗位")
    same = Appointment.objects.filter(
        person=primary.person,
        position=position,
        kind=kind,
        ends_before__gt=starts_on,
        starts_on__lt=ends_before,
    )
    for one in same:
        if one.ended_on is None or one.ended_on > starts_on:
            reasons.append(f"{one.starts_on}至{last_day(one.ends_before)}已在此岗位{one.get_kind_display()}")
    return reasons


def _appointment(
    primary: Appointment,
    position: Position,
    kind: str,
    starts_on: date,
    ends_before: date,
    on: date,
    why: str,
) -> Appointment:
    return Appointment(
        zone_id=primary.zone_id,
        round=primary.round,
        person=primary.person,
        position=position,
        kind=kind,
        held_level=primary.held_level,
        held_level_reason=why if position.level != primary.held_level else "",
        method=Position.Method.ZZ,
        state=AppointmentState.ACTIVE.value,
        starts_on=starts_on,
        ends_before=ends_before,
        decided_on=on,
        sort_no=primary.sort_no,
        remark=_NO_PAY,
    )


def _open(
    made: Appointment, actor: AbstractBaseUser, action: str, reason: str, *, occupies_headcount: bool
) -> Appointment:
    if occupies_headcount:
        made.remark = made.remark.replace("不占员额", "不占员额，占职数")
    if reason.strip():
        made.remark = f"{made.remark}；{reason.strip()}"[:MOST_REMARK]
    (made.tenure,) = tenures_open(
        zone=made.zone,
        openings=[tenure_opening(made, occupies_headcount=occupies_headcount)],
        actor=actor,
        reason=reason.strip() or action,
    )
    event = audit_record(
        actor=actor,
        action=action,
        zone=made.zone,
        subject=str(made),
        reason=reason.strip(),
        document_no=made.approval_no,
    )
    save_all(event, created=[made])
    return made
