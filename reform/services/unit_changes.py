"""机构沿革 outside a round: a unit is split into others, or closed. (Merging goes with the plan of a round,
whose posts move with the units.)"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from reform.errors import Refused
from reform.models import Tenure, Unit, UnitKind, UnitLineage, Zone

from .records import audit_record, edit, save_all

CHANGE = "reform.add_unitlineage"
SHOWN = 12


@dataclass(frozen=True)
class UnitPart:
    """One of the units that a unit is split into; `sections` are names of the old unit's sections."""

    name: str
    sections: tuple[str, ...] = ()


@transaction.atomic
def unit_split(
    *,
    unit: Unit,
    parts: Sequence[UnitPart],
    happened_on: date,
    document_no: str,
    reason: str,
    actor: AbstractBaseUser,
) -> list[Unit]:
    """Close a unit with its sections on a day and open what it is split into, each with its 沿革.

    A section goes to the part that names it, under its own name; one that no part names ends with the unit.
    Those who hold posts there go on holding them until they are appointed elsewhere.
    """
    reasons = _common_faults(unit, happened_on, document_no, reason, actor)
    sections = {one.name: one for one in _sections(unit)}
    names = [part.name.strip() for part in parts]
    if len(parts) < 2:
        reasons.append("分设须至少有两个后续单位")
    if any(not name for name in names):
        reasons.append("后续单位须有名称")
    reasons += [f"后续单位“{name}”写了两次" for name in sorted({n for n in names if names.count(n) > 1})]
    given = [name for part in parts for name in part.sections]
    reasons += [f"“{unit}”没有科室“{name}”" for name in given if name not in sections]
    reasons += [f"科室“{name}”分给了两个单位" for name in sorted({n for n in given if given.count(n) > 1})]
    reasons += _taken_names(unit, names)
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="分设单位",
        zone=unit.zone,
        subject=f"{unit}→{'、'.join(names)}",
        reason=reason,
        document_no=document_no,
    )
    # Closed first: a part may take the closed unit's name.
    save_all(event, changed=[edit(one, ends_before=happened_on) for one in (unit, *sections.values())])
    codes = set(Unit.objects.filter(zone=unit.zone).values_list("code", flat=True))
    made = [_successor(unit, name, unit.parent, happened_on, codes) for name in names]
    for one in made:
        one.full_clean(exclude=["parent"])
    save_all(event, created=made)
    below = [
        (sections[name], _successor(sections[name], name, new, happened_on, codes))
        for new, part in zip(made, parts, strict=True)
        for name in part.sections
    ]
    save_all(event, created=[new for _, new in below])
    pairs = [*((unit, new) for new in made), *below]
    save_all(event, created=[_lineage(old, new, happened_on, document_no) for old, new in pairs])
    return made


@transaction.atomic
def unit_close(
    *, unit: Unit, ends_before: date, document_no: str, reason: str, actor: AbstractBaseUser
) -> list[Unit]:
    """Close a unit with its sections from a day on; refused while anybody holds a post there or a unit below
    is open."""
    reasons = _common_faults(unit, ends_before, document_no, reason, actor)
    sections = _sections(unit)
    below = Unit.objects.filter(parent=unit, ends_before=None).exclude(kind=UnitKind.SECTION)
    reasons += [f"下级单位“{one}”还没有撤销" for one in below]
    holders = list(
        Tenure.objects.filter(
            Q(ends_before=None) | Q(ends_before__gt=ends_before),
            position__unit__in=[unit.pk, *(one.pk for one in sections)],
        )
        .select_related("person")
        .order_by("person__sort_no", "id")
    )
    if holders:
        names = "、".join(dict.fromkeys(one.person.name for one in holders[:SHOWN]))
        reasons.append(f"还有{len({one.person_id for one in holders})}人任职：{names}，请先办理他们的岗位")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="撤销单位",
        zone=unit.zone,
        subject=str(unit),
        reason=reason,
        document_no=document_no,
    )
    closed = [unit, *sections]
    save_all(event, changed=[edit(one, ends_before=ends_before) for one in closed])
    return closed


def _common_faults(unit: Unit, on: date, document_no: str, reason: str, actor: AbstractBaseUser) -> list[str]:
    Zone.objects.select_for_update().get(pk=unit.zone_id)
    unit.refresh_from_db()
    reasons = []
    if not getattr(actor, "has_perm", lambda _: False)(CHANGE):
        reasons.append("机构沿革由人事部门登记，您的账号没有这个权限")
    if unit.ends_before or unit.is_historical:
        reasons.append(f"“{unit}”已经撤销")
    if unit.starts_on and on <= unit.starts_on:
        reasons.append(f"日期{on}须晚于成立日期{unit.starts_on}")
    if not document_no.strip():
        reasons.append("须填写文号")
    if not reason.strip():
        reasons.append("须写明理由")
    return reasons


def _sections(unit: Unit) -> list[Unit]:
    found = Unit.objects.filter(parent=unit, kind=UnitKind.SECTION, ends_before=None)
    return list(found.order_by("sort_no", "code"))


def _taken_names(unit: Unit, names: Sequence[str]) -> list[str]:
    others = Unit.objects.filter(
        zone=unit.zone, parent=unit.parent, name__in=names, ends_before=None, is_historical=False
    ).exclude(pk=unit.pk)
    return [f"已有同名的单位“{one}”" for one in others]


def _successor(old: Unit, name: str, parent: Unit | None, on: date, codes: set[str]) -> Unit:
    stem, number = parent.code if parent else old.code, 1
    while f"{stem}-{number}" in codes:
        number += 1
    code = f"{stem}-{number}"
    codes.add(code)
    return Unit(
        zone=old.zone,
        parent=parent,
        code=code,
        name=name,
        kind=old.kind,
        sort_no=old.sort_no,
        starts_on=on,
    )


def _lineage(old: Unit, new: Unit, on: date, document_no: str) -> UnitLineage:
    return UnitLineage(
        zone_id=old.zone_id,
        predecessor_id=old.pk,
        successor_id=new.pk,
        kind=UnitLineage.Kind.SPLIT,
        happened_on=on,
        document_no=document_no,
    )
