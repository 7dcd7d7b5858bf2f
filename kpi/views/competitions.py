"""夺标赛: competitions over chosen indicators of a cycle, each with its board for the big screen."""

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Competition
from kpi.selectors.boards import boards_of, choices_of
from kpi.services.competitions import LONGEST, SHORTEST, competition_close, competition_create
from kpi.states import OFFICE
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    action_of,
    buttons,
    choice_field,
    find,
    perform,
    text_field,
)
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.models import Zone

from .result_parts import tabs_of
from .rows import the_cycle


class CompetitionForm(ActionForm):
    """Over which leaves, by what; `owner` is the cycle."""

    name = text_field("名称", longest=80, help_text="如“三季度项目建设夺标赛”")
    measure = choice_field("比什么", Competition.Measure.choices)
    refresh_seconds = forms.IntegerField(
        label="刷新间隔（秒）",
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=60,
        error_messages={"required": "请填写数字。", "invalid": "须为整数。"},
    )
    paths = forms.MultipleChoiceField(
        label="指标",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选一项指标。", "invalid_choice": "请在列出的指标中选择。"},
    )

    def prepare(self) -> None:
        found = choices_of(self.owner).values()
        self.fields["paths"].choices = [  # type: ignore[attr-defined]
            (one.path, f"{one.path}（{len(one.indicators)}个单位）") for one in found
        ]


def _create(ask: Ask) -> str:
    row = competition_create(cycle=ask.owner, actor=ask.actor, **ask.data)
    return f"已开设“{row}”，点名称打开大屏。"


ACTIONS: tuple[Action, ...] = (
    Action("create", "开设夺标赛", (OFFICE,), _create, CompetitionForm, hint="各单位同名的指标放在一起比。"),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The competitions of a cycle, with who leads."""
    cycle = the_cycle(request, zone, code)
    rows = scoped(Competition.objects.filter(cycle=cycle), request.user).select_related(
        "cycle__zone", "cycle__policy"
    )
    boards = boards_of(cycle, list(rows))
    running = [one for one in boards if one.competition.closed_on is None]
    return render_page(
        request,
        site,
        "kpi/competitions.html",
        f"夺标赛：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_competitions"),
        lead=f"{len(running)}个夺标赛进行中" if running else "没有进行中的夺标赛",
        boards=boards,
        closes=may(request, OFFICE),
        buttons=buttons(
            request,
            ACTIONS,
            cycle,
            lambda key: reverse("admin:kpi_competitions_do", args=[code, key]),
            cycle.state,
        ),
    )


def do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Open a competition."""
    cycle = the_cycle(request, zone, code)
    action = action_of(ACTIONS, key)
    perform(request, action, cycle)
    return redirect("admin:kpi_competitions", code=code)


def close(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """End a competition."""
    cycle = the_cycle(request, zone, code)
    row = find(request, Competition.objects.filter(cycle=cycle).select_related("cycle__zone"), pk)
    attempt(
        request,
        lambda: competition_close(competition=row, actor=actor_of(request), on=timezone.localdate()),
        f"“{row}”已结束。",
    )
    return redirect("admin:kpi_competitions", code=code)
