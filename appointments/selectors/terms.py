"""What the years after an appointment look at: terms in a row, reviews, retirement, and the facts of leaving
(domain.md §5)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from appointments.models import Appointment, Exit, Placement, Round, TermReview
from appointments.rules.absence import Span, count_absences
from appointments.rules.guards import TermFacts
from appointments.rules.retirement import retirement_on
from appointments.rules.termination import (
    LAWS,
    Leaving,
    Limits,
    Protection,
    Route,
    resignation_due_on,
    route_of,
    termination_reasons,
    works_by_workdays,
)
from appointments.rules.terms import Term, renewal_blocks, terms_in_a_row
from appointments.states import IN_FORCE, AppointmentState, RoundState
from reform.ladder import Policy
from reform.models import AnnualGrade, ArchivedStatus, Person, Position, Sanction, TenureKind, Zone
from reform.selectors import calendar_of, headcount_used, policy_of, policy_version_as_of

from .seating import seating_of

_HELD = Q(tenure__isnull=False, tenure__ends_before=None)
OPEN_ROUNDS = (RoundState.APPROVED, RoundState.MOBILIZED, RoundState.RUNNING, RoundState.PLACING)


@dataclass(frozen=True)
class Grounds:
    """What the office says when somebody leaves; each cause (T01–T11) reads its own part.

    absences: (first, last) days of 旷工, both included.  protection: None where nobody has looked yet.
    """

    asked_on: date | None = None
    both_agree: bool = False
    is_early: bool = False
    notified_on: date | None = None
    refused_post: str = ""
    finding: str = ""
    absences: Sequence[Span] = field(default_factory=tuple)
    details: str = ""
    protection: Protection | None = None


def appointments_in_force(zone: Zone) -> QuerySet[Appointment]:
    """Appointments that hold now: in force, and their tenure not closed by a later one."""
    return Appointment.objects.filter(zone=zone, state__in=IN_FORCE).filter(_HELD)


def appointments_held(zone: Zone) -> QuerySet[Appointment]:
    """As appointments_in_force, and those whose term has ended or been renewed while the post is still held:
    a new competition or the next term has not begun."""
    gone = (AppointmentState.PENDING, AppointmentState.TERMINATED)
    return Appointment.objects.filter(zone=zone).filter(_HELD).exclude(state__in=gone)


def primary_of(person: Person) -> Appointment | None:
    """The appointment behind a person's present main post."""
    return (
        appointments_in_force(person.zone)
        .filter(person=person, kind=TenureKind.PRIMARY)
        .select_related("round__policy", "round__zone", "person", "position__unit__parent", "tenure")
        .order_by("-starts_on", "-id")
        .first()
    )


def policies_of(appointments: Iterable[Appointment]) -> dict[int, Policy]:
    """Round id → its policy, read once for each version."""
    rounds = {one.round_id: one.round for one in appointments}
    versions = {one.policy_id: one.policy for one in rounds.values()}
    policies = {key: policy_of(version) for key, version in versions.items()}
    return {key: policies[one.policy_id] for key, one in rounds.items()}


def retirement_of(person: Person, policy: Policy, position: Position | None = None) -> date | None:
    """The last day before statutory retirement from the post held; None where sex or birth is unknown."""
    category = position.category if position else ""
    return retirement_on(person.sex, person.birth_on, policy["round.retirement"], category)


def reviews_of(appointments: Sequence[Appointment]) -> dict[int, TermReview]:
    """Appointment id → its 聘期考核."""
    return {
        one.appointment_id: one
        for one in TermReview.objects.filter(appointment__in=[row.pk for row in appointments]).order_by("id")
    }


