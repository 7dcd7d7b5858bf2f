"""What grades are given by: the policy's lines and quotas, the decisions on ties, who takes part."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from kpi.models import Cycle, TieDecision
from kpi.rules.grading import LOWEST_UNIT_GRADE, GradeRules, Participant
from kpi.rules.quotas import Decision, QuotaRules
from reform.ladder import Policy

from .person_inputs import PersonInput

NO_UNIT = "未定单位"
BETWEEN_UNITS = "、"  # joins the names of units that tie for a seat under the zone's cap


def grade_rules(policy: Policy) -> GradeRules:
    """The policy's values as the rules take them."""
    quotas = QuotaRules(policy["kpi.excellent_quota"], LOWEST_UNIT_GRADE, policy["kpi.small_unit"])
    return GradeRules(policy["kpi.person_grades"], quotas, policy["kpi.bottom_ratio"])


def tie_decisions(cycle: Cycle, combined: Mapping[int, Decimal | None]) -> list[Decision]:
    """Who got seats by decision, tie by tie. One statement.

    combined: person → score now. Whose score has changed since, as after an appeal, is decided on anew;
    between units (甲、乙) it is not the persons' scores that were equal.
    """
    chosen: dict[tuple[str, Decimal], set[int]] = defaultdict(set)
    rows = TieDecision.objects.filter(cycle=cycle, gets_seat=True).order_by("id")
    for group, score, person in rows.values_list("group", "score", "person_id"):
        if combined.get(person) == score or BETWEEN_UNITS in group:
            chosen[group, score].add(person)
    return [Decision(group, frozenset(keys)) for (group, _), keys in chosen.items()]


def participants_of(
    people: Iterable[PersonInput], combined: Mapping[int, Decimal | None], names: Mapping[int, str]
) -> list[Participant]:
    """People as they are graded, each with the name of the unit."""
    return [
        Participant(
            key=one.person_id,
            unit=names[one.place.unit_id] if one.place.unit_id is not None else NO_UNIT,
            score=combined.get(one.person_id),
            identity=one.identity,
            is_leader=one.place.is_leader,
            leads=one.place.leads,
            veto=one.veto,
            limit=one.limit,
            exclusion=one.exclusion,
        )
        for one in people
    ]
