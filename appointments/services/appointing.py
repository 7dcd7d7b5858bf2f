"""From the 公示 to the appointment in force (B9–B10): drafted, signed, taking effect; and 上级任命."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Appointment, Batch, BatchPost, MeetingVote, Round
from appointments.rules.guards import ApplicationFacts
from appointments.rules.placement import pay_start, probation_end
from appointments.selectors.closing import appoint_facts, proposed_of, publicity_facts
from appointments.selectors.proposals import ProposalFact, proposal_facts
from appointments.states import (
    APPLICATION_TRANSITIONS,
    APPOINTMENT_TRANSITIONS,
    OFFICE,
    AppointmentState,
    BatchState,
)
from reform.dated import term_end
from reform.errors import Refused
from reform.ladder import Policy
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission, take_steps

from .duties import unsigned_reasons
from .locks import lock_batch, lock_zone
from .own import ON_BEHALF
from .plans import round_begin
from .succession import formers_end, formers_of, renewals_withdraw, tenures_begin

__all__ = [
    "LetterNumbers",
    "appointments_draft",
    "appointments_take_effect",
    "letters_sign",
]

_LONGEST_BATCH = 10_000  # the lists of a round show its batches one after the other


@dataclass(frozen=True)
class LetterNumbers:
    """聘书编号 in the order of the list: prefix, then a running number of so many digits."""

    prefix: str
    first: int = 1
    digits: int = 3

    def number(self, place: int) -> str:
        return f"{self.prefix}{self.first + place:0{self.digits}d}"


@transaction.atomic
def appointments_draft(
    *,
    batch: Batch,
    starts_on: date,
    actor: AbstractBaseUser,
    document_no: str = "",
    letters: LetterNumbers | None = None,
    pay_starts_on: date | None = None,
) -> list[Appointment]:
    """Draft (待生效) the appointment of everybody proposed: the round's term, the probation of a promotion,
    and the first day of pay by the policy. Drafted again, it changes what differs and keeps what was signed.

    The meeting's minutes and the approval of the superior come along from the list; a fixed number of
    statements. pay_starts_on: in place of the policy's rule.
    """
    require_permission(actor, OFFICE, "起草聘任")
    batch = lock_batch(batch)
    if batch.state != BatchState.APPOINTING:
        raise Refused([f"批次在“{BatchState(batch.state).label}”，公示结束后才能起草聘任"])
    policy = policy_of(batch.round.policy)
    proposed = proposed_of(batch)
    if not proposed:
        raise Refused(["没有拟聘人员"])
    draft = _Draft(batch, policy, starts_on, document_no, letters, pay_starts_on, _minutes(batch))
    known = {row.application_id: row for row in _drafts(batch)}
    methods = dict(BatchPost.objects.filter(batch=batch).values_list("position_id", "method"))
    facts = proposal_facts(batch.round, proposed, ladder=policy.ladder)
    created: list[Appointment] = []
    changed: list[Edit | None] = []
    rows: list[Appointment] = []
    for place, fact in enumerate(facts):
        values = draft.values(place, fact, methods.get(fact.row.position_id, batch.method))
        row = known.get(fact.row.application_id)
        if row is None:
            row = draft.row(fact, values)
            created.append(row)
        else:
            changed.append(edit(row, **values))
        rows.append(row)
    if created or any(changed):
        event = audit_record(
            actor=actor,
            action="起草聘任",
            zone=batch.round.zone,
            subject=f"{batch} {len(rows)}人",
            document_no=document_no,
        )
        save_all(event, changed=changed, created=created)
    return rows


def _drafts(batch: Batch) -> list[Appointment]:
    return list(
        Appointment.objects.filter(application__candidacy__batch=batch, state=AppointmentState.PENDING)
        .select_related("person", "position__unit__parent", "round__zone", "application", "zone")
        .order_by("sort_no", "id")
    )


def _minutes(batch: Batch) -> Mapping[int, tuple[str, date]]:
    """Application id → minutes and day of the meeting that carried it: the last one."""
    votes = MeetingVote.objects.filter(row__list__batch=batch).order_by("row__list__number")
    return {
        key: (minutes_no, held_on)
        for key, minutes_no, held_on in votes.values_list(
            "row__application_id", "meeting__minutes_no", "meeting__held_on"
        )
    }


@dataclass(frozen=True)
class _Draft:
    """What all drafts of one call have in common."""

    batch: Batch
    policy: Policy
    starts_on: date
    document_no: str
    letters: LetterNumbers | None
    pay_starts_on: date | None
    minutes: Mapping[int, tuple[str, date]]

    def values(self, place: int, fact: ProposalFact, method: str) -> dict[str, str | int | date | None]:
        round_, one = self.batch.round, fact.application
        minutes_no, decided_on = self.minutes.get(one.pk, ("", None))
        last = term_end(self.starts_on, round_.term_years)
        values: dict[str, str | int | date | None] = {
            "held_level": fact.row.held_level,
            "held_level_reason": one.held_level_reason,
            "method": method,
            "starts_on": self.starts_on,
            "ends_before": date.fromordinal(last.toordinal() + 1),
            "probation_ends_before": probation_end(
                self.policy, fact.former_level, fact.row.held_level, self.starts_on
            ),
            "reason": one.exception_reason,
            "minutes_no": minutes_no,
            "superior_document_no": one.superior_document_no,
            "decided_on": decided_on,
            "pay_starts_on": self.pay_starts_on or self._pay(fact, decided_on),
            "sort_no": self.batch.sort_no * _LONGEST_BATCH + place + 1,
        }
        if self.document_no:
            values["document_no"] = self.document_no
        if self.letters:
            values["letter_no"] = self.letters.number(place)
        return values

    def _pay(self, fact: ProposalFact, decided_on: date | None) -> date:
        rule = self.policy["pay.effective_rule"]
        return pay_start(rule, self.starts_on, decided_on, is_new=fact.former_level is None)

    def row(self, fact: ProposalFact, values: dict[str, str | int | date | None]) -> Appointment:
        return Appointment(
            zone_id=self.batch.round.zone_id,
            round=self.batch.round,
            person=fact.application.candidacy.person,
            position=fact.application.position,
            application=fact.application,
            state=AppointmentState.PENDING.value,
            **values,
        )


@transaction.atomic
def letters_sign(
    *,
    appointments: Iterable[Appointment],
    actor: AbstractBaseUser,
    letter_signed_on: date | None = None,
    duties_signed_on: date | None = None,
) -> int:
    """Record when 聘书 and 岗位目标责任书 were signed, for many, by the office on behalf of the persons
    (letters.py: by themselves); returns how many rows changed."""
    require_permission(actor, OFFICE, "登记签订")
    days = {"letter_signed_on": letter_signed_on, "duties_signed_on": duties_signed_on}
    wanted = {name: day for name, day in days.items() if day is not None}
    rows = list(appointments)
    wrong = [
        f"{row.person}的聘任是“{row.get_state_display()}”"
        for row in rows
        if row.state not in (AppointmentState.PENDING, AppointmentState.PROBATION, AppointmentState.ACTIVE)
    ]
    if wrong:
        raise Refused([*wrong, "已结束的聘任不再登记签订"])
    unsigned = unsigned_reasons(rows) if duties_signed_on else []
    if unsigned:
        raise Refused(unsigned)
    changed = [one for row in rows if (one := edit(row, **wanted))]
    if changed:
        event = audit_record(
            actor=actor,
            action="登记聘书和责任书",
            zone=rows[0].zone,
            subject=f"{len(changed)}人",
            details={"by": ON_BEHALF},
        )
        save_all(event, changed=changed)
    return len(changed)


@transaction.atomic
def appointments_take_effect(*, batch: Batch, actor: AbstractBaseUser, on: date) -> list[Appointment]:
    """Put the drafts of a batch in force (B10): tenures open and close the former ones, the terms of former
    rounds end, applications are won. Called by the batch's step, whose guard has passed; what it says of
    seats and relatives is asked once more here, under the lock."""
    lock_zone(batch.round.zone)
    drafts = _drafts(batch)
    facts = appoint_facts(batch, on)
    reasons = [*facts.blocks]
    if facts.undrafted:
        reasons.append(f"{len(facts.undrafted)}人还没有聘任内容：{'、'.join(facts.undrafted)}")
    if reasons:
        raise Refused(reasons)
    if not drafts:
        return []
    zone = batch.round.zone
    formers = formers_of(zone, [row.person_id for row in drafts], besides=[row.pk for row in drafts])
    formers_end(drafts, formers, actor=actor, on=on)
    renewals_withdraw(drafts, zone=zone, actor=actor)
    tenures = tenures_begin(zone, drafts, actor)
    event = audit_record(
        actor=actor,
        action="聘任生效",
        zone=zone,
        subject=f"{batch} {len(drafts)}人",
        document_no=batch.appoint_document_no or drafts[0].document_no,
    )
    number = batch.appoint_document_no
    save_all(
        event,
        changed=[
            edit(
                row,
                tenure_id=tenure.pk,
                previous_id=formers[row.person_id].pk if row.person_id in formers else row.previous_id,
                document_no=row.document_no or number,
            )
            for row, tenure in zip(drafts, tenures, strict=True)
        ],
    )
    _begin(drafts, actor, on)
    round_ = Round.objects.select_related("zone", "setup").get(pk=batch.round_id)
    round_begin(round_=round_, starts_on=min(row.starts_on for row in drafts), actor=actor)
    _win(batch, [row.application for row in drafts if row.application], actor, on)
    return drafts


def _begin(rows: Sequence[Appointment], actor: AbstractBaseUser, on: date) -> None:
    for event, some in (
        ("begin_probation", [row for row in rows if row.probation_ends_before]),
        ("begin", [row for row in rows if not row.probation_ends_before]),
    ):
        _require_all(
            take_steps(
                some,
                table=APPOINTMENT_TRANSITIONS,
                event=event,
                facts_of=lambda row: None,
                actor=actor,
                on=on,
                subject=f"{len(some)}人",
            )
        )


def _win(batch: Batch, applications: Sequence[Application], actor: AbstractBaseUser, on: date) -> None:
    facts = publicity_facts(batch, on)
    over = bool(facts.publicities) and all(one.last_on < on for one in facts.publicities)
    rows = list(
        Application.objects.filter(pk__in=[one.pk for one in applications])
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("id")
    )
    _require_all(
        take_steps(
            rows,
            table=APPLICATION_TRANSITIONS,
            event="appoint",
            facts_of=lambda one: ApplicationFacts(
                one.candidacy.person.name, batch.state, publicity_over=over
            ),
            actor=actor,
            on=on,
            subject=f"{batch} {len(rows)}人",
        )
    )


def _require_all(refused: Sequence[Refusal]) -> None:
    if refused:
        raise Refused([str(one) for one in refused])
