"""轮次: one page from the plan to the end: where it stands, what is next, why not, what waits."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from appointments.documents import kind_of
from appointments.models import Application, BatchPost, BatchStep, Candidacy, Round
from appointments.rules.calendar import late_steps
from appointments.selectors.documents import printed_counts
from appointments.selectors.progress import Waiting, round_waiting
from appointments.selectors.round_facts import batch_plans, batches_of, frame_of, setup_report
from appointments.selectors.rounds import rounds_of
from appointments.selectors.steps import batch_ahead, batch_next, round_steps
from appointments.services.batch_steps import batch_step
from appointments.services.round_steps import (
    round_approve,
    round_complete,
    round_mobilize,
    round_place,
    round_run,
    round_terminate,
)
from appointments.services.rounds import round_create
from appointments.states import LEADERS, OFFICE, BatchState, RoundState
from reform.access import bounds_of
from reform.admin.actions import buttons, perform
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.admin.steps import state_bar, step_taken, steps_shown
from reform.models import Zone
from reform.selectors import policy_version_as_of
from reform.services.policy import policy_in_force

from .places import PAGES, place_address
from .round_actions import NEW_ROUND, ROUND_ACTIONS
from .rows import the_batch, the_round

MAIN_WAY = (
    RoundState.DRAFT,
    RoundState.APPROVED,
    RoundState.MOBILIZED,
    RoundState.RUNNING,
    RoundState.PLACING,
    RoundState.COMPLETED,
)
STEPS: Mapping[str, Any] = {
    "approve": round_approve,
    "mobilize": round_mobilize,
    "run": round_run,
    "place": round_place,
    "complete": round_complete,
    "terminate": round_terminate,
}
ROUND_PAPERS = tuple(map(kind_of, ("appointment", "letter", "duties", "approval_form")))
ENDS = ("cancel", "terminate")  # open in every state, and never what is meant to come next


def console(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The page of a round."""
    round_, on = the_round(request, pk), timezone.localdate()
    waiting = round_waiting(round_, on, unit_ids=bounds_of(request.user).unit_ids)
    rows = batch_rows(round_, on)
    steps = steps_shown(request, round_steps(round_, on), OFFICE)
    in_force = policy_in_force(zone)
    return render_page(
        request,
        site,
        "admin/rounds/console.html",
        round_.name,
        round=round_,
        lead=lead(round_, rows, waiting),
        bar=state_bar(MAIN_WAY, RoundState(round_.state)),
        steps=[one for one in steps if one.step.event not in ENDS],
        ends=[one for one in steps if one.step.event in ENDS],
        waiting=[(one, address_for(request, round_, one), mine(request, one)) for one in waiting],
        batches=rows,
        buttons=buttons(
            request,
            ROUND_ACTIONS,
            round_,
            lambda key: reverse("admin:round_do", args=[pk, key]),
            "REGISTERED" if round_.is_registered else round_.state,
        ),
        report=setup_report(round_) if may(request, OFFICE, LEADERS) else None,
        seats=round_.setup.position_set.filter(ends_before=None).aggregate(
            n=Count("pk"), total=Sum("headcount")
        ),
        deadline_on=frame_of(round_).deadline_on,
        later=in_force if in_force and in_force.number > round_.policy.number else None,
        papers=ROUND_PAPERS,
        printed=printed_counts(round_),
        unassigned=Candidacy.objects.filter(round=round_, batch=None).count(),
    )


def lead(round_: Round, rows: list[dict[str, Any]], waiting: list[Waiting]) -> str:
    """The page's first sentence."""
    state = RoundState(round_.state).label
    if round_.is_registered:
        return f"{state}：本轮由聘任结果表登记，没有批次"
    if not rows:
        return f"{state}：还没有批次"
    open_now = sum(1 for one in rows if one["batch"].state not in (BatchState.CLOSED, BatchState.CANCELLED))
    late = sum(len(one["late"]) for one in rows)
    parts = [f"{len(rows)}个批次，{open_now}个在办" if open_now else f"{len(rows)}个批次都已办结"]
    if waiting:
        parts.append(f"{sum(one.count for one in waiting)}件事待办")
    if late:
        parts.append(f"{late}个步骤到期未办结")
    return f"{state}：{'，'.join(parts)}"


# What the pages beside those of a batch ask for.
NEEDED = {
    "admin:placements": "appointments.view_placement",
    "admin:round_calendar": "appointments.view_round",
}


def address_for(request: HttpRequest, round_: Round, waiting: Waiting) -> str:
    """Where it is done; for who does not do it the page of the batch, at the tab that opens for them. '':
    they may not see it."""
    address = place_address(round_, waiting.place)
    if mine(request, waiting):
        return address
    needed = NEEDED.get(PAGES.get(waiting.place, ""), "appointments.view_batch")
    if not may(request, needed):
        return ""
    return address.partition("?")[0]


def mine(request: HttpRequest, waiting: Waiting) -> bool:
    """Whether something waits for a role of the user."""
    return waiting.role in roles(request)


