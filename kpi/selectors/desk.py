"""What of the appraisal waits for whoever opens the workbench."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count

from kpi.models import Adjustment, Consequence, Cycle, Item, Notice, RatingTask, ResultAppeal, Veto
from kpi.models.cycles import cycle_name
from kpi.states import (
    LEADERS,
    OFFICE,
    AdjustmentState,
    AppealState,
    ConsequenceState,
    CycleState,
    VetoState,
)
from reform.access import person_of, zone_of
from reform.models import Zone

from .cycle_facts import cycle_next, signing
from .places import units_led
from .ratings import RATED_IN
from .reporting import items_waiting, may, sheets_waiting
from .schemes import cycles_of

User = AbstractBaseUser | AnonymousUser
# The pages, by the names of their addresses.
REPORT, CHECK, VERIFY, MARKS = "kpi_report", "kpi_check", "kpi_verify", "kpi_marks"
CYCLE, TARGETS, DECISIONS, APPEALS = "kpi_cycle", "kpi_targets", "kpi_decisions", "kpi_appeals"
CONSEQUENCES = "kpi_consequences"
# Everybody's own pages stand outside the admin.
RATINGS, OWN = "appraisal:sheet", "appraisal:results"


@dataclass(frozen=True)
class Waiting:
    """So much of this waits; address and kwargs: the page where it is done."""

    what: str
    count: int
    address: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    late: bool = False

    @property
    def cycle(self) -> str:
        """The cycle as people say it; empty where what waits belongs to no single one."""
        code = self.kwargs.get("code")
        return cycle_name(code) if code else ""


def kpi_waiting(user: User, on: date) -> list[Waiting]:
    """What waits for a user, in the order of a cycle; a fixed number of statements for each open cycle."""
    zone = zone_of(user)
    if zone is None:
        return []
    found = [*_targets(user, zone), *_reports(user, on)]
    found += [Waiting("定性指标待评分", 1, MARKS, {"pk": one.pk}) for one in sheets_waiting(user)]
    found += _steps(user, zone, on)
    if may(user, LEADERS):
        found += _decisions(zone)
    if may(user, OFFICE):
        found += [*_appeals(zone, on), *_consequences(zone)]
    return [*found, *_own(user)]


def _targets(user: User, zone: Zone) -> Iterable[Waiting]:
    """目标责任书 that the office has signed and the unit has not."""
    led = units_led(user)
    if not led:
        return
    for cycle in cycles_of(zone).filter(state=CycleState.DRAFT, registered=False):
        mine = [one for one in signing(cycle) if one.unit and one.unit.pk in led]
        count = sum(1 for one in mine if one.office and not one.own)
        if count:
            yield Waiting(f"{cycle}目标责任书待签字", count, TARGETS, {"code": cycle.code})


def _reports(user: User, on: date) -> Iterable[Waiting]:
    waiting = items_waiting(user, on)
    for what, items, address, is_late in (
        ("指标待填报", waiting.to_report, REPORT, lambda one: one.report_by),
        ("数据待核对", waiting.to_check, CHECK, lambda one: one.verify_by),
        ("指标待核验", waiting.to_verify, VERIFY, lambda one: one.verify_by),
    ):
        yield from _by_cycle(what, items, address, on, is_late)


def _by_cycle(
    what: str, items: Iterable[Item], address: str, on: date, due: Callable[[Cycle], date | None]
) -> Iterable[Waiting]:
    groups: dict[int, list[Item]] = {}
    for one in items:
        groups.setdefault(one.cycle_id, []).append(one)
    for rows in groups.values():
        cycle, day = rows[0].cycle, due(rows[0].cycle)
        late = day is not None and on > day
        yield Waiting(f"{cycle}{what}", len(rows), address, {"code": cycle.code}, late)


def _steps(user: User, zone: Zone, on: date) -> Iterable[Waiting]:
    """Steps of cycles whose conditions are met and that this user may take."""
    if not (may(user, OFFICE) or may(user, LEADERS)):
        return
    for cycle in cycles_of(zone).exclude(state=CycleState.FINAL):
        for step in cycle_next(cycle, on, user if isinstance(user, AbstractBaseUser) else None):
            if step.allowed and step.permission and may(user, step.permission):
                late = cycle.results_by is not None and on > cycle.results_by
                yield Waiting(f"{cycle}可以{step.label}", 1, CYCLE, {"code": cycle.code}, late)


def _counted(rows: Any) -> list[tuple[str, int]]:
    """Cycle's code and number of rows, latest first. One statement."""
    grouped = rows.order_by("-cycle__starts_on").values_list("cycle__code").annotate(count=Count("pk"))
    return [(code, count) for code, count in grouped]


def _decisions(zone: Zone) -> Iterable[Waiting]:
    for what, rows in (
        ("一票否决待审定", Veto.objects.filter(cycle__zone=zone, state=VetoState.RAISED)),
        ("校准待审定", Adjustment.objects.filter(cycle__zone=zone, state=AdjustmentState.PROPOSED)),
    ):
        for code, count in _counted(rows):
            yield Waiting(what, count, DECISIONS, {"code": code})


def _appeals(zone: Zone, on: date) -> Iterable[Waiting]:
    rows = ResultAppeal.objects.filter(cycle__zone=zone, state=AppealState.OPEN)
    late: Mapping[str, int] = dict(_counted(rows.filter(due_on__lt=on)))
    for code, count in _counted(rows):
        yield Waiting("考核申诉待答复", count, APPEALS, {"code": code}, bool(late.get(code)))


def _consequences(zone: Zone) -> Iterable[Waiting]:
    rows = Consequence.objects.filter(cycle__zone=zone, state=ConsequenceState.LISTED)
    for code, count in _counted(rows):
        yield Waiting("结果运用待办理", count, CONSEQUENCES, {"code": code})


def _own(user: User) -> Iterable[Waiting]:
    """What a person has to do: rate others, receive the notice of a result."""
    person = person_of(user)
    if person is None:
        return
    for code, count in _counted(
        RatingTask.objects.filter(rater=person, done=False, cycle__state__in=RATED_IN)
    ):
        yield Waiting("民主测评待填写", count, RATINGS, {"code": code})
    notices = Notice.objects.filter(result__person=person, result__current=True, received_on=None).count()
    if notices:
        yield Waiting("考核结果通知书待签收", notices, OWN, {})
