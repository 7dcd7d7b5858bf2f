"""The admin's first page: what unfold's DASHBOARD_CALLBACK puts into its context."""

from typing import Any

from django.http import HttpRequest

from reform.access import zone_of
from reports import selectors


def workbench(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add `zone` and `report` (the workbench); None where the user has no zone, or may not see reports."""
    zone = zone_of(request.user)
    sees_reports = request.user.has_perm("reform.view_reports")  # type: ignore[union-attr]
    sees_uploads = request.user.has_perm("reform.view_upload")  # type: ignore[union-attr]
    report = selectors.workbench(zone, uploads=sees_uploads) if zone and sees_reports else None
    return {**context, "title": "工作台", "zone": zone, "report": report}
