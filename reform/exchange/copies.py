"""The marked-up copies of an import's files: its findings put back into the user's own workbooks."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reform.exchange.annotate import Mark, annotate

if TYPE_CHECKING:
    from reform.exchange.plan import Outcome, SourceFile


def annotated_copies(
    files: "Sequence[SourceFile]", outcome: "Outcome"
) -> "Iterable[tuple[SourceFile, str, bytes]]":
    """(file, name of the copy, its bytes) for each file that has findings and can be opened at all."""
    if outcome.unusable:
        return
    for file in files:
        reports = [report for report in outcome.files if report.file == file.name]
        marks = [
            Mark(
                sheet=finding.sheet or reports[0].sheet,
                row=finding.row,
                column=None if finding.index is None else finding.index + 1,
                level="error" if finding.is_error else "warning",
                code=finding.code,
                header=finding.column or "",
                value=finding.value,
                message=finding.message,
                hint=finding.hint,
            )
            for finding in outcome.all_findings
            if finding.file == file.name or (finding.file is None and _holds_results(reports))
        ]
        headers = {report.sheet: report.header_rows[-1] for report in reports if report.header_rows}
        if marks:
            yield file, *annotate(file.name, file.data, marks, headers)


def _holds_results(reports: Sequence[object]) -> bool:
    """A fault of the whole round is told in the sheet of results."""
    return any(getattr(report, "kind", "") == "appointments" for report in reports)
