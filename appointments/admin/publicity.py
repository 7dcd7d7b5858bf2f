"""公示 and 异议."""

from django.contrib import admin

from appointments.models import Objection, Publicity
from reform.admin.display import day, last_day
from reform.admin.listing import RecordAdmin, column

from .filters import batch_filter, round_filter


@admin.register(Publicity)
class PublicityAdmin(RecordAdmin):
    """公示."""

    list_display = (
        "__str__",
        column("名单", "proposal"),
        day("starts_on", "公示起"),
        last_day("ends_before", "公示止"),
        column("文号", "document_no"),
        column("结果", "result"),
        column("报告人", "reported_by.get_full_name"),
        column("确认人", "confirmed_by.get_full_name"),
    )
    list_filter = (round_filter("proposal__batch__round"), batch_filter("proposal__batch"))
    search_fields = ("document_no", "proposal__batch__name")
    search_help_text = "文号或批次"
    list_select_related = ("proposal__batch", "reported_by", "confirmed_by")


@admin.register(Objection)
class ObjectionAdmin(RecordAdmin):
    """异议."""

    empty_hint = "资格审查和公示期间收到的异议，在批次页受理后列在这里。"
    list_display = (
        column("被反映人", "application.candidacy.person.name", "application__candidacy__person__name"),
        column("岗位", "application.position"),
        "kind",
        day("received_on", "收到日期"),
        "from_whom",
        "state",
        day("closed_on", "办结日期", "未办结"),
    )
    list_filter = (
        round_filter("application__candidacy__round"),
        batch_filter("application__candidacy__batch"),
        "kind",
        "state",
    )
    search_fields = ("application__candidacy__person__name", "from_whom")
    search_help_text = "被反映人或提出人"
    list_select_related = ("application__candidacy__person", "application__position__unit__parent")
