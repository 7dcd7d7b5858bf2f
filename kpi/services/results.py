"""Results of a cycle: units, persons, quotas and ties computed at once from stored scores, each change after
公布 a new version (domain.md §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Model

from kpi.models import Cycle, CycleOutcome, Period, PersonResult, UnitResult
from kpi.rules.combination import grade_coefficient
from kpi.rules.grading import Graded, Grading, assign_grades
from kpi.rules.person_results import PersonScoring, score_person
from kpi.rules.quotas import UnitStanding
from kpi.rules.unit_results import Placed, place_units, score_unit, zone_total
from kpi.selectors.grading_inputs import grade_rules, participants_of, tie_decisions
from kpi.selectors.person_inputs import PersonInput, person_inputs, person_rules
from kpi.selectors.unit_inputs import PUBLIC, UnitInputs, quarter_cycles, unit_inputs, unit_rules
from kpi.states import LEADERS, OFFICE, CycleState
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import Upload
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission

NOT_GRADED = "月度考核不评等次"
_SCORED = (CycleState.SCORING, CycleState.CALIBRATING, *PUBLIC)
_WHY = 300  # characters of a result's reason


@dataclass(frozen=True)
class ComputedResults:
    """How many results of a cycle are others than before; ties: how many wait for a decision."""

    units: int
    people: int
    ties: int


@transaction.atomic
def results_compute(
    *, cycle: Cycle, actor: AbstractBaseUser, cause: str = "", upload: Upload | None = None
) -> ComputedResults:
    """Compute and store all results of a cycle; rows that stay as they are are not written.

    Before 公布 results are changed in place. From then on each that differs gets a new version, and `cause`
    says why.  Raises Refused where it may not be computed now.  A fixed number of statements.
    """
    _check(cycle, actor, upload)
    Cycle.objects.select_for_update().get(pk=cycle.pk)  # two computations at a time would make two versions
    policy = policy_of(cycle.policy)
    quarters = quarter_cycles(cycle)
    units = unit_inputs(cycle, quarters)
    rules = unit_rules(policy)
    placed = place_units([score_unit(one, rules) for one in units.facts.values()], rules)
    by_unit = dict(zip(units.facts, placed, strict=True))
    people = person_inputs(cycle, policy, quarters, units.units, by_unit)
    scorings = _score_people(cycle, policy, people, by_unit)
    grading = _grade(cycle, policy, people, scorings, by_unit, units)
    store = _Store(cycle, cause)
    store.take(UnitResult, "unit_id", {key: _unit_values(one) for key, one in by_unit.items()})
    lines = _person_lines(cycle, policy, people, scorings, grading, by_unit)
    store.take(PersonResult, "person_id", lines)
    total = zone_total(units.zone_leaves, rules)
    store.take(CycleOutcome, "cycle_id", {cycle.pk: _outcome_values(total, grading)})
    store.save(actor, upload)
    return ComputedResults(store.counts[UnitResult], store.counts[PersonResult], len(grading.ties))


def _check(cycle: Cycle, actor: AbstractBaseUser, upload: Upload | None) -> None:
    may: Any = getattr(actor, "has_perm", lambda _: False)
    if upload is None and not may(LEADERS):
        require_permission(actor, OFFICE, "计算考核结果")
    if cycle.state not in _SCORED:
        raise Refused([f"{cycle}是“{CycleState(cycle.state).label}”，还没有评分，不能计算结果"])


def _score_people(
    cycle: Cycle, policy: Policy, people: Sequence[PersonInput], by_unit: Mapping[int, Placed]
) -> dict[int, PersonScoring]:
    rules = person_rules(cycle, policy)
    found = {}
    for one in people:
        placed = by_unit.get(one.place.unit_id or 0)
        unit_score = placed.scoring.total if placed else None
        found[one.person_id] = score_person(one.facts, rules, unit_score)
    return found


def _grade(
    cycle: Cycle,
    policy: Policy,
    people: Sequence[PersonInput],
    scorings: Mapping[int, PersonScoring],
    by_unit: Mapping[int, Placed],
    units: UnitInputs,
) -> Grading:
    """Grades of a year or a quarter; in a month nobody takes part in the quotas."""
    combined = {key: one.combined for key, one in scorings.items()}
    graded = [] if cycle.period == Period.MONTH else participants_of(people, combined, units.names)
    standings = {
        units.names[key]: UnitStanding(units.names[key], one.grade, one.scoring.total, bool(one.scoring.veto))
        for key, one in by_unit.items()
    }
    return assign_grades(graded, standings, grade_rules(policy), tie_decisions(cycle, combined))


def _unit_values(placed: Placed) -> dict[str, Any]:
    one = placed.scoring
    return {
        "indicators": one.indicators,
        "bonus": one.bonus,
        "deduction": one.deduction,
        "late": one.late,
        "adjustment": one.adjustment,
        "quarters": one.quarters,
        "total": one.total,
        "vetoed": bool(one.veto),
        "rank": placed.rank,
        "grade": placed.grade,
        "steps": list(one.steps),
    }


def _person_lines(
    cycle: Cycle,
    policy: Policy,
    people: Sequence[PersonInput],
    scorings: Mapping[int, PersonScoring],
    grading: Grading,
    by_unit: Mapping[int, Placed],
) -> dict[int, dict[str, Any]]:
    coefficients = policy["pay.grade_coefficients"]
    graded = grading.by_key
    ranks = _ranks_in_units(people, scorings)
    found = {}
    for one in people:
        key, scoring, grade = one.person_id, scorings[one.person_id], graded.get(one.person_id)
        placed = by_unit.get(one.place.unit_id or 0)
        letter = grade.grade if grade else None
        found[key] = {
            "unit_id": one.place.unit_id,
            "post": one.place.post,
            "level": one.place.level,
            "identity": one.identity,
            "personal": scoring.personal,
            "unit_score": placed.scoring.total if placed else None,
            "adjustment": one.facts.adjustment,
            "combined": scoring.combined,
            "rank": ranks.get(key),
            "group": grade.group if grade else "",
            "suggested": letter or "",
            "grade": letter or "",
            "coefficient": grade_coefficient(letter, coefficients),
            "vetoed": bool(one.veto),
            "why": _why(one, scoring, grade),
            "steps": list(scoring.steps),
        }
    return found


def _why(one: PersonInput, scoring: PersonScoring, grade: Graded | None) -> str:
    """The grade's reason, which part is missing, and where the unit comes from."""
    parts = [grade.why if grade else NOT_GRADED, scoring.why, one.place.note]
    text = "；".join(part for part in parts if part)
    return text if len(text) <= _WHY else f"{text[: _WHY - 1]}…"


