"""信息更正申请: what persons ask to have corrected; HR accepts or declines."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reform.access import scoped, sees_id_numbers
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    action_of,
    buttons,
    count_done,
    perform,
    text_field,
)
from reform.admin.display import masked
from reform.admin.pages import render_page
from reform.errors import Refused, RuleError
from reform.models import ChangeRequest, Person, Zone
from reform.services import change_request_decide, value_shown
from reform.services.steps import Refusal

DECIDE = "reform.change_changerequest"


class AnswerForm(ActionForm):
    """Why not."""

    answer = text_field("理由", longest=300)


def _decided(ask: Ask, accepts: bool, what: str) -> Done:
    rows = ask.pick(ChangeRequest.objects.select_related("person__zone"))
    refused = []
    for one in rows:
        try:
            change_request_decide(
                request=one,
                accepts=accepts,
                actor=ask.actor,
                on=ask.on,
                answer=ask.data.get("answer", ""),
            )
        except Refused as fault:
            refused.append(Refusal(one, fault.reasons))
        except RuleError as fault:
            refused.append(Refusal(one, (str(fault),)))
    return count_done(len(rows), refused, what, "项")


ACTIONS: tuple[Action, ...] = (
    Action("accept", "采纳", (DECIDE,), lambda ask: _decided(ask, True, "已采纳"), bulk=True, main=True),
    Action("decline", "不采纳", (DECIDE,), lambda ask: _decided(ask, False, "未采纳"), AnswerForm, bulk=True),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The open requests, the oldest first; numbers masked for who may not see them."""
    clear = sees_id_numbers(request.user)
    rows = scoped(ChangeRequest.objects.filter(state=ChangeRequest.State.OPEN), request.user)
    fields = {one.name: str(one.verbose_name) for one in Person._meta.concrete_fields}
    return render_page(
        request,
        site,
        "admin/rounds/inbox.html",
        "信息更正申请",
        rows=[
            {
                "row": one,
                "field": fields.get(one.field, one.field),
                "old": _readable(one.field, one.old_value, clear=clear),
                "new": _readable(one.field, one.new_value, clear=clear),
            }
            for one in rows.select_related("person", "asked_by").order_by("asked_on", "id")
        ],
        bulk=buttons(request, ACTIONS, zone, lambda key: reverse("admin:change_request_do", args=[key]), ""),
    )


def _readable(field: str, stored: str, *, clear: bool) -> str:
    shown = value_shown(field, stored)
    return shown if clear else masked(field, shown)


def do(request: HttpRequest, site: AdminSite, zone: Zone, key: str) -> HttpResponse:
    """Accept or decline the selected requests."""
    action = action_of(ACTIONS, key)
    perform(request, action, zone)
    return redirect("admin:change_requests")
