"""Act one of the second round: the plan of January 2022, its batches, and their publication."""

from datetime import date
from random import Random

from appointments.models import Baseline, Batch
from appointments.services.batch_posts import batch_posts_add
from appointments.services.batch_steps import batch_step
from appointments.services.batches import batch_create, batch_set_steps, batch_update
from appointments.services.plans import round_plan_update
from appointments.services.round_steps import round_approve, round_mobilize, round_run
from reform.models import AnnualGrade, Zone
from reform.services import annual_grades_register
from reform.services.policy import policy_approve, policy_draft, policy_edit, policy_in_force, policy_submit

from .accounts import Cast
from .stage import Stage, days

SEED = 20220110
APPROVED_ON, KICKOFF_ON, EFFECTIVE_ON = date(2022, 1, 8), date(2022, 1, 9), date(2022, 1, 23)
PUBLISHED_ON, DEADLINE_ON = date(2022, 1, 10), date(2022, 1, 12)
WEIGHTS = {"*": {"written": 20, "interview": 40, "peer_vote": 20, "results": 20}}
GRADED = (2019, 2020)  # that of 2021 comes from its appraisal
EXCELLENT = 0.16
# Code, name, 任用方式, levels.
BATCHES = (
    ("1", "第一批（中层）", "JP", ("L70", "L60")),
    ("2", "第二批（科室）", "JP", ("L50", "L40")),
    ("3", "第三批（主办）", "SX", ("L30",)),
)
# The days of the article: notice, application and review of all batches side by side, 公示 from the 17th.
STEPS = {
    "NOTICE": (PUBLISHED_ON, DEADLINE_ON),
    "APPLY": (PUBLISHED_ON, DEADLINE_ON),
    "SCREEN": (date(2022, 1, 13), date(2022, 1, 14)),
    "ASSESS": (date(2022, 1, 14), date(2022, 1, 15)),
    "MATCH": (date(2022, 1, 15), date(2022, 1, 15)),
    "INSPECT": (date(2022, 1, 15), date(2022, 1, 16)),
    "DECIDE": (date(2022, 1, 15), date(2022, 1, 16)),
    "PUBLICITY": (date(2022, 1, 17), date(2022, 1, 21)),
    "APPOINT": (date(2022, 1, 22), EFFECTIVE_ON),
}
NOT_IN_MUTUAL_CHOICE = ("ASSESS", "INSPECT")
# Between the 资格审查 and the 考评 lies one working day: the zone gives rejected persons that day to object.
POLICY_ON, OBJECTION_WORKDAYS = date(2022, 1, 5), 1


def adapt_policy(zone: Zone, cast: Cast) -> None:
    """A second version of the zone's policy, by two persons, before the round pins it."""
    present = policy_in_force(zone)
    if present is not None and present.starts_on >= POLICY_ON:
        return
    document_no = "云溪聘办〔2022〕1号"
    version = policy_draft(zone=zone, actor=cast.office, on=POLICY_ON, reason="第二轮时间紧，缩短异议期")
    policy_edit(
        version=version,
        actor=cast.office,
        values={"round.objection_workdays": OBJECTION_WORKDAYS},
        clauses={"round.objection_workdays": document_no},
        source=f"{document_no}关于第二轮全员聘任工作日程的通知",
    )
    policy_submit(version=version, actor=cast.office)
    policy_approve(version=version, actor=cast.leader, document_no=document_no)


def plan(stage: Stage) -> None:
    """The plan is written, with what it stands on, and approved; the round is mobilised."""
    office, leader = stage.cast.office, stage.cast.leader
    _grades(stage)
    round_plan_update(
        round_=stage.round,
        actor=office,
        weights=WEIGHTS,
        consultation="2022年1月6日召开职工代表座谈会，并在全区公开征求意见3天，收到意见11条，采纳7条。",
        kinship_complete=True,
        caps_document_no="云溪编〔2022〕1号",
        kickoff_on=KICKOFF_ON,
        effective_on=EFFECTIVE_ON,
    )
    for code, name, method, levels in BATCHES:
        batch = batch_create(round_=stage.round, code=code, name=name, method=method, actor=office)
        positions = [one for one in stage.positions.values() if one.level in levels]
        batch_posts_add(batch=batch, positions=positions, actor=office)
        steps = {kind: days(*span) for kind, span in STEPS.items() if _takes(method, kind)}
        batch_set_steps(batch=batch, steps=steps, actor=office)
        if method == "JP":
            batch_update(batch=batch, actor=office, ratio_document_no="云溪聘办〔2022〕3号")
    round_approve(round_=stage.round, actor=leader, on=APPROVED_ON, document_no="云溪党发〔2022〕2号")
    round_mobilize(round_=stage.round, actor=office, on=KICKOFF_ON, document_no="云溪聘办会纪〔2022〕1号")


def _takes(method: str, kind: str) -> bool:
    return method == "JP" or kind not in NOT_IN_MUTUAL_CHOICE


def publish(stage: Stage) -> None:
    """All three batches are published on one day, and the round runs."""
    for number, batch in enumerate(stage.batches(), start=1):
        _publish(stage, batch, f"云溪聘办〔2022〕{3 + number}号")
    round_run(round_=stage.round, actor=stage.cast.office, on=PUBLISHED_ON)


def _publish(stage: Stage, batch: Batch, document_no: str) -> None:
    batch_step(
        batch=batch, event="publish", actor=stage.cast.office, on=PUBLISHED_ON, document_no=document_no
    )


def _grades(stage: Stage) -> None:
    """The annual grades of those who were there; nobody was poor."""
    rng = Random(SEED)
    veterans = Baseline.objects.filter(round=stage.round).order_by("id").values_list("person_id", flat=True)
    grades = [
        AnnualGrade(
            person=stage.people[key],
            year=year,
            grade="A" if rng.random() < EXCELLENT else "B",
            document_no=f"云溪考〔{year + 1}〕1号",
        )
        for key in veterans
        for year in GRADED
    ]
    annual_grades_register(zone=stage.round.zone, grades=grades, actor=stage.cast.office)
