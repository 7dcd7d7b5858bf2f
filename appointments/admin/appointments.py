"""聘任: of the latest round unless another is chosen."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from appointments.models import Appointment
from appointments.selectors import PersonChange
from appointments.states import AppointmentState
from reform.admin.display import EMPTY, day, last_day, level_column, level_name
from reform.admin.filters import LevelFilter, UnitFilter
from reform.admin.listing import RecordAdmin

from .changes import change_tag, changes_by_appointment
from .filters import ChangeFilter, RoundFilter


class AppointmentUnitFilter(UnitFilter):
    path = "position__unit"


class AppointmentLevelFilter(LevelFilter):
    path = "held_level"


@admin.register(Appointment)
class AppointmentAdmin(RecordAdmin):
    """聘任: of the latest round unless another is chosen."""

    empty_hint = "批次办到聘任，或上传聘任结果以后，列在这里。"
    list_display = (
        "person_name",
        "place",
        "title",
        level_column,
        "change",
        "state_shown",
        day("starts_on", "聘期起"),
        last_day("ends_before", "聘期止"),
        last_day("probation_ends_before", "试用期止"),
        "method",
        "duties",
    )
    list_filter = (
        RoundFilter,
        ChangeFilter,
        AppointmentUnitFilter,
        AppointmentLevelFilter,
        "state",
        "method",
    )
    search_fields = ("person__name", "position__title", "position__unit__name", "document_no")
    search_help_text = "姓名、岗位、单位或文号"
    ordering = ("-round__code", "sort_no", "id")
    fields = (
        "round",
        "person",
        "position",
        "level_shown",
        "change",
        "kind",
        "state_shown",
        "method",
        day("starts_on", "聘期起"),
        last_day("ends_before", "聘期止"),
        last_day("probation_ends_before", "试用期止"),
        day("decided_on", "决定日期"),
        day("pay_starts_on", "起薪日期"),
        "document_no",
        "minutes_no",
        "superior_document_no",
        "letter_no",
        "reason",
        "held_level_reason",
        "previous",
        day("ended_on", "提前结束"),
        "remark",
    )
    readonly_fields = (
        "level_shown",
        "change",
        "state_shown",
        *(one for one in fields if callable(one)),  # type: ignore[misc, arg-type]
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        found = (
            super()
            .get_queryset(request)
            .select_related("round__policy", "round__zone", "person", "position__unit__parent")
        )
        return found.annotate(level_name=level_name("held_level", "round__policy"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The changes of the rounds on the page, read once for all its rows."""
        changelist = super().get_changelist_instance(request)
        known: dict[int, dict[int, PersonChange]] = {}
        for appointment in changelist.result_list:
            if appointment.round_id not in known:
                known[appointment.round_id] = changes_by_appointment(appointment.round)
            appointment.change_found = known[appointment.round_id].get(appointment.pk)
        return changelist

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Without the duty contracts for who may not read them: their pages would refuse."""
        reads = request.user.has_perm("appointments.view_dutycontract")  # type: ignore[union-attr]
        return [one for one in super().get_list_display(request) if one != "duties" or reads]

    @admin.display(description="姓名", ordering="person__name")
    def person_name(self, appointment: Appointment) -> str:
        return appointment.person.name

    @admin.display(description="单位", ordering="position__sort_no")
    def place(self, appointment: Appointment) -> str:
        return appointment.position.place

    @admin.display(description="岗位")
    def title(self, appointment: Appointment) -> str:
        return appointment.position.title

    @admin.display(description="任职层级")
    def level_shown(self, appointment: Any) -> str:
        return appointment.level_name

    @admin.display(description="责任书")
    def duties(self, appointment: Appointment) -> str:
        return format_html('<a href="{}">目标</a>', reverse("admin:duty", args=[appointment.pk]))

    @admin.display(description="变动")
    def change(self, appointment: Any) -> str:
        if not hasattr(appointment, "change_found"):
            appointment.change_found = changes_by_appointment(appointment.round).get(appointment.pk)
        found = appointment.change_found
        if found is None:
            return EMPTY
        before = (
            f"原任：{found.before.place}（{found.before.level_name}）" if found.before else "本轮之前没有岗位"
        )
        return format_html('<span title="{}">{}</span>', before, change_tag(found))

    @admin.display(description="状态", ordering="state")
    def state_shown(self, appointment: Appointment) -> str:
        return AppointmentState(appointment.state).label
