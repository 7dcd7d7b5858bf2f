"""Looking at another's pay and taking it out leave an event each (domain.md §12)."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.models import PayLine, PayRun
from reform.access import is_command
from reform.models import AuditEvent, Zone
from reform.services import audit_record
from reform.services.steps import require_permission

SEE = "compensation.see_pay"


@transaction.atomic
def pay_view_record(*, line: PayLine, actor: AbstractBaseUser) -> AuditEvent:
    """Say who looked at whose line."""
    require_permission(actor, SEE, "查看工资")
    return audit_record(actor=actor, action="查看工资", zone=line.run.zone, subject=str(line))


@transaction.atomic
def pay_export_record(
    *, zone: Zone, actor: AbstractBaseUser, what: str, people: int, run: PayRun | None = None
) -> AuditEvent:
    """Say who took out which sheet, of how many people."""
    require_permission(actor, SEE, "导出工资")
    subject = f"{run} {what}" if run else what
    return audit_record(
        actor=actor, action="导出工资", zone=zone, subject=subject, details={"people": people}
    )


@transaction.atomic
def pay_lines_view_record(
    *, zone: Zone, actor: AbstractBaseUser, what: str, people: int, run: PayRun | None = None
) -> AuditEvent:
    """Say who looked at a list of lines, of how many people; the commands' own account may, too."""
    if not is_command(actor):
        require_permission(actor, SEE, "查看工资")
    subject = f"{run} {what}" if run else what
    return audit_record(
        actor=actor, action="查看工资", zone=zone, subject=subject, details={"people": people}
    )
