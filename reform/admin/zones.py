"""开发区 and who works for it: the system administrator's pages."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponse

from reform.access import UNIT_ROLE
from reform.models import Membership, Person, Unit, Zone
from reform.selectors import accounts_without_person
from reform.services import audit_record, save_all, zone_create

from .account_people import PersonOfAccount, place_label
from .base import GovernedAdmin, GovernedForm
from .display import day
from .filters import SelectFilter


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
    """A unit head is held to a unit; unit and person are of the zone, and a person has one account."""

    also_checked = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        if "unit" in self.fields:
            open_now = Q(ends_before=None, is_historical=False) | Q(pk=self.instance.unit_id)
            units = Unit.objects.filter(open_now, zone=self.instance.zone_id).select_related("parent")
            self.fields["unit"].queryset = units.order_by("sort_no", "code")  # type: ignore[attr-defined]
        if "person" in self.fields:
            self.fields["person"].queryset = Person.objects.filter(zone=self.instance.zone_id)  # type: ignore[attr-defined]
            self.fields["person"].widget.zone_id = self.instance.zone_id  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        user = self.cleaned_data.get("user") or getattr(self.instance, "user", None)
        zone, unit = self.cleaned_data.get("zone"), self.cleaned_data.get("unit")
        if unit and zone and unit.zone_id != zone.pk:
            self.add_error("unit", f"“{unit}”不是{zone}的单位。")
        if user and not unit and user.groups.filter(name=UNIT_ROLE).exists():
            self.add_error("unit", "单位负责人须填写所属单位，否则看不到任何人员。")
        person = self.cleaned_data.get("person")
        if person and zone and person.zone_id != zone.pk:
            self.add_error("person", f"“{person}”不是{zone}的人员。")
        return cleaned

    def clean_person(self) -> Person | None:
        """One account per person: the other one is named."""
        person: Person | None = self.cleaned_data.get("person")
        other = Membership.objects.filter(person=person).exclude(pk=self.instance.pk).select_related("user")
        if person and (one := other.first()):
            self.add_error(
                "person",
                f"“{person}”已对应账号“{one.user.username}”，一人一个账号。"
                "请把角色加给那个账号，或先在那个账号清空本人。",
            )
        return person


class LinkedFilter(SelectFilter):
    """Accounts by whether it is known whose they are."""

    title = "本人"
    parameter_name = "linked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "工作账号未对应本人"), ("yes", "已对应本人")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        match self.value():
            case "yes":
                return queryset.exclude(person=None)
            case "no":
                return accounts_without_person(queryset)
        return queryset


@admin.register(Membership)
class MembershipAdmin(AcrossZones):
    """Which zone a user works for, whose account it is, and to which unit it is held."""

    form = MembershipForm
    list_display = ("user", "name", "zone", "unit", "person_name")
    list_filter = (LinkedFilter, "zone")
    search_fields = ("user__username", "user__first_name", "user__last_name", "person__name")
    search_help_text = "用户名或姓名"
    list_select_related = ("user", "zone", "unit__parent", "person")
    list_before_template = "admin/accounts/without_person.html"
    fieldsets = ((None, {"fields": ["user", "zone", "unit", "person"]}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A new one first gets its zone, for units and persons are looked for in it."""
        own = ["user", "zone", "unit", "person"] if obj else ["user", "zone", "unit"]
        return [(None, {"fields": own}), *list(super().get_fieldsets(request, obj))[1:]]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "person":
            kwargs["widget"] = PersonOfAccount(db_field, self.admin_site)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "person" and field is not None:
            field.label_from_instance = place_label  # type: ignore[method-assign]
            field.help_text = "输入姓名（至少两个字）或完整身份证号查找；评分、审查、表决时的履职回避据此判断"
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        without = accounts_without_person(self.get_queryset(request)).count()
        return super().changelist_view(request, {**(extra_context or {}), "without_person": without})

    @admin.display(description="姓名")
    def name(self, membership: Membership) -> str:
        return str(membership.user.get_full_name())

    @admin.display(description="本人", ordering="person__name", empty_value="—")
    def person_name(self, membership: Membership) -> str | None:
        return membership.person.name if membership.person else None

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        event = self.record(request, obj, form, "分配开发区")
        save_all(event, created=[obj])

    def record(self, request: HttpRequest, obj: Any, form: GovernedForm, action: str) -> Any:
        if "person" in form.changed_fields:
            action = "指定账号本人" if form.cleaned_data.get("person") else "清空账号本人"
        return super().record(request, obj, form, action)
