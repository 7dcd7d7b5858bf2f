"""Papers that leave the system: the file, and the event that says who took it (domain.md §8: every export
logged)."""

from collections.abc import Collection
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.documents import document_file, kind_of
from appointments.models import Batch, Round
from reform.models import AuditEvent, Person
from reform.services import audit_record


@transaction.atomic
def document_export(
    kind: str,
    *,
    round_: Round,
    actor: AbstractBaseUser,
    on: date,
    batch: Batch | None = None,
    people: Collection[Person | int] | None = None,
    fmt: str = "docx",
    later: bool = False,
) -> tuple[str, bytes, str]:
    """As `document_file`, and leaves the event; what is refused leaves none."""
    made = document_file(
        kind, round_=round_, actor=actor, on=on, batch=batch, people=people, fmt=fmt, later=later
    )
    export_recorded(
        kind=kind,
        fmt=fmt,
        round_=round_,
        batch=batch,
        actor=actor,
        people=None if people is None else len(people),
    )
    return made


def export_recorded(
    *,
    kind: str,
    fmt: str,
    round_: Round,
    actor: AbstractBaseUser,
    batch: Batch | None = None,
    people: int | None = None,
) -> AuditEvent:
    """The event that an export of a paper leaves; people: of how many persons, where not of all."""
    known = kind_of(kind)
    of_whom = "" if people is None else f" {people}人"
    return audit_record(
        actor=actor,
        action="导出文书",
        zone=round_.zone,
        subject=f"{batch or round_}{known.label}{of_whom}",
        details={"kind": kind, "format": fmt},
    )
