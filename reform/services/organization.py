"""Zones, units and positions: written in bulk."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.models import (
    LadderLevel,
    PolicyParameter,
    PolicyVersion,
    Position,
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
    """Write the positions of one round's setup (or historical ones)."""
    created, changed = list(created), list(changed)
    subject = tally(created, changed, "个")
    event = audit_record(
        actor=actor, action="登记岗位", zone=zone, subject=subject, upload=upload, reason=reason
    )
    save_all(event, changed=changed, created=created)
