"""The 岗位设置 of a round while it is drafted: copied from the last round, merged and split with their
lineage (大部制)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Round
from appointments.states import OFFICE, RoundState
from reform.errors import Refused
from reform.models import Position, Unit, UnitKind, UnitLineage
from reform.selectors import policy_of, positions_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission

# What a copied post takes along; number and lineage with them, so that it is the same post (§4).
_COPIED = (
    "code",
    "lineage",
    "title",
    "level",
    "category",
    "headcount",
    "method",
    "coefficient",
    "sub_level",
    "is_key_post",
    "conditions",
    "duties",
    "remark",
    "sort_no",
)
MERGED = "合并单位"


@dataclass(frozen=True)
class CopiedPositions:
    """The posts that were copied, and those that could not be, each with the reason."""

    created: list[Position]
    skipped: list[Refusal]


@dataclass(frozen=True)
class PositionPart:
    """One of the posts that a post is split into; `level` '' keeps the level."""

    title: str
    unit: Unit
    headcount: int
    level: str = ""


@transaction.atomic
def positions_copy_from(*, round_: Round, source: Round, actor: AbstractBaseUser) -> CopiedPositions:
    """Copy the open posts of another round's setup into this round's, lineage and number kept.

    A post that is there already (same lineage or number) stays as it is. The posts of a unit that was merged
    go to its successor; where there is none, or the level is not on this round's ladder, they are skipped.
    """
    _require_draft(round_, actor, "复制岗位设置")
    ladder = policy_of(round_.policy).ladder.by_code
    present = list(positions_of(round_.setup_id))
    lineages, codes = {one.lineage for one in present}, {one.code for one in present}
    places = _Successors(round_)
    created, skipped = [], []
    for old in positions_of(source.setup_id).filter(ends_before=None):
        unit = places.of(old.unit)
        if old.lineage in lineages or old.code in codes:
            skipped.append(Refusal(old, ("本轮已有这个岗位",)))
        elif unit is None:
            skipped.append(Refusal(old, ("单位已撤销，没有登记后续单位",)))
        elif old.level not in ladder:
            skipped.append(Refusal(old, (f"层级{old.level}不在本轮的层级表中",)))
        else:
            values = {name: getattr(old, name) for name in _COPIED}
            created.append(Position(zone_id=round_.zone_id, setup_id=round_.setup_id, unit=unit, **values))
    event = audit_record(
        actor=actor,
        action="复制岗位设置",
        zone=round_.zone,
        subject=f"{source}→{round_} {len(created)}个岗位",
    )
    save_all(event, created=created)
    return CopiedPositions(created, skipped)


@transaction.atomic
def positions_merge(
    *,
    round_: Round,
    positions: Sequence[Position],
    kept: Position,
    actor: AbstractBaseUser,
    reason: str,
    headcount: int | None = None,
) -> Position:
    """Merge posts of the drafted setup into one of them: it takes the others' lineages over, so that whoever
    held one of them and holds it afterwards is 原岗续聘. headcount: None adds the seats up."""
    _require_draft(round_, actor, "合并岗位", reason)
    others = [one for one in positions if one.pk != kept.pk]
    reasons = [f"“{one}”不是本轮的岗位" for one in (kept, *others) if one.setup_id != round_.setup_id]
    if not others:
        reasons.append("合并须至少两个岗位")
    reasons += _in_use(others)
    if reasons:
        raise Refused(reasons)
    formers = set().union(*(one.lineages for one in others)) | set(kept.former_lineages)
    seats = sum(one.headcount for one in (kept, *others)) if headcount is None else headcount
    change = edit(kept, former_lineages=sorted(formers - {kept.lineage}), headcount=seats)
    event = audit_record(
        actor=actor,
        action="合并岗位",
        zone=round_.zone,
        subject=f"{kept}",
        reason=reason,
        details={"merged": [str(one) for one in others]},
    )
    save_all(event, changed=[change], removed=others)
    return kept


@transaction.atomic
def positions_split(
    *,
    round_: Round,
    position: Position,
    parts: Sequence[PositionPart],
    actor: AbstractBaseUser,
    reason: str,
) -> list[Position]:
    """Split a post of the drafted setup: the first part keeps its number and lineage, the others get their
    own and remember the lineage that they come from."""
    _require_draft(round_, actor, "分设岗位", reason)
    ladder = policy_of(round_.policy).ladder.by_code
    reasons = [] if position.setup_id == round_.setup_id else [f"“{position}”不是本轮的岗位"]
    if len(parts) <= 1:
        reasons.append("分设须至少两个岗位")
    for part in parts:
        if part.headcount < 1:
            reasons.append(f"“{part.title}”职数须至少1个")
        if part.level and part.level not in ladder:
            reasons.append(f"层级{part.level}不在本轮的层级表中")
    if reasons:
        raise Refused(reasons)
    codes = set(Position.objects.filter(zone=round_.zone).values_list("code", flat=True))
    formers = sorted(position.lineages)
    created = [_part(position, part, formers, codes) for part in parts[1:]]
    first = parts[0]
    change = edit(
        position,
        title=first.title,
        unit=first.unit,
        headcount=first.headcount,
        **_level_of(position, first),
    )
    event = audit_record(
        actor=actor,
        action="分设岗位",
        zone=round_.zone,
        subject=f"{position}",
        reason=reason,
        details={"parts": [part.title for part in parts]},
    )
    save_all(event, changed=[change], created=created)
    return [position, *created]


def _part(whole: Position, part: PositionPart, formers: list[str], codes: set[str]) -> Position:
    values = _level_of(whole, part)
    code = free_code(f"{part.unit.code}-{values['level']}-", codes, "03d")
    made = Position(
        zone_id=whole.zone_id,
        setup_id=whole.setup_id,
        unit=part.unit,
        **({name: getattr(whole, name) for name in _COPIED} | values),
    )
    made.code, made.lineage, made.former_lineages = code, f"{whole.setup.code}/{code}", formers  # type: ignore[union-attr]
    made.title, made.headcount = part.title, part.headcount
    return made


def _level_of(whole: Position, part: PositionPart) -> dict[str, Any]:
    """The level of a part; 档次 is one of the whole's level and goes with it."""
    level = part.level or whole.level
    return {"level": level, "sub_level": whole.sub_level if level == whole.level else 0}


