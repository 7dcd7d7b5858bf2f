"""Scores that come in as such: of units and persons by workbook, the formula of a sheet, the leaders' points;
and a cycle whose scores were registered (domain.md §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Item, PersonEntry, UnitEntry
from kpi.rules.formula import read_formula
from kpi.selectors.schemes import subject_name
from kpi.states import LEADERS, OFFICE, REGISTERED_CYCLE_TRANSITIONS, CycleState, ItemState
from reform.errors import Refused, RuleError
from reform.models import Person, Unit, Upload
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all, set_state
from reform.services.records import tally
from reform.services.steps import require_permission
from reform.workflow import find_transition

from .cycles import items_close
from .schemes import require_office, scheme_freeze

# From 公布 on a score changes by an appeal only, and every change is a new version.
_FIXED = (CycleState.PUBLISHED, CycleState.APPEALING, CycleState.FINAL)


@dataclass(frozen=True)
class UnitScoreEntry:
    """A unit's row of a sheet. given: fields of UnitEntry that the sheet has; the others stay."""

    unit: Unit
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonScoreEntry:
    """A person's row of a sheet. given: fields of PersonEntry that the sheet has; `values` (column → score as
    text) is taken over column by column."""

    person: Person
    given: Mapping[str, Any] = field(default_factory=dict)


def require_open(cycle: Cycle) -> None:
    """Entries are taken until the results are published."""
    if cycle.state in _FIXED:
        raise Refused([f"{cycle}已是“{CycleState(cycle.state).label}”，得分只能通过申诉更正"])


