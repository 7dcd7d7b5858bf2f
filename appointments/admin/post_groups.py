"""岗位组限额: at most n of a named set of posts; open until one of the posts is announced."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from appointments.models import Batch, PostGroup, Round
from appointments.services.post_groups import post_group_save
from appointments.states import OFFICE, BatchState, RoundState
from reform.admin.base import GovernedAdmin, GovernedForm
from reform.admin.listing import Exportable, column, yes_no
from reform.models import Position

from .filters import batch_filter, round_filter

_OVER = (RoundState.PLACING, RoundState.COMPLETED, RoundState.TERMINATED)


def _field(form: forms.ModelForm, name: str) -> Any:
    """A field with choices, whose queryset is narrowed."""
    return form.fields[name]


class PostGroupForm(GovernedForm):
    """The set with its posts, chosen from the open rounds' setups."""

    also_checked = frozenset()
    positions = forms.ModelMultipleChoiceField(
        label="组内岗位",
        queryset=Position.objects.none(),
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 14}),
        help_text="选多个时按住控制键，手机直接点",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "positions" not in self.fields:
            return
        rounds = Round.objects.filter(zone=self.zone, is_registered=False).exclude(state__in=_OVER)
        if self.instance.pk:
            rounds = rounds.filter(pk=self.instance.round_id)
            self.initial["positions"] = list(self.instance.members.values_list("position_id", flat=True))
        posts = Position.objects.filter(setup__in=rounds.values("setup"), ends_before=None)
        _field(self, "positions").queryset = posts.select_related("unit__parent").order_by("sort_no", "code")
        if "round" in self.fields:
            _field(self, "round").queryset = rounds
        if "batch" in self.fields:
            planned = Batch.objects.filter(round__in=rounds, state=BatchState.PLANNED)
            _field(self, "batch").queryset = planned.select_related("round")


@admin.register(PostGroup)
class PostGroupAdmin(Exportable, GovernedAdmin):
    """岗位组限额."""

    empty_hint = "几个岗位合起来限制一人最多报几个的，在这里登记；没有这种限制的不用登记。"
    form = PostGroupForm
    list_display = (
        column("名称", "name", "name"),
        column("轮次", "round", "round__code"),
        column("批次", "batch"),
        column("最多可报", "maximum"),
        column("岗位数", "size"),
        yes_no("is_active", "使用中"),
    )
    list_filter = (round_filter("round"), batch_filter("batch"), "is_active")
    list_select_related = ("round", "batch")
    search_fields = ("name", "members__position__title")
    search_help_text = "组名或岗位"
    fieldsets = (
        (
            None,
            {
                "fields": [("round", "batch"), ("name", "maximum"), "positions", "is_active"],
                "description": "一人在组内最多报几个岗位；组内任一岗位公布以后不能再改。",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PostGroup]:
        return super().get_queryset(request).annotate(size=Count("members", distinct=True))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Where a set holds does not change."""
        return ("round", "batch") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Who only looks sees the posts as text."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        name, options = fieldsets[0]
        fields = ["posts_shown" if one == "positions" else one for one in options["fields"]]
        return [(name, {**options, "fields": fields}), *fieldsets[1:]]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and request.user.has_perm(OFFICE)

    @admin.display(description="组内岗位")
    def posts_shown(self, group: PostGroup) -> str:
        return "、".join(str(one) for one in group.members.select_related("position__unit__parent"))

    def save_new(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        self._save(request, obj, form)

    def save_change(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        values = {name: value for name, value in self.values(obj, form).items() if name != "positions"}
        self._save(
            request, PostGroup.objects.select_related("round__zone", "batch").get(pk=obj.pk), form, values
        )

    def _save(
        self, request: HttpRequest, group: PostGroup, form: GovernedForm, values: dict[str, Any] | None = None
    ) -> None:
        post_group_save(
            group=group,
            positions=list(form.cleaned_data["positions"]),
            actor=request.user,  # type: ignore[arg-type]
            on=timezone.localdate(),
            reason=form.cleaned_data.get("change_reason", ""),
            document_no=form.cleaned_data.get("change_document_no", ""),
            **(values or {}),
        )
