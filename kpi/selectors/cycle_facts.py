"""What the guards of a cycle look at (K1–K8), and the steps that are open to it: the same guards as the steps
themselves, as a preview."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from kpi.models import (
    Adjustment,
    Cycle,
    EvidenceFile,
    Item,
    Mark,
    MarkSheet,
    Period,
    PersonResult,
    ResultAppeal,
    TargetSignature,
    UnitResult,
    Veto,
)
from kpi.rules.codes import OUTSIDE_RULES, Rule
from kpi.rules.guards import (
    AppealWindowFacts,
    FinalFacts,
    OpenFacts,
    PublishFacts,
    ReviewFacts,
    ScoringFacts,
    TargetFacts,
    VerificationFacts,
)
from kpi.rules.scoring import needs_target
from kpi.states import (
    CYCLE_TRANSITIONS,
    AdjustmentState,
    AppealState,
    ItemState,
    SheetState,
    VetoState,
)
from reform.access import account_name
from reform.models import RowChange, Unit
from reform.selectors import policy_of
from reform.steps import NextStep, previewed
from reform.workflow import Call, Transition, transitions_from

from .results import cycle_results
from .schemes import WHOLE_ZONE, subject_name

OFFICE_SIGNS = "考核办"
# Who takes these steps has made the scores.
SCORE_STEPS = ("转入校准", "登记得分")


def cycle_items(cycle: Cycle) -> list[Item]:
    """The cycle's leaves with everything that names them; each knows its cycle. One statement."""
    rows = list(
        Item.objects.filter(cycle=cycle)
        .select_related(
            "indicator__subject__parent",
            "indicator__responsible_unit__parent",
            "indicator__source_unit__parent",
            "submitted_unit",
        )
        .order_by("indicator__sort_no", "id")
    )
    for one in rows:
        one.cycle = cycle
    return rows


def reporter_of(item: Item) -> Unit | None:
    """The unit that reports a leaf: the responsible one, else the one assessed."""
    return item.indicator.responsible_unit or item.indicator.subject


def item_name(item: Item) -> str:
    """A leaf in a refusal: whose it is and its name."""
    return f"{subject_name(item.indicator.subject)}·{item.indicator.name}"


def rule_of(item: Item) -> Rule | None:
    """The scoring rule of a leaf, None where none is set."""
    return Rule(item.indicator.rule) if item.indicator.rule else None


def has_value(item: Item) -> bool:
    """Whether a leaf's report says what its rule reads. 等次评价 is scored on sheets and 一票否决 decided:
    of these the report is words and evidence."""
    rule, inputs = rule_of(item), item.inputs
    match rule:
        case Rule.GRADE | Rule.VETO:
            return True
        case Rule.RANK:
            return item.actual is not None or inputs.get("rank") is not None
        case Rule.MILESTONE:
            return item.actual is not None or inputs.get("done") is not None
        case Rule.DEDUCT | Rule.BONUS:
            return item.actual is not None or inputs.get("n") is not None
    return item.actual is not None


def must_report(item: Item) -> bool:
    """Whether a leaf without a report is 未报 at the close: not one that is scored on sheets or decided."""
    return item.indicator.rule not in (Rule.GRADE, Rule.VETO)


def is_missing(item: Item) -> bool:
    """Whether nothing has been handed in for a leaf that somebody has to report."""
    return (
        must_report(item) and item.state == ItemState.OPEN and not (item.cycle.registered and has_value(item))
    )