def free_code(stem: str, taken: set[str], digits: str) -> str:
    """The next number behind a stem that nobody has; it is taken from now on."""
    number = 1
    while (code := f"{stem}{number:{digits}}") in taken:
        number += 1
    taken.add(code)
    return code


@transaction.atomic
def units_merge(
    *,
    round_: Round,
    units: Sequence[Unit],
    into: Unit,
    actor: AbstractBaseUser,
    reason: str,
    document_no: str = "",
) -> Unit:
    """Merge units on the round's effective date: they are closed, 机构沿革 says into what, their sections go
    on under the new unit, and the posts of the round's setup move with them.

    into: one of the units, another one, or a new row that has not been written yet.
    """
    _require_draft(round_, actor, "合并单位", reason)
    on = round_.effective_on
    former = [one for one in units if one.pk != into.pk]
    reasons = [] if on else ["请先在方案中定生效日"]
    if not former:
        reasons.append("合并须至少有一个被并入的单位")
    reasons += [f"“{one}”已经撤销" for one in former if one.ends_before or one.is_historical]
    reasons += [
        f"“{one}”{one.starts_on}才成立，不能在{on}合并"
        for one in former
        if on and one.starts_on and one.starts_on >= on
    ]
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action=MERGED,
        zone=round_.zone,
        subject=f"{'、'.join(one.name for one in former)}→{into.name}",
        reason=reason,
        document_no=document_no,
        details={"round": round_.pk},
    )
    move = _Move(round_, into, document_no, {})
    children = list(Unit.objects.filter(parent__in=former, ends_before=None).select_related("parent"))
    sections = [one for one in children if one.kind == UnitKind.SECTION]
    companies = [edit(one, parent=into) for one in children if one.kind != UnitKind.SECTION and into.pk]
    # Closed first: the new unit may take a closed one's name.
    save_all(event, changed=[edit(one, ends_before=on) for one in (*former, *sections)] + companies)
    if into.pk is None:
        into.zone, into.starts_on = round_.zone, on
        into.full_clean()
        save_all(event, created=[into])
        moved = [one for one in children if one.kind != UnitKind.SECTION]
        save_all(event, changed=[edit(one, parent=into) for one in moved])
    created = move.sections(sections)
    save_all(event, created=created)
    save_all(event, created=move.lineages(former, sections), changed=move.positions(former))
    return into


