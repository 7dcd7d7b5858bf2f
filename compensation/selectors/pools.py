"""薪酬总额 of a year: how much is used, month by month and with a run that waits for approval; and how a
pool would be split to units and people (domain.md §7)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from compensation.models import BackPay, PayLine, PayPool, PayRun
from compensation.rules.policy import PayPolicy
from compensation.rules.pools import PoolMember, PoolUse, TwoLevelSplit, pool_use, split_two_levels
from compensation.states import PayRunState
from reform.errors import RuleError
from reform.models import Person, Unit, Zone
from reform.rounding import to_fen
from reform.selectors import policy_of, policy_version_as_of

from .outcome import NOTHING
from .policy import pay_policy

# From the check on a run counts as spent.
COUNTED = (PayRunState.CHECKED, PayRunState.APPROVED, PayRunState.PAID)


@dataclass(frozen=True)
class PoolMonth:
    """One run of the year: what it takes of the pool, and what is used up to and with it."""

    run: PayRun
    spent: Decimal
    cumulative: Decimal


@dataclass(frozen=True)
class PoolUsage:
    """A year's pool and its use; `pool` and `use` None where none is registered."""

    year: int
    pool: PayPool | None
    spent: Decimal
    runs: tuple[PoolMonth, ...]
    use: PoolUse | None

    @property
    def ratio(self) -> Decimal | None:
        return self.use.ratio if self.use else None


@dataclass(frozen=True)
class Share:
    """A unit or a person of a split. key: of the row; parts: the persons of a unit."""

    key: int
    name: str
    weight: Decimal
    coefficient: Decimal
    amount: Decimal
    parts: tuple["Share", ...] = ()


@dataclass(frozen=True)
class Distribution:
    """A pool split to units and people; the shares add up to it to the fen. left_out: units in which nobody
    has a weight."""

    pool: Decimal
    units: tuple[Share, ...]
    left_out: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.units), NOTHING)

    @property
    def people_total(self) -> Decimal:
        return sum((one.amount for unit in self.units for one in unit.parts), NOTHING)


def pools_of(zone: Zone) -> QuerySet[PayPool]:
    """Every pool of a zone, the latest first; older versions of a year keep the day they were replaced."""
    return PayPool.objects.filter(zone=zone).select_related("made_by").order_by("-year", "-id")


def pool_of(zone: Zone, year: int) -> PayPool | None:
    """The pool of a year that is in force."""
    return PayPool.objects.filter(zone=zone, year=year, replaced_on=None).first()


def pool_usage(
    zone: Zone, year: int, run: PayRun | None = None, policy: PayPolicy | None = None
) -> PoolUsage:
    """What the runs of a year take of its pool: those checked, approved and paid, and this run, too.

    专项奖励 stands outside the pool; a 绩效总量 (preset B) is of performance pay alone.  policy: for the
    warning; by default that of the run or of the year's last run.  A fixed number of statements.
    """
    runs = [
        one
        for one in PayRun.objects.filter(zone=zone, starts_on__year=year)
        .select_related("policy")
        .order_by("ends_before", "kind", "id")
        if one.state in COUNTED or (run is not None and one.pk == run.pk)
    ]
    pool = pool_of(zone, year)
    spent_by_run = _spent(runs, only_performance=pool is not None and pool.preset == PayPool.Preset.OWN)
    months, cumulative = [], NOTHING
    for one in runs:
        spent = spent_by_run.get(one.pk, NOTHING)
        cumulative += spent
        months.append(PoolMonth(one, spent, cumulative))
    use = None
    if pool is not None:
        policy = policy or _policy(zone, run or (runs[-1] if runs else None), pool)
        use = pool_use(cumulative, pool.amount, policy.pool_warn_ratio)
    return PoolUsage(year, pool, cumulative, tuple(months), use)


