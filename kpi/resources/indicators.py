"""KPI 指标目标/完成表 (layout 11): leaves, targets and what came of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from kpi.claimed_scores import ITEM
from kpi.models import Direction, Indicator, Item
from kpi.rules.codes import OUTSIDE_RULES, Rule, direction_problem
from kpi.rules.parameter_text import EXAMPLES, given_by_text
from kpi.rules.scoring import Parameters, needs_full, parse_parameters
from kpi.selectors.reporting import EDITABLE, REPORTING
from kpi.services import (
    ActualValues,
    IndicatorEntry,
    TargetValues,
    actuals_report,
    cycle_items_make,
    indicators_register,
    targets_register,
)
from kpi.services.registered_vetoes import VetoEntry
from kpi.states import CycleState, ItemState
from reform.errors import CellError, RuleError
from reform.exchange.sheet import Row
from reform.models import Unit

from .actual_values import actual_values
from .indicator_records import indicator_records, indicator_values
from .indicator_rows import IndicatorRows
from .indicator_subjects import Subjects

LEAF_TEXTS = ("measure", "direction", "data_source", "evidence_needed", "remark")
TARGETS = ("full", "base", "target", "challenge")


class IndicatorSheet(IndicatorRows):
    """One line for a leaf. In a drafted cycle it makes leaves and targets, and with actual values registers
    the cycle; while figures are collected it is the units' report; later it may only agree."""

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        for row in rows:
            self._check_responsible(row)
        self.subjects = Subjects(self, rows).of
        self.actual_of: dict[int, ActualValues] = {}
        self.values_of: dict[int, dict[str, Any]] = {}
        first: dict[Any, Row] = {}
        for row in rows:
            if row.number not in self.subjects:
                self._check_cells(row)
                continue
            subject = self.subjects[row.number]
            code, names = self.key_of(row)
            subject_id = subject.pk if subject else None
            leaf = self.known.find(subject_id, code, names)
            before = first.setdefault(leaf.pk if leaf else (subject_id, code, *names), row)
            if before is not row:
                self.error(
                    row,
                    self.name_column(row),
                    "INDICATOR_DUPLICATE",
                    f"与第{before.number}行是同一个考核对象的同一个指标。",
                    "请只留一行，或改正名称、编码。",
                )
                continue
            self.leaf_of[row.number] = leaf
            self._check_row(row, leaf)

    def _check_responsible(self, row: Row) -> None:
        if not row.values.get("responsible"):
            return
        unit = self.unit_named(row, "responsible")
        if unit is None:
            self.has_bad_units = True
        else:
            self.responsible_of[row.number] = unit

    def _check_cells(self, row: Row) -> None:
        """What can be said of a row whose subject is not known."""
        if self.takes_new and not row.bad:
            self._check_row(row, None)
            del self.values_of[row.number]

    def _check_row(self, row: Row, leaf: Indicator | None) -> None:
        if leaf is None and not self.takes_new:
            self.unknown(row)
            return
        rule = self.rule_of(row)
        parameters = self._parameters(row, rule, leaf)
        self._check_weight(row, rule, leaf)
        self._check_direction(row, rule, leaf)
        self._check_actual(row, rule, parameters, leaf)
        self.values_of[row.number] = self._values(row, leaf)
        if leaf is not None:
            self._check_fixed(row, leaf)

    def _parameters(self, row: Row, rule: Rule | None, leaf: Indicator | None) -> Parameters | None:
        """Read 规则参数; those that come to the same as the stored ones stay as they were written."""
        text, row.values["given"] = row.values.get("parameters"), None
        if rule is None:
            if text and "rule" not in row.bad_names:
                self.error(
                    row, "parameters", "RULE_MISSING", "有规则参数，没有计分规则。", "请补上计分规则。"
                )
            return None
        same_rule = leaf is not None and leaf.rule == rule
        try:
            stored = parse_parameters(rule, leaf.parameters, self.defaults) if leaf and same_rule else None
            if text is None:
                return stored or parse_parameters(rule, {}, self.defaults)
            given = given_by_text(rule, text)
            found = parse_parameters(rule, given, self.defaults)
        except RuleError as fault:
            self.error(
                row, "parameters", "PARAMETERS_INVALID", str(fault), f"例如：{EXAMPLES.get(rule, '')}。"
            )
            return None
        if found != stored:
            row.values["given"] = given
        return found

    def _check_weight(self, row: Row, rule: Rule | None, leaf: Indicator | None) -> None:
        full = row.values.get("full")
        if rule in OUTSIDE_RULES and full:
            self.error(
                row,
                "full",
                "WEIGHT_OUTSIDE",
                f"“{rule.label}”不占权重。",
                "请把这一格空着。",  # type: ignore[union-attr]
            )
        lacks = full is None and (leaf is None or leaf.full is None) and "full" not in row.bad_names
        if rule is not None and needs_full(rule) and lacks and self.takes_new:
            self.error(row, "full", "VALUE_MISSING", "“权重”没有填写。", "请补上；加分、扣分、否决项才不填。")

    def _check_direction(self, row: Row, rule: Rule | None, leaf: Indicator | None) -> None:
        said = row.values.get("direction")
        if rule is None or not said:
            return
        if problem := direction_problem(rule, Direction(said)):  # type: ignore[arg-type]
            self.error(row, "direction", "DIRECTION_MISMATCH", f"{problem}。", "请改方向或计分规则。")

    def _check_actual(
        self, row: Row, rule: Rule | None, parameters: Parameters | None, leaf: Indicator | None
    ) -> None:
        text, rank = row.values.get("actual"), row.values.get("rank")
        if text is None and rank is None:
            return
        if rule is None:
            if "rule" not in row.bad_names:
                self.error(row, "rule", "RULE_MISSING", "有实际值，没有计分规则。", "请补上计分规则。")
            return
        measure = row.values.get("measure") or (leaf.measure if leaf else "")
        try:
            if text is None:
                self.actual_of[row.number] = ActualValues(inputs={"rank": f"{rank:f}"})
            else:
                self.actual_of[row.number] = actual_values(text, rule, parameters, measure, rank)
        except CellError as fault:
            self.error(row, "actual", fault.code, fault.message, fault.hint)

    def _values(self, row: Row, leaf: Indicator | None) -> dict[str, Any]:
        """Fields of the leaf that the row has; an empty cell clears nothing."""
        values = row.values
        names = (*LEAF_TEXTS, "full", "is_core")
        found = {name: values[name] for name in names if values.get(name) is not None}
        if values.get("rule"):
            found["rule"] = str(values["rule"])
        if values["given"] is not None:
            found["parameters"] = values["given"]
        elif leaf is not None and values.get("rule") and leaf.rule != values["rule"]:
            found["parameters"] = {}
        if row.number in self.responsible_of:
            found["responsible_unit"] = self.responsible_of[row.number]
        if leaf is None and "direction" not in found and values.get("rule") == Rule.LOWER:
            found["direction"] = Direction.DOWN.value
        return found

    # --- what differs ---

    def _leaf_changes(self, row: Row, leaf: Indicator) -> dict[str, tuple[Any, Any]]:
        """Field → (stored, given) of a leaf."""
        stored = indicator_values(leaf)
        found = {}
        item = self.known.items.get(leaf.pk)
        for name, value in self.values_of[row.number].items():
            if name == "full" and item is not None and item.full == value:
                continue  # the cycle's own weight counts
            now = value.name if isinstance(value, Unit) else value
            if stored[name] != now:
                found[name] = (stored[name], now)
        code = row.values.get("code")
        if code and code != leaf.code:
            found["code"] = (leaf.code, code)
        return found

    def _targets(self, row: Row) -> TargetValues:
        given = {name: row.values[name] for name in TARGETS if row.values.get(name) is not None}
        return TargetValues(**given)  # type: ignore[typeddict-item]

    def _item_changes(self, row: Row, item: Item) -> dict[str, tuple[Any, Any]]:
        """Field → (stored, given) of an item; what came of it under `actual`."""
        found: dict[str, tuple[Any, Any]] = {}
        for name, value in self._targets(row).items():
            if getattr(item, name) != value:
                found[name] = (getattr(item, name), value)
        for name, value in self.actual_of.get(row.number, {}).items():
            if getattr(item, name) != value:
                found["actual"] = (item.actual or item.inputs or None, self.cell(row, "actual"))
        return found

    def _check_fixed(self, row: Row, leaf: Indicator) -> None:
        """From 目标确定 on targets must be as they are stored; figures may come while they are collected."""
        item = self.known.items.get(leaf.pk)
        if self.cycle.state == CycleState.DRAFT:
            return
        changes = self._leaf_changes(row, leaf)
        changes |= self._item_changes(row, item) if item is not None else {}
        for name, (old, _) in changes.items():
            if name == "actual" and item is not None and self.cycle.state in REPORTING:
                self._check_report(row, item)
            elif not (self.takes_new and old is None and name in (*TARGETS, "actual")):
                self.fixed(row, "responsible" if name == "responsible_unit" else name)

    def _check_report(self, row: Row, item: Item) -> None:
        """Who may report, and whether it is not handed in already."""
        why = ""
        if not self.hands.may_report(item):
            why, hint = "只能填报本单位负责的指标。", "请从表中删去其他单位的行。"
        elif item.state not in EDITABLE:
            why, hint = f"这个指标“{ItemState(item.state).label}”，不能再改。", "要改的请先退回。"
        if why:
            self.error(row, "actual", "REPORT_REFUSED", why, hint)

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        rows = [row for row in rows if row.number in self.values_of]
        if self.report.errors or not rows:
            return
        for row in rows:
            self._count(row)
        changed = [row for row in rows if self._is_leaf_changed(row)]
        leaves = self._write_leaves(rows) if changed else self._stored_leaves(rows)
        self._write_items(rows, leaves)

    def _is_leaf_changed(self, row: Row) -> bool:
        leaf = self.leaf_of[row.number]
        return leaf is None or leaf.pk not in self.known.items or bool(self._leaf_changes(row, leaf))

    def _stored_leaves(self, rows: list[Row]) -> Mapping[int, Indicator]:
        return {row.number: leaf for row in rows if (leaf := self.leaf_of[row.number])}

    def _write_leaves(self, rows: list[Row]) -> Mapping[int, Indicator]:
        entries = []
        for row in rows:
            code, names = self.key_of(row)
            leaf = self.leaf_of[row.number]
            # A leaf found by its code keeps its names where the sheet leaves them out.
            one, two, three = names if leaf is None or any(names) else (leaf.level1, leaf.level2, leaf.level3)
            entries.append(
                IndicatorEntry(
                    one,
                    two,
                    three,
                    code=code,
                    subject=self.subjects[row.number],
                    period=self.cycle.period,
                    values=self.values_of[row.number],
                )
            )
        result = indicators_register(
            scheme=self.cycle.scheme,
            entries=entries,
            actor=self.context.actor,
            upload=self.context.upload,
            cycle=self.cycle,
        )
        cycle_items_make(cycle=self.cycle, actor=self.context.actor, upload=self.context.upload)
        self.brought("targets")
        return {row.number: leaf for row, leaf in zip(rows, result.leaves, strict=True)}

    def _write_items(self, rows: list[Row], leaves: Mapping[int, Indicator]) -> None:
        items = {one.indicator_id: one.pk for one in Item.objects.filter(cycle=self.cycle)}
        targets: dict[int, TargetValues] = {}
        actuals: dict[int, ActualValues] = {}
        for row in rows:
            key = items[leaves[row.number].pk]
            self.claim(row, "score", ITEM, key)
            if given := self._targets(row):
                targets[key] = given
            if row.number in self.actual_of:
                actuals[key] = self.actual_of[row.number]
        actor, upload = self.context.actor, self.context.upload
        if targets and targets_register(cycle=self.cycle, targets=targets, actor=actor, upload=upload):
            self.brought("targets")
        if actuals and actuals_report(
            cycle=self.cycle, values=actuals, actor=actor, on=self.context.today, upload=upload
        ):
            self.brought("scores")
        self._write_triggered(rows, actuals)

    def _write_triggered(self, rows: list[Row], actuals: Mapping[int, ActualValues]) -> None:
        """A 否决 that a registered sheet says has come about vetoes the unit assessed."""
        if not self.takes_new:
            return
        vetoed = []
        for row in rows:
            subject = self.subjects[row.number]
            matter = row.values[self.name_column(row)]
            triggered = self.actual_of.get(row.number, {}).get("inputs", {}).get("triggered")
            if subject is not None and triggered and ("unit", subject.pk, matter) not in self.vetoes:
                vetoed.append(VetoEntry(subject, matter))
        self.write_vetoes(vetoed)

    def _count(self, row: Row) -> None:
        leaf = self.leaf_of[row.number]
        item = self.known.items.get(leaf.pk) if leaf else None
        if leaf is None or item is None:
            self.count("created")
            return
        changes = {**self._leaf_changes(row, leaf), **self._item_changes(row, item)}
        if not changes:
            self.count("unchanged")
            return
        self.count("changed")
        for name, (old, new) in changes.items():
            column = "responsible" if name == "responsible_unit" else name
            self.changed(row, leaf.name, column, old, new)

    # --- export ---

    def records(self) -> Iterable[dict[str, Any]]:
        """The cycle's items in the order of the scheme, what came of them included."""
        return indicator_records(self.cycle)