@dataclass
class _Move:
    """Where the sections and posts of merged units go."""

    round: Round
    into: Unit
    document_no: str
    target: dict[int, Unit] = field(default_factory=dict)

    def sections(self, sections: Iterable[Unit]) -> list[Unit]:
        """New sections under the new unit, those of the same name as one; found ones are used again."""
        present = {
            one.name: one
            for one in Unit.objects.filter(parent=self.into, kind=UnitKind.SECTION, ends_before=None)
        }
        codes = set(Unit.objects.filter(zone=self.round.zone).values_list("code", flat=True))
        created = []
        for old in sections:
            if old.name not in present:
                present[old.name] = Unit(
                    zone=self.round.zone,
                    parent=self.into,
                    code=free_code(self.into.code, codes, "02d"),
                    name=old.name,
                    kind=UnitKind.SECTION,
                    sort_no=old.sort_no,
                    staffing_quota=old.staffing_quota,
                    starts_on=self.round.effective_on,
                )
                created.append(present[old.name])
            self.target[old.pk] = present[old.name]
        return created

    def lineages(self, former: Sequence[Unit], sections: Sequence[Unit]) -> list[UnitLineage]:
        pairs = [(one, self.into) for one in former] + [(one, self.target[one.pk]) for one in sections]
        return [
            UnitLineage(
                zone_id=self.round.zone_id,
                predecessor_id=old.pk,
                successor_id=new.pk,
                kind=UnitLineage.Kind.MERGE,
                happened_on=self.round.effective_on,
                document_no=self.document_no,
            )
            for old, new in pairs
        ]

    def positions(self, former: Sequence[Unit]) -> list[Edit | None]:
        places = self.target | {one.pk: self.into for one in former}
        found = Position.objects.filter(setup=self.round.setup_id, unit__in=places)
        return [edit(one, unit=places[one.unit_id]) for one in found]


class _Successors:
    """Where a unit's posts are now: the unit itself while it is open, else its one successor."""

    def __init__(self, round_: Round) -> None:
        self.next: dict[int, list[Unit]] = {}
        for one in UnitLineage.objects.filter(zone=round_.zone).select_related("successor__parent"):
            self.next.setdefault(one.predecessor_id, []).append(one.successor)

    def of(self, unit: Unit) -> Unit | None:
        seen: set[int] = set()
        while unit.ends_before is not None or unit.is_historical:
            seen.add(unit.pk)
            following = self.next.get(unit.pk, [])
            if len(following) != 1 or following[0].pk in seen:
                return None
            unit = following[0]
        return unit


def _require_draft(round_: Round, actor: AbstractBaseUser, what: str, reason: str | None = None) -> None:
    require_permission(actor, OFFICE, what)
    reasons = []
    if round_.is_registered or round_.state != RoundState.DRAFT:
        state = "登记的轮次" if round_.is_registered else RoundState(round_.state).label
        reasons.append(f"{state}不能再改岗位设置，只有方案起草中的轮次可以")
    if reason is not None and not reason.strip():
        reasons.append("须写明理由")
    if reasons:
        raise Refused(reasons)


def _in_use(positions: Sequence[Position]) -> list[str]:
    """Posts that something refers to already: they cannot be taken out of the setup."""
    by_key = {one.pk: one for one in positions}
    reasons = []
    for relation in Position._meta.related_objects:
        model: Any = relation.related_model
        name = relation.field.name
        found = model._default_manager.filter(**{f"{name}__in": by_key})
        for key in sorted(set(found.values_list(name, flat=True))):
            reasons.append(f"“{by_key[key]}”已有{model._meta.verbose_name}")
    return reasons
