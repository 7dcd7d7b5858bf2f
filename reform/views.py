"""The first address: each user to their own first page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Staff to the workbench, leaders to the latest round's report."""
    return redirect("admin:index" if request.user.is_staff else "reports:latest")  # type: ignore[union-attr]
