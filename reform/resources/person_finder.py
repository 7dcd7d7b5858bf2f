"""Whom a row names: by ID number, with which the name must agree; by name only in sheets that have no
number."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from reform.exchange.cells import mask_id
from reform.exchange.sheet import Row, SheetResource
from reform.fields import keyed_hash
from reform.models import Person

SHOWN = 8  # persons of one name in a hint


class PersonRef(NamedTuple):
    """What a row needs to know of a person: ten thousand model instances would cost more than all the
    checks."""

    pk: int
    name: str
    sex: str
    birth_on: date | None


def number_of(person: Person, clear: bool) -> str:
    """The ID number as an export shows it: whole, or masked."""
    return person.id_number if clear else mask_id(person.id_number)


def alike(persons: Iterable[tuple[int, Hashable]]) -> set[int]:
    """Persons whom what a sheet says of them (name, unit, post) does not tell apart; persons: (id, that)."""
    ids: dict[Hashable, set[int]] = defaultdict(set)
    for pk, said in persons:
        ids[said].add(pk)
    return {pk for same in ids.values() if len(same) > 1 for pk in same}


class PersonFinder:
    """Resolves rows of a sheet against the zone's people; faults go to the sheet, one for each cell."""

    def __init__(self, sheet: SheetResource) -> None:
        self.sheet = sheet
        people = (
            Person.objects.filter(zone=sheet.context.zone)
            .order_by()
            .values_list("id_number_hash", "id", "name", "sex", "birth_on")
        )
        self.by_hash = {key: PersonRef(*facts) for key, *facts in people}  # type: ignore[arg-type]

    @cached_property
    def by_name(self) -> dict[str, list[PersonRef]]:
        found: dict[str, list[PersonRef]] = defaultdict(list)
        for one in self.by_hash.values():
            found[one.name].append(one)
        return found

    def find(self, row: Row, number: str) -> PersonRef | None:
        """The person of an ID number; None where the roster lacks it. A name that differs is a fault of the
        row."""
        person = self.by_hash.get(keyed_hash(number))
        name = row.values.get("name")
        tainted = self.sheet.context.tainted
        if person is None:
            if number in tainted["person"] or name in tainted["name"] or "roster" in tainted["kind"]:
                row.bad = True  # the roster itself has the fault
                return None
            self.sheet.error(
                row,
                "id_number",
                "PERSON_UNKNOWN",
                "花名册中没有这个身份证号。",
                "请核对号码，或先导入此人所在的花名册。",
            )
        elif name and person.name != name and number in tainted["person"]:
            row.bad = True
        elif name and person.name != name:
            self.sheet.error(
                row,
                "name",
                "NAME_MISMATCH",
                f"花名册中该身份证号的姓名是“{person.name}”。",
                "请核对姓名和身份证号，哪个错改哪个。",
            )
        return person

    def find_by_name(
        self,
        row: Row,
        filters: Sequence[Callable[[PersonRef], bool]],
        told_apart: str,
    ) -> PersonRef | None:
        """The one person of the row's name. filters: each is tried where there are several of them still, and
        counts where it leaves somebody.  told_apart: what else the sheet may say, for the hint."""
        name = row.values.get("name")
        if not name:
            return None
        found = self.by_name.get(name, [])
        tainted = self.sheet.context.tainted
        if not found:
            if name in tainted["name"] or "roster" in tainted["kind"]:
                row.bad = True
            else:
                self.sheet.error(
                    row,
                    "name",
                    "PERSON_UNKNOWN",
                    f"花名册中没有“{name}”。",
                    "请核对姓名，或先导入此人所在的花名册。",
                )
            return None
        for fits in filters:
            if len(found) > 1:
                found = [one for one in found if fits(one)] or found
        if len(found) > 1:
            self.sheet.error(
                row,
                "name",
                "PERSON_AMBIGUOUS",
                f"有{len(found)}个人叫“{name}”，不知道是哪一个。",
                told_apart,
            )
            return None
        return found[0]
