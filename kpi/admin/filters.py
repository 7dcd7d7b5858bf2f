"""Filters of this app's lists."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from kpi.models import Cycle
from kpi.rules.codes import Rule
from reform.access import scoped
from reform.admin.filters import SelectFilter


class CycleFilter(SelectFilter):
    """By cycle of the user's zone; `path` leads to it."""

    title = "考核周期"
    parameter_name = "cycle"
    path = "cycle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(one.pk, str(one)) for one in scoped(Cycle.objects.all(), request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(**{self.path: int(value)}) if value.isdecimal() else queryset


class EvidenceCycleFilter(CycleFilter):
    """Of a file: through its leaf."""

    path = "item__cycle"


class RuleFilter(SelectFilter):
    """By scoring rule."""

    title = "计分规则"
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(rule.value, rule.label) for rule in Rule]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(rule=self.value()) if self.value() in set(Rule) else queryset
