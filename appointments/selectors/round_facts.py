"""What the guards of a round look at (T1–T5), read from its plan, batches and people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from appointments.models import Appointment, Baseline, Batch, BatchStep, Placement, Publicity, Round
from appointments.rules.calendar import (
    BatchPlan,
    Frame,
    PlannedStep,
    check_calendar,
)
from appointments.rules.guards import BatchesFacts, CheckFact, CompletionFacts, KickoffFacts, PlanFacts
from appointments.rules.headcount import (
    SectionSeats,
    UnitSeats,
    check_caps,
    check_quotas,
    warn_proportions,
)
from appointments.states import IN_FORCE, AppointmentState, BatchState, PlacementState
from reform.ladder import Policy
from reform.models import Position, Tenure, TenureKind, Unit
from reform.selectors import calendar_of, policy_of, positions_of, tenures_as_of

from .rounds import change_summary

OVER = (BatchState.CLOSED, BatchState.CANCELLED)
LIVE_APPOINTMENTS = (AppointmentState.PENDING, *IN_FORCE)


@dataclass(frozen=True)
class SetupReport:
    """What stands against a 岗位设置: over the 职数 formulas, over the 员额; warnings do not block."""

    caps: tuple[str, ...]
    quotas: tuple[str, ...]
    warnings: tuple[str, ...]


def setup_report(round_: Round, policy: Policy | None = None) -> SetupReport:
    """The round's posts against caps, 员额 and usual proportions (§2)."""
    policy = policy or policy_of(round_.policy)
    units, sections = _seats(positions_of(round_.setup_id).filter(ends_before=None))
    return SetupReport(
        tuple(check_caps(units, sections, policy)),
        tuple(check_quotas(units)),
        tuple(warn_proportions(units, policy)),
    )


def _seats(positions: Iterable[Position]) -> tuple[list[UnitSeats], list[SectionSeats]]:
    by_owner: dict[int, tuple[Unit, Counter[str]]] = {}
    by_section: dict[int, tuple[Unit, Counter[str]]] = {}
    for position in positions:
        unit, owner = position.unit, position.unit.owner
        by_owner.setdefault(owner.pk, (owner, Counter()))[1][position.level] += position.headcount
        if owner.pk != unit.pk:
            by_section.setdefault(unit.pk, (unit, Counter()))[1][position.level] += position.headcount
    units = [
        UnitSeats(one.name, one.kind, seats, one.staffing_quota, one.head_headcount, one.deputy_headcount)
        for one, seats in by_owner.values()
    ]
    sections = [
        SectionSeats(f"{one.owner.name}·{one.name}", seats, one.staffing_quota)
        for one, seats in by_section.values()
    ]
    return units, sections


def weights_of(round_: Round, policy: Policy) -> Mapping[str, Mapping[str, Any]]:
    """Range of levels → item → percent: the round's own, else the policy's."""
    found: Mapping[str, Mapping[str, Any]] = round_.weights or policy["round.weights"]
    return found


def range_label(levels: str, policy: Policy) -> str:
    """L60-L70 in words."""
    if levels == "*":
        return "全部层级"
    return "至".join(policy.ladder.name_of(code) for code in levels.split("-"))


def frame_of(round_: Round, policy: Policy | None = None) -> Frame:
    """What the days of the round's batches have to keep to."""
    policy = policy or policy_of(round_.policy)
    return Frame(
        calendar=calendar_of(),
        notice_workdays=policy["round.notice_workdays"],
        publicity_workdays=policy["round.publicity_workdays"],
        objection_workdays=policy["round.objection_workdays"],
        kickoff_on=round_.kickoff_on,
        effective_on=round_.effective_on,
        deadline_on=_deadline_of(round_),
    )


def _deadline_of(round_: Round) -> date | None:
    """The zone's deadline; one that had passed before the round began was for an earlier round."""
    deadline, kickoff = round_.zone.deadline_on, round_.kickoff_on
    return None if deadline and kickoff and deadline < kickoff else deadline


def batch_plans(round_: Round) -> list[BatchPlan]:
    """The round's batches with their days, those cancelled left out; a 公示 that has been made gives its real
    days. Three statements."""
    batches = [one for one in batches_of(round_) if one.state != BatchState.CANCELLED]
    steps: dict[int, dict[str, PlannedStep]] = {}
    for step in BatchStep.objects.filter(batch__round=round_).order_by():
        steps.setdefault(step.batch_id, {})[step.kind] = PlannedStep(step.starts_on, step.ends_before)
    for one in (
        Publicity.objects.filter(proposal__batch__round=round_).select_related("proposal").order_by("id")
    ):
        steps.setdefault(one.proposal.batch_id, {})["PUBLICITY"] = PlannedStep(one.starts_on, one.ends_before)
    return [BatchPlan(one.name, one.method, steps.get(one.pk, {}), one.state) for one in batches]


