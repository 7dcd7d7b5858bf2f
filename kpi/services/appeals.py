"""考核申诉 (domain.md §6): within working days of 公布, answered within working days; upheld ones correct
what was wrong and compute everything that hangs on it again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import (
    Cycle,
    Exclusion,
    Item,
    Period,
    PersonEntry,
    PersonResult,
    ResultAppeal,
    UnitEntry,
    UnitResult,
    Veto,
)
from kpi.rules.formula import read_formula
from kpi.rules.guards import DecisionFacts
from kpi.selectors.appeal_effects import cause_of
from kpi.selectors.places import people_avoided, units_led
from kpi.selectors.unit_inputs import PUBLIC
from kpi.states import (
    APPEAL_TRANSITIONS,
    OFFICE,
    PERSON,
    REPORTERS,
    SUPERVISORS,
    VETO_TRANSITIONS,
    AppealState,
    CycleState,
)
from reform.access import person_of
from reform.errors import Refused
from reform.models import Person, Unit
from reform.selectors import calendar_of, policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission, take_step
from reform.workdays import workday_period

from .entries import figure_faults
from .exclusions import exclusion_delete, exclusion_write
from .finals import final_grades_correct
from .reporting import FigureChecks, inputs_kept
from .results import results_compute
from .scores import cycle_score

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Correction:
    """What an upheld appeal puts right; one of these.

    item with actual and/or inputs · person or unit with the fields of its entry that change (given) · exclude
    with cause and note · include: who is no longer excluded · veto: lifted.
    """

    item: Item | None = None
    actual: Decimal | None = None
    inputs: Mapping[str, Any] | None = None
    unit: Unit | None = None
    person: Person | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    exclude: Person | None = None
    cause: str = ""
    note: str = ""
    include: Person | None = None
    veto: Veto | None = None

    @property
    def parts(self) -> list[Any]:
        own = (self.item, self.unit, self.person, self.exclude, self.include, self.veto)
        return [one for one in own if one is not None]


def appeals_until(cycle: Cycle) -> date | None:
    """The last day for an appeal: so many working days after 公布; None before it."""
    if cycle.published_on is None:
        return None
    workdays = policy_of(cycle.policy)["kpi.appeal_workdays"]["submit"]
    return workday_period(cycle.published_on + _DAY, workdays, calendar_of()).last_on


@transaction.atomic
def result_appeal_submit(
    *,
    cycle: Cycle,
    claim: str,
    actor: AbstractBaseUser,
    on: date,
    unit: Unit | None = None,
    person: Person | None = None,
) -> ResultAppeal:
    """An appeal of a unit (by its head) or of a person, or taken down by the office or the 监督组."""
    if (unit is None) == (person is None):
        raise Refused(["申诉人是一个单位或一个人，选其中一个"])
    _require_appellant(actor, unit, person)
    reasons = _submit_reasons(cycle, on, unit, person)
    if not claim.strip():
        reasons.append("须写明申诉的事实和理由")
    if reasons:
        raise Refused(reasons)
    workdays = policy_of(cycle.policy)["kpi.appeal_workdays"]["answer"]
    appeal = ResultAppeal(
        cycle=cycle,
        unit=unit,
        person=person,
        claim=claim.strip(),
        submitted_by_id=actor.pk,
        submitted_on=on,
        due_on=workday_period(on + _DAY, workdays, calendar_of()).last_on,
    )
    appeal.full_clean()
    event = audit_record(actor=actor, action="提出考核申诉", zone=cycle.zone, subject=str(appeal))
    save_all(event, created=[appeal])
    return appeal


def _require_appellant(actor: AbstractBaseUser, unit: Unit | None, person: Person | None) -> None:
    may: Any = getattr(actor, "has_perm", lambda _: False)
    if may(OFFICE) or may(SUPERVISORS):
        return
    require_permission(actor, REPORTERS if unit is not None else PERSON, "提出考核申诉")
    own = person_of(actor)
    if unit is not None and unit.pk not in units_led(actor):
        raise Refused(["只能替本单位申诉"])
    if person is not None and (own is None or own.pk != person.pk):
        raise Refused(["只能对本人的考核结果申诉"])


def _submit_reasons(cycle: Cycle, on: date, unit: Unit | None, person: Person | None) -> list[str]:
    last = appeals_until(cycle)
    if cycle.state not in PUBLIC or cycle.published_on is None or last is None:
        return [f"{cycle}是“{CycleState(cycle.state).label}”，结果还没有公布"]
    reasons = []
    if on < cycle.published_on:
        reasons.append(f"{cycle.published_on:%Y-%m-%d}才公布，今天是{on:%Y-%m-%d}")
    if on > last:
        reasons.append(f"{cycle.published_on:%Y-%m-%d}公布，申诉已于{last:%Y-%m-%d}截止，今天是{on:%Y-%m-%d}")
    if unit is not None:
        found = UnitResult.objects.filter(cycle=cycle, unit=unit, current=True).exists()
    else:
        found = PersonResult.objects.filter(cycle=cycle, person=person, current=True).exists()
    if not found:
        reasons.append(f"“{unit or person}”在{cycle}没有考核结果")
    before = ResultAppeal.objects.filter(cycle=cycle, unit=unit, person=person)
    if before.exclude(state=AppealState.WITHDRAWN).exists():
        reasons.append("对这个结果已提出过申诉")
    return reasons


@transaction.atomic
def result_appeal_withdraw(*, appeal: ResultAppeal, actor: AbstractBaseUser, on: date) -> None:
    """Whoever appealed takes it back before it is answered."""
    appeal = _locked(appeal)
    if appeal.submitted_by_id != actor.pk:
        raise Refused(["只能撤回自己提出的申诉"])
    # the head of a unit withdraws as such
    take_step(
        appeal,
        table=APPEAL_TRANSITIONS,
        event="withdraw",
        facts=None,
        actor=actor,
        on=on,
        permission="",
    )


@transaction.atomic
def result_appeal_decide(
    *,
    appeal: ResultAppeal,
    uphold: bool,
    answer: str,
    actor: AbstractBaseUser,
    on: date,
    correction: Correction | None = None,
) -> ResultAppeal:
    """Answer an appeal: rejected, or upheld with what is put right. Then scores, results and a final year's
    grades are computed again, new versions beside the old.  Nobody is worse off by their own appeal."""
    appeal = _locked(appeal)
    if uphold and (correction is None or len(correction.parts) != 1):
        raise Refused(["申诉成立的，须写明更正哪一项"])
    if not uphold and correction is not None:
        raise Refused(["维持原结果的，不作更正"])
    take_step(
        appeal,
        table=APPEAL_TRANSITIONS,
        event="uphold" if uphold else "reject",
        facts=DecisionFacts(appeal.submitted_by_id == actor.pk, appeal.person_id in people_avoided(actor)),
        actor=actor,
        on=on,
        reason=answer[:300],
    )
    before, grade_before = _result_of(appeal)
    told = _Corrector(appeal, actor, on, answer).apply(correction) if correction else {}
    event = audit_record(
        actor=actor, action="答复考核申诉", zone=appeal.zone, subject=str(appeal), reason=answer[:300]
    )
    values = {"answer": answer.strip(), "decided_by": actor, "decided_on": on, "correction": told}
    save_all(event, changed=[edit(appeal, **values)])
    if uphold:
        _recompute(appeal, actor, on)
        after, grade_after = _result_of(appeal)
        if before is not None and (after is None or after < before):
            fell = "不能计算" if after is None else f"降为{after}"
            raise Refused([f"更正后得分由{before}{fell}，申诉不得加重"])
        # A–D of a person run from the best to the worst
        if appeal.person_id and grade_before and grade_after > grade_before:
            raise Refused([f"更正后等次由{grade_before}降为{grade_after}，申诉不得加重"])
    return appeal


def _locked(appeal: ResultAppeal) -> ResultAppeal:
    rows = ResultAppeal.objects.select_for_update(of=("self",))
    return rows.select_related("cycle__zone", "cycle__policy", "unit", "person").get(pk=appeal.pk)


def _result_of(appeal: ResultAppeal) -> tuple[Decimal | None, str]:
    """The appellant's total or combined score, and the grade, as they count now."""
    if appeal.unit_id is not None:
        units = UnitResult.objects.filter(cycle=appeal.cycle, unit=appeal.unit_id, current=True)
        return units.values_list("total", "grade").first() or (None, "")
    people = PersonResult.objects.filter(cycle=appeal.cycle, person=appeal.person_id, current=True)
    return people.values_list("combined", "grade").first() or (None, "")


