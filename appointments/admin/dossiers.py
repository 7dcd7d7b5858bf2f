"""选任纪实 that have been suspended, resumed or archived; each opens on its own page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from appointments.models import DossierRecord
from reform.admin.display import day
from reform.admin.listing import RecordAdmin, column

from .filters import batch_filter, round_filter


@admin.register(DossierRecord)
class DossierRecordAdmin(RecordAdmin):
    """选任纪实."""

    empty_hint = "暂停和归档的列在这里；每个人的选任纪实在“志愿”中点“进行中”打开。"
    list_display = (
        column("姓名", "application.candidacy.person.name", "application__candidacy__person__name"),
        column("岗位", "application.position"),
        column("批次", "application.candidacy.batch"),
        "state",
        column("归档时完成（%）", "percentage"),
        column("原因", "reason"),
        column("办理人", "acted_by.get_full_name"),
        day("acted_on", "办理日期"),
    )
    list_filter = (
        round_filter("application__candidacy__round"),
        batch_filter("application__candidacy__batch"),
        "state",
    )
    search_fields = ("application__candidacy__person__name", "application__position__title")
    search_help_text = "姓名或岗位"
    list_select_related = (
        "application__candidacy__person",
        "application__candidacy__batch",
        "application__position__unit__parent",
        "acted_by",
    )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The dossier's page is where it is worked on."""
        found = self.get_object(request, object_id)
        if found is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect("admin:dossier", pk=found.application_id)
