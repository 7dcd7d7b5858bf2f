"""一次性口令: whom to hand one, the slips to print, and the same as a list to sign."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
from django.contrib.admin import AdminSite
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from reform.access import sees_id_numbers
from reform.exchange.admin import download
from reform.exchange.cells import mask_id
from reform.models import Person, Zone
from reform.selectors import LoginState, login_states
from reform.services import IssuedPassword, audit_record, one_time_passwords_issue

from .pages import actor_of, attempt, chosen, page_at, render_page

ISSUE = "reform.issue_password"
SALT = "reform.passwords.slips"
LIST_SECONDS = 3600  # how long the page with the slips can still give the list

STATES: dict[str, tuple[str, Callable[[LoginState], bool]]] = {
    "new": ("未发放", lambda one: not (one.account or one.open_until or one.works_here)),
    "open": ("已发放，未使用", lambda one: one.open_until is not None),
    "in": ("已登录过", lambda one: one.account is not None),
    "": ("全部", lambda one: True),
}


def password_urls(site: AdminSite) -> list[URLPattern]:
    """Pages below /admin/."""
    return [
        page_at(site, "passwords/", passwords, "passwords", ISSUE),
        page_at(site, "passwords/list.xlsx", password_list, "password_list", ISSUE),
    ]


@never_cache
def passwords(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Everybody, with how far they are; the chosen ones get a slip each, shown once."""
    if request.method == "POST":
        people = list(Person.objects.filter(zone=zone, pk__in=chosen(request)).order_by("sort_no", "id"))
        issued: list[IssuedPassword] = []

        def issue() -> None:
            issued.extend(
                one_time_passwords_issue(
                    zone=zone, people=people, actor=actor_of(request), now=timezone.now()
                )
            )

        if attempt(request, issue):
            return _slips(request, site, zone, issued)
    states = login_states(zone, timezone.now())
    tab = request.GET.get("state", "new")
    tab = tab if tab in STATES else "new"
    words = request.GET.get("q", "").strip()
    shown = [one for one in states if STATES[tab][1](one) and _is_meant(one, words)]
    return render_page(
        request,
        site,
        "admin/passwords/choose.html",
        "一次性口令",
        tabs=[(key, label, sum(map(test, states)), key == tab) for key, (label, test) in STATES.items()],
        tab=tab,
        q=words,
        rows=shown,
        people=len(states),
        login=request.build_absolute_uri(reverse("portal:login")),
    )


def _is_meant(one: LoginState, words: str) -> bool:
    return all(word in one.person.name or word in one.place for word in words.split())


def _slips(
    request: HttpRequest, site: AdminSite, zone: Zone, issued: Sequence[IssuedPassword]
) -> HttpResponse:
    clear = sees_id_numbers(request.user)
    places = {one.person.pk: one.place for one in login_states(zone, timezone.now())}
    rows = [
        {
            "place": places.get(one.person.pk, ""),
            "name": one.person.name,
            "id_number": one.person.id_number if clear else mask_id(one.person.id_number),
            "password": one.password,
            "until": timezone.localtime(one.expires_at).strftime("%Y-%m-%d %H:%M"),
        }
        for one in issued
    ]
    return render_page(
        request,
        site,
        "admin/passwords/slips.html",
        "口令条",
        rows=rows,
        zone=zone,
        login=request.build_absolute_uri(reverse("portal:login")),
        kept=signing.dumps([actor_of(request).pk, rows], salt=SALT, compress=True),
    )


@never_cache
@sensitive_post_parameters("kept")
def password_list(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The slips as a list to sign; they come back from the page, for the system has not kept them."""
    try:
        user, rows = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=LIST_SECONDS)
    except signing.BadSignature:
        raise PermissionDenied("口令只在发放时显示一次，请重新发放。") from None
    if user != actor_of(request).pk:
        raise PermissionDenied
    audit_record(actor=actor_of(request), action="导出", zone=zone, subject=f"口令领取表 {len(rows)}人")
    return download(_workbook(zone, rows), f"{zone.name}一次性口令领取表.xlsx")


def _workbook(zone: Zone, rows: Sequence[dict[str, Any]]) -> bytes:
    columns = (
        *(("序号", "number", 6), ("单位和岗位", "place", 34), ("姓名", "name", 10)),
        *(("身份证号", "id_number", 22), ("一次性口令", "password", 20), ("有效期至", "until", 18)),
        ("领取人签字", "sign", 14),
    )
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("口令领取表")
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#EEF0F4"})
        cell = book.add_format({"border": 1, "num_format": "@"})
        sheet.merge_range(0, 0, 0, len(columns) - 1, f"{zone.name}一次性口令领取表", title)
        for place, (label, _, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(1, place, label, head)
        for number, row in enumerate(rows, 1):
            for place, (_, name, _) in enumerate(columns):
                text = str(number) if name == "number" else str(row.get(name, ""))
                sheet.write_string(number + 1, place, text, cell)
        sheet.freeze_panes(2, 0)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 1)
    return stream.getvalue()
