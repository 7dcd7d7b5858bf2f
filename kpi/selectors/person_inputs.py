"""What persons' results are made of, read for a whole cycle in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, Sum

from kpi.models import (
    Adjustment,
    Cycle,
    Exclusion,
    PersonEntry,
    PersonResult,
    RaterGroup,
    RatingBallot,
    RatingTask,
    Veto,
)
from kpi.rules.formula import read_formula
from kpi.rules.grading import Limit, exclusion_reason, sanction_limit
from kpi.rules.person_results import PersonFacts, PersonRules
from kpi.rules.personal import GROUPS, LEADERS, RATED, Rating, factor_weights, takes_year_end
from kpi.states import AdjustmentState, VetoState
from reform.ladder import Policy
from reform.models import ArchivedStatus, Sanction, Tenure, TenureKind, Unit

from .unit_inputs import QUARTERS

_GROUPS = {
    RaterGroup.LEADER: LEADERS,
    RaterGroup.SELF: "self",
    RaterGroup.UNIT: "unit",
    RaterGroup.PEER: "peers",
}


@dataclass(frozen=True)
class Place:
    """Where somebody is on the cycle's last day. is_leader: 主要负责人; leads: holds a 副职 or more.  note:
    where it was found, if not there."""

    unit_id: int | None = None
    post: str = ""
    level: str = ""
    is_leader: bool = False
    leads: bool = False
    note: str = ""


@dataclass(frozen=True)
class PersonInput:
    """One participant. facts: without the unit's score, which is computed first."""

    person_id: int
    place: Place
    identity: str
    facts: PersonFacts
    veto: str = ""
    exclusion: str = ""
    limit: Limit | None = None


def person_rules(cycle: Cycle, policy: Policy) -> PersonRules:
    """The policy's values, and the cycle's formula, as the rules take them."""
    weights, year = policy["kpi.rater_weights"], policy["kpi.personal_year"]
    return PersonRules(
        period=cycle.period,
        formula=read_formula(cycle.formula) if cycle.formula else None,
        highest=Decimal(str(policy["kpi.totals"]["high"])),
        factor_weights=factor_weights(policy),
        weights={name: weights[name] for name in (LEADERS, RATED)},
        rated_weights={name: weights[name] for name in GROUPS if name != LEADERS},
        quarters_share=year["quarters"],
        points_range=(year["points_low"], year["points_high"]),
        unit_weights=policy["kpi.combination"],
        year_end=policy["kpi.year_end_weights"] if takes_year_end(policy) else None,
    )


def person_inputs(
    cycle: Cycle,
    policy: Policy,
    quarters: Mapping[int, int],
    units: Mapping[int, Unit],
    scored: Collection[int],
) -> list[PersonInput]:
    """Everybody who is appraised in a cycle, by their keys.

    quarters: as of quarter_cycles.  scored: keys of units that have a result.
    """
    entries = {one.person_id: one for one in PersonEntry.objects.filter(cycle=cycle).order_by("id")}
    ballots = _ballots(cycle)
    personal = _quarter_scores(quarters)
    tenures = _Tenures(cycle, policy, units, scored)
    vetoes = _vetoes(cycle)
    excluded = _exclusions(cycle)
    people = _participants(cycle, entries, ballots, personal, {*vetoes, *excluded}, tenures)
    identities = _identities(cycle)
    limits = _limits(cycle, policy)
    adjustments = _adjustments(cycle)
    return [
        PersonInput(
            person_id=key,
            place=(place := tenures.place(key, entries.get(key))),
            identity=identities.get(key, ""),
            facts=_facts(key, place, entries, ballots, personal, quarters, adjustments),
            veto="；".join(vetoes.get(key, ())),
            exclusion=excluded.get(key, ""),
            limit=limits.get(key),
        )
        for key in sorted(people)
    ]


def _participants(
    cycle: Cycle,
    entries: Mapping[int, Any],
    ballots: Mapping[int, Any],
    personal: Mapping[int, Any],
    named: set[int],
    tenures: "_Tenures",
) -> set[int]:
    """Whom a sheet names; where scores are collected here, everybody who is in post on the last day.

    A cycle without anything about persons appraises units only.
    """
    found = {*entries, *ballots, *named}
    found |= {key for key in personal if key in tenures.in_post}
    if cycle.registered:
        return found
    asked = bool(entries or ballots or personal) or RatingTask.objects.filter(cycle=cycle).exists()
    return found | set(tenures.in_post) if asked else found


