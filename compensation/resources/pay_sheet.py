"""What the sheets of pay share: who may bring them, and whom a row is about."""

from typing import Any

from compensation.states import OFFICE
from reform.access import sees_id_numbers
from reform.exchange.cells import mask_id
from reform.exchange.sheet import Column, Row, SheetResource
from reform.exchange.vocabulary import ID_NUMBER
from reform.exchange.widgets import IdNumberWidget, NameWidget
from reform.models import Person
from reform.resources.person_finder import PersonFinder, PersonRef


def name_column() -> Column:
    """姓名, as each sheet of pay has it."""
    return Column(
        "姓名",
        NameWidget(),
        aliases=("人员姓名", "职工姓名", "员工姓名"),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )


def number_column() -> Column:
    """身份证号, by which a person is found."""
    return Column(
        "身份证号",
        aliases=ID_NUMBER,
        required=True,
        filled=True,
        blank_code="ID_MISSING",
        width=20,
        help_text="18位，文本格式",
    )


class PaySheet(SheetResource):
    """Base: rows by ID number and name, brought in and taken out by 薪酬专员 only."""

    permission = OFFICE
    export_action = "导出工资"

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)

    def load(self) -> None:
        self.persons = PersonFinder(self)
        self.people = Person.objects.filter(zone=self.context.zone).only("id", "name", "zone_id").in_bulk()
        self.person_of: dict[int, PersonRef] = {}

    def find(self, row: Row) -> PersonRef | None:
        """The person of a row, kept for writing."""
        number = row.values.get("id_number")
        found = self.persons.find(row, number) if number else None
        if found is not None:
            self.person_of[row.number] = found
        return found

    def once(self, row: Row, key: Any, firsts: dict[Any, Row], what: str) -> bool:
        """Whether a row is the first of its key; a later one is a fault."""
        first = firsts.setdefault(key, row)
        if first is row:
            return True
        self.error(row, "name", "PAY_ROW_TWICE", f"与第{first.number}行是{what}。", "只留一行。")
        return False

    def shown_number(self, person: Person) -> str:
        """An ID number as the user may read it."""
        if not hasattr(self, "_clear"):
            self._clear = sees_id_numbers(self.context.actor)
        return person.id_number if self._clear else mask_id(person.id_number)
