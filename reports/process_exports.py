"""轮次进度, 到期预警, 约束检查 and 台账 as workbooks: the same tables as on the pages."""

import re
from decimal import Decimal

from reports.exports import book_of, checks_sheet
from reports.selectors import ApplicantsReport, ConstraintsReport, DueReport, LedgerReport, ProgressReport
from reports.selectors.listing import ListCell, Listing
from reports.workbook import Book, Cell

_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:：*?/\\]")


def progress_workbook(report: ProgressReport) -> bytes:
    """批次 against the plan, then each list on its sheet."""
    book = book_of(report.head, report.title, f"截至{report.on:%Y-%m-%d}")
    labels = report.step_labels
    sheet = book.sheet("批次", [18, 10, 12, 8, 8, 8, *[16] * len(labels)])
    sheet.headers(["批次", "任用方式", "状态", "岗位", "职数", "报名表", *labels], freeze=1)
    tones = {"late": "alert", "planned": "zero", "none": "zero"}
    for line in report.batches:
        steps: list[Cell] = [
            (f"{step.words} {step.span}".strip() or "—", tones.get(step.mark, "")) for step in line.steps
        ]
        state = f"{line.state}（暂停）" if line.suspended else line.state
        sheet.line([line.name, line.method, (state, line.tone), line.posts, line.seats, line.persons, *steps])
    if not report.batches:
        sheet.note("本轮没有批次。")
    sheet.note(report.warning)
    for table in report.lists:
        listing_sheet(book, table)
    return book.data()


def applicants_workbook(report: ApplicantsReport) -> bytes:
    """The list, all of it."""
    book = book_of(report.head, report.title)
    listing_sheet(book, report.table, name="志愿")
    return book.data()


def due_workbook(report: DueReport) -> bytes:
    """The counts, and the list that was asked for."""
    book = book_of(report.head, report.title, f"截至{report.on:%Y-%m-%d}")
    for table in report.lists:
        listing_sheet(book, table)
    return book.data()


def constraints_workbook(report: ConstraintsReport) -> bytes:
    """检查 with each finding, then offenders and relatives."""
    book = book_of(report.head, report.title)
    checks_sheet(book, report.lines, report.checks_title)
    for table in report.lists:
        listing_sheet(book, table)
    return book.data()


def ledger_workbook(report: LedgerReport) -> bytes:
    """待岗, 落聘安置, 申诉, 降职手续, a sheet each."""
    book = book_of(report.head, report.title, f"截至{report.on:%Y-%m-%d}")
    for table in report.lists:
        listing_sheet(book, table)
    return book.data()


def listing_sheet(book: Book, table: Listing, *, name: str = "") -> None:
    """One table on a sheet of its own."""
    name = name or table.title
    sheet = book.sheet(
        _NOT_IN_SHEET_NAMES.sub("－", name),
        [column.width for column in table.columns],
        title=table.title or book.title,
    )
    sheet.headers([column.header for column in table.columns], freeze=1)
    for row in table.rows:
        sheet.line([_cell(one) for one in row])
    if table.total:
        sheet.line([_cell(one) for one in table.total], bold=True)
    sheet.note(table.note if table.rows else table.empty)
    sheet.note(book.source)


def _cell(one: ListCell) -> Cell:
    value = float(one.value) if isinstance(one.value, Decimal) else one.value
    return (value, one.tone) if one.tone else value
