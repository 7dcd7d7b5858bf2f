"""一票否决 that a workbook brings (domain.md §6): of a registered cycle it was decided outside, so approved
with the sheet as its document; of one that is run here it is raised, and decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Veto
from kpi.states import CycleState, VetoState
from reform.errors import Refused
from reform.models import Person, Unit, Upload
from reform.services import audit_record, save_all

from .entries import require_open
from .schemes import require_office


@dataclass(frozen=True)
class VetoEntry:
    """A matter of a unit or a person."""

    subject: Unit | Person
    matter: str


@transaction.atomic
def vetoes_register(
    *,
    cycle: Cycle,
    entries: Sequence[VetoEntry],
    actor: AbstractBaseUser,
    on: date,
    document: str,
    upload: Upload | None = None,
) -> int:
    """Register vetoes of a sheet, those known already are left; returns how many are new. A fixed number of
    statements.  document: the name of the workbook."""
    require_office(actor, upload, "登记一票否决")
    strangers = [one.subject.name for one in entries if one.subject.zone_id != cycle.zone_id]
    if strangers:
        raise Refused([f"“{name}”不属于本开发区" for name in strangers])
    rows = Veto.objects.filter(cycle=cycle).exclude(state=VetoState.DISMISSED)
    known: set[tuple[int | None, int | None, str]] = set(rows.values_list("unit_id", "person_id", "matter"))
    longest = Veto._meta.get_field("document_no").max_length or 0
    decided: dict[str, Any] = {}
    if cycle.registered or cycle.state == CycleState.DRAFT:
        decided = {"state": VetoState.APPROVED, "decided_by_id": actor.pk, "decided_on": on}
    created = []
    for one in entries:
        unit = one.subject.pk if isinstance(one.subject, Unit) else None
        person = one.subject.pk if isinstance(one.subject, Person) else None
        if (unit, person, one.matter) in known:
            continue
        known.add((unit, person, one.matter))
        created.append(
            Veto(
                cycle=cycle,
                unit_id=unit,
                person_id=person,
                matter=one.matter,
                raised_by_id=actor.pk,
                raised_on=on,
                document_no=document[:longest],
                **decided,
            )
        )
    if created:
        require_open(cycle)
        event = audit_record(
            actor=actor,
            action="登记一票否决",
            zone=cycle.zone,
            subject=f"{cycle} {len(created)}项",
            document_no=document[:longest],
            upload=upload,
        )
        save_all(event, created=created)
    return len(created)
