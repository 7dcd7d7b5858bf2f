"""任免审批表 files (.lrmx) of persons: whose it is, what it says otherwise, and taking that over (domain.md
§8); and the event that every export leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.documents import Lrmx, read_lrmx
from appointments.documents.person_facts import Difference, differences
from appointments.models import PersonDossierFile
from appointments.selectors.documents import dossier_files
from appointments.selectors.dossier_records import file_is_archived
from appointments.states import OFFICE
from reform.errors import CellError, Refused
from reform.exchange.cells import clean_id_number, mask_id
from reform.fields import keyed_hash
from reform.models import Person, Zone
from reform.services import audit_record, edit, persons_register, save_all
from reform.services.steps import require_permission

LONGEST_FILE_NAME = 120


@dataclass(frozen=True)
class LrmxMatch:
    """Whose a file is. by_name: found by a name that only one person has, so somebody has to confirm it;
    warning: what to look at before confirming."""

    person: Person
    file: Lrmx
    by_name: bool
    warning: str
    differences: Sequence[Difference]


def lrmx_match(*, zone: Zone, content: bytes, on: date) -> LrmxMatch:
    """Read a file and find its person: by ID number, else by a name that only one person of the zone has.

    Raises LrmxError where it cannot be read, Refused where nobody or more than one is found.
    """
    file = read_lrmx(content)
    name, number = file["XingMing"], file["ShenFenZheng"]
    try:
        known = clean_id_number(number, on) if number else ""
        fault = "" if known else "文件里没有身份证号"
    except CellError as wrong:
        known, fault = "", f"文件里的身份证号不对（{wrong.message.rstrip('。')}）"
    people = Person.objects.filter(zone=zone)
    if known:
        found = people.filter(id_number_hash=keyed_hash(known)).first()
        if found is not None:
            return LrmxMatch(found, file, False, "", differences(file, found))
        fault = f"本区没有身份证号{mask_id(known)}的人"
    same_name = list(people.filter(name=name)[:2])
    if len(same_name) != 1:
        why = f"叫“{name}”的不止一人" if same_name else f"本区没有“{name}”"
        raise Refused([fault, f"{why}，认不出是谁的"])
    warning = f"{fault}，按姓名找到唯一的{name}（{mask_id(same_name[0].id_number)}）。请确认是同一个人。"
    return LrmxMatch(same_name[0], file, True, warning, differences(file, same_name[0]))


@transaction.atomic
def lrmx_import(
    *,
    zone: Zone,
    name: str,
    content: bytes,
    actor: AbstractBaseUser,
    on: date,
    at: datetime,
    confirmed: bool = False,
) -> LrmxMatch:
    """Keep a person's .lrmx as it came in; the person's record is not touched: see `lrmx_take_over`.

    confirmed: somebody has seen that the person found by name is the one.  Raises as lrmx_match, and Refused
    where the confirmation is missing.
    """
    require_permission(actor, OFFICE, "导入任免审批表")
    match = lrmx_match(zone=zone, content=content, on=on)
    if match.by_name and not confirmed:
        raise Refused([match.warning])
    archived = file_is_archived(match.person.pk)
    if archived is not None:
        raise Refused([f"{archived.application}的选任纪实已归档，任免审批表不能再改"])
    event = audit_record(
        actor=actor,
        action="导入任免审批表",
        zone=zone,
        subject=f"{match.person}：{name}",
        details={"differences": [one.label for one in match.differences]},
    )
    facts: dict[str, Any] = {"content": content, "name": name[-LONGEST_FILE_NAME:], "received_at": at}
    stored = dossier_files([match.person.pk]).get(match.person.pk)
    if stored is None:
        save_all(event, created=[PersonDossierFile(person=match.person, **facts)])
    else:
        save_all(event, changed=[edit(stored, **facts)])
    return match


@transaction.atomic
def lrmx_take_over(
    *, person: Person, elements: Collection[str], actor: AbstractBaseUser, reason: str
) -> list[Difference]:
    """Take the named elements of the stored file over into the person's record; returns what was taken over.

    A day that the record knows is not lost to a month that says the same.  Raises Refused where an element is
    no difference or cannot be read.
    """
    require_permission(actor, OFFICE, "按任免审批表更正人员信息")
    if not reason.strip():
        raise Refused(["请写明更正的原因"])
    stored = dossier_files([person.pk]).get(person.pk)
    if stored is None:
        raise Refused([f"{person}还没有任免审批表文件"])
    found = {one.element: one for one in differences(read_lrmx(bytes(stored.content)), person)}
    reasons = [
        f"{one.label}：{one.why}" for one in found.values() if one.element in elements and not one.values
    ]
    reasons += [f"“{name}”没有不同，不用更正" for name in elements if name not in found]
    if reasons:
        raise Refused(reasons)
    taken = [one for one in found.values() if one.element in elements]
    values = {field: value for one in taken for field, value in one.values.items()}
    changed = edit(person, **values)
    person.full_clean()
    persons_register(
        zone=person.zone,
        created=[],
        changed=[changed],
        actor=actor,
        reason=f"{reason}（任免审批表：{'、'.join(one.label for one in taken)}）",
    )
    return taken
