"""Stored results of a cycle, as the pages, reports, exports and the command show them; nothing is computed
here but what-if."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.expressions import OrderBy

from kpi.models import Cycle, CycleOutcome, PersonResult, UnitResult
from kpi.rules.grading import grade_label
from kpi.rules.quotas import UnitStanding
from kpi.rules.whatif import Scenario, compare
from kpi.states import CycleState
from reform.models import Person, Unit
from reform.selectors import policy_of

from .grading_inputs import grade_rules, participants_of, tie_decisions
from .person_inputs import person_inputs
from .unit_inputs import own_names, quarter_cycles


@dataclass(frozen=True)
class UnitLine:
    """One version of a unit's result. late: points lost by late reports. adjustment: 校准 of the total.
    quarters: mean of the four quarters in a year. grade: 一等 … 四等, '' without a total."""

    key: int
    unit_id: int
    unit: str
    indicators: Decimal | None
    bonus: Decimal | None
    deduction: Decimal | None
    late: Decimal | None
    adjustment: Decimal | None
    quarters: Decimal | None
    veto: bool
    total: Decimal | None
    rank: int | None
    grade: str
    version: int
    steps: tuple[str, ...]
    cause: str


@dataclass(frozen=True)
class PersonLine:
    """One version of a person's result. grade: A–D, '' for 不定等次; suggested: what the rules say."""

    key: int
    person_id: int
    id_number: str
    name: str
    unit_id: int | None
    unit: str
    post: str
    level: str
    identity: str
    personal: Decimal | None
    unit_score: Decimal | None
    adjustment: Decimal | None
    combined: Decimal | None
    rank: int | None
    group: str
    suggested: str
    grade: str
    grade_label: str
    coefficient: Decimal | None
    veto: bool
    why: str
    version: int
    steps: tuple[str, ...]
    cause: str


@dataclass(frozen=True)
class QuotaLine:
    """A group's quota of 优秀. by_rate: before the zone's cap; units: whose people it is for; words: how it
    comes about."""

    group: str
    n: int
    quota: int
    used: int
    by_rate: int
    units: tuple[str, ...]
    words: str

    @property
    def remaining(self) -> int:
        return self.quota - self.used


@dataclass(frozen=True)
class TieLine:
    """Equals for fewer seats than there are of them, who wait for a decision."""

    group: str
    score: Decimal
    seats: int
    people: tuple[int, ...]
    id_numbers: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class CycleResults:
    """What the last computation of a cycle stored. n: 参加考核人数; cap: the zone's 优秀 at most."""

    code: str
    state: str
    state_label: str
    zone_total: Decimal | None
    n: int
    cap: int
    bottom_required: int
    bottom_found: int
    version: int
    units: tuple[UnitLine, ...]
    people: tuple[PersonLine, ...]
    quotas: tuple[QuotaLine, ...]
    ties: tuple[TieLine, ...]

    @property
    def excellent(self) -> int:
        return sum(one.used for one in self.quotas)


# Unit by unit, the best first; who has no place, or no unit, comes last on every database.
_BY_UNIT: tuple[OrderBy | str, ...] = (
    *(F(name).asc(nulls_last=True) for name in ("unit__sort_no", "unit_id", "rank")),
    "id",
)


def cycle_results(cycle: Cycle) -> CycleResults:
    """The results that count now; a fixed number of statements."""
    units = UnitResult.objects.filter(cycle=cycle, current=True).select_related("unit")
    people = PersonResult.objects.filter(cycle=cycle, current=True).select_related("person", "unit")
    lines = tuple(person_line(one) for one in people.order_by(*_BY_UNIT))
    outcome = CycleOutcome.objects.filter(cycle=cycle, current=True).first() or CycleOutcome(cycle=cycle)
    by_person = {one.person_id: one for one in lines}
    return CycleResults(
        code=cycle.code,
        state=str(cycle.state),
        state_label=CycleState(cycle.state).label,
        zone_total=outcome.zone_total,
        n=outcome.n,
        cap=outcome.cap,
        bottom_required=outcome.bottom_required,
        bottom_found=outcome.bottom_found,
        version=outcome.version,
        units=tuple(unit_line(one) for one in sorted(units, key=_unit_order)),
        people=lines,
        quotas=quota_lines(outcome),
        ties=tuple(_tie_line(one, by_person) for one in outcome.ties),
    )


