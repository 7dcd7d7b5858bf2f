"""Filters of this app's lists."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from appointments.models import Appointment, Batch
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary, people_with, rounds_of
from reform.access import scoped, zone_of
from reform.admin.filters import SelectFilter


class RoundFilter(SelectFilter):
    """By round; without a choice the latest that has rows: an empty list would tell of nothing to do in a
    round that has not come so far.  With a batch chosen, its round."""

    title = "轮次"
    parameter_name = "round"
    all_label = "最近有记录的一轮"
    path = "round"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rounds = rounds_of(zone_of(request.user)).values_list("id", "name")
        return [*rounds, ("all", "全部轮次")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "all":
                return queryset
            case str() as key if key.isdecimal():
                return queryset.filter(**{self.path: int(key)})
        if request.GET.get("batch"):
            return queryset
        present = set(queryset.order_by().values_list(self.path, flat=True).distinct())
        latest = [
            key for key in rounds_of(zone_of(request.user)).values_list("pk", flat=True) if key in present
        ]
        return queryset.filter(**{f"{self.path}__in": latest[:1]})


def round_filter(path: str) -> type[RoundFilter]:
    """The filter by round over the way from a model to its round."""
    return type("PathRoundFilter", (RoundFilter,), {"path": path})


class BatchFilter(SelectFilter):
    """By batch, the latest round's first."""

    title = "批次"
    parameter_name = "batch"
    all_label = "全部批次"
    path = "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        found = scoped(Batch.objects.select_related("round"), request.user)
        return [(one.pk, f"{one.round} {one.name}") for one in found.order_by("-round__code", "sort_no")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = self.value() or ""
        return queryset.filter(**{self.path: int(key)}) if key.isdecimal() else queryset


def batch_filter(path: str) -> type[BatchFilter]:
    """The filter by batch over the way from a model to its batch."""
    return type("PathBatchFilter", (BatchFilter,), {"path": path})


class ChangeFilter(SelectFilter):
    """By 变动类型, as the round's summary counts it."""

    title = "变动类型"
    parameter_name = "change"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        placed = (kind for kind in ChangeKind if kind not in (ChangeKind.UNPLACED, ChangeKind.EXIT))
        return [(kind.value, kind.label) for kind in placed]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        value = self.value()
        if value not in set(ChangeKind):
            return queryset
        wanted = ChangeKind(value)
        keys = [
            one.decision.appointment_id
            for round_ in rounds_of(zone_of(request.user))
            for one in people_with(change_summary(round_).people, wanted)
            if one.decision
        ]
        return queryset.filter(pk__in=keys)
