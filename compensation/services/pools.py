"""薪酬总额 of a year: typed with its document, or computed as the policy says (domain.md §7 Wage pool)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.models import PayPool
from compensation.rules.policy import PoolPreset
from compensation.rules.pools import pool_amount
from compensation.selectors.policy import pay_policy_as_of
from compensation.selectors.pools import pool_of
from reform.errors import Refused
from reform.models import Zone
from reform.services import audit_record, edit, save_all

from .offices import require_pay_office


@transaction.atomic
def pay_pool_set(
    *,
    zone: Zone,
    year: int,
    actor: AbstractBaseUser,
    on: date,
    document_no: str,
    amount: Decimal | None = None,
    incomes: Sequence[Decimal] = (),
    preset: str = "",
) -> PayPool:
    """Register the pool of a year; an older one of the year is replaced and stays readable.

    amount: yuan, of presets B and C.  incomes: the yearly totals of comparable civil servants, of preset A.
    preset: A, B or C; by default what the policy in force on 1 January says.
    """
    require_pay_office(actor, "登记薪酬总额")
    policy = pay_policy_as_of(zone, date(year, 1, 1))
    chosen = PoolPreset(preset) if preset else policy.pool_preset
    if chosen != policy.pool_preset:
        raise Refused([f"{year}年的政策按“{policy.pool_preset.label}”核定薪酬总额，不能按“{chosen.label}”"])
    figure = pool_amount(
        chosen, incomes=incomes, multiple=policy.pool_multiple, amount=amount, document_no=document_no
    )
    basis = [figure.term, *(f"{one:.2f}" for one in incomes)]
    pool = PayPool(
        zone=zone,
        year=year,
        preset=chosen.value,
        amount=figure.value,
        basis=basis,
        document_no=document_no.strip(),
        made_by_id=actor.pk,
        made_on=on,
    )
    Zone.objects.select_for_update().get(pk=zone.pk)
    older = pool_of(zone, year)
    pool.full_clean(validate_constraints=older is None)
    event = audit_record(
        actor=actor,
        action="登记薪酬总额",
        zone=zone,
        subject=str(pool),
        document_no=pool.document_no,
    )
    save_all(event, changed=[edit(older, replaced_on=on)] if older else [], created=[pool])
    return pool
