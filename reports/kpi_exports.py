"""The reports on the appraisal as workbooks: each table on its sheet, as on the page."""

from reports.process_exports import listing_sheet
from reports.selectors.kpi_coefficients import KpiCoefficientsReport
from reports.selectors.kpi_common import CycleHead
from reports.selectors.kpi_grades import KpiGradesReport
from reports.selectors.kpi_lists import KpiListReport
from reports.selectors.kpi_ranking import KpiRankingReport
from reports.workbook import Book

KpiReport = KpiRankingReport | KpiGradesReport | KpiCoefficientsReport | KpiListReport


def kpi_book(head: CycleHead, title: str) -> Book:
    """A workbook on a cycle."""
    source = f"来源：{head.source_words}" if head.sources else "来源：系统登记"
    return Book(title, f"{head.zone} · {head.subtitle}", source)


def kpi_workbook(report: KpiReport) -> bytes:
    """All tables of a report, a sheet each under the table's name."""
    book = kpi_book(report.head, report.title)
    for table in report.lists:
        listing_sheet(book, table)
    return book.data()
