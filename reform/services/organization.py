"""Zones, units and positions: written in bulk."""

from collections.abc import Iterable, Sequence
from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.errors import Refused
from reform.models import (
    LadderLevel,
    PolicyParameter,
    PolicyVersion,
    Position,
    PositionSetup,
    Unit,
    UnitLineage,
    Upload,
    Zone,
)

from .records import Edit, audit_record, save_all, tally


@transaction.atomic
def zone_create(*, code: str, name: str, actor: AbstractBaseUser) -> Zone:
    """Make a zone with its own copy of the default policy (§12: a zone is never without one)."""
    zone = Zone(code=code, name=name)
    zone.full_clean()
    zone.save(force_insert=True)
    default = PolicyVersion.objects.get(zone=None)
    version = PolicyVersion(
        zone=zone,
        number=1,
        starts_on=default.starts_on,
        state=PolicyVersion.State.IN_FORCE,
        source=default.source,
    )
    event = audit_record(actor=actor, action="新建开发区", zone=zone, subject=name)
    save_all(event, created=[version])
    save_all(
        event,
        created=[
            *(_copy(level, version) for level in LadderLevel.objects.filter(version=default)),
            *(_copy(parameter, version) for parameter in PolicyParameter.objects.filter(version=default)),
        ],
    )
    return zone


def _copy(row: LadderLevel | PolicyParameter, version: PolicyVersion) -> LadderLevel | PolicyParameter:
    row.pk = None
    row.version = version
    return row


@transaction.atomic
def units_register(
    *,
    zone: Zone,
    created: Iterable[Unit],
    changed: Iterable[Edit | None],
    lineages: Iterable[UnitLineage] = (),
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    reason: str = "",
) -> None:
    """Write units; `created` in an order in which a parent stands before its children of the next call."""
    created, changed = list(created), list(changed)
    subject = tally(created, changed, "个")
    event = audit_record(
        actor=actor, action="登记单位", zone=zone, subject=subject, upload=upload, reason=reason
    )
    save_all(event, changed=changed, created=[*created, *lineages])


SETTLED = frozenset({"unit", "unit_id", "level", "headcount", "ends_before"})


def post_settled(setup: PositionSetup | None) -> str:
    """Why posts, their units, levels and 职数 stand: the plan was approved with them (domain.md §3 T1); ''
    while they may change."""
    if setup is None or setup.approved_on is None:
        return ""
    return f"方案已于{setup.approved_on}批准，不能再增减岗位，也不能改单位、层级和职数"


def _settled(created: Sequence[Position], changed: Sequence[Edit | None]) -> list[str]:
    """Posts that an approved plan holds, each with the reason. One statement."""
    moved = [cast(Position, one.row) for one in changed if one and SETTLED & one.before.keys()]
    rows = [*created, *moved]
    setups = PositionSetup.objects.in_bulk({one.setup_id for one in rows if one.setup_id})
    told = [(one, post_settled(setups.get(one.setup_id or 0))) for one in rows]
    return [f"“{one}”：{why}" for one, why in told if why]


@transaction.atomic
def positions_register(
    *,
    zone: Zone,
    created: Iterable[Position],
    changed: Iterable[Edit | None],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    reason: str = "",
) -> None:
    """Write the positions of one round's setup (or historical ones). Raises Refused for what an approved plan
    has settled."""
    created, changed = list(created), list(changed)
    settled = _settled(created, changed)
    if settled:
        raise Refused(settled)
    subject = tally(created, changed, "个")
    event = audit_record(
        actor=actor, action="登记岗位", zone=zone, subject=subject, upload=upload, reason=reason
    )
    save_all(event, changed=changed, created=created)