def roles(request: HttpRequest) -> set[str]:
    """The names of the user's roles, read once."""
    known: set[str] | None = request.user.__dict__.get("_roles")
    if known is None:
        known = set(request.user.groups.values_list("name", flat=True))  # type: ignore[union-attr]
        request.user.__dict__["_roles"] = known
    return known


def batch_rows(round_: Round, on: date) -> list[dict[str, Any]]:
    """Each batch with its figures, what is late, and the names of its next steps; as many statements for
    twenty batches as for one. What stands against a step is read batch by batch by `batch_steps`."""
    counts = {
        one["batch"]: one
        for one in BatchPost.objects.filter(batch__round=round_, state=BatchPost.State.OPEN)
        .order_by()
        .values("batch")
        .annotate(posts=Count("pk"), seats=Sum("seats"))
    }
    people = {
        one["candidacy__batch"]: one
        for one in Application.objects.filter(candidacy__round=round_)
        .order_by()
        .values("candidacy__batch")
        .annotate(
            applied=Count("candidacy__person", distinct=True),
            proposed=Count("pk", filter=Q(state__in=("PROPOSED", "OBJECTED"))),
            appointed=Count("pk", filter=Q(state="APPOINTED")),
        )
    }
    plans = {one.name: one for one in batch_plans(round_)}
    rows = []
    for batch in batches_of(round_):
        plan = plans.get(batch.name)
        rows.append(
            {
                "batch": batch,
                "state": BatchState(batch.state).label,
                "counts": counts.get(batch.pk, {}),
                "people": people.get(batch.pk, {}),
                "days": days_of(plan, on),
                "late": [_kind(kind) for kind in late_steps(plan, on)] if plan else [],
                "ahead": [one.label for one in batch_ahead(batch) if one.event not in ENDS],
            }
        )
    return rows


def batch_steps(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The next steps of one batch with every reason why not: a part of the round's page that it fetches."""
    batch = the_batch(request, pk)
    steps = steps_shown(request, batch_next(batch, timezone.localdate()), OFFICE)
    return render(
        request,
        "admin/rounds/batch_steps.html",
        {"batch": batch, "steps": [one for one in steps if one.step.event not in ENDS]},
    )


def _kind(kind: str) -> str:
    return str(BatchStep.Kind(kind).label)


def days_of(plan: Any, on: date) -> str:
    """What is planned for the day, else what comes next."""
    if plan is None or not plan.steps:
        return "没有日程"
    running = [kind for kind, step in plan.steps.items() if step.starts_on <= on < step.ends_before]
    if running:
        return "今天：" + "、".join(_kind(kind) for kind in running)
    ahead = sorted((step.starts_on, kind) for kind, step in plan.steps.items() if step.starts_on > on)
    return f"{ahead[0][0]:%m-%d} {_kind(ahead[0][1])}" if ahead else "日程已过"


def step(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, event: str) -> HttpResponse:
    """Take a step of a round."""
    round_ = the_round(request, pk)
    if event not in STEPS:
        raise Http404
    known = next((one for one in round_steps(round_, timezone.localdate()) if one.event == event), None)
    if known is not None and not may(request, known.permission):
        raise PermissionDenied
    step_taken(request, round_, known.label if known else event, partial(STEPS[event], round_=round_))
    return redirect("admin:round", pk=pk)


def do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Take an action of a round's page."""
    round_ = the_round(request, pk)
    action = next((one for one in ROUND_ACTIONS if one.key == key), None)
    if action is None:
        raise Http404
    perform(request, action, round_)
    return redirect("admin:round", pk=pk)


def new(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Start a round that is to be run: it pins the policy in force today."""
    form = NEW_ROUND(request.POST or None, owner=zone, user=request.user)
    if request.method == "POST" and form.is_valid():
        made: list[Round] = []
        if attempt(
            request,
            lambda: made.append(
                round_create(
                    zone=zone,
                    policy=policy_version_as_of(zone, timezone.localdate()),
                    actor=actor_of(request),
                    **form.cleaned_data,
                )
            ),
            "已新建轮次。先填写方案，再复制或上传岗位，然后建批次。",
        ):
            return redirect("admin:round", pk=made[0].pk)
    return render_page(request, site, "admin/rounds/new.html", "新建轮次", form=form, rounds=rounds_of(zone))


def go(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """To the page on which something that waits is done (`place` of round_waiting)."""
    return redirect(place_address(the_round(request, pk), request.GET.get("place", "")))


def batch_move(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, event: str) -> HttpResponse:
    """Take a step of a batch, from its own page or from the round's."""
    batch, on = the_batch(request, pk), timezone.localdate()
    known = next((one for one in batch_next(batch, on) if one.event == event), None)
    if known is not None and not may(request, known.permission or OFFICE):
        raise PermissionDenied
    take = partial(batch_step, batch=batch, event=event)
    step_taken(request, batch, known.label if known else event, take)
    if request.POST.get("back") == "round":
        return redirect("admin:round", pk=batch.round_id)
    return redirect("admin:batch", pk=pk)
