"""What rows refer to, loaded once into dictionaries: units by name, positions by place and title."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from reform.exchange.cells import title_key
from reform.models import Position, Unit, UnitKind, Zone

PlaceKey = tuple[str, str, str]


def infer_kind(name: str, parent: Unit | None = None) -> str:
    """The kind of a unit of which a sheet gives only the name; HR can change it in the admin."""
    if "工委" in name or "管委会" in name or name in ("领导班子", "班子"):
        return UnitKind.COMMITTEE
    if name.endswith("公司") or "集团" in name:
        return UnitKind.SOE_SUB if parent is not None and parent.kind == UnitKind.SOE else UnitKind.SOE
    if parent is not None and parent.kind != UnitKind.COMMITTEE and name.endswith(("科", "室")):
        return UnitKind.SECTION
    if name.endswith(("园", "园区", "片区")) or "产业园" in name:
        return UnitKind.PARK
    if name.endswith(("镇", "乡", "街道", "街道办", "街道办事处")):
        return UnitKind.TOWN
    if name.endswith(("中心", "站", "所", "院", "学校")):
        return UnitKind.INST
    return UnitKind.DEPT


@dataclass
class UnitIndex:
    """A zone's units by name: those open, and former ones behind them."""

    tops: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    sections: dict[tuple[int, str], Unit] = field(default_factory=dict)
    by_code: dict[str, Unit] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)  # codes that other rows of the file bring
    _next: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def load(cls, zone: Zone) -> Self:
        index = cls()
        units = list(Unit.objects.filter(zone=zone).order_by("id"))
        parents = {unit.pk: unit for unit in units}
        for unit in units:
            if unit.parent_id:
                unit.parent = parents[unit.parent_id]
            index.add(unit)
        return index

    def add(self, unit: Unit) -> None:
        """Take a unit in; an open one stands before a closed or historical one of the same name."""
        self.by_code[unit.code] = unit
        key = title_key(unit.name)
        if unit.kind == UnitKind.SECTION and unit.parent is not None:
            present = self.sections.get((id_of(unit.parent), key))
            if present is None or is_current(unit) or not is_current(present):
                self.sections[id_of(unit.parent), key] = unit
        else:
            self.tops[key].append(unit)

    def top(self, name: str) -> Unit | None:
        """The unit of a name, an open one first; None where there is none."""
        found = self.tops.get(title_key(name), [])
        current = [unit for unit in found if is_current(unit)]
        found = current or found
        return found[-1] if found else None

    def section(self, owner: Unit, name: str) -> Unit | None:
        return self.sections.get((id_of(owner), title_key(name)))

    def names(self) -> list[str]:
        """Names of the open units, for “是否为…？”."""
        return [unit.name for found in self.tops.values() for unit in found if is_current(unit)]

    def new_code(self, parent: Unit | None) -> str:
        """The next free code below a parent: 01, 02 …, sections 0101, 0102 …"""
        prefix = parent.code if parent else ""
        while True:
            self._next[prefix] += 1
            code = f"{prefix}{self._next[prefix]:02d}"
            if code not in self.by_code and code not in self.reserved:
                return code


def id_of(unit: Unit) -> int:
    """A key for a unit that may not have been written yet."""
    return unit.pk or -id(unit)


def is_current(unit: Unit) -> bool:
    """Whether a unit is open, and was not registered for its history only."""
    return unit.ends_before is None and not unit.is_historical


def place_key(position: Position) -> PlaceKey:
    """(unit, section, title) of a position, cleaned for comparison."""
    owner = position.unit.owner
    section = "" if owner is position.unit or owner.pk == position.unit_id else title_key(position.unit.name)
    return title_key(owner.name), section, title_key(position.title)


@dataclass
class PositionIndex:
    """Positions by (unit, section, title) and by code."""

    by_place: dict[PlaceKey, list[Position]] = field(default_factory=lambda: defaultdict(list))
    by_code: dict[str, Position] = field(default_factory=dict)
    sections: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    titles: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, positions: Iterable[Position]) -> "PositionIndex":
        index = cls()
        for position in positions:
            index.add(position)
        return index

    def add(self, position: Position) -> None:
        key = place_key(position)
        unit, section, _ = key
        self.by_place[key].append(position)
        self.by_code[position.code] = position
        owner = position.unit.owner
        self.names[unit] = owner.name
        self.sections[unit].add(section)
        if section:
            self.names[section] = position.unit.name
        self.titles[unit, section].append(position.title)
