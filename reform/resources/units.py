"""机构员额表 (layout 13)."""

from typing import Any

from reform.exchange.cells import title_key
from reform.exchange.sheet import Column, Row, SheetResource, differing
from reform.exchange.vocabulary import UNIT
from reform.exchange.widgets import ChoiceWidget, DateWidget, IntegerWidget, TextWidget, TitleWidget
from reform.models import Unit, UnitKind, UnitLineage
from reform.services import Edit, edit, units_register

from .lookups import infer_kind
from .unit_tree import UnitTree, check_tree, near

KIND_WORDS = {
    "党工委": "COMMITTEE",
    "管委会": "COMMITTEE",
    "党工委管委会": "COMMITTEE",
    "党工委/管委会(班子)": "COMMITTEE",
    "班子": "COMMITTEE",
    "领导班子": "COMMITTEE",
    "部门": "DEPT",
    "大部制": "DEPT",
    "大部制部门": "DEPT",
    "大部制内设部门": "DEPT",
    "内设机构": "DEPT",
    "工作部门": "DEPT",
    "国资公司": "SOE",
    "国有公司": "SOE",
    "公司": "SOE",
    "企业": "SOE",
    "镇": "TOWN",
    "乡镇": "TOWN",
    "街道": "TOWN",
    "街道办事处": "TOWN",
    "镇办": "TOWN",
    "镇街": "TOWN",
    "事业单位": "INST",
    "园区管理办公室": "PARK",
    "园区(管理办公室)": "PARK",
}
FIELDS = ("staffing_quota", "head_headcount", "deputy_headcount", "starts_on", "document_no")


