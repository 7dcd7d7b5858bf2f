"""The demo's third round: made from the second, with five batches, each as far as its days have come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appointments.models import Batch, Round
from appointments.services.batch_posts import batch_posts_add
from appointments.services.batches import batch_create, batch_set_steps, batch_update
from appointments.services.plans import round_plan_update
from appointments.services.round_steps import round_approve, round_mobilize
from appointments.services.rounds import round_create
from appointments.services.setups import positions_copy_from
from reform.ladder import Policy
from reform.models import AnnualGrade, Person, Position, Tenure, TenureKind, UnitKind, Zone
from reform.selectors import calendar_of, policy_of, policy_version_as_of, positions_of, tenures_as_of
from reform.services import annual_grades_register

from .accounts import Cast
from .stage import days
from .third_dates import ThirdRoundDates, third_round_dates

# Code, name, 任用方式, levels; the first four for parks and companies, the last for everybody else's 中层.
BATCHES = (
    ("1", "第一批（园区和公司中层）", "JP", ("L70", "L60")),
    ("2", "第二批（园区和公司科室正职）", "JP", ("L50",)),
    ("3", "第三批（园区和公司科室副职）", "JP", ("L40",)),
    ("4", "第四批（园区和公司主办）", "SX", ("L30",)),
    ("5", "第五批（部门中层）", "JP", ("L70", "L60")),
)
BUSINESS = (UnitKind.PARK, UnitKind.SOE)
REST = "5"
GRADED_YEARS = 3


@dataclass
class Third:
    """The round with everybody who holds a post on its 基准日; `held`: person id → the post in this setup."""

    round: Round
    policy: Policy
    cast: Cast
    dates: ThirdRoundDates
    positions: Mapping[int, Position]
    people: Mapping[int, Person]
    tenures: Mapping[int, Tenure]
    held: Mapping[int, int]

    def batch(self, code: str) -> Batch:
        return Batch.objects.select_related("round__zone", "round__policy").get(round=self.round, code=code)

    def first(self, code: str, step: str) -> date:
        """The first planned day of a step."""
        return self.dates.spans[code][step][0]

    @property
    def number(self) -> str:
        """The year in document numbers."""
        return f"〔{self.dates.code}〕"


def plan_third(zone: Zone, source: Round, cast: Cast, today: date) -> Third:
    """The plan is written, approved and mobilised on its days."""
    policy_version = policy_version_as_of(zone, today)
    policy = policy_of(policy_version)
    dates = third_round_dates(today, calendar_of(), publicity_workdays=policy["round.publicity_workdays"])
    code = dates.code
    round_ = round_create(
        zone=zone, code=code, name=f"{code}年全员聘任", policy=policy_version, actor=cast.office
    )
    positions_copy_from(round_=round_, source=source, actor=cast.office)
    third = _third(round_, policy, cast, dates)
    _grades(third)
    round_plan_update(
        round_=round_,
        actor=cast.office,
        consultation="召开职工代表座谈会，在全区公开征求意见5天，收到意见6条，采纳4条。",
        kinship_complete=True,
        caps_document_no=f"云溪编{third.number}3号",
        kickoff_on=dates.kickoff_on,
        baseline_on=dates.baseline_on,
        effective_on=dates.effective_on,
    )
    _batches(third)
    round_approve(
        round_=round_, actor=cast.leader, on=dates.approved_on, document_no=f"云溪党发{third.number}9号"
    )
    round_mobilize(
        round_=round_,
        actor=cast.office,
        on=dates.kickoff_on,
        document_no=f"云溪聘办会纪{third.number}1号",
    )
    return third


def _third(round_: Round, policy: Policy, cast: Cast, dates: ThirdRoundDates) -> Third:
    positions = {one.pk: one for one in positions_of(round_.setup_id)}
    by_lineage = {one.lineage: key for key, one in positions.items()}
    tenures = {
        one.person_id: one
        for one in tenures_as_of(round_.zone, dates.baseline_on)
        .filter(kind=TenureKind.PRIMARY, ends_before=None)
        .select_related("person", "position")
        .order_by("position__sort_no", "person_id")
    }
    return Third(
        round_,
        policy,
        cast,
        dates,
        positions,
        {key: one.person for key, one in tenures.items()},
        tenures,
        {key: by_lineage[one.position.lineage] for key, one in tenures.items()},
    )


def _grades(third: Third) -> None:
    """The grades of the last years, those of the year before the round included; where there was an
    appraisal, it has given them."""
    last = third.dates.kickoff_on.year - 1
    known = set(AnnualGrade.objects.filter(person__in=third.people).values_list("person_id", "year"))
    grades = [
        AnnualGrade(
            person=person,
            year=year,
            grade="A" if (key + year) % 7 == 0 else "B",
            document_no=f"云溪考〔{year + 1}〕1号",
        )
        for key, person in third.people.items()
        for year in range(last - GRADED_YEARS + 1, last + 1)
        if (key, year) not in known
    ]
    annual_grades_register(zone=third.round.zone, grades=grades, actor=third.cast.office)


def _batches(third: Third) -> None:
    for code, name, method, levels in BATCHES:
        batch = batch_create(round_=third.round, code=code, name=name, method=method, actor=third.cast.office)
        positions = [
            one
            for one in third.positions.values()
            if one.level in levels and (one.unit.owner.kind in BUSINESS) is (code != REST)
        ]
        batch_posts_add(batch=batch, positions=positions, actor=third.cast.office)
        spans = third.dates.spans[code]
        batch_set_steps(
            batch=batch,
            steps={kind: days(*span) for kind, span in spans.items()},
            actor=third.cast.office,
        )
        if method == "JP":
            batch_update(
                batch=batch,
                actor=third.cast.office,
                ratio_document_no=f"云溪聘办{third.number}3号",
            )
