"""Act two of the second round: applications from the workbook, 资格审查, 考评 and its results."""

from datetime import date, datetime, time

from django.utils import timezone

from appointments.models import Application, Batch, BatchPost, RuleResult
from appointments.services.application_batches import applications_attach_to_batches
from appointments.services.applications import application_withdraw
from appointments.services.assessment import PanelEntry, panel_set
from appointments.services.batch_posts import batch_post_switch
from appointments.services.batch_steps import batch_step, batches_advance
from appointments.services.scores import applications_shortlist, scores_compute, scores_publish
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
)
from appointments.states import ApplicationState
from reform.errors import Refused
from reform.models import Position

from .second_plan import DEADLINE_ON, PUBLISHED_ON
from .stage import Stage, must, position_key

SCREENED_ON, REVIEWED_ON, ASSESSED_ON = date(2022, 1, 13), date(2022, 1, 14), date(2022, 1, 15)
# The post that only its holder wants: with one applicant there is no competition.
DIRECT = ("经济运行部", "普查监测科", "科长")
PANEL = (
    ("韩立群", "市委组织部调研员"),
    ("郑国栋", "市人社局科长"),
    ("吕淑芬", "市委党校教授"),
    ("杜志远", "市财政局副科长"),
    ("贺文杰", "省开发区协会副秘书长"),
    ("秦海霞", "市审计局科长"),
    ("石永刚", "平川大学副教授"),
)


def handed_in_at() -> datetime:
    """When the workbook of applications came in: on the last day of the applications."""
    return timezone.make_aware(datetime.combine(DEADLINE_ON, time(17, 30)))


def open_applications(stage: Stage) -> None:
    """B2 in all batches."""
    batches_advance(zone=stage.round.zone, actor=stage.cast.office, on=PUBLISHED_ON)


def take_applications(stage: Stage) -> None:
    """The sheets that the workbook brought go into their batches; who lacks the education withdraws."""
    attached = applications_attach_to_batches(round_=stage.round, actor=stage.cast.office)
    must(attached.left, "编入批次")
    applications_evaluate_early(stage, stage.batch("1"))
    batches_advance(zone=stage.round.zone, actor=stage.cast.office, on=SCREENED_ON)


def applications_evaluate_early(stage: Stage, batch: Batch) -> None:
    """Of the middle levels, those who are told on paper that they lack the education withdraw in time."""
    lacking = [
        one
        for one in Application.objects.filter(candidacy__batch=batch)
        .select_related("candidacy__person", "candidacy__batch", "candidacy__round__zone")
        .select_related("position__unit__parent")
        if ASKED in one.position.conditions and one.candidacy.person.education in BELOW
    ]
    must(
        application_withdraw(
            applications=lacking,
            actor=stage.cast.office,
            on=DEADLINE_ON,
            reason="本人学历不符合岗位条件，自行撤回",
        ),
        "撤回报名",
    )


# GB/T 4658: what is below 大学本科.
ASKED, BELOW = "大学本科", ("31", "41", "61")


def screen(stage: Stage) -> None:
    """The rules run, the clerk decides what they cannot and concludes, the 监督组 reviews; who is rejected is
    told the same day."""
    cast = stage.cast
    for batch in stage.batches():
        applications_evaluate(batch=batch, actor=cast.office, on=SCREENED_ON)
        unknown = list(
            RuleResult.objects.filter(application__candidacy__batch=batch, outcome=RuleResult.Outcome.UNKNOWN)
        )
        if unknown:
            must(
                rule_results_decide(
                    results=unknown,
                    outcome=RuleResult.Outcome.PASS,
                    note="2021年引进人才，经核实原单位任职和考核材料，符合条件",
                    actor=cast.office,
                    on=SCREENED_ON,
                ),
                "认定资格条件",
            )
        applications = list(
            Application.objects.filter(candidacy__batch=batch, state=ApplicationState.SUBMITTED)
        )
        must(applications_screen(applications=applications, actor=cast.office, on=SCREENED_ON), "资格初审")
        must(
            applications_review(applications=applications, actor=cast.supervisor, on=SCREENED_ON), "资格复核"
        )
        rejected = list(
            Application.objects.filter(candidacy__batch=batch, state=ApplicationState.REJECTED).order_by("id")
        )
        if rejected:
            must(
                applications_notify(applications=rejected, actor=cast.office, on=SCREENED_ON),
                "告知不合格人员",
            )
            _object(stage, rejected[0])


def _object(stage: Stage, application: Application) -> None:
    """One of the rejected objects on the next day; the conclusion stands."""
    objection = objection_file_screening(
        application=application,
        facts="本人在读大学专科，2022年6月毕业，请求视同符合条件。",
        actor=stage.cast.office,
        on=REVIEWED_ON,
    )
    objection_decide_screening(
        objection=objection,
        upheld=False,
        reply="报名截止日尚未取得毕业证书，维持不合格结论",
        investigators="黄纪检、陈组工",
        actor=stage.cast.supervisor,
        on=REVIEWED_ON,
    )


def direct_position(stage: Stage) -> Position:
    return next(one for one in stage.positions.values() if position_key(one) == DIRECT)


def switch_direct(stage: Stage) -> None:
    """The post without a competition becomes one of 直接聘任."""
    post = BatchPost.objects.select_related("batch__round__zone", "position__unit__parent").get(
        batch__round=stage.round, position=direct_position(stage)
    )
    batch_post_switch(
        post=post,
        method=Position.Method.ZP,
        actor=stage.cast.office,
        on=REVIEWED_ON,
        reason="报名1人，不足2:1，改为直接聘任",
    )


def assess(stage: Stage) -> None:
    """The results of the competitions, which came with the applications, become totals and ranks."""
    cast = stage.cast
    for batch in stage.batches():
        if batch.method == "SX":
            batch_step(batch=batch, event="screened", actor=cast.office, on=ASSESSED_ON)
            continue
        members = [PanelEntry(name, workplace) for name, workplace in PANEL]
        panel_set(batch=batch, members=members, actor=cast.office, on=REVIEWED_ON)
        batch = stage.batch(batch.code)
        batch_step(batch=batch, event="assess", actor=cast.office, on=ASSESSED_ON)
        computed = scores_compute(batch=batch, actor=cast.panel, on=ASSESSED_ON)
        must([*computed.refused, *computed.ties], "汇总成绩")
        scores_publish(batch=batch, actor=cast.panel, on=ASSESSED_ON)
        batch = stage.batch(batch.code)
        batch_step(batch=batch, event="match", actor=cast.panel, on=ASSESSED_ON)
        must(applications_shortlist(batch=batch, actor=cast.office, on=ASSESSED_ON).refused, "列入考察")


def check_scored(stage: Stage) -> None:
    """Raises Refused where somebody who is to get a post is not among its best."""
    missing = [
        f"{one.candidacy.person.name}：第{one.rank}名"
        for one in Application.objects.filter(
            candidacy__batch__in=stage.batches(), state=ApplicationState.SCORED
        ).select_related("candidacy__person")
        if stage.wanted.get(one.candidacy.person_id) == one.position_id
    ]
    if missing:
        raise Refused(missing)
