"""The admin's first page: what unfold's DASHBOARD_CALLBACK puts into its context."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate

from appointments.views.places import place_address
from reform.access import bounds_of, zone_of
from reform.models import Zone
from reports import selectors

SHOWN_ENDINGS = 8


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
        looks_after_terms=user.has_perm("appointments.view_appointment") and bounds.unit_ids is None,
    )
    return {
        "waiting": [(line, place_address(line.round, line.place)) for line in found.waiting],
        "late": [(line, place_address(line.round, line.place)) for line in found.late],
        "endings": [(one, _ending_address(one)) for one in found.endings[:SHOWN_ENDINGS]],
        "more": len(found.endings) - SHOWN_ENDINGS,
        "years": reverse("admin:years"),
    }


def _ending_address(one: selectors.Ending) -> str:
    if one.batch_id:
        return f"{reverse('admin:batch', args=[one.batch_id])}?tab=publicity"
    return reverse("admin:years")
