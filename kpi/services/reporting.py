"""Reports of the responsible units: figures, handing in, the 数据来源单位's confirmation, return and
verification (domain.md §6). Never one's own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Item
from kpi.rules.codes import Rule
from kpi.rules.figures import shown
from kpi.rules.scoring import INPUT_FIELDS, Field, parse_inputs, parse_parameters
from kpi.selectors.cycle_facts import cycle_items, item_name, reporter_of, rule_of
from kpi.selectors.reporting import EDITABLE, HANDED_IN, REPORTING, Hands, hands_of, items_by_id
from kpi.states import ITEM_TRANSITIONS, VERIFIERS, CycleState, ItemState
from reform.errors import Refused, RuleError, StaleState
from reform.models import Upload, Zone
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, not_refused, require_permission, take_steps

from .cycles import is_taking_sheets

TRIGGERED = "triggered"  # of 一票否决: whether its matter has come about


class ActualValues(TypedDict, total=False):
    """What came of a leaf; what is not named stays as it is. inputs: what its rule reads beside the actual
    value, as text: rank, grade, tier, n, done, triggered."""

    actual: Decimal | None
    inputs: dict[str, Any]
    raw_text: str
    note: str


@transaction.atomic
def actuals_report(
    *,
    cycle: Cycle,
    values: Mapping[int, ActualValues],
    actor: AbstractBaseUser,
    on: date,
    upload: Upload | None = None,
) -> int:
    """Save figures of items by their keys, without handing them in; returns how many changed. A fixed number
    of statements. An upload brings those of a cycle that is being registered; where a unit reports by a
    sheet, its leaves only.  Raises Refused with everything that is wrong."""
    items = {one.pk: one for one in cycle_items(cycle)}
    strangers = [str(key) for key in values if key not in items]
    if strangers:
        raise Refused([f"不是{cycle}的指标：{'、'.join(strangers)}"])
    seen = {key: _figures(items[key]) for key in values}
    edits = [edit(items[key], **_cleaned(items[key], one)) for key, one in values.items()]
    changed = [one.row for one in edits if one]
    if not changed:
        return 0
    rows = [one for one in changed if isinstance(one, Item)]
    reasons = _may_change(cycle, rows, seen, actor, on, upload)
    checks = FigureChecks(cycle)
    reasons += [why for one in rows for why in checks.faults(one)]
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor, action="填报完成值", zone=cycle.zone, subject=f"{cycle} {len(rows)}项", upload=upload
    )
    save_all(event, changed=edits)
    return len(rows)


def _figures(item: Item) -> tuple[Any, Any]:
    return item.actual, dict(item.inputs)


def _cleaned(item: Item, values: ActualValues) -> dict[str, Any]:
    found: dict[str, Any] = dict(values)
    if "inputs" in values:
        found["inputs"] = inputs_kept(item, values["inputs"])
    return found


def inputs_kept(item: Item, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as they are stored: those that say nothing left out, figures as plain text however they were
    typed, since the scores are made of them as they stand. What cannot be read stays, for FigureChecks."""
    rule = rule_of(item)
    fields = {one.name: one for one in INPUT_FIELDS.get(rule, ())} if rule else {}
    return {
        name: _as_text(value, fields.get(name))
        for name, value in inputs.items()
        if value not in (None, "", [])
    }


def _as_text(value: Any, field: Field | None) -> Any:
    if isinstance(value, bool):
        return value
    read = value
    if field is not None:
        with suppress(RuleError):
            read = field.value(value)
    if isinstance(read, list | tuple):
        return [shown(one) if isinstance(one, Decimal) else str(one) for one in read]
    return shown(read) if isinstance(read, Decimal) else str(read)


def _may_change(
    cycle: Cycle,
    rows: Sequence[Item],
    seen: Mapping[int, tuple[Any, Any]],
    actor: AbstractBaseUser,
    on: date,
    upload: Upload | None,
) -> list[str]:
    """Why these rows may not get figures now, or not by this actor."""
    if upload is not None and cycle.state == CycleState.DRAFT:
        return []
    if is_taking_sheets(cycle, upload):
        bad = [item_name(one) for one in rows if seen[one.pk] not in ((None, {}), _figures(one))]
        return [f"已登记得分，完成值不能再改：{'、'.join(bad)}"] if bad else []
    if cycle.state not in REPORTING:
        return [f"{cycle}是“{CycleState(cycle.state).label}”，不在填报或核验阶段"]
    hands = hands_of(actor, on)
    # Whether a sheet may be brought was asked where it was received; a unit brings its own leaves.
    by_office = upload is not None and not hands.led
    reasons = [
        f"{item_name(one)}：只能填报本单位负责的指标"
        for one in rows
        if not by_office and not hands.may_report(one)
    ]
    reasons += [
        f"{item_name(one)}：“{ItemState(one.state).label}”，退回后才能改"
        for one in rows
        if one.state not in EDITABLE
    ]
    return reasons


class FigureChecks:
    """Reads the inputs of leaves as their rules do."""

    def __init__(self, cycle: Cycle) -> None:
        self.defaults = policy_of(cycle.policy)["kpi.rule_defaults"]

    def faults(self, item: Item) -> list[str]:
        """What is wrong with the figures of one leaf."""
        found = []
        if item.actual is not None and not item.actual.is_finite():
            found.append(f"完成值“{item.actual}”不是数")
        given = {name: one for name, one in item.inputs.items() if name != TRIGGERED}
        rule = rule_of(item)
        if rule is None:
            found += ["没有计分规则，不能填其他计分依据"] if given else []
        elif rule != Rule.VETO or given:
            try:
                parse_inputs(
                    rule, _joined(given), parse_parameters(rule, item.indicator.parameters, self.defaults)
                )
            except RuleError as fault:
                found.append(str(fault).rstrip("。"))
        if TRIGGERED in item.inputs and rule != Rule.VETO:
            found.append("只有一票否决项才有“是否发生”")
        return [f"{item_name(item)}：{one}" for one in found]


