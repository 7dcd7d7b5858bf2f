"""报名表, 志愿, what the conditions found, and 破格."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from appointments.models import Application, Candidacy, RuleResult, Waiver
from appointments.paper_states import DossierState
from appointments.rules.eligibility import rule_label
from reform.admin.base import ReadOnlyInline
from reform.admin.display import day
from reform.admin.filters import SelectFilter, UnitFilter
from reform.admin.listing import RecordAdmin, column

from .filters import batch_filter, round_filter

POST_UNIT = type("ApplicationUnitFilter", (UnitFilter,), {"path": "position__unit"})


class ApplicationInline(ReadOnlyInline):
    """The choices of one sheet."""

    model = Application
    fields = ("choice_no", "position", "state", "total", "rank")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).select_related("position__unit__parent")


@admin.display(description="条件", ordering="rule")
def condition(result: RuleResult | Waiver) -> str:
    """The condition in words, not by its code."""
    return rule_label(result.rule)


class RuleResultInline(ReadOnlyInline):
    """要求 | 实际 | 符合."""

    model = RuleResult
    fields = (condition, "required", "actual", "outcome", "decided_outcome", "decided_note")
    readonly_fields = fields


class DossierFilter(SelectFilter):
    """By where the dossier stands."""

    title = "选任纪实"
    parameter_name = "dossier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return DossierState.choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case DossierState.OPEN:
                closed = [DossierState.SUSPENDED.value, DossierState.ARCHIVED.value]
                return queryset.exclude(dossier_record__state__in=closed)
            case str() as state if state in set(DossierState):
                return queryset.filter(dossier_record__state=state)
        return queryset


@admin.register(Candidacy)
class CandidacyAdmin(RecordAdmin):
    """报名表."""

    list_display = (
        column("姓名", "person.name", "person__name"),
        "batch",
        "source",
        day("applied_on", "报名日期"),
        column("服从调剂", "accepts_adjustment"),
        column("声明有回避关系", "declares_kin"),
        column("补报原因", "late_reason"),
    )
    list_filter = (round_filter("round"), batch_filter("batch"), "source")
    search_fields = ("person__name",)
    search_help_text = "姓名"
    list_select_related = ("person", "batch")
    inlines = (ApplicationInline,)


@admin.register(Application)
class ApplicationAdmin(RecordAdmin):
    """志愿."""

    empty_hint = "批次开始报名后，本人报名、办公室代报或上传的都列在这里。"
    list_display = (
        column("姓名", "candidacy.person.name", "candidacy__person__name"),
        column("岗位", "position", "position__sort_no"),
        column("批次", "candidacy.batch"),
        column("志愿", "choice_no"),
        "state",
        column("综合成绩", "total", "total"),
        column("排名", "rank", "rank"),
        "conclusion",
        "dossier",
    )
    list_filter = (
        round_filter("candidacy__round"),
        batch_filter("candidacy__batch"),
        "state",
        DossierFilter,
        POST_UNIT,
    )
    search_fields = ("candidacy__person__name", "position__title", "position__unit__name")
    search_help_text = "姓名、岗位或单位"
    list_select_related = (
        "candidacy__person",
        "candidacy__batch",
        "position__unit__parent",
        "dossier_record",
    )
    ordering = ("-candidacy__round__code", "candidacy__batch__sort_no", "position__sort_no", "rank", "id")
    inlines = (RuleResultInline,)

    @admin.display(description="选任纪实")
    def dossier(self, application: Application) -> str:
        record = getattr(application, "dossier_record", None)
        word = DossierState(record.state if record else DossierState.OPEN).label
        return format_html('<a href="{}">{}</a>', reverse("admin:dossier", args=[application.pk]), word)


@admin.register(RuleResult)
class RuleResultAdmin(RecordAdmin):
    """资格条件结果."""

    list_display = (
        column("姓名", "application.candidacy.person.name", "application__candidacy__person__name"),
        column("岗位", "application.position"),
        condition,
        "required",
        "actual",
        "outcome",
        "decided_outcome",
    )
    list_filter = (
        round_filter("application__candidacy__round"),
        batch_filter("application__candidacy__batch"),
        "outcome",
        "decided_outcome",
    )
    search_fields = ("application__candidacy__person__name", "rule")
    search_help_text = "姓名或条件"
    list_select_related = ("application__candidacy__person", "application__position__unit__parent")


@admin.register(Waiver)
class WaiverAdmin(RecordAdmin):
    """破格."""

    list_display = (
        column("姓名", "application.candidacy.person.name", "application__candidacy__person__name"),
        column("岗位", "application.position"),
        condition,
        "reason",
        "state",
        column("提出人", "requested_by.get_full_name"),
        column("批准人", "approved_by.get_full_name"),
        column("批准文号", "document_no"),
    )
    list_filter = (round_filter("application__candidacy__round"), "state")
    search_fields = ("application__candidacy__person__name",)
    search_help_text = "姓名"
    list_select_related = (
        "application__candidacy__person",
        "application__position__unit__parent",
        "requested_by",
        "approved_by",
    )
