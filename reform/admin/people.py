"""人员: the facts of a person, the archived identity, the line of posts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reform import codes
from reform.access import sees_id_numbers
from reform.errors import CellError
from reform.exchange.cells import clean_id_number, id_birth, id_sex
from reform.fields import keyed_hash
from reform.models import ArchivedStatus, Person, Tenure, TenureKind

from .base import GovernedAdmin, GovernedForm, ReadOnlyInline
from .display import EMPTY, MASKS, day, last_day, level_name
from .fields import IdNumberField, NameField, PhoneField
from .filters import LevelFilter, SelectFilter, UnitFilter
from .timeline import changes_of, timeline

PRIVATE = ("id_number", "phone", "bank_account")
FORM_CLASSES = {"id_number": IdNumberField, "phone": PhoneField, "name": NameField}


def in_post(**conditions: Any) -> Q:
    """Persons whose present main post meets the conditions (paths from the tenure)."""
    wanted = {f"tenures__{path}": value for path, value in conditions.items()}
    return Q(tenures__kind=TenureKind.PRIMARY, tenures__ends_before=None, **wanted)


class PersonUnitFilter(UnitFilter):
    """By the unit of the present main post."""

    title = "现任单位"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if not (self.value() or "").isdecimal():
            return queryset
        here = self.within("tenures__position__unit", int(self.value() or 0))
        return queryset.filter(in_post() & here)


class PersonLevelFilter(LevelFilter):
    """By the level held at present."""

    title = "现任层级"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        return queryset.filter(in_post(held_level=self.value())) if self.value() else queryset


class PresenceFilter(SelectFilter):
    """Those with a main post at present, and those without."""

    title = "在岗"
    parameter_name = "present"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "在岗"), ("no", "无岗位（离开、未安置）")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        holders = Tenure.objects.filter(kind=TenureKind.PRIMARY, ends_before=None).values("person")
        match self.value():
            case "yes":
                return queryset.filter(pk__in=holders)
            case "no":
                return queryset.exclude(pk__in=holders)
        return queryset


class IdentityFilter(SelectFilter):
    """By the archived identity (身份)."""

    title = "档案身份"
    parameter_name = "identity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(codes.IDENTITY.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if not self.value():
            return queryset
        return queryset.filter(archived_statuses__identity=self.value(), archived_statuses__ends_before=None)


class ArchivedStatusInline(ReadOnlyInline):
    """档案身份: changed by 档案调整 with a document only (§1 b)."""

    model = ArchivedStatus
    verbose_name_plural = "档案身份（已封存，不影响岗位、薪酬和考核）"
    fields = (
        "identity",
        "post_rank",
        "rank",
        day("sealed_on", "封存日期"),
        "document_no",
        last_day("ends_before", "止", "现行"),
    )
    readonly_fields = (fields[3], fields[5])


class PersonForm(GovernedForm):
    """The rules of the roster for one person: ID number, name, sex and birth date agree."""

    also_checked = frozenset({"zone", "id_number_hash"})

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        number = self.cleaned_data.get("id_number") if "id_number" in self.fields else self.instance.id_number
        if not number:
            return cleaned
        self.instance.id_number_hash = keyed_hash(number)
        if "sex" in self.fields:
            said, shown = self.cleaned_data.get("sex"), id_sex(number)
            if said and said != shown:
                self.add_error(
                    "sex", f"填的是{codes.SEX[said]}，身份证号第17位表示{codes.SEX[shown]}。请核对。"
                )
            self.cleaned_data["sex"] = said or shown
        if "birth_on" in self.fields and not self.cleaned_data.get("birth_on"):
            self.cleaned_data["birth_on"] = id_birth(number)
        return cleaned


@admin.register(Person)
class PersonAdmin(GovernedAdmin):
    """人员."""

    empty_hint = "上传人员花名册，或点“新增人员”登记。"
    form = PersonForm
    list_filter = (
        PresenceFilter,
        PersonUnitFilter,
        PersonLevelFilter,
        IdentityFilter,
        "sex",
        "political_status",
    )
    search_fields = ("name",)
    search_help_text = "姓名、完整身份证号、人员编号或单位"
    inlines = (ArchivedStatusInline,)
    change_form_outer_before_template = "admin/people/timeline.html"
    change_form_outer_after_template = "admin/people/changes.html"
    fieldsets = (
        (
            "基本情况",
            {
                "fields": [
                    ("name", "id_number"),
                    ("sex", "birth_on"),
                    ("ethnicity", "native_place"),
                    ("political_status", "party_joined_on"),
                    ("work_started_on", "joined_on"),
                    ("staff_no", "technical_title"),
                ]
            },
        ),
        (
            "学历学位",
            {
                "fields": [
                    ("education", "degree"),
                    ("fulltime_education", "fulltime_degree"),
                    "fulltime_school",
                    ("onjob_education", "onjob_degree"),
                    "onjob_school",
                ]
            },
        ),
        ("考核与联系", {"fields": ["recent_appraisals", ("phone", "bank_account"), "remark"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        present = (
            Tenure.objects.filter(kind=TenureKind.PRIMARY, ends_before=None)
            .select_related("position__unit__parent")
            .annotate(level_name=level_name("held_level"))
        )
        return super().get_queryset(request).prefetch_related(Prefetch("tenures", present, to_attr="present"))

    # --- the list ---

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        number = "id_number_clear" if sees_id_numbers(request.user) else "id_number_masked"
        return ["name", number, "sex", day("birth_on", "出生日期"), "unit", "post", "level"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """By full ID number (through its hash), else every word in the name, the staff number or the present
        unit; a part of an ID number finds nobody."""
        try:
            number = clean_id_number(search_term, timezone.localdate())
        except CellError:
            number = ""
        if number:
            return queryset.filter(id_number_hash=keyed_hash(number)), False
        unit = "position__unit__"
        for word in search_term.split():
            found = Person.objects.filter(
                Q(name__contains=word)
                | Q(staff_no=word)
                | in_post(**{f"{unit}name__contains": word})
                | in_post(**{f"{unit}parent__name__contains": word, f"{unit}kind": "SECTION"})
            )
            queryset = queryset.filter(pk__in=found.order_by().values("pk"))
        return queryset, False

    def choice_label(self, person: Person) -> str:
        """People of the same name are told apart by what they do."""
        held = getattr(person, "present", None)
        if held is None:
            open_now = person.tenures.filter(kind=TenureKind.PRIMARY, ends_before=None)
            held = list(open_now.select_related("position__unit__parent"))
        return f"{person.name}（{held[0].position if held else '无岗位'}）"

    @admin.display(description="身份证号")
    def id_number_clear(self, person: Person) -> str:
        return person.id_number

    @admin.display(description="身份证号")
    def id_number_masked(self, person: Person) -> str:
        return MASKS["id_number"](person.id_number) or EMPTY

    @admin.display(description="联系电话")
    def phone_masked(self, person: Person) -> str:
        return MASKS["phone"](person.phone) or EMPTY

    @admin.display(description="银行账号")
    def bank_account_masked(self, person: Person) -> str:
        return MASKS["bank_account"](person.bank_account) or EMPTY

    @admin.display(description="现任单位")
    def unit(self, person: Any) -> str:
        return person.present[0].position.place if person.present else EMPTY

    @admin.display(description="现任岗位")
    def post(self, person: Any) -> str:
        return person.present[0].position.title if person.present else EMPTY

    @admin.display(description="层级")
    def level(self, person: Any) -> str:
        return person.present[0].level_name if person.present else EMPTY

    # --- the form ---

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or sees_id_numbers(request.user):
            return list(fieldsets)
        return [(name, {**options, "fields": _masked(options["fields"])}) for name, options in fieldsets]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who may not see numbers sees them masked, and cannot overwrite what they do not see."""
        if obj is None or sees_id_numbers(request.user):
            return ()
        return tuple(f"{name}_masked" for name in PRIVATE)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return list(self.inlines) if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in FORM_CLASSES:
            kwargs["form_class"] = FORM_CLASSES[db_field.name]
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.Field) and db_field.name in ("sex", "birth_on"):
            field.help_text = "空着按身份证号填"
        return field

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is not None and self.has_view_permission(request, person):
            extra_context = {
                **(extra_context or {}),
                "title": person.name,
                "timeline": timeline(person),
                "changes": changes_of(person, request),
                "event_links": request.user.has_perm("reform.view_auditevent"),  # type: ignore[union-attr]
            }
        return super().change_view(request, object_id, form_url, extra_context)

    # --- writing ---

    def values(self, obj: Any, form: GovernedForm) -> dict[str, Any]:
        found = super().values(obj, form)
        for name in ("sex", "birth_on"):
            if name in form.cleaned_data:
                found[name] = form.cleaned_data[name]
        if "id_number" in found:
            found["id_number_hash"] = keyed_hash(found["id_number"])
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: GovernedForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.birth_on and obj.birth_on != id_birth(obj.id_number):
            messages.warning(
                request,
                f"出生日期填的是{obj.birth_on}，身份证号中是{id_birth(obj.id_number)}。"
                "档案年龄可以与身份证不同：按填写的保存了，请确认。",
            )


def _masked(lines: list[Any]) -> list[Any]:
    def swap(name: str) -> str:
        return f"{name}_masked" if name in PRIVATE else name

    return [tuple(swap(one) for one in line) if isinstance(line, tuple) else swap(line) for line in lines]