def _unit_order(row: UnitResult) -> tuple[Any, ...]:
    return (row.rank is None, row.rank or 0, row.unit.sort_no, row.unit_id)


def unit_line(row: UnitResult) -> UnitLine:
    """One version of a unit's result; reads its unit."""
    return UnitLine(
        key=row.pk,
        unit_id=row.unit_id,
        unit=row.unit.name,
        indicators=row.indicators,
        bonus=row.bonus,
        deduction=row.deduction,
        late=row.late,
        adjustment=row.adjustment,
        quarters=row.quarters,
        veto=row.vetoed,
        total=row.total,
        rank=row.rank,
        grade=row.grade,
        version=row.version,
        steps=tuple(row.steps),
        cause=row.cause,
    )


def person_line(row: PersonResult) -> PersonLine:
    """One version of a person's result; reads the person and the unit."""
    return PersonLine(
        key=row.pk,
        person_id=row.person_id,
        id_number=row.person.id_number,
        name=row.person.name,
        unit_id=row.unit_id,
        unit=row.unit.name if row.unit else "",
        post=row.post,
        level=row.level,
        identity=row.identity,
        personal=row.personal,
        unit_score=row.unit_score,
        adjustment=row.adjustment,
        combined=row.combined,
        rank=row.rank,
        group=row.group,
        suggested=row.suggested,
        grade=row.grade,
        grade_label=grade_label(row.grade or None, row.identity),
        coefficient=row.coefficient,
        veto=row.vetoed,
        why=row.why,
        version=row.version,
        steps=tuple(row.steps),
        cause=row.cause,
    )


def quota_lines(outcome: CycleOutcome) -> tuple[QuotaLine, ...]:
    """The quotas as they were stored."""
    return tuple(
        QuotaLine(
            group=one["group"],
            n=one["n"],
            quota=one["quota"],
            used=one["used"],
            by_rate=one["by_rate"],
            units=tuple(one["units"]),
            words=one["words"],
        )
        for one in outcome.quotas
    )


def _tie_line(tie: dict[str, Any], by_person: dict[int, PersonLine]) -> TieLine:
    people = [by_person[key] for key in tie["people"] if key in by_person]
    return TieLine(
        group=tie["group"],
        score=Decimal(tie["score"]),
        seats=tie["seats"],
        people=tuple(one.person_id for one in people),
        id_numbers=tuple(one.id_number for one in people),
        names=tuple(one.name for one in people),
    )


def result_history(
    cycle: Cycle, *, unit: Unit | None = None, person: Person | None = None
) -> Sequence[UnitLine | PersonLine]:
    """All versions of one result, the first one first: before and after an appeal."""
    if (unit is None) == (person is None):
        raise TypeError("a unit or a person")
    if unit is not None:
        rows = UnitResult.objects.filter(cycle=cycle, unit=unit).select_related("unit")
        return [unit_line(one) for one in rows.order_by("version")]
    people = PersonResult.objects.filter(cycle=cycle, person=person).select_related("person", "unit")
    return [person_line(one) for one in people.order_by("version")]


def what_if(cycle: Cycle, shares: Sequence[Any] = ()) -> tuple[Scenario, ...]:
    """What other shares of 优秀 would change, from the stored results; without shares those of the policy.

    Keys of the moves are persons. A fixed number of statements.
    """
    policy = policy_of(cycle.policy)
    rows = list(UnitResult.objects.filter(cycle=cycle, current=True))
    units = {one.pk: one for one in Unit.objects.filter(zone=cycle.zone_id).select_related("parent")}
    names = own_names(units)
    standings = {
        names[one.unit_id]: UnitStanding(names[one.unit_id], one.grade, one.total, one.vetoed) for one in rows
    }
    scored = [one.unit_id for one in rows]
    people = person_inputs(cycle, policy, quarter_cycles(cycle), units, scored)
    results = PersonResult.objects.filter(cycle=cycle, current=True)
    combined = dict(results.order_by().values_list("person_id", "combined"))
    graded = participants_of([one for one in people if one.person_id in combined], combined, names)
    chosen = list(shares) or policy["kpi.quota_scenarios"]
    return compare(graded, standings, grade_rules(policy), chosen, tie_decisions(cycle, combined))
