"""Batches: making one, what describes it, its days, and 暂停 (domain.md §3); its steps in batch_steps.py."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Max

from appointments.models import Batch, BatchStep, Round
from appointments.rules.calendar import LABELS, BatchPlan, PlannedStep, check_batch, is_past
from appointments.selectors.round_facts import OVER, frame_of
from appointments.states import OFFICE, BatchState, RoundState
from reform.errors import Refused
from reform.models import Position
from reform.selectors import policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission

OPEN_ROUNDS = (
    RoundState.DRAFT,
    RoundState.APPROVED,
    RoundState.MOBILIZED,
    RoundState.RUNNING,
    RoundState.PLACING,
)
_FOR_PLACEMENT = (Position.Method.SX, Position.Method.ZZ)  # 补充双向选择 and 组织调配 of those left
_DESCRIBING = ("name", "sort_no", "max_choices", "panel_chosen_on", "ratio_document_no", "notice_document_no")
_UNTIL = {"max_choices": "APPLY", "ratio_document_no": "SCREEN", "notice_document_no": "NOTICE"}


@transaction.atomic
def batch_create(
    *,
    round_: Round,
    code: str,
    name: str,
    method: str,
    actor: AbstractBaseUser,
    sort_no: int | None = None,
    max_choices: int | None = None,
) -> Batch:
    """Plan a batch. In 落聘安置 only those that place people: 补充双向选择 and 组织调配."""
    require_permission(actor, OFFICE, "新建批次")
    reasons = []
    if round_.is_registered:
        reasons.append("登记的轮次没有批次")
    elif round_.state == RoundState.PLACING and method not in _FOR_PLACEMENT:
        reasons.append("落聘安置中只能新建双向选择或组织调配的批次")
    elif round_.state not in OPEN_ROUNDS:
        reasons.append(f"轮次{RoundState(round_.state).label}，不能再建批次")
    if method == Position.Method.SJ:
        reasons.append("上级任命的岗位不经批次，按任命文件登记")
    if reasons:
        raise Refused(reasons)
    if sort_no is None:
        sort_no = (Batch.objects.filter(round=round_).aggregate(last=Max("sort_no"))["last"] or 0) + 1
    if max_choices is None:
        max_choices = policy_of(round_.policy)["round.max_choices"]
    batch = Batch(round=round_, code=code, name=name, method=method, sort_no=sort_no, max_choices=max_choices)
    batch.full_clean()
    event = audit_record(actor=actor, action="新建批次", zone=round_.zone, subject=f"{round_} {name}")
    save_all(event, created=[batch])
    return batch


@transaction.atomic
def batch_update(*, batch: Batch, actor: AbstractBaseUser, **fields: Any) -> bool:
    """Change what describes a batch, while the step that it is for lies ahead; returns whether anything
    changed."""
    require_permission(actor, OFFICE, "修改批次")
    unknown = [name for name in fields if name not in _DESCRIBING]
    if unknown:
        raise TypeError(f"not a field of a batch: {', '.join(unknown)}")
    reasons = [
        f"批次已到“{BatchState(batch.state).label}”，不能再改“{_label(name)}”"
        for name, value in fields.items()
        if getattr(batch, name) != value and is_past(_UNTIL.get(name, "APPOINT"), batch.state)
    ]
    if reasons:
        raise Refused(reasons)
    change = edit(batch, **fields)
    if change is None:
        return False
    batch.full_clean()
    event = audit_record(actor=actor, action="修改批次", zone=batch.zone, subject=str(batch))
    save_all(event, changed=[change])
    return True


def _label(name: str) -> str:
    return str(Batch._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


@transaction.atomic
def batch_set_steps(
    *, batch: Batch, steps: Mapping[str, tuple[date, date] | None], actor: AbstractBaseUser
) -> None:
    """Plan the days of a batch: kind → (first day, day after the last), None to take a step out; kinds not
    named stay. A step that lies behind the batch does not move. Once the plan has been approved, the days
    have to stay in order and long enough, though a deadline no longer holds them."""
    require_permission(actor, OFFICE, "排批次日程")
    present = {one.kind: one for one in BatchStep.objects.filter(batch=batch)}
    reasons = [
        reason for kind, days in steps.items() for reason in _immovable(batch, present.get(kind), kind, days)
    ]
    planned = {kind: PlannedStep(one.starts_on, one.ends_before) for kind, one in present.items()}
    planned |= {kind: PlannedStep(*days) for kind, days in steps.items() if days}
    planned = {kind: days for kind, days in planned.items() if kind not in steps or steps[kind]}
    if not reasons and batch.round.state != RoundState.DRAFT:
        reasons += check_batch(
            BatchPlan(batch.name, batch.method, planned, batch.state), frame_of(batch.round)
        )
    if reasons:
        raise Refused(reasons)
    created, edits, removed = [], [], []
    for kind, days in steps.items():
        row = present.get(kind)
        if days and row:
            edits.append(edit(row, starts_on=days[0], ends_before=days[1]))
        elif days:
            created.append(BatchStep(batch_id=batch.pk, kind=kind, starts_on=days[0], ends_before=days[1]))
        elif row:
            removed.append(row)
    if created or removed or any(edits):
        event = audit_record(actor=actor, action="排批次日程", zone=batch.zone, subject=str(batch))
        save_all(event, created=created, changed=edits, removed=removed)


def _immovable(batch: Batch, row: BatchStep | None, kind: str, days: tuple[date, date] | None) -> list[str]:
    if kind not in LABELS:
        return [f"没有“{kind}”这个步骤"]
    if days and days[0] >= days[1]:
        return [f"{LABELS[kind]}的止日早于起日{days[0]}"]
    if (row.starts_on, row.ends_before) == days if row else days is None:
        return []
    if is_past(kind, batch.state):
        return [f"批次已到“{BatchState(batch.state).label}”，{LABELS[kind]}的日程不能再改"]
    if (
        kind == "APPLY"
        and batch.state == BatchState.APPLYING
        and (not days or not row or days[0] != row.starts_on)
    ):
        return ["报名已经开始，只能改截止日"]
    return []


@transaction.atomic
def batch_suspend(*, batch: Batch, actor: AbstractBaseUser, reason: str) -> None:
    """暂停: no step of the batch is taken until it is resumed; it can still be cancelled."""
    require_permission(actor, OFFICE, "暂停批次")
    reasons = [] if reason.strip() else ["须写明理由"]
    if batch.state in OVER:
        reasons.append(f"批次{BatchState(batch.state).label}，不能暂停")
    if batch.is_suspended:
        reasons.append("批次已暂停")
    if reasons:
        raise Refused(reasons)
    event = audit_record(actor=actor, action="暂停批次", zone=batch.zone, subject=str(batch), reason=reason)
    save_all(event, changed=[edit(batch, is_suspended=True, suspend_reason=reason)])


@transaction.atomic
def batch_resume(*, batch: Batch, actor: AbstractBaseUser, reason: str = "") -> None:
    """Take a batch up again."""
    require_permission(actor, OFFICE, "恢复批次")
    if not batch.is_suspended:
        raise Refused(["批次没有暂停"])
    event = audit_record(actor=actor, action="恢复批次", zone=batch.zone, subject=str(batch), reason=reason)
    save_all(event, changed=[edit(batch, is_suspended=False, suspend_reason="")])