def evidence_counts(items: Iterable[Item]) -> dict[int, int]:
    """Item → number of files that have not been withdrawn. One statement."""
    found: dict[int, int] = {}
    rows = EvidenceFile.objects.filter(item__in=[one.pk for one in items], withdrawn_on=None)
    for key in rows.order_by().values_list("item_id", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def target_facts(cycle: Cycle, items: Sequence[Item] | None = None) -> TargetFacts:
    """K1."""
    items = cycle_items(cycle) if items is None else items
    weights: dict[str, Decimal] = {}
    for one in items:
        if one.indicator.rule not in OUTSIDE_RULES:
            name = subject_name(one.indicator.subject)
            weights[name] = weights.get(name, Decimal(0)) + (one.full or 0)
    return TargetFacts(
        leaves=len(items),
        only_people=cycle.period != Period.YEAR,
        weights=[(name, total) for name, total in weights.items() if total != 100],
        without_rule=[item_name(one) for one in items if not one.indicator.rule],
        without_source=[
            item_name(one)
            for one in items
            if not one.indicator.data_source and one.indicator.source_unit_id is None
        ],
        without_target=[
            item_name(one)
            for one in items
            if (rule := rule_of(one)) and needs_target(rule) and one.target is None
        ],
        unsigned=[name for party in signing(cycle, items) for name in party.missing],
    )


@dataclass(frozen=True)
class Signing:
    """The two sides of one 目标责任书: a responsible unit (None: the zone's own leaves) and 考核办. The
    zone's own leaves without a responsible unit have nobody else to sign."""

    unit: Unit | None
    name: str
    leaves: int
    office: TargetSignature | None
    own: TargetSignature | None

    @property
    def missing(self) -> list[str]:
        sides = [] if self.office else [f"{self.name}（{OFFICE_SIGNS}）"]
        return sides + ([self.name] if self.unit and not self.own else [])


def signing(cycle: Cycle, items: Sequence[Item] | None = None) -> list[Signing]:
    """Who has to sign the targets of a cycle, in the order of its leaves, and who has."""
    items = cycle_items(cycle) if items is None else items
    units: dict[int | None, tuple[Unit | None, int]] = {}
    for one in items:
        unit = reporter_of(one)
        key = unit.pk if unit else None
        units[key] = (unit, units.get(key, (unit, 0))[1] + 1)
    rows = TargetSignature.objects.filter(cycle=cycle).select_related("signed_by").order_by("id")
    signed = {(one.unit_id, one.by_unit): one for one in rows}
    return [
        Signing(
            unit, unit.name if unit else WHOLE_ZONE, leaves, signed.get((key, False)), signed.get((key, True))
        )
        for key, (unit, leaves) in units.items()
    ]


def open_facts(cycle: Cycle) -> OpenFacts:
    """K2: reporting is open from the first day of the cycle, so that progress is seen while it runs."""
    return OpenFacts(opens_on=cycle.starts_on, report_by=cycle.report_by)


def review_facts(cycle: Cycle) -> ReviewFacts:
    """K3."""
    items = cycle_items(cycle)
    counts = evidence_counts(items)
    return ReviewFacts(
        report_by=cycle.report_by,
        missing=[item_name(one) for one in items if is_missing(one) or one.state == ItemState.RETURNED],
        without_evidence=[
            item_name(one)
            for one in items
            if one.indicator.evidence_needed and one.state != ItemState.OPEN and not counts.get(one.pk)
        ],
    )


def verification_facts(cycle: Cycle, on: date) -> VerificationFacts:
    """K4: what was handed in and not looked at; a returned leaf stays open until 核验截止日, then it is
    closed. Figures that were never handed in are neither counted nor passed over: somebody hands them in or
    takes them out."""
    waits = cycle.verify_by is None or on <= cycle.verify_by
    found = []
    for one in cycle_items(cycle):
        if one.state in (ItemState.SUBMITTED, ItemState.RESUBMITTED):
            found.append(item_name(one))
        elif one.state == ItemState.RETURNED and waits:
            found.append(f"{item_name(one)}（已退回，待重报）")
        elif one.state == ItemState.OPEN and must_report(one) and has_value(one):
            found.append(f"{item_name(one)}（填了数，没有提交）")
    return VerificationFacts(open=found)


def scoring_facts(cycle: Cycle) -> ScoringFacts:
    """K5."""
    items = cycle_items(cycle)
    sheets = MarkSheet.objects.filter(cycle=cycle, state=SheetState.OPEN).select_related("scorer")
    marked = set(
        Mark.objects.filter(sheet__cycle=cycle, sheet__state=SheetState.LOCKED).values_list(
            "item_id", flat=True
        )
    )
    return ScoringFacts(
        uncomputed=[item_name(one) for one in items if one.auto_score is None and not one.reason],
        unlocked=[account_name(one.scorer) for one in sheets],
        unmarked=[
            item_name(one)
            for one in items
            if one.indicator.rule == Rule.GRADE and one.pk not in marked and not one.inputs.get("grade")
        ],
    )


def publish_facts(cycle: Cycle, actor: AbstractBaseUser | None = None) -> PublishFacts:
    """K6. actor: who is about to publish; None in a preview for everybody."""
    limit = Decimal(str(policy_of(cycle.policy)["kpi.calibration_limit"]))
    rows = list(
        Adjustment.objects.filter(cycle=cycle)
        .exclude(state__in=(AdjustmentState.DISMISSED, AdjustmentState.WITHDRAWN))
        .select_related("item__indicator", "unit", "person")
    )
    approved = [one for one in rows if one.state == AdjustmentState.APPROVED]
    raised = list(
        Veto.objects.filter(cycle=cycle, state=VetoState.RAISED)
        .select_related("unit", "person")
        .order_by("id")
    )
    results = UnitResult.objects.filter(cycle=cycle, current=True).count()
    results += PersonResult.objects.filter(cycle=cycle, current=True).count()
    return PublishFacts(
        limit=limit,
        adjustments=[str(one) for one in rows if one.state == AdjustmentState.PROPOSED],
        too_large=[(str(one), one.delta) for one in approved if abs(one.delta) > limit],
        vetoes=[*map(str, raised), *vetoes_not_raised(cycle)],
        results=results,
        actor_made=actor is not None and _has_made(cycle, rows, actor),
    )


def vetoes_not_raised(cycle: Cycle) -> list[str]:
    """一票否决 leaves whose matter has come about and for whose subject nobody has raised a veto yet."""
    triggered = [
        one
        for one in cycle_items(cycle)
        if one.indicator.rule == Rule.VETO and one.indicator.subject_id and one.inputs.get("triggered")
    ]
    if not triggered:
        return []
    known = set(Veto.objects.filter(cycle=cycle).exclude(unit=None).values_list("unit_id", flat=True))
    return [f"{item_name(one)}（还没有提出）" for one in triggered if one.indicator.subject_id not in known]


def _has_made(cycle: Cycle, adjustments: Sequence[Adjustment], actor: AbstractBaseUser) -> bool:
    if any(one.made_by_id == actor.pk for one in adjustments):
        return True
    steps = RowChange.objects.filter(model=Cycle._meta.label, key=cycle.pk, event__action__in=SCORE_STEPS)
    return steps.filter(event__actor=actor.pk).exists()


def appeal_window_facts(cycle: Cycle) -> AppealWindowFacts:
    """K7."""
    return AppealWindowFacts(cycle.publicity_starts_on)


def final_facts(cycle: Cycle) -> FinalFacts:
    """K8."""
    ends_before = cycle.publicity_ends_before
    open_ = ResultAppeal.objects.filter(cycle=cycle, state=AppealState.OPEN).select_related("unit", "person")
    results = cycle_results(cycle)
    return FinalFacts(
        last_day=ends_before - timedelta(days=1) if ends_before else None,
        appeals=[str(one.unit or one.person) for one in open_],
        ties=[one.group for one in results.ties],
        over_quota=[(one.group, one.used, one.quota) for one in results.quotas if one.used > one.quota],
    )


def facts_for(cycle: Cycle, event: str, on: date, actor: AbstractBaseUser | None = None) -> Any:
    """The facts of one event's guard."""
    collect: dict[str, Callable[[], Any]] = {
        "set_targets": lambda: target_facts(cycle),
        "open": lambda: open_facts(cycle),
        "review": lambda: review_facts(cycle),
        "score": lambda: verification_facts(cycle, on),
        "calibrate": lambda: scoring_facts(cycle),
        "publish": lambda: publish_facts(cycle, actor),
        "open_appeals": lambda: appeal_window_facts(cycle),
        "finalize": lambda: final_facts(cycle),
    }
    return collect[event]() if event in collect else None


def cycle_next(cycle: Cycle, on: date, actor: AbstractBaseUser | None = None) -> list[NextStep]:
    """The steps of a cycle in its state, and what stands against each; at most one but for errors in the
    table."""
    return [_preview(cycle, step, on, actor) for step in transitions_from(CYCLE_TRANSITIONS, cycle.state)]


def _preview(cycle: Cycle, step: Transition, on: date, actor: AbstractBaseUser | None) -> NextStep:
    return previewed(step, step.reasons(facts_for(cycle, step.event, on, actor), Call(on, preview=True)))
