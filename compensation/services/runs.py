"""发放批次: opened, computed, checked, approved and paid (domain.md §7 Payroll states)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.models import BackPay, PayLine, PayRun
from compensation.rules.guards import RunFacts
from compensation.selectors.computed import computed
from compensation.selectors.outcome import Computed
from compensation.selectors.runs import run_facts
from compensation.states import OFFICE, PAY_RUN_TRANSITIONS, PayRunState
from reform.access import is_command
from reform.dated import add_months
from reform.errors import IllegalTransition, Refused, RuleError
from reform.models import Zone
from reform.selectors import policy_version_as_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import take_step

from .offices import lock_run, require_pay_office

_CODE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})|Q(?P<quarter>[1-4]))?", re.ASCII)
_Kind = PayRun.Kind
# Compared when a run is computed again: all but the key and the run itself.
LINE_FIELDS = tuple(
    field.attname
    for field in PayLine._meta.concrete_fields
    if field.attname not in ("id", "run_id", "person_id")
)


@dataclass(frozen=True)
class RunSpan:
    """The period of a run's code."""

    code: str
    kind: str
    starts_on: date
    ends_before: date


def run_span(code: str) -> RunSpan:
    """The period of 2022-03 (a month), 2022Q1 (a quarter) or 2022 (the settlement of a year)."""
    found = _CODE.fullmatch(code.strip())
    year = int(found["year"]) if found else 0
    month = int(found["month"]) if found and found["month"] else 1
    if found is None or not 1 <= month <= 12 or not 1 < year < 9999:
        raise RuleError(f"期间“{code}”须写成 2022-03（月）、2022Q1（季度）或 2022（年终清算）。")
    if found["month"]:
        kind, starts_on, length = _Kind.MONTH, date(year, month, 1), 1
    elif found["quarter"]:
        kind, starts_on, length = _Kind.QUARTER, date(year, 3 * int(found["quarter"]) - 2, 1), 3
    else:
        kind, starts_on, length = _Kind.SETTLEMENT, date(year, 1, 1), 12
    return RunSpan(found[0], kind, starts_on, add_months(starts_on, length))


@transaction.atomic
def pay_run_open(*, zone: Zone, code: str, actor: AbstractBaseUser) -> PayRun:
    """Open the run of a period; it stores the policy version in force on its first day."""
    require_pay_office(actor, "新建发放批次")
    span = run_span(code)
    if PayRun.objects.filter(zone=zone, code=span.code).exists():
        raise Refused([f"{span.code}已有发放批次"])
    run = PayRun(
        zone=zone,
        code=span.code,
        kind=span.kind,
        starts_on=span.starts_on,
        ends_before=span.ends_before,
        policy=policy_version_as_of(zone, span.starts_on),
    )
    run.full_clean()
    event = audit_record(
        actor=actor,
        action="新建发放批次",
        zone=zone,
        subject=str(run),
        details={"policy": run.policy.number},
    )
    save_all(event, created=[run])
    return run


@transaction.atomic
def pay_run_calculate(*, run: PayRun, actor: AbstractBaseUser) -> bool:
    """Compute a run's lines: DRAFT → CALCULATED, and again in CALCULATED. Returns whether anything was
    written.

    Lines are written where they differ; from the same inputs come the same bytes, and then nothing is
    written. Raises Refused with everything that is missing, IllegalTransition once the run is checked. A
    fixed number of statements.
    """
    require_pay_office(actor, "计算工资")
    lock_run(run)
    if run.state not in (PayRunState.DRAFT, PayRunState.CALCULATED):
        label = PayRunState(run.state).label
        raise IllegalTransition(f"{run}是“{label}”，不能重新计算。请先退回，已发放的用补发、扣回更正。")
    # Until it is checked, a run follows the version in force on its first day.
    policy_edit = edit(run, policy=policy_version_as_of(run.zone, run.starts_on))
    found = computed(run)
    if run.state == PayRunState.DRAFT:
        take_step(
            run,
            table=PAY_RUN_TRANSITIONS,
            event="calculate",
            facts=RunFacts(people=len(found.lines), missing=found.missing),
            actor=actor,
            on=run.starts_on,
            permission="" if is_command(actor) else OFFICE,
        )
    elif found.missing or not found.lines:
        raise Refused(found.missing or ["没有在岗人员"])
    return _write(run, found, policy_edit, actor)


def _write(run: PayRun, found: Computed, policy_edit: Edit | None, actor: AbstractBaseUser) -> bool:
    """Write the lines that differ and the run's totals."""
    created, changed, removed = _differences(run, found)
    differs = bool(created or changed or removed) or run.digest != found.digest
    run_edit = edit(
        run,
        digest=found.digest,
        included=found.included,
        people=len(found.lines),
        gross=found.gross,
        net=found.net,
        **({"calculated_by": actor} if differs else {}),
    )
    if not (differs or run_edit or policy_edit):
        return False
    event = audit_record(
        actor=actor,
        action="计算工资",
        zone=run.zone,
        subject=f"{run} {len(found.lines)}人",
        details={"digest": found.digest, "policy": run.policy.number},
    )
    save_all(event, created=created, changed=[policy_edit, run_edit, *changed], removed=removed)
    return True


def _differences(run: PayRun, found: Computed) -> tuple[list[PayLine], list[Edit | None], list[PayLine]]:
    """(new lines, changed ones, those that are no more) against what is stored: one statement."""
    stored = {one.person_id: one for one in PayLine.objects.filter(run=run)} if run.digest else {}
    if not stored:
        return found.lines, [], []
    created: list[PayLine] = []
    changed: list[Edit | None] = []
    for line in found.lines:
        old = stored.pop(line.person_id, None)
        if old is None:
            created.append(line)
            continue
        before = {}
        for name in LINE_FIELDS:
            value = getattr(line, name)
            if getattr(old, name) != value:
                before[name] = getattr(old, name)
                setattr(old, name, value)
        if before:
            changed.append(Edit(old, before))
    return created, changed, list(stored.values())


@transaction.atomic
def pay_run_step(
    *,
    run: PayRun,
    event: str,
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
) -> PayRun:
    """Take a step of a run: check, return, approve, refuse, pay, reopen. Maker, checker and approver are
    three people; the second of two who act at once gets StaleState. `calculate` goes by pay_run_calculate."""
    if event == "calculate":
        pay_run_calculate(run=run, actor=actor)
        return run
    lock_run(run)
    take_step(
        run,
        table=PAY_RUN_TRANSITIONS,
        event=event,
        facts=run_facts(run, event, actor),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    values: dict[str, Any] = {}
    match event:
        case "check":
            values = {"checked_by": actor}
        case "approve":
            values = {"approved_by": actor}
        case "return" | "refuse":
            values = {"checked_by": None}
        case "pay":
            values = {"paid_on": on}
    if document_no:
        values["document_no"] = document_no
    _note(run, actor, event, values)
    return run


_NOTES = {"check": "记载核对人", "approve": "记载批准人", "pay": "记载发放日期"}


def _note(run: PayRun, actor: AbstractBaseUser, event: str, values: dict[str, Any]) -> None:
    """Keep who took the step; with the payment, which corrections were paid with it."""
    edits = [edit(run, **values)]
    if event == "pay" and run.included:
        edits += [edit(one, paid_with=run) for one in BackPay.objects.filter(pk__in=run.included)]
    if any(edits):
        record = audit_record(
            actor=actor, action=_NOTES.get(event, "退回发放批次"), zone=run.zone, subject=str(run)
        )
        save_all(record, changed=edits)