class UnitSheet(SheetResource):
    """Units with their approved 员额; a unit is known by its code, else by its name."""

    kind = "units"
    label = "机构员额表"
    permission = "reform.change_unit"
    seen_by = "reform.view_unit"
    title_words = ("机构", "员额")
    marks = ("员额", "单位编码", "单位编号", "上级单位", "成立日期", "正职职数", "副职职数")

    code = Column("单位编码", TextWidget(30), aliases=("单位编号", "机构编码", "部门编码"), width=10)
    name = Column(
        "单位名称",
        TitleWidget(),
        aliases=(*UNIT, "机构名称"),
        required=True,
        filled=True,
        width=26,
        help_text="同一上级下不重名",
    )
    parent = Column("上级单位", TitleWidget(), aliases=("上级机构", "所属单位", "隶属单位"), width=20)
    unit_kind = Column(
        "类型",
        ChoiceWidget(dict(UnitKind.choices), KIND_WORDS),
        aliases=("单位类型", "机构类型", "部门属性", "单位大类", "组织类别"),
        width=14,
        choices=[label for _, label in UnitKind.choices],
    )
    staffing_quota = Column(
        "员额核定数",
        IntegerWidget("员额核定数"),
        aliases=("核定员额", "员额", "员额数", "核定员额数"),
        text=False,
        help_text="空着表示未核定，不作检查",
    )
    head_headcount = Column("正职职数", IntegerWidget("正职职数"), aliases=("正职数",), text=False)
    deputy_headcount = Column("副职职数", IntegerWidget("副职职数"), aliases=("副职数",), text=False)
    starts_on = Column("成立日期", DateWidget(), aliases=("设立日期", "批准日期", "成立时间"), width=12)
    document_no = Column("文号", TextWidget(80), aliases=("批复文号", "发文号", "发文字号"), width=24)
    # Read where an office states a merger; §8 does not write it.
    predecessors = Column("前身单位", TextWidget(400), aliases=("合并自", "前身", "原机构"), write=False)
    number = Column("序号", aliases=("排序",), read=False, write=False)
    remark = Column("备注", aliases=("说明",), read=False, write=False)

    def load(self) -> None:
        self.index = UnitTree.load(self.context.zone)
        self.lineages = set(
            UnitLineage.objects.filter(zone=self.context.zone).values_list("predecessor_id", "successor_id")
        )

    def check(self, rows: list[Row]) -> None:
        check_tree(self, rows, self.index)
        for row in rows:
            self._check_predecessors(row)

    def _check_predecessors(self, row: Row) -> None:
        names = self._predecessor_names(row)
        for name in names:
            if self.index.top(name) is None:
                self.error(
                    row, "predecessors", "UNIT_UNKNOWN", f"没有“{name}”这个单位。", near(self.index, name)
                )
        if names and not row.bad and not row.values.get("starts_on"):
            unit = self.index.existing(row)
            if unit is None or unit.starts_on is None:
                self.error(
                    row,
                    "starts_on",
                    "VALUE_MISSING",
                    "有前身单位的，须填成立日期。",
                    "前身单位从这一天起撤销，请补上。",
                )

    def _predecessor_names(self, row: Row) -> list[str]:
        text = row.values.get("predecessors") or ""
        for mark in "，,；;":
            text = text.replace(mark, "、")
        return [part.strip() for part in text.split("、") if part.strip()]

    def write(self, rows: list[Row]) -> None:
        self.index.reserved = {row.values["code"] for row in rows if row.values.get("code")}
        waiting = list(rows)
        done: set[str] = set()
        names = {title_key(row.values["name"]) for row in rows}
        written: list[tuple[Unit, str]] = []
        while waiting:
            ready = [row for row in waiting if self._parent_ready(row, names, done)] or waiting
            written += self._write_level(ready)
            done |= {title_key(row.values["name"]) for row in ready}
            waiting = [row for row in waiting if row not in ready]
        self.context.seen["units"] |= {unit.pk: place for unit, place in written}

    def _parent_ready(self, row: Row, names: set[str], done: set[str]) -> bool:
        parent = title_key(row.values.get("parent") or "")
        return not parent or parent not in names or parent in done

    def _write_level(self, rows: list[Row]) -> list[tuple[Unit, str]]:
        """Rows whose parents are there already; returns the units with where they stand."""
        written: list[tuple[Unit, str]] = []
        earlier: dict[int, str] = self.context.seen["units"]  # by other sheets of the upload
        created: list[Unit] = []
        edits: list[Edit | None] = []
        lineages: list[UnitLineage] = []
        for row in rows:
            unit = self.index.existing(row)
            if unit is None:
                unit = self._new(row)
                created.append(unit)
                self.count("created")
            else:
                one = self._changed(row, unit)
                if one and unit.pk in earlier:
                    message = f"与{earlier[unit.pk]}是同一单位，内容不同。"
                    self.error(row, "name", "UNIT_DUPLICATE", message, "请只留一处，或使两处一致。")
                    continue
                edits.append(one)
                self.count("changed" if one else "unchanged")
            written.append((unit, f"“{self.report.file}”{self.report.sheet}第{row.number}行"))
            closing, new = self._merge(row, unit)
            edits += closing
            lineages += new
        if created or any(edits) or lineages:
            context = self.context
            units_register(
                zone=context.zone,
                created=created,
                changed=edits,
                lineages=(),
                actor=context.actor,
                upload=context.upload,
            )
            for lineage in lineages:
                lineage.successor_id = lineage.successor.pk
            if lineages:
                units_register(
                    zone=context.zone,
                    created=(),
                    changed=(),
                    lineages=lineages,
                    actor=context.actor,
                    upload=context.upload,
                )
        return written

    def _new(self, row: Row) -> Unit:
        values = row.values
        parent = self.index.named(values["parent"]) if values.get("parent") else None
        starts_on = values.get("starts_on")
        unit = Unit(
            zone=self.context.zone,
            parent=parent,
            code=values.get("code") or self.index.new_code(parent),
            name=values["name"],
            kind=values.get("unit_kind") or infer_kind(values["name"], parent),
            sort_no=row.number,
            staffing_quota=values.get("staffing_quota"),
            head_headcount=values.get("head_headcount"),
            deputy_headcount=values.get("deputy_headcount"),
            starts_on=starts_on.on if starts_on else None,
            document_no=values.get("document_no") or "",
        )
        self.index.add(unit)
        return unit

    def _changed(self, row: Row, unit: Unit) -> Edit | None:
        values: dict[str, Any] = {}
        for name in FIELDS:
            value = row.values.get(name)
            if value is not None:
                values[name] = value.on if name == "starts_on" else value
        if row.values.get("unit_kind"):
            values["kind"] = row.values["unit_kind"]
        if row.values.get("code"):
            values["code"] = row.values["code"]
        if title_key(unit.name) != title_key(row.values["name"]):
            values["name"] = row.values["name"]
        if row.values.get("parent"):
            values["parent"] = self.index.named(row.values["parent"])
        if unit.is_historical:
            values["is_historical"] = False
        column_of = {"kind": "unit_kind"}
        values = differing(unit, values)
        old = {name: getattr(unit, name) for name in values}
        one = edit(unit, **values)
        for name, value in values.items():
            if column_of.get(name, name) in self.columns:
                self.changed(row, unit.name, column_of.get(name, name), old[name], value)
        return one

    def _merge(self, row: Row, unit: Unit) -> tuple[list[Edit | None], list[UnitLineage]]:
        """前身单位: they are closed on the day the unit is founded, with a row of 机构沿革 each."""
        names = self._predecessor_names(row)
        closing: list[Edit | None] = []
        lineages = []
        for name in names:
            former = self.index.top(name)
            if former is None or former is unit or (former.pk, unit.pk) in self.lineages:
                continue
            closing.append(edit(former, ends_before=unit.starts_on))
            lineages.append(
                UnitLineage(
                    zone=self.context.zone,
                    predecessor=former,
                    successor=unit,
                    kind=UnitLineage.Kind.MERGE if len(names) > 1 else UnitLineage.Kind.RENAME,
                    happened_on=unit.starts_on,
                    document_no=unit.document_no,
                )
            )
        return closing, lineages

    def records(self) -> Any:
        """All open units of the zone, in the order of the tree."""
        units = Unit.objects.filter(zone=self.context.zone, ends_before=None, is_historical=False)
        for unit in units.select_related("parent").order_by("sort_no", "code"):
            if unit.kind != UnitKind.SECTION:
                yield {
                    "code": unit.code,
                    "name": unit.name,
                    "parent": unit.parent.name if unit.parent else "",
                    "unit_kind": unit.kind,
                    **{name: getattr(unit, name) for name in FIELDS},
                }
