"""轮次, 聘任, 基准 and 离开 for clerks; the change of each person comes from the selectors."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from appointments.models import Appointment, Baseline, Exit, Round
from appointments.rules.change import ChangeKind
from appointments.selectors import PersonChange, change_summary, people_with, rounds_of
from appointments.services import exit_record, round_set_dates
from appointments.states import AppointmentState
from reform.access import zone_of
from reform.admin.base import GovernedAdmin, GovernedForm, ReadOnlyAdmin
from reform.admin.display import EMPTY, day, last_day, level_column, level_name, tag
from reform.admin.filters import LevelFilter, SelectFilter, UnitFilter
from reform.admin.timeline import Note, note_sources
from reform.models import Person, Tenure, TenureKind

TONES = {
    ChangeKind.PROMOTION: "up",
    ChangeKind.DEMOTION: "down",
    ChangeKind.UNPLACED: "accent",
}
DATES = ("baseline_on", "kickoff_on", "effective_on")


def change_tag(change: PersonChange) -> str:
    """提拔, 降职 …; with the levels crossed where there are more than one."""
    return tag(*_word(change))


def _word(change: PersonChange) -> tuple[str, str]:
    kind, steps = change.change.kind, change.change.steps
    return kind.label + (f"{steps}级" if steps and steps > 1 else ""), TONES.get(kind, "plain")


def changes_by_appointment(round_: Round) -> dict[int, PersonChange]:
    """Appointment id → the change of its person in the round."""
    people = change_summary(round_).people
    return {one.decision.appointment_id: one for one in people if one.decision}


def change_notes(person: Person) -> Mapping[int, tuple[Note, ...]]:
    """For the line of a person's posts: what each round's appointment meant, and the term it gave."""
    notes = {}
    found = Appointment.objects.filter(person=person).select_related("round__policy", "round__zone")
    for appointment in found:
        change = changes_by_appointment(appointment.round).get(appointment.pk)
        last = last_day("ends_before", "")(appointment)
        term = f"{appointment.round}，聘期 {appointment.starts_on} 至 {last}"
        if appointment.probation_ends_before:
            term += f"，试用期至 {last_day('probation_ends_before', '')(appointment)}"
        word, tone = _word(change) if change else ("", "plain")
        if appointment.tenure_id:
            notes[appointment.tenure_id] = (Note(word, tone, term),)
    return notes


note_sources.append(change_notes)


class RoundFilter(SelectFilter):
    """By round; without a choice the latest."""

    title = "轮次"
    parameter_name = "round"
    all_label = "最近一轮"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rounds = rounds_of(zone_of(request.user)).values_list("id", "name")
        return [*rounds, ("all", "全部轮次")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "all":
                return queryset
            case str() as key if key.isdecimal():
                return queryset.filter(round=int(key))
        return queryset.filter(round__in=rounds_of(zone_of(request.user)).values("pk")[:1])


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


class AppointmentUnitFilter(UnitFilter):
    path = "position__unit"


class AppointmentLevelFilter(LevelFilter):
    path = "held_level"


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    """聘任: of the latest round unless another is chosen."""

    list_display = (
        "person_name",
        "place",
        "title",
        level_column,
        "change",
        "state_shown",
        day("starts_on", "聘期起"),
        last_day("ends_before", "聘期止"),
        last_day("probation_ends_before", "试用期止"),
        "method",
    )
    list_filter = (
        RoundFilter,
        ChangeFilter,
        AppointmentUnitFilter,
        AppointmentLevelFilter,
        "state",
        "method",
    )
    search_fields = ("person__name", "position__title", "position__unit__name", "document_no")
    search_help_text = "姓名、岗位、单位或文号"
    ordering = ("-round__code", "sort_no", "id")
    fields = (
        "round",
        "person",
        "position",
        "level_shown",
        "change",
        "kind",
        "state_shown",
        "method",
        day("starts_on", "聘期起"),
        last_day("ends_before", "聘期止"),
        last_day("probation_ends_before", "试用期止"),
        "document_no",
        "remark",
    )
    readonly_fields = (
        "level_shown",
        "change",
        "state_shown",
        *(one for one in fields if callable(one)),  # type: ignore[misc, arg-type]
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        found = (
            super()
            .get_queryset(request)
            .select_related("round__policy", "round__zone", "person", "position__unit__parent")
        )
        return found.annotate(level_name=level_name("held_level", "round__policy"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The changes of the rounds on the page, read once for all its rows."""
        changelist = super().get_changelist_instance(request)
        known: dict[int, dict[int, PersonChange]] = {}
        for appointment in changelist.result_list:
            if appointment.round_id not in known:
                known[appointment.round_id] = changes_by_appointment(appointment.round)
            appointment.change_found = known[appointment.round_id].get(appointment.pk)
        return changelist

    @admin.display(description="姓名", ordering="person__name")
    def person_name(self, appointment: Appointment) -> str:
        return appointment.person.name

    @admin.display(description="单位", ordering="position__sort_no")
    def place(self, appointment: Appointment) -> str:
        return appointment.position.place

    @admin.display(description="岗位")
    def title(self, appointment: Appointment) -> str:
        return appointment.position.title

    @admin.display(description="任职层级")
    def level_shown(self, appointment: Any) -> str:
        return appointment.level_name

    @admin.display(description="变动")
    def change(self, appointment: Any) -> str:
        if not hasattr(appointment, "change_found"):
            appointment.change_found = changes_by_appointment(appointment.round).get(appointment.pk)
        found = appointment.change_found
        if found is None:
            return EMPTY
        before = (
            f"原任：{found.before.place}（{found.before.level_name}）" if found.before else "本轮之前没有岗位"
        )
        return format_html('<span title="{}">{}</span>', before, change_tag(found))

    @admin.display(description="状态", ordering="state")
    def state_shown(self, appointment: Appointment) -> str:
        return AppointmentState(appointment.state).label


