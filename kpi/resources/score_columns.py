"""Which columns of a sheet make the personal score: those of its formula, of the cycle's, or 个人得分
itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from kpi.models import Period, PersonResult
from kpi.rules.formula import BONUS, DEDUCTION, Formula, apply, is_formula, read_formula
from kpi.rules.personal import GROUPS, YEAR_END_WORDS, takes_year_end
from reform.errors import CellError, RuleError
from reform.exchange.cells import is_blank
from reform.exchange.findings import ERROR
from reform.exchange.reading import CellFault
from reform.exchange.recognise import texts_above
from reform.exchange.sheet import CellChange, Row
from reform.exchange.tables import Header, Table, bare_header_key, header_key
from reform.selectors import policy_of

from .figure_widgets import PointsWidget

if TYPE_CHECKING:
    from .cycle_sheet import CycleSheet

PERSONAL = "个人得分"
_ITSELF = f"{PERSONAL}={PERSONAL}×100%"


class ScoreColumns:
    """headers: word of the formula → header of the sheet.  formula: as the sheet gives it, None where it
    gives none.  gives_result: the sheet has the personal score itself, no parts."""

    def __init__(self, sheet: "CycleSheet", table: Table) -> None:
        self.sheet = sheet
        self.formula: Formula | None = None
        self.headers: dict[str, Header] = {}
        self.gives_result = False
        self._faults: list[tuple[str, str, str]] = []
        self._found: dict[int, dict[str, Decimal | None]] = {}
        self._by_key = _headers_by_key(table)

    @classmethod
    def of(cls, sheet: "CycleSheet", table: Table) -> Self:
        """From the lines above the table and the formula of the cycle."""
        found = cls(sheet, table)
        line = next((one for one in texts_above(table) if is_formula(one)), "")
        if line:
            found._take(line)
        elif sheet.cycle_or_none is not None:
            found._without_line()
        return found

    def _take(self, line: str) -> None:
        """The sheet's own formula: readable, the cycle's where that has one, its columns there."""
        try:
            formula = read_formula(line)
        except RuleError as fault:
            self._fault("FORMULA_INVALID", str(fault), "请改正表题下的公式，各项权重合计须为100%。")
            return
        cycle = self.sheet.cycle_or_none
        if cycle is not None and cycle.formula and cycle.formula != str(formula):
            self._fault(
                "FORMULA_CONFLICT",
                f"{cycle}的个人得分公式是“{cycle.formula}”，表中写的是“{formula}”。",
                "一个周期只有一个公式，请改成一致；要换公式的，先撤销登记它的那次上传。",
            )
        self.formula = formula
        self._resolve(formula, must=True)

    def _without_line(self) -> None:
        cycle = self.sheet.cycle
        has_personal = header_key(PERSONAL) in self._by_key
        if cycle.formula and cycle.formula != _ITSELF:
            self._resolve(read_formula(cycle.formula), must=not has_personal)
        elif year_end := self._year_end():
            self.headers = {YEAR_END_WORDS[0]: year_end}
        elif has_personal and self._is_computed():
            pass  # an export: what the quarters or the ratings made is compared, and never taken for given
        elif has_personal:
            self.gives_result = True
            self.formula = read_formula(_ITSELF)
            self.headers = {PERSONAL: self._by_key[header_key(PERSONAL)]}
        elif cycle.period == Period.QUARTER and (groups := self._groups()):
            self.headers = groups
        elif not self._has_points():
            self._fault(
                "FORMULA_MISSING",
                "表中没有“个人得分”，表题下也没有写明个人得分怎样由各项得分算出。",
                "请在表题下写一行，例如：个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×20%+加分-扣分。",
            )

    def _is_computed(self) -> bool:
        """Whether the cycle makes personal scores in its own way, without a formula."""
        cycle = self.sheet.cycle
        if cycle.formula:
            return False
        return PersonResult.objects.filter(cycle=cycle, current=True, personal__isnull=False).exists()

    def _groups(self) -> dict[str, Header]:
        """Columns of the raters' groups, whose weights are the policy's."""
        return {
            word: self._by_key[key]
            for word in GROUPS.values()
            for key in (header_key(word), header_key(f"{word}得分"))
            if key in self._by_key
        }

    def _year_end(self) -> Header | None:
        """The column of 年终考核, where the policy makes it a part of the year."""
        cycle = self.sheet.cycle
        if cycle.period != Period.YEAR or not takes_year_end(policy_of(cycle.policy)):
            return None
        found = (self._by_key.get(header_key(word)) for word in YEAR_END_WORDS)
        return next((one for one in found if one is not None), None)

    def _has_points(self) -> bool:
        return any("领导小组" in key for key in self._by_key)

    def _resolve(self, formula: Formula, *, must: bool) -> None:
        found = {column: self._by_key.get(header_key(column)) for column in formula.columns}
        missing = [column for column, header in found.items() if header is None]
        if missing and must:
            self._fault(
                "FORMULA_INVALID",
                f"公式中的“{'、'.join(missing)}”在表头中没有。",
                "公式中的名称须与表头一致。",
            )
        if not missing:
            self.headers = {column: header for column, header in found.items() if header is not None}

    def _fault(self, code: str, message: str, hint: str) -> None:
        self._faults.append((code, message, hint))

    @property
    def is_sound(self) -> bool:
        """Whether its formula and columns could be made out."""
        return not self._faults

    def is_usable(self) -> bool:
        """Tell the sheet what is wrong; False where its rows cannot be read for it."""
        report = self.sheet.report
        for code, message, hint in self._faults:
            self.sheet.finding(
                ERROR, code, message, hint, row=report.header_rows[-1] if report.header_rows else None
            )
        return not self._faults

    # --- rows ---

    def read(self, row: Row) -> Mapping[str, Decimal | None]:
        """Word of the formula → figure of the row; read once, with the faults of its cells."""
        if row.number not in self._found:
            self._found[row.number] = {
                column: self._cell(row, column, header) for column, header in self.headers.items()
            }
        return self._found[row.number]

    @property
    def in_force(self) -> Formula | None:
        """The sheet's formula, else the cycle's."""
        return self.formula or (read_formula(text) if (text := self.sheet.cycle.formula) else None)

    def result(self, row: Row) -> Decimal | None:
        """What the formula makes of a row; None where a part is lacking, or without one."""
        formula = self.in_force
        if formula is None:
            return None
        values = dict(self.read(row)) | {
            BONUS: row.values.get("bonus"),
            DEDUCTION: row.values.get("deduction"),
        }
        try:
            return apply(formula, values, highest=self.sheet.most_points)
        except RuleError:
            return None

    def _cell(self, row: Row, column: str, header: Header) -> Decimal | None:
        value = self.sheet.cell_under(row, header)
        if value is None or is_blank(value):
            return None
        if isinstance(value, CellFault):
            self._cell_error(row, header, "CELL_FAULT", "单元格是错误值或没有结果的公式。", "请改成数字。")
            return None
        try:
            return PointsWidget(column, self.sheet.most_points).clean(value)
        except CellError as fault:
            self._cell_error(row, header, fault.code, fault.message, fault.hint)
            return None

    def _cell_error(self, row: Row, header: Header, code: str, message: str, hint: str) -> None:
        row.bad = True
        self.sheet.finding(
            ERROR,
            code,
            message,
            hint,
            row=row.number,
            column=header.text,
            index=header.index,
            value=self.sheet.raw_under(row, header),
        )

    def changed(self, row: Row, who: str, column: str, old: Any, new: Any) -> None:
        """Note old → new of a score for the preview."""
        text = self.headers[column].text
        self.sheet.report.changes.append(CellChange(row.number, who, text, str(old or "（空）"), str(new)))


def _headers_by_key(table: Table) -> dict[str, Header]:
    """Headers by what they are compared by: as they stand before without brackets."""
    found: dict[str, Header] = {}
    for header in table.headers:
        found.setdefault(bare_header_key(header.lower), header)
    for header in table.headers:
        found[header_key(header.lower)] = header
    return found
