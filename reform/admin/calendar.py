"""工作日历: holidays and 调休 days of the whole country, kept by the office of any zone."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse

from reform.models import AuditEvent, CalendarDay, RowChange
from reform.services import audit_record

from .base import GovernedAdmin, GovernedForm
from .changes import describe
from .filters import SelectFilter

WEEKDAYS = "一二三四五六日"


class YearFilter(SelectFilter):
    """By the year."""

    title = "年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = CalendarDay.objects.annotate(year=ExtractYear("on")).order_by("-year")
        return [(f"{year}", f"{year}年") for year in years.values_list("year", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> QuerySet[CalendarDay]:
        chosen = self.value() or ""
        return queryset.filter(on__year=int(chosen)) if chosen.isdecimal() else queryset


class CalendarDayForm(GovernedForm):
    """A day of the calendar; it says only what differs from Monday to Friday."""

    also_checked = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_workday" in self.fields:
            self.fields["is_workday"].help_text = "勾选：这一天上班（调休）；不勾选：这一天放假"


@admin.register(CalendarDay)
class CalendarDayAdmin(GovernedAdmin):
    """工作日历. It belongs to no zone: whoever may see it sees all of it, and its events stand outside the
    zones."""

    form = CalendarDayForm
    list_display = ("on_shown", "weekday", "kind", "name")
    list_filter = (YearFilter, "is_workday")
    date_hierarchy = "on"
    search_fields = ("name",)
    search_help_text = "节日名称"
    fieldsets = ((None, {"fields": ["on", "is_workday", "name"]}),)
    change_form_outer_after_template = "admin/people/changes.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarDay]:
        return CalendarDay.objects.order_by("-on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("on",) if obj else ()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if object_id.isdecimal() and self.has_view_permission(request):
            changes = RowChange.objects.filter(model=CalendarDay._meta.label, key=int(object_id))
            latest = changes.select_related("event__actor").order_by("-id")
            extra_context = {**(extra_context or {}), "changes": describe(latest, request, None)}
        return super().change_view(request, object_id, form_url, extra_context)

    def record(self, request: HttpRequest, obj: Any, form: GovernedForm, action: str) -> AuditEvent:
        return audit_record(
            actor=request.user,  # type: ignore[arg-type]
            action=action,
            zone=None,
            subject=str(obj),
            reason=form.cleaned_data.get("change_reason", ""),
            document_no=form.cleaned_data.get("change_document_no", ""),
        )

    @admin.display(description="日期", ordering="on")
    def on_shown(self, day: CalendarDay) -> str:
        return f"{day.on:%Y-%m-%d}"

    @admin.display(description="星期")
    def weekday(self, day: CalendarDay) -> str:
        return f"星期{WEEKDAYS[day.on.weekday()]}"

    @admin.display(description="安排", ordering="is_workday")
    def kind(self, day: CalendarDay) -> str:
        return "上班（调休）" if day.is_workday else "休息"
