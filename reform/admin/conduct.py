"""亲属关系, 年度考核, 处分, 荣誉, 限制提拔, 函询与核查, 更正申请, 一次性口令: facts on a person that a round
looks at."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from reform.access import sees_id_numbers
from reform.models import (
    AnnualGrade,
    ChangeRequest,
    ConductRecord,
    Honour,
    Kinship,
    OneTimePassword,
    PromotionLock,
    Sanction,
)
from reform.sanctions import sanction_end
from reform.selectors import policy_of, policy_version_as_of
from reform.services import conduct_record, value_shown

from .base import GovernedAdmin, GovernedForm
from .display import EMPTY, day, last_day, masked
from .filters import SelectFilter
from .listing import Exportable, RecordAdmin, column

PERSON = column("姓名", "person.name", "person__name")


class PersonFactAdmin(Exportable, GovernedAdmin):
    """A fact on a person, registered one by one; what was registered is corrected with a reason."""

    search_fields = ("person__name",)
    search_help_text = "姓名"
    list_select_related = ("person",)
    autocomplete_fields = ("person",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose fact it is does not change."""
        return ("person",) if obj else ()


class KinshipForm(GovernedForm):
    """A relation; the name of a relative of the zone is known."""

    also_checked = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "relative_name" in self.fields:
            self.fields["relative_name"].required = False
            self.fields["relative_name"].help_text = "亲属是本区人员的可空着"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        relative = self.cleaned_data.get("relative")
        if relative and not self.cleaned_data.get("relative_name"):
            self.cleaned_data["relative_name"] = self.instance.relative_name = relative.name
        if not relative and not self.cleaned_data.get("relative_name"):
            self.add_error("relative_name", "请选择本区人员，或填写亲属姓名。")
        return cleaned


@admin.register(Kinship)
class KinshipAdmin(PersonFactAdmin):
    """亲属关系 (layout 12)."""

    empty_hint = "上传亲属关系表登记；任职和评分的回避由这里判断。"
    form = KinshipForm
    list_display = (
        PERSON,
        "relation",
        column("亲属", "relative_name", "relative_name"),
        column("亲属现任岗位或单位", "workplace"),
        column("本区人员", "relative"),
        column("省级批准文号", "override_no"),
    )
    list_filter = ("relation",)
    list_select_related = ("person", "relative")
    search_fields = ("person__name", "relative_name")
    search_help_text = "本人或亲属姓名"
    autocomplete_fields = ("person", "relative")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "person",
                    ("relative", "relative_name"),
                    ("relation", "workplace"),
                    "override_no",
                ],
                "description": "“关系”写亲属是本人的什么人。互为亲属的只登记一次。",
            },
        ),
    )


@admin.register(AnnualGrade)
class AnnualGradeAdmin(PersonFactAdmin):
    """年度考核等次."""

    empty_hint = "年度考核结果确定后自动登记；以前年度的随人员花名册导入。"
    list_display = (PERSON, column("年度", "year", "year"), "grade", column("依据", "document_no"))
    list_filter = ("year", "grade")
    fieldsets = ((None, {"fields": ["person", ("year", "grade"), "document_no"]}),)


