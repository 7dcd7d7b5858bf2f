"""Filters of the lists; none of them names anything outside the user's zone."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from reform.access import scoped, zone_of
from reform.models import PositionSetup, Unit, UnitKind

from .display import level_choices


class SelectFilter(SimpleListFilter):
    """A filter whose first choice, nothing chosen, has its own name."""

    all_label = "全部"

    def choices(self, changelist: ChangeList) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": self.all_label}, *rest]


class UnitFilter(SelectFilter):
    """By the unit of the 单位 column, its sections and subordinate units included."""

    title = "单位"
    parameter_name = "unit"
    path = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        units = scoped(Unit.objects.exclude(kind=UnitKind.SECTION), request.user)
        rows = units.order_by("is_historical", "sort_no", "code").values_list(
            "id", "name", "is_historical", "ends_before"
        )
        return [(key, f"{name}（原）" if gone or ended else name) for key, name, gone, ended in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (self.value() or "").isdecimal():
            return queryset
        return queryset.filter(self.within(self.path, int(self.value() or 0)))

    @staticmethod
    def within(path: str, unit_id: int) -> Q:
        """At the unit or at one of its sections."""
        return Q(**{path: unit_id}) | Q(**{f"{path}__parent": unit_id, f"{path}__kind": UnitKind.SECTION})


class LevelFilter(SelectFilter):
    """By a column with the code of a level."""

    title = "层级"
    parameter_name = "level"
    path = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return level_choices(zone_of(request.user))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class SetupFilter(SelectFilter):
    """By the setup of a round; without a choice the one in force: the next round's, still being drafted or on
    its way, has no holders yet and would show every post as vacant."""

    title = "岗位设置方案"
    parameter_name = "setup"
    all_label = "现行方案"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        setups = PositionSetup.objects.filter(zone=zone_of(request.user)).order_by("-code")
        return [
            *setups.values_list("id", "name"),
            ("former", "历史岗位（只在花名册中）"),
            ("all", "全部岗位"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "all":
                return queryset
            case "former":
                return queryset.filter(setup=None)
            case str() as key if key.isdecimal():
                return queryset.filter(setup=int(key))
        today = timezone.localdate()
        setups = PositionSetup.objects.filter(zone=zone_of(request.user))
        in_force = setups.filter(Q(ends_before=None) | Q(ends_before__gt=today), starts_on__lte=today)
        current = in_force.order_by("-starts_on").first() or setups.order_by("-code").first()
        return queryset.filter(setup=current)
