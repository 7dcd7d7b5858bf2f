"""The third round's batches from their notice to the 资格审查: published, applied for, reviewed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from appointments.models import Application, BatchPost, RuleResult
from appointments.services.application_sheets import ApplicationEntry, applications_register
from appointments.services.batch_posts import batch_post_cancel
from appointments.services.batch_steps import batch_step, batches_advance
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from appointments.services.screening_appeals import (
    objection_decide_screening,
    objection_file_screening,
    waiver_approve,
    waiver_request,
)
from appointments.states import ApplicationState
from reform.dated import add_years, age_on

from .stage import must
from .third_plan import Third
from .wishes import Applicant, Wanted, wishes_of

_DAY = timedelta(days=1)
PER_SEAT, MOST = 3, 3
OLDEST_TO_RISE, YEARS_TO_RISE = 45, 3
WRITTEN_ITEMS = ("written", "interview", "peer_vote")


def publish(third: Third, code: str) -> None:
    """B1 on the first day of the notice."""
    batch_step(
        batch=third.batch(code),
        event="publish",
        actor=third.cast.office,
        on=third.first(code, "NOTICE"),
        document_no=f"云溪聘办{third.number}{3 + int(code)}号",
    )


def open_batch(third: Third, code: str) -> None:
    """B2 where the day has come."""
    batches_advance(zone=third.round.zone, actor=third.cast.office, on=third.first(code, "APPLY"))


def apply(
    third: Third,
    code: str,
    *,
    scores: bool = False,
    unwanted: Sequence[int] = (),
    only: int | None = None,
    unfit: int = 0,
) -> None:
    """Those who want a post of the batch (only so many) hand in a sheet, with some who lack the education;
    `scores`: with results, as a workbook brings them."""
    wishes = dict(list(_wishes(third, code, unwanted).items())[:only])
    wishes |= dict(list(_unfit(third, code, wishes).items())[:unfit])
    rng = Random(f"{code}-scores")
    entries = [
        ApplicationEntry(
            person_id=key,
            name=third.people[key].name,
            choices=tuple(choices),
            scores=_scores(rng) if scores else {},
            accepts_adjustment=True,
            declares_kin=False,
            sort_no=number,
        )
        for number, (key, choices) in enumerate(wishes.items(), start=1)
    ]
    registered = applications_register(
        round_=third.round,
        entries=entries,
        actor=third.cast.office,
        on=third.dates.spans[code]["APPLY"][0],
        batch=third.batch(code),
    )
    must(registered.reasons.values(), "登记报名")


def _scores(rng: Random) -> Mapping[str, Decimal]:
    return {item: Decimal(str(round(rng.uniform(70, 94), 1))) for item in WRITTEN_ITEMS}


def _wishes(third: Third, code: str, unwanted: Sequence[int]) -> Mapping[int, list[int]]:
    ladder = third.policy.ladder.by_code
    posts = [
        Wanted(
            post.position_id,
            ladder[third.positions[post.position_id].level].index,
            post.seats,
            third.positions[post.position_id].unit.owner.pk,
        )
        for post in BatchPost.objects.filter(batch__round=third.round, batch__code=code).order_by("id")
    ]
    on = third.dates.spans[code]["APPLY"][1]
    people = [
        Applicant(
            key,
            ladder[tenure.held_level].index,
            third.held[key],
            third.positions[third.held[key]].unit.owner.pk,
            may_rise=_may_rise(third, key, on),
        )
        for key, tenure in third.tenures.items()
        if tenure.held_level in ladder
    ]
    return wishes_of(posts, people, Random(code), per_seat=PER_SEAT, most=MOST, unwanted=unwanted)


def _may_rise(third: Third, key: int, on: date) -> bool:
    """Young enough, and at the level for some years; who lacks the education tries all the same."""
    born, since = third.people[key].birth_on, third.tenures[key].level_first_held_on
    if born is None or since is None:
        return False
    return age_on(born, on) <= OLDEST_TO_RISE and add_years(since, YEARS_TO_RISE) <= on


def _unfit(third: Third, code: str, wishes: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """Heads of sections with 大学专科, each with a deputy's post of the batch, which asks for more."""
    posts = BatchPost.objects.filter(batch=third.batch(code), position__level="L60")
    post = posts.order_by("position__sort_no").first()
    return {
        key: [post.position_id]
        for key, tenure in third.tenures.items()
        if post and key not in wishes and tenure.held_level == "L50" and third.people[key].education == "31"
    }


def screen(third: Third, code: str) -> None:
    """The rules run, one failed condition is waived, the others are rejected and told; the 监督组 reviews."""
    cast, on = third.cast, third.first(code, "SCREEN")
    batches_advance(zone=third.round.zone, actor=cast.office, on=on)
    batch = third.batch(code)
    applications_evaluate(batch=batch, actor=cast.office, on=on)
    unknown = list(RuleResult.objects.filter(application__candidacy__batch=batch, outcome="UNKNOWN"))
    if unknown:
        must(
            rule_results_decide(
                results=unknown,
                outcome=RuleResult.Outcome.PASS,
                note="经查阅档案，符合条件",
                actor=cast.office,
                on=on,
            ),
            "认定资格条件",
        )
    if code == "1":
        _waive(third, on)
    applications = list(Application.objects.filter(candidacy__batch=batch, state=ApplicationState.SUBMITTED))
    must(applications_screen(applications=applications, actor=cast.office, on=on), "资格初审")
    must(applications_review(applications=applications, actor=cast.supervisor, on=on), "资格复核")
    rejected = list(Application.objects.filter(candidacy__batch=batch, state=ApplicationState.REJECTED))
    must(applications_notify(applications=rejected, actor=cast.office, on=on), "告知不合格人员")
    if code == "1":
        _object(third, rejected[-1], on)


def _waive(third: Third, on: date) -> None:
    """破格 of the education of one who is not going to be proposed; the leader allows it."""
    failed = RuleResult.objects.filter(
        application__candidacy__batch=third.batch("1"), outcome="FAIL", rule="MIN_EDU"
    ).order_by("id")
    result = failed.select_related("application").first()
    if result is None:
        return
    waiver = waiver_request(
        application=result.application,
        rule=result.rule,
        reason="连续五年负责省重点项目招商，实绩突出，岗位急需",
        actor=third.cast.office,
        on=on,
    )
    waiver_approve(waiver=waiver, document_no=f"云溪党{third.number}12号", actor=third.cast.leader, on=on)


def _object(third: Third, application: Application, on: date) -> None:
    objection = objection_file_screening(
        application=application,
        facts="本人在职本科已毕业，学历登记有误",
        actor=third.cast.supervisor,
        on=on + _DAY,
    )
    objection_decide_screening(
        objection=objection,
        upheld=False,
        reply="经核实，学历证书尚未取得，维持不合格结论",
        investigators="黄纪检、陈组工",
        actor=third.cast.supervisor,
        on=on + _DAY,
    )


def cancel_unwanted(third: Third, code: str, position_id: int) -> None:
    """The post that too few want is cancelled, with its reason."""
    post = BatchPost.objects.select_related("batch__round__zone", "position__unit__parent").get(
        batch__round=third.round, batch__code=code, position=position_id
    )
    batch_post_cancel(
        post=post,
        actor=third.cast.office,
        on=third.dates.spans[code]["SCREEN"][1],
        reason="报名人数不足2:1，取消本次招聘，另行安排",
    )
