"""The end of a cycle: annual grades, what follows from them for each person, and the written notices
(domain.md §6). Nothing that follows happens by itself: somebody carries it out."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Consequence, Cycle, Notice, Period, PersonResult, Veto
from kpi.rules import consequences as rules
from kpi.rules.guards import DecisionFacts
from kpi.selectors.person_inputs import person_inputs
from kpi.selectors.places import people_avoided
from kpi.selectors.unit_inputs import quarter_cycles
from kpi.states import CONSEQUENCE_TRANSITIONS, OFFICE, ConsequenceState, CycleState, VetoState
from reform.access import person_of
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import AnnualGrade, PromotionLock, Unit
from reform.selectors import policy_of
from reform.services import (
    Edit,
    annual_grades_register,
    audit_record,
    edit,
    promotion_locks_register,
    save_all,
)
from reform.services.steps import Refusal, not_refused, require_permission, take_steps

LOCK_CAUSE = "考核"
_TEXT, _CLAUSE = 200, 120  # characters of a consequence


@transaction.atomic
def cycle_conclude(*, cycle: Cycle, actor: AbstractBaseUser, on: date) -> None:
    """What follows when a cycle is final: of a year the grades on the persons and the list of
    consequences."""
    if cycle.period == Period.YEAR:
        _write_grades(cycle, actor, "")
        consequences_list(cycle=cycle, actor=actor, on=on)


@transaction.atomic
def final_grades_correct(*, cycle: Cycle, actor: AbstractBaseUser, on: date, reason: str) -> None:
    """Bring the grades on the persons and the list of consequences of a final year in line with its results,
    which an appeal has changed."""
    _write_grades(cycle, actor, reason)
    consequences_list(cycle=cycle, actor=actor, on=on)


def _write_grades(cycle: Cycle, actor: AbstractBaseUser, reason: str) -> None:
    results = PersonResult.objects.filter(cycle=cycle, current=True).select_related("person").order_by("id")
    grades = [
        AnnualGrade(
            person=one.person,
            year=cycle.scheme.year,
            grade=one.grade or AnnualGrade.Grade.NONE.value,
            document_no=cycle.document_no[:80],
        )
        for one in results
    ]
    annual_grades_register(zone=cycle.zone, grades=grades, actor=actor, reason=reason)


@transaction.atomic
def consequences_list(*, cycle: Cycle, actor: AbstractBaseUser, on: date) -> int:
    """List what a final year brings to each person; returns how many rows changed.

    Listed ones that no longer follow go, those that somebody has decided on stay. The same list a second time
    changes nothing. A fixed number of statements.
    """
    if cycle.state != CycleState.FINAL or cycle.period != Period.YEAR:
        raise Refused([f"{cycle}不是已确定的年度考核，没有结果运用"])
    wanted = _wanted(cycle, on)
    known = {(one.person_id, one.code): one for one in Consequence.objects.filter(cycle=cycle)}
    listed = {key: one for key, one in known.items() if one.state == ConsequenceState.LISTED}
    created, changed = [], list[Edit | None]()
    for key, one in wanted.items():
        if key not in known:
            created.append(one)
        elif key in listed and listed[key].text != one.text:
            # the day from which a lock runs stays that of the first list
            changed.append(edit(listed[key], text=one.text, clause=one.clause, ends_before=one.ends_before))
    gone = [one for key, one in listed.items() if key not in wanted]
    count = len(created) + len(gone) + sum(1 for one in changed if one)
    if count:
        event = audit_record(
            actor=actor, action="列出结果运用", zone=cycle.zone, subject=f"{cycle} {count}项"
        )
        save_all(event, changed=changed, created=created, removed=gone)
    return count


def _wanted(cycle: Cycle, on: date) -> dict[tuple[int, str], Consequence]:
    """(person, code) → the consequence; of several locks the one that lasts longest, with all reasons."""
    policy = policy_of(cycle.policy)
    year = cycle.scheme.year
    first = Consequence.objects.filter(cycle=cycle, starts_on__isnull=False).order_by("starts_on").first()
    decided_on = first.starts_on if first and first.starts_on else on
    earlier = AnnualGrade.objects.filter(person__zone=cycle.zone_id, year=year - 1)
    last = dict(earlier.values_list("person_id", "grade"))
    leaders, vetoes = _leaders(cycle, policy), _unit_vetoes(cycle)
    found: dict[tuple[int, str], Consequence] = {}
    for one in PersonResult.objects.filter(cycle=cycle, current=True).order_by("id"):
        before = last.get(one.person_id)
        result = rules.YearResult(
            year=year,
            grade=one.grade or None,
            decided_on=decided_on,
            last_grade=None if before == AnnualGrade.Grade.NONE else before,
            identity=one.identity,
            unit_veto=vetoes.get(one.unit_id or 0, ""),
            is_leader=one.person_id in leaders,
        )
        for each in rules.consequences_of(result, policy["kpi.lock_months"]):
            _merge(found, cycle, one.person_id, each, decided_on)
    return found


def _merge(
    found: dict[tuple[int, str], Consequence],
    cycle: Cycle,
    person_id: int,
    one: rules.Consequence,
    decided_on: date,
) -> None:
    row = found.get((person_id, one.code))
    if row is not None:
        row.text = _cut(f"{row.text}；{one.text}", _TEXT)
        row.clause = _cut(f"{row.clause}；{one.clause}", _CLAUSE)
        if row.ends_before and one.locked_before:
            row.ends_before = max(row.ends_before, one.locked_before)
        return
    found[person_id, one.code] = Consequence(
        cycle=cycle,
        person_id=person_id,
        code=one.code,
        text=_cut(one.text, _TEXT),
        clause=_cut(one.clause, _CLAUSE),
        starts_on=decided_on if one.locked_before else None,
        ends_before=one.locked_before,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _leaders(cycle: Cycle, policy: Policy) -> set[int]:
    """Who leads the unit that they are appraised in."""
    units = {one.pk: one for one in Unit.objects.filter(zone=cycle.zone_id).select_related("parent")}
    people = person_inputs(cycle, policy, quarter_cycles(cycle), units, ())
    return {one.person_id for one in people if one.place.is_leader}


def _unit_vetoes(cycle: Cycle) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    rows = Veto.objects.filter(cycle=cycle, state=VetoState.APPROVED, unit__isnull=False).order_by("id")
    for unit, matter in rows.values_list("unit_id", "matter"):
        if unit is not None:
            found.setdefault(unit, []).append(matter)
    return {unit: "；".join(matters) for unit, matters in found.items()}


@transaction.atomic
def consequences_carry_out(
    *,
    consequences: Iterable[Consequence],
    actor: AbstractBaseUser,
    on: date,
    document_no: str,
    note: str = "",
) -> list[Refusal]:
    """Record that somebody has carried consequences out, with the document; those refused stay, each with
    its reasons. No promotion: the lock is written, from the day on which the result became final. A fixed
    number of statements."""
    rows = _locked(consequences)
    refused = take_steps(
        rows,
        table=CONSEQUENCE_TRANSITIONS,
        event="carry_out",
        facts_of=lambda _: DecisionFacts(),
        actor=actor,
        on=on,
        document_no=document_no,
    )
    done = _note(rows, refused, actor, on, document_no, note)
    locks = [
        PromotionLock(
            person=row.person,
            cause=LOCK_CAUSE,
            reason=row.text,
            starts_on=row.starts_on,
            ends_before=row.ends_before,
            document_no=document_no,
        )
        for row in done
        if row.starts_on is not None and row.ends_before is not None
    ]
    if locks:
        promotion_locks_register(zone=done[0].zone, locks=locks, actor=actor, reason=str(done[0].cycle))
    return refused


@transaction.atomic
def consequences_waive(
    *, consequences: Iterable[Consequence], actor: AbstractBaseUser, on: date, reason: str
) -> list[Refusal]:
    """The leading group decides that consequences are not carried out, and why; nobody about themselves or a
    relative. Those refused stay, each with its reasons. A fixed number of statements."""
    rows, avoided = _locked(consequences), people_avoided(actor)
    refused = take_steps(
        rows,
        table=CONSEQUENCE_TRANSITIONS,
        event="waive",
        facts_of=lambda row: DecisionFacts(avoided=row.person_id in avoided),
        actor=actor,
        on=on,
        reason=reason,
    )
    _note(rows, refused, actor, on, "", reason)
    return refused


def _locked(consequences: Iterable[Consequence]) -> list[Consequence]:
    rows = Consequence.objects.select_for_update(of=("self",)).select_related("cycle__zone", "person__zone")
    return list(rows.filter(pk__in=[one.pk for one in consequences]).order_by("id"))


def _note(
    rows: Sequence[Consequence],
    refused: Sequence[Refusal],
    actor: AbstractBaseUser,
    on: date,
    document_no: str,
    note: str,
) -> list[Consequence]:
    """Keep who decided, when and by what on the rows that have moved; returns these."""
    done = not_refused(rows, refused)
    if done:
        event = audit_record(
            actor=actor,
            action="记载结果运用",
            zone=done[0].zone,
            subject=str(done[0]) if len(done) == 1 else f"{done[0].cycle} {len(done)}项",
            document_no=document_no,
        )
        values = {"done_by": actor, "done_on": on, "document_no": document_no, "note": note.strip()[:200]}
        save_all(event, changed=[edit(row, **values) for row in done])
    return done


@transaction.atomic
def notices_issue(*, cycle: Cycle, actor: AbstractBaseUser, on: date, document_no: str = "") -> int:
    """Give everybody the written notice of a final result; who has one of the same grade and score already
    gets no other. Returns how many were issued. A fixed number of statements."""
    require_permission(actor, OFFICE, "发出考核结果通知书")
    if cycle.state != CycleState.FINAL:
        raise Refused([f"{cycle}是“{CycleState(cycle.state).label}”，结果确定后才发通知书"])
    told = {
        (one.result.person_id, one.result.grade, one.result.combined)
        for one in Notice.objects.filter(result__cycle=cycle).select_related("result")
    }
    created = [
        Notice(result=one, issued_by_id=actor.pk, issued_on=on, document_no=document_no)
        for one in PersonResult.objects.filter(cycle=cycle, current=True).order_by("id")
        if (one.person_id, one.grade, one.combined) not in told
    ]
    if created:
        event = audit_record(
            actor=actor,
            action="发出考核结果通知书",
            zone=cycle.zone,
            subject=f"{cycle} {len(created)}份",
            document_no=document_no,
        )
        save_all(event, created=created)
    return len(created)


@transaction.atomic
def notices_receive(*, notices: Iterable[Notice], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """The person signs that the notice has come; the office may record signatures on paper. Those refused
    stay, each with its reasons. A fixed number of statements."""
    rows = list(
        Notice.objects.select_for_update(of=("self",))
        .select_related("result__person__zone", "result__cycle")
        .filter(pk__in=[one.pk for one in notices])
        .order_by("id")
    )
    own = person_of(actor)
    is_office = bool(getattr(actor, "has_perm", lambda _: False)(OFFICE))
    refused = [
        Refusal(one, tuple(why))
        for one in rows
        if (
            why := _receive_faults(one, is_office or (own is not None and own.pk == one.result.person_id), on)
        )
    ]
    done = not_refused(rows, refused)
    if done:
        event = audit_record(
            actor=actor,
            action="签收考核结果通知书",
            zone=done[0].result.person.zone,
            subject=str(done[0]) if len(done) == 1 else f"{done[0].result.cycle} {len(done)}份",
        )
        save_all(event, changed=[edit(one, received_on=on) for one in done])
    return refused


def _receive_faults(notice: Notice, may_sign: bool, on: date) -> list[str]:
    reasons = [] if may_sign else ["通知书由本人签收"]
    if notice.received_on is not None:
        reasons.append(f"已于{notice.received_on:%Y-%m-%d}签收")
    if on < notice.issued_on:
        reasons.append(f"通知书{notice.issued_on:%Y-%m-%d}才发出，今天是{on:%Y-%m-%d}")
    return reasons