@transaction.atomic
def unit_entries_register(
    *,
    cycle: Cycle,
    entries: Sequence[UnitScoreEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> tuple[int, int]:
    """Write units' scores that were not collected here; returns how many are new and changed. Refused for a
    unit that has leaves of its own in the cycle, which would count twice. A fixed number of statements."""
    require_office(actor, upload, "登记单位得分")
    reasons = _twice([one.unit for one in entries])
    reasons += [
        f"“{one.unit.name}”不是本开发区的单位" for one in entries if one.unit.zone_id != cycle.zone_id
    ]
    own = set(
        Item.objects.filter(cycle=cycle, indicator__subject__isnull=False).values_list(
            "indicator__subject_id", flat=True
        )
    )
    reasons += [
        f"“{subject_name(one.unit)}”在{cycle}有自己的指标，不能再登记指标得分"
        for one in entries
        if one.unit.pk in own
    ]
    for one in entries:
        reasons += figure_faults(one.unit.name, one.given)
    if reasons:
        raise Refused(reasons)
    known = {one.unit_id: one for one in UnitEntry.objects.filter(cycle=cycle).order_by("id")}
    changed: list[Edit | None] = []
    created = []
    for one in entries:
        row = known.get(one.unit.pk)
        if row is None:
            created.append(UnitEntry(cycle=cycle, unit=one.unit, **one.given))
        else:
            changed.append(edit(row, **one.given))
    return _save(cycle, "登记单位得分", created, changed, "家", actor, upload)


@transaction.atomic
def person_entries_register(
    *,
    cycle: Cycle,
    entries: Sequence[PersonScoreEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> tuple[int, int]:
    """Write what persons' scores are made of; returns how many are new and changed. A fixed number of
    statements. 领导小组加分 is within the policy's points."""
    if upload is None and not _decides(actor):
        require_permission(actor, OFFICE, "登记个人得分")
    reasons = _twice([one.person for one in entries])
    reasons += [
        f"“{one.person.name}”不是本开发区的人员" for one in entries if one.person.zone_id != cycle.zone_id
    ]
    points = policy_of(cycle.policy)["kpi.personal_year"]
    for one in entries:
        reasons += figure_faults(one.person.name, one.given) + _points_faults(one, points)
    if reasons:
        raise Refused(reasons)
    known = {one.person_id: one for one in PersonEntry.objects.filter(cycle=cycle).order_by("id")}
    changed: list[Edit | None] = []
    created = []
    for one in entries:
        row = known.get(one.person.pk)
        given = dict(one.given)
        if "values" in given:
            given["values"] = (row.values if row else {}) | dict(given["values"])
        if row is None:
            created.append(PersonEntry(cycle=cycle, person=one.person, **given))
        else:
            changed.append(edit(row, **given))
    return _save(cycle, "登记个人得分", created, changed, "人", actor, upload)


def _decides(actor: AbstractBaseUser) -> bool:
    may: Any = getattr(actor, "has_perm", lambda _: False)
    return bool(may(LEADERS))


def _twice(subjects: Sequence[Any]) -> list[str]:
    seen: set[int] = set()
    found = []
    for one in subjects:
        if one.pk in seen:
            found.append(f"“{one.name}”有两行")
        seen.add(one.pk)
    return found


def figure_faults(name: str, given: Mapping[str, Any]) -> list[str]:
    """Figures are numbers, and none below 0."""
    figures = dict(given.get("values") or {}) | {
        "加分": given.get("bonus"),
        "扣分": given.get("deduction"),
        "指标得分": given.get("indicators"),
    }
    found = []
    for column, value in figures.items():
        if value is None:
            continue
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            found.append(f"{name}：{column}“{value}”不是数")
            continue
        if not number.is_finite() or number < 0:
            found.append(f"{name}：{column}须不小于0，现为{value}")
    return found


def _points_faults(entry: PersonScoreEntry, points: Mapping[str, Any]) -> list[str]:
    value = entry.given.get("leader_points")
    low, high = Decimal(str(points["points_low"])), Decimal(str(points["points_high"]))
    if value is None or low <= Decimal(str(value)) <= high:
        return []
    return [f"{entry.person.name}：领导小组加分须为{low}至{high}分，现为{value}"]


def _save(
    cycle: Cycle,
    action: str,
    created: Sequence[UnitEntry | PersonEntry],
    changed: Sequence[Edit | None],
    counter: str,
    actor: AbstractBaseUser,
    upload: Upload | None,
) -> tuple[int, int]:
    count = sum(1 for one in changed if one)
    if created or count:
        require_open(cycle)
        event = audit_record(
            actor=actor,
            action=action,
            zone=cycle.zone,
            subject=f"{cycle} {tally(created, changed, counter)}",
            upload=upload,
        )
        save_all(event, changed=changed, created=created)
    return len(created), count


@transaction.atomic
def cycle_formula_set(
    *, cycle: Cycle, formula: str, actor: AbstractBaseUser, upload: Upload | None = None
) -> bool:
    """Set the formula of persons' scores of a cycle as a sheet writes it, '' for the policy's own way;
    returns whether it changed.  Raises RuleError where it cannot be read."""
    require_office(actor, upload, "设定个人得分公式")
    text = str(read_formula(formula)) if formula.strip() else ""
    longest = Cycle._meta.get_field("formula").max_length or 0
    if len(text) > longest:
        raise RuleError(f"公式有{len(text)}个字，最多{longest}个字。")
    changed = edit(cycle, formula=text)
    if changed is None:
        return False
    if cycle.state in _FIXED:
        cycle.formula = str(changed.before["formula"])
        require_open(cycle)
    event = audit_record(
        actor=actor,
        action="设定个人得分公式",
        zone=cycle.zone,
        subject=f"{cycle} {text}",
        upload=upload,
        details={"from": changed.before["formula"], "to": text},
    )
    save_all(event, changed=[changed])
    return True


@transaction.atomic
def cycle_register(*, cycle: Cycle, actor: AbstractBaseUser, upload: Upload | None = None) -> bool:
    """Take a drafted cycle whose scores came by workbook to 评分; returns whether it moved. Leaves without a
    figure are 未报; the scheme is frozen as by any first targets. Scores and results are computed by the
    caller, in the same transaction, when all sheets are in."""
    require_office(actor, upload, "登记得分")
    if cycle.registered and cycle.state == CycleState.SCORING:
        items_close(cycle=cycle, actor=actor, states=(ItemState.OPEN,), upload=upload)
        return False
    step = find_transition(REGISTERED_CYCLE_TRANSITIONS, cycle.state, "register")
    event = audit_record(
        actor=actor, action="标记为登记的周期", zone=cycle.zone, subject=str(cycle), upload=upload
    )
    save_all(event, changed=[edit(cycle, registered=True)])
    set_state(
        cycle,
        source=cycle.state,
        target=str(step.target),
        event=step.label,
        actor=actor,
        upload=upload,
    )
    scheme_freeze(scheme=cycle.scheme, actor=actor, upload=upload)
    items_close(cycle=cycle, actor=actor, states=(ItemState.OPEN,), upload=upload)
    return True
