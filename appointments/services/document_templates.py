"""Templates of what is printed: the office puts its own in place of ours, and can go back (domain.md §8,
§12)."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import DocumentTemplate
from appointments.selectors.documents import template_in_use
from reform.documents.templates import permission_of, sample_of, template_kind
from reform.documents.word import check_template
from reform.models import Zone
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission

LONGEST_FILE_NAME = 120


@transaction.atomic
def template_replace(
    *, zone: Zone, kind: str, name: str, content: bytes, actor: AbstractBaseUser, at: datetime
) -> DocumentTemplate:
    """Put a Word file in place of a kind's template; the one before it is kept, out of use.

    It is first filled with an invented example: raises TemplateFault where it is no .docx, cannot be filled,
    or names what the system does not have.
    """
    known = template_kind(kind)
    require_permission(actor, permission_of(kind), "更换文书模板")
    check_template(content, sample_of(kind))
    event = audit_record(
        actor=actor,
        action="更换文书模板",
        zone=zone,
        subject=f"{known.label}：{name}",
        details={"kind": kind, "size": len(content)},
    )
    current = template_in_use(zone, kind)
    save_all(event, changed=[edit(current, is_current=False) if current else None])
    made = DocumentTemplate(
        zone=zone,
        kind=kind,
        name=name[-LONGEST_FILE_NAME:],
        content=content,
        uploaded_by_id=actor.pk,
        uploaded_at=at,
    )
    save_all(event, created=[made])
    return made


@transaction.atomic
def template_restore(*, zone: Zone, kind: str, actor: AbstractBaseUser) -> bool:
    """Go back to the template that comes with the system; whether there was another."""
    known = template_kind(kind)
    require_permission(actor, permission_of(kind), "恢复默认模板")
    current = template_in_use(zone, kind)
    if current is None:
        return False
    event = audit_record(
        actor=actor,
        action="恢复默认文书模板",
        zone=zone,
        subject=f"{known.label}：{current.name}",
    )
    save_all(event, changed=[edit(current, is_current=False)])
    return True
