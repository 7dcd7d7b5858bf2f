"""Which post of the round a row names: by 岗位编号, else by unit + section + title; or what is wrong with
the name."""

import re
from collections import defaultdict
from functools import cached_property

from reform.exchange.cells import clean_title, nearest, title_key
from reform.exchange.sheet import Row, SheetResource
from reform.models import Position
from reform.resources.lookups import PositionIndex, place_key

_BETWEEN = re.compile(r"[\s·•・/／\\|｜,，、;；>＞\-–—_]+")  # what offices put between unit, section and post


class PostFinder:
    """Resolves rows of a sheet against the open positions of the round; a fault goes to the sheet, one per
    row.

    suffix: of the columns' names, in a sheet that names several posts in a row.
    """

    def __init__(self, sheet: SheetResource, index: PositionIndex, suffix: str = "") -> None:
        self.sheet, self.index = sheet, index
        self.unit, self.section, self.title = (f"{name}{suffix}" for name in ("unit", "section", "title"))
        self.code, self.level = f"code{suffix}", f"level{suffix}"

    def find(self, row: Row) -> Position | None:
        """The position that a row names; None once the row has an error, or names what has been reported
        already."""
        return self._by_code(row) if row.values.get(self.code) else self._by_place(row)

    def find_in_one_cell(self, row: Row) -> Position | None:
        """As `find`, where the cell of the title holds 单位 科室 岗位 together, or the 岗位编号."""
        text = row.values[self.title]
        if text in self.index.by_code:
            return self.index.by_code[text]
        found = self._by_text.get(packed(text), [])
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            return self._one_of(row, found)
        parts = [part for part in _BETWEEN.split(text.strip()) if part]
        if len(parts) in (2, 3):
            return self._by_parts(row, parts)
        if self._says_tainted(text):
            row.bad = True
            return None
        near = nearest(text, [*self.index.by_code, *map(str, self.index.by_code.values())])
        self.sheet.error(
            row,
            self.title,
            "POSITION_UNKNOWN",
            f"本轮岗位设置中没有“{clean_title(text)}”。",
            f"是否为“{near}”？"
            if near
            else "请写成“单位 科室 岗位”（不设科室的写“单位 岗位”），或填岗位编号。",
        )
        return None

    def by_id(self, key: int) -> Position | None:
        return self._by_id.get(key)

    @cached_property
    def _by_id(self) -> dict[int, Position]:
        return {one.pk: one for one in self.index.by_code.values()}

    @cached_property
    def _by_text(self) -> dict[str, list[Position]]:
        found: dict[str, list[Position]] = defaultdict(list)
        for one in self.index.by_code.values():
            found[packed("".join(place_key(one)))].append(one)
        return found

    def _by_parts(self, row: Row, parts: list[str]) -> Position | None:
        """As if the parts stood in columns of their own, for a fault that says which of them is wrong."""
        unit, section, title = parts if len(parts) == 3 else (parts[0], "", parts[1])
        whole = row.values[self.title]
        row.values |= {self.unit: unit, self.section: section, self.title: title}
        try:
            return self._by_place(row, in_cell=True)
        finally:
            row.values[self.title] = whole

    def _says_tainted(self, text: str) -> bool:
        context = self.sheet.context
        return "positions" in context.tainted["kind"] or text in context.tainted["post_code"]

    def _by_code(self, row: Row) -> Position | None:
        code = row.values[self.code]
        position = self.index.by_code.get(code)
        tainted = self.sheet.context.tainted
        if position is None and (code in tainted["post_code"] or "positions" in tainted["kind"]):
            row.bad = True
            return None
        if position is None:
            near = nearest(code, list(self.index.by_code))
            self.sheet.error(
                row,
                self.code,
                "POSITION_UNKNOWN",
                f"本轮岗位设置中没有编号“{code}”。",
                f"是否为“{near}”？" if near else "请核对岗位编号。",
            )
            return None
        title = row.values.get(self.title)
        if title and title_key(title) != title_key(position.title):
            self.sheet.error(
                row,
                self.title,
                "POSITION_MISMATCH",
                f"岗位编号“{code}”是“{position}”。",
                "请核对岗位编号和岗位名称，哪个错改哪个。",
            )
            return None
        return position

    def _by_place(self, row: Row, in_cell: bool = False) -> Position | None:
        values, index = row.values, self.index
        for name in (self.unit, self.title):
            if not values.get(name):
                self.sheet.error(
                    row, name, "VALUE_MISSING", f"“{self.sheet.columns[name].header}”没有填写。", "请补上。"
                )
                return None
        unit, section, title = (
            title_key(values.get(name) or "") for name in (self.unit, self.section, self.title)
        )
        found = index.by_place.get((unit, section, title), [])
        if len(found) == 1:
            return found[0]
        if self._tainted(unit, (unit, section, title)):
            row.bad = True
        elif len(found) > 1:
            return self._one_of(row, found)
        elif unit not in index.sections:
            near = nearest(values[self.unit], [index.names[one] for one in index.sections])
            self.sheet.error(
                row,
                self.title if in_cell else self.unit,
                "UNIT_UNKNOWN",
                f"岗位设置表中没有“{values[self.unit]}”这个单位。",
                f"是否为“{near}”？" if near else "请核对单位名称。",
            )
        elif section not in index.sections[unit]:
            self._section_unknown(row, unit, section, title, in_cell)
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
        same_level = [one for one in found if one.level == row.values.get(self.level)]
        if len(same_level) == 1:
            return same_level[0]
        codes = "、".join(one.code for one in found)
        self.sheet.error(
            row,
            self.title,
            "POSITION_AMBIGUOUS",
            f"岗位设置中有{len(found)}个这样的岗位（{codes}）。",
            "请加“岗位编号”一列并填写编号。" if self.code in self.sheet.columns else "请改填岗位编号。",
        )
        return None

    def _section_unknown(self, row: Row, unit: str, section: str, title: str, in_cell: bool) -> None:
        index = self.index
        if not section:
            self._title_unknown(row, unit, section, title)
            return
        written = row.values[self.section]
        names = [index.names[one] for one in index.sections[unit] if one]
        near = nearest(written, names)
        hint = f"是否为“{near}”？" if near else f"该单位的科室：{'、'.join(sorted(names)) or '没有'}。"
        self.sheet.error(
            row,
            self.title if in_cell else self.section,
            "POSITION_UNKNOWN",
            f"“{row.values[self.unit]}”的岗位设置中没有科室“{written}”。",
            hint,
        )

    def _title_unknown(self, row: Row, unit: str, section: str, title: str) -> None:
        index, values = self.index, row.values
        place = values[self.unit] + ("·" + values[self.section] if section else "")
        elsewhere = sorted(
            index.names[one] or "（不设科室）"
            for one in index.sections[unit]
            if one and (unit, one, title) in index.by_place
        )
        near = nearest(values[self.title], index.titles.get((unit, section), []))
        if not section and elsewhere:
            hint = f"该岗位在科室{'、'.join(elsewhere)}，请填写科室。"
        elif near:
            hint = f"是否为“{near}”？"
        else:
            hint = (
                f"这里的岗位：{'、'.join(dict.fromkeys(index.titles.get((unit, section), []))) or '没有'}。"
            )
        self.sheet.error(
            row, self.title, "POSITION_UNKNOWN", f"“{place}”的岗位设置中没有“{values[self.title]}”。", hint
        )


def packed(text: str) -> str:
    """A post's place and title run together, without what stands between them."""
    return title_key(_BETWEEN.sub("", text))


def written_in_one_cell(position: Position, index: PositionIndex) -> str:
    """单位 科室 岗位 as `find_in_one_cell` reads it; the 岗位编号 where several posts are called so."""
    key = place_key(position)
    if len(index.by_place.get(key, ())) > 1:
        return position.code
    owner = position.unit.owner
    section = "" if owner.pk == position.unit_id else position.unit.name
    return " ".join(part for part in (owner.name, section, position.title) if part)
