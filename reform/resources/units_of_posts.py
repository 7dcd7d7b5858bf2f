"""The units and sections that 岗位设置表 names: new ones are founded, historical ones are current again."""

from collections.abc import Sequence

from reform.exchange.context import Context
from reform.exchange.sheet import Row
from reform.models import Unit, UnitKind
from reform.services import Edit, edit, units_register

from .lookups import UnitIndex, infer_kind


class UnitsOfPosts:
    """Writes the units of rows, and then their sections, into the index and the database."""

    def __init__(self, context: Context, units: UnitIndex) -> None:
        self.context, self.units = context, units

    def found(self, rows: Sequence[Row]) -> None:
        self._save(*self._tops(rows))
        self._save(*self._sections(rows))

    def _save(self, created: Sequence[Unit], edits: Sequence[Edit | None]) -> None:
        if created or any(edits):
            units_register(
                zone=self.context.zone,
                created=created,
                changed=edits,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def _tops(self, rows: Sequence[Row]) -> tuple[list[Unit], list[Edit | None]]:
        created: list[Unit] = []
        edits: list[Edit | None] = []
        for row in rows:
            name = row.values["unit"]
            unit = self.units.top(name)
            if unit is None or self._is_gone(unit):
                unit = self._unit(name, None, infer_kind(name), row.number)
                created.append(unit)
            elif unit.is_historical:
                edits.append(edit(unit, is_historical=False))
        return created, edits

    def _sections(self, rows: Sequence[Row]) -> tuple[list[Unit], list[Edit | None]]:
        created: list[Unit] = []
        edits: list[Edit | None] = []
        for row in rows:
            name = row.values.get("section")
            if not name:
                continue
            owner = self.units.top(row.values["unit"])
            assert owner is not None
            section = self.units.section(owner, name)
            if section is None or self._is_gone(section):
                created.append(self._unit(name, owner, UnitKind.SECTION, row.number))
            elif section.is_historical:
                edits.append(edit(section, is_historical=False))
        return created, edits

    def _is_gone(self, unit: Unit) -> bool:
        """Whether a unit had been closed when the round's positions came into force."""
        starts_on = self.context.setup.starts_on if self.context.setup else None
        return unit.ends_before is not None and (starts_on is None or unit.ends_before <= starts_on)

    def _unit(self, name: str, parent: Unit | None, kind: str, sort_no: int) -> Unit:
        unit = Unit(
            zone=self.context.zone,
            parent=parent,
            code=self.units.new_code(parent),
            name=name,
            kind=kind,
            sort_no=sort_no,
            starts_on=self.context.setup.starts_on if self.context.setup else None,
        )
        self.units.add(unit)
        return unit
