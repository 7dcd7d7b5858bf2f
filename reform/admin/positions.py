"""岗位 and 岗位设置方案."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminSelectWidget

from reform.exchange.cells import clean_title
from reform.models import Position, PositionSetup, Unit
from reform.resources.lookups import place_key
from reform.resources.sub_levels import sub_level_fault
from reform.services import post_settled

from .base import GovernedAdmin, GovernedForm, ReadOnlyAdmin
from .display import (
    EMPTY,
    day,
    ladder_levels,
    last_day_of,
    level_choices,
    level_column,
    level_name,
    level_value,
)
from .filters import LevelFilter, SetupFilter, UnitFilter


class PositionForm(GovernedForm):
    """A position; number and lineage are made by the rules of the sheet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "level" in self.fields:
            self.fields["level"] = forms.ChoiceField(
                label="岗位层级",
                choices=[("", "请选择"), *level_choices(self.zone)],
                widget=UnfoldAdminSelectWidget(),
            )
        if "setup" in self.fields:
            self.fields["setup"].required = True
            self.fields["setup"].help_text = ""
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = "空着由系统编号"
        if "sub_level" in self.fields:
            self.fields["sub_level"].required = False

    def clean_title(self) -> str:
        return clean_title(self.cleaned_data["title"])

    def clean_sub_level(self) -> int:
        return self.cleaned_data["sub_level"] or 0

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._check_sub_level()
        unit, setup = self.cleaned_data.get("unit"), self.cleaned_data.get("setup")
        if self.instance.pk is None and (told := post_settled(setup)):
            self.add_error("setup", f"{told}。")
        if self.instance.pk is None and unit and setup and self.cleaned_data.get("level"):
            self._number(unit, setup)
        return cleaned

    def _check_sub_level(self) -> None:
        code = self.cleaned_data.get("level", self.instance.level)
        level, number = ladder_levels(self.zone).get(code), self.cleaned_data.get("sub_level")
        fault = sub_level_fault(level, number) if level and number else ""
        if fault:
            self.add_error("sub_level", fault)

    def _number(self, unit: Unit, setup: PositionSetup) -> None:
        """`{单位编码}-{层级}-{三位序号}`; an earlier post of the same place hands its lineage on (§4)."""
        here = place_key(Position(unit=unit, title=self.cleaned_data.get("title", "")))
        others = Position.objects.filter(zone=self.zone).select_related("unit__parent")
        code = self.cleaned_data.get("code")
        if not code:
            if any(place_key(one) == here for one in others.filter(setup=setup)):
                self.add_error(
                    "title", "本方案中同一单位、科室已有同名岗位：同一岗位请改它的职数，两个岗位请填编号。"
                )
            taken = set(Position.objects.filter(zone=self.zone).values_list("code", flat=True))
            stem = f"{unit.code}-{self.cleaned_data['level']}"
            number = 1
            while f"{stem}-{number:03d}" in taken:
                number += 1
            code = f"{stem}-{number:03d}"
        self.cleaned_data["code"] = code
        earlier = [
            one
            for one in others.exclude(setup=setup).order_by("setup__starts_on", "id")
            if place_key(one) == here
        ]
        self.instance.lineage = earlier[-1].lineage if earlier else f"{setup.code}/{code}"


