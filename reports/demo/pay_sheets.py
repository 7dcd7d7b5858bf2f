"""The demo's sheets of pay, read for the services that register them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from compensation.models import PayInput
from compensation.services import ArchivedPayEntry, FormerPayEntry, PayInputEntry
from reform.fields import keyed_hash
from reform.ladder import Ladder
from reform.models import Person, Zone

ID = "身份证号"
KINDS: Mapping[str, str] = {
    "社保": PayInput.Kind.SOCIAL,
    "公积金": PayInput.Kind.HOUSING,
    "个税": PayInput.Kind.TAX,
    "专项奖励": PayInput.Kind.AWARD,
}


class PaySheets:
    """Workbooks of a folder, their rows tied to the people of a zone."""

    def __init__(self, folder: Path, zone: Zone) -> None:
        self.folder = folder
        self.people = {one.id_number_hash: one for one in Person.objects.filter(zone=zone)}

    def _rows(self, name: str) -> Iterator[tuple[Person, Mapping[str, Any]]]:
        headers: list[str] = []
        book = load_workbook(self.folder / f"{name}.xlsx", read_only=True)
        for row in book.active.iter_rows(values_only=True):
            cells = ["" if cell is None else cell for cell in row]
            if not headers:
                headers = [str(one) for one in cells] if ID in cells else []
            elif (line := dict(zip(headers, cells, strict=True)))[ID]:
                yield self.people[keyed_hash(str(line[ID]).strip().upper())], line

    def former(self, name: str, ladder: Ladder) -> list[FormerPayEntry]:
        codes = {one.name: one.code for one in ladder.levels}
        return [
            FormerPayEntry(person, _amount(line["月工资"]), _day(line["截至日期"]), codes[line["层级"]])
            for person, line in self._rows(name)
        ]

    def sealed(self, name: str) -> list[ArchivedPayEntry]:
        return [ArchivedPayEntry(person, _amount(line["档案工资"])) for person, line in self._rows(name)]

    def inputs(self, name: str) -> list[PayInputEntry]:
        """Every amount of a row that is not blank or 0."""
        return [
            PayInputEntry(
                person,
                str(line["月份"]),
                kind,
                _amount(line[word]),
                str(line.get("依据", "")),
                str(line.get("备注", "")),
            )
            for person, line in self._rows(name)
            for word, kind in KINDS.items()
            if line.get(word)
        ]


def _amount(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))
