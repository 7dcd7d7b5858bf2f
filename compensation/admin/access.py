"""Lists of pay: for who may see pay, and every look and every export leaves an event."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from compensation.services import pay_export_record, pay_lines_view_record
from compensation.services.viewing import SEE
from reform.access import require_zone
from reform.admin.display import verbose
from reform.admin.listing import RecordAdmin


class PayAdmin(RecordAdmin):
    """Base of the lists with people's amounts."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) and request.user.has_perm(SEE)  # type: ignore[union-attr]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and request.user.has_perm(SEE)  # type: ignore[union-attr]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        changes = getattr(answer, "context_data", {}).get("cl")
        if changes is not None and changes.result_list:
            self._record(request, pay_lines_view_record, len(changes.result_list))
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if self.get_object(request, object_id) is not None and self.has_view_permission(request):
            self._record(request, pay_lines_view_record, 1)
        return super().change_view(request, object_id, form_url, extra_context)

    def export_rows(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        self._record(request, pay_export_record, queryset.count())
        return super().export_rows(request, queryset)

    export_rows.short_description = "导出选中的行（.xlsx）"  # type: ignore[attr-defined]
    export_rows.allowed_permissions = ["view"]  # type: ignore[attr-defined]

    def _record(self, request: HttpRequest, record: Any, people: int) -> None:
        zone = require_zone(request.user)
        record(zone=zone, actor=request.user, what=verbose(self.model), people=people)
