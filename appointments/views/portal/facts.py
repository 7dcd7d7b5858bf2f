"""信息更正: what the system has of the person, and requests to correct it (domain.md §3a)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.selectors.own import own_requests
from reform.models import ChangeRequest
from reform.portal import Person, actor_of, attempted, own_page
from reform.services import change_request_open, change_request_withdraw, correctable_fields, value_shown


@own_page
def facts(request: HttpRequest, person: Person) -> HttpResponse:
    """The facts that may be corrected, the form, and the requests so far."""
    sent = request.POST if request.method == "POST" else {}
    if request.method == "POST" and attempted(
        request,
        lambda: change_request_open(
            person=person,
            field=str(sent.get("field", "")),
            new_value=str(sent.get("new_value", ""))[:200],
            reason=str(sent.get("reason", ""))[:300],
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        "已提交更正申请，由人事部门处理。",
    ):
        return redirect("portal:facts")
    fields = [(name, label, _shown(person, name)) for name, label in correctable_fields()]
    rows = [
        (one, value_shown(one.field, one.old_value), value_shown(one.field, one.new_value))
        for one in own_requests(person)
    ]
    context = {"current": "facts", "person": person, "fields": fields, "rows": rows, "sent": sent}
    return render(request, "portal/facts.html", context)


def _shown(person: Person, field: str) -> str:
    value: Any = getattr(person, field)
    if hasattr(value, "isoformat"):
        return f"{value:%Y-%m-%d}"
    return value_shown(field, str(value or ""))


@require_POST
@own_page
def take_back(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Withdraw a request that is still open."""
    one = get_object_or_404(ChangeRequest, pk=number, person=person)
    attempted(
        request, lambda: change_request_withdraw(request=one, actor=actor_of(request)), "已撤回更正申请。"
    )
    return redirect("portal:facts")
