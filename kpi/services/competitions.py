"""夺标赛（学比争）: a leader board over chosen indicators of a cycle, opened and closed by the office."""

from collections.abc import Collection
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Competition, CompetitionIndicator, Cycle
from kpi.selectors.boards import choices_of
from kpi.states import OFFICE
from reform.errors import Refused
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission

SHORTEST, LONGEST = 10, 3600  # seconds between two looks at the figures


@transaction.atomic
def competition_create(
    *,
    cycle: Cycle,
    name: str,
    measure: str,
    paths: Collection[str],
    actor: AbstractBaseUser,
    refresh_seconds: int = 60,
) -> Competition:
    """Open a competition over leaves by their path (一级 / 二级 / 三级): each unit has its own leaf of it."""
    require_permission(actor, OFFICE, "开设夺标赛")
    known = choices_of(cycle)
    reasons = [] if name.strip() else ["须填写名称"]
    if not paths:
        reasons.append("至少选一项指标")
    reasons += [f"本周期没有指标“{one}”" for one in paths if one not in known]
    if not SHORTEST <= refresh_seconds <= LONGEST:
        reasons.append(f"刷新间隔为{SHORTEST}到{LONGEST}秒，现为{refresh_seconds}秒")
    if reasons:
        raise Refused(reasons)
    row = Competition(cycle=cycle, name=name.strip(), measure=measure, refresh_seconds=refresh_seconds)
    row.full_clean()
    event = audit_record(actor=actor, action="开设夺标赛", zone=cycle.zone, subject=f"{cycle} {row}")
    save_all(event, created=[row])
    keys = [key for path in dict.fromkeys(paths) for key in known[path].indicators]
    save_all(event, created=[CompetitionIndicator(competition_id=row.pk, indicator_id=key) for key in keys])
    return row


@transaction.atomic
def competition_close(*, competition: Competition, actor: AbstractBaseUser, on: date) -> None:
    """End a competition; its board stays, and is no longer refreshed."""
    require_permission(actor, OFFICE, "结束夺标赛")
    if competition.closed_on is not None:
        raise Refused([f"“{competition}”已于{competition.closed_on:%Y-%m-%d}结束"])
    zone = competition.cycle.zone
    event = audit_record(actor=actor, action="结束夺标赛", zone=zone, subject=str(competition))
    save_all(event, changed=[edit(competition, closed_on=on)])
