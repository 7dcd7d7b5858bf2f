"""The first address: each user to their own first page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reform.access import person_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Staff to the workbench, leaders to the latest round's report, a person to what is theirs."""
    user = request.user
    if user.is_staff:  # type: ignore[union-attr]
        return redirect("admin:index")
    if not user.has_perm("reform.view_reports") and person_of(user) is not None:  # type: ignore[union-attr]
        return redirect("portal:home")
    return redirect("reports:latest")
