"""The demo's present quarter, collected through the services: some leaves verified, one returned, one late,
and a 夺标赛 of the parks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.models import AbstractBaseUser

from kpi.models import Competition, CompetitionIndicator, Cycle, Item, Period
from kpi.rules.personal import factor_weights
from kpi.selectors.ratings import rating_sheet
from kpi.services import (
    ActualValues,
    IndicatorEntry,
    TargetValues,
    actuals_report,
    cycle_create,
    cycle_dates_set,
    cycle_step,
    evidence_add,
    indicators_register,
    items_return,
    items_submit,
    items_verify,
    scheme_create,
    targets_register,
    targets_sign,
)
from kpi.services.ratings import rating_submit, rating_tasks_make
from reform.models import Membership, Person, Unit, Zone
from reform.selectors import calendar_of, policy_of
from reform.services import audit_record, save_all
from reform.workdays import Calendar, is_workday

from .accounts import Cast, head_accounts_make
from .present_files import bars_png, text_pdf
from .present_leaves import (
    ALIKE,
    APPROVAL,
    HEAD,
    INVEST,
    INVESTMENT,
    LANDED,
    LOGISTICS,
    OUTPUT,
    PHARMA,
    PROJECTS,
    REQUESTS,
    SAMPLES,
    SOFTWARE,
    Sample,
)
from .stage import must

_DAY = timedelta(days=1)
SEED = 20261125
EVERY, RATED = 25, 20  # of the raters, each so manieth has handed in, so many in all
SETTLED = 20  # days since the quarter began, at least, so that its steps have had their time
# Who handed in what in time; what is not named is still open.
HANDED_IN = {
    HEAD: (OUTPUT, INVESTMENT, PROJECTS),
    PHARMA: (OUTPUT, INVESTMENT, PROJECTS, REQUESTS),
    SOFTWARE: (OUTPUT, INVESTMENT, PROJECTS, REQUESTS),
    LOGISTICS: (OUTPUT, PROJECTS),
    INVEST: ("新签约项目总投资", LANDED),
    APPROVAL: ("即办件占比", "平均办理时限"),
}
LATE = (LOGISTICS, INVESTMENT)
RETURNED = (HEAD, PROJECTS)
VERIFIED = (
    (HEAD, OUTPUT),
    (PHARMA, OUTPUT),
    (PHARMA, PROJECTS),
    (SOFTWARE, OUTPUT),
    (SOFTWARE, INVESTMENT),
    (APPROVAL, "即办件占比"),
)
Key = tuple[str, str]


@dataclass(frozen=True)
class Days:
    """When things of the quarter were done, counted back in working days from the day of the set-up."""

    opened_on: date
    reported_on: date
    verified_on: date
    report_by: date
    today: date


def present_code(today: date) -> str:
    """The quarter that has been running for some time."""
    day = today - SETTLED * _DAY
    return f"{day.year}Q{(day.month + 2) // 3}"


def play_present(zone: Zone, cast: Cast, today: date) -> Cycle:
    """Make the quarter and take it to where it stands today."""
    code = present_code(today)
    units = {one.name: one for one in Unit.objects.filter(zone=zone, ends_before=None, name__in=SAMPLES)}
    cycle = _with_targets(zone, cast, code, units)
    heads = {HEAD: cast.unit_head} | head_accounts_make(
        zone, [unit for name, unit in units.items() if name != HEAD], cast.office
    )
    days = _days(cycle, today)
    signers = list(units.values())
    targets_sign(cycle=cycle, units=signers, by_unit=False, actor=cast.appraiser, on=days.opened_on)
    for name, unit in units.items():
        targets_sign(cycle=cycle, units=[unit], by_unit=True, actor=heads[name], on=days.opened_on)
    cycle_dates_set(
        cycle=cycle,
        actor=cast.appraiser,
        report_by=days.report_by,
        verify_by=today + 7 * _DAY,
        results_by=today + 14 * _DAY,
    )
    for event in ("set_targets", "open"):
        cycle_step(cycle=cycle, event=event, actor=cast.appraiser, on=days.opened_on)
    _collect(cycle, cast, heads, days)
    rating_tasks_make(cycle=cycle, actor=cast.appraiser, on=today)
    _rate(cycle, today)
    _compete(cycle, cast)
    return cycle


def _with_targets(zone: Zone, cast: Cast, code: str, units: Mapping[str, Unit]) -> Cycle:
    """The year's scheme with the quarter's leaves, and their targets."""
    year = int(code[:4])
    scheme = scheme_create(
        zone=zone,
        year=year,
        name=f"{zone.name}{year}年度绩效考核方案",
        actor=cast.appraiser,
        document_no=f"云溪考〔{year}〕2号",
    )
    entries = [_entry(units[name], one, units) for name, samples in SAMPLES.items() for one in samples]
    indicators_register(scheme=scheme, entries=entries, actor=cast.appraiser)
    cycle = cycle_create(zone=zone, code=code, actor=cast.appraiser, scheme=scheme)
    targets: dict[int, TargetValues] = {
        item.pk: {"target": Decimal(sample.target)}
        for item, sample in _samples(cycle)
        if sample.target is not None
    }
    targets_register(cycle=cycle, targets=targets, actor=cast.appraiser)
    return cycle


def _entry(unit: Unit, one: Sample, units: Mapping[str, Unit]) -> IndicatorEntry:
    values = {
        "measure": one.measure,
        "full": None if one.weight is None else Decimal(one.weight),
        "rule": one.rule,
        "parameters": one.parameters,
        "direction": "DOWN" if one.rule == "LOWER" else "UP",
        "responsible_unit": unit,
        "source_unit": units.get(one.source_unit),
        "data_source": one.source,
        "evidence_needed": one.evidence,
        "is_core": one.core,
    }
    return IndicatorEntry(one.area, one.name, subject=unit, period=Period.QUARTER, values=values)


def _samples(cycle: Cycle) -> list[tuple[Item, Sample]]:
    """The cycle's leaves with what the demo knows of them."""
    known = {(name, one.name): one for name, samples in SAMPLES.items() for one in samples}
    rows = Item.objects.filter(cycle=cycle).select_related("indicator__subject").order_by("id")
    return [(one, known[_key(one)]) for one in rows]


