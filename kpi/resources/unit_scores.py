"""考核结果汇总表, the version of units (layout 9), and 部门绩效考核得分表 as zones hand it in: 指标得分,
加分, 扣分, 一票否决事项."""

import re
from collections.abc import Iterable
from typing import Any

from kpi.claimed_scores import UNIT
from kpi.models import Item, UnitEntry, UnitResult
from kpi.services import UnitScoreEntry, unit_entries_register
from kpi.services.registered_vetoes import VetoEntry
from reform.exchange.sheet import Column, Row
from reform.exchange.widgets import TextWidget, TitleWidget
from reform.models import Unit

from .cycle_sheet import FIXED, UNIT_WORDS, CycleSheet, VetoWidget
from .figure_widgets import FigureWidget, PointsWidget
from .result_records import unit_records

COMPUTED = "由系统算出，填写无效"
FIGURES = ("indicators", "bonus", "deduction")


def computed(header: str, *aliases: str, **more: Any) -> Column:
    """A column that is written and not read."""
    return Column(header, FigureWidget(header, 4), aliases=aliases, read=False, help_text=COMPUTED, **more)


class UnitScoreSheet(CycleSheet):
    """One line for a unit. Its total, place and grade are computed; a unit that has indicators of its own in
    the cycle gets its 指标得分 from them."""

    kind = "unit_scores"
    label = "单位考核结果汇总表"
    title_words = (
        *("部门绩效", "单位绩效", "部门(单位)绩效", "部门考核", "单位考核"),
        *("部门(单位)考核", "单位得分", "部门得分"),
    )
    marks = ("指标得分", "优秀比例", "优秀名额", "单位系数")
    decisive = (re.compile(r".*指标得分"),)
    against = (re.compile(r"姓名|.*身份证.*"),)

    number = Column("序号", aliases=("编号", "排序"), read=False, text=False, width=6)
    unit = Column(
        "单位",
        TitleWidget(),
        aliases=(*UNIT_WORDS, "考核对象", "班子名称"),
        required=True,
        filled=True,
        blank_code="UNIT_MISSING",
        width=28,
    )
    indicators = Column(
        "指标得分",
        PointsWidget("指标得分"),
        aliases=(
            "指标考核得分",
            "KPI得分",
            "指标分",
            "年度指标得分",
            "季度指标得分",
            "考核得分",
            "KPI指标得分",
        ),
        required=True,
        text=False,
    )
    bonus = Column(
        "加分", PointsWidget("加分"), aliases=("加分项", "奖励加分", "加分情况"), text=False, width=8
    )
    deduction = Column(
        "扣分", PointsWidget("扣分"), aliases=("扣分项", "减分", "减分项"), text=False, width=8
    )
    veto = Column(
        "否决", VetoWidget(200), aliases=("一票否决事项", "一票否决", "否决事项", "否决项"), width=24
    )
    total = computed("总分", "综合得分", "总得分", "最终得分", "得分", text=False, width=8)
    rank = computed("排名", "名次", "位次", text=False, width=8)
    grade = Column(
        "等次", aliases=("考核等次", "确定等次", "考核结果"), read=False, help_text=COMPUTED, width=8
    )
    share = Column("优秀比例", aliases=("优秀率",), read=False, help_text=COMPUTED, width=10)
    seats = computed("优秀名额", text=False, width=10)
    coefficient = computed("单位系数", "绩效系数", text=False, width=10)
    remark = Column("备注", TextWidget(200), aliases=("说明",), write=False)

    def prepare(self) -> None:
        if self.cycle_or_none is not None:
            self.columns["indicators"].widget = PointsWidget("指标得分", self.most_points)

    def load(self) -> None:
        self.load_units()
        self.load_vetoes()
        self.known = {one.unit_id: one for one in UnitEntry.objects.filter(cycle=self.cycle)}
        own = Item.objects.filter(cycle=self.cycle, indicator__subject__isnull=False)
        self.with_leaves = set(own.values_list("indicator__subject_id", flat=True))
        results = UnitResult.objects.filter(cycle=self.cycle, current=True)
        self.results = {one.unit_id: one for one in results}

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.unit_of: dict[int, Unit] = {}
        first: dict[int, Row] = {}
        for row in rows:
            unit = self.unit_named(row, "unit")
            if unit is None:
                continue
            before = first.setdefault(unit.pk, row)
            if before is not row:
                self.error(
                    row,
                    "unit",
                    "UNIT_DUPLICATE",
                    f"与第{before.number}行是同一个单位。",
                    "每个单位只留一行。",
                )
                continue
            self.unit_of[row.number] = unit
            self._check_score(row, unit)

    def _check_score(self, row: Row, unit: Unit) -> None:
        """A unit has leaves or a score handed in, not both."""
        if unit.pk in self.with_leaves:
            result = self.results.get(unit.pk) or UnitResult()
            differing = [name for name in self._given(row) if row.values[name] != getattr(result, name)]
            if differing:
                self.error(
                    row,
                    differing[0],
                    "UNIT_HAS_INDICATORS",
                    f"“{unit.name}”在{self.cycle}有自己的指标，得分由指标算出。",
                    "请从表中删去这一行，或在指标表中填报。",
                )
            return
        entry = self.known.get(unit.pk)
        if entry is None and row.values.get("indicators") is None and "indicators" not in row.bad_names:
            self.error(row, "indicators", "VALUE_MISSING", "“指标得分”没有填写。", "请补上。")
        if self.cycle.state in FIXED and (changed := self._differing(row, entry)):
            self.fixed(row, changed[0])
        if self.cycle.state in FIXED and self.is_new_veto(row, "unit", unit.pk):
            self.fixed(row, "veto")

    def _given(self, row: Row) -> dict[str, Any]:
        """The fields of the entry that the row has; an empty cell clears nothing."""
        found = {name: row.values[name] for name in FIGURES if row.values.get(name) is not None}
        return found | ({"remark": row.values["remark"]} if row.values.get("remark") else {})

    def _differing(self, row: Row, entry: UnitEntry | None) -> list[str]:
        """Fields that the row has otherwise. What has come of them, such as a bonus within its cap, is what
        an export shows: it is the same."""
        given = self._given(row)
        if entry is None:
            return list(given)
        result = self.results.get(entry.unit_id)
        return [
            name
            for name, value in given.items()
            if getattr(entry, name) != value and (name == "remark" or getattr(result, name, None) != value)
        ]

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        entries, vetoed = [], []
        for row in rows:
            unit = self.unit_of.get(row.number)
            if unit is None:
                continue
            self.claim(row, "total", UNIT, unit.pk)
            matters = self.new_matters(row, "unit", unit.pk)
            vetoed += [VetoEntry(unit, matter) for matter in matters]
            changed = [] if unit.pk in self.with_leaves else self._differing(row, self.known.get(unit.pk))
            if changed:
                entries.append(UnitScoreEntry(unit, self._given(row)))
            self._count(row, unit, changed, bool(matters))
        if entries:
            unit_entries_register(
                cycle=self.cycle, entries=entries, actor=self.context.actor, upload=self.context.upload
            )
        self.write_vetoes(vetoed)
        if entries or vetoed:
            self.brought("scores")

    def _count(self, row: Row, unit: Unit, changed: list[str], new_veto: bool) -> None:
        entry = self.known.get(unit.pk)
        if not changed and not new_veto:
            self.count("unchanged")
        elif entry is None and unit.pk not in self.with_leaves:
            self.count("created")
        else:
            self.count("changed")
            for name in changed:
                self.changed(row, unit.name, name, getattr(entry, name), row.values[name])
            if new_veto:
                self.changed(row, unit.name, "veto", "", row.values["veto"])

    # --- export ---

    def records(self) -> Iterable[dict[str, Any]]:
        """The cycle's results unit by unit, in the order of their places."""
        return unit_records(self.cycle)
