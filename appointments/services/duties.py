"""岗位目标责任书 (domain.md §8, 17): targets written, then signed by the unit and by the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Appointment, DutyContract, DutyTarget
from appointments.paper_states import DUTY_TRANSITIONS, DutyState
from appointments.selectors.duties import OPEN, contracts, duty_facts, years_of
from appointments.states import LEADERS, OFFICE, UNIT_HEADS, AppointmentState
from reform.access import person_of, scoped
from reform.errors import Refused
from reform.models import Upload, Zone
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission, take_step, take_steps


@dataclass(frozen=True)
class TargetEntry:
    """One line of layout 17."""

    number: int
    content: str
    standard: str
    weight: Decimal
    due: str


@dataclass(frozen=True)
class ContractEntry:
    """The targets of one appointment for one year. is_whole: targets that it does not name go."""

    appointment: Appointment
    year: int
    targets: Sequence[TargetEntry]
    is_whole: bool = True


@dataclass
class DutiesWritten:
    """outcomes: of the entries in their order ('created', 'changed', 'unchanged', 'refused'); reasons: by the
    place of a refused one."""

    outcomes: list[str] = field(default_factory=list)
    reasons: dict[int, tuple[str, ...]] = field(default_factory=dict)


def targets_write(*, entry: ContractEntry, actor: AbstractBaseUser, reason: str = "") -> bool:
    """Write the targets of one 责任书; returns whether anything changed.  Raises Refused with all reasons."""
    with transaction.atomic():
        done = targets_register(zone=entry.appointment.zone, entries=[entry], actor=actor, reason=reason)
        if done.reasons:
            raise Refused(done.reasons[0])
    return done.outcomes[0] != "unchanged"


@transaction.atomic
def targets_register(
    *,
    zone: Zone,
    entries: Sequence[ContractEntry],
    actor: AbstractBaseUser,
    reason: str = "",
    upload: Upload | None = None,
) -> DutiesWritten:
    """Write the targets of many 责任书: by the office, or by a unit head for the own unit, while nobody has
    signed. The same twice changes nothing; a fixed number of statements. A refused entry is left as it is."""
    if upload is None:
        _require_writer(actor)
    keys = [entry.appointment.pk for entry in entries]
    seen = set(scoped(Appointment.objects.filter(pk__in=keys), actor).values_list("pk", flat=True))
    known = {(one.appointment_id, one.year): one for one in contracts().filter(appointment__in=keys)}
    result = DutiesWritten()
    made: list[tuple[DutyContract, ContractEntry]] = []
    kept: list[tuple[DutyContract, ContractEntry]] = []
    edits: list[Edit | None] = []
    removed: list[DutyTarget] = []
    for place, entry in enumerate(entries):
        contract = known.get((entry.appointment.pk, entry.year))
        changes = _changes(contract, entry)
        reasons = [] if changes is None else _reasons(entry, contract, upload is None, seen)
        if reasons:
            result.outcomes.append("refused")
            result.reasons[place] = tuple(reasons)
        elif contract is None:
            result.outcomes.append("created")
            made.append((DutyContract(appointment_id=entry.appointment.pk, year=entry.year), entry))
        elif changes is None:
            result.outcomes.append("unchanged")
        else:
            result.outcomes.append("changed")
            kept.append((contract, entry))
            edits += changes[0]
            removed += changes[1]
    if made or kept:
        event = audit_record(
            actor=actor,
            action="填写岗位目标",
            zone=zone,
            subject=str(entries[0].appointment) if len(entries) == 1 else f"{len(made) + len(kept)}人",
            reason=reason,
            upload=upload,
        )
        save_all(event, created=[contract for contract, _ in made])
        save_all(event, changed=edits, removed=removed, created=[*_new(made), *_added(kept)])
    return result


def _new(pairs: Sequence[tuple[DutyContract, ContractEntry]]) -> list[DutyTarget]:
    return [_target(contract, one) for contract, entry in pairs for one in entry.targets]


def _added(pairs: Sequence[tuple[DutyContract, ContractEntry]]) -> list[DutyTarget]:
    """The targets that their contract has no number for yet."""
    found = []
    for contract, entry in pairs:
        numbers = {one.number for one in contract.targets.all()}
        found += [_target(contract, one) for one in entry.targets if one.number not in numbers]
    return found


def _target(contract: DutyContract, one: TargetEntry) -> DutyTarget:
    return DutyTarget(contract_id=contract.pk, number=one.number, **_values(one))


def _values(one: TargetEntry) -> dict[str, Any]:
    return {"content": one.content, "standard": one.standard, "weight": one.weight, "due": one.due}


def _changes(
    contract: DutyContract | None, entry: ContractEntry
) -> tuple[list[Edit | None], list[DutyTarget]] | None:
    """What differs from what is stored: edits, and targets that go; None where nothing does."""
    if contract is None:
        return [], []
    present: Mapping[int, DutyTarget] = {one.number: one for one in contract.targets.all()}
    wanted = {one.number: one for one in entry.targets}
    edits = [edit(present[key], **_values(one)) for key, one in wanted.items() if key in present]
    removed = [one for key, one in present.items() if key not in wanted] if entry.is_whole else []
    if not removed and not any(edits) and wanted.keys() <= present.keys():
        return None
    return edits, removed


def _reasons(
    entry: ContractEntry, contract: DutyContract | None, is_single: bool, seen: set[int]
) -> list[str]:
    appointment = entry.appointment
    reasons = []
    if is_single and appointment.pk not in seen:
        reasons.append("只能填写本单位人员的目标")
    if appointment.state not in OPEN:
        reasons.append(f"聘任是“{AppointmentState(appointment.state).label}”，不再签订责任书")
    years = years_of(appointment)
    if entry.year not in years:
        reasons.append(f"聘期是{years[0]}年至{years[-1]}年，没有{entry.year}年")
    if contract is not None and contract.state != DutyState.DRAFT:
        reasons.append(f"{entry.year}年责任书{DutyState(contract.state).label}，须退回修订后再改")
    numbers = [one.number for one in entry.targets]
    twice = sorted({one for one in numbers if numbers.count(one) > 1})
    reasons += [f"目标序号{one}重复" for one in twice]
    if not entry.targets:
        reasons.append("没有填写目标")
    for one in entry.targets:
        if not one.content.strip():
            reasons.append(f"第{one.number}项没有目标内容")
        if not 0 < one.weight <= 100:
            reasons.append(f"第{one.number}项权重{one.weight}，须大于0、不超过100")
    return reasons


def _require_writer(actor: AbstractBaseUser) -> None:
    if not getattr(actor, "has_perm", lambda _: False)(UNIT_HEADS):
        require_permission(actor, OFFICE, "填写岗位目标")


@transaction.atomic
def duties_offer(*, contracts_: Sequence[DutyContract], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """甲方签字, for many: by the head of the unit, of own staff only; by the leaders for anybody, as for the
    heads themselves. Those refused are reported, each with its reasons."""
    may = getattr(actor, "has_perm", lambda _: False)
    event = "offer" if may(UNIT_HEADS) else "offer_head"
    require_permission(actor, UNIT_HEADS if event == "offer" else LEADERS, "甲方签字")
    rows = list(scoped(contracts().filter(pk__in=[one.pk for one in contracts_]), actor).order_by("id"))
    own = person_of(actor)
    refused = take_steps(
        rows,
        table=DUTY_TRANSITIONS,
        event=event,
        facts_of=lambda one: duty_facts(one, is_self=own is not None and one.appointment.person_id == own.pk),
        actor=actor,
        on=on,
        subject=f"责任书{len(rows)}份",
    )
    missed = {refusal.row.pk for refusal in refused}
    done = [one for one in rows if one.pk not in missed]
    if done:
        named = audit_record(actor=actor, action="甲方签字登记", zone=done[0].zone, subject=f"{len(done)}份")
        save_all(
            named,
            changed=[edit(one, unit_signed_by_id=actor.pk, unit_signed_on=on) for one in done],
        )
    return refused


@transaction.atomic
def duty_sign(*, contract: DutyContract, is_confirmed: bool, actor: AbstractBaseUser, on: date) -> None:
    """乙方签字, by the person alone, after the unit; of the first year it is what B10 asks for."""
    if not is_confirmed:
        raise Refused(["请先勾选已阅读目标并同意签订"])
    row = contracts().select_for_update(of=("self",)).get(pk=contract.pk)
    own = person_of(actor)
    facts = duty_facts(row, is_own=own is not None and row.appointment.person_id == own.pk)
    take_step(row, table=DUTY_TRANSITIONS, event="sign", facts=facts, actor=actor, on=on)
    changed = [edit(row, person_signed_on=on)]
    appointment = row.appointment
    if appointment.duties_signed_on is None:
        changed.append(edit(appointment, duties_signed_on=on))
    event = audit_record(actor=actor, action="乙方签字登记", zone=row.zone, subject=str(row))
    save_all(event, changed=changed)


@transaction.atomic
def duty_reopen(*, contract: DutyContract, actor: AbstractBaseUser, on: date, reason: str) -> None:
    """Back to the draft, with the reason; both sign again. The day that B10 looked at stays what it was."""
    row = contracts().select_for_update(of=("self",)).get(pk=contract.pk)
    facts = duty_facts(row)
    take_step(row, table=DUTY_TRANSITIONS, event="reopen", facts=facts, actor=actor, on=on, reason=reason)
    event = audit_record(actor=actor, action="撤销责任书签字", zone=row.zone, subject=str(row), reason=reason)
    cleared = edit(row, unit_signed_by_id=None, unit_signed_on=None, person_signed_on=None)
    save_all(event, changed=[cleared])


def unsigned_reasons(appointments: Sequence[Appointment]) -> list[str]:
    """Why a signature on paper may not be registered: targets that are written and do not total 100."""
    reasons = []
    drafts = contracts().filter(appointment__in=[one.pk for one in appointments], state=DutyState.DRAFT)
    for one in drafts.order_by("id"):
        total = sum((target.weight for target in one.targets.all()), Decimal(0))
        if total != 100:
            reasons.append(
                f"{one.appointment.person}{one.year}年责任书权重合计{total.normalize():f}，须为100"
            )
    return reasons