def _facts(
    key: int,
    place: Place,
    entries: Mapping[int, PersonEntry],
    ballots: Mapping[int, list[Rating]],
    personal: Mapping[int, dict[int, Decimal | None]],
    quarters: Mapping[int, int],
    adjustments: Mapping[int, Decimal],
) -> PersonFacts:
    entry = entries.get(key) or PersonEntry()
    own = personal.get(key, {})
    published = set(quarters.values())
    return PersonFacts(
        key=key,
        level=place.level,
        values={name: number for name, one in entry.values.items() if (number := _number(one)) is not None},
        bonus=entry.bonus,
        deduction=entry.deduction,
        points=entry.leader_points,
        ratings=ballots.get(key, ()),
        quarters=own,
        # a published quarter that somebody took no part in is not missing
        expected=[number for number in QUARTERS if number in own or number not in published],
        adjustment=adjustments.get(key, Decimal(0)),
    )


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


class _Tenures:
    """Who held which post on the cycle's last day, and who leads whose unit."""

    def __init__(
        self, cycle: Cycle, policy: Policy, units: Mapping[int, Unit], scored: Collection[int]
    ) -> None:
        self._units, self._scored, self._last_day = units, scored, cycle.last_day
        self.in_post: dict[int, Tenure] = {}
        self._later: dict[int, Tenure] = {}
        acting: list[Tenure] = []
        kinds = (TenureKind.PRIMARY, TenureKind.ACTING)
        rows = Tenure.objects.filter(zone=cycle.zone_id, kind__in=kinds).select_related("position")
        for one in rows.order_by("starts_on", "id"):
            begun = one.starts_on is None or one.starts_on <= cycle.last_day
            if one.ends_before is not None and one.ends_before <= cycle.last_day:
                continue
            if one.kind == TenureKind.ACTING:
                acting += [one] if begun else []
            elif begun:
                self.in_post[one.person_id] = one
            else:
                self._later.setdefault(one.person_id, one)
        self._leaders = self._leaders_of(policy, acting)

    def _leaders_of(self, policy: Policy, acting: list[Tenure]) -> set[tuple[int, int]]:
        """(person, unit): 正职 and above, whoever 主持工作, and where there is neither the highest from 副职
        up."""
        ladder, levels = policy.ladder.by_code, policy["caps.levels"]
        head, deputy = (ladder[levels[role]].rank_order for role in ("head", "deputy"))
        self._leading = {code for code, level in ladder.items() if level.rank_order >= deputy}
        found = {(one.person_id, self._owner(one)) for one in acting}
        best: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for one in (self._later | self.in_post).values():
            if one.held_level in self._leading:
                best[self._owner(one)].append((ladder[one.held_level].rank_order, one.person_id))
        led = {unit for _, unit in found}
        for unit, ranked in best.items():
            heads = {person for rank, person in ranked if rank >= head}
            if not heads and unit not in led:
                top = max(rank for rank, _ in ranked)
                heads = {person for rank, person in ranked if rank == top}
            found |= {(person, unit) for person in heads}
        return found

    def _owner(self, tenure: Tenure) -> int:
        return self._units[tenure.position.unit_id].owner.pk

    def place(self, person: int, entry: PersonEntry | None) -> Place:
        """The unit of the last day; the sheet's, or the next one held, where that has no result."""
        day = f"{self._last_day:%Y-%m-%d}"
        tenure = self.in_post.get(person)
        notes = ""
        if tenure is None and (tenure := self._later.get(person)) is not None:
            notes = f"{day}没有任职记录，按之后最早的任职（{tenure.starts_on:%Y-%m-%d}起）确定单位和层级"
        named = self._units[entry.unit_id].owner.pk if entry and entry.unit_id else None
        if tenure is None:
            note = f"没有任职记录，单位按得分表{'' if named else '也未写明'}"
            return Place(unit_id=named, note=note)
        unit = self._owner(tenure)
        if named and unit not in self._scored and named in self._scored:
            notes = f"{day}所在单位“{self._units[unit].name}”没有得分，按得分表的单位"
            unit = named
        return Place(
            unit_id=unit,
            post=tenure.position.title,
            level=tenure.held_level,
            is_leader=(person, unit) in self._leaders,
            leads=tenure.held_level in self._leading,
            note=notes,
        )


