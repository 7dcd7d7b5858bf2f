"""What if the share of 优秀 were another: who would move (domain.md §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kpi.rules.grading import GradeRules, Grading, Participant, assign_grades
from kpi.rules.quotas import ZONE, Decision, UnitStanding
from reform.errors import RuleError
from reform.rounding import exact


@dataclass(frozen=True, slots=True)
class Move:
    """A person whose grade would differ."""

    key: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """zone: the zone's share that is tried.  excellent: how many would be 优秀.  grading: in full, with its
    ties."""

    zone: Fraction
    rates: Mapping[str, Fraction]
    excellent: int
    moves: tuple[Move, ...]
    grading: Grading


def shifted_rates(rates: Mapping[str, object], zone: object) -> dict[str, Fraction]:
    """All rates moved by as much as the zone's share, never below 0 nor above the highest one of today.

    rates: grade of a unit, and ZONE, → share 0–1 (policy kpi.excellent_quota).  zone: its wanted share, 0–1,
    else RuleError.  The highest rate is what the law allows to units with outstanding results.
    """
    present = {grade: exact(rate) for grade, rate in rates.items()}
    wanted = exact(zone)
    if not 0 <= wanted <= 1:
        raise RuleError(f"优秀比例须在0到1之间，现为{zone}。")
    step = wanted - present[ZONE]
    most = max(*present.values(), wanted)
    return {grade: min(max(rate + step, Fraction(0)), most) for grade, rate in present.items()}


def compare(
    people: Sequence[Participant],
    standings: Mapping[str, UnitStanding],
    rules: GradeRules,
    zones: Sequence[object],
    decisions: Sequence[Decision] = (),
) -> tuple[Scenario, ...]:
    """Grade everybody under each share of the zone, beside the present rules; in the order of `zones`.

    zones: shares such as 0.15, 0.20, 0.25.  Decisions on ties hold where the same tie appears again.
    """
    present = assign_grades(people, standings, rules, decisions).by_key
    scenarios = []
    for zone in zones:
        rates = shifted_rates(rules.quotas.rates, zone)
        quotas = replace(rules.quotas, rates=rates)
        grading = assign_grades(people, standings, replace(rules, quotas=quotas), decisions)
        moves = tuple(
            Move(one.key, present[one.key].grade, one.grade)
            for one in grading.people
            if one.grade != present[one.key].grade
        )
        excellent = sum(quota.used for quota in grading.quotas)
        scenarios.append(Scenario(rates[ZONE], rates, excellent, moves, grading))
    return tuple(scenarios)