def _spent(runs: Sequence[PayRun], *, only_performance: bool) -> dict[int, Decimal]:
    """Run → what it takes of the pool: two statements."""
    sums = PayLine.objects.filter(run__in=[one.pk for one in runs]).order_by().values("run_id")
    rows = sums.annotate(all=Sum("gross"), outside=Sum("special_award"), performance=Sum("performance_pay"))
    found = {
        row["run_id"]: to_fen(row["performance"] if only_performance else row["all"] - row["outside"])
        for row in rows
    }
    if only_performance:
        riding = {key: one.pk for one in runs for key in one.included}
        made = BackPay.objects.filter(pk__in=list(riding)).order_by("id")
        for key, components in made.values_list("id", "components"):
            run = riding[key]
            found[run] = found.get(run, NOTHING) + Decimal(components.get("performance_pay", 0))
    return found


def _policy(zone: Zone, run: PayRun | None, pool: PayPool) -> PayPolicy:
    version = run.policy if run else policy_version_as_of(zone, pool.made_on)
    return pay_policy(policy_of(version))


def pool_distribution(run: PayRun, amount: Decimal | None = None) -> Distribution:
    """How a pool is split by the two levels among those of a quarter's or a year's run: unit = pool × C ×
    K_u, person = unit's × K_post × K_p.

    amount: yuan; by default what the run's people have earned (应发绩效). Who has no grade or no unit score
    takes no part. Raises RuleError where nobody does.  Source: domain.md §7 Rounding.
    """
    if run.kind == PayRun.Kind.MONTH:
        raise RuleError("总额分配按季度或年度的考核结果，月度批次没有单位系数和个人系数。")
    rows = list(
        PayLine.objects.filter(run=run, unit_coefficient__isnull=False, personal_coefficient__isnull=False)
        .exclude(unit=None)
        .order_by("person_id")
        .values_list(
            "person_id", "unit_id", "post_coefficient", "unit_coefficient", "personal_coefficient",
            "performance_due",
        )
    )  # fmt: skip
    units = _owners(run.zone)
    members: list[PoolMember] = []
    found: dict[str, Counter[Decimal]] = {}
    for person, unit, post, of_unit, personal, _ in rows:
        code = f"{units[unit][0]:08d}" if unit is not None else ""
        found.setdefault(code, Counter())[of_unit or NOTHING] += 1
        members.append(PoolMember(f"{person:010d}", code, post or NOTHING, personal or NOTHING))
    # Who came from elsewhere late in the year may carry another unit's: most of the unit decide.
    unit_coefficients = {code: _most(seen) for code, seen in found.items()}
    if not members:
        raise RuleError("没有同时有单位得分和个人等次的人员，无法分配总额。")
    pool = sum((row[-1] for row in rows), NOTHING) if amount is None else amount
    split = split_two_levels(pool, unit_coefficients, members)
    names = dict(Person.objects.filter(zone_id=run.zone_id).values_list("id", "name"))
    by_code = {f"{owner:08d}": name for owner, name in units.values()}
    return Distribution(
        pool=split.units.pool,
        units=_shares(split, members, unit_coefficients, by_code, names),
        left_out=tuple(by_code[one] for one in split.left_out),
        terms=split.units.terms,
    )


def _shares(
    split: TwoLevelSplit,
    members: Sequence[PoolMember],
    unit_coefficients: dict[str, Decimal],
    units: dict[str, str],
    names: dict[int, str],
) -> tuple[Share, ...]:
    by_unit: dict[str, list[Share]] = {}
    totals: dict[str, Decimal] = {}
    for one in members:
        totals[one.unit] = totals.get(one.unit, Decimal(0)) + one.post_coefficient
        if one.unit not in split.members:
            continue
        amount = split.members[one.unit].shares[one.code]
        key = int(one.code)
        share = Share(key, names.get(key, ""), one.post_coefficient, one.personal_coefficient, amount)
        by_unit.setdefault(one.unit, []).append(share)
    return tuple(
        Share(int(code), units[code], totals[code], unit_coefficients[code], amount, tuple(by_unit[code]))
        for code, amount in split.units.shares.items()
    )


def _owners(zone: Zone) -> dict[int, tuple[int, str]]:
    """Unit → (the top unit below the committee that it belongs to: a section's department, name)."""
    rows = {one.pk: one for one in Unit.objects.filter(zone=zone).select_related("parent")}
    return {key: (one.owner.pk, one.owner.name) for key, one in rows.items()}


def _most(seen: Counter[Decimal]) -> Decimal:
    """The most frequent value; of equals the highest."""
    return max(seen, key=lambda one: (seen[one], one))
