"""Which post of the round a row names: by 岗位编号, else by unit + section + title; or what is wrong with
the name."""

from functools import cached_property

from reform.exchange.cells import nearest, title_key
from reform.exchange.sheet import Row, SheetResource
from reform.models import Position
from reform.resources.lookups import PositionIndex


class PostFinder:
    """Resolves rows of a sheet against the open positions of the round; a fault goes to the sheet, one per
    row."""

    def __init__(self, sheet: SheetResource, index: PositionIndex) -> None:
        self.sheet, self.index = sheet, index

    def find(self, row: Row) -> Position | None:
        """The position that a row names; None once the row has an error, or names what has been reported
        already."""
        return self._by_code(row) if row.values.get("code") else self._by_place(row)

    def by_id(self, key: int) -> Position | None:
        return self._by_id.get(key)

    @cached_property
    def _by_id(self) -> dict[int, Position]:
        return {one.pk: one for one in self.index.by_code.values()}

    def _by_code(self, row: Row) -> Position | None:
        code = row.values["code"]
        position = self.index.by_code.get(code)
        tainted = self.sheet.context.tainted
        if position is None and (code in tainted["post_code"] or "positions" in tainted["kind"]):
            row.bad = True
            return None
        if position is None:
            near = nearest(code, list(self.index.by_code))
            self.sheet.error(
                row,
                "code",
                "POSITION_UNKNOWN",
                f"本轮岗位设置中没有编号“{code}”。",
                f"是否为“{near}”？" if near else "请核对岗位编号。",
            )
            return None
        title = row.values.get("title")
        if title and title_key(title) != title_key(position.title):
            self.sheet.error(
                row,
                "title",
                "POSITION_MISMATCH",
                f"岗位编号“{code}”是“{position}”。",
                "请核对岗位编号和岗位名称，哪个错改哪个。",
            )
            return None
        return position

    def _by_place(self, row: Row) -> Position | None:
        values, index = row.values, self.index
        for name in ("unit", "title"):
            if not values.get(name):
                self.sheet.error(
                    row, name, "VALUE_MISSING", f"“{self.sheet.columns[name].header}”没有填写。", "请补上。"
                )
                return None
        unit, section, title = (title_key(values.get(name) or "") for name in ("unit", "section", "title"))
        found = index.by_place.get((unit, section, title), [])
        if len(found) == 1:
            return found[0]
        if self._tainted(unit, (unit, section, title)):
            row.bad = True
        elif len(found) > 1:
            return self._one_of(row, found)
        elif unit not in index.sections:
            near = nearest(values["unit"], [index.names[one] for one in index.sections])
            self.sheet.error(
                row,
                "unit",
                "UNIT_UNKNOWN",
                f"岗位设置表中没有“{values['unit']}”这个单位。",
                f"是否为“{near}”？" if near else "请核对单位名称。",
            )
        elif section not in index.sections[unit]:
            self._section_unknown(row, unit, section, title)
        else:
            self._title_unknown(row, unit, section, title)
        return None

    def _tainted(self, unit: str, key: tuple[str, str, str]) -> bool:
        context = self.sheet.context
        known = unit in self.index.sections
        return (
            context.is_tainted_post(key)
            or unit in context.tainted["unit"]
            or (not known and unit in context.tainted["declared_unit"])
        )

    def _one_of(self, row: Row, found: list[Position]) -> Position | None:
        same_level = [one for one in found if one.level == row.values.get("level")]
        if len(same_level) == 1:
            return same_level[0]
        codes = "、".join(one.code for one in found)
        self.sheet.error(
            row,
            "title",
            "POSITION_AMBIGUOUS",
            f"岗位设置中有{len(found)}个这样的岗位（{codes}）。",
            "请加“岗位编号”一列并填写编号。",
        )
        return None

    def _section_unknown(self, row: Row, unit: str, section: str, title: str) -> None:
        index = self.index
        if not section:
            self._title_unknown(row, unit, section, title)
            return
        names = [index.names[one] for one in index.sections[unit] if one]
        near = nearest(row.values["section"], names)
        hint = f"是否为“{near}”？" if near else f"该单位的科室：{'、'.join(sorted(names)) or '没有'}。"
        self.sheet.error(
            row,
            "section",
            "POSITION_UNKNOWN",
            f"“{row.values['unit']}”的岗位设置中没有科室“{row.values['section']}”。",
            hint,
        )

    def _title_unknown(self, row: Row, unit: str, section: str, title: str) -> None:
        index, values = self.index, row.values
        place = values["unit"] + ("·" + values["section"] if section else "")
        elsewhere = sorted(
            index.names[one] or "（不设科室）"
            for one in index.sections[unit]
            if one and (unit, one, title) in index.by_place
        )
        near = nearest(values["title"], index.titles.get((unit, section), []))
        if not section and elsewhere:
            hint = f"该岗位在科室{'、'.join(elsewhere)}，请填写科室。"
        elif near:
            hint = f"是否为“{near}”？"
        else:
            hint = (
                f"这里的岗位：{'、'.join(dict.fromkeys(index.titles.get((unit, section), []))) or '没有'}。"
            )
        self.sheet.error(
            row, "title", "POSITION_UNKNOWN", f"“{place}”的岗位设置中没有“{values['title']}”。", hint
        )
