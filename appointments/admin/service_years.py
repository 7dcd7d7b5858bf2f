"""聘期内: 挂职, 聘期考核, 复核与申诉."""

from django.contrib import admin

from appointments.models import Appeal, Secondment, TermReview
from reform.admin.display import day, last_day
from reform.admin.listing import RecordAdmin, column

from .filters import round_filter


@admin.register(Secondment)
class SecondmentAdmin(RecordAdmin):
    """挂职."""

    list_display = (
        column("姓名", "person.name", "person__name"),
        "direction",
        "host",
        column("挂职岗位", "post"),
        day("starts_on", "起"),
        last_day("ends_before", "止"),
        day("reported_on", "总结日期", "未交总结"),
    )
    list_filter = ("direction", "host")
    search_fields = ("person__name", "host", "document_no")
    search_help_text = "姓名、挂职单位或文号"
    list_select_related = ("person",)


@admin.register(TermReview)
class TermReviewAdmin(RecordAdmin):
    """聘期考核."""

    list_display = (
        column("姓名", "appointment.person.name", "appointment__person__name"),
        column("岗位", "appointment.position"),
        "result",
        "outcome",
        day("reviewed_on", "考核日期"),
        column("文号", "document_no"),
    )
    list_filter = (round_filter("appointment__round"), "result", "outcome")
    search_fields = ("appointment__person__name",)
    search_help_text = "姓名"
    list_select_related = ("appointment__person", "appointment__position__unit__parent")


@admin.register(Appeal)
class AppealAdmin(RecordAdmin):
    """复核与申诉."""

    list_display = (
        column("姓名", "person.name", "person__name"),
        "kind",
        "about",
        day("filed_on", "提出日期"),
        day("due_on", "应决定日期"),
        "state",
        day("decided_on", "决定日期", "未决定"),
    )
    list_filter = ("kind", "state")
    search_fields = ("person__name", "about", "document_no")
    search_help_text = "姓名、所涉决定或文号"
    list_select_related = ("person",)
