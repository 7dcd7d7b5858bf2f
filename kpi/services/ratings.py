"""民主测评 (domain.md §6 Personal appraisal): ask raters, and take their ballots so that nobody can tie one
to a rater."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, RatingBallot, RatingTask
from kpi.rules.personal import GROUPS, excellent_tickets_reason, factor_weights, rating_score
from kpi.rules.raters import Pair
from kpi.selectors.raters import GROUP_OF, rating_plan
from kpi.selectors.ratings import RATED_IN, Asked, rating_sheet, takes_ratings
from kpi.states import OFFICE, CycleState
from reform.errors import Refused, RuleError
from reform.models import Person
from reform.rounding import exact
from reform.selectors import policy_of
from reform.services import audit_record, save_all
from reform.services.secret import save_secret
from reform.services.steps import require_permission

SHOWN = 5


@dataclass(frozen=True)
class TasksMade:
    """lacking: who has nobody in which groups, so that the quarter cannot be scored from ballots alone."""

    created: int
    removed: int
    lacking: tuple[str, ...]


@transaction.atomic
def rating_tasks_make(*, cycle: Cycle, actor: AbstractBaseUser, on: date) -> TasksMade:
    """Ask who is to rate whom by the posts of the cycle's last day (today's while it runs); done again, what
    no longer fits and is not done goes, what is new is added."""
    require_permission(actor, OFFICE, "发放民主测评表")
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("zone", "policy").get(pk=cycle.pk)
    reasons = _not_rated(cycle)
    if not takes_ratings(cycle):
        reasons.append(
            "只有没有得分公式的季度考核，和按“平时考核加年终考核”计分的年度考核，由民主测评计算个人得分"
        )
    if reasons:
        raise Refused(reasons)
    plan = rating_plan(cycle, policy_of(cycle.policy), on)
    if not plan:
        raise Refused(["当日没有在岗的人员，没有可以发放的测评表"])
    wanted = {(one.rater, one.ratee): str(GROUP_OF[one.group]) for one in plan}
    known = {(one.rater_id, one.ratee_id): one for one in RatingTask.objects.filter(cycle=cycle)}
    stale = [one for key, one in known.items() if not one.done and wanted.get(key) != one.group]
    kept = known.keys() - {(one.rater_id, one.ratee_id) for one in stale}
    created = [
        RatingTask(cycle=cycle, rater_id=rater, ratee_id=ratee, group=group)
        for (rater, ratee), group in sorted(wanted.items())
        if (rater, ratee) not in kept
    ]
    if created or stale:
        event = audit_record(
            actor=actor,
            action="发放民主测评表",
            zone=cycle.zone,
            subject=f"{cycle} 新增{len(created)}项，取消{len(stale)}项",
        )
        save_all(event, removed=stale, created=created)
    return TasksMade(len(created), len(stale), tuple(_lacking(plan)))


def _not_rated(cycle: Cycle) -> list[str]:
    if cycle.registered:
        return [f"{cycle}是登记的周期，得分由得分表带入，不作民主测评"]
    if cycle.state not in RATED_IN:
        return [f"{cycle}是“{CycleState(cycle.state).label}”，民主测评在填报、核验和评分阶段进行"]
    return []


def _lacking(plan: Sequence[Pair]) -> list[str]:
    """Groups in which somebody has no rater, with the names of some of these persons."""
    found = {group: {one.ratee for one in plan if one.group == group} for group in GROUPS}
    everybody = {one.ratee for one in plan}
    names = dict(Person.objects.filter(pk__in=everybody).order_by("sort_no", "id").values_list("id", "name"))
    told = []
    for group, label in GROUPS.items():
        without = [name for key, name in names.items() if key not in found[group]]
        if without:
            more = f"等{len(without)}人" if len(without) > SHOWN else ""
            told.append(f"{'、'.join(without[:SHOWN])}{more}没有“{label}”的评议人")
    return told


@transaction.atomic
def rating_submit(
    *, cycle: Cycle, rater: Person, ballots: Mapping[int, Mapping[str, Decimal]], on: date
) -> int:
    """Hand in a rater's whole sheet at once: person → factor → 0–100. Returns how many ballots.

    Nothing is kept of who gave which, nor when; so a sheet is whole, and what is handed in cannot be changed.
    Raises Refused with everything that is wrong.
    """
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("zone", "policy").get(pk=cycle.pk)
    reasons = _not_rated(cycle)
    if reasons:
        raise Refused(reasons)
    policy = policy_of(cycle.policy)
    asked = {one.task.ratee_id: one for one in rating_sheet(cycle, rater, on).asked}
    if not asked:
        raise Refused(["没有等您评议的人，或者已经提交过了"])
    reasons = _whole_sheet_faults(asked, ballots)
    scores: dict[int, Decimal] = {}
    for key in asked.keys() & ballots.keys():
        try:
            score = rating_score(ballots[key], factor_weights(policy))
            scores[key] = Decimal(score.numerator) / score.denominator
        except RuleError as fault:
            reasons.append(f"{asked[key].task.ratee}：{str(fault).rstrip('。')}")
    line = policy["kpi.excellent_line"]
    peers = [scores[key] for key, one in asked.items() if one.is_peer and key in scores]
    if not reasons:
        most = policy["kpi.personal_year"]["excellent_tickets"]
        reasons += filter(None, [excellent_tickets_reason(peers, line=line, most_share=most)])
    if reasons:
        raise Refused(reasons)
    rows = [
        RatingBallot(
            cycle=cycle,
            ratee_id=key,
            group=one.task.group,
            factors={name: str(value) for name, value in sorted(ballots[key].items())},
            excellent=scores[key] >= exact(line),
        )
        for key, one in asked.items()
    ]
    save_secret(
        rows,
        among=RatingBallot.objects.filter(cycle=cycle, ratee__in=asked),
        done=RatingTask.objects.filter(pk__in=[one.task.pk for one in asked.values()]),
        flag="done",
    )
    return len(rows)


def _whole_sheet_faults(asked: Mapping[int, Asked], ballots: Mapping[int, object]) -> list[str]:
    missing = [str(one.task.ratee) for key, one in asked.items() if key not in ballots]
    reasons = [f"还没有评：{'、'.join(missing)}。须一次评完提交"] if missing else []
    if ballots.keys() - asked.keys():
        reasons.append("评议表里有不由您评议的人，或已经提交过。请刷新后再填")
    return reasons
