"""The admin's first page: what unfold's DASHBOARD_CALLBACK puts into its context."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate

from appointments.selectors.duties import drafts_of_units
from appointments.selectors.exit_proposals import exit_proposals_open
from appointments.selectors.warnings import appeals_open
from appointments.states import INSPECTORS, LEADERS, OFFICE, PANEL, SUPERVISORS, UNIT_HEADS
from appointments.views.places import place_address
from compensation.selectors import pay_waiting
from kpi.selectors import Waiting, kpi_waiting
from kpi.selectors.desk import OWN, RATINGS
from reform.access import bounds_of, scoped, zone_of
from reform.models import ChangeRequest, PolicyVersion, Zone
from reports import selectors

SHOWN_ENDINGS = 8
STEP_PERMISSIONS = (OFFICE, LEADERS, SUPERVISORS, PANEL, INSPECTORS)


def workbench(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add `zone`, `desk` (what waits for this user) and `report` (the round, for those who may see reports);
    None where the user has no zone."""
    zone = zone_of(request.user)
    sees_reports = request.user.has_perm("reform.view_reports")  # type: ignore[union-attr]
    sees_uploads = request.user.has_perm("reform.view_upload")  # type: ignore[union-attr]
    report = selectors.workbench(zone, uploads=sees_uploads) if zone and sees_reports else None
    return {
        **context,
        "title": "工作台",
        "zone": zone,
        "report": report,
        "desk": _desk(request, zone) if zone else None,
    }


def _desk(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    """The user's desk with the address of each line."""
    user: Any = request.user
    bounds = bounds_of(user)
    found = selectors.desk(
        zone,
        localdate(),
        roles=frozenset(user.groups.values_list("name", flat=True)),
        unit_ids=bounds.unit_ids,
        person_id=bounds.person_id,
        looks_after_terms=user.has_perm("appointments.view_termreview") and bounds.unit_ids is None,
        sees_publicity=user.has_perm("appointments.view_publicity"),
    )
    return {
        "waiting": [(line, place_address(line.round, line.place)) for line in found.waiting],
        "late": [(line, place_address(line.round, line.place)) for line in found.late],
        "kpi": _appraisal(request),
        "pay": _pay(request),
        "others": _others(request, zone, found.overdue),
        "ready": _ready(request, zone) if bounds.unit_ids is None else [],
        "endings": [(one, _ending_address(one)) for one in found.endings[:SHOWN_ENDINGS]],
        "more": len(found.endings) - SHOWN_ENDINGS,
        "years": reverse("admin:years"),
    }


def _appraisal(request: HttpRequest) -> list[tuple[Any, str]]:
    """What of the appraisal waits, what is late first, each with its page."""
    user: Any = request.user
    found = [(line, _kpi_address(line)) for line in kpi_waiting(user, localdate())]
    return sorted(found, key=lambda one: not one[0].late)


def _pay(request: HttpRequest) -> list[tuple[Waiting, str]]:
    """What of pay waits, what is late first, each with its page."""
    user: Any = request.user
    found = [
        (one, reverse(f"admin:{one.address}", kwargs=one.kwargs)) for one in pay_waiting(user, localdate())
    ]
    return sorted(found, key=lambda one: not one[0].late)


def _kpi_address(line: Waiting) -> str:
    """A page of the office, or of what is one's own in the portal."""
    if line.address in (RATINGS, OWN):
        return reverse("portal:home")
    return reverse(f"admin:{line.address}", kwargs=line.kwargs)


def _others(request: HttpRequest, zone: Zone, overdue: int) -> list[tuple[str, int, str, bool]]:
    """What waits outside the rounds, what is late first: what, how many, where, whether it is late."""
    user: Any = request.user
    years = reverse("admin:years")
    found = []
    if user.has_perm(OFFICE):
        found.append(("聘期内事项已过期未办", overdue, f"{years}?tab=terms&band=late", True))
    if user.has_perm(SUPERVISORS) or user.has_perm(LEADERS):
        open_, late = appeals_open(zone, localdate())
        found.append(("复核、申诉待决定", open_, f"{years}?tab=appeals", bool(late)))
    unit_ids = bounds_of(user).unit_ids
    if unit_ids and user.has_perm(UNIT_HEADS):
        drafts = reverse("admin:appointments_dutycontract_changelist") + "?state__exact=DRAFT"
        found.append(("岗位目标责任书待甲方签字", drafts_of_units(unit_ids), drafts, False))
    if user.has_perm("reform.change_changerequest"):
        asked = scoped(ChangeRequest.objects.filter(state=ChangeRequest.State.OPEN), user).count()
        found.append(("信息更正申请待处理", asked, reverse("admin:change_requests"), False))
    if user.has_perm("reform.approve_policy"):
        for version in PolicyVersion.objects.filter(zone=zone, state=PolicyVersion.State.SUBMITTED):
            found.append((f"{version}待批准", 1, reverse("admin:policy", args=[version.pk]), False))
    if user.has_perm(LEADERS):
        waiting = exit_proposals_open(zone).exclude(proposed_by=user.pk).count()
        found.append(("离开呈批待决定", waiting, f"{years}?tab=exits", False))
    return sorted((one for one in found if one[1]), key=lambda one: not one[3])


def _ready(request: HttpRequest, zone: Zone) -> list[tuple[selectors.Ready, str]]:
    """The steps that this user may take now, each with its page."""
    user: Any = request.user
    held = {one for one in STEP_PERMISSIONS if user.has_perm(one)}
    if not held:
        return []
    return [
        (
            one,
            reverse("admin:batch", args=[one.batch_id])
            if one.batch_id
            else reverse("admin:round", args=[one.round.pk]),
        )
        for one in selectors.ready_steps(zone, localdate(), held)
    ]


def _ending_address(one: selectors.Ending) -> str:
    if one.batch_id:
        return f"{reverse('admin:batch', args=[one.batch_id])}?tab=publicity"
    return reverse("admin:years")
