"""Persons and their archived identity: written in bulk."""

from collections.abc import Collection, Iterable
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.models import ArchivedStatus, Person, Upload, Zone

from .records import Edit, audit_record, edit, save_all, tally


@transaction.atomic
def persons_register(
    *,
    zone: Zone,
    created: Iterable[Person],
    changed: Iterable[Edit | None],
    statuses: Iterable[ArchivedStatus] = (),
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    reason: str = "",
) -> None:
    """Write persons and the archived status that each brings; an existing one is never touched
    here (§1 b)."""
    created, changed = list(created), list(changed)
    subject = tally(created, changed, "人")
    event = audit_record(
        actor=actor, action="登记人员", zone=zone, subject=subject, upload=upload, reason=reason
    )
    save_all(event, changed=changed, created=created)
    statuses = list(statuses)
    for status in statuses:
        status.person_id = status.person.pk
    save_all(event, created=statuses)


@transaction.atomic
def archived_statuses_end(
    *, zone: Zone, people: Collection[int], ends_before: date, actor: AbstractBaseUser, reason: str
) -> None:
    """End the sealed status of persons who leave the scheme: what it says goes back onto their exit form
    (§1 c)."""
    open_now = ArchivedStatus.objects.filter(person__zone=zone, person__in=people, ends_before=None)
    changed = [edit(status, ends_before=ends_before) for status in open_now.order_by("id")]
    if changed:
        event = audit_record(
            actor=actor, action="档案身份恢复", zone=zone, subject=f"{len(changed)}人", reason=reason
        )
        save_all(event, changed=changed)
