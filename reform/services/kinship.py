"""亲属关系 (layout 12): registered in bulk, by either side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.codes import FAMILY_RELATION
from reform.errors import Refused
from reform.models import Kinship, Person, Upload, Zone

from .records import Edit, audit_record, edit, save_all, tally


@dataclass(frozen=True)
class KinshipEntry:
    """One relation: `relation` is the code of what the relative is to the person; `relative_id` where the
    relative is of the zone. workplace, override_no: None leaves what is registered."""

    person_id: int
    relative_name: str
    relation: str
    relative_id: int | None = None
    workplace: str | None = None
    override_no: str | None = None


@transaction.atomic
def kinships_register(
    *,
    zone: Zone,
    entries: Iterable[KinshipEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    reason: str = "",
) -> list[Kinship]:
    """Write relations that are not registered yet and correct those that are; the same entries a second time
    change nothing. Raises Refused for a relation to oneself, an unknown code, or a person of another zone."""
    wanted = {(one.person_id, one.relative_name, one.relation): one for one in entries}
    _refuse_wrong(zone, list(wanted.values()))
    known = {
        (row.person_id, row.relative_name, row.relation): row
        for row in Kinship.objects.filter(person__zone=zone).order_by("id")
    }
    created, changed = [], list[Edit | None]()
    for key, one in wanted.items():
        if key in known:
            changed.append(_correction(known[key], one))
        else:
            created.append(_new(one))
    if not created and not any(changed):
        return []
    event = audit_record(
        actor=actor,
        action="登记亲属关系",
        zone=zone,
        subject=tally(created, changed, "条"),
        reason=reason,
        upload=upload,
    )
    save_all(event, changed=changed, created=created)
    return created


def _new(one: KinshipEntry) -> Kinship:
    return Kinship(
        person_id=one.person_id,
        relative_id=one.relative_id,
        relative_name=one.relative_name,
        relation=one.relation,
        workplace=one.workplace or "",
        override_no=one.override_no or "",
    )


def _correction(row: Kinship, one: KinshipEntry) -> Edit | None:
    values = {"workplace": one.workplace, "override_no": one.override_no, "relative_id": one.relative_id}
    return edit(row, **{name: value for name, value in values.items() if value is not None})


def _refuse_wrong(zone: Zone, entries: Sequence[KinshipEntry]) -> None:
    names = dict(Person.objects.filter(zone=zone).order_by().values_list("id", "name"))
    reasons = []
    for one in entries:
        name = names.get(one.person_id)
        if name is None or (one.relative_id is not None and one.relative_id not in names):
            reasons.append(f"{name or one.relative_name}不是{zone.name}的人员")
        elif one.relative_id == one.person_id:
            reasons.append(f"{name}的亲属不能是本人")
        if one.relation not in FAMILY_RELATION:
            reasons.append(f"{name}与{one.relative_name}：没有家庭关系代码“{one.relation}”")
    if reasons:
        raise Refused(reasons)
