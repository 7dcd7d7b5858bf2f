"""考核周期 and the signatures under its targets."""

from typing import Any

from django.contrib import admin

from kpi.models import Cycle, TargetSignature
from reform.admin.display import day, last_day
from reform.admin.listing import RecordAdmin, column, yes_no

from .filters import CycleFilter
from .schemes import OnItsPage


@admin.register(Cycle)
class CycleAdmin(OnItsPage):
    """考核周期; each opens on the page where it is run."""

    page = "kpi_cycle"
    list_display = (
        column("周期", "__str__", "starts_on"),
        "code",
        "state",
        day("starts_on", "起"),
        last_day("ends_before", "止"),
        day("report_by", "填报截止日"),
        yes_no("registered", "登记"),
    )
    list_filter = ("period", "state", "registered")

    def page_keys(self, row: Any) -> dict[str, Any]:
        return {"code": row.code}


@admin.register(TargetSignature)
class SignatureAdmin(RecordAdmin):
    """目标责任书签字."""

    list_display = (
        column("周期", "cycle", "cycle__starts_on"),
        column("责任单位", "unit.name", "unit__sort_no"),
        yes_no("by_unit", "责任单位签字"),
        column("签字人", "signed_by.get_full_name"),
        day("signed_on", "签字日期"),
    )
    list_filter = (CycleFilter, "by_unit")
    list_select_related = ("cycle", "unit", "signed_by")
