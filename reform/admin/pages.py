"""Pages of our own inside the admin: who may open them, how they are rendered, how a refusal is told.

settings.ADMIN_PAGES names the functions that give their addresses, so that an app above this one adds pages
without being imported here.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join

from reform.access import require_zone
from reform.errors import RuleError

SHOWN_REASONS = 40
ROWS_PER_PAGE, MOST_AT_ONCE = 50, 1000
_LONGEST_KEY = 18  # digits: what a database holds

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Any:
    """Who acts: behind `guarded` nobody is anonymous."""
    return request.user


def may(request: HttpRequest, *permissions: str) -> bool:
    """Whether the user has one of these permissions; none named: everybody on these pages."""
    return not permissions or any(request.user.has_perm(one) for one in permissions)  # type: ignore[union-attr]


def guarded(site: AdminSite, view: View, *permissions: str) -> View:
    """A view for those who have one of the permissions: others get 403, and so does a user without a zone."""

    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not may(request, *permissions):
            raise PermissionDenied
        return view(request, site, require_zone(request.user), **kwargs)

    return site.admin_view(inner)


def page_at(site: AdminSite, route: str, view: View, name: str, *permissions: str) -> URLPattern:
    """The address of one such page, below /admin/."""
    return path(route, guarded(site, view, *permissions), name=name)


def render_page(
    request: HttpRequest, site: AdminSite, template: str, title: str, **context: Any
) -> TemplateResponse:
    """A page in the admin's frame."""
    return TemplateResponse(request, template, {**site.each_context(request), "title": title, **context})


def attempt(request: HttpRequest, call: Callable[[], Any], success: str | Callable[[Any], str] = "") -> bool:
    """Call a service and tell how it went: its refusal with every reason, in Chinese, or what it did."""
    try:
        with transaction.atomic():
            result = call()
    except RuleError as fault:
        tell_reasons(request, getattr(fault, "reasons", None) or [str(fault)])
    except ValidationError as fault:
        tell_reasons(request, faults_of(fault))
    except IntegrityError:
        tell_reasons(request, ["内容与已有的数据冲突（重复，或数字对不上），没有写入。请核对后再试。"])
    else:
        text = success(result) if callable(success) else success
        if text:
            messages.success(request, text)
        return True
    return False


def tell_reasons(request: HttpRequest, reasons: Sequence[str], lead: str = "") -> None:
    """An error message: one reason in a line, several as a list."""
    if len(reasons) == 1:
        messages.error(request, reasons[0])
        return
    shown = format_html_join("", "<li>{}</li>", ((reason,) for reason in reasons[:SHOWN_REASONS]))
    more = f"，先列出{SHOWN_REASONS}条" if len(reasons) > SHOWN_REASONS else ""
    messages.error(
        request,
        format_html(
            '{}{}：<ul class="reasons">{}</ul>',
            lead or f"没有办理，共{len(reasons)}条原因",
            more,
            shown,
        ),
    )


def faults_of(fault: ValidationError) -> list[str]:
    """A ValidationError as lines, those of a field behind its message only where the message says nothing of
    it."""
    if hasattr(fault, "error_dict"):
        return [str(text) for texts in fault.message_dict.values() for text in texts]
    return [str(text) for text in fault.messages]


def form_faults(form: Any) -> list[str]:
    """What is wrong in a form, each with the label of its field."""
    lines = []
    for name, texts in form.errors.items():
        label = "" if name == "__all__" else f"“{form.fields[name].label}”"
        lines += [f"{label}{text}" for text in texts]
    return lines


def chosen(request: HttpRequest, name: str = "row") -> list[int]:
    """The keys of the selected rows of a table."""
    keys = dict.fromkeys(request.POST.getlist(name))
    return [int(key) for key in keys if key.isdecimal() and len(key) <= _LONGEST_KEY]


def page_of(request: HttpRequest, rows: Any, per_page: int = ROWS_PER_PAGE) -> Page[Any]:
    """One page of a list, a queryset or rows that are there already; all of them at once where that is asked
    for, so that a step can be taken on everybody. admin/parts/pages.html leads on, the address kept."""
    if request.GET.get("all"):
        per_page = MOST_AT_ONCE
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
