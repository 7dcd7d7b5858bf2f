"""The demo's appraisals of 2021 and 2022: brought in by workbooks and walked to their end, each step on a day
of its own time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from kpi.models import (
    Consequence,
    Cycle,
    CycleOutcome,
    Exclusion,
    Notice,
    Period,
    PersonEntry,
    ResultAppeal,
    UnitEntry,
)
from kpi.services import cycle_step
from kpi.services.appeals import Correction, result_appeal_decide, result_appeal_submit
from kpi.services.decisions import tie_decide
from kpi.services.exclusions import exclusion_set
from kpi.services.finals import (
    consequences_carry_out,
    consequences_waive,
    notices_issue,
    notices_receive,
)
from reform.models import Person, Zone

from .accounts import Cast

Bring = Callable[[str, tuple[str, ...], datetime], None]
Say = Callable[[str], None]

LEAVES, UNITS, PEOPLE = "6-KPI指标完成情况表", "7-部门绩效考核得分表", "8-个人绩效考核得分表"
# Marks of the workbooks' rows by which the demo knows whom it is about.
RECRUITED, APPEALED, LATE = "2021年新录用", "一份材料迟报", "年度数据报送逾期"
TIE_REASON = "两人综合得分相同，经研究，按承担重点任务情况列入优秀"


@dataclass(frozen=True)
class Walk:
    """The days of one cycle: scores brought in and calibrated, results published (公示 begins on the next
    working day), appeals heard, results final."""

    code: str
    brought_on: date
    published_on: date
    appeals_on: date
    heard_on: date
    final_on: date

    @property
    def files(self) -> tuple[str, ...]:
        names = (UNITS, PEOPLE) if "Q" in self.code else (LEAVES, UNITS, PEOPLE)
        return tuple(f"{self.code}-{name}" for name in names)

    @property
    def document_no(self) -> str:
        return f"云溪考〔{self.final_on.year}〕{self.code[5:] or 1}号"


def _walk(code: str, *days: tuple[int, int, int]) -> Walk:
    return Walk(code, *(date(*one) for one in days))


FIRST = _walk("2021", (2022, 1, 4), (2022, 1, 4), (2022, 1, 5), (2022, 1, 10), (2022, 1, 12))
LATER = (
    _walk("2022Q1", (2022, 4, 11), (2022, 4, 14), (2022, 4, 15), (2022, 4, 20), (2022, 4, 24)),
    _walk("2022Q2", (2022, 7, 11), (2022, 7, 14), (2022, 7, 15), (2022, 7, 20), (2022, 7, 22)),
    _walk("2022Q3", (2022, 10, 12), (2022, 10, 17), (2022, 10, 18), (2022, 10, 21), (2022, 10, 25)),
    _walk("2022Q4", (2022, 12, 30), (2023, 1, 3), (2023, 1, 4), (2023, 1, 9), (2023, 1, 11)),
    _walk("2022", (2023, 1, 5), (2023, 1, 9), (2023, 1, 10), (2023, 1, 13), (2023, 1, 17)),
)


def latest_cycle(zone: Zone) -> Cycle | None:
    """The cycle that begins last."""
    return Cycle.objects.filter(zone=zone).order_by("-starts_on", "-id").first()


def play_2021(zone: Zone, cast: Cast, bring: Bring, say: Say) -> None:
    """The year before the second round, final before its 资格审查; who was recruited in it is not graded."""
    walked = _publish(zone, cast, FIRST, bring, say)
    _appeal(walked, cast)
    _conclude(walked, cast, FIRST)
    _carry_out(walked, cast, FIRST.final_on)


def play_2022(zone: Zone, cast: Cast, bring: Bring, say: Say, today: date) -> None:
    """The quarters, then the year that is made of them; what is not over by today is left out."""
    for walk in LATER:
        if walk.final_on > today:
            break
        walked = _publish(zone, cast, walk, bring, say)
        _conclude(walked, cast, walk)
        if walked.period == Period.YEAR:
            _carry_out(walked, cast, walk.final_on)


def _publish(zone: Zone, cast: Cast, walk: Walk, bring: Bring, say: Say) -> Cycle:
    """From the workbooks to the beginning of 公示."""
    moment = timezone.make_aware(datetime.combine(walk.brought_on, time(9)))
    bring(walk.code, walk.files, moment)
    cycle = Cycle.objects.select_related("zone", "scheme", "policy").get(zone=zone, code=walk.code)
    _exclude(cycle, cast)
    say(f"  {cycle}：校准、公布、公示和确定")
    cycle_step(cycle=cycle, event="calibrate", actor=cast.appraiser, on=walk.brought_on)
    _decide_ties(cycle, cast, walk.published_on)
    cycle_step(
        cycle=cycle, event="publish", actor=cast.leader, on=walk.published_on, document_no=walk.document_no
    )
    cycle_step(cycle=cycle, event="open_appeals", actor=cast.appraiser, on=walk.appeals_on)
    return cycle


def _exclude(cycle: Cycle, cast: Cast) -> None:
    """新录用 of the year: the sheet names them without scores."""
    found = PersonEntry.objects.filter(cycle=cycle, remark__startswith=RECRUITED).select_related("person")
    for one in found.order_by("id"):
        exclusion_set(
            cycle=cycle,
            person=one.person,
            cause=Exclusion.Cause.FIRST_YEAR,
            actor=cast.appraiser,
            note=one.remark,
        )


def _decide_ties(cycle: Cycle, cast: Cast, on: date) -> None:
    """The leader says who of the equals is 优秀: as many as there are seats, the longest at work first."""
    for tie in CycleOutcome.objects.get(cycle=cycle, current=True).ties:
        equals = Person.objects.filter(pk__in=tie["people"]).order_by("work_started_on", "pk")
        chosen = list(equals)[: tie["seats"]]
        tie_decide(
            cycle=cycle, group=tie["group"], chosen=chosen, reason=TIE_REASON, actor=cast.leader, on=on
        )


def _appeal(cycle: Cycle, cast: Cast) -> None:
    """A person is right: a deduction was booked twice over. A unit is not: its report was late."""
    entry = PersonEntry.objects.select_related("person").get(cycle=cycle, remark__startswith=APPEALED)
    _heard(
        result_appeal_submit(
            cycle=cycle,
            person=entry.person,
            claim="材料按期交到科室，迟报不是本人责任，请求取消扣分。",
            actor=cast.supervisor,
            on=FIRST.appeals_on,
        ),
        cast,
        "经核对收文登记，材料已按期交出，迟报责任不在本人，扣分取消",
        Correction(person=entry.person, given={"deduction": Decimal(0)}),
    )
    late = UnitEntry.objects.select_related("unit").get(cycle=cycle, remark__startswith=LATE)
    _heard(
        result_appeal_submit(
            cycle=cycle,
            unit=late.unit,
            claim="报送当日系统无法登录，请求取消逾期扣分。",
            actor=cast.supervisor,
            on=FIRST.appeals_on,
        ),
        cast,
        "经核实，当日系统运行正常，逾期扣分维持不变",
        None,
    )


def _heard(appeal: ResultAppeal, cast: Cast, answer: str, correction: Correction | None) -> None:
    result_appeal_decide(
        appeal=appeal,
        uphold=correction is not None,
        answer=answer,
        actor=cast.appraiser,
        on=FIRST.heard_on,
        correction=correction,
    )


def _conclude(cycle: Cycle, cast: Cast, walk: Walk) -> None:
    """Final; of a year everybody gets a notice, and some have signed for it."""
    cycle = Cycle.objects.select_related("zone", "scheme", "policy").get(pk=cycle.pk)
    _decide_ties(cycle, cast, walk.final_on)
    cycle_step(cycle=cycle, event="finalize", actor=cast.appraiser, on=walk.final_on)
    if cycle.period != Period.YEAR:
        return
    notices_issue(cycle=cycle, actor=cast.appraiser, on=walk.final_on, document_no=walk.document_no)
    low = Notice.objects.filter(result__cycle=cycle, result__grade__in=("C", "D"))
    notices_receive(notices=low, actor=cast.appraiser, on=walk.final_on)


def _carry_out(cycle: Cycle, cast: Cast, on: date) -> None:
    """What follows from a poor year is carried out; a step down from the last level is not. 嘉奖 of the year
    stays on the list."""
    rows = Consequence.objects.filter(cycle=cycle, code__in=("ADMONISH", "NO_PROMOTION", "DEMOTE"))
    year = on.year
    for number, row in enumerate(rows.order_by("id"), start=1):
        if row.code == "DEMOTE":
            consequences_waive(
                consequences=[row],
                actor=cast.leader,
                on=on,
                reason="现任一般主办，区内没有更低层级的岗位，改为调整岗位职责并扣发绩效",
            )
        else:
            consequences_carry_out(
                consequences=[row], actor=cast.appraiser, on=on, document_no=f"云溪考办〔{year}〕{number}号"
            )
