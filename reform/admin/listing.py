"""Lists of what services wrote: columns by path, a page of one row, and the rows as a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.contrib import admin
from django.db.models import BinaryField, BooleanField, Field, JSONField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.timezone import localtime

from reform.access import account_name, require_zone
from reform.exchange.admin import download
from reform.services import audit_record

from .base import ReadOnlyAdmin, ZoneAdmin
from .display import EMPTY, last_day, readable, verbose

HIDDEN = {"id", "zone", "id_number_hash", "digest", "approved_digest", "reviewed_digest", "sort_no"}
WIDEST, NARROWEST = 48, 8
YES_NO = {True: "是", False: "否", None: EMPTY}


def value_at(row: Any, path: str) -> Any:
    """What a path of attributes leads to (`candidacy.person.name`); calls what can be called, None where it
    ends."""
    for name in path.split("."):
        if row is None:
            return None
        row = getattr(row, name)
        if callable(row) and not isinstance(row, Model):
            row = row()
    return row


def column(label: str, path: str, ordering: str = "") -> Callable[[Any], Any]:
    """A column over a path of attributes."""

    @admin.display(description=label, ordering=ordering or None, empty_value=EMPTY)
    def shown(row: Any) -> Any:
        value = value_at(row, path)
        if isinstance(value, bool):
            return YES_NO[value]
        return EMPTY if value is None or value == "" else value

    shown.__name__ = f"{path.replace('.', '_')}_column"
    return shown


def yes_no(field: str, label: str) -> Callable[[Any], str]:
    """A yes, no or not yet as a word."""

    @admin.display(description=label, ordering=field)
    def shown(row: Any) -> str:
        return YES_NO[getattr(row, field)]

    shown.__name__ = f"{field}_word"
    return shown


def by_whom(field: str, label: str) -> Callable[[Any], str]:
    """A column with the name of the account in `field`, by which colleagues know each other."""

    @admin.display(description=label, ordering=field)
    def shown(row: Any) -> str:
        return account_name(getattr(row, field)) or EMPTY

    shown.__name__ = field
    return shown


def _shown_field(field: Field[Any, Any]) -> Any:
    """A field for a page to look at: inclusive last days, words for yes and no, nested values in lines."""
    label = str(field.verbose_name)
    if field.name.endswith("_before"):
        return last_day(field.name, label)
    if isinstance(field, BooleanField):
        return yes_no(field.name, label)
    if isinstance(field, JSONField):
        return _readable(field.name, label)
    return field.name


def _readable(name: str, label: str) -> Callable[[Any], str]:
    @admin.display(description=label)
    def shown(row: Any) -> str:
        return readable(getattr(row, name), {})

    shown.__name__ = f"{name}_readable"
    return shown


class Exportable(ZoneAdmin):
    """A list whose chosen rows go into a workbook, as they are shown."""

    actions = ("export_rows",)

    @admin.action(description="导出选中的行（.xlsx）", permissions=["view"])
    def export_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """The columns of the list, as they are shown, of the chosen rows; the export leaves an event."""
        columns = list(self.get_list_display(request))
        title = f"{verbose(self.model)}{queryset.count()}条"
        rows = [[self._cell(row, one) for one in columns] for row in queryset]
        zone = require_zone(request.user)
        audit_record(actor=request.user, action="导出", zone=zone, subject=title)  # type: ignore[arg-type]
        data = rows_workbook(verbose(self.model), [self._header(one) for one in columns], rows)
        return download(data, f"{zone.name}{verbose(self.model)}.xlsx")

    def _header(self, one: Any) -> str:
        source = one if callable(one) else getattr(self, one, None)
        described = getattr(source, "short_description", None)
        if described or callable(one):
            return str(described)
        return verbose(self.model) if one == "__str__" else str(self.model._meta.get_field(one).verbose_name)

    def _cell(self, row: Any, one: Any) -> Any:
        if callable(one):
            return one(row)
        if hasattr(self, one):
            return getattr(self, one)(row)
        shown = getattr(row, f"get_{one}_display", None)
        value = shown() if shown else getattr(row, one)
        return value() if callable(value) else value


class RecordAdmin(Exportable, ReadOnlyAdmin):
    """A list of rows that services write; one row opens as a page to look at."""

    hidden: Sequence[str] = ()
    extra_fields: Sequence[Any] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        own = [
            _shown_field(field)
            for field in self.model._meta.concrete_fields
            if field.name not in HIDDEN
            and field.name not in self.hidden
            and not isinstance(field, BinaryField)
        ]
        return [*own, *self.extra_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [one for one in self.get_fields(request, obj) if callable(one)]


def rows_workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A plain table as .xlsx: headers, then rows; texts stay texts."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31])
    plain = {"font_name": "微软雅黑", "font_size": 10, "valign": "top", "text_wrap": True}
    head = book.add_format({**plain, "bold": True, "bg_color": "#f0f2f5", "bottom": 1})
    body = book.add_format(plain)
    widths = [NARROWEST, *(_width(text) for text in headers)]
    for number, text in enumerate(("序号", *headers)):
        sheet.write_string(0, number, text, head)
    for line, row in enumerate(rows, 1):
        sheet.write_number(line, 0, line, body)
        for number, value in enumerate(row, 1):
            plain_value = _plain(value)
            widths[number] = max(widths[number], min(_width(str(plain_value)), WIDEST))
            if isinstance(plain_value, int | float):
                sheet.write_number(line, number, plain_value, body)
            else:
                sheet.write_string(line, number, plain_value, body)
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return stream.getvalue()


def _plain(value: Any) -> str | int | float:
    match value:
        case bool():
            return YES_NO[value]
        case int() | float():
            return value
        case Decimal():
            return float(value)
        case datetime():
            return f"{localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return f"{value:%Y-%m-%d}"
        case None:
            return ""
    return strip_tags(str(value)).strip()


def _width(text: str) -> float:
    longest = max(text.split("\n"), key=len, default="")
    return sum(2 if ord(one) > 255 else 1 for one in longest) + 2


__all__ = ["Exportable", "RecordAdmin", "by_whom", "column", "rows_workbook", "value_at", "yes_no"]
