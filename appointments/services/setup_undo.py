"""What a terminated round had set up comes undone: units merged for it are open again, with their posts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Offer, Placement, Round
from appointments.states import PLACEMENT_TRANSITIONS, PlacementState
from reform.errors import Refused
from reform.models import AuditEvent, Position, RowChange, Unit, UnitKind, UnitLineage
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import take_steps

from .setups import MERGED

_SYSTEM_STEP = ""
_UNIT, _POSITION, _LINEAGE = "reform.Unit", "reform.Position", "reform.UnitLineage"


@transaction.atomic
def units_unmerge(*, round_: Round, actor: AbstractBaseUser, reason: str) -> list[Unit]:
    """Take back every merger that was made for a round: posts and companies go back, 机构沿革 forgets it,
    what was founded for it goes or, where something refers to it, is kept as historical, and what was closed
    is open again. Returns the units reopened. A fixed number of statements for each merger's units."""
    changes = _changes(round_)
    if not changes:
        return []
    done = _Merged(changes)
    event = audit_record(
        actor=actor,
        action="撤销合并单位",
        zone=round_.zone,
        subject=str(round_),
        reason=reason,
    )
    save_all(event, changed=[*done.posts_back(), *done.companies_back()])
    save_all(event, removed=UnitLineage.objects.filter(pk__in=done.made(_LINEAGE)))
    founded = done.founded()
    kept = [one for one in founded if _is_referred_to(one, founded)]
    gone = [one for one in founded if one not in kept]
    # Sections first: their unit is referred to by them.
    for some in ([one for one in gone if _is_section(one)], [one for one in gone if not _is_section(one)]):
        save_all(event, removed=some)
    closing = [
        edit(one, is_historical=True, starts_on=None, ends_before=round_.effective_on or one.starts_on)
        for one in kept
    ]
    save_all(event, changed=closing)
    reopened = done.closed()
    _require_names_free(reopened)
    save_all(event, changed=[edit(one, ends_before=None) for one in reopened])
    return reopened


def _changes(round_: Round) -> list[RowChange]:
    """What the mergers of a round did to each row, the last first."""
    events = AuditEvent.objects.filter(zone=round_.zone, action=MERGED, details__round=round_.pk)
    return list(RowChange.objects.filter(event__in=events).order_by("-id"))


class _Merged:
    """The rows of the mergers, by what was done to them."""

    def __init__(self, changes: Iterable[RowChange]) -> None:
        self.created: dict[str, list[int]] = defaultdict(list)
        self.changed: dict[str, dict[int, dict[str, tuple[object, object]]]] = defaultdict(dict)
        for change in changes:
            if change.before is None:
                self.created[change.model].append(change.key)
                continue
            fields = self.changed[change.model].setdefault(change.key, {})
            for name, before in change.before.items():
                # Read from the last to the first: what stood before the first merger, after the last one.
                last = fields[name][1] if name in fields else (change.after or {}).get(name)
                fields[name] = (before, last)

    def made(self, model: str) -> list[int]:
        return self.created[model]

    def posts_back(self) -> list[Edit | None]:
        """The posts of the set-up that are still where the merger put them."""
        rows = Position.objects.in_bulk(list(self.changed[_POSITION]))
        return [
            _restored(rows[key], fields) for key, fields in self.changed[_POSITION].items() if key in rows
        ]

    def companies_back(self) -> list[Edit | None]:
        """Units below a merged one that went along with it."""
        return [
            _restored(one, {"parent_id": self.changed[_UNIT][one.pk]["parent_id"]})
            for one in self._units(with_field="parent_id")
        ]

    def founded(self) -> list[Unit]:
        return list(Unit.objects.filter(pk__in=self.made(_UNIT)).order_by("-id"))

    def closed(self) -> list[Unit]:
        """Units that were open before and are closed now."""
        return [one for one in self._units(with_field="ends_before") if one.ends_before is not None]

    def _units(self, with_field: str) -> list[Unit]:
        made = set(self.made(_UNIT))
        keys = [
            key for key, fields in self.changed[_UNIT].items() if with_field in fields and key not in made
        ]
        return list(Unit.objects.filter(pk__in=keys).select_related("parent").order_by("id"))


def _restored(row: Position | Unit, fields: Mapping[str, tuple[object, object]]) -> Edit | None:
    values = {name: before for name, (before, after) in fields.items() if getattr(row, name) == after}
    return edit(row, **values) if values else None


def _is_section(unit: Unit) -> bool:
    return unit.kind == UnitKind.SECTION


def _is_referred_to(unit: Unit, founded: Iterable[Unit]) -> bool:
    """Whether something else than what was founded with it refers to a unit."""
    beside = {one.pk for one in founded}
    for field in Unit._meta.get_fields(include_hidden=True):
        if not (field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)):
            continue
        model, name = field.related_model, field.field.name  # type: ignore[union-attr]
        found = model._default_manager.filter(**{name: unit.pk})  # type: ignore[union-attr]
        if model is not Unit:
            if found.exists():
                return True
        elif any(one.pk not in beside or _is_referred_to(one, founded) for one in _units(found)):
            return True
    return False


def _units(rows: Iterable[Any]) -> list[Unit]:
    return list(rows)


def _require_names_free(units: Iterable[Unit]) -> None:
    taken = [
        one.name
        for one in units
        if Unit.objects.filter(
            zone=one.zone_id, parent=one.parent_id, name=one.name, ends_before=None, is_historical=False
        )
        .exclude(pk=one.pk)
        .exists()
    ]
    if taken:
        raise Refused([f"“{name}”已另有同名单位，不能恢复，请先更名或撤销" for name in taken])


@transaction.atomic
def offers_end(*, round_: Round, actor: AbstractBaseUser, reason: str, on: date) -> list[Offer]:
    """Offers of a terminated round that are open, or accepted and not in force, come to nothing; it counts as
    nobody's refusal."""
    open_ = list(
        Offer.objects.filter(
            placement__round=round_,
            placement__state=PlacementState.OFFERED,
            reply__in=["", Offer.Reply.ACCEPTED],
        ).select_related("placement__person", "placement__round__zone")
    )
    if not open_:
        return []
    event = audit_record(
        actor=actor, action="岗位提供失效", zone=round_.zone, subject=f"{len(open_)}人", reason=reason
    )
    placements: dict[int, Placement] = {one.placement_id: one.placement for one in open_}
    save_all(
        event,
        changed=[
            *(edit(one, reply=Offer.Reply.LAPSED, reason=reason[:200]) for one in open_),
            *(edit(one, way="", position=None) for one in placements.values()),
        ],
    )
    take_steps(
        list(placements.values()),
        table=PLACEMENT_TRANSITIONS,
        event="lapse",
        facts_of=lambda _: None,
        actor=actor,
        on=on,
        reason=reason,
        permission=_SYSTEM_STEP,
    )
    return open_
