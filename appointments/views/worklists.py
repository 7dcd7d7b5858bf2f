"""工作清单 before a round: empty seats, posts held beside a main one, people long in one post."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appointments.selectors.worklists import WorkLists, work_lists
from reform.access import Bounds, bounds_of, scoped
from reform.admin.listing import rows_workbook
from reform.admin.pages import actor_of, attempt, page_of, render_page
from reform.exchange.admin import download
from reform.models import Position, Zone
from reform.services import audit_record

FIRST_ROWS = 20  # of a list beside the others


@dataclass(frozen=True)
class Table:
    """One list as it is shown and exported."""

    key: str
    title: str
    hint: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def labelled(self, rows: Iterable[Sequence[Any]]) -> list[list[tuple[str, Any]]]:
        """Some of its rows, each cell with its header."""
        return [list(zip(self.headers, row, strict=True)) for row in rows]


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The three lists of today, each with its first rows; one of them by itself, page by page."""
    lists = _lists(request, zone)
    tables = _tables(request, zone, lists) if lists else []
    alone = next((one for one in tables if one.key == request.GET.get("list")), None)
    pages = page_of(request, alone.rows) if alone else None
    shown = [
        (one, one.labelled(pages if pages is not None and one is alone else one.rows[:FIRST_ROWS]))
        for one in tables
    ]
    return render_page(
        request,
        site,
        "admin/documents/worklists.html",
        "工作清单",
        lists=lists,
        tables=tables,
        shown=[(one, rows) for one, rows in shown if alone is None or one is alone],
        alone=alone,
        pages=pages,
    )


def export(request: HttpRequest, site: AdminSite, zone: Zone, key: str) -> HttpResponse:
    """One of them as a workbook; the export leaves an event."""
    lists = _lists(request, zone)
    if lists is None:
        return redirect("admin:worklists")
    table = next((one for one in _tables(request, zone, lists) if one.key == key), None)
    if table is None:
        raise Http404
    audit_record(
        actor=actor_of(request), action="导出", zone=zone, subject=f"{table.title}{len(table.rows)}条"
    )
    data = rows_workbook(table.title, table.headers, table.rows)
    return download(data, f"{zone.name}{table.title}{lists.on:%Y%m%d}.xlsx")


def _lists(request: HttpRequest, zone: Zone) -> WorkLists | None:
    asked = request.GET.get("years", "")
    years = int(asked) if asked.isdecimal() and len(asked) <= 2 else None  # a life has no more digits
    found: list[WorkLists] = []
    attempt(request, lambda: found.append(work_lists(zone, timezone.localdate(), years)))
    return found[0] if found else None


def _tables(request: HttpRequest, zone: Zone, lists: WorkLists) -> list[Table]:
    """The lists; who is bound to a unit sees its posts only."""
    user = actor_of(request)
    seen: set[int] | None = None
    if bounds_of(user) != Bounds():
        own = scoped(Position.objects.filter(zone=zone), user).order_by()
        seen = set(own.values_list("pk", flat=True))

    def own_rows(rows: Sequence[Any]) -> list[Any]:
        return [one for one in rows if seen is None or one.position.pk in seen]

    return [
        Table(
            "empty",
            "空缺岗位",
            "一个空职数一行，从最后一人离开的那天算起",
            ("单位", "岗位", "岗位编号", "空缺起始日期"),
            [(*_post(one), one.position.code, one.since) for one in own_rows(lists.empty)],
        ),
        Table(
            "beside",
            "兼任和主持工作",
            "由兼任或主持工作的人负责的岗位；占职数的不再算空缺",
            ("单位", "岗位", "姓名", "方式", "起始日期", "占职数"),
            [
                (*_post(one), one.name, one.kind_label, one.since, "是" if one.takes_seat else "否")
                for one in own_rows(lists.beside)
            ],
        ),
        Table(
            "long",
            "同一岗位任职较久",
            f"按始任日期满{lists.years}年的；始任日期不明的不在内",
            ("单位", "岗位", "姓名", "始任日期", "满几年"),
            [(*_post(one), one.name, one.first_held_on, one.years) for one in own_rows(lists.long)],
        ),
    ]


def _post(one: Any) -> tuple[str, str]:
    return one.position.place, one.position.title
