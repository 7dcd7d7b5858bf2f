"""聘期内: what runs out, probation, review and renewal, 解聘, 挂职, 复核与申诉; of the whole zone."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appeal, Appointment, Secondment, TermReview
from appointments.rules.termination import DECIDED_CAUSES
from appointments.selectors.warnings import Expiry, ExpiryKind, expiring
from appointments.services.appeals import appeal_decide, appeal_extend, appeal_file
from appointments.services.exit_proposals import exit_propose
from appointments.services.exits import appointment_terminate
from appointments.services.probations import probation_fail, probations_confirm
from appointments.services.renewals import appointments_renew, renewals_begin
from appointments.services.secondments import secondment_end, secondment_report, secondments_register
from appointments.services.terms import (
    appointment_change,
    term_reviews_record,
    terms_expire,
)
from appointments.states import LEADERS, OFFICE, SUPERVISORS
from reform.access import scoped
from reform.admin.actions import Action, Ask, Done, ReasonForm, buttons, count_done, perform
from reform.admin.pages import may, page_of, render_page
from reform.errors import Refused
from reform.models import PromotionLock, Zone
from reform.services.steps import Refusal

from . import leaving
from .leaving import with_grounds
from .year_forms import (
    AppealForm,
    ConfirmForm,
    DecisionForm,
    EndForm,
    ExpireForm,
    PostForm,
    RenewForm,
    ReportForm,
    ReviewForm,
    SecondForm,
    TerminateForm,
)

# What narrows a tab, and is there again after something was done.
KEPT = ("kind", "band", "q", "page", "all")
LATE = "late"
# Kinds of warning whose key is an appointment.
OF_APPOINTMENT = (ExpiryKind.TERM, ExpiryKind.PROBATION, ExpiryKind.ACTING)


def _appointments(ask: Ask) -> list[Appointment]:
    rows = Appointment.objects.select_related(
        "person", "position__unit__parent", "round__policy", "round__zone", "zone", "tenure"
    )
    return ask.pick(rows)


def _confirm(ask: Ask) -> Done:
    rows = _appointments(ask)
    refused = probations_confirm(appointments=rows, actor=ask.actor, on=ask.on, **ask.data)
    return count_done(len(rows), refused, "已转正", "人")


def _only_one(ask: Ask) -> Appointment:
    rows = _appointments(ask)
    if len(rows) != 1:
        raise Refused(["这一项一次办理一人，请只选一行"])
    return rows[0]


def _fail(ask: Ask) -> Done:
    made = probation_fail(appointment=_only_one(ask), actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已免去试任职务，安排：{made}。")


def _review(ask: Ask) -> Done:
    rows = _appointments(ask)
    reviews = [TermReview(appointment=one, **ask.data) for one in rows]
    refused = term_reviews_record(reviews=reviews, actor=ask.actor, on=ask.on)
    return count_done(len(rows), refused, "已登记聘期考核", "人")


def _renew(ask: Ask) -> Done:
    renewed = appointments_renew(appointments=_appointments(ask), actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已续聘{len(renewed.created)}人。" if renewed.created else "", renewed.refused)


def _begin(ask: Ask) -> Done:
    begun = renewals_begin(zone=ask.owner, actor=ask.actor, on=ask.on)
    return Done(f"{len(begun)}人的续聘已生效。" if begun else "没有到期生效的续聘。")


def _expire(ask: Ask) -> Done:
    rows = _appointments(ask)
    refused = terms_expire(appointments=rows, actor=ask.actor, on=ask.on, **ask.data)
    return count_done(len(rows), refused, "已办理期满", "人")


def _terminate(ask: Ask) -> Done:
    appointment = _only_one(ask)
    data, grounds = with_grounds(ask.data)
    if data["cause"] in DECIDED_CAUSES:
        data["left_on"] = data.pop("ended_on")
        made = exit_propose(
            person=appointment.person,
            appointment=appointment,
            actor=ask.actor,
            on=ask.on,
            grounds=grounds,
            **data,
        )
        return Done(f"已呈批：{made}，等待领导小组决定。")
    appointment_terminate(appointment=appointment, actor=ask.actor, on=ask.on, grounds=grounds, **data)
    return Done(f"已解聘：{appointment}。")


def _change(ask: Ask) -> Done:
    made = appointment_change(appointment=_only_one(ask), actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已变更：{made}。")


def _second(ask: Ask) -> Done:
    data = dict(ask.data)
    people, last = data.pop("people"), data.pop("last_on")
    rows = [
        Secondment(zone=ask.owner, person=one, ends_before=last + timedelta(days=1), **data) for one in people
    ]
    refused = secondments_register(zone=ask.owner, secondments=rows, actor=ask.actor)
    return count_done(len(rows), refused, "已登记挂职", "人")


def _each(ask: Ask, rows: QuerySet[Any], one: Any, what: str) -> Done:
    found, refused = ask.pick(rows), []
    for row in found:
        try:
            one(row)
        except Refused as fault:
            refused.append(Refusal(row, fault.reasons))
    return count_done(len(found), refused, what, "人")


SECONDED = Secondment.objects.select_related("person", "zone")
APPEALS = Appeal.objects.select_related("person", "zone", "appointment")


def _report(ask: Ask) -> Done:
    return _each(
        ask,
        SECONDED.all(),
        lambda row: secondment_report(secondment=row, actor=ask.actor, **ask.data),
        "已登记总结",
    )


def _end(ask: Ask) -> Done:
    return _each(
        ask,
        SECONDED.all(),
        lambda row: secondment_end(secondment=row, actor=ask.actor, **ask.data),
        "已提前结束",
    )


def _appeal(ask: Ask) -> Done:
    made = appeal_file(appeal=Appeal(zone=ask.owner, **ask.data), actor=ask.actor)
    return Done(f"已登记{made}，应在{made.due_on}前决定。")


def _extend(ask: Ask) -> Done:
    return _each(
        ask, APPEALS.all(), lambda row: appeal_extend(appeal=row, actor=ask.actor, **ask.data), "已延长期限"
    )


def _decide(ask: Ask) -> Done:
    data = dict(ask.data)
    upholds = data.pop("result") == "yes"
    return _each(
        ask,
        APPEALS.all(),
        lambda row: appeal_decide(appeal=row, upholds=upholds, actor=ask.actor, **data),
        "已登记决定",
    )


TERM_ACTIONS: tuple[Action, ...] = (
    Action("confirm_probation", "转正", (OFFICE,), _confirm, ConfirmForm, bulk=True, main=True),
    Action("review_term", "聘期考核", (OFFICE,), _review, ReviewForm, bulk=True),
    Action("renew", "续聘", (LEADERS,), _renew, RenewForm, bulk=True, main=True),
    Action("expire", "期满", (OFFICE,), _expire, ExpireForm, bulk=True),
    Action("fail_probation", "试用不合格", (LEADERS,), _fail, PostForm, bulk=True),
    Action("change_post", "变更岗位", (LEADERS,), _change, PostForm, bulk=True),
    Action("terminate", "解聘", (OFFICE, LEADERS), _terminate, TerminateForm, bulk=True),
    Action("begin_renewals", "办理到期生效的续聘", (OFFICE,), _begin),
)
SECONDMENT_ACTIONS: tuple[Action, ...] = (
    Action("report_secondment", "登记总结", (OFFICE,), _report, ReportForm, bulk=True),
    Action("end_secondment", "提前结束", (OFFICE,), _end, EndForm, bulk=True),
    Action("second", "登记挂职", (OFFICE,), _second, SecondForm, main=True),
)
APPEAL_ACTIONS: tuple[Action, ...] = (
    Action("decide_appeal", "登记决定", (SUPERVISORS, LEADERS), _decide, DecisionForm, bulk=True, main=True),
    Action("extend_appeal", "延长期限", (OFFICE, SUPERVISORS), _extend, ReasonForm, bulk=True),
    Action("file_appeal", "登记复核申诉", (OFFICE, SUPERVISORS), _appeal, AppealForm),
)
TABS: tuple[tuple[str, str, str, tuple[Action, ...]], ...] = (
    ("terms", "到期预警", "appointments.view_termreview", TERM_ACTIONS),
    ("secondments", "挂职", "appointments.view_secondment", SECONDMENT_ACTIONS),
    ("appeals", "复核与申诉", "appointments.view_appeal", APPEAL_ACTIONS),
    ("exits", "离开呈批", leaving.VIEW, leaving.ACTIONS),
    ("locks", "限制提拔", "reform.view_promotionlock", ()),
)
ALL = {one.key: (tab, one) for tab, _, _, actions in TABS for one in actions}


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """One tab of the years after."""
    tabs = [one for one in TABS if may(request, one[2])]
    if not tabs:
        raise PermissionDenied
    wanted = request.GET.get("tab", tabs[0][0])
    tab = next((one for one in tabs if one[0] == wanted), None)
    if tab is None:
        raise PermissionDenied
    shown = buttons(request, tab[3], zone, lambda key: reverse("admin:years_do", args=[key]), "")
    return render_page(
        request,
        site,
        f"admin/rounds/years/{tab[0]}.html",
        "聘期管理",
        tabs=[(key, label) for key, label, _, _ in tabs],
        tab=tab[0],
        bulk=[one for one in shown if one.action.bulk],
        buttons=[one for one in shown if not one.action.bulk],
        on=timezone.localdate(),
        **CONTEXTS[tab[0]](request, zone),
    )


def _band(one: Expiry) -> str:
    """What an address asks for: late, or the number of days; 0 is a lock that has ended."""
    return LATE if one.is_late else str(one.band)


def _terms(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    """What runs out, the earliest first, a page of it; `kind`, `band` and `q` (a part of the name) narrow
    it."""
    found = expiring(zone, timezone.localdate())
    counts = {kind: sum(1 for one in found if one.kind == kind) for kind in ExpiryKind}
    wanted, band = request.GET.get("kind", ""), request.GET.get("band", "")
    words = request.GET.get("q", "").strip()
    rows = [
        one for one in found if wanted in ("", one.kind) and band in ("", _band(one)) and words in one.name
    ]
    pages = page_of(request, rows)
    bands = dict.fromkeys(
        (_band(one), one.band_label) for one in sorted(found, key=lambda one: (one.band, not one.is_late))
    )
    return {
        "rows": [{"row": one, "pick": one.kind in OF_APPOINTMENT} for one in pages.object_list],
        "pages": pages,
        "counts": [(kind.value, kind.label, number) for kind, number in counts.items() if number],
        "bands": list(bands),
        "kind": wanted,
        "band": band,
        "words": words,
        "overdue": sum(one.is_late for one in found),
        "total": len(found),
    }


def _secondments(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    today = timezone.localdate()
    rows = list(scoped(SECONDED.all(), request.user).order_by("-starts_on", "person__sort_no", "id"))
    pages = page_of(request, rows)
    return {
        "rows": pages.object_list,
        "pages": pages,
        "registered": len(rows),
        "running": sum(1 for one in rows if one.starts_on <= today <= one.last_on),
        "unreported": sum(1 for one in rows if one.last_on < today and not one.reported_on),
    }


def _appeals(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    today = timezone.localdate()
    rows = list(scoped(APPEALS.all(), request.user).order_by("state", "due_on", "id"))
    open_now = [one for one in rows if one.state == Appeal.State.OPEN]
    pages = page_of(request, rows)
    return {
        "rows": pages.object_list,
        "pages": pages,
        "open": len(open_now),
        "late": sum(1 for one in open_now if one.due_on < today),
        "today": today,
    }


def _locks(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    today = timezone.localdate()
    rows = scoped(PromotionLock.objects.select_related("person"), request.user).order_by("ends_before", "id")
    listed = [
        {"row": one, "last": one.ends_before - timedelta(days=1), "running": one.ends_before > today}
        for one in rows
    ]
    pages = page_of(request, listed)
    running = sum(1 for one in listed if one["running"])
    return {"rows": pages.object_list, "pages": pages, "running": running}


def _exits(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    return leaving.context(request, zone, timezone.localdate())


CONTEXTS = {
    "terms": _terms,
    "secondments": _secondments,
    "appeals": _appeals,
    "exits": _exits,
    "locks": _locks,
}


def do(request: HttpRequest, site: AdminSite, zone: Zone, key: str) -> HttpResponse:
    """Take an action of the years after."""
    if key not in ALL:
        raise Http404
    tab, action = ALL[key]
    perform(request, action, zone)
    kept = QueryDict(request.POST.get("kept", ""))
    query = {name: kept[name] for name in KEPT if kept.get(name)}
    return redirect(f"{reverse('admin:years')}?{urlencode({'tab': tab, **query})}")
