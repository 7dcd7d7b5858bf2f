"""政策版本: the list; a version is read, changed and approved on the pages of policy_pages.py."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from reform.models import PolicyVersion

from .base import ReadOnlyAdmin
from .display import day
from .listing import by_whom


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """政策版本."""

    list_display = (
        "name",
        "state",
        day("starts_on", "起用日期"),
        "source",
        by_whom("maker", "经办人"),
        by_whom("checker", "复核人"),
    )
    list_select_related = ("zone", "maker", "checker")
    list_before_template = "admin/policy/start.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        """The page of a version shows its values as they read."""
        if self.get_object(request, object_id) is None:
            return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[arg-type]
        return redirect("admin:policy", pk=object_id)

    @admin.display(description="政策版本", ordering="number")
    def name(self, version: PolicyVersion) -> str:
        return format_html("{}", version)
