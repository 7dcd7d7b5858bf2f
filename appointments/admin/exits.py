"""离开 and 降职手续."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from appointments.models import Demotion, Exit
from appointments.rules.termination import DECIDED_CAUSES, PROTECTIONS, Protection
from appointments.selectors.terms import Grounds, exit_form
from appointments.services.exit_proposals import exit_propose
from appointments.services.exits import person_leave
from reform.admin.base import GovernedAdmin, GovernedForm
from reform.admin.display import EMPTY, day
from reform.admin.listing import RecordAdmin, column
from reform.errors import RuleError
from reform.models import Tenure, TenureKind
from reform.services.looks import look_record

from .filters import RoundFilter, round_filter

GROUNDS = (
    ("asked_on", "both_agree"),
    ("details", "is_early"),
    ("notified_on", "protection"),
    ("finding", "refused_post"),
    ("absent_from", "absent_to"),
)
ARCHIVED = {
    "identity": "身份类别",
    "post_rank": "职务职级",
    "rank": "职级（原文）",
    "archived_pay": "档案工资",
    "sealed_on": "封存日期",
    "status_document_no": "封存文号",
}


class _RolledBack(Exception):
    """Ends a rehearsal."""


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=UnfoldAdminSingleDateWidget)


def _text(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=200, widget=UnfoldAdminTextInputWidget)


def _check(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanWidget)


class ExitForm(GovernedForm):
    """A person who leaves, and what the law asks to be said for the cause."""

    asked_on = _day("辞职申请日期")
    both_agree = _check("双方协商一致（辞职）")
    details = _text("调往单位或合同条款")
    is_early = _check("经批准提前退休")
    notified_on = _day("书面通知本人的日期")
    protection = forms.ChoiceField(
        label="不得解聘的情形",
        required=False,
        choices=[("", "未核对"), *((one.value, text) for one, text in PROTECTIONS.items())],
        widget=UnfoldAdminSelectWidget,
    )
    finding = _text("不胜任的认定依据")
    refused_post = _text("本人不接受的其他安排")
    absent_from = _day("旷工第一天")
    absent_to = _day("旷工最后一天")
    actor: Any = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        person, left_on = self.cleaned_data.get("person"), self.cleaned_data.get("left_on")
        first, last = self.cleaned_data.get("absent_from"), self.cleaned_data.get("absent_to")
        if bool(first) != bool(last) or (first and last and last < first):
            self.add_error("absent_to", "旷工须有第一天和最后一天，最后一天不早于第一天。")
        if person and left_on:
            held = Tenure.objects.filter(person=person, kind=TenureKind.PRIMARY, ends_before=None).first()
            if held and held.starts_on and held.starts_on >= left_on:
                self.add_error("left_on", f"现任岗位从{held.starts_on}开始，离开日期须晚于这一天。")
        if not self.errors:
            self._rehearse()
        return cleaned

    def _rehearse(self) -> None:
        """The real writes, rolled back, so that a refusal is told in the form and nothing typed is lost."""
        try:
            with transaction.atomic():
                self.leave()
                raise _RolledBack
        except _RolledBack:
            return
        except RuleError as fault:
            raise forms.ValidationError(list(getattr(fault, "reasons", None) or [str(fault)])) from None

    @property
    def is_decided(self) -> bool:
        """Whether the leaders decide on the cause, so that this only prepares it."""
        return self.cleaned_data.get("cause") in DECIDED_CAUSES

    def leave(self) -> list[Exit]:
        """Everything that ends with the leaving; the exits recorded, none where the leaders decide first."""
        data = self.cleaned_data
        said: dict[str, Any] = {
            "person": data["person"],
            "cause": data["cause"],
            "left_on": data["left_on"],
            "document_no": data["document_no"],
            "actor": self.actor,
            "on": timezone.localdate(),
            "grounds": self._grounds(),
            "reason": data["reason"],
        }
        if self.is_decided:
            exit_propose(**said)
            return []
        return person_leave(**said)

    def _grounds(self) -> Grounds:
        data = self.cleaned_data
        absent: tuple[date | None, date | None] = (data["absent_from"], data["absent_to"])
        return Grounds(
            asked_on=data["asked_on"],
            both_agree=data["both_agree"],
            is_early=data["is_early"],
            notified_on=data["notified_on"],
            refused_post=data["refused_post"],
            finding=data["finding"],
            absences=[(absent[0], absent[1])] if absent[0] and absent[1] else [],
            details=data["details"],
            protection=Protection(data["protection"]) if data["protection"] else None,
        )


def _of_form(name: str, label: str) -> Any:
    """A line of the 离开手续."""

    @admin.display(description=label, empty_value=EMPTY)
    def shown(exit_: Exit) -> Any:
        value = getattr(exit_form(exit_), name)
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else value or EMPTY

    shown.__name__ = f"{name}_at_exit"
    return shown


POST_LEFT = _of_form("post", "离任岗位")
ARCHIVED_LINES = tuple(_of_form(name, label) for name, label in ARCHIVED.items())
SEE_PAY = "compensation.see_pay"


def _readable_lines(request: HttpRequest) -> list[Any]:
    """What came back, 档案工资 only for who may see pay."""
    sees_pay = _reads_pay(request)
    lines = zip(ARCHIVED, ARCHIVED_LINES, strict=True)
    return [line for name, line in lines if sees_pay or name != "archived_pay"]


def _reads_pay(request: HttpRequest) -> bool:
    return all(request.user.has_perm(one) for one in ("reform.view_archivedstatus", SEE_PAY))  # type: ignore[union-attr]


@admin.register(Exit)
class ExitAdmin(GovernedAdmin):
    """离开: every post, application and draft of the person ends, the archived identity comes back."""

    empty_hint = "退休、辞职、调出等在“聘期管理”登记后列在这里。"
    form = ExitForm
    list_display = ("person", "cause", day("left_on", "离开日期"), "document_no", "round")
    list_filter = (RoundFilter, "cause")
    search_fields = ("person__name", "document_no")
    search_help_text = "姓名或文号"
    list_select_related = ("person", "round")
    autocomplete_fields = ("person",)
    fieldsets = ((None, {"fields": ["person", ("left_on", "cause"), "document_no", "reason"]}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            hint = (
                "按离开原因填写用得上的；缺什么，登记时会说明。退休、辞职、调出、死亡直接登记；"
                "其他原因由领导小组决定，这里只是呈批。"
            )
            return [*self.fieldsets, ("依据", {"fields": list(GROUNDS), "description": hint})]
        sets: list[Any] = [*self.fieldsets, ("离开手续", {"fields": ["round", POST_LEFT]})]
        if request.user.has_perm("reform.view_archivedstatus"):  # type: ignore[union-attr]
            sets.append(("恢复的档案身份和待遇", {"fields": _readable_lines(request)}))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return (POST_LEFT, *ARCHIVED_LINES) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A look at 档案工资 leaves an event, as at any other pay of somebody."""
        row = self.get_object(request, object_id)
        if row is not None and _reads_pay(request) and exit_form(row).archived_pay:
            look_record(
                zone=row.round.zone,
                actor=request.user,  # type: ignore[arg-type]
                action="查看工资",
                subject=f"{row.person.name}的档案工资",
            )
        return super().change_view(request, object_id, form_url, extra_context)

    def save_new(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """One exit for each round that counts the person; the page of the last one is shown next."""
        exits = form.leave()
        obj.is_proposed = form.is_decided
        if exits:
            obj.pk, obj.round = exits[-1].pk, exits[-1].round

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """To the 离开手续; to the list where every round knew of it already; to what waits for the leaders
        where they decide."""
        if obj.is_proposed:
            self.message_user(
                request, f"已呈批{obj}，等待领导小组决定；决定以前什么都没有结束。", messages.SUCCESS
            )
            return redirect(f"{reverse('admin:years')}?tab=exits")
        self.message_user(request, f"已登记{obj}，其岗位、报名和聘任都已结束。", messages.SUCCESS)
        if "_addanother" in request.POST:
            return redirect("admin:appointments_exit_add")
        if obj.pk is None:
            return redirect("admin:appointments_exit_changelist")
        return redirect("admin:appointments_exit_change", obj.pk)


@admin.register(Demotion)
class DemotionAdmin(RecordAdmin):
    """降职手续 (I7)."""

    empty_hint = "降职人员聘任前的谈话和告知，在批次页登记后列在这里。"
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
