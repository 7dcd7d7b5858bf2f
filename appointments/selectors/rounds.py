"""Rounds, their appointments, and the summary with its checks."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet

from appointments.models import Appointment, Round
from appointments.rules import checks
from appointments.rules.change import ChangeKind
from appointments.rules.checks import Fact, Offence, Seat
from appointments.states import AppointmentState
from reform.models import Unit, Zone
from reform.selectors import policy_of, positions_of

from . import check_facts
from .figures import ChangeSummary, Check, Offender, PersonChange
from .people import people_of


def round_by_code(zone: Zone, code: str) -> Round | None:
    """A round of a zone by its code."""
    return Round.objects.select_related("zone", "policy", "setup").filter(zone=zone, code=code).first()


def rounds_of(zone: Zone | None) -> QuerySet[Round]:
    """A zone's rounds, latest first."""
    return Round.objects.select_related("zone", "policy", "setup").filter(zone=zone).order_by("-code")


def appointment_list(round_: Round) -> QuerySet[Appointment]:
    """A round's appointments that took effect, with all that a list or a sheet shows; not those that followed
    them in the years after (续聘, 变更)."""
    return (
        Appointment.objects.filter(round=round_)
        .exclude(state=AppointmentState.PENDING)
        .exclude(previous__round=round_)
        .select_related("person", "position__unit__parent")
        .order_by("sort_no", "id")
    )


def change_summary(round_: Round, as_of: date | None = None) -> ChangeSummary:
    """The round's people and their changes, as of its effective date (§4) or the day asked for; a fixed
    number of
    statements. Asked for no day, an appointment that starts later than the effective date counts too."""
    policy = policy_of(round_.policy)
    positions = list(positions_of(round_.setup_id))
    people, primaries = people_of(round_, policy.ladder, positions, as_of)
    summary = ChangeSummary(round_, policy, as_of, people, positions)
    return ChangeSummary(round_, policy, as_of, people, positions, _checks(summary, primaries))


def _checks(summary: ChangeSummary, primaries: Counter[int]) -> tuple[Check, ...]:
    is_run = not summary.round.is_registered
    waiting = check_facts.waiting_people(summary) if is_run else set()
    facts = [_fact(person, primaries, waiting) for person in summary.people]
    posts, units = _seats(summary)
    policy = summary.policy
    offences: dict[str, list[Offence]] = {
        "I1": checks.check_everyone_placed(facts, allow_waiting=policy["round.allow_waiting"]),
        "I2": checks.check_falls(facts, policy["round.max_demotion_steps"]),
        "I3": checks.check_rises(facts, policy["round.max_promotion_steps"]),
        "I4": checks.check_headcount(posts, units),
        "I8": checks.check_totals(summary.in_scope, summary.exited, summary.counts),
    }
    if is_run:
        offences |= _recorded(summary, facts)
    by_key = {person.person_id: person for person in summary.people}
    return tuple(
        Check(
            code,
            name,
            None if code in checks.NOT_RECORDED and not is_run else not offences[code],
            tuple(_offender(one, by_key) for one in offences.get(code, ())),
        )
        for code, name in checks.NAMES.items()
    )


def _recorded(summary: ChangeSummary, facts: Sequence[Fact]) -> dict[str, list[Offence]]:
    """I5–I7: of a round that was run; a registered one has not recorded what they look at."""
    return {
        "I5": checks.check_unresolved(
            check_facts.avoidance_matters(summary),
            check_facts.objection_matters(summary),
            check_facts.limit_matters(summary),
        ),
        "I6": checks.check_publicity(
            check_facts.rises_of(summary), summary.policy["round.publicity_workdays"]
        ),
        "I7": checks.check_demotions(facts, check_facts.demotion_papers(summary)),
    }


def _fact(person: PersonChange, primaries: Mapping[int, int], waiting: Collection[int]) -> Fact:
    decision = person.decision
    return Fact(
        person.person_id,
        person.change.kind,
        person.change.steps,
        primaries[person.person_id],
        has_reason=bool(decision and decision.reason and decision.superior_document_no),
        has_minutes=bool(decision and decision.minutes_no),
        is_waiting=person.person_id in waiting,
    )


def _seats(summary: ChangeSummary) -> tuple[list[Seat], list[Seat]]:
    held: dict[int, list[int]] = {position.pk: [] for position in summary.positions}
    for person in summary.people:
        if person.after and person.change.kind != ChangeKind.EXIT and person.after.position_id in held:
            held[person.after.position_id].append(person.person_id)
    posts = [Seat(str(one), one.headcount, held[one.pk]) for one in summary.positions]
    by_owner: dict[int, tuple[Unit, list[int]]] = {}
    for position in summary.positions:
        owner = position.unit.owner
        by_owner.setdefault(owner.pk, (owner, []))[1].extend(held[position.pk])
    units = [Seat(unit.name, summary.quota_of(unit), persons) for unit, persons in by_owner.values()]
    return posts, units


def _offender(offence: Offence, by_key: Mapping[int, PersonChange]) -> Offender:
    person = by_key.get(offence.key or 0)
    if person is None:
        return Offender("", offence.place, offence.why)
    post = person.after or person.before
    unit = offence.place or (post.unit if post else "")
    return Offender(person.name, unit, offence.why, person.person_id)
