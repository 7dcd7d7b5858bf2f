"""What comes from outside for pay: imported items of a month, former pay, sealed 档案工资, accounts at the
bank (domain.md §7)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.models import FormerPay, PayInput, PayRun
from compensation.selectors.uploads import LOCKED
from compensation.states import PayRunState
from reform.errors import Refused
from reform.models import ArchivedStatus, Person, Upload, Zone
from reform.services import Edit, audit_record, edit, save_all
from reform.services.records import tally

from .offices import require_pay_office

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_LARGEST = Decimal("999999999999.99")
# From the shortest 存折 of a rural bank to the longest account of a 对公 kind.
SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 8, 32
ACCOUNT = re.compile(rf"\d{{{SHORTEST_ACCOUNT},{LONGEST_ACCOUNT}}}", re.ASCII)


@dataclass(frozen=True)
class PayInputEntry:
    """One imported item. month: 2022-03.  kind: PayInput.Kind.  note: tells items of one kind apart."""

    person: Person
    month: str
    kind: str
    amount: Decimal
    document_no: str = ""
    note: str = ""


@dataclass(frozen=True)
class FormerPayEntry:
    """A person's monthly pay before the reform, as of a day."""

    person: Person
    monthly: Decimal
    as_of: date
    level: str = ""
    document_no: str = ""


@dataclass(frozen=True)
class ArchivedPayEntry:
    """档案工资 of a person, yuan a month."""

    person: Person
    monthly: Decimal


@dataclass(frozen=True)
class BankAccountEntry:
    """银行账号 of a person: digits."""

    person: Person
    account: str


