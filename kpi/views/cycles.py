"""考核周期: where it stands, what is next and why not, who has handed in what, what is late."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Cycle, Item, MarkSheet
from kpi.selectors.cycle_facts import cycle_next, must_report, reporter_of, signing
from kpi.selectors.reporting import REPORTING, items_of
from kpi.selectors.schemes import cycles_of, subject_name
from kpi.services.cycles import cycle_create, cycle_dates_set, cycle_items_make, cycle_step, cycles_advance
from kpi.services.marks import mark_sheets_make
from kpi.states import (
    CYCLE_TRANSITIONS,
    LEADERS,
    OFFICE,
    SCORERS,
    SUPERVISORS,
    CycleState,
    ItemState,
    SheetState,
)
from reform.access import account_name, bounds_of
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    action_of,
    buttons,
    day_field,
    perform,
    text_field,
)
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.admin.steps import state_bar, step_asked, step_taken, steps_shown
from reform.models import Zone
from reform.selectors import calendar_of
from reform.workdays import count_workdays, fallback_warning

from .rows import ITEM_TONES, page_address, the_cycle

SEES_SHEETS = (OFFICE, LEADERS, SUPERVISORS)
VIEW_ITEM, VIEW_SIGNATURE = "kpi.view_item", "kpi.view_targetsignature"
BEFORE_FINAL = frozenset(CycleState) - {CycleState.FINAL}
# The other pages of a cycle: name, words, whose, and whether there is something on them only once scores are.
OTHER_PAGES = (
    ("kpi_results", "考核结果", ("kpi.view_unitresult",), True),
    ("kpi_decisions", "校准与否决", ("kpi.view_adjustment",), False),
    ("kpi_quotas", "等次与名额", ("kpi.view_personresult",), False),
    ("kpi_appeals", "申诉", ("kpi.view_resultappeal",), True),
    ("kpi_consequences", "结果运用", ("kpi.view_consequence", "kpi.view_notice"), True),
    ("kpi_ratings", "民主测评", (OFFICE, SUPERVISORS), False),
    ("kpi_competitions", "夺标赛", ("kpi.view_competition",), False),
    ("kpi_papers", "文书", (OFFICE, LEADERS, SUPERVISORS), False),
)
SCORED = (
    CycleState.SCORING,
    CycleState.CALIBRATING,
    CycleState.PUBLISHED,
    CycleState.APPEALING,
    CycleState.FINAL,
)


class CycleForm(ActionForm):
    """A cycle by its code; its scheme is that of the year."""

    code = text_field("编号", longest=10, help_text="年度写2022，季度写2022Q1，月份写2022-03")


class DatesForm(ActionForm):
    """The three dates of a cycle."""

    report_by = day_field("填报截止日", required=False, help_text="逾期每个工作日按政策扣分")
    verify_by = day_field("核验截止日", required=False)
    results_by = day_field("结果报送日", required=False)

    def prepare(self) -> None:
        for name in self.fields:
            self.fields[name].initial = getattr(self.owner, name)


class ScorersForm(ActionForm):
    """Who marks the leaves of 等次评价; `owner` is the cycle."""

    scorers: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="评分人",
        queryset=get_user_model().objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择评分人。", "invalid_choice": "请在列出的人中选择。"},
    )

    def prepare(self) -> None:
        app, codename = SCORERS.split(".")
        rows = get_user_model().objects.filter(
            groups__permissions__content_type__app_label=app,
            groups__permissions__codename=codename,
            membership__zone=self.owner.zone,
            is_active=True,
        )
        field: Any = self.fields["scorers"]
        field.queryset = rows.distinct().order_by("username")
        field.label_from_instance = account_name


def _dates(ask: Ask) -> str:
    changed = cycle_dates_set(cycle=ask.owner, actor=ask.actor, **ask.data)
    return "日期已保存。" if changed else "日期没有变化。"


def _items(ask: Ask) -> str:
    made = cycle_items_make(cycle=ask.owner, actor=ask.actor)
    return f"从方案补入{len(made)}项指标。" if made else "方案里的指标都已在本周期。"


def _sheets(ask: Ask) -> str:
    made = mark_sheets_make(cycle=ask.owner, scorers=list(ask.data["scorers"]), actor=ask.actor)
    return f"已发放{len(made)}张评分表。" if made else "所选的人都已有评分表。"


ACTIONS: tuple[Action, ...] = (
    Action("dates", "设定日期", (OFFICE,), _dates, DatesForm, states=BEFORE_FINAL),
    Action("items", "从方案补入指标", (OFFICE,), _items, states=frozenset({CycleState.DRAFT})),
    Action(
        "sheets",
        "发放定性评分表",
        (OFFICE,),
        _sheets,
        ScorersForm,
        states=frozenset({CycleState.SCORING}),
        hint="“等次评价”的指标由评分人打等次，取各张已提交评分表的平均。",
    ),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """All cycles of the zone, the latest first; a new one."""
    form = CycleForm(request.POST or None, owner=zone, user=request.user)
    if request.method == "POST":
        if not may(request, OFFICE):
            raise PermissionDenied
        if form.is_valid() and (made := _made(request, zone, form.cleaned_data["code"])):
            return redirect("admin:kpi_cycle", code=made.code)
    on = timezone.localdate()
    rows = [(one, CycleState(one.state).label, due_line(one, on)) for one in cycles_of(zone)]
    return render_page(
        request,
        site,
        "kpi/cycles.html",
        "考核周期",
        rows=rows,
        open=sum(1 for one, _, _ in rows if one.state != CycleState.FINAL),
        late=sum(1 for _, _, (_, late) in rows if late),
        form=form if may(request, OFFICE) else None,
    )


def _made(request: HttpRequest, zone: Zone, code: str) -> Cycle | None:
    made: list[Cycle] = []
    attempt(
        request,
        lambda: made.append(cycle_create(zone=zone, code=code, actor=actor_of(request))),
        "已新建考核周期。下一步：填目标值，双方签字。",
    )
    return made[0] if made else None


def due_line(cycle: Cycle, on: date) -> tuple[str, bool]:
    """The date that counts in a cycle's state, in words, and whether it is over."""
    due: dict[str, tuple[str, date | None]] = {
        CycleState.DRAFT: ("填报截止", cycle.report_by),
        CycleState.TARGETS_SET: ("填报截止", cycle.report_by),
        CycleState.COLLECTING: ("填报截止", cycle.report_by),
        CycleState.REVIEWING: ("核验截止", cycle.verify_by),
        CycleState.SCORING: ("结果报送", cycle.results_by),
        CycleState.CALIBRATING: ("结果报送", cycle.results_by),
    }
    what, day = due.get(cycle.state, ("", None))
    if day is None:
        return (f"{what}日未定" if what else "", False)
    left = (day - on).days
    told = f"还有{left}天" if left > 0 else "今天" if not left else f"已过{-left}天"
    return f"{what}{day:%Y-%m-%d}，{told}", left < 0


