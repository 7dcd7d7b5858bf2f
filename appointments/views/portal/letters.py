"""聘任: the person's appointments, each with term, probation and what is signed."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from appointments.selectors.own import own_appointments
from reform.selectors import policy_of

from .own import Person, own_page


@own_page
def letters(request: HttpRequest, person: Person) -> HttpResponse:
    """All appointments of the person."""
    rows = [(one, _last(one.ends_before)) for one in own_appointments(person)]
    return render(request, "portal/letters.html", {"current": "letters", "person": person, "rows": rows})


@own_page
def letter(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One appointment as its letter has it."""
    one = get_object_or_404(own_appointments(person).select_related("round__policy"), pk=number)
    return render(
        request,
        "portal/letter.html",
        {
            "current": "letters",
            "person": person,
            "one": one,
            "level": policy_of(one.round.policy).ladder.name_of(one.held_level),
            "last_on": _last(one.ends_before),
            "probation_last_on": _last(one.probation_ends_before),
        },
    )


def _last(ends_before: date | None) -> date | None:
    return ends_before - timedelta(days=1) if ends_before else None