def batches_of(round_: Round) -> list[Batch]:
    """The round's batches in their order, each knowing its round."""
    found = list(Batch.objects.filter(round=round_).order_by("sort_no", "code"))
    for batch in found:
        batch.round = round_
    return found


def plan_facts(round_: Round) -> PlanFacts:
    """T1."""
    policy = policy_of(round_.policy)
    report = setup_report(round_, policy)
    plans = batch_plans(round_)
    return PlanFacts(
        levels=len(policy.ladder.levels),
        positions=Position.objects.filter(setup=round_.setup_id, ends_before=None).count(),
        batches=len(plans),
        weights={
            range_label(levels, policy): _total(items) for levels, items in weights_of(round_, policy).items()
        },
        caps=report.caps,
        caps_document_no=round_.caps_document_no,
        quotas=report.quotas,
        calendar=check_calendar(plans, frame_of(round_, policy)),
        kinship_complete=round_.kinship_complete,
        consultation=round_.consultation,
    )


def _total(items: Mapping[str, Any]) -> Decimal:
    total = sum((Decimal(str(percent)) for percent in items.values()), Decimal(0))
    return total.quantize(Decimal(1)) if total == total.to_integral_value() else total


def kickoff_facts(round_: Round) -> KickoffFacts:
    """T2, with the baselines that the step itself would take counted in."""
    missing = (
        Baseline.objects.filter(round=round_, source=Baseline.Source.HR_MAPPED, confirmed_by=None)
        .order_by("id")
        .values_list("person__name", flat=True)
    )
    taken = Baseline.objects.filter(round=round_).count()
    return KickoffFacts(
        kickoff_on=round_.kickoff_on,
        approved_on=round_.approved_on,
        baseline_on=baseline_day(round_),
        baselines=taken + len(baselines_missing(round_)),
        unconfirmed=list(missing),
        document_no=round_.kickoff_document_no,
    )


def baseline_day(round_: Round) -> date | None:
    """基准日: the round's own, else the day before 动员 (§4); None while neither is known."""
    if round_.baseline_on or round_.kickoff_on is None:
        return round_.baseline_on
    return round_.kickoff_on - timedelta(days=1)


def baselines_missing(round_: Round) -> list[Tenure]:
    """Main posts on 基准日 of persons without a baseline: who is on 挂职 elsewhere keeps the main post."""
    on = baseline_day(round_)
    if on is None:
        return []
    return list(
        tenures_as_of(round_.zone, on)
        .filter(kind=TenureKind.PRIMARY)
        .exclude(person__in=Baseline.objects.filter(round=round_).values("person"))
        .select_related("person", "position__unit__parent")
        .order_by("person__sort_no", "person_id", "-starts_on")
    )


def batches_facts(round_: Round) -> BatchesFacts:
    """T3, T4."""
    batches = batches_of(round_)
    return BatchesFacts(
        published=[
            one.name for one in batches if one.state not in (BatchState.PLANNED, BatchState.CANCELLED)
        ],
        open=[one.name for one in batches if one.state not in OVER],
        total=len(batches),
    )


def completion_facts(round_: Round) -> CompletionFacts:
    """T5: the invariants as the summary finds them. Where the policy lets people wait, those in 待岗 do not
    stand against I1."""
    policy = policy_of(round_.policy)
    allowed = bool(policy["round.allow_waiting"])
    waiting = dict(
        Placement.objects.filter(round=round_, state=PlacementState.WAITING)
        .order_by("id")
        .values_list("person_id", "person__name")
    )
    failed = []
    for check in change_summary(round_).checks:
        offenders = [
            one
            for one in check.offenders
            if not (allowed and check.code == "I1" and one.person_id in waiting)
        ]
        if check.ok is False and (offenders or not check.offenders):
            names = [f"{one.name or one.unit}（{one.why}）" for one in offenders]
            failed.append(CheckFact(check.code, check.name, names))
    return CompletionFacts(
        failed=failed,
        waiting=list(waiting.values()),
        allow_waiting=allowed,
        open=batches_facts(round_).open,
    )


def people_without_post(round_: Round) -> list[int]:
    """Persons in scope (with a baseline, not gone) who have no live main appointment of the round, in the
    order of their baselines."""
    settled: set[int] = set(
        Appointment.objects.filter(
            round=round_, kind=TenureKind.PRIMARY, state__in=LIVE_APPOINTMENTS
        ).values_list("person_id", flat=True)
    )
    settled |= set(round_.exits.values_list("person_id", flat=True))
    in_scope: Sequence[int] = list(
        Baseline.objects.filter(round=round_).order_by("id").values_list("person_id", flat=True)
    )
    return [key for key in in_scope if key not in settled]
