"""Decisions that shape results: 一票否决, 校准, who of equals gets the seat. One proposes, another decides,
and the results are computed again at once (domain.md §6)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Adjustment, Cycle, CycleOutcome, Item, TieDecision, Veto
from kpi.rules.guards import DecisionFacts
from kpi.rules.quotas import Tie, decision_reasons
from kpi.selectors.places import people_avoided
from kpi.states import (
    ADJUSTMENT_TRANSITIONS,
    LEADERS,
    OFFICE,
    SUPERVISORS,
    VETO_TRANSITIONS,
    AdjustmentState,
    CycleState,
    VetoState,
)
from reform.errors import Refused
from reform.models import Person, Unit
from reform.selectors import policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission, take_step

from .results import results_compute
from .scores import cycle_score

_OPEN = (CycleState.SCORING, CycleState.CALIBRATING)
_UNTIL_FINAL = (*_OPEN, CycleState.PUBLISHED, CycleState.APPEALING)


def require_state(cycle: Cycle, states: Sequence[str], what: str) -> None:
    """Refuse a decision in a state that it does not belong to."""
    if cycle.state not in states:
        raise Refused([f"{cycle}是“{CycleState(cycle.state).label}”，不能{what}"])


def refresh_results(cycle: Cycle, actor: AbstractBaseUser, cause: str) -> None:
    """Compute results anew where there are any."""
    if CycleOutcome.objects.filter(cycle=cycle).exists():
        results_compute(cycle=cycle, actor=actor, cause=cause[:120])


@transaction.atomic
def veto_raise(
    *,
    cycle: Cycle,
    matter: str,
    actor: AbstractBaseUser,
    on: date,
    unit: Unit | None = None,
    person: Person | None = None,
) -> Veto:
    """Propose a veto of a unit or a person, by the office or the 监督组; it counts once it is approved."""
    if not _may(actor, SUPERVISORS):
        require_permission(actor, OFFICE, "提出一票否决")
    require_state(cycle, (CycleState.COLLECTING, CycleState.REVIEWING, *_UNTIL_FINAL), "提出一票否决")
    reasons = [] if matter.strip() else ["须写明否决事项"]
    reasons += subject_reasons(cycle, unit, person)
    same = Veto.objects.filter(cycle=cycle, unit=unit, person=person, matter=matter.strip())
    if same.exclude(state=VetoState.DISMISSED).exists():
        reasons.append("已经提出过这个否决事项")
    if reasons:
        raise Refused(reasons)
    veto = Veto(
        cycle=cycle, unit=unit, person=person, matter=matter.strip(), raised_by_id=actor.pk, raised_on=on
    )
    veto.full_clean()
    event = audit_record(actor=actor, action="提出一票否决", zone=cycle.zone, subject=str(veto))
    save_all(event, created=[veto])
    return veto


@transaction.atomic
def veto_decide(
    *,
    veto: Veto,
    approve: bool,
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
    document_no: str = "",
) -> None:
    """The 党工委 approves a veto with its document, or dismisses it with a reason; not who raised it."""
    veto = Veto.objects.select_for_update(of=("self",)).select_related("cycle__zone").get(pk=veto.pk)
    require_state(veto.cycle, (CycleState.COLLECTING, CycleState.REVIEWING, *_UNTIL_FINAL), "审定一票否决")
    take_step(
        veto,
        table=VETO_TRANSITIONS,
        event="approve" if approve else "dismiss",
        facts=DecisionFacts(veto.raised_by_id == actor.pk, veto.person_id in people_avoided(actor)),
        actor=actor,
        on=on,
        reason=reason,
        document_no=document_no,
    )
    _note(veto, actor, "审定一票否决", decided_by=actor, decided_on=on, document_no=document_no)
    if approve:
        refresh_results(veto.cycle, actor, f"一票否决：{veto}")


@transaction.atomic
def adjustment_propose(
    *,
    cycle: Cycle,
    delta: Decimal,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
    item: Item | None = None,
    unit: Unit | None = None,
    person: Person | None = None,
) -> Adjustment:
    """Propose a change to a leaf, a unit's total or a person's score: with a reason, all changes of one
    subject together within the policy's limit."""
    require_permission(actor, OFFICE, "提出校准")
    require_state(cycle, (CycleState.CALIBRATING,), "校准")
    subjects = [one for one in (item, unit, person) if one is not None]
    if len(subjects) != 1:
        raise Refused(["校准的对象是一项指标、一个单位或一个人，选其中一个"])
    reasons = [] if reason.strip() else ["须写明理由"]
    reasons += subject_reasons(cycle, unit, person) if item is None else []
    if item is not None and item.cycle_id != cycle.pk:
        reasons.append(f"“{item}”不是{cycle}的指标")
    elif item is not None and item.score is None:
        reasons.append(f"“{item}”没有得分，不能校准：{item.reason}")
    if person is not None and person.pk in people_avoided(actor):
        reasons.append("不能校准本人或近亲属的得分")
    reasons += _limit_reasons(cycle, delta, item, unit, person)
    if reasons:
        raise Refused(reasons)
    row = Adjustment(
        cycle=cycle,
        item=item,
        unit=unit,
        person=person,
        delta=delta,
        reason=reason.strip(),
        made_by_id=actor.pk,
        made_on=on,
    )
    row.full_clean()
    event = audit_record(
        actor=actor, action="提出校准", zone=cycle.zone, subject=str(row), reason=reason.strip()
    )
    save_all(event, created=[row])
    return row