class RoundForm(GovernedForm):
    """A round's name, and those of its dates that are still open."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        dates = {name: self.cleaned_data.get(name) or getattr(self.instance, name) for name in DATES}
        kickoff, effective = dates["kickoff_on"], dates["effective_on"]
        if kickoff and effective and kickoff > effective:
            field = "kickoff_on" if "kickoff_on" in self.fields else "effective_on"
            self.add_error(field, f"动员日{kickoff}晚于生效日{effective}。")
        return cleaned


@admin.register(Round)
class RoundAdmin(GovernedAdmin):
    """轮次: made by an import; here its name, and dates that no sheet gave."""

    form = RoundForm
    list_display = (
        "name",
        "code",
        "state",
        day("baseline_on", "基准日"),
        day("kickoff_on", "动员日"),
        day("effective_on", "生效日"),
        "term",
        "report",
    )
    list_select_related = ("policy__zone", "setup")
    fieldsets = (
        (None, {"fields": [("name", "code"), ("state", "is_registered")]}),
        ("日期", {"fields": [DATES], "description": "已有的日期由上传的工作簿定下，不能在这里改。"}),
        ("依据", {"fields": [("policy", "setup"), "term_years"]}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        known = tuple(name for name in DATES if obj is None or getattr(obj, name))
        return ("code", "state", "is_registered", "policy", "setup", "term_years", *known)

    def save_change(self, request: HttpRequest, obj: Any, form: GovernedForm) -> None:
        row = Round.objects.get(pk=obj.pk)
        dates = {name: form.cleaned_data[name] for name in form.changed_fields if name in DATES}
        if dates:
            round_set_dates(round_=row, actor=request.user, **dates)  # type: ignore[arg-type]
        super().save_change(request, obj, form)

    @admin.display(description="聘期", ordering="term_years")
    def term(self, round_: Round) -> str:
        return f"{round_.term_years}年"

    @admin.display(description="报表")
    def report(self, round_: Round) -> str:
        try:
            address = reverse("reports:overview", args=[round_.code])
        except NoReverseMatch:
            return EMPTY
        return format_html('<a href="{}">看报表</a>', address)


@admin.register(Baseline)
class BaselineAdmin(ReadOnlyAdmin):
    """基准: written once."""

    list_display = ("person_name", "unit_name", "section_name", "title", level_column, "source", "round")
    list_filter = (RoundFilter, type("BaselineLevelFilter", (LevelFilter,), {"title": "原层级"}), "source")
    search_fields = ("person__name", "unit_name", "section_name", "title")
    search_help_text = "姓名、原单位或原岗位"
    list_select_related = ("person", "round")
    ordering = ("-round__code", "id")
    fields = ("round", "person", "unit_name", "section_name", "title", "level_shown", "source")
    readonly_fields = ("level_shown",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Baseline]:
        return super().get_queryset(request).annotate(level_name=level_name("level", "round__policy"))

    @admin.display(description="姓名", ordering="person__name")
    def person_name(self, baseline: Baseline) -> str:
        return baseline.person.name

    @admin.display(description="原层级")
    def level_shown(self, baseline: Any) -> str:
        return baseline.level_name


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
