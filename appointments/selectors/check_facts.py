"""What I5–I7 look at in a round that was run (domain.md §4), in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from appointments.models import Appointment, Demotion, Objection, Placement, ProposalRow
from appointments.rules.change import ChangeKind
from appointments.rules.checks import DemotionPaper, Rise
from appointments.states import AppointmentState, PlacementState
from reform.avoidance import Seated, post_conflicts
from reform.ladder import Policy
from reform.models import Position, TenureKind
from reform.selectors import calendar_of, kinship_relations
from reform.workdays import count_workdays

from .figures import ChangeSummary, PersonChange
from .limits import limits_of
from .seating import structure_of

SUPERIOR = Position.Method.SJ


def waiting_people(summary: ChangeSummary) -> set[int]:
    """Persons in 待岗."""
    if not any(person.change.kind == ChangeKind.UNPLACED for person in summary.people):
        return set()
    found = Placement.objects.filter(round=summary.round, state=PlacementState.WAITING)
    return set(found.values_list("person_id", flat=True))


def avoidance_matters(summary: ChangeSummary) -> dict[int, list[str]]:
    """Person id → 岗位回避 against the posts that the round came to."""
    relations = kinship_relations(summary.round.zone)
    if not relations:
        return {}
    structure = structure_of(summary.round, summary.positions, summary.ladder)
    seated = [
        Seated(person.person_id, person.name, person.after.position_id)
        for person in summary.people
        if person.after and person.change.kind != ChangeKind.EXIT
    ]
    found: dict[int, list[str]] = {}
    for one in post_conflicts(seated, relations, structure).blocks:
        for key in (one.person_id, one.relative_id):
            found.setdefault(key, []).append(one.reason)
    return found


def objection_matters(summary: ChangeSummary) -> dict[int, list[str]]:
    """Person id → objections that are still looked into."""
    found: dict[int, list[str]] = {}
    rows = Objection.objects.filter(
        application__candidacy__round=summary.round, state=Objection.State.OPEN
    ).order_by("received_on", "id")
    for person_id, received_on, kind in rows.values_list(
        "application__candidacy__person_id", "received_on", "kind"
    ):
        said = f"{received_on}收到的{Objection.Kind(kind).label}还没有办结"
        found.setdefault(person_id, []).append(said)
    return found


def limit_matters(summary: ChangeSummary) -> dict[int, list[str]]:
    """Person id → what a promotion was forbidden by on the day it took effect."""
    risen = {
        person.person_id: person.decision.starts_on
        for person in summary.people
        if person.change.kind == ChangeKind.PROMOTION and person.decision
    }
    if not risen:
        return {}
    found: dict[int, list[str]] = {}
    for one in limits_of(summary.round.zone, summary.policy):
        on = risen.get(one.person_id)
        if on is not None and one.holds_on(on):
            found.setdefault(one.person_id, []).append(one.words)
    return found


@dataclass(frozen=True)
class _Step:
    """One appointment of a person in the round."""

    person_id: int
    level: str
    application_id: int | None
    method: str
    post_method: str
    post_level: str
    document_no: str
    has_probation: bool


def rises_of(summary: ChangeSummary) -> list[Rise]:
    """I6: each promotion with its 公示, or the superior's document. Where somebody moved on at the level that
    the promotion had brought, the appointment that brought it counts."""
    risen = [person for person in summary.people if person.change.kind == ChangeKind.PROMOTION]
    if not risen:
        return []
    steps: dict[int, list[_Step]] = {}
    for one in _steps(summary):
        steps.setdefault(one.person_id, []).append(one)
    workdays = _workdays(summary)
    return [_rise(person, steps.get(person.person_id, ()), workdays, summary.policy) for person in risen]


def _steps(summary: ChangeSummary) -> Iterable[_Step]:
    rows = Appointment.objects.filter(round=summary.round, kind=TenureKind.PRIMARY).exclude(
        state=AppointmentState.PENDING
    )
    for row in rows.order_by("starts_on", "id").values_list(
        "person_id",
        "held_level",
        "application_id",
        "method",
        "position__method",
        "position__level",
        "superior_document_no",
        "probation_ends_before",
    ):
        yield _Step(*row[:-1], has_probation=row[-1] is not None)


def _workdays(summary: ChangeSummary) -> dict[int, int]:
    """Application id → working days of the longest 公示 it stood in."""
    calendar = calendar_of()
    rows = ProposalRow.objects.filter(
        list__batch__round=summary.round, list__publicity__isnull=False
    ).order_by()
    found: dict[int, int] = {}
    counted: dict[tuple[date, date], int] = {}
    for key, starts_on, ends_before in rows.values_list(
        "application_id", "list__publicity__starts_on", "list__publicity__ends_before"
    ):
        span = starts_on, date.fromordinal(ends_before.toordinal() - 1)
        if span not in counted:
            counted[span] = count_workdays(*span, calendar).days
        found[key] = max(found.get(key, 0), counted[span])
    return found


def _rise(person: PersonChange, steps: Sequence[_Step], workdays: dict[int, int], policy: Policy) -> Rise:
    ladder = policy.ladder.by_code
    level = person.after.level if person.after else ""
    mine = [one for one in steps if one.level == level]
    public = [workdays[one.application_id] for one in mine if one.application_id in workdays]
    superior = [one.document_no for one in mine if one.document_no and _is_superior(one, policy)]
    lowest = ladder[policy["round.probation_from_level"]].rank_order
    return Rise(
        key=person.person_id,
        workdays=max(public, default=None),
        superior=superior[0] if superior else "",
        needs_probation=bool(person.change.steps) and ladder[level].rank_order >= lowest,
        has_probation=any(one.has_probation for one in mine),
    )


def _is_superior(one: _Step, policy: Policy) -> bool:
    """Whether the superior fills the post: 上级任命 by the appointment, the post, or the level."""
    level = policy.ladder.by_code.get(one.post_level)
    by_post = one.post_method or (level.method if level else "")
    return SUPERIOR in (one.method, by_post)


def demotion_papers(summary: ChangeSummary) -> dict[int, DemotionPaper]:
    """Person id → 降职手续 as registered."""
    if not any(person.change.kind == ChangeKind.DEMOTION for person in summary.people):
        return {}
    return {
        row.person_id: DemotionPaper(
            row.reason_code,
            bool(row.talk_on and row.talk_record.strip()),
            row.notice_no.strip(),
            row.appeal_rights_told,
        )
        for row in Demotion.objects.filter(round=summary.round)
    }
