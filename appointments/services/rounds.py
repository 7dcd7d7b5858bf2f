"""Rounds: making one, its dates, its baseline, who left, and whether a registered one is complete."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import selectors
from appointments.models import Baseline, Exit, Round
from appointments.states import REGISTERED_ROUND_TRANSITIONS, RoundState
from reform.errors import Refused, RuleError
from reform.models import PolicyVersion, PositionSetup, Upload, Zone
from reform.selectors import policy_of, primary_tenures_open
from reform.services import Edit, audit_record, edit, save_all, set_state, tenures_close

from .plans import positions_dated


@transaction.atomic
def round_create(
    *,
    zone: Zone,
    code: str,
    name: str,
    policy: PolicyVersion,
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> Round:
    """Make a round in 方案起草, with the setup its positions will go into; it pins the policy version.

    Raises Refused where the zone has a round of that code.
    """
    if Round.objects.filter(zone=zone, code=code).exists():
        raise Refused([f"已有编号为“{code}”的轮次，请换一个编号"])
    setup = PositionSetup(zone=zone, code=code, name=f"{name}岗位设置")
    event = audit_record(actor=actor, action="新建轮次", zone=zone, subject=name, upload=upload)
    save_all(event, created=[setup])
    created = Round(
        zone=zone,
        code=code,
        name=name,
        policy=policy,
        setup=setup,
        term_years=policy_of(policy)["round.term_years"],
    )
    created.full_clean(exclude=["setup"])
    save_all(event, created=[created])
    return created


@transaction.atomic
def round_set_dates(
    *, round_: Round, actor: AbstractBaseUser, upload: Upload | None = None, **dates: date | None
) -> bool:
    """Set `kickoff_on`, `effective_on`, `baseline_on` where they are still empty; returns whether anything
    changed.

    With the effective date the round's positions come into force, those of earlier rounds go out of it, and
    former
    units and posts that only a roster named are closed the day before (§2).
    """
    wanted = {name: value for name, value in dates.items() if value and getattr(round_, name) is None}
    if not wanted:
        return False
    kickoff = wanted.get("kickoff_on") or round_.kickoff_on
    effective = wanted.get("effective_on") or round_.effective_on
    if kickoff and effective and kickoff > effective:
        raise RuleError(f"动员日{kickoff:%Y-%m-%d}晚于生效日{effective:%Y-%m-%d}。")
    edits: list[Edit | None] = [edit(round_, **wanted)]
    if "effective_on" in wanted:
        edits += positions_dated(round_.zone, round_.setup, None, effective)
    event = audit_record(
        actor=actor,
        action="设定轮次日期",
        zone=round_.zone,
        subject=str(round_),
        details=wanted,
        upload=upload,
    )
    save_all(event, changed=edits)
    return True


@transaction.atomic
def baselines_register(
    *, round_: Round, baselines: list[Baseline], actor: AbstractBaseUser, upload: Upload | None = None
) -> None:
    """Write the immutable baseline of persons who have none yet in the round."""
    if not baselines:
        return
    event = audit_record(
        actor=actor,
        action="登记基准",
        zone=round_.zone,
        subject=f"{round_} {len(baselines)}人",
        upload=upload,
    )
    save_all(event, created=baselines)


@transaction.atomic
def exit_record(*, exit_: Exit, actor: AbstractBaseUser) -> Exit:
    """Register that a person of the round's scope left; the present main post ends with it."""
    exit_.full_clean()
    event = audit_record(
        actor=actor,
        action="登记离开",
        zone=exit_.round.zone,
        subject=str(exit_),
        reason=exit_.reason,
        document_no=exit_.document_no,
    )
    save_all(event, created=[exit_])
    tenures_close(
        zone=exit_.round.zone,
        tenures=primary_tenures_open(exit_.round.zone).filter(person=exit_.person),
        ends_before=exit_.left_on,
        actor=actor,
        reason=exit_.get_cause_display(),
    )
    round_settle(round_=exit_.round, actor=actor)
    return exit_


@transaction.atomic
def round_settle(
    *,
    round_: Round,
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    summary: selectors.ChangeSummary | None = None,
) -> None:
    """Bring a registered round to 已完成 where I1–I4 and I8 hold, else to 落聘安置 (§4)."""
    if not round_.is_registered:
        return
    summary = summary or selectors.change_summary(round_)
    complete = all(check.ok is not False for check in summary.checks)
    target = RoundState.COMPLETED if complete else RoundState.PLACING
    if round_.state == target:
        return
    step = next(
        one for one in REGISTERED_ROUND_TRANSITIONS if one.source == round_.state and one.target == target
    )
    set_state(round_, source=round_.state, target=target.value, event=step.event, actor=actor, upload=upload)
