"""发放批次; each opens on the page where it is run."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from compensation.models import PayRun
from reform.admin.base import ReadOnlyAdmin
from reform.admin.display import day
from reform.admin.listing import column


@admin.register(PayRun)
class PayRunAdmin(ReadOnlyAdmin):
    """发放批次, without sums: those stand on its page, for who sees them."""

    list_display = (
        column("批次", "__str__", "starts_on"),
        "code",
        "kind",
        "state",
        day("paid_on", "发放日期"),
    )
    list_filter = ("kind", "state")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The run's own page."""
        found = self.get_object(request, object_id)
        if found is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect("admin:pay_run", code=found.code)
