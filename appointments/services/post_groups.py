"""岗位组限额: at most n of a named set of posts, set by the office while the plan is open (domain.md §3a)."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Batch, BatchPost, PostGroup, PostGroupMember
from appointments.states import OFFICE, BatchState, RoundState
from reform.errors import Refused
from reform.models import Position
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission

_PLANNING = (RoundState.DRAFT, RoundState.APPROVED, RoundState.MOBILIZED, RoundState.RUNNING)


@transaction.atomic
def post_group_save(
    *,
    group: PostGroup,
    positions: Sequence[Position],
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
    **values: object,
) -> PostGroup:
    """Write a set with its posts: a new one, or `values` of one that is there (name, maximum, is_active).

    Open as long as none of its posts, old or new, has been announced: what the 公告 says holds.  Raises
    Refused with all reasons.
    """
    require_permission(actor, OFFICE, "设置岗位组限额")
    present = {one.position_id: one for one in PostGroupMember.objects.filter(group=group.pk)}
    changed: Edit | None = edit(group, **values) if group.pk else None
    reasons = _reasons(group, positions, {*present, *(one.pk for one in positions)})
    if reasons:
        raise Refused(reasons)
    group.full_clean()
    wanted = {one.pk: one for one in positions}
    removed = [one for key, one in present.items() if key not in wanted]
    added = [key for key in wanted if key not in present]
    if group.pk and not (changed or removed or added):
        return group
    event = audit_record(
        actor=actor,
        action="修改岗位组限额" if group.pk else "设置岗位组限额",
        zone=group.round.zone,
        subject=f"{group.round} {group}：{len(wanted)}个岗位最多报{group.maximum}个",
        reason=reason,
        document_no=document_no,
    )
    if group.pk is None:
        save_all(event, created=[group])
    save_all(
        event,
        changed=[changed],
        removed=removed,
        created=[PostGroupMember(group_id=group.pk, position_id=key) for key in added],
    )
    return group


def _reasons(group: PostGroup, positions: Sequence[Position], touched: set[int]) -> list[str]:
    round_, batch = group.round, group.batch
    reasons = []
    if round_.is_registered or round_.state not in _PLANNING:
        reasons.append(f"轮次{RoundState(round_.state).label}，方案不能再改")
    if batch is not None and batch.round_id != round_.pk:
        reasons.append(f"批次“{batch}”不属于轮次“{round_}”")
    reasons += [f"“{one}”不在本轮的岗位设置里" for one in positions if one.setup_id != round_.setup_id]
    if batch is not None:
        inside = set(BatchPost.objects.filter(batch=batch).values_list("position_id", flat=True))
        reasons += [f"“{one}”不在批次“{batch}”" for one in positions if one.pk not in inside]
    if len(positions) <= group.maximum:
        reasons.append(f"组内{len(positions)}个岗位，最多可报{group.maximum}个，不起限制作用")
    told = Batch.objects.filter(round=round_, posts__position__in=touched).exclude(
        state__in=[BatchState.PLANNED, BatchState.CANCELLED]
    )
    reasons += [
        f"批次“{one}”已{BatchState(one.state).label}，组内岗位的限额不能再改"
        for one in told.distinct().order_by("sort_no", "code")
    ]
    return reasons
