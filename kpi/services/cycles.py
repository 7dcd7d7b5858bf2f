"""考核周期: made with its items, targets set and signed, and its steps K1–K8 (domain.md §6)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Item, Scheme, TargetSignature
from kpi.selectors.cycle_facts import (
    cycle_items,
    facts_for,
    has_value,
    item_name,
    must_report,
    reporter_of,
)
from kpi.selectors.places import units_led
from kpi.selectors.schemes import cycle_by_code, indicators_of, policy_for, span_of, subject_name
from kpi.states import CYCLE_TRANSITIONS, OFFICE, REPORTERS, CycleState, ItemState
from reform.errors import Refused
from reform.models import Unit, Upload, Zone
from reform.selectors import calendar_of, policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission, take_step
from reform.workdays import workday_period
from reform.workflow import Call, find_transition, transitions_from

from .finals import cycle_conclude
from .results import results_compute
from .schemes import require_office, scheme_create, scheme_freeze
from .scores import cycle_score


class TargetValues(TypedDict, total=False):
    """What a leaf is measured by in a cycle; what is not named stays as it is."""

    full: Decimal | None
    base: Decimal | None
    target: Decimal | None
    challenge: Decimal | None


_TARGET_LABELS = {"full": "满分", "base": "基期值", "target": "目标值", "challenge": "挑战值"}


@transaction.atomic
def cycle_create(
    *,
    zone: Zone,
    code: str,
    actor: AbstractBaseUser,
    scheme: Scheme | None = None,
    upload: Upload | None = None,
) -> Cycle:
    """Make the cycle of a code (2021, 2021Q1, 2021-03) with the items of its leaves; the scheme of the year
    is made when there is none. It pins the policy of its last day."""
    require_office(actor, upload, "新建考核周期")
    span = span_of(code)
    if cycle_by_code(zone, span.code) is not None:
        raise Refused([f"已有编号{span.code}的考核周期"])
    scheme = scheme or Scheme.objects.filter(zone=zone, year=span.year).select_related("zone").first()
    if scheme is None:
        name = f"{zone.name}{span.year}年度绩效考核方案"
        scheme = scheme_create(zone=zone, year=span.year, name=name, actor=actor, upload=upload)
    if (scheme.zone_id, scheme.year) != (zone.pk, span.year):
        raise Refused([f"“{scheme.name}”不是本开发区{span.year}年度的考核方案"])
    cycle = Cycle(
        zone=zone,
        scheme=scheme,
        policy=policy_for(zone, span.ends_before - timedelta(days=1)),
        code=span.code,
        period=span.period,
        starts_on=span.starts_on,
        ends_before=span.ends_before,
    )
    cycle.full_clean()
    event = audit_record(actor=actor, action="新建考核周期", zone=zone, subject=str(cycle), upload=upload)
    save_all(event, created=[cycle])
    cycle_items_make(cycle=cycle, actor=actor, upload=upload)
    return cycle


@transaction.atomic
def cycle_items_make(*, cycle: Cycle, actor: AbstractBaseUser, upload: Upload | None = None) -> list[Item]:
    """An item for every present leaf of the cycle's period that has none; returns the new ones. A registered
    cycle takes further sheets until it is calibrated."""
    require_office(actor, upload, "生成考核指标")
    require_figures_open(cycle, upload)
    known = set(Item.objects.filter(cycle=cycle).values_list("indicator_id", flat=True))
    created = [
        Item(cycle=cycle, indicator=leaf, full=leaf.full)
        for leaf in indicators_of(cycle.scheme).filter(period=cycle.period)
        if leaf.pk not in known
    ]
    if created:
        event = audit_record(
            actor=actor,
            action="生成考核指标",
            zone=cycle.zone,
            subject=f"{cycle} {len(created)}项",
            upload=upload,
        )
        save_all(event, created=created)
    return created


def is_taking_sheets(cycle: Cycle, upload: Upload | None) -> bool:
    """Whether sheets may still add to a registered cycle."""
    return upload is not None and cycle.registered and cycle.state == CycleState.SCORING


def require_figures_open(cycle: Cycle, upload: Upload | None) -> None:
    """Targets and leaves are set while the cycle is drafted."""
    if cycle.state != CycleState.DRAFT and not is_taking_sheets(cycle, upload):
        raise Refused([f"{cycle}已是“{CycleState(cycle.state).label}”，指标和目标值不能再改"])


@transaction.atomic
def targets_register(
    *,
    cycle: Cycle,
    targets: Mapping[int, TargetValues],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> int:
    """Set weights, base, target and challenge of items by their keys; returns how many changed. What was
    signed before is signed again: signatures under changed targets go. A fixed number of statements."""
    require_office(actor, upload, "登记目标值")
    items = {one.pk: one for one in cycle_items(cycle)}
    strangers = [str(key) for key in targets if key not in items]
    if strangers:
        raise Refused([f"不是{cycle}的指标：{'、'.join(strangers)}"])
    reasons = [why for key, values in targets.items() for why in _target_faults(items[key], values)]
    if reasons:
        raise Refused(reasons)
    seen = {key: {name: getattr(items[key], name) for name in values} for key, values in targets.items()}
    edits = [edit(items[key], **values) for key, values in targets.items()]
    changed = [one.row for one in edits if one]
    if not changed:
        return 0
    require_figures_open(cycle, upload)
    if cycle.registered:
        _require_unset([one for one in changed if isinstance(one, Item)], seen)
    event = audit_record(
        actor=actor, action="登记目标值", zone=cycle.zone, subject=f"{cycle} {len(changed)}项", upload=upload
    )
    units = {unit.pk if (unit := reporter_of(items[one.pk])) else None for one in changed}
    stale = [
        one for one in TargetSignature.objects.filter(cycle=cycle).order_by("id") if one.unit_id in units
    ]
    save_all(event, changed=edits, removed=stale)
    return len(changed)


def _target_faults(item: Item, values: TargetValues) -> list[str]:
    found = []
    for name, value in values.items():
        if name not in _TARGET_LABELS:
            raise TypeError(f"unknown target value {name}")
        if isinstance(value, Decimal) and not value.is_finite():
            found.append(f"{item_name(item)}：{_TARGET_LABELS[name]}“{value}”不是数")
    full = values.get("full")
    if full is not None and full.is_finite() and full < 0:
        found.append(f"{item_name(item)}：满分不能是负数，现为{full}")
    return found


def _require_unset(changed: list[Item], seen: Mapping[int, Mapping[str, Any]]) -> None:
    """In a registered cycle sheets add what is not there; what is there was scored."""
    bad = [
        item_name(one)
        for one in changed
        if any(old is not None and getattr(one, name) != old for name, old in seen[one.pk].items())
    ]
    if bad:
        raise Refused([f"已登记得分，目标值和权重不能再改：{'、'.join(bad)}"])


@transaction.atomic
def targets_sign(
    *, cycle: Cycle, units: Sequence[Unit | None], by_unit: bool, actor: AbstractBaseUser, on: date
) -> list[TargetSignature]:
    """Sign the 目标责任书 of responsible units (None: the zone's own leaves): the office for the zone, the
    head for a unit. All or none; a fixed number of statements."""
    require_permission(actor, REPORTERS if by_unit else OFFICE, "签订目标责任书")
    if not units:
        return []
    reasons = []
    if cycle.state != CycleState.DRAFT:
        reasons.append(f"{cycle}已是“{CycleState(cycle.state).label}”，目标责任书不再签字")
    led = units_led(actor) if by_unit else frozenset()
    parties = {unit.pk if (unit := reporter_of(one)) else None for one in cycle_items(cycle)}
    rows = TargetSignature.objects.filter(cycle=cycle, by_unit=by_unit)
    signed = set(rows.values_list("unit_id", flat=True))
    for unit in units:
        key = unit.pk if unit else None
        if by_unit and key not in led:
            reasons.append("只能替本单位签字")
        if key not in parties:
            reasons.append(f"“{subject_name(unit)}”在{cycle}没有负责的指标")
        if key in signed:
            reasons.append(f"“{subject_name(unit)}”已经签过字")
    if reasons:
        raise Refused(list(dict.fromkeys(reasons)))
    made = [
        TargetSignature(cycle=cycle, unit=unit, by_unit=by_unit, signed_by_id=actor.pk, signed_on=on)
        for unit in units
    ]
    event = audit_record(
        actor=actor,
        action="签订目标责任书",
        zone=cycle.zone,
        subject=f"{cycle} {made[0] if len(made) == 1 else f'{len(made)}份'}",
    )
    save_all(event, created=made)
    return made


@transaction.atomic
def cycle_dates_set(
    *,
    cycle: Cycle,
    actor: AbstractBaseUser,
    report_by: date | None,
    verify_by: date | None,
    results_by: date | None,
) -> bool:
    """Set until when figures are handed in, verified and reported to the leaders; returns whether anything
    changed. The first is not moved once it is over: whom it made late stays late."""
    require_permission(actor, OFFICE, "设定考核日期")
    days = [one for one in (report_by, verify_by, results_by) if one is not None]
    reasons = []
    if days != sorted(days):
        reasons.append("填报截止日、核验截止日、结果报送日须依次不早于前一个")
    if report_by is not None and report_by < cycle.starts_on:
        reasons.append(f"填报截止日{report_by:%Y-%m-%d}早于考核周期开始{cycle.starts_on:%Y-%m-%d}")
    collected = (CycleState.DRAFT, CycleState.TARGETS_SET, CycleState.COLLECTING)
    if report_by != cycle.report_by and cycle.state not in collected:
        reasons.append("填报已经结束，填报截止日不能再改")
    if cycle.state == CycleState.FINAL:
        reasons.append(f"{cycle}已经确定")
    if reasons:
        raise Refused(reasons)
    changed = edit(cycle, report_by=report_by, verify_by=verify_by, results_by=results_by)
    if changed is None:
        return False
    details = {"report_by": report_by, "verify_by": verify_by, "results_by": results_by}
    event = audit_record(
        actor=actor, action="设定考核日期", zone=cycle.zone, subject=str(cycle), details=details
    )
    save_all(event, changed=[changed])
    return True


@transaction.atomic
def cycle_step(
    *, cycle: Cycle, event: str, actor: AbstractBaseUser, on: date, reason: str = "", document_no: str = ""
) -> Cycle:
    """Take one step K1–K8 through its guard, with what goes before and follows from it."""
    step = find_transition(CYCLE_TRANSITIONS, cycle.state, event)
    require_permission(actor, step.permission, step.label)
    if before := _BEFORE.get(event):
        before(cycle, actor, on)
    take_step(
        cycle,
        table=CYCLE_TRANSITIONS,
        event=event,
        facts=facts_for(cycle, event, on, actor),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    if document_no:
        note(cycle, actor, "记载文号", document_no=document_no)
    if after := _AFTER.get(event):
        after(cycle, actor, on)
    return cycle


@transaction.atomic
def cycles_advance(*, zone: Zone, actor: AbstractBaseUser, on: date) -> list[tuple[Cycle, str]]:
    """Take the system's own steps that are due: reporting opens, 公示 begins. Returns cycle and label."""
    taken = []
    states = (CycleState.TARGETS_SET, CycleState.PUBLISHED)
    rows = Cycle.objects.filter(zone=zone, state__in=states).select_related("zone", "scheme", "policy")
    for cycle in rows.order_by("starts_on", "id"):
        for step in transitions_from(CYCLE_TRANSITIONS, cycle.state):
            if not step.permission and not step.reasons(facts_for(cycle, step.event, on), Call(on)):
                cycle_step(cycle=cycle, event=step.event, actor=actor, on=on)
                taken.append((cycle, step.label))
    return taken


def note(cycle: Cycle, actor: AbstractBaseUser, action: str, **values: Any) -> None:
    """Keep something said with a step on the cycle's row."""
    changed = edit(cycle, **values)
    if changed is not None:
        event = audit_record(
            actor=actor,
            action=action,
            zone=cycle.zone,
            subject=str(cycle),
            document_no=str(values.get("document_no", "")),
        )
        save_all(event, changed=[changed])


def _freeze(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    scheme_freeze(scheme=cycle.scheme, actor=actor)


def _close_reports(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    items_close(cycle=cycle, actor=actor, states=(ItemState.OPEN,))


def _close_returned(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    items_close(cycle=cycle, actor=actor, states=(ItemState.OPEN, ItemState.RETURNED))
    cycle_score(cycle=cycle, actor=actor)


def items_close(
    *, cycle: Cycle, actor: AbstractBaseUser, states: tuple[str, ...], upload: Upload | None = None
) -> int:
    """Mark leaves without an accepted report 未报: they count 0. Returns how many."""
    edits: list[Edit | None] = [
        edit(one, unreported=True)
        for one in cycle_items(cycle)
        if one.state in states
        and must_report(one)
        and not (one.state == ItemState.OPEN and cycle.registered and has_value(one))
    ]
    changed = sum(1 for one in edits if one)
    if changed:
        event = audit_record(
            actor=actor, action="标记未报", zone=cycle.zone, subject=f"{cycle} {changed}项", upload=upload
        )
        save_all(event, changed=edits)
    return changed


def _score(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    cycle_score(cycle=cycle, actor=actor)


def _compute(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    results_compute(cycle=cycle, actor=actor)


def _post(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    """公示 begins on the day after publication and lasts the policy's working days."""
    workdays = policy_of(cycle.policy)["kpi.publicity_workdays"]
    period = workday_period(on + timedelta(days=1), workdays, calendar_of())
    note(
        cycle,
        actor,
        "公示考核结果",
        published_on=on,
        publicity_starts_on=period.starts_on,
        publicity_ends_before=period.last_on + timedelta(days=1),
    )


def _conclude(cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    cycle_conclude(cycle=cycle, actor=actor, on=on)


_Hook = Callable[[Cycle, AbstractBaseUser, date], None]
# Scores and results are brought up to date before the guard looks at them.
_BEFORE: Mapping[str, _Hook] = {"calibrate": _score, "publish": _compute}
_AFTER: Mapping[str, _Hook] = {
    "set_targets": _freeze,
    "review": _close_reports,
    "score": _close_returned,
    "calibrate": _compute,
    "publish": _post,
    "finalize": _conclude,
}
