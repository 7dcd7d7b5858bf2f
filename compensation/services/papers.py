"""Sheets of pay that leave the system: the file, and the event that says who took it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.documents.sheets import (
    BANK,
    LABELS,
    PAYROLL,
    PERFORMANCE,
    bank_csv,
    bank_sheet,
    pay_sheet,
    sheet_title,
)
from compensation.documents.slips import MAX_SLIPS, PDF, slips_pdf
from compensation.models import PayLine, PayRun
from compensation.selectors.runs import Payable, payable, run_lines
from compensation.selectors.slip_view import slip_of
from compensation.states import FINANCE, LEADERS, OFFICE, PayRunState
from reform.access import Bounds, bounds_of, person_of, sees_id_numbers
from reform.documents.kinds import XLSX
from reform.errors import Refused
from reform.exchange.cells import mask_id
from reform.selectors import policy_of
from reform.services.steps import require_permission

from .viewing import SEE, pay_export_record

CSV = "text/csv; charset=utf-8"
SHOWN = 12
File = tuple[str, bytes, str]


@transaction.atomic
def pay_sheet_export(kind: str, *, run: PayRun, actor: AbstractBaseUser) -> File:
    """绩效工资发放表 or 工资表 of everybody: name, content, type. Accounts in the clear for those who pay."""
    require_whole_zone(actor, LABELS[kind])
    if kind not in (PERFORMANCE, PAYROLL) or run.state == PayRunState.DRAFT:
        raise Refused([f"{run}还没有计算，不能导出{LABELS.get(kind, '')}"])
    pays = any(actor.has_perm(one) for one in (OFFICE, FINANCE))  # type: ignore[attr-defined]
    lines = list(run_lines(run).defer("terms"))
    data = pay_sheet(kind, run, lines, policy_of(run.policy).ladder, clear_accounts=pays)
    pay_export_record(zone=run.zone, actor=actor, what=LABELS[kind], people=len(lines), run=run)
    return f"{sheet_title(kind, run)}.xlsx", data, XLSX


@transaction.atomic
def bank_file_export(fmt: str, *, run: PayRun, actor: AbstractBaseUser) -> File:
    """The bank file, by 财务, of an approved run, ID numbers as the user may read them.  Raises Refused while
    somebody has no account."""
    require_permission(actor, FINANCE, "银行代发文件")
    rows = list(payable(run))
    if not sees_id_numbers(actor):
        rows = [replace(one, id_number=mask_id(one.id_number)) for one in rows]
    _require_accounts(rows)
    data, kind = (bank_csv(run, rows), CSV) if fmt == "csv" else (bank_sheet(run, rows), XLSX)
    pay_export_record(zone=run.zone, actor=actor, what=f"{LABELS[BANK]}文件", people=len(rows), run=run)
    return f"{run.zone.name}{run}{LABELS[BANK]}.{fmt}", data, kind


def _require_accounts(rows: Sequence[Payable]) -> None:
    lacking = [one.name for one in rows if not one.bank_account.strip()]
    if lacking:
        more = f"等{len(lacking)}人" if len(lacking) > SHOWN else ""
        raise Refused(
            [
                f"没有银行账号：{'、'.join(lacking[:SHOWN])}{more}。请薪酬专员上传银行账号表，或由人事在人员页补上"
            ]
        )
    if not rows:
        raise Refused(["本批没有要发放的金额"])


def require_whole_zone(actor: AbstractBaseUser, what: str) -> None:
    """Refuse who does not see and work with the pay of the whole zone."""
    require_permission(actor, SEE, what)
    who = any(actor.has_perm(one) for one in (OFFICE, FINANCE, LEADERS))  # type: ignore[attr-defined]
    if not who or bounds_of(actor) != Bounds():
        raise Refused([f"{what}由薪酬专员、财务或领导小组导出"])


@transaction.atomic
def slip_export(*, line: PayLine, actor: AbstractBaseUser, on: date) -> File:
    """One person's slip as PDF: one's own once it is paid; another's for 财务 only, who hands it out, and
    that leaves an event."""
    own = person_of(actor)
    if own is None or own.pk != line.person_id:
        require_permission(actor, FINANCE, "工资条")
        pay_export_record(
            zone=line.run.zone, actor=actor, what=f"{line.person.name}工资条", people=1, run=line.run
        )
    elif line.run.state != PayRunState.PAID:
        raise Refused([f"{line.run}还没有发放"])
    return (
        f"{line.run}工资条－{line.person.name}.pdf",
        slips_pdf([slip_of(line, policy_of(line.run.policy).ladder)], on),
        PDF,
    )


@transaction.atomic
def slips_export(*, run: PayRun, actor: AbstractBaseUser, on: date) -> File:
    """Everybody's slips in one file, to be cut and handed out by 财务."""
    require_permission(actor, FINANCE, "工资条")
    require_whole_zone(actor, "工资条")
    lines = list(run_lines(run).select_related("run__zone", "run__policy"))
    if run.state == PayRunState.DRAFT or not lines:
        raise Refused([f"{run}还没有工资明细"])
    if len(lines) > MAX_SLIPS:
        raise Refused([f"{run}有{len(lines)}人，一个文件最多{MAX_SLIPS}张工资条，请逐人打印"])
    ladder = policy_of(run.policy).ladder
    pay_export_record(zone=run.zone, actor=actor, what="工资条", people=len(lines), run=run)
    return f"{run.zone.name}{run}工资条.pdf", slips_pdf([slip_of(one, ladder) for one in lines], on), PDF
