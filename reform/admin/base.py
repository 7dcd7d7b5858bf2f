"""What all our admins share: the own zone only, nothing deleted, changes through services with a reason."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model, QuerySet, TextField
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from reform.access import account_name, require_zone, scoped, zone_lookup, zone_of
from reform.errors import RuleError
from reform.fields import EncryptedField
from reform.models import AuditEvent, RowChange, Zone
from reform.services import audit_record, edit, save_all

from .display import EMPTY, verbose
from .fields import LastDayField

FORM_ONLY = ("change_reason", "change_document_no")


def latest_change(row: Model) -> int:
    """The number of the last RowChange of a row; 0 where there is none."""
    changes = RowChange.objects.filter(model=row._meta.label, key=row.pk)
    return changes.order_by("-id").values_list("id", flat=True).first() or 0


class InZone(BaseModelAdmin):
    """Lists, and what foreign keys may be chosen from, end at the border of the user's zone."""

    labels: dict[str, str] = {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scoped(super().get_queryset(request), request.user)

    def get_field_queryset(
        self, db: str | None, db_field: ForeignKey, request: HttpRequest
    ) -> QuerySet[Any] | None:
        model = db_field.remote_field.model
        related = self.admin_site._registry.get(model)
        if isinstance(related, InZone):
            return related.get_queryset(request).order_by(*related.get_ordering(request))
        if zone_lookup(model) is None:
            return super().get_field_queryset(db, db_field, request)
        return scoped(model._default_manager.all(), request.user)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if field is None or related is None:
            return field
        if hasattr(related, "choice_label"):
            field.label_from_instance = related.choice_label  # type: ignore[method-assign]
        if db_field.name in self.autocomplete_fields:
            field.help_text = f"按{related.search_help_text}查找"
        return field

    def formfield_for_choice_field(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing is chosen before the clerk chooses."""
        if "choices" not in kwargs:
            blank = db_field.blank or not db_field.has_default()
            kwargs["choices"] = db_field.get_choices(include_blank=blank, blank_choice=[("", "请选择")])
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name.endswith("_before"):
            kwargs["form_class"] = LastDayField
        if db_field.name in self.labels:
            kwargs["label"] = self.labels[db_field.name]
        if isinstance(db_field, TextField):
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 4})
        if isinstance(db_field, EncryptedField):
            kwargs["widget"] = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # One page, one thing: what may be chosen is made on its own page.
            field.widget = field.widget.widget
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ZoneAdmin(InZone, ModelAdmin):
    """Base of all our lists: the rows of the user's zone, history in AuditEvents, nothing ever deleted."""

    empty_value_display = EMPTY
    list_per_page = 50
    list_max_show_all = 1000
    list_fullwidth = True
    warn_unsaved_form = True
    show_facets = False
    empty_hint = ""  # where rows come from, for a list that has none

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Ciphertext and its hash are never searched by address."""
        if any(part in lookup for part in ("hash", "id_number", "phone", "bank_account", "archived_pay")):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's history knows only what was done in the admin; ours stands on the page of the row."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """AuditEvents are the history."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """AuditEvents are the history."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal by rule is told on the page, and nothing is written."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RuleError as fault:
            messages.error(request, str(fault))
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(ZoneAdmin):
    """A list to look at: written by services and imports only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(InZone, TabularInline):
    """Rows that belong to another, to look at."""

    extra = 0
    can_delete = False
    hide_title = True
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class GovernedForm(forms.ModelForm):
    """A form whose changes need a reason, and that notices when somebody else was faster."""

    change_reason = forms.CharField(
        label="原因",
        required=False,
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text="改动已有的内容时必填",
    )
    change_document_no = forms.CharField(
        label="依据文号",
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text="没有可空着",
    )
    change_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    zone: Zone | None = None
    also_checked = frozenset({"zone"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["change_seen"] = latest_change(self.instance)
        else:
            del self.fields["change_seen"]
            if hasattr(self.instance, "zone_id") and self.zone is not None:
                self.instance.zone = self.zone

    def _get_validation_exclusions(self) -> set[str]:
        # What stands in no form, and is named by constraints that are to be checked all the same.
        return super()._get_validation_exclusions() - self.also_checked  # type: ignore[misc]

    @property
    def changed_fields(self) -> list[str]:
        """Names of the model's own fields that were changed."""
        return [name for name in self.changed_data if not name.startswith("change_")]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk and self.changed_fields:
            if not self.cleaned_data.get("change_reason"):
                self.add_error("change_reason", "请写明修改的原因。")
            self._check_seen()
        return cleaned

    def _check_seen(self) -> None:
        now = latest_change(self.instance)
        if self.cleaned_data.get("change_seen") == now:
            return
        event = AuditEvent.objects.select_related("actor").filter(changes__id=now).first()
        who = f"{account_name(event.actor)}“{event.action}”" if event else "别人"
        raise forms.ValidationError(f"您打开此页之后，{who}改动了这条记录，没有保存。请重新打开后再改。")


class GovernedAdmin(ZoneAdmin):
    """Single entry: the same services as the imports, with one row, a reason and an AuditEvent."""

    form: type[GovernedForm] = GovernedForm
    change_form_before_template = "admin/parts/seen.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.zone = zone_of(request.user)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None:
            fieldsets.append(("登记说明", {"fields": [FORM_ONLY]}))
        elif self.has_change_permission(request, obj):
            fieldsets.append(("本次修改", {"fields": [FORM_ONLY]}))
        return fieldsets

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and _has_zone(request)

    def save_model(self, request: HttpRequest, obj: Any, form: GovernedForm, change: bool) -> None:
        if change:
            self.save_change(request, obj, form)
        else:
            self.save_new(request, obj, form)

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        """Write a new row."""
        event = self.record(request, obj, form, f"新增{verbose(self.model)}")
        save_all(event, created=[obj])

    def save_change(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        """Write what differs from the database as it is now; nothing where nothing differs."""
        row = self.model._default_manager.get(pk=obj.pk)
        one = edit(row, **self.values(obj, form))
        if one:
            event = self.record(request, row, form, f"修改{verbose(self.model)}")
            save_all(event, changed=[one])

    def values(self, obj: Any, form: GovernedForm) -> dict[str, Any]:
        """The new values of the fields that were changed."""
        return {name: form.cleaned_data[name] for name in form.changed_fields if _is_field(obj, name)}

    def record(self, request: HttpRequest, obj: Any, form: GovernedForm, action: str) -> AuditEvent:
        return audit_record(
            actor=request.user,  # type: ignore[arg-type]
            action=action,
            zone=require_zone(request.user),
            subject=str(obj),
            reason=form.cleaned_data.get("change_reason", ""),
            document_no=form.cleaned_data.get("change_document_no", ""),
        )


def _has_zone(request: HttpRequest) -> bool:
    """Asked once a request: the list of apps beside every page asks it of each model."""
    known: bool | None = request.__dict__.get("_has_zone")
    if known is None:
        known = request.__dict__["_has_zone"] = zone_of(request.user) is not None
    return known


def _is_field(obj: Model, name: str) -> bool:
    try:
        return bool(obj._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False
