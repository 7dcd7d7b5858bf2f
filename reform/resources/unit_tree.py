"""Which unit a row of 机构员额表 means, and whether the rows and the zone's units together still make a
tree."""

from collections.abc import Iterable

from reform.exchange.cells import nearest, title_key
from reform.exchange.sheet import Row, SheetResource
from reform.models import Unit

from .lookups import UnitIndex, id_of, is_current

MAX_DEPTH = 5  # §1

Place = tuple[str, str]


class UnitTree(UnitIndex):
    """A zone's units as 机构员额表 names them: by code, else by name below their 上级单位."""

    def existing(self, row: Row) -> Unit | None:
        """The unit of a row: by its code, else of that name below that parent, else of that name."""
        code, name, parent = row.values.get("code"), row.values["name"], row.values.get("parent")
        if code and code in self.by_code:
            return self.by_code[code]
        owner = self.named(parent) if parent else None
        if owner is not None and (child := self._child(owner, name)):
            return child
        found = self.named(name)
        # One of the same name below another unit is another unit.
        return None if parent and found is not None and found.parent is not None else found

    def named(self, name: str) -> Unit | None:
        """A unit by its name (or code), an open one first; a section only where one alone is called so."""
        found = self.top(name) or self.by_code.get(name)
        if found is not None:
            return found
        sections = [unit for (_, key), unit in self.sections.items() if key == title_key(name)]
        return sections[0] if len(sections) == 1 else None

    def _child(self, owner: Unit, name: str) -> Unit | None:
        found = self.section(owner, name)
        if found is not None:
            return found
        own = [
            unit
            for unit in self.tops.get(title_key(name), [])
            if unit.parent is not None and id_of(unit.parent) == id_of(owner)
        ]
        return next((unit for unit in own if is_current(unit)), own[-1] if own else None)


def near(index: UnitIndex, name: str) -> str:
    """What to do about an unknown unit."""
    found = nearest(name, index.names())
    return f"是否为“{found}”？" if found else "请核对名称，或先导入该单位。"


def check_tree(sheet: SheetResource, rows: list[Row], tree: UnitTree) -> None:
    """Each unit once, each parent known, no circle, not too deep."""
    places: dict[Place, list[Row]] = {}
    codes: dict[str, list[Row]] = {}
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        if row.values["name"]:
            places.setdefault(_place(row), []).append(row)
            by_name.setdefault(title_key(row.values["name"]), []).append(row)
        if row.values.get("code"):
            codes.setdefault(row.values["code"], []).append(row)
    _check_once(sheet, places.values(), "name", "是同一个单位")
    _check_once(sheet, codes.values(), "code", "的单位编码相同")
    for row in rows:
        if not row.bad:
            _check_renamed(sheet, row, tree)
            _check_parent(sheet, row, by_name, tree)
    for name, same in by_name.items():
        if any(row.bad for row in same):
            sheet.context.tainted["unit"].add(name)


def _place(row: Row) -> Place:
    return title_key(row.values.get("parent") or ""), title_key(row.values["name"])


def _check_once(sheet: SheetResource, groups: Iterable[list[Row]], column: str, what: str) -> None:
    for same in groups:
        if len(same) > 1:
            numbers = "、".join(str(row.number) for row in same)
            for row in same:
                sheet.error(row, column, "UNIT_DUPLICATE", f"第{numbers}行{what}。", "请只留一行，或改正。")


def _check_renamed(sheet: SheetResource, row: Row, tree: UnitTree) -> None:
    """A code with a new name renames its unit: not to a name that another open unit has."""
    unit, name = tree.existing(row), row.values["name"]
    if unit is None or title_key(unit.name) == title_key(name):
        return
    other = tree.named(name)
    if other is not None and other is not unit and is_current(other):
        sheet.error(
            row,
            "name",
            "UNIT_DUPLICATE",
            f"编码“{row.values['code']}”是“{unit.name}”，而“{name}”已有编码“{other.code}”。",
            "请核对单位编码和名称，哪个错改哪个。",
        )


def _check_parent(sheet: SheetResource, row: Row, by_name: dict[str, list[Row]], tree: UnitTree) -> None:
    parent = row.values.get("parent")
    if not parent:
        return
    if title_key(parent) not in by_name and tree.named(parent) is None:
        sheet.error(row, "parent", "UNIT_UNKNOWN", f"没有“{parent}”这个单位。", near(tree, parent))
        return
    if len(by_name.get(title_key(parent), ())) > 1:
        sheet.error(
            row, "parent", "UNIT_AMBIGUOUS", f"表中有几个“{parent}”。", "请使几个单位的名称不同，或分开导入。"
        )
        return
    chain = [title_key(row.values["name"])]
    above: str | None = parent
    while above:
        key = title_key(above)
        if key in chain:
            words = "上级单位是自己" if len(chain) == 1 else "上级单位连成了圈"
            sheet.error(row, "parent", "UNIT_PARENT", f"{words}。", "没有上级的请空着。")
            return
        chain.append(key)
        if len(chain) > MAX_DEPTH:
            sheet.error(row, "parent", "UNIT_PARENT", f"机构层次超过{MAX_DEPTH}级。", "请核对上级单位。")
            return
        above = _above(key, above, by_name, tree)


def _above(key: str, name: str, by_name: dict[str, list[Row]], tree: UnitTree) -> str | None:
    """The name of a unit's parent: as the file has it, else as it stands."""
    rows = by_name.get(key, ())
    if len(rows) == 1 and rows[0].values.get("parent"):
        return str(rows[0].values["parent"])
    unit = tree.named(name)
    return unit.parent.name if unit is not None and unit.parent is not None else None
