"""The frame of a batch's page: its state, its next steps, the tab that was asked for."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.models import Batch
from appointments.selectors.steps import batch_next
from appointments.states import OFFICE, BatchState, batch_transitions
from reform.admin.actions import buttons, perform
from reform.admin.pages import may, render_page
from reform.admin.steps import state_bar, steps_shown
from reform.models import Zone

from ..rows import the_batch
from . import (
    applications,
    appointing,
    assessment,
    inspection,
    posts,
    proposal,
    publicity,
    screening,
    selection,
)
from .tab import Tab

TABS: tuple[Tab, ...] = (
    posts.TAB,
    applications.TAB,
    screening.TAB,
    assessment.TAB,
    selection.TAB,
    inspection.TAB,
    proposal.TAB,
    publicity.TAB,
    appointing.TAB,
)
# Where the work of a state is done.
TAB_OF_STATE = {
    BatchState.PLANNED: "posts",
    BatchState.PUBLISHED: "posts",
    BatchState.APPLYING: "applications",
    BatchState.SCREENING: "screening",
    BatchState.ASSESSING: "assessment",
    BatchState.MATCHING: "selection",
    BatchState.INSPECTING: "inspection",
    BatchState.DECIDING: "proposal",
    BatchState.PUBLICITY: "publicity",
    BatchState.APPOINTING: "appointing",
    BatchState.CLOSED: "appointing",
    BatchState.CANCELLED: "posts",
}
ENDS = ("cancel",)


def batch(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The page of a batch."""
    found, on = the_batch(request, pk), timezone.localdate()
    tabs = [
        one
        for one in TABS
        if may(request, *one.permissions) and (not one.methods or found.method in one.methods)
    ]
    wanted = request.GET.get("tab") or TAB_OF_STATE[BatchState(found.state)]
    if request.GET.get("tab") and wanted not in {one.key for one in tabs}:
        raise PermissionDenied
    tab = next((one for one in tabs if one.key == wanted), tabs[0] if tabs else None)
    steps = steps_shown(request, batch_next(found, on), OFFICE)
    shown = (
        buttons(
            request, tab.actions, found, lambda key: reverse("admin:batch_do", args=[pk, key]), found.state
        )
        if tab
        else []
    )
    return render_page(
        request,
        site,
        f"admin/rounds/batch/{tab.key}.html" if tab else "admin/rounds/batch/base.html",
        f"{found.name}（{found.round}）",
        batch=found,
        state=BatchState(found.state).label,
        bar=state_bar(_way(found), BatchState(found.state)),
        steps=[one for one in steps if one.step.event not in ENDS],
        ends=[one for one in steps if one.step.event in ENDS],
        tabs=tabs,
        tab=tab,
        bulk=[one for one in shown if one.action.bulk],
        buttons=[one for one in shown if not one.action.bulk and not one.action.grid],
        grids={one.action.key: one for one in shown if one.action.grid},
        on=on,
        **(tab.context(request, found, on) if tab else {}),
    )


def _way(found: Batch) -> list[BatchState]:
    """The states that a batch of this 任用方式 goes through."""
    way = [BatchState.PLANNED]
    table = batch_transitions(found.method)
    while True:
        following = [
            row.target for row in table if row.source == way[-1] and row.target != BatchState.CANCELLED
        ]
        if not following:
            return way
        way.append(BatchState(following[0]))


def batch_do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Take an action of one of the tabs."""
    found = the_batch(request, pk)
    for tab in TABS:
        for action in tab.actions:
            if action.key == key:
                perform(request, action, found)
                page = request.GET.get("page", "")
                on_page = f"&page={page}" if page.isdecimal() else ""
                return redirect(f"{reverse('admin:batch', args=[pk])}?tab={tab.key}{on_page}")
    raise Http404
