"""考核方案, 指标 and 指标库; each opens on the page where it is worked on."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kpi.models import Indicator, LibraryIndicator, Scheme
from kpi.rules.codes import Rule
from reform.admin.base import ReadOnlyAdmin
from reform.admin.display import EMPTY
from reform.admin.listing import RecordAdmin, column, yes_no

from .filters import RuleFilter


@admin.display(description="计分规则", ordering="rule", empty_value=EMPTY)
def rule_name(leaf: Indicator) -> str:
    """The rule by its name."""
    return Rule(leaf.rule).label if leaf.rule in set(Rule) else leaf.rule


class OnItsPage(RecordAdmin):
    """A list whose rows open on a page of views/; `page`: its name."""

    page = ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """That page, for a row that the user may see."""
        found = self.get_object(request, object_id)
        if found is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect(f"admin:{self.page}", **self.page_keys(found))

    def page_keys(self, row: Any) -> dict[str, Any]:
        """What the page's address is made of."""
        return {"pk": row.pk}


@admin.register(Scheme)
class SchemeAdmin(OnItsPage):
    """考核方案."""

    page = "kpi_scheme"
    list_display = ("name", "year", "state", "document_no", column("沿用", "copied_from.name"))
    list_filter = ("state",)
    list_select_related = ("copied_from",)


@admin.register(Indicator)
class IndicatorAdmin(OnItsPage):
    """指标, old versions with them."""

    page = "kpi_indicator"
    list_display = (
        column("指标", "path"),
        column("年度", "scheme.year", "scheme__year"),
        "code",
        column("考核对象", "subject.name", "subject__sort_no"),
        "full",
        rule_name,
        column("责任单位", "responsible_unit.name", "responsible_unit__sort_no"),
        "period",
        yes_no("is_core", "核心"),
        "version",
    )
    list_filter = ("scheme__year", "period", RuleFilter, "is_core")
    list_select_related = ("scheme", "subject", "responsible_unit")
    search_fields = ("code", "level1", "level2", "level3")
    search_help_text = "指标名称或编码"


@admin.register(LibraryIndicator)
class LibraryAdmin(ReadOnlyAdmin):
    """指标库 belongs to no zone: every office reads the same."""

    list_display = ("code", "level1", "level2", "measure", "actual", "quality", "note")
    list_filter = ("quality", "level1")
    search_fields = ("code", "level1", "level2", "level3")
    search_help_text = "指标名称或编码"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows without a zone are not scoped."""
        return LibraryIndicator.objects.all()