def histories(zone: Zone) -> dict[int, list[Term]]:
    """Person id → the posts of the main appointments that ever took effect."""
    found: dict[int, list[Term]] = {}
    rows = (
        Appointment.objects.filter(zone=zone, kind=TenureKind.PRIMARY)
        .exclude(state=AppointmentState.PENDING)
        .order_by("starts_on", "id")
    )
    for person_id, lineage, starts_on in rows.values_list("person_id", "position__lineage", "starts_on"):
        found.setdefault(person_id, []).append(Term(lineage, starts_on))
    return found


def renewal_facts(appointments: Sequence[Appointment]) -> dict[int, TermFacts]:
    """Appointment id → what its renewal looks at; a fixed number of statements for one policy."""
    if not appointments:
        return {}
    policies, reviews = policies_of(appointments), reviews_of(appointments)
    terms = histories(appointments[0].zone)
    found = {}
    for one in appointments:
        policy = policies[one.round_id]
        review = reviews.get(one.pk)
        blocks = renewal_blocks(
            terms_in_a_row(terms.get(one.person_id, ()), one.position.lineages),
            policy["round.max_terms"],
            retires_on=retirement_of(one.person, policy, one.position),
            starts_on=one.ends_before,
        )
        if one.position.ends_before and one.position.ends_before <= one.ends_before:
            blocks.append(f"岗位“{one.position}”已撤销")
        found[one.pk] = TermFacts(
            name=one.person.name,
            starts_on=one.starts_on,
            ends_before=one.ends_before,
            review=review.result if review else "",
            outcome=review.outcome if review else "",
            blocks=blocks,
        )
    return found


def post_blocks(
    round_: Round, person: Person, position: Position, on: date, *, takes_seat: bool = True
) -> list[str]:
    """What stands against a person in a post outside a batch: no such post, no seat, relatives."""
    seating = seating_of(round_)
    if position.pk not in seating.positions or (position.ends_before and position.ends_before <= on):
        return [f"“{position}”不在本轮的岗位设置中或已撤销"]
    seating.leave(person.pk)
    blocks = []
    free = min(
        seating.vacant(position.pk), position.headcount - headcount_used(round_.zone, on).get(position.pk, 0)
    )
    if takes_seat and free < 1:
        blocks.append(f"“{position}”职数{position.headcount}个，没有空缺")
    avoidance = seating.avoidance(person.pk, person.name, position.pk)
    return [*blocks, *avoidance.blocks_of(person.pk)]


def leaving_of(
    person: Person,
    appointment: Appointment | None,
    cause: str,
    left_on: date,
    grounds: Grounds,
    on: date,
    policy: Policy,
) -> Leaving:
    """The facts of one termination: what the system knows, and what the office says."""
    route = _route(person, left_on)
    sanctions = Sanction.objects.filter(person=person)
    expelled = sanctions.filter(kind=Sanction.Kind.EXPULSION).order_by("-decided_on").first()
    level = policy.ladder.by_code.get(appointment.held_level) if appointment else None
    review = TermReview.objects.filter(appointment=appointment).first() if appointment else None
    return Leaving(
        cause=cause,
        left_on=left_on,
        decided_on=on,
        route=route,
        is_leader=bool(level and level.method == Position.Method.SJ),
        ends_before=appointment.ends_before if appointment else None,
        outcome=review.outcome if review else "",
        retires_on=retirement_of(person, policy, appointment.position if appointment else None),
        is_early=grounds.is_early,
        asked_on=grounds.asked_on,
        both_agree=grounds.both_agree,
        is_investigated=sanctions.filter(kind=Sanction.Kind.INVESTIGATION)
        .filter(Q(ends_before=None) | Q(ends_before__gt=on))
        .exists(),
        notified_on=grounds.notified_on,
        grades=_grades(person),
        refused_post=grounds.refused_post,
        finding=grounds.finding,
        refuses=Placement.objects.filter(person=person, refuses=True).exists(),
        absences=count_absences(grounds.absences, calendar_of(), by_workdays=works_by_workdays(route))
        if grounds.absences
        else None,
        expelled_on=expelled.decided_on if expelled else None,
        details=grounds.details,
        protection=grounds.protection,
    )


