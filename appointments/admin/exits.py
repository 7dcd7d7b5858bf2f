"""离开 and 降职手续."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from appointments.models import Demotion, Exit
from appointments.services import exit_record
from reform.admin.base import GovernedAdmin, GovernedForm
from reform.admin.display import day
from reform.admin.listing import RecordAdmin, column
from reform.models import Tenure, TenureKind

from .filters import RoundFilter, round_filter


class ExitForm(GovernedForm):
    """A person of the round's scope who left."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        round_, person = self.cleaned_data.get("round"), self.cleaned_data.get("person")
        left_on = self.cleaned_data.get("left_on")
        if not (round_ and person and left_on):
            return cleaned
        if not (
            person.baselines.filter(round=round_).exists()
            or person.appointments.filter(round=round_).exists()
        ):
            raise forms.ValidationError(f"{person}不在{round_}的范围内：既没有基准，也没有聘任。")
        held = Tenure.objects.filter(person=person, kind=TenureKind.PRIMARY, ends_before=None).first()
        if held and held.starts_on and held.starts_on >= left_on:
            self.add_error("left_on", f"现任岗位从{held.starts_on}开始，离开日期须晚于这一天。")
        return cleaned


@admin.register(Exit)
class ExitAdmin(GovernedAdmin):
    """离开: registered once; the present main post ends the day before."""

    form = ExitForm
    list_display = ("person", "cause", day("left_on", "离开日期"), "document_no", "round")
    list_filter = (RoundFilter, "cause")
    search_fields = ("person__name", "document_no")
    search_help_text = "姓名或文号"
    list_select_related = ("person", "round")
    autocomplete_fields = ("person",)
    fieldsets = ((None, {"fields": ["round", "person", ("left_on", "cause"), "document_no", "reason"]}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fieldsets)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        exit_record(exit_=obj, actor=request.user)  # type: ignore[arg-type]


@admin.register(Demotion)
class DemotionAdmin(RecordAdmin):
    """降职手续 (I7)."""

    list_display = (
        column("姓名", "person.name", "person__name"),
        "reason_code",
        day("talk_on", "谈话日期"),
        "talk_by",
        "notice_no",
        day("notice_on", "告知日期"),
        column("已告知权利", "appeal_rights_told"),
    )
    list_filter = (round_filter("round"), "reason_code")
    search_fields = ("person__name", "notice_no")
    search_help_text = "姓名或告知书文号"
    list_select_related = ("person",)