def _ranks_in_units(people: Sequence[PersonInput], scorings: Mapping[int, PersonScoring]) -> dict[int, int]:
    """Places by combined score within each unit, equals share the better one; without a score none."""
    by_unit: dict[int | None, list[tuple[Decimal, int]]] = {}
    for one in people:
        score = scorings[one.person_id].combined
        if score is not None and not one.exclusion:
            by_unit.setdefault(one.place.unit_id, []).append((score, one.person_id))
    ranks = {}
    for members in by_unit.values():
        place: dict[Decimal, int] = {}
        for number, (score, _) in enumerate(sorted(members, key=lambda pair: -pair[0]), 1):
            place.setdefault(score, number)
        ranks.update({person: place[score] for score, person in members})
    return ranks


def _outcome_values(total: Decimal | None, grading: Grading) -> dict[str, Any]:
    return {
        "zone_total": total,
        "n": grading.n,
        "cap": grading.cap,
        "bottom_required": grading.bottom.required,
        "bottom_found": grading.bottom.found,
        "quotas": [
            {
                "group": one.group,
                "n": one.n,
                "quota": one.quota,
                "used": one.used,
                "by_rate": one.by_rate,
                "units": list(one.units),
                "words": one.rate_words,
            }
            for one in grading.quotas
        ],
        "ties": [
            {"group": one.group, "score": str(one.score), "seats": one.seats, "people": list(one.keys)}
            for one in grading.ties
        ],
    }


class _Store:
    """Collects what differs from what is stored, and writes it under one event."""

    def __init__(self, cycle: Cycle, cause: str) -> None:
        self._cycle, self._cause = cycle, cause
        self._versions = cycle.state in PUBLIC
        self._changed: list[Edit | None] = []
        self._created: list[Model] = []
        self._removed: list[Model] = []
        self.counts: dict[type[Model], int] = {}

    def take(self, model: type[Any], subject: str, wanted: Mapping[int, Mapping[str, Any]]) -> None:
        """Compare the current rows of a model with what is to be stored; subject: whose rows they are."""
        rows = model.objects.filter(cycle=self._cycle, current=True).order_by("id")
        known = {getattr(one, subject): one for one in rows}
        gone = [row for key, row in known.items() if key not in wanted]
        count = len(gone)
        if self._versions:
            self._changed += [edit(row, current=False) for row in gone]
        else:
            self._removed += gone
        for key, values in wanted.items():
            row = known.get(key)
            if row is not None and all(getattr(row, name) == value for name, value in values.items()):
                continue
            count += 1
            own = {"cycle_id": self._cycle.pk, subject: key} | dict(values)
            if row is None:
                self._created.append(model(**own, cause=self._cause))
            elif self._versions:
                self._changed.append(edit(row, current=False))
                self._created.append(model(**own, version=row.version + 1, cause=self._cause))
            else:
                self._changed.append(edit(row, **_by_field(values)))
        self.counts[model] = count

    def save(self, actor: AbstractBaseUser, upload: Upload | None) -> None:
        if not (self._changed or self._created or self._removed):
            return
        if self._versions and not self._cause.strip():
            raise Refused([f"{self._cycle}已公布，重新计算的结果有变化，须写明由来"])
        units, people = self.counts[UnitResult], self.counts[PersonResult]
        event = audit_record(
            actor=actor,
            action="计算考核结果",
            zone=self._cycle.zone,
            subject=f"{self._cycle} {units}家单位、{people}人",
            reason=self._cause,
            upload=upload,
        )
        save_all(event, changed=self._changed, created=self._created, removed=self._removed)


def _by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """`edit` knows a foreign key by its field."""
    return {name.removesuffix("_id") if name.endswith("_id") else name: one for name, one in values.items()}