def _recompute(appeal: ResultAppeal, actor: AbstractBaseUser, on: date) -> None:
    """Scores, results, and what hangs on them: a final year's grades, and the year of a quarter."""
    cycle, cause = appeal.cycle, cause_of(appeal)
    cycle_score(cycle=cycle, actor=actor)
    results_compute(cycle=cycle, actor=actor, cause=cause)
    cycles = [cycle]
    if cycle.period == Period.QUARTER:
        scored = (CycleState.CALIBRATING, *PUBLIC)
        year = Cycle.objects.filter(zone=cycle.zone_id, code=cycle.code[:4], state__in=scored)
        for one in year.select_related("zone", "policy"):
            results_compute(cycle=one, actor=actor, cause=f"{cycle}{cause}"[:120])
            cycles.append(one)
    for one in cycles:
        if one.state == CycleState.FINAL and one.period == Period.YEAR:
            final_grades_correct(cycle=one, actor=actor, on=on, reason=cause)


class _Corrector:
    """Puts one thing right and tells it as the appeal keeps it: what, before and after."""

    def __init__(self, appeal: ResultAppeal, actor: AbstractBaseUser, on: date, answer: str) -> None:
        self._appeal, self._cycle, self._actor = appeal, appeal.cycle, actor
        self._on, self._answer = on, answer

    def apply(self, correction: Correction) -> dict[str, Any]:
        one = correction
        if one.item is not None:
            return self._item(one.item, one)
        if one.unit is not None:
            row = UnitEntry.objects.filter(cycle=self._cycle, unit=one.unit).first()
            return self._entry("unit", one.unit, row, one.given)
        if one.person is not None:
            entry = PersonEntry.objects.filter(cycle=self._cycle, person=one.person).first()
            return self._entry("person", one.person, entry, one.given)
        if one.exclude is not None:
            exclusion_write(self._cycle, one.exclude, one.cause, one.note, self._actor)
            return {"exclude": one.exclude.pk, "text": f"{one.exclude}列为不定等次"}
        if one.include is not None:
            row_ = Exclusion.objects.filter(cycle=self._cycle, person=one.include).first()
            if row_ is None:
                raise Refused([f"“{one.include}”没有列为不定等次"])
            exclusion_delete(row_, self._actor, self._answer)
            return {"include": one.include.pk, "text": f"{one.include}取消不定等次"}
        assert one.veto is not None
        return self._lift(one.veto)

    def _item(self, given: Item, correction: Correction) -> dict[str, Any]:
        item = Item.objects.select_related("indicator").filter(cycle=self._cycle, pk=given.pk).first()
        if item is None:
            raise Refused([f"“{given}”不是{self._cycle}的指标"])
        before = {"actual": _text(item.actual), "inputs": dict(item.inputs)}
        values: dict[str, Any] = {}
        if correction.actual is not None:
            values["actual"] = correction.actual
        if correction.inputs is not None:
            values["inputs"] = inputs_kept(item, correction.inputs)
        self._write("更正完成值", item, values, FigureChecks(self._cycle).faults)
        after = {"actual": _text(item.actual), "inputs": dict(item.inputs)}
        text = f"{item}：完成值由{before['actual'] or '空'}更正为{after['actual'] or '空'}"
        return {"item": item.pk, "before": before, "after": after, "text": text}

    def _entry(self, kind: str, subject: Unit | Person, row: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        if row is None:
            raise Refused([f"“{subject}”在{self._cycle}没有报送的得分"])
        values = dict(given)
        reasons = figure_faults(subject.name, values)
        if "values" in values:
            reasons += _column_faults(self._cycle, row, values["values"])
            values["values"] = row.values | {name: str(one) for name, one in values["values"].items()}
        if reasons:
            raise Refused(reasons)
        before = {name: _text(getattr(row, name)) for name in values}
        self._write("更正报送的得分", row, values)
        after = {name: _text(getattr(row, name)) for name in values}
        return {kind: subject.pk, "before": before, "after": after, "text": f"{subject}：更正报送的得分"}

    def _write(
        self,
        action: str,
        row: Any,
        values: Mapping[str, Any],
        faults: Callable[[Any], list[str]] = lambda row: [],
    ) -> None:
        changed = edit(row, **values)
        if changed is None:
            raise Refused(["更正的内容与原来相同"])
        row.full_clean()
        if reasons := faults(row):
            raise Refused(reasons)
        event = audit_record(
            actor=self._actor,
            action=action,
            zone=self._cycle.zone,
            subject=f"{self._cycle} {row}",
            reason=self._answer[:300],
        )
        save_all(event, changed=[changed])

    def _lift(self, given: Veto) -> dict[str, Any]:
        veto = Veto.objects.select_related("cycle__zone").filter(cycle=self._cycle, pk=given.pk).first()
        if veto is None:
            raise Refused([f"“{given}”不是{self._cycle}的否决"])
        take_step(
            veto,
            table=VETO_TRANSITIONS,
            event="lift",
            facts=DecisionFacts(made_by_actor=self._actor.pk in (veto.raised_by_id, veto.decided_by_id)),
            actor=self._actor,
            on=self._on,
            reason=self._answer[:300],
        )
        return {"veto": veto.pk, "text": f"撤销否决：{veto}"}


def _column_faults(cycle: Cycle, entry: PersonEntry, values: Mapping[str, Any]) -> list[str]:
    """Columns that neither the formula nor the person's row has: what stands there changes nothing."""
    formula = read_formula(cycle.formula).columns if cycle.formula else ()
    known = dict.fromkeys((*formula, *entry.values))
    return [
        f"得分表没有“{name}”这一栏，有：{'、'.join(known) or '（没有）'}"
        for name in values
        if name not in known
    ]


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
