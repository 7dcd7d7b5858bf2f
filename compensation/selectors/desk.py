"""What of pay waits for whoever opens the workbench."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from compensation.models import BackPay, PayRun
from compensation.rules.pools import PoolState
from compensation.states import FINANCE, LEADERS, OFFICE, PayRunState
from kpi.models import Cycle, Period
from kpi.selectors import Waiting
from kpi.states import CycleState
from reform.access import Bounds, bounds_of, zone_of
from reform.models import Zone

from .pools import pool_usage
from .runs import is_stale

User = AbstractBaseUser | AnonymousUser
# The pages, by the names of their addresses.
RUN, RUNS, BACK_PAYS, POOLS = "pay_run", "pay_runs", "pay_back_pays", "pay_pools"
SEE = "compensation.see_pay"
_Kind = PayRun.Kind


def pay_waiting(user: User, on: date) -> list[Waiting]:
    """What waits for a user who sees the whole zone's pay, in the order of a run; late is what belongs to a
    period that is over. A fixed number of statements for each open run."""
    zone = zone_of(user)
    if zone is None or not user.has_perm(SEE) or bounds_of(user) != Bounds():  # type: ignore[union-attr]
        return []
    office, finance, leader = (user.has_perm(one) for one in (OFFICE, FINANCE, LEADERS))  # type: ignore[union-attr]
    if not (office or finance or leader):
        return []
    runs = list(PayRun.objects.filter(zone=zone).select_related("zone", "policy").order_by("starts_on", "id"))
    found: list[Waiting] = []
    if office:
        found += [*_to_open(zone, runs, on), *_to_compute(runs, on)]
    if finance:
        rows = [one for one in runs if one.calculated_by_id != user.pk]
        found += _in_state(rows, PayRunState.CALCULATED, "待核对", on)
        found += _back_pays(zone, user)
    if leader:
        rows = [one for one in runs if user.pk not in (one.calculated_by_id, one.checked_by_id)]
        found += _in_state(rows, PayRunState.CHECKED, "待批准", on)
    if finance:
        found += _in_state(runs, PayRunState.APPROVED, "待发放", on)
    return [*found, *_pools(zone, runs, on, office=office)]


def _to_open(zone: Zone, runs: Iterable[PayRun], on: date) -> Iterator[Waiting]:
    """This month, where pay is run here at all; and the settlement of a year whose grades are final."""
    codes = {one.code for one in runs}
    months = {one.starts_on.year for one in runs if one.kind == _Kind.MONTH}
    if months and f"{on:%Y-%m}" not in codes:
        yield Waiting(f"{on.year}年{on.month}月工资待计算", 1, RUNS)
    years = Cycle.objects.filter(zone=zone, period=Period.YEAR, state=CycleState.FINAL).order_by("code")
    for code in years.values_list("code", flat=True):
        if code not in codes and int(code) in months:
            yield Waiting(f"{code}年度绩效清算待计算", 1, RUNS)


def _to_compute(runs: Iterable[PayRun], on: date) -> Iterator[Waiting]:
    for one in runs:
        if one.state == PayRunState.DRAFT:
            yield _line(one, "待计算", on)
        elif one.state == PayRunState.CALCULATED and is_stale(one):
            yield _line(one, "的依据有变化，待重新计算", on)


def _in_state(runs: Iterable[PayRun], state: PayRunState, words: str, on: date) -> list[Waiting]:
    return [_line(one, words, on) for one in runs if one.state == state]


def _line(run: PayRun, words: str, on: date) -> Waiting:
    return Waiting(f"{run}{words}", 1, RUN, {"code": run.code}, run.ends_before <= on)


def _back_pays(zone: Zone, user: User) -> Iterator[Waiting]:
    """Corrections that somebody else made."""
    count = BackPay.objects.filter(zone=zone, approved_by=None).exclude(made_by=user.pk).count()
    if count:
        yield Waiting("补发扣回待审定", count, BACK_PAYS)


def _pools(zone: Zone, runs: Iterable[PayRun], on: date, *, office: bool) -> Iterator[Waiting]:
    """The year's pool: not registered yet, or used beyond the line at which the policy warns."""
    if not any(one.starts_on.year == on.year for one in runs):
        return
    usage = pool_usage(zone, on.year)
    if usage.pool is None:
        if office:
            yield Waiting(f"{on.year}年薪酬总额待登记", 1, POOLS)
    elif usage.use is not None and usage.use.ratio is not None and usage.use.state != PoolState.OK:
        over = "，超过总额" if usage.use.state == PoolState.BLOCKED else ""
        yield Waiting(f"{usage.pool}已用{usage.use.ratio:.1%}{over}", 1, POOLS)
