"""批次, their days and their posts; a batch is run on its own page, to which its row leads."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from appointments.models import Batch, BatchPost, BatchStep
from reform.admin.display import day, last_day, level_column, level_name
from reform.admin.filters import UnitFilter
from reform.admin.listing import RecordAdmin, column

from .filters import RoundFilter, batch_filter, round_filter


@admin.register(Batch)
class BatchAdmin(RecordAdmin):
    """批次."""

    list_display = (
        "name",
        "code",
        "round",
        "method",
        "state",
        column("最多志愿", "max_choices"),
        column("公告文号", "notice_document_no"),
        column("聘任文号", "appoint_document_no"),
    )
    list_filter = (RoundFilter, "state", "method")
    list_select_related = ("round",)
    search_fields = ("name", "code")
    search_help_text = "名称或编号"
    ordering = ("-round__code", "sort_no", "code")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A batch's page is where it is run."""
        if self.get_object(request, object_id) is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect("admin:batch", pk=object_id)


@admin.register(BatchStep)
class BatchStepAdmin(RecordAdmin):
    """批次日程."""

    list_display = ("batch", "kind", day("starts_on", "起"), last_day("ends_before", "止"))
    list_filter = (round_filter("batch__round"), batch_filter("batch"), "kind")
    list_select_related = ("batch",)


@admin.register(BatchPost)
class BatchPostAdmin(RecordAdmin):
    """批次岗位."""

    list_display = (
        column("岗位", "position", "position__sort_no"),
        level_column,
        "batch",
        "seats",
        "method",
        "state",
        column("原因", "reason"),
    )
    list_filter = (
        round_filter("batch__round"),
        batch_filter("batch"),
        "state",
        type("PostUnitFilter", (UnitFilter,), {"path": "position__unit"}),
    )
    search_fields = ("position__title", "position__unit__name")
    search_help_text = "岗位或单位"
    list_select_related = ("batch", "position__unit__parent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BatchPost]:
        name = level_name("position__level", "batch__round__policy")
        return super().get_queryset(request).annotate(level_name=name)
