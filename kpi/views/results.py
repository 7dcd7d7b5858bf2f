"""考核结果: units and people with scores, place, grade, and how each figure comes about."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from kpi.models import Cycle, CycleOutcome
from kpi.selectors.leaf_results import leaf_lines
from kpi.selectors.own import PERSONAL
from kpi.selectors.ratings import hides_groups
from kpi.selectors.results import CycleResults, result_history
from kpi.selectors.schemes import cycles_of
from kpi.states import CycleState
from reform.access import bounds_of
from reform.admin.pages import may, page_of, render_page
from reform.models import Person, Unit, Zone

from .result_parts import VIEW_PEOPLE, Seen, is_hidden, seen_results, tabs_of
from .rows import the_cycle


def latest(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """To the latest cycle with results, else to the cycles."""
    with_results = CycleOutcome.objects.filter(current=True).values("cycle")
    found = cycles_of(zone).filter(pk__in=with_results).first()
    return redirect("admin:kpi_results", code=found.code) if found else redirect("admin:kpi_cycles")


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The results of a cycle that count now; ?unit= narrows the list of people."""
    cycle = the_cycle(request, zone, code)
    seen = seen_results(request, cycle)
    wanted = request.GET.get("unit", "")
    people = [one for one in seen.people if not wanted or str(one.unit_id) == wanted]
    units = {str(one.unit_id): one.unit for one in seen.people if one.unit_id}
    bound = bounds_of(request.user).unit_ids is not None
    return render_page(
        request,
        site,
        "kpi/results.html",
        f"考核结果：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_results"),
        lead=lead(cycle, seen, bound),
        results=None if bound else seen.results,
        hidden=is_hidden(request, cycle),
        units=seen.units,
        choices=sorted(units.items(), key=lambda one: one[1]),
        wanted=wanted,
        people=page_of(request, people),
        shows_people=may(request, VIEW_PEOPLE),
    )


def lead(cycle: Cycle, seen: Seen, bound: bool) -> str:
    """The page's first sentence."""
    state = CycleState(cycle.state).label
    if bound and not seen.units:
        return f"{state}：结果公布后可以看本单位的"
    if not seen.units and not seen.people:
        return f"{state}：还没有考核结果"
    if bound:
        own = seen.units[0] if seen.units else None
        return f"{state}：{own.unit}{own.total}分，第{own.rank}名，{own.grade}" if own else state
    parts = [f"{len(seen.units)}个单位、{len(seen.people)}人有结果"]
    parts += _found(seen.results)
    return f"{state}：{'，'.join(parts)}"


def _found(results: CycleResults) -> list[str]:
    vetoed = sum(1 for one in results.units if one.veto)
    ungraded = sum(1 for one in results.people if not one.grade)
    parts = [f"优秀{results.excellent}人（最多{results.cap}人）"] if results.n else []
    parts += [f"{vetoed}个单位被否决"] if vetoed else []
    parts += [f"{ungraded}人不定等次"] if ungraded else []
    parts += [f"{len(results.ties)}组同分待决定"] if results.ties else []
    return parts


def unit(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """A unit's result: all versions, the steps of each, the leaves with theirs."""
    cycle = the_cycle(request, zone, code)
    seen = seen_results(request, cycle)
    if all(one.unit_id != pk for one in seen.units):
        raise Http404
    history = result_history(cycle, unit=Unit.objects.get(pk=pk))
    return _detail(request, site, cycle, history, leaves=leaf_lines(cycle, units=[pk], with_steps=True))


def person(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """A person's result: all versions with the steps of each."""
    cycle = the_cycle(request, zone, code)
    seen = seen_results(request, cycle)
    if all(one.person_id != pk for one in seen.people):
        raise Http404
    row = Person.objects.get(pk=pk)
    return _detail(
        request, site, cycle, result_history(cycle, person=row), hides=bool(hides_groups(cycle, row))
    )


def _detail(
    request: HttpRequest,
    site: AdminSite,
    cycle: Cycle,
    history: Any,
    *,
    leaves: Any = (),
    hides: bool = False,
) -> HttpResponse:
    now = history[-1]
    name = getattr(now, "name", now.unit)
    return render_page(
        request,
        site,
        "kpi/result.html",
        f"{name}：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_results"),
        now=now,
        name=name,
        is_person=hasattr(now, "person_id"),
        versions=[(one, _steps(one.steps, hides)) for one in reversed(history)],
        leaves=leaves,
    )


def _steps(steps: tuple[str, ...], hides: bool) -> list[str]:
    """Without the step that would tell how few of a group have rated."""
    return [one for one in steps if not (hides and one.startswith(PERSONAL))]
