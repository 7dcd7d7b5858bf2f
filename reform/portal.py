"""What every page of the portal begins with: who is asking, and that they have a password of their own; and
what waits for a person, asked of every app that settings name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from reform.access import person_of
from reform.errors import RuleError
from reform.models import Person

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class PortalTask:
    """One thing that waits for the person; until: the last day, where there is one."""

    what: str
    address: str
    until: date | None = None


def portal_tasks(person: Person, on: date) -> list[PortalTask]:
    """What waits for a person, app by app, in the order of settings.PORTAL_TASKS."""
    return [task for dotted in settings.PORTAL_TASKS for task in import_string(dotted)(person, on)]


def own_page(view: View) -> View:
    """A page of the person behind the account, who is handed to the view; an account without a password of
    its own is sent to set one first."""

    @never_cache
    @login_required(login_url=reverse_lazy("portal:login"))
    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            return redirect("portal:password")
        person = person_of(request.user)
        if person is None:
            raise PermissionDenied("您的账号没有对应到本人，不能使用个人页面。请联系人事部门。")
        return view(request, person, **kwargs)

    return inner


def attempted(request: HttpRequest, call: Callable[[], Any], success: str = "") -> bool:
    """Call a service and tell how it went: what was done, or every reason why not."""
    try:
        with transaction.atomic():
            call()
    except RuleError as fault:
        for reason in getattr(fault, "reasons", None) or [str(fault)]:
            messages.error(request, reason)
    except ValidationError as fault:
        for text in fault.messages:
            messages.error(request, text)
    else:
        if success:
            messages.success(request, success)
        return True
    return False


def actor_of(request: HttpRequest) -> Any:
    """Who acts: behind `own_page` nobody is anonymous."""
    return request.user


__all__ = ["Person", "PortalTask", "actor_of", "attempted", "own_page", "portal_tasks"]