def _limit_reasons(
    cycle: Cycle, delta: Decimal, item: Item | None, unit: Unit | None, person: Person | None
) -> list[str]:
    limit = Decimal(str(policy_of(cycle.policy)["kpi.calibration_limit"]))
    if not delta.is_finite() or not delta:
        return ["调整分须为不等于0的数"]
    live = (AdjustmentState.PROPOSED, AdjustmentState.APPROVED)
    rows = Adjustment.objects.filter(cycle=cycle, item=item, unit=unit, person=person, state__in=live)
    total = sum(rows.values_list("delta", flat=True), delta)
    if abs(total) <= limit:
        return []
    before = f"，连同已有的共{total:+}分" if total != delta else ""
    return [f"校准{delta:+}分{before}，超过上限{limit}分"]


@transaction.atomic
def adjustment_decide(
    *, adjustment: Adjustment, approve: bool, actor: AbstractBaseUser, on: date, reason: str = ""
) -> None:
    """The leading group approves a calibration, or not, with a reason; not who proposed it. Approved: scores
    and results are computed again."""
    row = _locked(adjustment)
    require_state(row.cycle, (CycleState.CALIBRATING,), "审定校准")
    take_step(
        row,
        table=ADJUSTMENT_TRANSITIONS,
        event="approve" if approve else "dismiss",
        facts=DecisionFacts(row.made_by_id == actor.pk, row.person_id in people_avoided(actor)),
        actor=actor,
        on=on,
        reason=reason,
    )
    _note(row, actor, "审定校准", decided_by=actor, decided_on=on)
    if not approve:
        return
    if row.item_id is not None:
        cycle_score(cycle=row.cycle, actor=actor)
    refresh_results(row.cycle, actor, f"校准：{row}")


@transaction.atomic
def adjustment_withdraw(*, adjustment: Adjustment, actor: AbstractBaseUser, on: date) -> None:
    """Take a proposed calibration back."""
    row = _locked(adjustment)
    take_step(row, table=ADJUSTMENT_TRANSITIONS, event="withdraw", facts=None, actor=actor, on=on)


def _locked(adjustment: Adjustment) -> Adjustment:
    rows = Adjustment.objects.select_for_update(of=("self",)).select_related("cycle__zone", "item", "unit")
    return rows.get(pk=adjustment.pk)


@transaction.atomic
def tie_decide(
    *,
    cycle: Cycle,
    group: str,
    chosen: Iterable[Person],
    reason: str,
    actor: AbstractBaseUser,
    on: date,
) -> None:
    """Say who of the equals at the edge of a quota gets the seats: exactly as many as there are, with a
    reason, decided by nobody who is one of them or a relative."""
    require_permission(actor, LEADERS, "决定同分名额")
    require_state(cycle, _UNTIL_FINAL, "决定同分名额")
    stored = CycleOutcome.objects.filter(cycle=cycle, current=True).first()
    found = next((one for one in (stored.ties if stored else ()) if one["group"] == group), None)
    if found is None:
        raise Refused([f"“{group}”没有待决定的并列"])
    tie = Tie(group, Decimal(found["score"]), found["seats"], tuple(found["people"]))
    keys = {one.pk for one in chosen}
    reasons = decision_reasons(tie, keys)
    if not reason.strip():
        reasons.append("须写明理由")
    if people_avoided(actor) & set(tie.keys):
        reasons.append("您或您的近亲属在并列名单内，须回避")
    if reasons:
        raise Refused(reasons)
    _write_tie(cycle, tie, keys, reason.strip(), actor, on)
    refresh_results(cycle, actor, f"同分决定：{group}")
    after = CycleOutcome.objects.get(cycle=cycle, current=True)
    if any(one["group"] == group and set(one["people"]) & keys for one in after.ties):
        raise Refused([f"按所选人员，“{group}”的并列不能解开：同一单位最多再得一个名额"])


def _write_tie(
    cycle: Cycle, tie: Tie, keys: set[int], reason: str, actor: AbstractBaseUser, on: date
) -> None:
    """One row for each of the equals; a person and score that were decided before are decided anew."""
    rows = TieDecision.objects.filter(cycle=cycle, person__in=tie.keys, score=tie.score)
    known = {one.person_id: one for one in rows}
    created, changed = [], []
    for key in tie.keys:
        values: dict[str, Any] = {"gets_seat": key in keys, "group": tie.group, "reason": reason}
        if key in known:
            changed.append(edit(known[key], **values, decided_by=actor, decided_on=on))
        else:
            row = TieDecision(cycle=cycle, person_id=key, score=tie.score, **values)
            row.decided_by_id, row.decided_on = actor.pk, on
            created.append(row)
    event = audit_record(
        actor=actor,
        action="决定同分名额",
        zone=cycle.zone,
        subject=f"{cycle} {tie.group}{tie.seats}个名额",
        reason=reason,
    )
    save_all(event, changed=changed, created=created)


def _may(actor: AbstractBaseUser, permission: str) -> bool:
    return bool(getattr(actor, "has_perm", lambda _: False)(permission))


def subject_reasons(cycle: Cycle, unit: Unit | None, person: Person | None) -> list[str]:
    """Of a unit and a person exactly one, and of the cycle's zone."""
    subjects = [one for one in (unit, person) if one is not None]
    if len(subjects) != 1:
        return ["对象是一个单位或一个人，选其中一个"]
    return [] if subjects[0].zone_id == cycle.zone_id else [f"“{subjects[0]}”不属于本开发区"]


def _note(row: Any, actor: AbstractBaseUser, action: str, **values: Any) -> None:
    """What is kept with a step: who decided, when, by which document."""
    event = audit_record(
        actor=actor,
        action=action,
        zone=row.cycle.zone,
        subject=str(row),
        document_no=str(values.get("document_no", "")),
    )
    save_all(event, changed=[edit(row, **values)])
