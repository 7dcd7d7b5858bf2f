"""资格审查: rules run, a clerk decides and concludes, a second person reviews, the rejected are told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import Application, Batch, RuleResult
from appointments.rules.conditions import parse_conditions
from appointments.rules.eligibility import Outcome, Result, evaluate
from appointments.rules.guards import ApplicationFacts
from appointments.selectors.applications import ApplicationRow, application_rows
from appointments.selectors.eligibility import person_facts, screening_day
from appointments.states import APPLICATION_TRANSITIONS, ApplicationState, BatchState
from reform.avoidance import conflicts
from reform.errors import Refused
from reform.models import Membership
from reform.selectors import kinship_relations, policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, not_refused, require_permission, take_steps

_WIDEST = 200  # of the columns for both sides of a condition
_LONGEST_REASON = 300
_FOLLOWED = ("state", "conclusion", "conclusion_reason", "screened_by_id", "reviewed_by_id", "notified_on")
_NO_CONCLUSION: dict[str, Any] = {"conclusion": "", "conclusion_reason": "", "screened_by_id": None}


@dataclass(frozen=True)
class Evaluation:
    """What a run of the rules came to: applications, and how many of them a rule fails or a clerk has to
    decide."""

    applications: int
    failed: int
    unknown: int


@transaction.atomic
def applications_evaluate(*, batch: Batch, actor: AbstractBaseUser, on: date) -> Evaluation:
    """Run the rules over everybody whose application is not decided, as of 报名截止日, and store what each
    found. A fixed number of statements.

    Run again, what a clerk decided stays while the rule finds the same; a conclusion falls where anything
    changed.
    """
    require_permission(actor, states.OFFICE, "资格审查")
    _require_screening(batch)
    applications = _fresh(
        Application.objects.filter(candidacy__batch=batch, state=ApplicationState.SUBMITTED)
    )
    policy = policy_of(batch.round.policy)
    people = {one.candidacy.person_id for one in applications}
    facts = person_facts(batch.round, people, screening_day(batch, on), policy)
    known: dict[int, dict[str, RuleResult]] = {}
    for row in RuleResult.objects.filter(application__in=applications):
        known.setdefault(row.application_id, {})[row.rule] = row
    created: list[RuleResult] = []
    edits: list[Edit | None] = []
    removed: list[RuleResult] = []
    counted = {Outcome.FAIL: 0, Outcome.UNKNOWN: 0}
    for one in applications:
        conditions = parse_conditions(one.position.conditions, policy.ladder)
        results = evaluate(facts[one.candidacy.person_id], one.position.level, conditions, policy)
        for outcome in counted:
            counted[outcome] += any(result.outcome == outcome for result in results)
        old = known.get(one.pk, {})
        new = [_row(one, result) for result in results if result.rule not in old]
        changes = [_reread(old[result.rule], result) for result in results if result.rule in old]
        gone = [row for rule, row in old.items() if rule not in {result.rule for result in results}]
        if one.conclusion and (new or gone or any(changes)):
            edits.append(edit(one, **_NO_CONCLUSION))
        created += new
        edits += changes
        removed += gone
    event = audit_record(
        actor=actor,
        action="资格条件审查",
        zone=batch.round.zone,
        subject=f"{batch}：{len(applications)}个志愿",
    )
    save_all(event, created=created, changed=edits, removed=removed)
    return Evaluation(len(applications), counted[Outcome.FAIL], counted[Outcome.UNKNOWN])


def _row(application: Application, result: Result) -> RuleResult:
    return RuleResult(
        application_id=application.pk,
        rule=result.rule,
        outcome=result.outcome.value,
        required=_fitting(result.required),
        actual=_fitting(result.actual),
    )


def _reread(row: RuleResult, result: Result) -> Edit | None:
    found = (result.outcome.value, _fitting(result.required), _fitting(result.actual))
    if found == (row.outcome, row.required, row.actual):
        return None
    outcome, required, actual = found
    return edit(row, outcome=outcome, required=required, actual=actual, decided_outcome="", decided_note="")


def _fitting(text: str, width: int = _WIDEST) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


@transaction.atomic
def rule_results_decide(
    *, results: Sequence[RuleResult], outcome: str, note: str, actor: AbstractBaseUser, on: date
) -> list[Refusal]:
    """A clerk decides conditions that the rules could not: PASS or FAIL, with what it rests on. What a rule
    found for certain is not decided on; a conclusion drawn before falls."""
    require_permission(actor, states.OFFICE, "认定资格条件")
    if outcome not in (Outcome.PASS, Outcome.FAIL):
        raise Refused(["认定结果须为符合或不符合"])
    if not note.strip():
        raise Refused(["须写明认定依据"])
    fresh = list(
        RuleResult.objects.filter(pk__in=[row.pk for row in results])
        .select_related("application__candidacy__person", "application__candidacy__round__zone")
        .select_related("application__candidacy__batch", "application__position__unit__parent")
    )
    avoided = duty_conflicts(actor, [row.application for row in fresh])
    refused, edits, reopened = [], [], {}
    for row in fresh:
        application = row.application
        reasons = _screening_reasons(application)
        if row.outcome != Outcome.UNKNOWN:
            reasons.append("这个条件已有结果，不需要认定")
        if application.candidacy.person_id in avoided:
            reasons.append(_stand_back(avoided[application.candidacy.person_id]))
        if reasons:
            refused.append(Refusal(row, tuple(reasons)))
            continue
        edits.append(edit(row, decided_outcome=outcome, decided_note=_fitting(note.strip())))
        if application.conclusion:
            reopened[application.pk] = edit(application, **_NO_CONCLUSION)
    if edits:
        zone = fresh[0].application.candidacy.round.zone
        event = audit_record(
            actor=actor, action="认定资格条件", zone=zone, subject=f"{len(edits)}项", reason=note
        )
        save_all(event, changed=[*edits, *reopened.values()])
    return refused


@transaction.atomic
def applications_screen(
    *,
    applications: Sequence[Application],
    actor: AbstractBaseUser,
    on: date,
    conclusion: str = "",
    reason: str = "",
) -> list[Refusal]:
    """The clerk's conclusion on many applications; '' takes what the conditions say.

    QUALIFIED needs every condition met, decided or waived; REJECTED a reason, by default the conditions that
    fail.  Refused ones are left and reported.
    """
    require_permission(actor, states.OFFICE, "资格初审")
    fresh = _fresh(Application.objects.filter(pk__in=[one.pk for one in applications]))
    avoided = duty_conflicts(actor, fresh)
    refused: list[Refusal] = []
    edits: list[Edit | None] = []
    for row in _with_conditions(fresh):
        one = row.application
        wanted = conclusion or (
            Application.Conclusion.REJECTED if row.failed else Application.Conclusion.QUALIFIED
        )
        is_rejected = wanted == Application.Conclusion.REJECTED
        said = reason.strip() or (row.suggested_reason if is_rejected else "")
        reasons = _screening_reasons(one) + _conclusion_reasons(row, wanted, said)
        if one.candidacy.person_id in avoided:
            reasons.append(_stand_back(avoided[one.candidacy.person_id]))
        if reasons:
            refused.append(Refusal(one, tuple(reasons)))
            continue
        edits.append(
            edit(
                one,
                conclusion=str(wanted),
                conclusion_reason=_fitting(said, _LONGEST_REASON),
                screened_by_id=actor.pk,
            )
        )
    _save("资格初审", fresh, edits, actor, reason)
    _follow(applications, fresh)
    return refused


def _conclusion_reasons(row: ApplicationRow, wanted: str, said: str) -> list[str]:
    if not row.conditions:
        return ["还没有按资格条件审查"]
    if wanted == Application.Conclusion.REJECTED:
        return [] if said else ["不合格须写明原因"]
    reasons = []
    if row.unresolved:
        reasons.append(f"还有待核实的条件：{'、'.join(row.unresolved)}")
    if row.failed:
        reasons.append(f"不符合且没有破格：{'、'.join(row.failed)}")
    return reasons


@transaction.atomic
def applications_review(
    *, applications: Sequence[Application], actor: AbstractBaseUser, on: date, reason: str = ""
) -> list[Refusal]:
    """A second person confirms the conclusions: SUBMITTED → QUALIFIED or REJECTED; who drew one, and who is
    related, is refused."""
    require_permission(actor, states.SUPERVISORS, "资格复核")
    fresh = _fresh(Application.objects.filter(pk__in=[one.pk for one in applications]))
    avoided = duty_conflicts(actor, fresh)
    allowed, refused = [], []
    for one in fresh:
        if one.candidacy.person_id in avoided:
            refused.append(Refusal(one, (_stand_back(avoided[one.candidacy.person_id]),)))
        elif pause := _pause(one):
            refused.append(Refusal(one, tuple(pause)))
        elif not one.conclusion and one.state == ApplicationState.SUBMITTED:
            refused.append(Refusal(one, ("还没有初审结论",)))
        else:
            allowed.append(one)
    rows = {row.application.pk: row for row in _with_conditions(allowed)}
    refused += _review(allowed, "qualify", rows, actor, on, reason)
    refused += _review(allowed, "reject", rows, actor, on, reason)
    edits = [edit(one, reviewed_by_id=actor.pk) for one in not_refused(allowed, refused)]
    _save("资格复核", fresh, edits, actor, reason)
    _follow(applications, fresh)
    return refused


def _review(
    applications: Sequence[Application],
    event: str,
    rows: dict[int, ApplicationRow],
    actor: AbstractBaseUser,
    on: date,
    reason: str,
) -> list[Refusal]:
    is_reject = event == "reject"
    chosen = [one for one in applications if (one.conclusion == Application.Conclusion.REJECTED) is is_reject]
    if is_reject and not reason.strip():
        said = {one.conclusion_reason for one in chosen}
        reason = said.pop() if len(said) == 1 else "不符合资格条件，见各志愿的审查意见"
    return take_steps(
        chosen,
        table=APPLICATION_TRANSITIONS,
        event=event,
        facts_of=_facts_of(rows, actor),
        actor=actor,
        on=on,
        reason=reason if chosen else "",
    )


def _facts_of(
    rows: dict[int, ApplicationRow], actor: AbstractBaseUser
) -> Callable[[Application], ApplicationFacts]:
    def facts(one: Application) -> ApplicationFacts:
        row = rows[one.pk]
        return ApplicationFacts(
            name=str(one.candidacy.person),
            batch_state=one.candidacy.batch.state if one.candidacy.batch else "",
            conclusion=one.conclusion,
            unresolved=row.unresolved,
            failed=row.failed,
            clerk_is_actor=one.screened_by_id == actor.pk,
        )

    return facts


@transaction.atomic
def applications_notify(
    *, applications: Sequence[Application], actor: AbstractBaseUser, on: date
) -> list[Refusal]:
    """Register that rejected persons were told (不合格告知书) on a day; from then they may object."""
    require_permission(actor, states.OFFICE, "告知不合格人员")
    fresh = _fresh(Application.objects.filter(pk__in=[one.pk for one in applications]))
    refused, edits = [], []
    for one in fresh:
        if one.state != ApplicationState.REJECTED:
            refused.append(Refusal(one, ("不是资格不合格，不需要告知",)))
        elif one.notified_on:
            refused.append(Refusal(one, (f"已于{one.notified_on}告知",)))
        else:
            edits.append(edit(one, notified_on=on))
    _save("告知不合格人员", fresh, edits, actor, "")
    _follow(applications, fresh)
    return refused


def duty_conflicts(actor: AbstractBaseUser, applications: Iterable[Application]) -> dict[int, str]:
    """履职回避 of an account: person id → 本人 or the relation, for those on whom it may not act."""
    rows = list(applications)
    own = Membership.objects.filter(user__pk=actor.pk).values_list("person_id", flat=True).first()
    if own is None or not rows:
        return {}
    people = {row.candidacy.person_id for row in rows}
    return conflicts(own, people, kinship_relations(rows[0].candidacy.round.zone))


def _stand_back(word: str) -> str:
    return f"与审查对象是{word}关系，须回避" if word != "本人" else "不能审查本人，须回避"


def _fresh(rows: Any) -> list[Application]:
    """As the database has them now, locked, with all that a screen and an event name."""
    return list(
        rows.select_for_update(of=("self",))
        .select_related("candidacy__person", "candidacy__round__zone", "candidacy__round__policy")
        .select_related("candidacy__batch", "position__unit__parent")
        .order_by("candidacy__sort_no", "candidacy_id", "choice_no", "id")
    )


def _with_conditions(applications: Sequence[Application]) -> list[ApplicationRow]:
    if not applications:
        return []
    return application_rows(applications, policy_of(applications[0].candidacy.round.policy))


def _require_screening(batch: Batch) -> None:
    reasons = ["批次已暂停"] if batch.is_suspended else []
    if batch.state != BatchState.SCREENING:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，不在资格审查阶段")
    if reasons:
        raise Refused(reasons)


def _screening_reasons(one: Application) -> list[str]:
    batch = one.candidacy.batch
    reasons = _pause(one)
    if batch is None or batch.state != BatchState.SCREENING:
        reasons.append("批次不在资格审查阶段")
    if one.state != ApplicationState.SUBMITTED:
        reasons.append(f"志愿在“{ApplicationState(one.state).label}”，已不能审查")
    return reasons


def _pause(one: Application) -> list[str]:
    return ["批次已暂停"] if one.candidacy.batch and one.candidacy.batch.is_suspended else []


def _save(
    action: str,
    fresh: Sequence[Application],
    edits: Sequence[Edit | None],
    actor: AbstractBaseUser,
    reason: str,
) -> None:
    number = sum(1 for one in edits if one)
    if not number:
        return
    zone = fresh[0].candidacy.round.zone
    event = audit_record(actor=actor, action=action, zone=zone, subject=f"{number}个志愿", reason=reason)
    save_all(event, changed=edits)


def _follow(applications: Sequence[Application], fresh: Sequence[Application]) -> None:
    """The caller's rows show what was written."""
    now = {one.pk: one for one in fresh}
    for row in applications:
        for name in _FOLLOWED:
            setattr(row, name, getattr(now[row.pk], name))