def leaving_reasons(leaving: Leaving, policy: Policy) -> list[str]:
    """What stands against a termination."""
    limits = Limits(notice=policy["round.notice_days"], absence=policy["round.absence_days"])
    return termination_reasons(leaving, limits)


def leaving_against(
    person: Person, appointment: Appointment | None, cause: str, left_on: date, grounds: Grounds, on: date
) -> list[str]:
    """leaving_reasons by the policy of the round of what ends: the appointment named, else the main one."""
    appointment = appointment or primary_of(person)
    version = appointment.round.policy if appointment else policy_version_as_of(person.zone, on)
    policy = policy_of(version)
    return leaving_reasons(leaving_of(person, appointment, cause, left_on, grounds, on, policy), policy)


def leaving_notes(leaving: Leaving, policy: Policy) -> dict[str, str]:
    """What goes into the record of a leaving beside its grounds: the law that it went by, and for a civil
    servant's resignation the day by which it was to be decided."""
    notes = {"law": LAWS[leaving.route]}
    if leaving.cause == "T03" and leaving.route is Route.CIVIL and leaving.asked_on:
        due_on = resignation_due_on(
            leaving.asked_on, is_leader=leaving.is_leader, notice=policy["round.notice_days"]
        )
        notes["decide_by"] = due_on.isoformat()
    return notes


def _route(person: Person, on: date) -> Route:
    status = (
        ArchivedStatus.objects.filter(person=person)
        .filter(Q(ends_before=None) | Q(ends_before__gt=on))
        .order_by("-ends_before", "-id")
        .first()
    )
    return route_of(status.identity if status else "")


def _grades(person: Person) -> Mapping[int, str]:
    rows = AnnualGrade.objects.filter(person=person).exclude(grade=AnnualGrade.Grade.NONE)
    return dict(rows.order_by("year").values_list("year", "grade"))


def rounds_left(person: Person, appointments: Collection[Appointment]) -> list[Round]:
    """The rounds in which a leaving person is counted: those that are under way and have them in their scope,
    and the one of their present appointment; without those that know of it already."""
    under_way = Round.objects.filter(zone=person.zone, state__in=OPEN_ROUNDS).filter(
        Q(baselines__person=person) | Q(candidacies__person=person) | Q(placements__person=person)
    )
    keys = set(under_way.values_list("id", flat=True)) | {one.round_id for one in appointments}
    known = set(Exit.objects.filter(person=person).values_list("round_id", flat=True))
    return list(Round.objects.select_related("zone", "policy").filter(pk__in=keys - known).order_by("id"))


@dataclass(frozen=True)
class ExitForm:
    """离开手续 of one person: the post that ends, and the archived values that come back (§1 c)."""

    name: str
    left_on: date
    cause: str
    document_no: str
    post: str
    identity: str
    post_rank: str
    rank: str
    archived_pay: str
    sealed_on: date | None
    status_document_no: str


def exit_form(exit_: Exit) -> ExitForm:
    """The exit form of a person: 调动、退休 go by the archived identity."""
    status = ArchivedStatus.objects.filter(person=exit_.person).order_by("-id").first()
    tenure = (
        exit_.person.tenures.filter(kind=TenureKind.PRIMARY, ends_before__lte=exit_.left_on)
        .select_related("position__unit__parent")
        .order_by("-ends_before", "-id")
        .first()
    )
    return ExitForm(
        name=exit_.person.name,
        left_on=exit_.left_on,
        cause=exit_.get_cause_display(),
        document_no=exit_.document_no,
        post=str(tenure.position) if tenure else "",
        identity=status.get_identity_display() if status else "",
        post_rank=status.get_post_rank_display() if status else "",
        rank=status.rank if status else "",
        archived_pay=status.archived_pay if status else "",
        sealed_on=status.sealed_on if status else None,
        status_document_no=status.document_no if status else "",
    )
