"""兼任和主持工作: posts beside the main one, with document and reason, from the first day to the last."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.rules.terms import last_day
from appointments.selectors.terms import appointments_in_force
from appointments.services.concurrent import acting_appoint, acting_end, concurrent_appoint, concurrent_end
from appointments.states import IN_FORCE, LEADERS, OFFICE
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    action_of,
    buttons,
    check_field,
    choice_field,
    count_done,
    day_field,
    perform,
    text_field,
)
from reform.admin.pages import page_of, render_page
from reform.errors import Refused
from reform.models import Position, TenureKind, Zone
from reform.services.steps import Refusal

from .year_forms import present_posts

VIEW = "appointments.view_termreview"
KINDS = (TenureKind.CONCURRENT, TenureKind.ACTING)
ONE_DAY = timedelta(days=1)


class HolderField(forms.ModelChoiceField):
    """Persons by their main appointment."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.person.name}（{obj.position}）"


class SidePostForm(ActionForm):
    """Who, which post, from when to when, on what."""

    primary = HolderField(
        label="人员（主任职）",
        queryset=Appointment.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择人员。", "invalid_choice": "请选择人员。"},
    )
    position = forms.ModelChoiceField(
        label="岗位",
        queryset=Position.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择岗位。", "invalid_choice": "请选择岗位。"},
    )
    starts_on = day_field("起")
    last_on = day_field("止")
    approval_no = text_field("批准文号", longest=80)
    reason = text_field("理由", longest=120)

    def prepare(self) -> None:
        main = appointments_in_force(self.owner).filter(kind=TenureKind.PRIMARY)
        main = main.select_related("person", "position__unit__parent", "round__policy", "round__zone", "zone")
        held = scoped(main, self.user).order_by("person__sort_no", "person_id", "-starts_on")
        self.fields["primary"].queryset = held  # type: ignore[attr-defined]
        self.fields["position"].queryset = present_posts(self.owner)  # type: ignore[attr-defined]


class ConcurrentForm(SidePostForm):
    """兼任: by default as long as the main term."""

    last_on = day_field("止", required=False, help_text="空着与主任职聘期同时止")
    document_no = text_field("任职文号", required=False, longest=80)
    occupies_headcount = check_field("占所兼岗位的职数")
    field_order = (
        *("primary", "position", "starts_on", "last_on", "approval_no", "document_no"),
        *("reason", "occupies_headcount"),
    )


class EndSideForm(ActionForm):
    """The end of the selected before their time."""

    ended_on = day_field("从哪一天起不再担任")
    outcome = choice_field(
        "主持工作的结果",
        (("back", "不再主持"), ("confirmed", "转为正式任用")),
        required=False,
        blank="（兼任不填）",
    )
    document_no = text_field("文号", longest=80)
    reason = text_field("理由", longest=300)


def _span(ask: Ask) -> dict[str, Any]:
    data = dict(ask.data)
    last: date | None = data.pop("last_on")
    return data | {"ends_before": last + ONE_DAY if last else None}


def _concurrent(ask: Ask) -> Done:
    made = concurrent_appoint(actor=ask.actor, on=ask.on, **_span(ask))
    return Done(f"已登记兼任：{made}，到{last_day(made.ends_before)}。")


def _acting(ask: Ask) -> Done:
    made = acting_appoint(actor=ask.actor, on=ask.on, **_span(ask))
    return Done(f"已登记主持工作：{made}，到{last_day(made.ends_before)}。")


def _end(ask: Ask) -> Done:
    data, refused = dict(ask.data), []
    outcome = data.pop("outcome")
    rows = ask.pick(side_posts())
    for one in rows:
        try:
            if one.kind != TenureKind.ACTING:
                concurrent_end(appointment=one, actor=ask.actor, on=ask.on, **data)
            elif not outcome:
                raise Refused(["主持工作须选定结果：不再主持，或转为正式任用"])
            else:
                confirmed = outcome == "confirmed"
                acting_end(appointment=one, is_confirmed=confirmed, actor=ask.actor, on=ask.on, **data)
        except Refused as fault:
            refused.append(Refusal(one, fault.reasons))
    return count_done(len(rows), refused, "已结束", "项")


ACTIONS: tuple[Action, ...] = (
    Action("end", "结束", (LEADERS,), _end, EndSideForm, bulk=True),
    Action(
        "concurrent",
        "登记兼任",
        (OFFICE,),
        _concurrent,
        ConcurrentForm,
        main=True,
        hint="须经批准；不占员额、不另计薪酬，层级按主任职。",
    ),
    Action(
        "acting",
        "登记主持工作",
        (OFFICE,),
        _acting,
        SidePostForm,
        hint="岗位须是空缺；不占职数，层级不变，不超过政策规定的月数。",
    ),
)


def side_posts() -> QuerySet[Appointment]:
    """All of them, with what their lines show."""
    return Appointment.objects.filter(kind__in=KINDS).select_related(
        "person", "position__unit__parent", "tenure", "zone", "round__policy", "round__zone"
    )


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Those that run first, then those that are over; `kind` and `q` narrow the list."""
    today = timezone.localdate()
    rows = scoped(side_posts(), request.user)
    running = rows.filter(state__in=IN_FORCE, ended_on=None)
    counts = {kind: running.filter(kind=kind).count() for kind in KINDS}
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(person__name__contains=words)
    pages = page_of(request, rows.order_by("ended_on", "-starts_on", "person__sort_no", "id"))
    shown = buttons(request, ACTIONS, zone, lambda key: reverse("admin:side_posts_do", args=[key]), "")
    return render_page(
        request,
        site,
        "admin/rounds/side_posts.html",
        "兼任和主持工作",
        pages=pages,
        rows=[_line(one, today) for one in pages.object_list],
        counts=[(one.value, one.label, counts[one]) for one in KINDS],
        kind=kind,
        words=words,
        bulk=[one for one in shown if one.action.bulk],
        buttons=[one for one in shown if not one.action.bulk],
    )


def _line(one: Appointment, today: date) -> dict[str, Any]:
    last = last_day(one.ended_on or one.ends_before)
    runs = one.state in IN_FORCE and one.ended_on is None
    return {
        "row": one,
        "last": last,
        "runs": runs,
        "late": runs and last < today,
        "takes_seat": one.tenure is not None and one.tenure.occupies_headcount,
    }


def do(request: HttpRequest, site: AdminSite, zone: Zone, key: str) -> HttpResponse:
    """Register or end."""
    action = action_of(ACTIONS, key)
    perform(request, action, zone)
    return redirect("admin:side_posts")
