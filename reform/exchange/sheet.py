"""SheetResource: the one schema of a sheet, from which import, export, empty template and 填写说明 all
come."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from import_export import fields, resources
from import_export.widgets import Widget
from openpyxl.utils import get_column_letter

from reform.access import is_command, roles_with
from reform.actors import ACTOR_LABELS
from reform.errors import CellError
from reform.exchange.cells import clean_text, clean_title, is_blank, quoted
from reform.exchange.context import Context
from reform.exchange.findings import ERROR, WARNING, Finding
from reform.exchange.reading import CellFault
from reform.exchange.tables import Header, Table
from reform.exchange.vocabulary import match_headers
from reform.exchange.widgets import DateWidget


class Column(fields.Field):
    """One column: its §8 header, the words offices use for it, and the widget that reads and writes it.

    required: without the column the sheet cannot be read.  filled: every row must have a value; `blank_code`
    names the fault where one has not.  otherwise: words that mean this column only where their first meaning
    is taken.  read: False for columns that are written and computed, never taken over.
    """

    def __init__(
        self,
        header: str,
        widget: Widget | None = None,
        *,
        aliases: Sequence[str] = (),
        otherwise: Sequence[str] = (),
        required: bool = False,
        filled: bool = False,
        blank_code: str = "VALUE_MISSING",
        read: bool = True,
        write: bool = True,
        text: bool = True,
        width: int = 12,
        help_text: str = "",
        choices: Sequence[str] | Callable[[Any], Sequence[str]] = (),
    ) -> None:
        super().__init__(column_name=header, widget=widget or Widget())
        self.header = header
        self.aliases, self.otherwise = tuple(aliases), tuple(otherwise)
        self.required, self.filled, self.blank_code = required, filled, blank_code
        self.read, self.write, self.text = read, write, text
        self.width, self.help_text, self.choices = width, help_text, choices


def differing(stored: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a row has otherwise. A text entered by hand in several lines is the same as its
    export."""
    found = {}
    for name, value in values.items():
        old = getattr(stored, name)
        if isinstance(old, str) and isinstance(value, str):
            if value not in (old, clean_text(old), clean_title(old)):
                found[name] = value
        elif old != value:
            found[name] = value
    return found


@dataclass(slots=True)
class Row:
    """A data row: typed values by column name, None where the cell is blank; `bad` once it has an error."""

    number: int
    values: dict[str, Any]
    bad: bool = False
    bad_names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class CellChange:
    """Old → new of one cell, as the preview shows it."""

    row: int
    who: str
    header: str
    old: str
    new: str


@dataclass
class SheetReport:
    """What came of one sheet."""

    file: str
    sheet: str
    kind: str = "other"
    kind_label: str = ""
    target: dict[str, str] = field(default_factory=dict)
    header_rows: list[int] = field(default_factory=list)
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    bad_rows: int = 0

    @property
    def errors(self) -> int:
        return sum(1 for finding in self.findings if finding.is_error)

    def sort_findings(self) -> None:
        self.findings.sort(key=lambda finding: (finding.row or 0, finding.index or 0))

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "sheet": self.sheet,
            "kind": self.kind,
            "target": {"round": self.target.get("round"), "cycle": self.target.get("cycle")},
            "header_rows": self.header_rows,
            "rows": self.rows,
            "created": self.counts["created"],
            "changed": self.counts["changed"],
            "unchanged": self.counts["unchanged"],
            "skipped": [{"row": row, "why": why} for row, why in self.skipped],
            "findings": [finding.as_json() for finding in self.findings],
        }