def cycle(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The page of a cycle."""
    row, on = the_cycle(request, zone, code), timezone.localdate()
    items = list(items_of(row, request.user)) if may(request, VIEW_ITEM) else []
    units = unit_rows(items)
    steps = [] if row.registered and row.state == CycleState.DRAFT else cycle_next(row, on, actor_of(request))
    due, late = due_line(row, on)
    return render_page(
        request,
        site,
        "kpi/cycle.html",
        str(row),
        cycle=row,
        lead=_lead(row, items, units, on, may(request, VIEW_ITEM)),
        due=due,
        late=late,
        calendar_note=calendar_note(row, on),
        bar=state_bar(list(CycleState), CycleState(row.state)),
        steps=steps_shown(request, steps, OFFICE),
        forfeited=_forfeited(row, items) if late else 0,
        units=units,
        states=list(ItemState),
        items=len(items),
        signing=_signing(request, row, items),
        sheets=MarkSheet.objects.filter(cycle=row).select_related("scorer")
        if may(request, *SEES_SHEETS)
        else (),
        buttons=buttons(
            request,
            ACTIONS,
            row,
            lambda key: reverse("admin:kpi_cycle_do", args=[code, key]),
            row.state,
        ),
        links=_links(request, row),
        reporting=row.state in REPORTING,
        drafted=row.state == CycleState.DRAFT,
        locked=SheetState.LOCKED,
    )


def calendar_note(row: Cycle, on: date) -> str:
    """The warning where working days of a cycle (逾期、公示、申诉) rest on Monday to Friday; '' for none, and
    once it is final."""
    if row.state == CycleState.FINAL:
        return ""
    days = [one for one in (row.report_by, row.published_on, row.publicity_ends_before, on) if one]
    calendar = calendar_of()
    years = {year for one in days for year in count_workdays(one, one, calendar).years_missing}
    return fallback_warning(tuple(sorted(years)))


def _forfeited(row: Cycle, items: Sequence[Item]) -> int:
    """How many leaves count 0 once the reports are closed."""
    if row.state != CycleState.COLLECTING:
        return 0
    return sum(1 for one in items if one.state == ItemState.OPEN and must_report(one))


def _links(request: HttpRequest, row: Cycle) -> list[tuple[str, str]]:
    """The other pages of a cycle that the user may open now; all seats are not for the head of one unit."""
    bound = bounds_of(request.user).unit_ids is not None
    return [
        (page_address(name, row.code), label)
        for name, label, permissions, needs_scores in OTHER_PAGES
        if may(request, *permissions)
        and (row.state in SCORED or not needs_scores)
        and not (bound and name == "kpi_quotas")
    ]


def unit_rows(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Each responsible unit with the number of its leaves in each state."""
    found: dict[int | None, dict[str, Any]] = {}
    for one in items:
        unit = reporter_of(one)
        key = unit.pk if unit else None
        line = found.setdefault(
            key,
            {"key": key or 0, "name": subject_name(unit), "total": 0, "unreported": 0, "by": {}, "waits": 0},
        )
        line["total"] += 1
        line["unreported"] += one.unreported
        line["waits"] += one.state in (ItemState.OPEN, ItemState.RETURNED)
        line["by"][one.state] = line["by"].get(one.state, 0) + 1
    for line in found.values():
        line["cells"] = [
            (state.value, state.label, line["by"].get(state, 0), ITEM_TONES[state]) for state in ItemState
        ]
    return sorted(found.values(), key=lambda one: one["waits"] == 0)


def _signing(request: HttpRequest, row: Cycle, items: Sequence[Item]) -> list[Any]:
    """Who has signed the targets, as far as the user may see it."""
    if not may(request, VIEW_SIGNATURE) or not items:
        return []
    bound = bounds_of(request.user).unit_ids
    parties = signing(row, list(items))
    return [one for one in parties if bound is None or (one.unit and one.unit.pk in bound)]


def _lead(row: Cycle, items: Sequence[Item], units: Sequence[dict[str, Any]], on: date, may_see: bool) -> str:
    """The page's first sentence."""
    state = CycleState(row.state).label
    if row.registered:
        return f"{state}：得分由工作簿登记，不填报、不核验"
    if not items:
        return f"{state}：没有指标" if may_see else state
    done = sum(1 for one in items if one.state == ItemState.VERIFIED)
    behind = [one["name"] for one in units if one["waits"]]
    match row.state:
        case CycleState.COLLECTING:
            over = row.report_by is not None and on > row.report_by
            if len(units) == 1 and behind:
                told = f"{behind[0]}还有{units[0]['waits']}项没有提交"
                return f"{state}：{told}" + ("，已经逾期" if over else "")
            if len(behind) == len(units):
                told = f"{len(units)}个责任单位都没有报齐"
                return f"{state}：{told}" + ("，已经逾期" if over else "")
            told = f"{len(units)}个责任单位，{len(units) - len(behind)}个已报齐"
            return f"{state}：{told}" + (
                f"，{_named(behind)}{'逾期未报齐' if over else '还没有'}" if behind else ""
            )
        case CycleState.REVIEWING:
            return f"{state}：{len(items)}项指标，已核验{done}项，还有{len(items) - done}项"
    missing = sum(1 for one in items if one.unreported)
    return f"{state}：{len(items)}项指标" + (f"，未报{missing}项" if missing else "")


def _named(names: Sequence[str]) -> str:
    """One name, or how many."""
    return names[0] if len(names) == 1 else f"{len(names)}个"


def step(request: HttpRequest, site: AdminSite, zone: Zone, code: str, event: str) -> HttpResponse:
    """Take a step of a cycle."""
    row = the_cycle(request, zone, code)
    known = step_asked(request, CYCLE_TRANSITIONS, row.state, event, OFFICE)
    if known is not None:
        step_taken(request, row, known.label, partial(cycle_step, cycle=row, event=event))
    return redirect("admin:kpi_cycle", code=code)


def do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Take an action of a cycle's page."""
    row = the_cycle(request, zone, code)
    action = action_of(ACTIONS, key)
    if row.state not in action.states:
        return redirect("admin:kpi_cycle", code=code)
    perform(request, action, row)
    return redirect("admin:kpi_cycle", code=code)


def advance(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Take the system's steps that are due, for the office."""

    def run() -> str:
        taken = cycles_advance(zone=zone, actor=actor_of(request), on=timezone.localdate())
        return "、".join(f"{one}：{label}" for one, label in taken) or "没有到期的步骤"

    told: list[str] = []
    attempt(request, lambda: told.append(run()), lambda _: f"{told[0]}。")
    return redirect("admin:kpi_cycles")
