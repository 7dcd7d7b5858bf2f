"""What the pages on results share: their tabs, whose results one may see, choices of subjects."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from kpi.models import Adjustment, Cycle, PersonResult, ResultAppeal, UnitResult, Veto
from kpi.selectors.results import CycleResults, PersonLine, UnitLine, cycle_results
from kpi.selectors.unit_inputs import PUBLIC
from kpi.states import AdjustmentState, AppealState, VetoState
from reform.access import bounds_of
from reform.admin.actions import seen_keys
from reform.admin.pages import may
from reform.models import Person, TenureKind, Unit, UnitKind
from reform.selectors import tenures_as_of

VIEW_UNITS, VIEW_PEOPLE = "kpi.view_unitresult", "kpi.view_personresult"
VIEW_ADJUSTMENTS, VIEW_APPEALS = "kpi.view_adjustment", "kpi.view_resultappeal"
VIEW_CONSEQUENCES, VIEW_NOTICES = "kpi.view_consequence", "kpi.view_notice"
VIEW_COMPETITIONS = "kpi.view_competition"
TABS = (
    ("kpi_results", "结果", (VIEW_UNITS,)),
    ("kpi_decisions", "校准与否决", (VIEW_ADJUSTMENTS,)),
    ("kpi_quotas", "等次与名额", (VIEW_PEOPLE,)),
    ("kpi_appeals", "申诉", (VIEW_APPEALS,)),
    ("kpi_consequences", "结果运用", (VIEW_CONSEQUENCES, VIEW_NOTICES)),
    ("kpi_competitions", "夺标赛", (VIEW_COMPETITIONS,)),
)


@dataclass(frozen=True)
class Tab:
    """A page of a cycle's results, and how much waits there."""

    address: str
    label: str
    current: bool
    waiting: int


def tabs_of(request: HttpRequest, cycle: Cycle, current: str) -> list[Tab]:
    """The pages that the user may open; three statements for those who see what waits."""
    bound = bounds_of(request.user).unit_ids is not None
    waiting = {} if bound else _waiting(cycle)
    return [
        Tab(reverse(f"admin:{name}", args=[cycle.code]), label, name == current, waiting.get(name, 0))
        for name, label, permissions in TABS
        if may(request, *permissions) and not (bound and name == "kpi_quotas")
    ]


def _waiting(cycle: Cycle) -> dict[str, int]:
    vetoes = Veto.objects.filter(cycle=cycle, state=VetoState.RAISED).count()
    adjustments = Adjustment.objects.filter(cycle=cycle, state=AdjustmentState.PROPOSED).count()
    appeals = ResultAppeal.objects.filter(cycle=cycle, state=AppealState.OPEN).count()
    return {"kpi_decisions": vetoes + adjustments, "kpi_appeals": appeals}


def is_hidden(request: HttpRequest, cycle: Cycle) -> bool:
    """Who is held to a unit reads results once they are published."""
    return bounds_of(request.user).unit_ids is not None and cycle.state not in PUBLIC


@dataclass(frozen=True)
class Seen:
    """The results that a user may read."""

    results: CycleResults
    units: tuple[UnitLine, ...]
    people: tuple[PersonLine, ...]


def seen_results(request: HttpRequest, cycle: Cycle) -> Seen:
    """Stored results, of the user's own unit only for who is held to one."""
    results = cycle_results(cycle)
    if is_hidden(request, cycle):
        return Seen(results, (), ())
    units = seen_keys(request, UnitResult.objects.filter(cycle=cycle, current=True))
    people: set[int] = set()
    if may(request, VIEW_PEOPLE):
        people = seen_keys(request, PersonResult.objects.filter(cycle=cycle, current=True))
    return Seen(
        results,
        tuple(one for one in results.units if one.key in units),
        tuple(one for one in results.people if one.key in people),
    )


def unit_field(cycle: Cycle, label: str = "单位") -> forms.ModelChoiceField:
    """A unit that has a result in the cycle; while there are none yet, one of the zone's on its last day."""
    scored = UnitResult.objects.filter(cycle=cycle, current=True).values("unit")
    found = Unit.objects.filter(zone=cycle.zone_id).order_by("sort_no", "id")
    rows = found.filter(pk__in=scored)
    if not rows.exists():
        rows = found.exclude(kind=UnitKind.SECTION).filter(
            Q(ends_before=None) | Q(ends_before__gt=cycle.last_day)
        )
    return _field(label, rows, lambda one: one.name)


def person_field(cycle: Cycle, label: str = "人员") -> forms.ModelChoiceField:
    """A person who has a result in the cycle, with the unit of its last day; while there are none yet, one in
    post on that day."""
    results = PersonResult.objects.filter(cycle=cycle, current=True).select_related("unit")
    units = {one.person_id: one.unit.name if one.unit else "" for one in results}
    if not units:
        posts = tenures_as_of(cycle.zone, cycle.last_day).filter(kind=TenureKind.PRIMARY)
        units = {
            one.person_id: one.position.unit.owner.name
            for one in posts.select_related("position__unit__parent")
        }
    rows = Person.objects.filter(pk__in=list(units)).order_by("sort_no", "id")
    return _field(label, rows, lambda one: f"{one.name}（{units.get(one.pk, '')}）")


def _field(label: str, rows: Any, words: Any) -> forms.ModelChoiceField:
    made = forms.ModelChoiceField(
        label=label,
        queryset=rows,
        empty_label="请选择",
        error_messages={"required": "请选择。", "invalid_choice": "请在列出的内容中选择。"},
    )
    made.label_from_instance = words  # type: ignore[method-assign]
    return made


def score_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DecimalField:
    """A score or a change of one, two places."""
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=8,
        decimal_places=2,
        help_text=help_text,
        error_messages={
            "required": "请填写数字。",
            "invalid": "须为数字。",
            "max_decimal_places": "最多两位小数。",
        },
    )
