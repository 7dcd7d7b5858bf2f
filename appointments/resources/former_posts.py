"""Former units and posts that the new 岗位设置 lacks: created as historical, closed, and reported (domain.md
§2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from reform.exchange.sheet import Row, SheetResource
from reform.models import Position, Unit, UnitKind
from reform.resources.lookups import PlaceKey, UnitIndex, infer_kind
from reform.services import positions_register, units_register

REASON = "改革前花名册中有，新的岗位设置中没有"
HINT = "若只是写法不同，请改成与岗位设置表一致。"


@dataclass(frozen=True)
class Held:
    """The post that a roster row names: its place as a key, and as written."""

    key: PlaceKey
    unit: str
    section: str
    title: str
    level: str


class FormerPosts:
    """Creates what a roster names and nobody knows; `codes` are the 岗位编号 that are taken. New units are
    added to `units`, new codes to `codes`."""

    def __init__(self, sheet: SheetResource, units: UnitIndex, codes: set[str]) -> None:
        self.sheet, self.units, self.codes = sheet, units, codes
        self.context = sheet.context

    def create(self, missing: Mapping[PlaceKey, tuple[Row, Held]]) -> dict[PlaceKey, Position]:
        """One historical post for each place, with its unit and section where they are unknown too."""
        self._save([unit for row, held in missing.values() if (unit := self._top(row, held))])
        self._save([unit for row, held in missing.values() if (unit := self._section(row, held))])
        created = {key: self._position(row, held) for key, (row, held) in missing.items()}
        positions_register(
            zone=self.context.zone,
            created=created.values(),
            changed=(),
            actor=self.context.actor,
            upload=self.context.upload,
            reason=REASON,
        )
        return created

    def _save(self, units: list[Unit]) -> None:
        if units:
            units_register(
                zone=self.context.zone,
                created=units,
                changed=(),
                actor=self.context.actor,
                upload=self.context.upload,
                reason=REASON,
            )

    def _top(self, row: Row, held: Held) -> Unit | None:
        if self.units.top(held.unit) is not None:
            return None
        return self._unit(row, held, None, "unit")

    def _section(self, row: Row, held: Held) -> Unit | None:
        owner = self.units.top(held.unit)
        if not held.section or owner is None or self.units.section(owner, held.section) is not None:
            return None
        return self._unit(row, held, owner, "section")

    def _unit(self, row: Row, held: Held, parent: Unit | None, column: str) -> Unit:
        name = held.section if parent else held.unit
        unit = Unit(
            zone=self.context.zone,
            parent=parent,
            code=self.units.new_code(parent),
            name=name,
            kind=UnitKind.SECTION if parent else infer_kind(name),
            sort_no=row.number,
            is_historical=True,
            ends_before=self.context.round.effective_on,
        )
        self.units.add(unit)
        what = "科室" if parent else "单位"
        message = f"新的岗位设置中没有“{name}”，已作为历史{what}登记。"
        self._warn(row, held, column, "UNIT_HISTORICAL", message)
        return unit

    def _warn(self, row: Row, held: Held, column: str, code: str, message: str) -> None:
        # A post that the new setup has in a faulty row is not lacking there.
        if not self.context.is_tainted_post(held.key):
            self.sheet.warning(row, column, code, message, HINT)

    def _free_code(self, leaf: Unit, level: str) -> str:
        number = 1
        while (code := f"{leaf.code}-{level}-H{number:03d}") in self.codes:
            number += 1
        self.codes.add(code)
        return code

    def _position(self, row: Row, held: Held) -> Position:
        owner = self.units.top(held.unit)
        assert owner is not None
        leaf = (self.units.section(owner, held.section) if held.section else None) or owner
        code = self._free_code(leaf, held.level)
        place = "·".join(part for part in (owner.name, held.section, held.title) if part)
        message = f"新的岗位设置中没有“{place}”，已作为历史岗位登记。"
        self._warn(row, held, "title", "POSITION_HISTORICAL", message)
        return Position(
            zone=self.context.zone,
            setup=None,
            unit=leaf,
            code=code,
            lineage=f"-/{code}",
            title=held.title,
            level=held.level,
            headcount=0,
            sort_no=row.number,
            ends_before=self.context.round.effective_on,
        )
