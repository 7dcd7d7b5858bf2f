"""民主测评表: written for a phone; everybody on it is rated, then all of it is handed in at once."""

from collections.abc import Mapping
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from kpi.models import Cycle
from kpi.rules.figures import number
from kpi.rules.personal import FACTORS
from kpi.selectors.ratings import RatingSheet, rating_sheet
from kpi.services.ratings import rating_submit
from reform.errors import RuleError
from reform.portal import Person, attempted, own_page

LONGEST = 20  # characters of a figure


@own_page
def sheet(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """Whom the person is to rate in a cycle, with what was typed where it was refused."""
    cycle = get_object_or_404(Cycle.objects.select_related("zone", "policy"), zone=person.zone_id, code=code)
    on = timezone.localdate()
    asked = rating_sheet(cycle, person, on)
    if request.method == "POST":
        ballots, faults = _read(request.POST, asked)
        for one in faults:
            messages.error(request, one)
        if not faults and attempted(
            request,
            lambda: rating_submit(cycle=cycle, rater=person, ballots=ballots, on=on),
            "已提交。系统只记您已完成，不记您评了多少分。",
        ):
            return redirect("appraisal:results")
    rows = [
        (
            one,
            [
                (key, word, weight, request.POST.get(_name(one.task.ratee_id, key), ""))
                for key, word, weight in asked.factors
            ],
        )
        for one in asked.asked
    ]
    context = {
        "current": "appraisal",
        "person": person,
        "sheet": asked,
        "rows": rows,
        "is_open": asked.is_open,
    }
    return render(request, "portal/appraisal/sheet.html", context)


def _name(ratee: int, factor: str) -> str:
    return f"{factor}_{ratee}"


def _read(data: QueryDict, asked: RatingSheet) -> tuple[dict[int, Mapping[str, Decimal]], list[str]]:
    """Ratee → factor → score; of whoever has no figure at all there is no ballot."""
    ballots: dict[int, Mapping[str, Decimal]] = {}
    faults = []
    for one in asked.asked:
        key = one.task.ratee_id
        typed = {name: data.get(_name(key, name), "").strip() for name, _, _ in asked.factors}
        scores = {}
        for name, text in typed.items():
            if not text:
                continue
            try:
                scores[name] = number(text[:LONGEST], FACTORS.get(name, name))
            except RuleError as fault:
                faults.append(f"{one.task.ratee}：{fault}")
        if any(typed.values()):
            ballots[key] = scores
    return ballots, faults
