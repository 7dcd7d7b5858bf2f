"""Tenures open and close here and nowhere else: history is closed with a date, never overwritten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.errors import RuleError
from reform.models import Position, Tenure, TenureKind, Upload, Zone

from .records import Edit, audit_record, edit, save_all


@dataclass(frozen=True)
class TenureOpening:
    """A holding that begins: at the level held, from a day (None: the roster does not say)."""

    person_id: int
    name: str
    position: Position
    held_level: str
    starts_on: date | None
    source: str
    kind: str = TenureKind.PRIMARY
    occupies_headcount: bool = True
    first_held_on: date | None = None
    level_first_held_on: date | None = None
    held_level_reason: str = ""
    document_no: str = ""


@transaction.atomic
def tenures_open(
    *,
    zone: Zone,
    openings: Sequence[TenureOpening],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    reason: str = "",
) -> list[Tenure]:
    """Open tenures, one for each opening, and close the primary one that each person held, the day before.

    The first dates (始任日期) run on where the post (same lineage) or the level stays the same (§3a). Raises
    RuleError
    where a person's present post began on the new day or later: two primary posts may not overlap.
    """
    persons = {opening.person_id for opening in openings if opening.kind == TenureKind.PRIMARY}
    open_now = Tenure.objects.filter(zone=zone, kind=TenureKind.PRIMARY, ends_before=None).order_by()
    present = {tenure.person_id: tenure for tenure in open_now if tenure.person_id in persons}
    lineages = dict(Position.objects.filter(zone=zone).values_list("id", "lineage"))
    closings: list[Edit | None] = []
    opened: list[Tenure] = []
    for opening in openings:
        old = present.get(opening.person_id) if opening.kind == TenureKind.PRIMARY else None
        opened.append(_open(zone, opening, old, lineages[old.position_id] if old else None))
        if old is not None:
            if opening.starts_on is None or (old.starts_on and old.starts_on >= opening.starts_on):
                raise RuleError(
                    f"{opening.name}现任岗位“{old.position}”的任职日期{old.starts_on:%Y-%m-%d}"
                    f"不早于新岗位的{opening.starts_on or '（空）'}，两个主任职不能重叠。"
                )
            closings.append(edit(old, ends_before=opening.starts_on))
    event = audit_record(
        actor=actor, action="任职", zone=zone, subject=f"{len(opened)}人", upload=upload, reason=reason
    )
    save_all(event, changed=closings, created=opened)
    return opened


def _open(zone: Zone, opening: TenureOpening, old: Tenure | None, lineage: str | None) -> Tenure:
    first, level_first = opening.first_held_on, opening.level_first_held_on
    if old is not None and first is None and lineage in opening.position.lineages:
        first = old.first_held_on
    if old is not None and level_first is None and old.held_level == opening.held_level:
        level_first = old.level_first_held_on
    return Tenure(
        zone_id=zone.pk,
        person_id=opening.person_id,
        position_id=opening.position.pk,
        held_level=opening.held_level,
        held_level_reason=opening.held_level_reason,
        kind=opening.kind,
        starts_on=opening.starts_on,
        first_held_on=first or opening.starts_on,
        level_first_held_on=level_first or opening.starts_on,
        occupies_headcount=opening.occupies_headcount,
        source=opening.source,
        document_no=opening.document_no,
    )


@transaction.atomic
def tenures_close(
    *, zone: Zone, tenures: Iterable[Tenure], ends_before: date, actor: AbstractBaseUser, reason: str
) -> None:
    """Close open tenures from a day on; one that has not begun by then is refused."""
    edits = []
    for tenure in tenures:
        if tenure.starts_on and tenure.starts_on >= ends_before:
            raise RuleError(
                f"“{tenure}”从{tenure.starts_on:%Y-%m-%d}开始，不能在{ends_before:%Y-%m-%d}之前结束。"
            )
        edits.append(edit(tenure, ends_before=ends_before))
    event = audit_record(actor=actor, action="结束任职", zone=zone, subject=f"{len(edits)}人", reason=reason)
    save_all(event, changed=edits)