def _joined(given: Mapping[str, Any]) -> dict[str, Any]:
    """A list as the rules read it: 30,20."""
    return {name: ",".join(one) if isinstance(one, list) else one for name, one in given.items()}


def _loaded(items: Iterable[Item]) -> list[Item]:
    """The rows with everything the guards read, each in the state in which the caller saw it."""
    seen = {one.pk: one.state for one in items}
    rows = list(items_by_id(list(seen)))
    for one in rows:
        one.state = seen[one.pk]
    return rows


def _zone_of(rows: Sequence[Item]) -> Zone:
    zones = {one.cycle.zone_id for one in rows}
    if len(zones) > 1:
        raise Refused(["一次只能办理一个开发区的指标"])
    return rows[0].cycle.zone


@transaction.atomic
def items_submit(*, items: Iterable[Item], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """Hand in leaves, for the first time or again; those refused stay, each with its reasons. The first day
    counts for lateness."""
    hands = hands_of(actor, on)

    def values(item: Item) -> dict[str, Any]:
        return {
            "submitted_by_id": actor.pk,
            "submitted_unit": reporter_of(item),
            "submitted_on": item.submitted_on or on,
            "source_checked_by": None,
            "unreported": False,
            "returned_reason": "",
        }

    return _move(_loaded(items), "submit", hands, actor, on, values)


@transaction.atomic
def items_return(*, items: Iterable[Item], reason: str, actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """Send leaves back with the reason that the unit reads: by the office or the 数据来源单位."""
    require_permission(actor, VERIFIERS, "退回")
    values: dict[str, Any] = {"returned_reason": reason[:300], "source_checked_by": None}
    return _move(_loaded(items), "return", hands_of(actor, on), actor, on, lambda _: values, reason)


@transaction.atomic
def items_verify(*, items: Iterable[Item], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """The office takes the figures as verified; after the 数据来源单位 inside the zone."""
    values: dict[str, Any] = {"verified_by_id": actor.pk, "verified_on": on}
    return _move(_loaded(items), "verify", hands_of(actor, on), actor, on, lambda _: values, own=True)


@transaction.atomic
def items_reopen(*, items: Iterable[Item], reason: str, actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """Take a verification back: the leaf goes to its unit again."""
    values: dict[str, Any] = {
        "verified_by": None,
        "verified_on": None,
        "source_checked_by": None,
        "returned_reason": reason[:300],
    }
    return _move(_loaded(items), "reopen", hands_of(actor, on), actor, on, lambda _: values, reason, own=True)


def _move(
    rows: list[Item],
    event: str,
    hands: Hands,
    actor: AbstractBaseUser,
    on: date,
    values: Callable[[Item], dict[str, Any]],
    reason: str = "",
    own: bool = False,
) -> list[Refusal]:
    """Steps of many items and what is kept with them. own: the step's own permission is asked; otherwise the
    facts say who may."""
    if not rows:
        return []
    zone = _zone_of(rows)
    refused = take_steps(
        rows,
        table=ITEM_TRANSITIONS,
        event=event,
        facts_of=hands.facts,
        actor=actor,
        on=on,
        reason=reason,
        permission=None if own else "",
    )
    moved = not_refused(rows, refused)
    if moved:
        edits: list[Edit | None] = [edit(one, **values(one)) for one in moved]
        record = audit_record(
            actor=actor,
            action="记载填报与核验",
            zone=zone,
            subject=str(moved[0]) if len(moved) == 1 else f"{moved[0].cycle} {len(moved)}项",
            reason=reason,
        )
        save_all(record, changed=edits)
    return refused


@transaction.atomic
def items_source_check(*, items: Iterable[Item], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """The 数据来源单位 inside the zone confirms figures; the office verifies after it."""
    require_permission(actor, VERIFIERS, "核对数据")
    rows = _loaded(items)
    if not rows:
        return []
    stored = dict(Item.objects.filter(pk__in=[one.pk for one in rows]).values_list("pk", "state"))
    if any(stored[one.pk] != one.state for one in rows):
        raise StaleState("这些指标的状态刚被别人改变，没有写入。请刷新后再办。")
    hands = hands_of(actor, on)
    refused = [Refusal(one, tuple(why)) for one in rows if (why := _check_faults(one, hands))]
    good = not_refused(rows, refused)
    if good:
        event = audit_record(
            actor=actor,
            action="数据来源单位核对",
            zone=_zone_of(rows),
            subject=str(good[0]) if len(good) == 1 else f"{good[0].cycle} {len(good)}项",
        )
        save_all(event, changed=[edit(one, source_checked_by=actor) for one in good])
    return refused


def _check_faults(item: Item, hands: Hands) -> list[str]:
    facts = hands.facts(item)
    reasons = [] if facts.cycle_open else ["本周期不在填报或核验阶段"]
    if item.state not in HANDED_IN:
        reasons.append(f"“{ItemState(item.state).label}”的指标不用核对")
    if not hands.is_source(item):
        reasons.append("只有数据来源单位可以核对")
    if facts.submitters_unit or facts.is_submitter:
        reasons.append("不能核验本单位或本人填报的数据")
    if item.source_checked_by_id is not None:
        reasons.append("已经核对过")
    return reasons
