"""Pay runs: their lines, the facts of their guards, and who is paid what (domain.md §7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from compensation.models import PayLine, PayRun
from compensation.rules.guards import RunFacts
from compensation.states import PayRunState
from reform.errors import RuleError
from reform.models import Zone
from reform.selectors import policy_version_as_of

from .computed import computed
from .pools import pool_usage

_Kind = PayRun.Kind
# Runs of the same last day are paid in this order.
_ORDER: Mapping[str, int] = {_Kind.MONTH: 0, _Kind.QUARTER: 1, _Kind.SETTLEMENT: 2}


@dataclass(frozen=True)
class Payable:
    """What the bank is told of one person; the account as it is stored for the person."""

    person_id: int
    name: str
    id_number: str
    bank_account: str
    amount: Decimal


def runs_of(zone: Zone) -> QuerySet[PayRun]:
    """Every run of a zone, the latest first."""
    return (
        PayRun.objects.filter(zone=zone)
        .select_related("zone", "policy", "calculated_by", "checked_by", "approved_by")
        .order_by("-starts_on", "kind")
    )


def run_by_code(zone: Zone, code: str) -> PayRun | None:
    """The run of a period: 2022-03, 2022Q1 or 2022."""
    return runs_of(zone).filter(code=code).first()


def run_lines(run: PayRun) -> QuerySet[PayLine]:
    """A run's lines in the order of the sheet, with person and unit: one statement."""
    return PayLine.objects.filter(run=run).select_related("person", "unit__parent").order_by("sort_no", "id")


def is_stale(run: PayRun) -> bool:
    """Whether what the run was computed from has changed since, the policy in force on its first day
    included. A locked run never is."""
    if run.state in (PayRunState.DRAFT, PayRunState.PAID):
        return False
    if policy_version_as_of(run.zone, run.starts_on).pk != run.policy_id:
        return True
    return computed(run).digest != run.digest


def run_facts(run: PayRun, event: str, actor: AbstractBaseUser) -> RunFacts:
    """What the guard of a step looks at; the inputs are read again only where the step depends on them."""
    made, checked = run.calculated_by_id == actor.pk, run.checked_by_id == actor.pk
    if event == "check":
        return RunFacts(people=run.people, stale=is_stale(run), made_by_actor=made)
    if event == "approve":
        usage = pool_usage(run.zone, run.starts_on.year, run)
        return RunFacts(
            people=run.people,
            stale=is_stale(run),
            made_by_actor=made,
            checked_by_actor=checked,
            limit=usage.pool.amount if usage.pool else None,
            spent=usage.spent,
        )
    if event == "pay":
        return RunFacts(people=run.people, unpaid_before=[str(one) for one in unpaid_before(run)])
    return RunFacts(people=run.people)


def unpaid_before(run: PayRun) -> list[PayRun]:
    """Runs that are to be paid before this one: earlier ones of its kind, and the months (quarters) that a
    quarter or a year is made of."""
    rows = PayRun.objects.filter(zone_id=run.zone_id, ends_before__lte=run.ends_before).exclude(pk=run.pk)
    place = _ORDER[run.kind]
    found = [
        one
        for one in rows.exclude(state=PayRunState.PAID)
        if (one.kind == run.kind or (_ORDER[one.kind] < place and one.starts_on >= run.starts_on))
    ]
    return sorted(found, key=lambda one: (one.ends_before, _ORDER[one.kind]))


def payable(run: PayRun) -> Iterator[Payable]:
    """What each person is paid with a run that is approved: rows of the bank file, in the order of the sheet.

    Raises RuleError before approval. Nothing is transferred where nothing is due.
    """
    if run.state not in (PayRunState.APPROVED, PayRunState.PAID):
        raise RuleError(f"{run}还没有批准，不能生成银行代发文件。")
    for line in run_lines(run):
        if line.net > 0:
            person = line.person
            yield Payable(person.pk, person.name, person.id_number, person.bank_account, line.net)


def month_before(run: PayRun) -> PayRun | None:
    """The run that a run is compared with: the latest earlier one of its kind."""
    rows = PayRun.objects.filter(zone_id=run.zone_id, kind=run.kind, starts_on__lt=run.starts_on)
    return rows.exclude(state=PayRunState.DRAFT).select_related("policy").order_by("-starts_on").first()


def months_run(zone: Zone, on: date) -> PayRun | None:
    """The latest month of a zone that has been computed, begun by a day."""
    rows = PayRun.objects.filter(zone=zone, kind=_Kind.MONTH, starts_on__lte=on)
    return rows.exclude(state=PayRunState.DRAFT).select_related("policy").order_by("-starts_on").first()
