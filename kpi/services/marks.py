"""定性指标评分: sheets of several scorers for the leaves of rule 等次评价, locked when handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Item, Mark, MarkSheet
from kpi.rules.codes import Rule
from kpi.rules.parameters import Grading
from kpi.rules.scoring import grade_points, parse_parameters
from kpi.selectors.cycle_facts import item_name
from kpi.selectors.marks import sheet_facts, sheet_items
from kpi.states import OFFICE, SCORERS, SHEET_TRANSITIONS, CycleState, SheetState
from reform.errors import Refused, RuleError
from reform.ladder import Policy
from reform.models import Membership
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission, take_step


@dataclass(frozen=True)
class MarkValue:
    """A grade of the leaf's table, and the tier within it."""

    grade: str
    tier: int = 1


@transaction.atomic
def mark_sheets_make(
    *, cycle: Cycle, scorers: Sequence[AbstractBaseUser], actor: AbstractBaseUser
) -> list[MarkSheet]:
    """A sheet for each scorer who has none in the cycle; returns the new ones. Scorers need their permission
    and belong to the zone."""
    require_permission(actor, OFFICE, "发放评分表")
    reasons = []
    if cycle.state != CycleState.SCORING:
        reasons.append(f"{cycle}是“{CycleState(cycle.state).label}”，评分阶段才发放评分表")
    if not Item.objects.filter(cycle=cycle, indicator__rule=Rule.GRADE).exists():
        reasons.append("本周期没有“等次评价”的指标，不用评分表")
    here = set(
        Membership.objects.filter(zone=cycle.zone, user__in=[one.pk for one in scorers]).values_list(
            "user_id", flat=True
        )
    )
    for one in scorers:
        may: Any = getattr(one, "has_perm", lambda _: False)
        if one.pk not in here or not may(SCORERS):
            reasons.append(f"“{one}”不是本开发区的评分人")
    if reasons:
        raise Refused(reasons)
    known = set(MarkSheet.objects.filter(cycle=cycle).values_list("scorer_id", flat=True))
    wanted = dict.fromkeys(one.pk for one in scorers)
    created = [MarkSheet(cycle=cycle, scorer_id=key) for key in wanted if key not in known]
    if created:
        event = audit_record(
            actor=actor, action="发放评分表", zone=cycle.zone, subject=f"{cycle} {len(created)}人"
        )
        save_all(event, created=created)
    return created


@transaction.atomic
def marks_save(*, sheet: MarkSheet, marks: Mapping[int, MarkValue], actor: AbstractBaseUser) -> int:
    """Write the marks of one's own open sheet, by items' keys; returns how many changed. Leaves of one's own
    unit, or of one that a relative leads, are not among them (履职回避)."""
    require_permission(actor, SCORERS, "评分")
    cycle = sheet.cycle
    reasons = _sheet_faults(sheet, actor)
    items = {one.pk: one for one in sheet_items(sheet)}
    policy = policy_of(cycle.policy)
    for key, value in marks.items():
        if key not in items:
            reasons.append(f"指标{key}不在您的评分表上：不是等次评价，或者须回避")
        else:
            reasons += _grade_faults(items[key], value, policy)
    if reasons:
        raise Refused(reasons)
    known = {one.item_id: one for one in Mark.objects.filter(sheet=sheet)}
    changed: list[Edit | None] = [
        edit(known[key], grade=one.grade, tier=one.tier) for key, one in marks.items() if key in known
    ]
    created = [
        Mark(sheet=sheet, item=items[key], grade=one.grade, tier=one.tier)
        for key, one in marks.items()
        if key not in known
    ]
    count = len(created) + sum(1 for one in changed if one)
    if count:
        event = audit_record(actor=actor, action="评分", zone=cycle.zone, subject=f"{cycle} {count}项")
        save_all(event, changed=changed, created=created)
    return count


def _sheet_faults(sheet: MarkSheet, actor: AbstractBaseUser) -> list[str]:
    reasons = [] if sheet.scorer_id == actor.pk else ["只能填自己的评分表"]
    if sheet.state != SheetState.OPEN:
        reasons.append("评分表已经提交，不能再改")
    if sheet.cycle.state != CycleState.SCORING:
        reasons.append(_not_scoring(sheet.cycle))
    return reasons


def _not_scoring(cycle: Cycle) -> str:
    return f"{cycle}是“{CycleState(cycle.state).label}”，不在评分阶段"


def _grade_faults(item: Item, value: MarkValue, policy: Policy) -> list[str]:
    try:
        parameters = parse_parameters(Rule.GRADE, item.indicator.parameters, policy["kpi.rule_defaults"])
        assert isinstance(parameters, Grading)
        grade_points(parameters.grades, value.grade, value.tier)
    except RuleError as fault:
        return [f"{item_name(item)}：{str(fault).rstrip('。')}"]
    return []


@transaction.atomic
def mark_sheet_lock(*, sheet: MarkSheet, actor: AbstractBaseUser, on: date) -> None:
    """Hand a sheet in: from now on it counts and does not change."""
    if sheet.cycle.state != CycleState.SCORING:
        raise Refused([_not_scoring(sheet.cycle)])
    take_step(
        sheet,
        table=SHEET_TRANSITIONS,
        event="lock",
        facts=sheet_facts(sheet, actor),
        actor=actor,
        on=on,
    )
    event = audit_record(actor=actor, action="记载提交日期", zone=sheet.cycle.zone, subject=str(sheet))
    save_all(event, changed=[edit(sheet, locked_on=on)])
