"""开发区 and who works for it: the system administrator's pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from reform.access import UNIT_ROLE
from reform.models import Membership, Zone
from reform.services import audit_record, save_all, zone_create

from .base import GovernedAdmin, GovernedForm
from .display import day


def manages_zones(request: HttpRequest) -> bool:
    """Who makes zones and accounts sees all of them."""
    return bool(request.user.has_perm("reform.add_zone"))  # type: ignore[union-attr]


class AcrossZones(GovernedAdmin):
    """Pages whose rows are not those of one zone, for those who manage zones."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        if manages_zones(request):
            return self.model._default_manager.all()
        return super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super(GovernedAdmin, self).has_add_permission(request)

    def record(self, request: HttpRequest, obj: Any, form: GovernedForm, action: str) -> Any:
        return audit_record(
            actor=request.user,  # type: ignore[arg-type]
            action=action,
            zone=obj if isinstance(obj, Zone) else obj.zone,
            subject=str(obj),
            reason=form.cleaned_data.get("change_reason", ""),
            document_no=form.cleaned_data.get("change_document_no", ""),
        )


@admin.register(Zone)
class DevelopmentZoneAdmin(AcrossZones):
    """开发区. A new one gets its copy of the default policy."""

    list_display = ("name", "code", day("deadline_on", "上级规定完成期限"))
    search_fields = ("name", "code")
    fieldsets = ((None, {"fields": ["name", "code", "deadline_on"]}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        made = zone_create(code=obj.code, name=obj.name, actor=request.user)  # type: ignore[arg-type]
        obj.pk, obj._state.adding = made.pk, False
        if obj.deadline_on:
            self.save_change(request, obj, form)


class MembershipForm(GovernedForm):
    """A unit head is held to a unit, and the unit is one of the zone."""

    also_checked = frozenset()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        user = self.cleaned_data.get("user") or getattr(self.instance, "user", None)
        zone, unit = self.cleaned_data.get("zone"), self.cleaned_data.get("unit")
        if unit and zone and unit.zone_id != zone.pk:
            self.add_error("unit", f"“{unit}”不是{zone}的单位。")
        if user and not unit and user.groups.filter(name=UNIT_ROLE).exists():
            self.add_error("unit", "单位负责人须填写所属单位，否则看不到任何人员。")
        return cleaned


@admin.register(Membership)
class MembershipAdmin(AcrossZones):
    """Which zone a user works for."""

    form = MembershipForm
    list_display = ("user", "name", "zone", "unit")
    list_filter = ("zone",)
    search_fields = ("user__username", "user__first_name", "user__last_name")
    list_select_related = ("user", "zone", "unit")
    fieldsets = ((None, {"fields": ["user", "zone", "unit"]}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    @admin.display(description="姓名")
    def name(self, membership: Membership) -> str:
        return str(membership.user.get_full_name())

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        event = self.record(request, obj, form, "分配开发区")
        save_all(event, created=[obj])
