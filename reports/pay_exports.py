"""The reports on pay as workbooks: each table on its sheet, as on the page."""

from reports.process_exports import listing_sheet
from reports.selectors.pay_gap import PayGapReport
from reports.selectors.pay_people import PayPeopleReport
from reports.workbook import Book


def pay_workbook(report: PayGapReport | PayPeopleReport) -> bytes:
    """All tables of a report, a sheet each under the table's name."""
    source = report.words if isinstance(report, PayGapReport) else "来源：系统登记"
    book = Book(report.title, f"{report.head.zone} · {report.head.subtitle}", source)
    for table in report.lists:
        listing_sheet(book, table)
    return book.data()
