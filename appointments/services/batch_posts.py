"""The posts of a batch: put in, cancelled for want of applicants, or switched to another 任用方式
(domain.md §3)."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Batch, BatchPost
from appointments.selectors.batch_facts import live_applications
from appointments.selectors.free_seats import seats_free
from appointments.states import OFFICE, BatchState, RoundState
from reform.errors import Refused
from reform.models import Position
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission

from .applications import APPLIED_FOR
from .endings import applications_lose

_Method = Position.Method
_UNDECIDED = (
    BatchState.PUBLISHED,
    BatchState.APPLYING,
    BatchState.SCREENING,
    BatchState.ASSESSING,
    BatchState.MATCHING,
    BatchState.INSPECTING,
)
_SWITCHED_TO = (_Method.ZP, _Method.ZZ)
_COMPETED = {_Method.JP, _Method.GX}


@transaction.atomic
def batch_posts_add(
    *,
    batch: Batch,
    positions: Sequence[Position],
    actor: AbstractBaseUser,
    method: str = "",
    seats: int | None = None,
) -> list[BatchPost]:
    """Put posts of the round's setup into a batch that is not published yet.

    method: '' for that of the post, and where it has none, of the batch.  seats: None for all that are free,
    else the same number for each.  All go in, or none: Refused with every reason.
    """
    require_permission(actor, OFFICE, "编入岗位")
    reasons = []
    if batch.state != BatchState.PLANNED:
        reasons.append(f"批次已到“{BatchState(batch.state).label}”，不能再编入岗位")
    present = {post.position_id: post for post in BatchPost.objects.filter(batch=batch)}
    free = seats_free(batch.round)
    ladder = policy_of(batch.round.policy).ladder.by_code
    created: list[BatchPost] = []
    reopened: list[Edit | None] = []
    for position in positions:
        old, left = present.get(position.pk), free.get(position.pk)
        wanted = (left or 0) if seats is None else seats
        way = method or _method_in(batch, position)
        level = ladder.get(position.level)
        by_superior = (position.method or (level.method if level else "")) == _Method.SJ
        fault = "由上级任命，不编入批次" if by_superior else _fault(batch, position, old, left, wanted, way)
        if fault:
            reasons.append(f"“{position}”{fault}")
        elif old:
            values = {"seats": wanted, "method": way, "reason": ""}
            reopened.append(edit(old, state=BatchPost.State.OPEN, **values))
        else:
            created.append(
                BatchPost(
                    batch_id=batch.pk,
                    position_id=position.pk,
                    seats=wanted,
                    method=way,
                    state=BatchPost.State.OPEN.value,
                )
            )
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor, action="编入岗位", zone=batch.zone, subject=f"{batch} {len(positions)}个岗位"
    )
    save_all(event, created=created, changed=reopened)
    return created


def _fault(
    batch: Batch, position: Position, old: BatchPost | None, left: int | None, wanted: int, way: str
) -> str:
    """Why a post cannot go in; '' where it can."""
    if left is None:
        return "不在本轮的岗位设置中"
    if old and old.state == BatchPost.State.OPEN:
        return "已在本批次中"
    if not way:
        return (
            f"的任用方式是{position.get_method_display()}，批次是{batch.get_method_display()}："
            "请编入同样方式的批次，或在加入时选定任用方式"
        )
    if wanted < 1 or wanted > left:
        return f"职数{position.headcount}个，空缺{max(left, 0)}个，不能招聘{wanted}人"
    return ""


def _method_in(batch: Batch, position: Position) -> str:
    """How a post is filled in this batch; '' where its own 任用方式 takes other steps than the batch does.

    直接聘任 and 组织调配 need no step of the applicants, so they go along with any; in 落聘安置 the batch
    decides.
    """
    own = position.method
    if own in ("", batch.method) or batch.round.state == RoundState.PLACING:
        return batch.method
    if own in _SWITCHED_TO and batch.method in APPLIED_FOR:
        return own
    return own if {own, batch.method} == _COMPETED else ""


@transaction.atomic
def batch_post_cancel(*, post: BatchPost, actor: AbstractBaseUser, on: date, reason: str) -> None:
    """Take a post out of its batch: before the publication it is simply no longer there; after it, it stands
    cancelled with its reason, and its live applications are 落聘."""
    require_permission(actor, OFFICE, "取消岗位")
    batch = post.batch
    if batch.state == BatchState.PLANNED:
        event = audit_record(
            actor=actor, action="移出岗位", zone=batch.zone, subject=f"{batch} {post}", reason=reason
        )
        save_all(event, removed=[post])
        return
    _require_changeable(post, reason)
    event = audit_record(
        actor=actor, action="取消岗位", zone=batch.zone, subject=f"{batch} {post}", reason=reason
    )
    save_all(event, changed=[edit(post, state=BatchPost.State.CANCELLED, reason=reason)])
    _lose(post, actor, on, reason)


@transaction.atomic
def batch_post_switch(
    *, post: BatchPost, method: str, actor: AbstractBaseUser, on: date, reason: str
) -> None:
    """Fill a post by 直接聘任 or 组织调配 instead: its live applications are 落聘, and the office
    nominates."""
    require_permission(actor, OFFICE, "改变任用方式")
    if method not in _SWITCHED_TO:
        raise Refused(["只能改为直接聘任或组织调配"])
    if post.method == method:
        raise Refused([f"“{post}”的任用方式已是{post.get_method_display()}"])
    _require_changeable(post, reason)
    batch = post.batch
    event = audit_record(
        actor=actor,
        action="改变任用方式",
        zone=batch.zone,
        subject=f"{batch} {post}",
        reason=reason,
        details={"from": post.method, "to": method},
    )
    save_all(event, changed=[edit(post, method=method, reason=reason)])
    _lose(post, actor, on, reason)


def _require_changeable(post: BatchPost, reason: str) -> None:
    reasons = [] if reason.strip() else ["须写明理由"]
    if post.state != BatchPost.State.OPEN:
        reasons.append(f"“{post}”已取消")
    if post.batch.state not in _UNDECIDED:
        reasons.append(f"批次已到“{BatchState(post.batch.state).label}”，岗位不能再改")
    if reasons:
        raise Refused(reasons)


def _lose(post: BatchPost, actor: AbstractBaseUser, on: date, reason: str) -> None:
    applications_lose(
        applications=live_applications(post.batch).filter(position=post.position_id),
        actor=actor,
        on=on,
        reason=reason,
        subject=f"{post.batch} {post}",
    )
