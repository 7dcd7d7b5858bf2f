"""补发扣回: which ride on a run, and what has been corrected of a locked one."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet

from compensation.models import BackPay, PayRun
from compensation.states import PayRunState
from reform.models import Zone

OPEN_STATES = (PayRunState.DRAFT, PayRunState.CALCULATED)


def back_pays_of(zone: Zone) -> QuerySet[BackPay]:
    """Every correction of a zone, latest first."""
    rows = BackPay.objects.filter(zone=zone)
    return rows.select_related("person", "for_run", "paid_with", "made_by", "approved_by").order_by(
        "-made_on", "-id"
    )


def riding_on(run: PayRun) -> dict[int, list[tuple[int, Decimal, str]]]:
    """Person → (key, amount, reason) of the approved corrections that a month's run carries: the first month
    that is still open carries all; what another run carries already stays there. Two statements."""
    others = PayRun.objects.filter(zone_id=run.zone_id, kind=PayRun.Kind.MONTH).exclude(pk=run.pk)
    taken: set[int] = set()
    for starts_on, state, included in others.exclude(state=PayRunState.PAID).values_list(
        "starts_on", "state", "included"
    ):
        if starts_on < run.starts_on and state in OPEN_STATES:
            return {}
        taken |= set(included)
    found: dict[int, list[tuple[int, Decimal, str]]] = {}
    rows = BackPay.objects.filter(zone_id=run.zone_id, approved_by__isnull=False, paid_with=None)
    for key, person, amount, reason in rows.order_by("id").values_list("id", "person_id", "amount", "reason"):
        if key not in taken:
            found.setdefault(person, []).append((key, amount, reason))
    return found


def corrected(
    runs: Iterable[int], *, approved_only: bool = True
) -> dict[tuple[int, int], dict[str, Decimal]]:
    """(run, person) → component → what corrections have added to it so far. One statement."""
    rows = BackPay.objects.filter(for_run__in=list(runs))
    if approved_only:
        rows = rows.filter(approved_by__isnull=False)
    found: dict[tuple[int, int], dict[str, Decimal]] = {}
    for run, person, components in rows.order_by("id").values_list("for_run_id", "person_id", "components"):
        sums = found.setdefault((run, person), {})
        for name, amount in components.items():
            sums[name] = sums.get(name, Decimal("0.00")) + Decimal(amount)
    return found