def _ballots(cycle: Cycle) -> dict[int, list[Rating]]:
    """Ratee → ballots, in no order that tells anything."""
    found: dict[int, list[Rating]] = defaultdict(list)
    rows = RatingBallot.objects.filter(cycle=cycle).order_by()
    for ratee, group, factors in rows.values_list("ratee_id", "group", "factors"):
        scores = {name: Decimal(str(one)) for name, one in factors.items()}
        found[ratee].append(Rating(_GROUPS[RaterGroup(group)], scores))
    return found


def _quarter_scores(quarters: Mapping[int, int]) -> dict[int, dict[int, Decimal | None]]:
    """Person → number of the quarter → personal score; a quarter that somebody was excluded from is left
    out."""
    found: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    rows = PersonResult.objects.filter(cycle__in=quarters, current=True).exclude(group="", personal=None)
    for person, cycle, score in rows.order_by().values_list("person_id", "cycle_id", "personal"):
        found[person][quarters[cycle]] = score
    return found


def _identities(cycle: Cycle) -> dict[int, str]:
    """Person → identity on the last day."""
    rows = ArchivedStatus.objects.filter(person__zone=cycle.zone_id).filter(
        Q(ends_before=None) | Q(ends_before__gt=cycle.last_day)
    )
    found: dict[int, tuple[date, str]] = {}
    for person, identity, ends_before in rows.order_by("id").values_list(
        "person_id", "identity", "ends_before"
    ):
        last = (ends_before or date.max, identity)
        # of several the one that ended first covers the day
        found[person] = min(found.get(person, last), last, key=lambda one: one[0])
    return {person: identity for person, (_, identity) in found.items()}


def _vetoes(cycle: Cycle) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Veto.objects.filter(cycle=cycle, state=VetoState.APPROVED, person__isnull=False).order_by("id")
    for person, matter in rows.values_list("person_id", "matter"):
        found[person].append(matter)
    return found


def _exclusions(cycle: Cycle) -> dict[int, str]:
    """Person → why they take no part."""
    found = {}
    days = (cycle.ends_before - cycle.starts_on).days
    for one in Exclusion.objects.filter(cycle=cycle).order_by("id"):
        match one.cause:
            case Exclusion.Cause.FIRST_YEAR:
                why = exclusion_reason(is_first_year_on_trial=True, leave_days=0, year_days=days)
            case Exclusion.Cause.LEAVE:
                why = "病、事假累计超过半年，不参加考核"
            case _:
                why = f"不参加考核：{one.note}"
        has_note = one.note and one.cause != Exclusion.Cause.OTHER
        found[one.person_id] = f"{why}（{one.note}）" if has_note else why
    return found


def _limits(cycle: Cycle, policy: Policy) -> dict[int, Limit]:
    """Person → how far sanctions in force within the cycle limit the grade; an investigation only while it is
    open on the last day.  Raises RuleError for a kind that the policy does not name."""
    rows = Sanction.objects.filter(person__zone=cycle.zone_id, decided_on__lt=cycle.ends_before).filter(
        Q(ends_before=None) | Q(ends_before__gt=cycle.starts_on)
    )
    kinds: dict[int, dict[str, str]] = defaultdict(dict)
    for one in rows.order_by("id"):
        over = one.ends_before is not None and one.ends_before <= cycle.last_day
        if one.kind == Sanction.Kind.INVESTIGATION and over:
            continue
        kinds[one.person_id][one.kind] = Sanction.Kind(one.kind).label
    table = policy["kpi.sanction_limits"]
    limits = {person: sanction_limit(found, table) for person, found in kinds.items()}
    return {person: one for person, one in limits.items() if one is not None}


def _adjustments(cycle: Cycle) -> dict[int, Decimal]:
    rows = Adjustment.objects.filter(cycle=cycle, state=AdjustmentState.APPROVED, person__isnull=False)
    return dict(
        rows.order_by().values("person").annotate(total=Sum("delta")).values_list("person_id", "total")
    )
