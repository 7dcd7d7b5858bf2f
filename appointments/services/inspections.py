"""组织考察 (B7): who looked at whom, what they found, 纪检意见 and the checks before a decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Batch, Inspection
from appointments.states import INSPECTORS, ApplicationState, BatchState
from reform.avoidance import Relation, conflicts
from reform.errors import Refused
from reform.models import Person
from reform.selectors import kinship_relations, policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission

from .dossier_states import require_not_archived
from .locks import lock_batch

_S = ApplicationState
_INSPECTED = (_S.SHORTLISTED, _S.MATCHED)
_WHEN = (BatchState.MATCHING, BatchState.INSPECTING, BatchState.PUBLICITY)


@dataclass(frozen=True)
class InspectionEntry:
    """The material on one application. inspectors: names; discipline_clear: whether 纪检 agrees.

    inspector_ids: those of the inspectors who are of the zone, for 履职回避.
    """

    application: Application
    inspectors: Sequence[str]
    inspected_on: date
    material: str
    discipline_opinion: str = ""
    discipline_clear: bool | None = None
    archive_checked: bool = False
    matters_checked: bool = False
    inspector_ids: Sequence[int] = field(default_factory=tuple)


@transaction.atomic
def inspections_record(
    *, batch: Batch, entries: Sequence[InspectionEntry], actor: AbstractBaseUser
) -> list[Refusal]:
    """Record or correct what was found on the persons of a batch; those that lack inspectors or material, or
    were looked at by a relative, are reported. A fixed number of statements.

    What is corrected after the 拟聘名单 was made voids it: the list is made and approved again.
    """
    require_permission(actor, INSPECTORS, "组织考察")
    batch = lock_batch(batch)
    if batch.state not in _WHEN:
        raise Refused([f"批次在“{BatchState(batch.state).label}”，不在考察阶段"])
    require_not_archived([entry.application.pk for entry in entries])
    checks = _Checks.load(batch, entries)
    known = {
        row.application_id: row for row in Inspection.objects.filter(application__candidacy__batch=batch)
    }
    refused: list[Refusal] = []
    created: list[Inspection] = []
    changed: list[Edit | None] = []
    for entry in entries:
        reasons = checks.reasons(entry)
        key = entry.application.pk
        if reasons:
            refused.append(Refusal(entry.application, tuple(reasons)))
        elif key in known:
            changed.append(edit(known[key], **_values(entry)))
        else:
            created.append(Inspection(application_id=key, **_values(entry)))
    if created or any(changed):
        number = len(created) + sum(1 for one in changed if one)
        event = audit_record(
            actor=actor, action="登记考察", zone=batch.round.zone, subject=f"{batch} {number}人"
        )
        save_all(event, changed=changed, created=created)
    return refused


def _values(entry: InspectionEntry) -> dict[str, Any]:
    return {
        "inspectors": "、".join(name.strip() for name in entry.inspectors if name.strip()),
        "inspected_on": entry.inspected_on,
        "material": entry.material.strip(),
        "discipline_opinion": entry.discipline_opinion.strip(),
        "discipline_clear": entry.discipline_clear,
        "archive_checked": entry.archive_checked,
        "matters_checked": entry.matters_checked,
    }


@dataclass
class _Checks:
    """What an inspection is held against, read once. by_name: persons of the zone under an inspector's
    name."""

    applications: dict[int, Application]
    least: int
    relations: Sequence[Relation]
    by_name: dict[str, list[int]]

    @classmethod
    def load(cls, batch: Batch, entries: Sequence[InspectionEntry]) -> "_Checks":
        keys = [entry.application.pk for entry in entries]
        rows = Application.objects.filter(candidacy__batch=batch, pk__in=keys)
        names = {name for entry in entries for name in entry.inspectors}
        zone = batch.round.zone
        by_name: dict[str, list[int]] = {}
        for key, name in Person.objects.filter(zone=zone, name__in=names).values_list("id", "name"):
            by_name.setdefault(name, []).append(key)
        return cls(
            {row.pk: row for row in rows.select_related("candidacy__person")},
            policy_of(batch.round.policy)["round.inspectors_min"],
            kinship_relations(zone),
            by_name,
        )

    def reasons(self, entry: InspectionEntry) -> list[str]:
        one = self.applications.get(entry.application.pk)
        if one is None:
            return ["不在本批次中"]
        found = []
        if one.state not in _INSPECTED:
            found.append(f"志愿是“{_S(one.state).label}”，不是考察对象")
        inspectors = {name.strip() for name in entry.inspectors if name.strip()}
        if len(inspectors) < self.least:
            found.append(f"考察人员{len(inspectors)}人，至少{self.least}人")
        if not entry.material.strip():
            found.append("没有考察材料")
        return found + self._relatives(entry, one)

    def _relatives(self, entry: InspectionEntry, one: Application) -> list[str]:
        """履职回避. A name that several bear says nothing about who it is: then only the given ids count."""
        unique = {found[0] for name in entry.inspectors if len(found := self.by_name.get(name, [])) == 1}
        person = one.candidacy.person
        words = [
            conflicts(key, [person.pk], self.relations).get(person.pk)
            for key in sorted(unique | set(entry.inspector_ids))
        ]
        return [
            f"考察人员与{person}是{word}，应当回避" if word != "本人" else "不能考察本人"
            for word in words
            if word
        ]
