"""Whom the rows of a 指标表 assess (domain.md §6): as a column says, else by how the weights total 100."""

from collections.abc import Sequence
from decimal import Decimal

from kpi.models import Indicator
from kpi.rules.codes import OUTSIDE_RULES
from kpi.rules.figures import HUNDRED, shown
from kpi.selectors.schemes import WHOLE_ZONE
from reform.exchange.findings import ERROR
from reform.exchange.sheet import Row
from reform.models import Unit

from .indicator_rows import IndicatorRows

_ZONE_WORDS = (WHOLE_ZONE, "全区(整体)", "开发区", "本区", "高新区", "管委会整体", "区本级")


class Subjects:
    """Row number → the unit assessed, None for the zone; rows that it lacks have a fault."""

    def __init__(self, sheet: IndicatorRows, rows: Sequence[Row]) -> None:
        self.sheet = sheet
        self.of: dict[int, Unit | None] = {}
        if "subject" in sheet.present:
            self._by_column(rows)
        elif not sheet.takes_new or "full" not in sheet.present:
            self._by_leaves(rows)
        else:
            self._by_weights(rows)

    def _by_column(self, rows: Sequence[Row]) -> None:
        for row in rows:
            said = row.values.get("subject")
            if not said or said in (*_ZONE_WORDS, self.sheet.context.zone.name):
                self.of[row.number] = None
            elif unit := self.sheet.unit_named(row, "subject"):
                self.of[row.number] = unit
        if not self.sheet.takes_new:
            return
        sums: dict[str, Decimal] = {}
        for row in rows:
            if row.number in self.of:
                unit = self.of[row.number]
                self._add(sums, row, unit.name if unit else WHOLE_ZONE)
        wrong = {name: total for name, total in sums.items() if total != HUNDRED}
        if wrong and not self._has_bad_weight(rows) and "full" in self.sheet.present:
            self._totals("各考核对象的权重合计须为100", wrong)

    def _by_leaves(self, rows: Sequence[Row]) -> None:
        """Where no leaf may be added, or no weights are told, a row means the leaf that is there."""
        for row in rows:
            found = self._leaves(row)
            if len(found) == 1:
                self.of[row.number] = found[0].subject
            elif found:
                self.sheet.error(
                    row,
                    self.sheet.name_column(row),
                    "INDICATOR_AMBIGUOUS",
                    f"有{len(found)}个考核对象有这个指标，不知道是哪一个。",
                    "请加“考核对象”一列。",
                )
            elif self.sheet.takes_new:
                self.of[row.number] = None
            else:
                self.sheet.unknown(row)

    def _leaves(self, row: Row) -> list[Indicator]:
        code, names = self.sheet.key_of(row)
        found = self.sheet.known.of_any_subject(code, names)
        unit = self.sheet.responsible_of.get(row.number)
        if len(found) > 1 and unit is not None:
            own = [one for one in found if unit.pk in (one.responsible_unit_id, one.subject_id)]
            found = own or found
        return found

    def _by_weights(self, rows: Sequence[Row]) -> None:
        """100 by each 责任单位: these are assessed; 100 overall: the zone."""
        units = {row.number: self.sheet.responsible_of.get(row.number) for row in rows}
        if self._has_bad_weight(rows) or self.sheet.has_bad_units:
            return
        by_unit: dict[str, Decimal] = {}
        whole: dict[str, Decimal] = {WHOLE_ZONE: Decimal(0)}
        for row in rows:
            unit = units[row.number]
            self._add(by_unit, row, unit.name if unit else "（未填责任单位）")
            self._add(whole, row, WHOLE_ZONE)
        named = all(units.values())
        if named and by_unit and all(total == HUNDRED for total in by_unit.values()):
            self.of = dict(units)
        elif whole[WHOLE_ZONE] == HUNDRED:
            self.of = dict.fromkeys(units)
        else:
            why = f"权重合计{shown(whole[WHOLE_ZONE])}，按责任单位也不是各100"
            self._totals(why, by_unit, whole[WHOLE_ZONE])

    def _add(self, sums: dict[str, Decimal], row: Row, name: str) -> None:
        rule = self.sheet.rule_of(row)
        if rule not in OUTSIDE_RULES:
            sums[name] = sums.get(name, Decimal(0)) + (row.values.get("full") or Decimal(0))

    def _has_bad_weight(self, rows: Sequence[Row]) -> bool:
        return any({"full", "rule"} & row.bad_names for row in rows)

    def _totals(self, why: str, sums: dict[str, Decimal], whole: Decimal | None = None) -> None:
        listed = "、".join(f"{name}{shown(total)}" for name, total in sums.items())
        figures = {"actual": int(whole)} if whole is not None else {}
        header = self.sheet.present["full"]
        self.sheet.finding(
            ERROR,
            "WEIGHTS_TOTAL",
            f"{why}：{listed}。",
            "全区的指标表权重合计须为100；各单位的须按单位各合计100。",
            row=self.sheet.report.header_rows[-1],
            column=header.text,
            index=header.index,
            limit=int(HUNDRED),
            **figures,
        )
