"""任职记录: who held what, from when to when. Written by services only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from reform.models import Tenure

from .base import ReadOnlyAdmin
from .display import EMPTY, day, last_day, level_column, level_name
from .filters import LevelFilter, SelectFilter, UnitFilter


class OpenFilter(SelectFilter):
    """Tenures that run, and those that have ended."""

    title = "状态"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "在任"), ("no", "已结束")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tenure]) -> QuerySet[Tenure]:
        match self.value():
            case "yes":
                return queryset.filter(ends_before=None)
            case "no":
                return queryset.filter(ends_before__isnull=False)
        return queryset


class TenureUnitFilter(UnitFilter):
    path = "position__unit"


class HeldLevelFilter(LevelFilter):
    path = "held_level"


@admin.register(Tenure)
class TenureAdmin(ReadOnlyAdmin):
    """任职记录."""

    empty_hint = "上传人员花名册登记现任岗位；聘任生效后自动登记。"
    list_display = (
        "person_name",
        "place",
        "title",
        level_column,
        "kind",
        day("starts_on", "任职日期", "（未填）"),
        last_day("ends_before", "止", "至今"),
        day("first_held_on", "本岗位始任"),
        "source",
    )
    list_filter = (OpenFilter, TenureUnitFilter, HeldLevelFilter, "kind", "source")
    search_fields = ("person__name", "position__title", "position__unit__name", "document_no")
    search_help_text = "姓名、岗位、单位或文号"
    list_select_related = ("person", "position__unit__parent")
    ordering = ("person__sort_no", "person_id", "-starts_on")
    fields = (
        "person",
        "position",
        "level_shown",
        "held_level_reason",
        "kind",
        day("starts_on", "任职日期", "（未填）"),
        last_day("ends_before", "止", "至今"),
        day("first_held_on", "本岗位始任"),
        day("level_first_held_on", "本层级始任"),
        "occupies_headcount",
        "source",
        "document_no",
    )
    readonly_fields = ("level_shown", *(one for one in fields if callable(one)))  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenure]:
        return super().get_queryset(request).annotate(level_name=level_name("held_level"))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in ("position", "person") or super().lookup_allowed(lookup, value, request)

    @admin.display(description="姓名", ordering="person__name")
    def person_name(self, tenure: Tenure) -> str:
        return tenure.person.name

    @admin.display(description="单位")
    def place(self, tenure: Tenure) -> str:
        return tenure.position.place

    @admin.display(description="岗位")
    def title(self, tenure: Tenure) -> str:
        return tenure.position.title or EMPTY

    @admin.display(description="任职层级")
    def level_shown(self, tenure: Any) -> str:
        return tenure.level_name
