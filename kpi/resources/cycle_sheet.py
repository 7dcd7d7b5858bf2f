"""What the sheets of an appraisal have in common: a cycle that stands before they are read, units by name as
of its last day, and vetoes that come with scores."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from kpi.claimed_scores import Claim, keep_claim
from kpi.models import Cycle, Veto
from kpi.services.registered_vetoes import VetoEntry, vetoes_register
from kpi.states import OFFICE, CycleState, VetoState
from reform.errors import CellError
from reform.exchange.cells import is_blank, title_key
from reform.exchange.reading import CellFault
from reform.exchange.sheet import Column, Row, SheetReport, SheetResource
from reform.exchange.tables import Header, Table
from reform.exchange.vocabulary import UNIT, words
from reform.exchange.widgets import TextWidget
from reform.models import Unit
from reform.resources.unit_tree import UnitTree, near
from reform.selectors import policy_of

from .figure_widgets import FigureWidget

VETO_WORDS = ("一票否决", "否决", "否决事项", "一票否决情况", "一票否决项")
UNIT_WORDS = (*UNIT, *words(("责任", "考核", "被考核", "所在", "所属"), UNIT))
_NO, _YES = ("否", "未发生", "没有"), ("是", "有", "发生", "√")
FIXED = (CycleState.PUBLISHED, CycleState.APPEALING, CycleState.FINAL)


class VetoWidget(TextWidget):
    """一票否决事项: the matter in words; 是 alone is one too, 否 is none."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value)
        return "" if text in _NO else "一票否决" if text in _YES else text


def veto_column(**more: Any) -> Column:
    """The column of a matter that vetoes."""
    return Column("一票否决事项", VetoWidget(200), aliases=VETO_WORDS, width=24, **more)


class CycleSheet(SheetResource):
    """Base of sheets that go into a cycle. Of a sheet without a cycle only the headers are looked at: what is
    wrong with its rows depends on it."""

    target = "cycle"
    permission = OFFICE
    seen_by = "kpi.view_unitresult"
    subject_column: ClassVar[str] = "unit"  # whom a row is about

    @property
    def cycle(self) -> Cycle:
        cycle: Cycle = self.context.cycle
        return cycle

    @property
    def cycle_or_none(self) -> Cycle | None:
        found: Cycle | None = self.context.cycle
        return found

    @cached_property
    def most_points(self) -> Decimal:
        """The most that a score may be, by the cycle's policy (kpi.totals)."""
        return Decimal(str(policy_of(self.cycle.policy)["kpi.totals"]["high"]))

    def run(self, table: Table, report: SheetReport) -> SheetReport:
        if self.context.cycle is not None:
            return super().run(table, report)
        self.table, self.report = table, report
        report.kind, report.kind_label = self.kind, self.label
        report.header_rows, report.skipped, report.rows = table.header_rows, table.skipped, len(table.rows)
        self._match(table)
        return report

    def brought(self, what: str) -> None:
        """Tell the target what has changed in this cycle: `scores`, which register a drafted one, or
        `targets` or `points`, which do not."""
        self.context.seen["cycle"].setdefault(self.cycle.pk, set()).add(what)

    def fixed(self, row: Row, name: str) -> None:
        """A change that the cycle's state does not take."""
        state = CycleState(self.cycle.state).label
        why, hint = f"{self.cycle}已是“{state}”", "确有错误的通过申诉更正，或改成与系统一致。"
        if self.cycle.state not in FIXED:
            hint = "请改成与系统一致；要改的在系统中办理。"
        if self.cycle.registered and self.cycle.state == CycleState.SCORING:
            why, hint = "这个指标已登记得分", "要更正的，先撤销登记它的那次上传，再重新导入。"
        self.error(row, name, "CYCLE_FIXED", f"与系统中的不同；{why}，不能由表改变。", hint)

    def finding(self, level: str, code: str, message: str, hint: str, **place: Any) -> None:
        """A finding about a place that is no column of ours, such as a column of the sheet's formula."""
        self._finding(level, code, message, hint, **place)

    def cell_under(self, row: Row, header: Header) -> Any:
        return self._cell_at(row.number, header)

    def raw_under(self, row: Row, header: Header) -> str:
        return self._raw(row.number, header)

    def claim(self, row: Row, name: str, kind: str, key: int) -> None:
        """Keep the score that a cell says, to be compared with the computed one; what is no figure says
        nothing."""
        header, value = self.present.get(name), self.cell(row, name)
        if header is None or value is None or isinstance(value, CellFault) or is_blank(value):
            return
        try:
            said = FigureWidget(header.text, 12).clean(value)
        except CellError:
            return
        place = {
            "file": self.report.file,
            "sheet": self.report.sheet,
            "row": row.number,
            "column": header.text,
            "index": header.index,
            "value": self._raw(row.number, header),
        }
        keep_claim(self.context, self.cycle, Claim(kind, key, said, place))

    # --- units ---

    def load_units(self) -> None:
        self.units = UnitTree.load(self.context.zone)

    def unit_named(self, row: Row, name: str) -> Unit | None:
        """The unit that a cell names: the one there was on the cycle's last day before a later one of the
        same name."""
        said = row.values.get(name)
        if not said:
            return None
        same = self.units.tops.get(title_key(said), [])
        found = next((one for one in same if self._was_there(one)), None) or self.units.named(said)
        if found is not None:
            return found
        tainted = self.context.tainted
        if title_key(said) in tainted["unit"] or {"positions", "units"} & tainted["kind"]:
            row.bad = True
            return None
        self.error(row, name, "UNIT_UNKNOWN", f"没有“{said}”这个单位。", near(self.units, said))
        return None

    def _was_there(self, unit: Unit) -> bool:
        day = self.cycle.last_day
        begun = unit.starts_on is None or unit.starts_on <= day
        return begun and (unit.ends_before is None or unit.ends_before > day)

    # --- vetoes ---

    def load_vetoes(self) -> None:
        """Matters of the cycle that were not dismissed, by whose they are."""
        rows = Veto.objects.filter(cycle=self.cycle).exclude(state=VetoState.DISMISSED)
        self.vetoes = {
            ("unit" if unit else "person", unit or person, matter)
            for unit, person, matter in rows.values_list("unit_id", "person_id", "matter")
        }

    def new_matters(self, row: Row, kind: str, key: int) -> list[str]:
        """The matters of a row that the cycle does not know yet; an export writes several joined by ；."""
        said = row.values.get("veto") or ""
        if (kind, key, said) in self.vetoes:
            return []
        parts = [part.strip() for part in said.split("；")]
        return [part for part in parts if part and (kind, key, part) not in self.vetoes]

    def is_new_veto(self, row: Row, kind: str, key: int) -> bool:
        return bool(self.new_matters(row, kind, key))

    def write_vetoes(self, entries: Sequence[VetoEntry]) -> None:
        """Register matters, decided already, with the workbook as their document."""
        if not entries:
            return
        vetoes_register(
            cycle=self.cycle,
            entries=entries,
            actor=self.context.actor,
            on=self.context.today,
            document=self.report.file,
            upload=self.context.upload,
        )
