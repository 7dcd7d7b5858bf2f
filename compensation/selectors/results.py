"""Final results of the appraisal as pay takes them: K_u of a unit, K_p of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from compensation.rules.coefficients import personal_coefficient, reference_score, unit_coefficient
from compensation.rules.figures import Figure, number_text
from compensation.rules.policy import PayPolicy, ReferenceRule
from kpi.models import Cycle, PersonResult, UnitResult
from kpi.states import CycleState
from reform.models import Zone

from .holdings import parents_of


@dataclass(frozen=True, slots=True)
class PersonGrade:
    """grade: '' for 不定等次.  coefficient: of the appraisal, used where there is no grade of an annual kind.
    unit_score: of the unit that the person was assessed in."""

    grade: str
    coefficient: Decimal | None
    unit_score: Decimal | None
    why: str


@dataclass(frozen=True)
class Results:
    """A cycle's final results. units: unit → score; parents: unit → the one above it."""

    code: str
    units: Mapping[int, Decimal] = field(default_factory=dict)
    people: Mapping[int, PersonGrade] = field(default_factory=dict)
    parents: Mapping[int, int | None] = field(default_factory=dict)

    def score_of(self, unit: int | None) -> Decimal | None:
        """The score of a unit, or of the nearest one above it that has one."""
        seen: set[int] = set()
        while unit is not None and unit not in seen:
            if unit in self.units:
                return self.units[unit]
            seen.add(unit)
            unit = self.parents.get(unit)
        return None

    def facts(self) -> tuple[object, ...]:
        """What the digest of a run covers of them."""
        people = [
            (key, one.grade, one.coefficient, one.unit_score, one.why)
            for key, one in sorted(self.people.items())
        ]
        return self.code, sorted(self.units.items()), people


def final_results(zone: Zone, code: str) -> Results | None:
    """The current results of a cycle that is final; None while it is not. Four statements."""
    cycle = Cycle.objects.filter(zone=zone, code=code, state=CycleState.FINAL).first()
    return None if cycle is None else _results(zone, cycle)


def latest_results(zone: Zone, on: date) -> Results | None:
    """Of the latest final year that had begun by a day: what a trial calculation goes by."""
    cycles = Cycle.objects.filter(zone=zone, period="YEAR", state=CycleState.FINAL, starts_on__lte=on)
    cycle = cycles.order_by("-starts_on").first()
    return None if cycle is None else _results(zone, cycle)


def _results(zone: Zone, cycle: Cycle) -> Results:
    units = UnitResult.objects.filter(cycle=cycle, current=True, total__isnull=False)
    people = PersonResult.objects.filter(cycle=cycle, current=True)
    return Results(
        cycle.code,
        {
            key: total
            for key, total in units.order_by("unit_id").values_list("unit_id", "total")
            if total is not None
        },
        {
            key: PersonGrade(grade, coefficient, unit_score, why)
            for key, grade, coefficient, unit_score, why in people.order_by("person_id").values_list(
                "person_id", "grade", "coefficient", "unit_score", "why"
            )
        },
        parents_of(zone),
    )


class Coefficients:
    """K_u and K_p under one policy and one cycle's results, each computed once."""

    def __init__(self, policy: PayPolicy, results: Results) -> None:
        self.policy, self.results = policy, results
        has_reference = bool(results.units) or policy.reference_rule == ReferenceRule.FIXED
        self.reference = reference_score(policy, [*results.units.values()]) if has_reference else None
        self._units: dict[Decimal, Figure] = {}
        self._grades: dict[str, Figure] = {}

    def of_unit(self, unit: int | None, person: int) -> Figure | None:
        """K_u of the unit served in; where it has no score (merged since), that of the unit in which the
        person was assessed. None where there is neither."""
        score = self.results.score_of(unit)
        if score is None:
            grade = self.results.people.get(person)
            score = grade.unit_score if grade else None
        if score is None or self.reference is None:
            return None
        if score not in self._units:
            policy = self.policy
            self._units[score] = unit_coefficient(score, self.reference, policy.low, policy.high)
        return self._units[score]

    def of_person(self, person: int) -> Figure | None:
        """K_p of the grade; None for 不定等次 and for who was not assessed."""
        found = self.results.people.get(person)
        if found is None or (not found.grade and found.coefficient is None):
            return None
        if not found.grade:
            assert found.coefficient is not None
            return Figure(found.coefficient, f"个人系数 = {number_text(found.coefficient)}")
        if found.grade not in self._grades:
            self._grades[found.grade] = personal_coefficient(found.grade, self.policy.grade_coefficients)
        return self._grades[found.grade]

    def lacking(self, person: int) -> str:
        """Why a person has no K_p."""
        found = self.results.people.get(person)
        if found is None:
            return f"没有{self.results.code}考核结果，按已预发结算"
        why = f"（{found.why}）" if found.why else ""
        return f"不定等次{why}，按已预发结算"
