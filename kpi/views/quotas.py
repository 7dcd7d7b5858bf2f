"""等次与名额: quotas and their use, ties to decide, who takes no part, what other shares would change."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Cycle, Exclusion, Period, TieDecision
from kpi.rules.grading import grade_label
from kpi.selectors.results import CycleResults, what_if
from kpi.selectors.unit_inputs import PUBLIC
from kpi.services.decisions import tie_decide
from kpi.services.exclusions import exclusion_remove, exclusion_set
from kpi.states import LEADERS, OFFICE, CycleState
from reform.access import bounds_of, scoped
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
from reform.admin.pages import actor_of, attempt, chosen, may, render_page
from reform.models import Person, Zone

from .result_parts import person_field, seen_results, tabs_of
from .rows import the_cycle

BEFORE_PUBLICATION = frozenset(one for one in CycleState if one not in PUBLIC)
WHOLE = 100


class ExclusionForm(ActionForm):
    """Who takes no part, and why."""

    cause = choice_field("原因", Exclusion.Cause.choices)
    note = text_field("说明", required=False, help_text="原因为“其他”的必填")

    def prepare(self) -> None:
        self.fields["person"] = person_field(self.owner)
        self.order_fields(("person", "cause", "note"))


def _exclude(ask: Ask) -> str:
    row = exclusion_set(cycle=ask.owner, actor=ask.actor, **ask.data)
    return f"{row}，已登记。"


ACTIONS: tuple[Action, ...] = (
    Action("exclude", "登记不定等次人员", (OFFICE,), _exclude, ExclusionForm, states=BEFORE_PUBLICATION),
)


def _the_cycle(request: HttpRequest, zone: Zone, code: str) -> Cycle:
    """Quotas and ties name people of all units: not for who is held to one."""
    if bounds_of(request.user).unit_ids is not None:
        raise PermissionDenied
    return the_cycle(request, zone, code)


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The quotas of a cycle; what waits for a decision first."""
    cycle = _the_cycle(request, zone, code)
    results = seen_results(request, cycle).results
    people = {one.person_id: one for one in results.people}
    excluded = scoped(Exclusion.objects.filter(cycle=cycle), request.user)
    decided = TieDecision.objects.filter(cycle=cycle).select_related("person", "decided_by")
    return render_page(
        request,
        site,
        "kpi/quotas.html",
        f"等次与名额：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_quotas"),
        lead=_lead(results),
        results=results,
        ties=[(one, [people[key] for key in one.people]) for one in results.ties],
        decides=may(request, LEADERS) and cycle.state != CycleState.FINAL,
        decided=scoped(decided, request.user).order_by("group", "-gets_seat", "id"),
        excluded=excluded.select_related("person", "entered_by").order_by("person__sort_no"),
        removes=may(request, OFFICE) and cycle.state in BEFORE_PUBLICATION,
        ungraded=[one for one in results.people if not one.grade],
        scenarios=_scenarios(cycle, results),
        buttons=buttons(
            request,
            ACTIONS,
            cycle,
            lambda key: reverse("admin:kpi_quotas_do", args=[code, key]),
            cycle.state,
        ),
    )


def _lead(results: CycleResults) -> str:
    if not results.n:
        return "还没有人参加等次评定"
    quota = sum(one.quota for one in results.quotas)
    words = f"{results.n}人参加，优秀名额{quota}个，已用{results.excellent}个"
    if results.ties:
        seats = sum(one.seats for one in results.ties)
        words += f"；{len(results.ties)}组同分，{seats}个名额待决定"
    return words


def _scenarios(cycle: Cycle, results: CycleResults) -> list[dict[str, Any]]:
    """Each share that is tried with who would move; nothing of a month, which has no grades."""
    if cycle.period == Period.MONTH or not results.n:
        return []
    people = {one.person_id: one for one in results.people}
    return [
        {
            "share": float(one.zone * WHOLE),
            "excellent": one.excellent,
            "change": one.excellent - results.excellent,
            "ties": len(one.grading.ties),
            "moves": [
                {
                    "line": people[move.key],
                    "before": grade_label(move.before, people[move.key].identity) or "不定等次",
                    "after": grade_label(move.after, people[move.key].identity) or "不定等次",
                    "rises": (move.after or "Z") < (move.before or "Z"),
                }
                for move in one.moves
                if move.key in people
            ],
        }
        for one in what_if(cycle)
    ]


def do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Enter who takes no part."""
    cycle = _the_cycle(request, zone, code)
    action = action_of(ACTIONS, key)
    if cycle.state in action.states:
        perform(request, action, cycle)
    return redirect("admin:kpi_quotas", code=code)


def tie(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """Decide who of the equals gets the seats."""
    cycle = _the_cycle(request, zone, code)
    group = request.POST.get("group", "")
    people = scoped(Person.objects.filter(pk__in=chosen(request)), request.user)
    attempt(
        request,
        lambda: tie_decide(
            cycle=cycle,
            group=group,
            chosen=list(people),
            reason=request.POST.get("reason", "").strip()[:300],
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        f"“{group}”的优秀名额已决定，结果已重新计算。",
    )
    return redirect("admin:kpi_quotas", code=code)


def include(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """Take somebody in again who was entered as taking no part."""
    cycle = _the_cycle(request, zone, code)
    rows = Exclusion.objects.filter(cycle=cycle).select_related("cycle__zone", "person")
    row = find(request, rows, pk)
    reason = request.POST.get("reason", "").strip()[:300]
    attempt(
        request,
        lambda: exclusion_remove(exclusion=row, actor=actor_of(request), reason=reason),
        f"{row.person}已取消不定等次。",
    )
    return redirect("admin:kpi_quotas", code=code)