class SanctionForm(GovernedForm):
    """处分 with its number and, where none is given, the 影响期 of that day's policy; one open 立案审查."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = self.cleaned_data
        person, kind, decided_on = (
            given.get("person") or (self.instance.person if self.instance.pk else None),
            given.get("kind"),
            given.get("decided_on"),
        )
        if person is None or kind is None or decided_on is None or self.errors:
            return cleaned
        ends_before = given.get("ends_before")
        if ends_before and ends_before <= decided_on:
            self.add_error("ends_before", "影响期止不能早于决定日期。")
        if kind == Sanction.Kind.INVESTIGATION:
            others = Sanction.objects.filter(person=person, kind=kind, ends_before=None)
            if ends_before is None and others.exclude(pk=self.instance.pk).exists():
                self.add_error("kind", "此人已有一个未结束的立案审查，请先填写它的结束日期。")
            return cleaned
        if not given.get("document_no"):
            self.add_error("document_no", "处分须填写文号。")
        months = policy_of(policy_version_as_of(person.zone, decided_on))["round.sanction_months"]
        given["ends_before"] = ends_before or sanction_end(kind, decided_on, months)
        return cleaned


@admin.register(Sanction)
class SanctionAdmin(PersonFactAdmin):
    """处分与立案审查."""

    form = SanctionForm

    empty_hint = "受处分或立案审查的在这里登记，影响期内不能报名、提拔。"
    list_display = (
        PERSON,
        "kind",
        day("decided_on", "决定日期"),
        last_day("ends_before", "影响期止", "未结束"),
        column("文号", "document_no"),
    )
    list_filter = ("kind",)
    fieldsets = ((None, {"fields": ["person", "kind", ("decided_on", "ends_before"), "document_no"]}),)


@admin.register(Honour)
class HonourAdmin(PersonFactAdmin):
    """荣誉: 奖惩情况 of a 报名表 stays text; what is registered here counts where totals are equal."""

    empty_hint = "综合成绩相同的，按政策比较荣誉的级别；在这里登记。"
    list_display = (
        PERSON,
        column("荣誉名称", "name", "name"),
        "level",
        day("granted_on", "授予日期"),
        column("依据文件", "document_no"),
    )
    list_filter = ("level",)
    search_fields = ("person__name", "name")
    search_help_text = "姓名或荣誉名称"
    fieldsets = (
        (
            None,
            {
                "fields": ["person", "name", ("level", "granted_on"), "document_no"],
                "description": "县级以上的荣誉在同分时计数（政策“同分处理顺序”含这一项的）。",
            },
        ),
    )


class LockFilter(SelectFilter):
    """Locks that run on the day, and those that are over."""

    title = "状态"
    parameter_name = "running"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "影响期内"), ("no", "已期满")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        match self.value():
            case "yes":
                return queryset.filter(ends_before__gt=today)
            case "no":
                return queryset.filter(ends_before__lte=today)
        return queryset


@admin.register(PromotionLock)
class PromotionLockAdmin(PersonFactAdmin):
    """限制提拔."""

    empty_hint = "考核不合格、受处分等限制提拔的在这里登记，年度考核的由结果运用登记。"
    list_display = (
        PERSON,
        "reason",
        day("starts_on", "起"),
        last_day("ends_before", "止"),
        column("文号", "document_no"),
    )
    list_filter = (LockFilter,)
    fieldsets = (
        (None, {"fields": ["person", ("cause", "reason"), ("starts_on", "ends_before"), "document_no"]}),
    )


@admin.register(ConductRecord)
class ConductRecordAdmin(PersonFactAdmin):
    """提醒、函询、诫勉与核查."""

    empty_hint = "提醒、函询、诫勉和核查在这里登记，选任纪实从这里取。"
    list_display = (
        PERSON,
        "kind",
        "result",
        day("happened_on", "日期"),
        last_day("valid_before", "有效至", EMPTY),
        column("文号", "document_no"),
    )
    list_filter = ("kind", "result")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "person",
                    ("kind", "result"),
                    ("happened_on", "valid_before"),
                    "document_no",
                    "content",
                ]
            },
        ),
    )

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        conduct_record(record=obj, actor=request.user)  # type: ignore[arg-type]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(RecordAdmin):
    """信息更正申请: decided on in the inbox."""

    list_display = (
        PERSON,
        "field_label",
        "old_shown",
        "new_shown",
        "state",
        day("asked_on", "申请日期"),
        day("decided_on", "处理日期"),
    )
    list_filter = ("state",)
    search_fields = ("person__name",)
    search_help_text = "姓名"
    list_select_related = ("person", "decided_by")
    hidden = ("field", "old_value", "new_value")
    extra_fields = ("field_label", "old_shown", "new_shown")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return _for_reader(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return _for_reader(request, super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *_for_reader(request, self.extra_fields)]

    @admin.display(description="项目")
    def field_label(self, request: ChangeRequest) -> str:
        return str(type(request.person)._meta.get_field(request.field).verbose_name)  # type: ignore[union-attr]

    @admin.display(description="现有内容")
    def old_shown(self, request: ChangeRequest) -> str:
        return value_shown(request.field, request.old_value) or EMPTY

    @admin.display(description="更正为")
    def new_shown(self, request: ChangeRequest) -> str:
        return value_shown(request.field, request.new_value)

    @admin.display(description="现有内容")
    def old_masked(self, request: ChangeRequest) -> str:
        return masked(request.field, self.old_shown(request))

    @admin.display(description="更正为")
    def new_masked(self, request: ChangeRequest) -> str:
        return masked(request.field, self.new_shown(request))


def _for_reader(request: HttpRequest, columns: Iterable[Any]) -> list[Any]:
    """The columns of a request, its values masked for who may not see numbers."""
    if sees_id_numbers(request.user):
        return list(columns)
    swapped = {"old_shown": "old_masked", "new_shown": "new_masked"}
    return [swapped.get(one, one) if isinstance(one, str) else one for one in columns]


@admin.register(OneTimePassword)
class OneTimePasswordAdmin(RecordAdmin):
    """一次性口令: to whom and when, never what."""

    list_display = (
        PERSON,
        column("发放人", "issued_by.get_full_name"),
        "issued_at",
        "expires_at",
        "used_at",
    )
    search_fields = ("person__name",)
    search_help_text = "姓名"
    list_select_related = ("person", "issued_by")
    hidden = ("digest",)
