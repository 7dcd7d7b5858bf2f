"""The plan of a round (方案): its weights, records and dates, refused once it has been approved."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, Round, ScoreItem
from appointments.states import IN_FORCE, OFFICE, RoundState
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import Position, PositionSetup, Unit, UnitLineage, Zone
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission

# What may still change in which state; a plan is frozen with its approval, a date with what follows from it.
_IN_DRAFT = (
    "name",
    "term_years",
    "weights",
    "consultation",
    "kinship_complete",
    "caps_document_no",
    "plan_document_no",
)
_BEFORE_KICKOFF = ("kickoff_on", "baseline_on", "kickoff_document_no")
_BEFORE_EFFECT = ("effective_on",)
_RUNNING = (RoundState.MOBILIZED, RoundState.RUNNING, RoundState.PLACING)


@transaction.atomic
def round_plan_update(*, round_: Round, actor: AbstractBaseUser, **fields: Any) -> bool:
    """Change fields of the plan; returns whether anything changed.

    The effective date is a plan: the round's positions come into force, and those of earlier rounds go out of
    it, with its first appointment (round_begin). Only former posts and merged units move with it. Raises
    Refused with every reason: a field that is no longer open, weights that name no level or item, dates out
    of order.
    """
    require_permission(actor, OFFICE, "修改方案")
    reasons = [
        *_closed(round_, fields),
        *_faulty_weights(round_, fields.get("weights")),
        *_dates(round_, fields),
    ]
    if reasons:
        raise Refused(reasons)
    before = round_.effective_on
    change = edit(round_, **fields)
    if change is None:
        return False
    round_.full_clean()
    edits: list[Edit | None] = [change]
    if round_.effective_on != before:
        edits += effect_planned(round_, before, round_.effective_on)
    event = audit_record(
        actor=actor,
        action="修改方案",
        zone=round_.zone,
        subject=str(round_),
        details={name: str(value) for name, value in fields.items()},
    )
    save_all(event, changed=edits)
    return True


def _closed(round_: Round, fields: Mapping[str, Any]) -> list[str]:
    unknown = [name for name in fields if name not in (*_IN_DRAFT, *_BEFORE_KICKOFF, *_BEFORE_EFFECT)]
    if unknown:
        raise TypeError(f"not a field of the plan: {', '.join(unknown)}")
    if round_.is_registered:
        return ["登记的轮次没有方案，不能修改"]
    allowed: tuple[str, ...] = ()
    if round_.state == RoundState.DRAFT:
        allowed = (*_IN_DRAFT, *_BEFORE_KICKOFF, *_BEFORE_EFFECT)
    elif round_.state == RoundState.APPROVED:
        allowed = (*_BEFORE_KICKOFF, *_BEFORE_EFFECT)
    elif round_.state in _RUNNING and not has_effect(round_):
        allowed = _BEFORE_EFFECT
    label = RoundState(round_.state).label
    return [
        f"{label}的轮次不能再改“{Round._meta.get_field(name).verbose_name}”"  # type: ignore[union-attr]
        for name, value in fields.items()
        if name not in allowed and getattr(round_, name) != value
    ]


def has_effect(round_: Round) -> bool:
    """Whether an appointment of the round is in force."""
    return Appointment.objects.filter(round=round_, state__in=IN_FORCE).exists()


def _dates(round_: Round, fields: Mapping[str, Any]) -> list[str]:
    baseline, kickoff, effective = (
        fields.get(name, getattr(round_, name)) for name in ("baseline_on", "kickoff_on", "effective_on")
    )
    reasons = []
    if kickoff and effective and kickoff > effective:
        reasons.append(f"动员日{kickoff}晚于生效日{effective}")
    if baseline and effective and baseline >= effective:
        reasons.append(f"基准日{baseline}须早于生效日{effective}")
    return reasons


def _faulty_weights(round_: Round, weights: Mapping[str, Mapping[str, Any]] | None) -> list[str]:
    """Weights that could not be applied; whether they total 100 is asked at the approval."""
    policy = policy_of(round_.policy) if weights else None
    reasons = []
    for levels, items in weights.items() if weights else ():
        assert policy is not None
        if levels != "*" and not _is_range(levels, policy):
            reasons.append(f"考评权重的层级范围“{levels}”不在层级表中")
        for item, percent in items.items():
            if item not in ScoreItem.values:
                reasons.append(f"考评权重没有“{item}”这一项")
            elif not 0 < percent <= 100:
                reasons.append(f"{ScoreItem(item).label}的权重为{percent}，须在0—100之间")
    return reasons


def _is_range(levels: str, policy: Policy) -> bool:
    """L60-L70, low to high, or a single level."""
    ladder = policy.ladder.by_code
    codes = levels.split("-")
    if len(codes) > 2 or any(code not in ladder for code in codes):
        return False
    if len(codes) == 2 and any(ladder[code].is_outside for code in codes):
        return False
    return ladder[codes[0]].rank_order <= ladder[codes[-1]].rank_order


def round_begin(*, round_: Round, starts_on: date, actor: AbstractBaseUser) -> None:
    """With its first appointment in force the round's positions are in force from the effective date; where
    none was planned, the first day of that appointment is taken. Later appointments change nothing."""
    if round_.setup.starts_on is not None:
        return
    on = round_.effective_on or starts_on
    edits = positions_dated(round_.zone, round_.setup, None, on)
    if round_.effective_on is None:
        edits.append(edit(round_, effective_on=on))
    event = audit_record(actor=actor, action="岗位设置生效", zone=round_.zone, subject=str(round_.setup))
    save_all(event, changed=edits)


def effect_planned(round_: Round, before: date | None, on: date | None) -> list[Edit | None]:
    """Move what hangs on a planned effective date; the setups only where they are dated already, as after an
    import that gave the date."""
    if round_.setup.starts_on is not None:
        return positions_dated(round_.zone, round_.setup, before, on)
    return _formers_dated(round_.zone, before, on)


def positions_dated(
    zone: Zone, setup: PositionSetup, before: date | None, on: date | None
) -> list[Edit | None]:
    """Move the day on which a round's positions come into force: the setups of other rounds, former posts and
    units that end with it move along, and are open again where there is no such day any more."""
    others = PositionSetup.objects.filter(zone=zone, ends_before=before).exclude(pk=setup.pk)
    if before is None:
        others = others.filter(starts_on__lt=on)
    setups: list[Edit | None] = [edit(setup, starts_on=on), *(edit(one, ends_before=on) for one in others)]
    return setups + _formers_dated(zone, before, on)


def _formers_dated(zone: Zone, before: date | None, on: date | None) -> list[Edit | None]:
    ending = {"ends_before": before}
    units = Unit.objects.filter(zone=zone, is_historical=True, **ending)
    edits = [edit(row, ends_before=on) for row in units]
    edits += [edit(row, ends_before=on) for row in Position.objects.filter(zone=zone, setup=None, **ending)]
    if before is not None and on is not None:
        edits += _merged_units(zone, before, on)
    return edits


def _merged_units(zone: Zone, before: date, on: date) -> list[Edit | None]:
    lineages = UnitLineage.objects.filter(
        zone=zone, happened_on=before, predecessor__ends_before=before
    ).select_related("predecessor", "successor")
    units = {one.predecessor_id: edit(one.predecessor, ends_before=on) for one in lineages}
    founded = {
        one.successor_id: edit(one.successor, starts_on=on)
        for one in lineages
        if one.successor.starts_on == before
    }
    return [*units.values(), *founded.values(), *(edit(one, happened_on=on) for one in lineages)]
