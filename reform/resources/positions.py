"""岗位设置表 (layout 1): the posts of one round, with their 职数."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from reform.exchange.cells import title_key
from reform.exchange.sheet import Column, Row, differing
from reform.exchange.widgets import LevelWidget
from reform.ladder import Ladder
from reform.models import Position, Unit
from reform.selectors import headcount_used, positions_of
from reform.services import Edit, edit, positions_register

from .lookups import PositionIndex, UnitIndex, place_key
from .position_columns import PositionColumns
from .settled_posts import tell_settled
from .sub_levels import BEHIND, columns_used, read_sub_levels, sub_level_name
from .units_of_posts import UnitsOfPosts

CONDITIONS = ("condition_education", "condition_age", "condition_tenure")
PLAIN = ("level", "headcount", "category", "method", "coefficient", "duties", "remark", *BEHIND)


class PositionSheet(PositionColumns):
    """The positions of the round; one is known by its 岗位编号, else by unit + section + title."""

    def prepare(self) -> None:
        if self.context.policy:
            self.columns["level"].widget = LevelWidget(self.context.policy.ladder)
            names = [level.name for level in self.context.policy.ladder.levels]
            self.columns["level"].choices = names

    def written_columns(self) -> dict[str, Column]:
        context = self.context
        posts = positions_of(context.setup.pk) if context.setup else ()
        used = columns_used(context.policy.ladder, posts) if context.policy else set()
        written = super().written_columns()
        return {name: one for name, one in written.items() if name not in BEHIND or name in used}

    def load(self) -> None:
        context = self.context
        assert context.setup is not None
        self.units = UnitIndex.load(context.zone)
        self.positions = PositionIndex.of(positions_of(context.setup.pk))
        earlier = (
            Position.objects.filter(zone=context.zone)
            .exclude(setup=context.setup)
            .select_related("unit__parent", "setup")
            .order_by("setup__starts_on", "id")
        )
        # The latest earlier post of a place is the one whose lineage runs on.
        self.earlier_by_place: dict[Any, Position] = {}
        self.earlier_by_code: dict[str, Position] = {}
        for position in earlier:
            self.earlier_by_place[place_key(position)] = position
            self.earlier_by_code[position.code] = position
        self.codes = set(self.positions.by_code) | set(self.earlier_by_code)

    def check(self, rows: list[Row]) -> None:
        if self.context.policy:
            read_sub_levels(self, rows, self.context.policy.ladder)
        places: dict[Any, list[Row]] = {}
        codes: dict[str, list[Row]] = {}
        for row in rows:
            values = row.values
            key = self._key(row)
            if key:
                self.context.tainted["declared_unit"].add(key[0])
                places.setdefault(key, []).append(row)
            if values.get("code"):
                codes.setdefault(values["code"], []).append(row)
        for code, same in codes.items():
            if len(same) > 1:
                numbers = "、".join(str(row.number) for row in same)
                for row in same:
                    self.error(
                        row,
                        "code",
                        "POSITION_DUPLICATE",
                        f"岗位编号“{code}”在第{numbers}行重复。",
                        "每个岗位一个编号，请改正。",
                    )
        for same in places.values():
            self._check_place(same)
        for row in rows:
            if row.bad:
                self._taint(row)

    def _taint(self, row: Row) -> None:
        """Remember the post that a faulty row was about; None for what the fault leaves unknown."""
        known = (
            None if name in row.bad_names else title_key(row.values.get(name) or "")
            for name in ("unit", "section", "title")
        )
        self.context.tainted["post"].add(tuple(known))
        if row.values.get("code"):
            self.context.tainted["post_code"].add(row.values["code"])

    def _check_place(self, same: Sequence[Row]) -> None:
        """Two rows of the same unit, section and title need a 岗位编号; without one the later row is an
        error."""
        first = same[0]
        for row in same[1:]:
            if not row.values.get("code") and not row.bad:
                self.error(
                    row,
                    "title",
                    "POSITION_DUPLICATE",
                    f"与第{first.number}行是同一单位、科室的同名岗位。",
                    "若是同一岗位请合并职数；若是两个岗位请分别填写岗位编号。",
                )

    def _key(self, row: Row) -> tuple[str, str, str] | None:
        values = row.values
        if not values.get("unit") or not values.get("title"):
            return None
        return title_key(values["unit"]), title_key(values.get("section") or ""), title_key(values["title"])

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        self._write_units(rows)
        self.given = {row.values["code"] for row in rows if row.values.get("code")}
        self.codes |= self.given
        created: list[Position] = []
        edits: list[Edit | None] = []
        earlier: dict[int, str] = self.context.seen["positions"]
        written: list[tuple[Position, str]] = []
        for row in rows:
            position = self._existing(row)
            if tell_settled(self, row, position, is_moved=self._moved(row, position)):
                continue
            if position is None:
                position = self._new(row)
                created.append(position)
                self.count("created")
            else:
                one = self._changed(row, position)
                if one and position.pk in earlier:
                    self._contradicts(row, earlier[position.pk])
                    continue
                edits.append(one)
                self.count("changed" if one else "unchanged")
            written.append((position, f"“{self.report.file}”{self.report.sheet}第{row.number}行"))
        if created or any(edits):
            positions_register(
                zone=self.context.zone,
                created=created,
                changed=edits,
                actor=self.context.actor,
                upload=self.context.upload,
            )
        earlier |= {position.pk: place for position, place in written}

    def _contradicts(self, row: Row, place: str) -> None:
        """Of two sheets of one upload that say different things of a post neither may win by its place."""
        message = f"与{place}是同一岗位，内容不同。"
        self.error(row, "title", "POSITION_DUPLICATE", message, "请只留一处，或使两处一致。")

    def _write_units(self, rows: Sequence[Row]) -> None:
        """Only for new posts: one that is there has its unit, which may have been closed since."""
        new = [row for row in rows if self._moved(row, self._existing(row))]
        UnitsOfPosts(self.context, self.units).found(new)

    def _moved(self, row: Row, position: Position | None) -> bool:
        """Whether a row puts a post where it has not been: a new one, or one whose number stands elsewhere
        now."""
        if position is None:
            return True
        key = self._key(row)
        return key is not None and place_key(position)[:2] != key[:2]

    def _leaf(self, row: Row) -> Unit:
        owner = self.units.top(row.values["unit"])
        assert owner is not None
        section = self.units.section(owner, row.values["section"]) if row.values.get("section") else None
        return section or owner

    def _existing(self, row: Row) -> Position | None:
        code = row.values.get("code")
        if code and code in self.positions.by_code:
            return self.positions.by_code[code]
        key = self._key(row)
        found = self.positions.by_place.get(key, []) if key else []  # type: ignore[call-overload]
        if code:
            return None
        return found[0] if len(found) == 1 else None

    def _new(self, row: Row) -> Position:
        values = row.values
        leaf = self._leaf(row)
        key = self._key(row)
        earlier = self.earlier_by_code.get(values.get("code") or "") or self.earlier_by_place.get(key)
        code = values.get("code") or self._code(leaf, values["level"], earlier)
        self.codes.add(code)
        setup = self.context.setup
        assert setup is not None
        position = Position(
            zone=self.context.zone,
            setup=setup,
            unit=leaf,
            code=code,
            lineage=earlier.lineage if earlier else f"{setup.code}/{code}",
            title=values["title"],
            conditions=self._conditions(row) or "",
            sort_no=row.number,
            **{name: values[name] for name in PLAIN if values.get(name) is not None},
        )
        self.positions.add(position)
        return position

    def _code(self, leaf: Unit, level: str, earlier: Position | None) -> str:
        """`{org_code}-{level}-{seq3}`; the number of the lineage is kept while it is free in the round
        (§4)."""
        if earlier and earlier.setup_id and earlier.code not in self.positions.by_code.keys() | self.given:
            return earlier.code
        number = 1
        while f"{leaf.code}-{level}-{number:03d}" in self.codes:
            number += 1
        return f"{leaf.code}-{level}-{number:03d}"

    def _conditions(self, row: Row) -> str | None:
        """One text, also where the sheet has a column for each condition; None where it has no such
        column."""
        if row.values.get("conditions") is not None:
            return row.values["conditions"]
        parts = [
            f"{self.columns[name].header.split('/')[-1]}：{row.values[name]}"
            for name in CONDITIONS
            if row.values.get(name)
        ]
        return "；".join(parts) or None

    def _changed(self, row: Row, position: Position) -> Edit | None:
        values = {name: row.values[name] for name in PLAIN if row.values.get(name) is not None}
        conditions = self._conditions(row)
        if conditions is not None:
            values["conditions"] = conditions
        if values["level"] != position.level:
            values.setdefault("sub_level", 0)  # a 档次 is one of its level
        if row.values.get("code"):
            values["title"] = row.values["title"]
            if self._moved(row, position):
                values["unit"] = self._leaf(row)
        values = differing(position, values)
        old = {name: getattr(position, name) for name in values}
        one = edit(position, **values)
        for name, value in values.items():
            self.changed(row, str(position), name, old[name], value)
        return one

    # --- export ---

    def records(self) -> Any:
        """The positions of the round in the order of its sheet, with the seats taken on its effective
        date."""
        setup = self.context.setup
        assert setup is not None
        on = setup.starts_on or self.context.today
        used = Counter(headcount_used(self.context.zone, on))
        ladder = self.context.policy.ladder if self.context.policy else Ladder(())
        for number, position in enumerate(positions_of(setup.pk), 1):
            owner = position.unit.owner
            yield {
                "number": number,
                "unit": owner.name,
                "section": "" if owner.pk == position.unit_id else position.unit.name,
                "code": position.code,
                "title": position.title,
                "occupied": used[position.pk],
                "conditions": position.conditions,
                **{name: getattr(position, name) for name in PLAIN},
                "sub_level": sub_level_name(ladder, position),
            }
