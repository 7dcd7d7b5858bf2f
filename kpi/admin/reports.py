"""指标完成情况 and 佐证材料."""

from typing import Any

from django.contrib import admin

from kpi.models import EvidenceFile, Item
from reform.admin.display import day
from reform.admin.filters import UnitFilter
from reform.admin.listing import RecordAdmin, column, yes_no

from .filters import CycleFilter, EvidenceCycleFilter
from .schemes import OnItsPage

SUBJECT = type("SubjectFilter", (UnitFilter,), {"path": "indicator__subject"})


@admin.register(Item)
class ItemAdmin(OnItsPage):
    """指标完成情况 of all cycles."""

    page = "kpi_item"
    list_display = (
        column("指标", "indicator.name", "indicator__sort_no"),
        column("周期", "cycle", "cycle__starts_on"),
        column("考核对象", "indicator.subject.name", "indicator__subject__sort_no"),
        "target",
        "actual",
        "state",
        yes_no("unreported", "未报"),
        "score",
    )
    list_filter = (CycleFilter, "state", "unreported", SUBJECT)
    list_select_related = ("cycle", "indicator__subject")
    search_fields = ("indicator__code", "indicator__level1", "indicator__level2", "indicator__level3")
    search_help_text = "指标名称或编码"

    def page_keys(self, row: Any) -> dict[str, Any]:
        return {"code": row.cycle.code, "pk": row.pk}


@admin.register(EvidenceFile)
class EvidenceAdmin(RecordAdmin):
    """佐证材料; the file itself is fetched on the page of its leaf."""

    list_display = (
        "name",
        column("指标", "item.indicator.name"),
        column("周期", "item.cycle", "item__cycle__starts_on"),
        "size",
        column("上传人", "uploaded_by.get_full_name"),
        day("uploaded_on", "上传日期"),
        day("withdrawn_on", "撤下日期"),
    )
    list_filter = (EvidenceCycleFilter,)
    list_select_related = ("item__indicator", "item__cycle", "uploaded_by")
    search_fields = ("name",)
    search_help_text = "文件名"