@admin.register(Position)
class PositionAdmin(GovernedAdmin):
    """岗位, of the present setup unless another is chosen."""

    empty_hint = "上传岗位设置表；岗位属于一轮的岗位设置方案。"
    form = PositionForm
    list_display = (
        "unit_shown",
        "section_shown",
        "title",
        level_column,
        "sub_level_shown",
        "key_shown",
        "headcount",
        "present",
        "vacant",
        "method_shown",
    )
    list_display_links = ("title",)
    list_filter = (SetupFilter, UnitFilter, LevelFilter, "method", "is_key_post")
    search_fields = ("title", "code", "unit__name", "unit__parent__name")
    search_help_text = "岗位名称、编号或单位"
    autocomplete_fields = ("unit",)
    labels = {"ends_before": "设置至"}
    fieldsets = (
        (None, {"fields": ["setup", "unit", "title", ("level", "code"), ("headcount", "method")]}),
        ("条件与职责", {"fields": ["conditions", "duties"]}),
        (
            "其他",
            {
                "fields": [
                    ("category", "coefficient"),
                    ("sub_level", "is_key_post"),
                    ("sort_no", "ends_before"),
                    "remark",
                ]
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        today = timezone.localdate()
        seated = Count(
            "tenures",
            filter=Q(tenures__occupies_headcount=True)
            & (Q(tenures__starts_on=None) | Q(tenures__starts_on__lte=today))
            & (Q(tenures__ends_before=None) | Q(tenures__ends_before__gt=today)),
        )
        positions = super().get_queryset(request).select_related("unit__parent", "setup")
        return positions.annotate(
            level_name=level_name("level"), sub_names=level_value("level", "sub_levels"), seated=seated
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What a post is known by does not change once held, nor what an approved plan settled."""
        if obj is None:
            return ()
        held = ("unit", "title", "level_of") if obj.tenures.exists() else ()
        settled = ("unit", "level_of", "headcount", "ends_before") if post_settled(obj.setup) else ()
        return ("setup", "code", *dict.fromkeys((*held, *settled)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self._shows_level(request, obj):
            return list(fieldsets)
        name, options = fieldsets[0]
        lines = [("level_of", "code") if line == ("level", "code") else line for line in options["fields"]]
        return [(name, {**options, "fields": lines}), *fieldsets[1:]]

    def _shows_level(self, request: HttpRequest, obj: Position) -> bool:
        """Whether the level is text on the page: the code means nothing to a clerk."""
        settled = bool(post_settled(obj.setup))
        return settled or not self.has_change_permission(request, obj) or obj.tenures.exists()

    def choice_label(self, position: Position) -> str:
        return f"{position}（{position.setup or '历史岗位'}）"

    def save_change(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        super().save_change(request, obj, form)
        seated = self.get_queryset(request).get(pk=obj.pk).seated  # type: ignore[attr-defined]
        if obj.headcount < seated:
            messages.warning(
                request, f"“{obj}”职数{obj.headcount}，现有{seated}人，超{seated - obj.headcount}人。"
            )

    @admin.display(description="单位", ordering="unit__sort_no")
    def unit_shown(self, position: Position) -> str:
        return position.unit.owner.name

    @admin.display(description="科室")
    def section_shown(self, position: Position) -> str:
        return "" if position.unit.owner == position.unit else position.unit.name

    @admin.display(description="岗位层级")
    def level_of(self, position: Any) -> str:
        return position.level_name

    @admin.display(description="档次", ordering="sub_level")
    def sub_level_shown(self, position: Any) -> str:
        """By its name on the ladder."""
        if not position.sub_level:
            return ""
        names = position.sub_names or []
        return (
            names[position.sub_level - 1] if position.sub_level <= len(names) else f"第{position.sub_level}档"
        )

    @admin.display(description="重要岗位", ordering="is_key_post")
    def key_shown(self, position: Position) -> str:
        return "是" if position.is_key_post else ""

    @admin.display(description="现有人数", ordering="seated")
    def present(self, position: Any) -> str:
        if not position.seated:
            return format_html('<span class="pale">{}</span>', 0)
        address = reverse("admin:reform_tenure_changelist")
        return format_html(
            '<a href="{}?position={}&amp;open=yes">{}</a>', address, position.pk, position.seated
        )

    @admin.display(description="空缺")
    def vacant(self, position: Any) -> str:
        """Empty seats, and too many people in words; former posts have no seats to fill."""
        if position.setup_id is None or position.setup.ends_before or position.ends_before:
            return ""
        left = position.headcount - position.seated
        if left < 0:
            return format_html('<span class="over">超{}人</span>', -left)
        return format_html('<span class="{}">{}</span>', "" if left else "pale", left)

    @admin.display(description="任用方式", ordering="method")
    def method_shown(self, position: Position) -> str:
        return position.get_method_display()


@admin.register(PositionSetup)
class PositionSetupAdmin(ReadOnlyAdmin):
    """岗位设置方案: one for each round, made with it."""

    empty_hint = "新建轮次或上传岗位设置表时建立，一轮一个。"
    list_display = (
        "name",
        "code",
        "positions",
        "seats",
        day("approved_on", "方案批准日"),
        day("starts_on", "生效日", "还没有生效"),
        "until",
    )
    fields = (
        "name",
        "code",
        day("approved_on", "方案批准日"),
        day("starts_on", "生效日", "还没有生效"),
        "until",
    )
    readonly_fields = (fields[2], fields[3], "until")
    ordering = ("-code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PositionSetup]:
        return super().get_queryset(request).annotate(n=Count("position"), total=Sum("position__headcount"))

    @admin.display(description="有效至", ordering="ends_before")
    def until(self, setup: PositionSetup) -> str:
        if setup.starts_on is None:
            return EMPTY
        return f"{last_day_of(setup.ends_before) or '至今'}"

    @admin.display(description="岗位数", ordering="n")
    def positions(self, setup: Any) -> str:
        address = reverse("admin:reform_position_changelist")
        return format_html('<a href="{}?setup={}">{}</a>', address, setup.pk, setup.n)

    @admin.display(description="职数", ordering="total")
    def seats(self, setup: Any) -> int:
        return setup.total or 0
