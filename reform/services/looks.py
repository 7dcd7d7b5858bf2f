"""A look at what only some may read leaves an event (domain.md §12)."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.models import AuditEvent, Zone

from .records import audit_record


@transaction.atomic
def look_record(*, zone: Zone | None, actor: AbstractBaseUser, action: str, subject: str) -> AuditEvent:
    """Say who looked at what; subject: without any of the amounts."""
    return audit_record(actor=actor, action=action, zone=zone, subject=subject)
