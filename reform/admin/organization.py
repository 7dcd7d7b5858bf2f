"""单位 and 机构沿革."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from reform.access import scoped
from reform.exchange.cells import clean_title
from reform.models import Tenure, TenureKind, Unit, UnitKind, UnitLineage
from reform.resources.lookups import UnitIndex

from .base import GovernedAdmin, GovernedForm, ReadOnlyAdmin
from .display import EMPTY, day, last_day, level_name
from .filters import SelectFilter

DEEPEST = 5  # domain.md §1


class ValidityFilter(SelectFilter):
    """Units that are there; without a choice former ones are left out."""

    title = "存续"
    parameter_name = "validity"
    all_label = "现有单位"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", "已撤销"), ("former", "历史单位（只在花名册中）"), ("all", "全部单位")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Unit]) -> QuerySet[Unit]:
        match self.value():
            case "all":
                return queryset
            case "ended":
                return queryset.filter(is_historical=False, ends_before__isnull=False)
            case "former":
                return queryset.filter(is_historical=True)
        return queryset.filter(is_historical=False, ends_before=None)


class UnitForm(GovernedForm):
    """A unit; its code is made where none is given."""

    also_checked = frozenset({"zone", "is_historical"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = bool(self.instance.pk)
            self.fields["code"].help_text = "" if self.instance.pk else "空着由系统编号"

    def clean_name(self) -> str:
        return clean_title(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        parent, kind = self.cleaned_data.get("parent"), self.cleaned_data.get("kind")
        if kind == UnitKind.SECTION and parent is None:
            self.add_error("parent", "科室须有上级单位。")
        if parent is not None:
            self._check_place(parent)
        if not self.cleaned_data.get("code") and "code" in self.cleaned_data and self.zone:
            index = UnitIndex.load(self.zone)
            self.cleaned_data["code"] = index.new_code(parent)
        return cleaned

    def _check_place(self, parent: Unit) -> None:
        """No unit below itself, none deeper than five levels."""
        above: Unit | None = parent
        depth = 1
        while above is not None:
            if above.pk == self.instance.pk:
                self.add_error("parent", f"“{parent}”是本单位或本单位的下级，不能作上级单位。")
                return
            depth += 1
            above = above.parent
        if depth > DEEPEST:
            self.add_error("parent", f"机构最多{DEEPEST}级，放在“{parent}”之下是第{depth}级。")


def holders(path: Q) -> Subquery:
    """How many open main posts are held at positions under a condition."""
    found = Tenure.objects.filter(path, kind=TenureKind.PRIMARY, ends_before=None).order_by()
    counted = found.annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


def unit_tenures(unit: Unit) -> QuerySet[Tenure]:
    """Who holds what at a unit and its sections, 兼任 and 主持工作 included, in the order of the posts."""
    here = Q(position__unit=unit.pk) | Q(
        position__unit__parent=unit.pk, position__unit__kind=UnitKind.SECTION
    )
    held = Tenure.objects.filter(here, ends_before=None).select_related("person", "position__unit__parent")
    return held.order_by("position__sort_no", "position_id", "kind", "person__sort_no", "id")


def tree_keys() -> dict[str, Any]:
    """What to order by so that a unit stands behind the one above it.

    Three levels are told apart; more do not occur in lists.
    """
    top = Q(parent=None)
    second = Q(parent__isnull=False, parent__parent=None)
    keys: tuple[tuple[str, Any, Any], ...] = (("sort_no", -1, IntegerField()), ("code", "", CharField()))
    found: list[Any] = [
        Coalesce(f"parent__parent__{name}", f"parent__{name}", name, output_field=field)
        for name, _, field in keys
    ]
    for name, blank, field in keys:
        blank_value = Value(blank, output_field=field)
        first, own = When(top, then=blank_value), When(second, then=F(name))
        found.append(Case(first, own, default=F(f"parent__{name}"), output_field=field))
    for name, blank, field in keys:
        blank_value = Value(blank, output_field=field)
        found.append(Case(When(top | second, then=blank_value), default=F(name), output_field=field))
    return {f"tree_{place}": key for place, key in enumerate(found)}


@admin.register(Unit)
class UnitAdmin(GovernedAdmin):
    """单位, as a tree."""

    empty_hint = "上传机构员额表或岗位设置表，或点“新增单位”登记。"
    form = UnitForm
    list_display = (
        "tree_name",
        "kind_shown",
        "code",
        "quota",
        "present",
        day("starts_on", "成立日期"),
        last_day("ends_before", "存续至", "至今"),
    )
    list_filter = (ValidityFilter, "kind")
    search_fields = ("name", "code")
    search_help_text = "单位名称或编码"
    autocomplete_fields = ("parent",)
    labels = {"ends_before": "存续至"}
    fieldsets = (
        (None, {"fields": ["name", ("parent", "kind"), ("code", "sort_no")]}),
        (
            "核定",
            {"fields": ["staffing_quota", ("head_headcount", "deputy_headcount"), "document_no"]},
        ),
        ("存续", {"fields": [("starts_on", "ends_before"), "is_historical"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        here = Q(position__unit=OuterRef("pk")) | Q(position__unit__parent=OuterRef("pk"))
        units = scoped(Unit.objects.select_related("parent__parent"), request.user)
        keyed = units.annotate(holders=Coalesce(holders(here), 0), **tree_keys())
        return keyed.order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return [*tree_keys(), "id"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "ends_before" and isinstance(field, forms.Field):
            field.help_text = "存续的最后一天；空着表示仍在"
        return field

    readonly_fields = ("is_historical",)
    change_form_outer_after_template = "admin/units/holders.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        unit = self.get_object(request, object_id)
        if unit is not None and request.user.has_perm("reform.view_tenure"):  # type: ignore[union-attr]
            held = unit_tenures(unit).annotate(level_name=level_name("held_level"))
            extra_context = {**(extra_context or {}), "holders": scoped(held, request.user)}
        return super().change_view(request, object_id, form_url, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None or not obj.is_historical:
            fieldsets[2] = ("存续", {"fields": [("starts_on", "ends_before")]})
        return fieldsets

    def choice_label(self, unit: Unit) -> str:
        """“经济发展局·综合科”: sections of the same name are told apart by their unit."""
        gone = "（原）" if unit.is_historical or unit.ends_before else ""
        return (f"{unit.parent.name}·{unit.name}" if unit.parent else unit.name) + gone

    @admin.display(description="单位", ordering="name")
    def tree_name(self, unit: Unit) -> str:
        depth = (unit.parent is not None) + (unit.parent is not None and unit.parent.parent is not None)
        return format_html('<span class="tree-{}">{}</span>', depth, unit.name)

    @admin.display(description="类型", ordering="kind")
    def kind_shown(self, unit: Unit) -> str:
        return str(unit.get_kind_display())

    @admin.display(description="员额", ordering="staffing_quota")
    def quota(self, unit: Unit) -> str:
        if unit.staffing_quota is not None:
            return str(unit.staffing_quota)
        return EMPTY if unit.kind == UnitKind.SECTION else "未核定"

    @admin.display(description="现有人数", ordering="holders")
    def present(self, unit: Any) -> int:
        return int(unit.holders)


@admin.register(UnitLineage)
class UnitLineageAdmin(ReadOnlyAdmin):
    """机构沿革."""

    list_display = ("predecessor", "kind", "successor", day("happened_on", "日期"), "document_no")
    list_display_links = None
    list_filter = ("kind",)
    search_fields = ("predecessor__name", "successor__name", "document_no")
    search_help_text = "单位名称或文号"
    list_select_related = ("predecessor", "successor")
    fields = ("predecessor", "kind", "successor", "happened_on", "document_no")