@transaction.atomic
def pay_inputs_register(
    *,
    zone: Zone,
    entries: Sequence[PayInputEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> tuple[int, int]:
    """Write imported items; what is there for the same person, month, kind and note is replaced. Returns how
    many are new and changed. Refused for a month whose run is checked. A fixed number of statements."""
    require_pay_office(actor, "登记导入的工资项目", upload)
    reasons = _faults(zone, [(one.person, one.amount) for one in entries])
    reasons += _twice([(one.person.name, one.person.pk, one.month, one.kind, one.note) for one in entries])
    reasons += [f"月份“{one}”须写成 2022-03" for one in _months(entries) if not _MONTH.fullmatch(one)]
    kinds = set(PayInput.Kind.values)
    reasons += [f"没有种类“{one}”" for one in sorted({one.kind for one in entries} - kinds)]
    locked = PayRun.objects.filter(zone=zone, code__in=_months(entries), state__in=LOCKED)
    reasons += [
        f"{one}已是“{PayRunState(one.state).label}”，不能再登记，请登记到以后的月份" for one in locked
    ]
    if reasons:
        raise Refused(reasons)
    present = {
        (one.person_id, one.month, one.kind, one.note): one
        for one in PayInput.objects.filter(zone=zone, month__in=_months(entries))
    }
    created: list[PayInput] = []
    changed: list[Edit | None] = []
    for one in entries:
        found = present.get((one.person.pk, one.month, one.kind, one.note))
        values = {"amount": one.amount, "document_no": one.document_no}
        if found is not None:
            changed.append(edit(found, **values, **({"upload": upload} if upload else {})))
        else:
            created.append(
                PayInput(
                    zone=zone, person=one.person, month=one.month, kind=one.kind, note=one.note,
                    upload=upload, **values,
                )
            )  # fmt: skip
    return _save(zone, actor, "登记工资项目", created, changed, "项", upload)


def _months(entries: Sequence[PayInputEntry]) -> list[str]:
    return sorted({one.month for one in entries})


@transaction.atomic
def former_pays_register(
    *,
    zone: Zone,
    entries: Sequence[FormerPayEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> tuple[int, int]:
    """Write pay before the reform, one amount for a person and a day. Returns how many are new and
    changed."""
    require_pay_office(actor, "登记改革前工资", upload)
    reasons = _faults(zone, [(one.person, one.monthly) for one in entries])
    reasons += _twice([(one.person.name, one.person.pk, one.as_of) for one in entries])
    if reasons:
        raise Refused(reasons)
    present = {
        (one.person_id, one.as_of): one for one in FormerPay.objects.filter(person__zone=zone).order_by("id")
    }
    created: list[FormerPay] = []
    changed: list[Edit | None] = []
    for one in entries:
        values = {"monthly": one.monthly, "level": one.level, "document_no": one.document_no}
        found = present.get((one.person.pk, one.as_of))
        if found is not None:
            changed.append(edit(found, **values))
        else:
            created.append(FormerPay(person=one.person, as_of=one.as_of, **values))
    return _save(zone, actor, "登记改革前工资", created, changed, "人", upload)


@transaction.atomic
def archived_pays_register(
    *,
    zone: Zone,
    entries: Sequence[ArchivedPayEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> tuple[int, int]:
    """Write the sealed 档案工资 of 档案身份 in force, which is made for who has none. It is kept for 社保 and
    退休 only and stays encrypted. Returns how many are new and changed."""
    require_pay_office(actor, "登记档案工资", upload)
    reasons = _faults(zone, [(one.person, one.monthly) for one in entries])
    reasons += _twice([(one.person.name, one.person.pk) for one in entries])
    if reasons:
        raise Refused(reasons)
    rows = ArchivedStatus.objects.filter(person__zone=zone, ends_before=None)
    present = {one.person_id: one for one in rows.order_by("id")}
    created: list[ArchivedStatus] = []
    changed: list[Edit | None] = []
    for one in entries:
        found = present.get(one.person.pk)
        text = f"{one.monthly:.2f}"
        if found is not None:
            changed.append(edit(found, archived_pay=text))
        else:
            created.append(ArchivedStatus(person=one.person, archived_pay=text))
    return _save(zone, actor, "登记档案工资", created, changed, "人", upload)


@transaction.atomic
def bank_accounts_register(
    *,
    zone: Zone,
    entries: Sequence[BankAccountEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> tuple[int, int]:
    """Write the accounts that pay goes to; they stay encrypted. Returns how many are new and changed. A fixed
    number of statements."""
    require_pay_office(actor, "登记银行账号", upload)
    reasons = [f"{one.person.name}不是本开发区的人员" for one in entries if one.person.zone_id != zone.pk]
    reasons += [
        f"{one.person.name}的银行账号须为{SHORTEST_ACCOUNT}至{LONGEST_ACCOUNT}位数字"
        for one in entries
        if not ACCOUNT.fullmatch(one.account)
    ]
    reasons += _twice([(one.person.name, one.person.pk) for one in entries])
    if reasons:
        raise Refused(reasons)
    present = Person.objects.filter(zone=zone).only("id", "bank_account").in_bulk()
    rows = [present[one.person.pk] for one in entries]
    new = sum(1 for one in rows if not one.bank_account)
    edits = [
        found
        for one, row in zip(entries, rows, strict=True)
        if (found := edit(row, bank_account=one.account))
    ]
    if edits:
        event = audit_record(
            actor=actor, action="登记银行账号", zone=zone, subject=f"{len(edits)}人", upload=upload
        )
        save_all(event, changed=edits)
    return new, len(edits) - new


def _save(
    zone: Zone,
    actor: AbstractBaseUser,
    action: str,
    created: Sequence[Any],
    changed: Sequence[Edit | None],
    unit: str,
    upload: Upload | None,
) -> tuple[int, int]:
    edits = sum(1 for one in changed if one)
    if created or edits:
        event = audit_record(
            actor=actor, action=action, zone=zone, subject=tally(created, changed, unit), upload=upload
        )
        save_all(event, changed=changed, created=created)
    return len(created), edits


def _faults(zone: Zone, rows: Sequence[tuple[Person, Decimal]]) -> list[str]:
    """Persons of another zone, and amounts that no column holds."""
    reasons = [f"{one.name}不是本开发区的人员" for one, _ in rows if one.zone_id != zone.pk]
    for person, amount in rows:
        if (
            not amount.is_finite()
            or not 0 <= amount <= _LARGEST
            or amount != amount.quantize(Decimal("0.01"))
        ):
            reasons.append(f"{person.name}的金额须为不小于 0、最多两位小数的数，现为 {amount}")
    return reasons


def _twice(keys: Sequence[tuple[Any, ...]]) -> list[str]:
    return [f"{key[0]}出现了{count}次" for key, count in Counter(keys).items() if count > 1]
