"""轮次 and 基准."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from appointments.models import Baseline, Round
from appointments.services import round_set_dates
from reform.admin.base import GovernedAdmin, GovernedForm
from reform.admin.display import EMPTY, day, level_column, level_name
from reform.admin.filters import LevelFilter
from reform.admin.listing import RecordAdmin

from .filters import RoundFilter

DATES = ("baseline_on", "kickoff_on", "effective_on")


class RoundForm(GovernedForm):
    """A round's name, and those of its dates that are still open."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        dates = {name: self.cleaned_data.get(name) or getattr(self.instance, name) for name in DATES}
        kickoff, effective = dates["kickoff_on"], dates["effective_on"]
        if kickoff and effective and kickoff > effective:
            field = "kickoff_on" if "kickoff_on" in self.fields else "effective_on"
            self.add_error(field, f"动员日{kickoff}晚于生效日{effective}。")
        return cleaned


@admin.register(Round)
class RoundAdmin(GovernedAdmin):
    """轮次: made by an import; here its name, and dates that no sheet gave."""

    empty_hint = "点“新建轮次”，或上传聘任结果。"
    form = RoundForm
    list_before_template = "admin/rounds/start.html"
    list_display_links = None
    list_display = (
        "console",
        "code",
        "state",
        day("baseline_on", "基准日"),
        day("kickoff_on", "动员日"),
        day("effective_on", "生效日"),
        "term",
        "dates",
        "report",
    )
    list_select_related = ("policy__zone", "setup")
    fieldsets = (
        (None, {"fields": [("name", "code"), ("state", "is_registered")]}),
        ("日期", {"fields": [DATES], "description": "已有的日期由上传的工作簿定下，不能在这里改。"}),
        ("依据", {"fields": [("policy", "setup"), "term_years"]}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        known = tuple(name for name in DATES if obj is None or getattr(obj, name))
        return ("code", "state", "is_registered", "policy", "setup", "term_years", *known)

    def save_change(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        row = Round.objects.get(pk=obj.pk)
        dates = {name: form.cleaned_data[name] for name in form.changed_fields if name in DATES}
        if dates:
            round_set_dates(round_=row, actor=request.user, **dates)  # type: ignore[arg-type]
        super().save_change(request, obj, form)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Without the reports for who may not read them: their pages would refuse."""
        reads = request.user.has_perm("reform.view_reports")  # type: ignore[union-attr]
        return [one for one in super().get_list_display(request) if one != "report" or reads]

    @admin.display(description="名称", ordering="name")
    def console(self, round_: Round) -> str:
        """The page on which the round is run; its name and dates have another."""
        return format_html('<a href="{}">{}</a>', reverse("admin:round", args=[round_.pk]), round_.name)

    @admin.display(description="聘期", ordering="term_years")
    def term(self, round_: Round) -> str:
        return f"{round_.term_years}年"

    @admin.display(description="登记")
    def dates(self, round_: Round) -> str:
        address = reverse("admin:appointments_round_change", args=[round_.pk])
        return format_html('<a href="{}">名称和日期</a>', address)

    @admin.display(description="报表")
    def report(self, round_: Round) -> str:
        try:
            address = reverse("reports:overview", args=[round_.code])
        except NoReverseMatch:
            return EMPTY
        return format_html('<a href="{}">看报表</a>', address)


@admin.register(Baseline)
class BaselineAdmin(RecordAdmin):
    """基准: written once."""

    empty_hint = "轮次动员时取基准：每个人改革前的岗位和层级。"
    list_display = ("person_name", "unit_name", "section_name", "title", level_column, "source", "round")
    list_filter = (RoundFilter, type("BaselineLevelFilter", (LevelFilter,), {"title": "原层级"}), "source")
    search_fields = ("person__name", "unit_name", "section_name", "title")
    search_help_text = "姓名、原单位或原岗位"
    list_select_related = ("person", "round")
    ordering = ("-round__code", "id")
    hidden = ("position", "level")
    extra_fields = ("level_shown",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Baseline]:
        return super().get_queryset(request).annotate(level_name=level_name("level", "round__policy"))

    @admin.display(description="姓名", ordering="person__name")
    def person_name(self, baseline: Baseline) -> str:
        return baseline.person.name

    @admin.display(description="原层级")
    def level_shown(self, baseline: Any) -> str:
        return baseline.level_name
