"""补发扣回 for locked runs: found or entered by one, approved by another, paid with a later month."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.models import BackPay, PayLine, PayRun
from compensation.rules.corrections import Correction, correct_month
from compensation.rules.figures import signed_text
from compensation.selectors.back_pays import corrected
from compensation.selectors.computed import computed
from compensation.selectors.outcome import COMPONENTS, NOTHING, Computed
from compensation.states import PayRunState
from reform.errors import Refused, StaleState
from reform.models import Person, Zone
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission

from .offices import require_pay_office

_Cause = BackPay.Cause
CHECKER = "compensation.check_pay"
# A correction is of what the run itself paid, not of corrections that rode on it.
CORRECTED = {name: word for name, word in COMPONENTS.items() if name != "back_pay"}
_WORDS: Mapping[str, str] = {
    _Cause.APPEAL: "考核结果更正",
    _Cause.LATE_RESULT: "考核结果晚到",
    _Cause.LATE_CHANGE: "任职变动晚到",
}


@transaction.atomic
def back_pays_propose(*, zone: Zone, actor: AbstractBaseUser, on: date) -> list[BackPay]:
    """Compare every paid run with what it would be now, and propose what is still owed or to be taken back:
    tenures that changed late, appeals upheld, late results. What was proposed before is not proposed again.

    Reading and writing take a fixed number of statements for each run. Raises Refused where a month can no
    longer be computed; a quarter or a year that waits for something is left for later.
    """
    require_pay_office(actor, "提出补发扣回")
    Zone.objects.select_for_update().get(pk=zone.pk)
    runs = list(
        PayRun.objects.filter(zone=zone, state=PayRunState.PAID)
        .select_related("zone", "policy")
        .order_by("starts_on", "ends_before", "id")
    )
    made = corrected([one.pk for one in runs], approved_only=False)
    created: list[BackPay] = []
    faults: list[str] = []
    for run in runs:
        found = computed(run, with_back_pays=False)
        if not found.missing:
            created += _owed(run, found, made, actor, on)
        elif run.kind == PayRun.Kind.MONTH:
            faults += [f"{run}：{one}" for one in found.missing]
    if faults:
        raise Refused(faults)
    if created:
        event = audit_record(
            actor=actor,
            action="提出补发扣回",
            zone=zone,
            subject=f"{len(created)}笔",
        )
        save_all(event, created=created)
    return created


def _owed(
    run: PayRun,
    found: Computed,
    made: Mapping[tuple[int, int], Mapping[str, Decimal]],
    actor: AbstractBaseUser,
    on: date,
) -> list[BackPay]:
    """Corrections of one locked run, not saved."""
    due = {one.person_id: one for one in found.lines}
    paid = {one.person_id: one for one in PayLine.objects.filter(run=run)}
    rows = []
    for person in sorted({*due, *paid}):
        before, after = paid.get(person), due.get(person)
        if before is not None and after is not None and (run.pk, person) not in made and _same(before, after):
            continue
        cause = _cause(before, after)
        since = made.get((run.pk, person), {})
        owed = correct_month(
            run.starts_on,
            _amounts(after),
            _amounts(before),
            [_made(run, since)] if since else [],
            reason=_WORDS[cause],
        )
        if owed is None:
            continue
        rows.append(
            BackPay(
                zone_id=run.zone_id,
                person_id=person,
                for_run=run,
                amount=owed.amount,
                cause=cause,
                reason=f"{owed.name}{run}：{_WORDS[cause]}",
                terms=list(owed.terms),
                components=_components(owed, before, after, since),
                made_by_id=actor.pk,
                made_on=on,
            )
        )
    return rows


def _same(before: PayLine, after: PayLine) -> bool:
    names = (*CORRECTED, "performance_base")
    return all(getattr(before, name) == getattr(after, name) for name in names)


def _amounts(line: PayLine | None) -> dict[str, Decimal]:
    return {} if line is None else {word: getattr(line, name) for name, word in CORRECTED.items()}


def _made(run: PayRun, since: Mapping[str, Decimal]) -> Correction:
    components = {word: since[name] for name, word in CORRECTED.items() if since.get(name)}
    other = since.get("other", NOTHING)
    if other:
        components["更正"] = other
    return Correction(run.starts_on, sum(components.values(), NOTHING), components, ())


def _components(
    owed: Correction, before: PayLine | None, after: PayLine | None, since: Mapping[str, Decimal]
) -> dict[str, str]:
    """The differences by field, as text; with that of 绩效基数, which the settlement counts."""
    names = {word: name for name, word in CORRECTED.items()}
    components = {names.get(word, "other"): str(amount) for word, amount in owed.components.items()}
    base = (after.performance_base if after else NOTHING) - (before.performance_base if before else NOTHING)
    base -= since.get("performance_base", NOTHING)
    return components | ({"performance_base": str(base)} if base else {})


def _cause(before: PayLine | None, after: PayLine | None) -> str:
    """Why a locked line would be another now: by which of its inputs differs."""
    if before is None or after is None:
        return _Cause.LATE_CHANGE
    was = (before.unit_coefficient, before.personal_coefficient)
    now = (after.unit_coefficient, after.personal_coefficient)
    if was == now:
        return _Cause.LATE_CHANGE
    return _Cause.LATE_RESULT if None in was and None not in now else _Cause.APPEAL


@transaction.atomic
def back_pay_add(
    *,
    run: PayRun,
    person: Person,
    amount: Decimal,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
    cause: str = _Cause.CORRECTION,
) -> BackPay:
    """Enter a correction of a paid run by hand: positive 补发, negative 扣回.

    cause: CORRECTION is paid beside whatever is proposed; any other counts towards it, so that a late change
    is not made up for twice.
    """
    require_pay_office(actor, "登记补发扣回")
    reasons = []
    if run.state != PayRunState.PAID:
        reasons.append(f"{run}还没有发放，请退回重新计算，不用补发扣回")
    if person.zone_id != run.zone_id:
        reasons.append(f"{person.name}不是本开发区的人员")
    if not amount:
        reasons.append("金额不能是 0")
    if not reason.strip():
        reasons.append("须写明理由")
    if reasons:
        raise Refused(reasons)
    row = BackPay(
        zone_id=run.zone_id,
        person=person,
        for_run=run,
        amount=amount,
        cause=cause,
        reason=reason.strip()[:300],
        terms=[f"{run.code} 更正：{signed_text(amount)}（{reason.strip()}）"],
        # A plain correction lies outside what is computed; the others stand in for what would be proposed.
        components={} if cause == _Cause.CORRECTION else {"other": str(amount)},
        made_by_id=actor.pk,
        made_on=on,
    )
    row.full_clean()
    event = audit_record(
        actor=actor, action="登记补发扣回", zone=run.zone, subject=str(row), reason=row.reason
    )
    save_all(event, created=[row])
    return row


@transaction.atomic
def back_pay_approve(*, back_pay: BackPay, actor: AbstractBaseUser) -> BackPay:
    """Approve a correction that somebody else made: 财务 checks what 薪酬专员 proposed. From then on it rides
    on the next month that is still open."""
    require_permission(actor, CHECKER, "审定补发扣回")
    _lock(back_pay)
    reasons = []
    if back_pay.approved_by_id is not None:
        reasons.append("已经审定")
    if back_pay.made_by_id == actor.pk:
        reasons.append("是您本人提出的，须由另一人审定")
    if reasons:
        raise Refused(reasons)
    event = audit_record(actor=actor, action="审定补发扣回", zone=back_pay.zone, subject=str(back_pay))
    save_all(event, changed=[edit(back_pay, approved_by=actor)])
    return back_pay


@transaction.atomic
def back_pay_withdraw(*, back_pay: BackPay, actor: AbstractBaseUser, reason: str) -> None:
    """Take back a correction that is not paid and rides on no checked run; the history keeps it."""
    require_pay_office(actor, "撤回补发扣回")
    _lock(back_pay)
    reasons = [] if reason.strip() else ["须写明理由"]
    if back_pay.paid_with_id is not None:
        reasons.append(f"已随{back_pay.paid_with}发放，不能撤回")
    settled = PayRun.objects.filter(
        zone_id=back_pay.zone_id, state__in=(PayRunState.CHECKED, PayRunState.APPROVED)
    )
    reasons += [f"已计入{one}，该批次已核对" for one in settled if back_pay.pk in one.included]
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor, action="撤回补发扣回", zone=back_pay.zone, subject=str(back_pay), reason=reason
    )
    save_all(event, removed=[back_pay])


def _lock(back_pay: BackPay) -> None:
    """Hold the zone, and refuse where somebody else has decided meanwhile."""
    Zone.objects.select_for_update().get(pk=back_pay.zone_id)
    now = BackPay.objects.filter(pk=back_pay.pk).values_list("approved_by_id", "paid_with_id").first()
    if now != (back_pay.approved_by_id, back_pay.paid_with_id):
        raise StaleState(f"“{back_pay}”刚被别人办理。请刷新后再看。")
