"""The demo's pay: every month of 2022 and its settlement, computed, checked, approved and paid by three
persons; the month of the set-up is computed and waits for 财务."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser

from compensation.models import PayInput, PayRun
from compensation.selectors import holdings_of, run_by_code
from compensation.services import (
    PayInputEntry,
    back_pay_add,
    back_pay_approve,
    pay_inputs_register,
    pay_pool_set,
    pay_run_calculate,
    pay_run_open,
    pay_run_step,
)
from kpi.models import ResultAppeal
from kpi.states import AppealState
from reform.dated import add_months
from reform.models import Person, Zone
from reform.services import audit_record, edit, save_all

from .accounts import Cast

Bring = Callable[[str, date], None]
Say = Callable[[str], None]

YEAR = 2022
# The workbooks of 薪酬专员, with the day on which each is brought in.
SHEETS = (
    ("2022-9-改革前工资表", date(2022, 1, 20)),
    ("2022-10-档案工资表", date(2022, 1, 20)),
    ("2022-12-专项奖励表", date(2022, 12, 20)),
    ("2022-11-代扣项目表", date(2022, 12, 20)),
)
DEDUCTED = (PayInput.Kind.SOCIAL, PayInput.Kind.HOUSING, PayInput.Kind.TAX)
POOL = Decimal("42000000.00")
SETTLED_ON = date(2023, 1, 18)
# 2021's bonus of the former rules was paid for the grade before the appeal.
APPEAL_RUN, APPEAL_AMOUNT = "2022-01", Decimal("2800.00")
ACCOUNT_PREFIX = "419800"  # of no bank
CHECKED, APPROVED, PAID = 25, 26, 28  # days of the month
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PayDays:
    """When the steps of a run are taken."""

    checked_on: date
    approved_on: date
    paid_on: date


def pay_is_played(zone: Zone) -> bool:
    return run_by_code(zone, f"{YEAR}-01") is not None


def play_pay(zone: Zone, cast: Cast, bring: Bring, say: Say, today: date) -> None:
    """The pay of 2022, then that of the present month; what is not over by today is left out.

    bring: imports a workbook by the hand of 薪酬专员, as of a day.
    """
    for name, on in SHEETS:
        if on <= today:
            bring(name, on)
    _accounts(zone, cast)
    _pool(zone, cast, YEAR, date(YEAR, 1, 5))
    for month in range(1, 13):
        days = _days(date(YEAR, month, 1))
        if days.paid_on > today:
            return
        run = _paid(zone, cast, f"{YEAR}-{month:02d}", days)
        if run.code == APPEAL_RUN:
            _appeal(run, cast)
    if today < SETTLED_ON:
        return
    settled = PayDays(SETTLED_ON - _DAY, SETTLED_ON - _DAY, SETTLED_ON)
    say(f"  {_paid(zone, cast, str(YEAR), settled)}：与已预发的各月对清")
    if today.replace(day=1) > add_months(date(YEAR, 12, 1), 1):
        say(f"  {_present(zone, cast, today)}：已计算，等财务核对")


def _accounts(zone: Zone, cast: Cast) -> None:
    """Everybody has an account at a bank that does not exist."""
    people = Person.objects.filter(zone=zone).order_by("id")
    edits = [
        edit(one, bank_account=f"{ACCOUNT_PREFIX}{place:013d}") for place, one in enumerate(people, start=1)
    ]
    event = audit_record(
        actor=cast.office, action="登记银行账号", zone=zone, subject=f"{len(edits)}人", reason="演示数据"
    )
    save_all(event, changed=edits)


def _pool(zone: Zone, cast: Cast, year: int, on: date) -> None:
    pay_pool_set(
        zone=zone, year=year, actor=cast.pay_office, on=on, amount=POOL, document_no=f"平人社〔{year}〕3号"
    )


def _days(first: date) -> PayDays:
    return PayDays(*(first.replace(day=day) for day in (CHECKED, APPROVED, PAID)))


def _paid(zone: Zone, cast: Cast, code: str, days: PayDays) -> PayRun:
    """A run from its opening to its payment."""
    run = pay_run_open(zone=zone, code=code, actor=cast.pay_office)
    pay_run_calculate(run=run, actor=cast.pay_office)
    steps: tuple[tuple[str, AbstractBaseUser, date], ...] = (
        ("check", cast.finance, days.checked_on),
        ("approve", cast.leader, days.approved_on),
        ("pay", cast.finance, days.paid_on),
    )
    for event, actor, on in steps:
        document_no = _next_document_no(zone, on.year) if event == "approve" else ""
        pay_run_step(run=run, event=event, actor=actor, on=on, document_no=document_no)
    return run


def _next_document_no(zone: Zone, year: int) -> str:
    """Of a year's approvals one after the other."""
    prefix = f"云溪薪〔{year}〕"
    return f"{prefix}{PayRun.objects.filter(zone=zone, document_no__startswith=prefix).count() + 1}号"


def _appeal(run: PayRun, cast: Cast) -> None:
    """补发 to whose appeal of 2021 was upheld, with the next month."""
    appeal = ResultAppeal.objects.select_related("person").get(
        cycle__zone=run.zone, cycle__code=str(YEAR - 1), state=AppealState.UPHELD
    )
    assert appeal.person is not None
    row = back_pay_add(
        run=run,
        person=appeal.person,
        amount=APPEAL_AMOUNT,
        reason=f"{YEAR - 1}年度考核申诉成立，等次由基本称职改为称职，补发年终考核奖差额",
        actor=cast.pay_office,
        on=run.last_day,
    )
    back_pay_approve(back_pay=row, actor=cast.finance)


def _present(zone: Zone, cast: Cast, today: date) -> PayRun:
    """The month before is paid; that of today is computed."""
    first = today.replace(day=1)
    before = add_months(first, -1)
    for year in sorted({before.year, first.year}):
        _pool(zone, cast, year, date(year, 1, 5))
    for month in (before, first):
        _carry_deductions(zone, cast, month)
    _paid(zone, cast, f"{before:%Y-%m}", _days(before))
    run = pay_run_open(zone=zone, code=f"{first:%Y-%m}", actor=cast.pay_office)
    pay_run_calculate(run=run, actor=cast.pay_office)
    return run


def _carry_deductions(zone: Zone, cast: Cast, month: date) -> None:
    """The sheet's deductions stay as they are for those who still hold a post."""
    held = holdings_of(zone, month, add_months(month, 1))
    rows = PayInput.objects.filter(zone=zone, month=f"{YEAR}-12", kind__in=DEDUCTED).select_related("person")
    entries = [
        PayInputEntry(one.person, f"{month:%Y-%m}", one.kind, one.amount)
        for one in rows.order_by("id")
        if one.person_id in held
    ]
    pay_inputs_register(zone=zone, entries=entries, actor=cast.pay_office)
