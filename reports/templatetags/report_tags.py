"""Figures that are links, and addresses that carry the round and the day asked for along."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reports.selectors import Column, Figure, PersonLine, RoundHead
from reports.selectors.kpi_common import CycleHead
from reports.selectors.listing import ListCell, ListColumn, Listing
from reports.selectors.pay_common import PayHead

Head = RoundHead | CycleHead | PayHead
TONED = ("steps", "kind_label")
ZERO = mark_safe('<span class="zero">0</span>')
MORE = mark_safe('<details class="more"><summary>全部栏目 ▾</summary></details>')

register = template.Library()


def address(head: Head, page: str, query: str = "", *args: str) -> str:
    """The address of a page of the same round and day."""
    asked = urlencode({"as_of": head.asked.isoformat()}) if head.asked else ""
    path = reverse(f"reports:{page}", args=[head.code, *args])
    joined = "&".join(part for part in (query, asked) if part)
    return f"{path}?{joined}" if joined else path


@register.simple_tag(takes_context=True)
def report_link(context: dict[str, Any], page: str, query: str = "", *args: str) -> str:
    """{% report_link "people" "change=PROMOTION" %}"""
    return address(context["report"].head, page, query, *args)


@register.simple_tag(takes_context=True)
def figure(context: dict[str, Any], one: Figure, tone: str = "") -> SafeString:
    """A number as a link to the list that it counts; zero is pale and leads nowhere."""
    if not one.value:
        return ZERO
    tone = tone or one.tone
    if one.query is None:
        return format_html('<span class="{}">{}</span>', tone, one.value)
    link = address(context["report"].head, "people", one.query)
    return format_html('<a class="n {}" href="{}">{}</a>', tone, link, one.value)


@register.simple_tag
def person_cell(line: PersonLine, column: Column) -> SafeString:
    """One cell of a list: what there is, else pale what stands for nothing."""
    value = getattr(line, column.key)
    if isinstance(value, date):
        value = value.isoformat()
    tone = line.tone if column.key in TONED else ""
    shown = format_html('<span class="{}">{}</span>', tone, value) if tone and value else value
    return format_html(
        '<td class="{}" data-label="{}">{}{}</td>',
        " ".join(filter(None, ("minor" if column.minor else "", "" if value else "blank", column.shape))),
        column.header,
        shown or line.blank(column),
        MORE if column.key == "name" else "",
    )


@register.filter
def signed(number: int | None) -> str:
    """+3, −11, 0: a change by so many."""
    if number is None:
        return ""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


@register.simple_tag(takes_context=True)
def list_row(context: dict[str, Any], table: Listing, row: tuple[ListCell, ...]) -> SafeString:
    """The cells of one row of a list; the first one opens the minor ones on a phone."""
    has_minor = any(column.minor for column in table.columns)
    cells = [
        _list_cell(context["report"].head, column, one, MORE if has_minor and not place else "")
        for place, (column, one) in enumerate(zip(table.columns, row, strict=True))
    ]
    return mark_safe("".join(cells))


@register.simple_tag(takes_context=True)
def list_figure(context: dict[str, Any], one: ListCell) -> SafeString:
    """A cell as one of the big figures of a page."""
    return _shown(context["report"].head, one)


def _list_cell(head: Head, column: ListColumn, one: ListCell, more: str) -> SafeString:
    kinds = ("minor" if column.minor else "", "blank" if _is_blank(one) else "", column.shape)
    words = " ".join(filter(None, kinds))
    shown = _shown(head, one)
    return format_html('<td class="{}" data-label="{}">{}{}</td>', words, column.header, shown, more)


def _is_blank(one: ListCell) -> bool:
    return one.value is None or one.value == ""


def _shown(head: Head, one: ListCell) -> SafeString:
    """What a cell shows: a link where there is a list to open, pale where there is nothing."""
    value: Any = one.value.isoformat() if isinstance(one.value, date) else one.value
    if _is_blank(one):
        return mark_safe("—")
    if value == 0:
        return ZERO
    if isinstance(value, Decimal):
        value = f"{value:,f}"
    if one.link:
        link = address(head, one.link.page, one.link.query, *one.link.args)
        return format_html('<a class="n {}" href="{}">{}</a>', one.tone, link, value)
    return (
        format_html('<span class="{}">{}</span>', one.tone, value) if one.tone else format_html("{}", value)
    )