class SheetResource(resources.Resource):
    """Base of all sheets. A subclass declares columns, and says how to load references, check and write.

    kind: its name in the commands' JSON.  marks: header words that only this kind has; recognition goes by
    them.  decisive: patterns of headers that together settle it, whatever else stands in the sheet, unless
    one of `against` is among them.
    target: what it is imported into ("round", "cycle" or "").  permission: beyond that to upload, of who
    brings it in; '': none.  seen_by: beyond that to see uploads, of who takes it out; '': as to bring it in.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    title_words: ClassVar[tuple[str, ...]] = ()
    marks: ClassVar[tuple[str, ...]] = ()
    decisive: ClassVar[tuple[re.Pattern[str], ...]] = ()
    against: ClassVar[tuple[re.Pattern[str], ...]] = ()
    target: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    seen_by: ClassVar[str] = ""
    export_action: ClassVar[str] = "导出"  # of the event that an export leaves

    def __init__(self, context: Context | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context: Context = context  # type: ignore[assignment]
        self.report = SheetReport("", "")
        self.present: dict[str, Header] = {}
        self.table: Table | None = None
        if context is not None:
            self.prepare()

    # --- what a subclass supplies ---

    def prepare(self) -> None:
        """Give the columns the widgets that depend on the zone (ladder, date)."""

    def load(self) -> None:
        """Load what rows refer to, once, into dictionaries."""

    def check(self, rows: list[Row]) -> None:
        """Check each row, then all of them; `error` and `warning` say what is wrong."""

    def write(self, rows: list[Row]) -> None:
        """Hand the accepted rows to the service, all at once; count them with `count`."""

    def columns_needed(self, present: set[str]) -> Iterable[str]:
        """Names of columns that must be there, given those that are."""
        return [name for name, column in self.columns.items() if column.required]

    # --- reading ---

    @property
    def columns(self) -> dict[str, Column]:
        return self.fields

    def run(self, table: Table, report: SheetReport) -> SheetReport:
        """Parse, check and write one sheet; all its findings stand in the report."""
        self.table, self.report = table, report
        report.kind, report.kind_label = self.kind, self.label
        report.header_rows, report.skipped = table.header_rows, table.skipped
        report.rows = len(table.rows)
        if not self.may_bring() or not self._match(table):
            self.context.tainted["kind"].add(self.kind)
            return report
        self._note_unnamed(table)
        self.load()
        rows = list(self._parse(table))
        self.check(rows)
        self.write([row for row in rows if not row.bad])
        report.bad_rows = sum(row.bad for row in rows)
        report.sort_findings()
        return report

    def _note_unnamed(self, table: Table) -> None:
        """Values under no header are told, once a column: nothing is dropped in silence."""
        named = {header.index for header in table.headers}
        unnamed = {place for row in table.rows[:1] for place in range(len(row.cells))} - named
        for row in table.rows if unnamed else ():
            for index in [one for one in unnamed if not is_blank(row.cells[one])]:
                unnamed.remove(index)
                self._finding(
                    WARNING,
                    "COLUMN_UNKNOWN",
                    f"{get_column_letter(index + 1)}列没有表头，从第{row.number}行起的内容已忽略。",
                    "需要导入的请补上表头。",
                    row=row.number,
                    index=index,
                    value=quoted(row.cells[index], 60)[1:-1],
                )

    def may_bring(self) -> bool:
        """Whether the user may bring in a sheet of this kind; who runs commands on the server may any."""
        actor: Any = self.context.actor
        console = self.context.options.from_console or is_command(actor)
        if not self.permission or console or actor.has_perm(self.permission):
            return True
        who = ACTOR_LABELS.get(self.permission) or roles_with(self.permission) or "有权限的角色"
        self._finding(
            ERROR, "CALL_REFUSED", f"{self.label}由{who}上传，您的账号没有这个权限。", "请交给他们上传。"
        )
        return False

    def _match(self, table: Table) -> bool:
        self.present, unknown, doubles = match_headers(self.columns, table.headers)
        for column in self.columns.values():
            if isinstance(column.widget, DateWidget):
                column.widget.epoch1904 = table.epoch1904
        last = table.header_rows[-1]
        for header in unknown:
            self._finding(
                WARNING,
                "COLUMN_UNKNOWN",
                "未识别，已忽略。",
                "",
                row=last,
                column=header.text,
                index=header.index,
            )
        for header in doubles:
            self._finding(
                ERROR,
                "COLUMN_DUPLICATE",
                "同一张表里有两个这样的表头，不知道以哪一列为准。",
                "请删去或改名其中一列。",
                row=last,
                column=header.text,
                index=header.index,
            )
        missing = [
            self.columns[name].header
            for name in self.columns_needed(set(self.present))
            if name not in self.present
        ]
        found = "、".join(header.text for header in table.headers)
        for word in missing:
            self._finding(
                ERROR,
                "COLUMN_MISSING",
                f"缺少“{word}”这一列。",
                f"表头在第{'、'.join(map(str, table.header_rows))}行，已有：{found}。",
                row=last,
                column=word,
            )
        return not missing and not doubles

    def _parse(self, table: Table) -> Iterator[Row]:
        columns = [
            (name, header.index, self.columns[name].widget.clean, self.columns[name])
            for name, header in self.present.items()
            if self.columns[name].read
        ]
        for source in table.rows:
            values: dict[str, Any] = {}
            row = Row(source.number, values)
            cells = source.cells
            width = len(cells)
            for name, index, clean, column in columns:
                value = cells[index] if index < width else None
                if value is None or is_blank(value):
                    values[name] = None
                    if column.filled:
                        self.error(row, name, column.blank_code, f"“{column.header}”没有填写。", "请补上。")
                    continue
                if isinstance(value, CellFault):
                    values[name] = None
                    self.error(
                        row,
                        name,
                        "CELL_FAULT",
                        f"单元格是{'公式，没有保存结果' if value.kind == 'formula' else '错误值'}。",
                        "请改成文字或数字后再上传。",
                    )
                    continue
                try:
                    values[name] = clean(value)
                except CellError as fault:
                    values[name] = None
                    self.error(row, name, fault.code, fault.message, fault.hint)
            yield row

    # --- reporting ---

    def error(self, row: Row, name: str, code: str, message: str, hint: str = "", **more: Any) -> None:
        """A fault of one cell; the row is not written, and the cell's value is not used further."""
        row.bad = True
        row.bad_names.add(name)
        self._cell(ERROR, row, name, code, message, hint, **more)

    def error_later(self, row: Row, *fault: Any) -> None:
        """A fault of a row of this sheet that only a later sheet of the upload brings to light."""
        self.report.bad_rows += not row.bad
        self.error(row, *fault)
        self.report.sort_findings()

    def warning(self, row: Row, name: str, code: str, message: str, hint: str = "", **more: Any) -> None:
        self._cell(WARNING, row, name, code, message, hint, **more)

    def _cell(self, level: str, row: Row, name: str, code: str, message: str, hint: str, **more: Any) -> None:
        header = self.present.get(name)
        self._finding(
            level,
            code,
            message,
            hint,
            row=row.number,
            column=header.text if header else self.columns[name].header,
            index=header.index if header else None,
            value=self._raw(row.number, header),
            **more,
        )

    def _finding(self, level: str, code: str, message: str, hint: str = "", **place: Any) -> None:
        report = self.report
        report.findings.append(
            Finding(level, code, message, hint, file=report.file, sheet=report.sheet, **place)
        )

    def _cell_at(self, number: int, header: Header | None) -> Any:
        if header is None or self.table is None:
            return None
        if not hasattr(self, "_cells_by_row"):
            self._cells_by_row = {row.number: row.cells for row in self.table.rows}
        cells = self._cells_by_row.get(number, [])
        return cells[header.index] if header.index < len(cells) else None

    @property
    def epoch1904(self) -> bool:
        """Whether the workbook that is read counts days from 1904."""
        return self.table is not None and self.table.epoch1904

    def cell(self, row: Row, name: str) -> Any:
        """What stands in a row under a column, also under one that is not read; None where there is none."""
        return self._cell_at(row.number, self.present.get(name))

    def _raw(self, number: int, header: Header | None) -> str:
        """The cell as the user's own file has it, shortened."""
        value = self._cell_at(number, header)
        return quoted(value, 60)[1:-1] if not isinstance(value, CellFault) else value.text

    def count(self, what: str, number: int = 1) -> None:
        self.report.counts[what] += number

    def changed(self, row: Row, who: str, name: str, old: Any, new: Any) -> None:
        """Note a cell's old → new for the preview."""
        column = self.columns[name]
        header = self.present.get(name)
        shown = [column.widget.render(value) for value in (old, new)]
        self.report.changes.append(
            CellChange(
                row.number,
                who,
                header.text if header else column.header,
                *("（空）" if value in (None, "") else str(value) for value in shown),
            )
        )

    # --- writing workbooks ---

    def records(self) -> Iterable[dict[str, Any]]:
        """The rows of an export: values by column name; a subclass reads them for its zone and round."""
        raise NotImplementedError(f"{type(self).__name__} has no export")

    def written_columns(self) -> dict[str, Column]:
        """The columns of §8, in its order."""
        return {name: column for name, column in self.columns.items() if column.write}
