"""年度考核等次 that a roster or a 报名表 states: read into facts, never against a grade that is final."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from reform.exchange.cells import is_blank
from reform.exchange.grades import GradeWidget, grades_in, header_year, is_grade, years_named
from reform.exchange.sheet import Column, Row, SheetResource
from reform.exchange.tables import Table
from reform.models import AnnualGrade
from reform.services import annual_grades_register

PREFIX = "grade_"
_LONGEST_SOURCE = 80


class _HasKey(Protocol):
    @property
    def pk(self) -> Any: ...


def add_year_columns(sheet: SheetResource, table: Table) -> None:
    """A column for each header that is a year and has grades beneath; a year over anything else stays an
    unknown header, and is told as one."""
    for header in table.headers:
        year = header_year(header.lower)
        if year is None or f"{PREFIX}{year}" in sheet.columns:
            continue
        if any(header.index < len(row.cells) and is_grade(row.cells[header.index]) for row in table.rows):
            sheet.columns[f"{PREFIX}{year}"] = Column(
                f"{year}年", GradeWidget(), aliases=(header.text, header.lower), write=False
            )


class GradeReader:
    """The grades of one sheet. text: the column of 近三年考核, whether or not it is read into a field."""

    def __init__(self, sheet: SheetResource, text: str) -> None:
        self.sheet, self.text = sheet, text
        self.columns = {
            int(name.removeprefix(PREFIX)): name for name in sheet.present if name.startswith(PREFIX)
        }
        header = sheet.present.get(text)
        self.years = years_named(header.text) if header else []
        self.known: dict[tuple[int, int], str] = {}
        if self.columns or header:
            rows = AnnualGrade.objects.filter(person__zone=sheet.context.zone).order_by()
            self.known = {
                (person, year): grade
                for person, year, grade in rows.values_list("person_id", "year", "grade")
            }
        self.said: dict[int, dict[int, str]] = {}

    def check(self, row: Row, person: _HasKey | None) -> None:
        """Read the grades of a row; those that contradict a final grade, or each other, are faults."""
        said: dict[int, str] = {}
        place: dict[int, str] = {}
        cell = self.sheet.cell(row, self.text)
        if isinstance(cell, str) and not is_blank(cell):
            said = grades_in(cell, self.years)
            place = dict.fromkeys(said, self.text)
        for year, name in self.columns.items():
            grade = row.values.get(name)
            if grade is None:
                continue
            if said.get(year, grade) != grade:
                self._differs(row, name, year, "“近三年考核”里", said[year], grade)
            said[year], place[year] = grade, name
        if person is not None and person.pk:
            for year, grade in said.items():
                known = self.known.get((person.pk, year), grade)
                if known != grade:
                    self._differs(row, place[year], year, "系统中", known, grade)
        self.said[row.number] = said

    def _differs(self, row: Row, name: str, year: int, where: str, known: str, said: str) -> None:
        label = AnnualGrade.Grade(known).label
        self.sheet.error(
            row,
            name,
            "GRADE_CONFLICT",
            f"{where}{year}年的等次是“{label}”，这里是“{AnnualGrade.Grade(said).label}”。",
            "以考核结果为准：请改表；系统中登记有误的，先在“年度考核等次”中更正并写明原因。",
        )

    def write(self, people: Iterable[tuple[Row, Any]]) -> set[int]:
        """Write what the system does not have yet; returns the numbers of the rows that brought something."""
        found: dict[tuple[int, int], AnnualGrade] = {}
        touched: set[int] = set()
        source = f"工作簿：{self.sheet.report.file}"[:_LONGEST_SOURCE]
        for row, person in people:
            said: Mapping[int, str] = self.said.get(row.number, {})
            for year, grade in said.items():
                key = person.pk, year
                if key in self.known or key in found:
                    continue
                found[key] = AnnualGrade(person=person, year=year, grade=grade, document_no=source)
                touched.add(row.number)
        if found:
            context = self.sheet.context
            annual_grades_register(
                zone=context.zone,
                grades=list(found.values()),
                actor=context.actor,
                upload=context.upload,
                reason="工作簿中的年度考核",
            )
        return touched
