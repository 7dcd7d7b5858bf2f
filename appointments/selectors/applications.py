"""Applications of a batch with everything that screening looks at: 要求 | 实际 | 符合, waiver, objection."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from appointments.models import Application, Batch, Objection, RuleResult, Waiver
from appointments.rules.calendar import objections_until
from appointments.rules.eligibility import Outcome, rule_label
from appointments.states import ApplicationState, WaiverState
from reform.ladder import Policy
from reform.selectors import calendar_of, policy_of


@dataclass(frozen=True)
class Condition:
    """One line of the qualification table. final: what counts, by the clerk's word where there is one."""

    result_id: int
    rule: str
    label: str
    required: str
    actual: str
    outcome: str
    final: str
    note: str
    is_waived: bool

    @property
    def is_met(self) -> bool:
        return self.final == Outcome.PASS or self.is_waived

    @property
    def word(self) -> str:
        if self.is_waived:
            return "破格"
        return RuleResult.Outcome(self.final).label


@dataclass(frozen=True)
class ApplicationRow:
    """One application as a screen shows it. objection_until: the last day for an objection, None before the
    person was told."""

    application: Application
    conditions: tuple[Condition, ...]
    waiver: Waiver | None
    objection: Objection | None
    objection_until: date | None

    @property
    def state_label(self) -> str:
        return ApplicationState(self.application.state).label

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Conditions that a clerk has to decide."""
        return tuple(
            one.label for one in self.conditions if one.final == Outcome.UNKNOWN and not one.is_waived
        )

    @property
    def failed(self) -> tuple[str, ...]:
        """Conditions not met and not waived."""
        return tuple(one.label for one in self.conditions if one.final == Outcome.FAIL and not one.is_waived)

    @property
    def suggested_reason(self) -> str:
        """What the failed conditions say, for a rejection."""
        return "；".join(
            f"{one.label}：要求{one.required}，实际{one.actual}"
            for one in self.conditions
            if one.final == Outcome.FAIL and not one.is_waived
        )


def applications_of(batch: Batch) -> QuerySet[Application]:
    """All applications of a batch with the names that a list shows, in the order of its sheet."""
    return (
        Application.objects.filter(candidacy__batch=batch)
        .select_related(
            "candidacy__person",
            "candidacy__round__zone",
            "candidacy__batch",
            "position__unit__parent",
            "screened_by",
            "reviewed_by",
        )
        .order_by("candidacy__sort_no", "candidacy_id", "choice_no", "id")
    )


def application_list(batch: Batch) -> list[ApplicationRow]:
    """The applications of a batch with conditions, waivers and objections: a fixed number of statements."""
    return application_rows(applications_of(batch), policy_of(batch.round.policy))


def application_rows(applications: Iterable[Application], policy: Policy) -> list[ApplicationRow]:
    """As application_list, for any applications of one round."""
    rows = list(applications)
    keys = [row.pk for row in rows]
    waivers = {one.application_id: one for one in _standing().filter(application__in=keys)}
    conditions = _conditions(keys, waivers.values())
    objections = {
        one.application_id: one
        for one in Objection.objects.filter(application__in=keys, kind=Objection.Kind.SCREENING).order_by(
            "id"
        )
    }
    calendar, workdays = calendar_of(), policy["round.objection_workdays"]
    return [
        ApplicationRow(
            application=row,
            conditions=tuple(conditions.get(row.pk, ())),
            waiver=waivers.get(row.pk),
            objection=objections.get(row.pk),
            objection_until=objections_until(row.notified_on, workdays, calendar)
            if row.notified_on
            else None,
        )
        for row in rows
    ]


def qualification_table(application: Application) -> Sequence[Condition]:
    """要求 | 实际 | 符合 of one application."""
    waivers = waivers_standing(application)
    return tuple(_conditions([application.pk], waivers).get(application.pk, ()))


def waivers_standing(application: Application) -> QuerySet[Waiver]:
    """The waiver of an application, waiting or approved: one at most."""
    return _standing().filter(application=application)


def _standing() -> QuerySet[Waiver]:
    return Waiver.objects.exclude(state=WaiverState.WITHDRAWN)


def _conditions(keys: Sequence[int], waivers: Iterable[Waiver]) -> dict[int, list[Condition]]:
    waived = {(one.application_id, one.rule) for one in waivers if one.approved_by_id}
    found: dict[int, list[Condition]] = defaultdict(list)
    for one in RuleResult.objects.filter(application__in=keys).order_by("application_id", "id"):
        found[one.application_id].append(
            Condition(
                result_id=one.pk,
                rule=one.rule,
                label=rule_label(one.rule),
                required=one.required,
                actual=one.actual,
                outcome=one.outcome,
                final=one.final,
                note=one.decided_note,
                is_waived=(one.application_id, one.rule) in waived,
            )
        )
    return found
