"""定性指标评分表: who has one and whether it is handed in; the marks stand on its page."""

from django.contrib import admin

from kpi.models import MarkSheet
from reform.admin.display import day
from reform.admin.listing import RecordAdmin, column

from .filters import CycleFilter


@admin.register(MarkSheet)
class MarkSheetAdmin(RecordAdmin):
    """定性指标评分表."""

    list_display = (
        column("周期", "cycle", "cycle__starts_on"),
        column("评分人", "scorer.get_full_name"),
        "state",
        day("locked_on", "提交日期"),
    )
    list_filter = (CycleFilter, "state")
    list_select_related = ("cycle", "scorer")