def _key(item: Item) -> Key:
    return str(item.indicator.subject), item.indicator.name


def _days(cycle: Cycle, today: date) -> Days:
    calendar = calendar_of()

    def back(distance: int) -> date:
        return max(cycle.starts_on, _workday_back(today, distance, calendar))

    return Days(cycle.starts_on, back(6), back(3), back(2), today)


def _workday_back(day: date, distance: int, calendar: Calendar) -> date:
    """The working day so many working days before."""
    while distance:
        day -= _DAY
        distance -= is_workday(day, calendar)
    return day


def _collect(cycle: Cycle, cast: Cast, heads: Mapping[str, AbstractBaseUser], days: Days) -> None:
    """Reports with evidence; 考核办 verifies some and returns one; one comes in after the deadline."""
    samples = {_key(item): (item, sample) for item, sample in _samples(cycle)}
    for name, leaves in HANDED_IN.items():
        _report(cycle, [samples[name, leaf] for leaf in leaves], heads[name], days.reported_on)

    def items(keys: tuple[Key, ...]) -> list[Item]:
        return [one for one in Item.objects.filter(cycle=cycle).order_by("id") if _key(one) in keys]

    must(items_verify(items=items(VERIFIED), actor=cast.appraiser_two, on=days.verified_on), "核验")
    reason = "合同首页只附了2个项目，请补第3个项目的合同"
    returned = items_return(
        items=items((RETURNED,)), reason=reason, actor=cast.appraiser, on=days.verified_on
    )
    must(returned, "退回")
    _report(cycle, [samples[LATE]], heads[LATE[0]], days.today)


def _report(cycle: Cycle, rows: list[tuple[Item, Sample]], actor: AbstractBaseUser, on: date) -> None:
    values: dict[int, ActualValues] = {
        item.pk: {"actual": Decimal(sample.actual)} for item, sample in rows if sample.actual is not None
    }
    actuals_report(cycle=cycle, values=values, actor=actor, on=on)
    for item, sample in rows:
        if sample.evidence:
            name, data = _evidence(item, sample)
            evidence_add(item=item, name=name, data=data, actor=actor, on=on)
    must(items_submit(items=[item for item, _ in rows], actor=actor, on=on), "填报")


def _evidence(item: Item, sample: Sample) -> tuple[str, bytes]:
    """A picture where one is asked for, else a page of text."""
    title = f"{item.indicator.subject}{sample.name}"
    if sample.evidence in ("开工照片", "系统截图"):
        return f"{title}{sample.evidence}.png", bars_png([0.4, 0.55, 0.7, 0.9])
    lines = [f"{title}完成情况", f"{sample.actual}{sample.measure}", f"数据来源：{sample.source}"]
    return f"{title}{sample.evidence}.pdf", text_pdf(lines)


def _rate(cycle: Cycle, today: date) -> None:
    """Some have filled in their 民主测评 sheets; whoever has an account has not."""
    rng = Random(SEED)
    factors = factor_weights(policy_of(cycle.policy))
    accounts = Membership.objects.exclude(person=None).values("person")
    raters = Person.objects.filter(ratings_due__cycle=cycle).exclude(pk__in=accounts).distinct()
    for rater in raters.order_by("pk")[::EVERY][:RATED]:
        ballots = {
            one.task.ratee_id: {name: Decimal(rng.randint(76, 89)) for name in factors}
            for one in rating_sheet(cycle, rater, today).asked
        }
        rating_submit(cycle=cycle, rater=rater, ballots=ballots, on=today)


def _compete(cycle: Cycle, cast: Cast) -> None:
    """学比争: the parks by how much of their targets they have reached."""
    competition = Competition(cycle=cycle, name="园区项目建设夺标赛", measure=Competition.Measure.RATE)
    competition.full_clean()
    event = audit_record(
        actor=cast.appraiser, action="新建夺标赛", zone=cycle.zone, subject=f"{cycle} {competition}"
    )
    save_all(event, created=[competition])
    chosen = [
        CompetitionIndicator(competition=competition, indicator=item.indicator)
        for item, sample in _samples(cycle)
        if str(item.indicator.subject) in ALIKE and sample.name in (OUTPUT, INVESTMENT, PROJECTS)
    ]
    save_all(event, created=chosen)
