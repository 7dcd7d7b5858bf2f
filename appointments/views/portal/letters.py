"""聘任: the person's appointments, each with term, probation and what is signed."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.selectors.duties import own_contracts
from appointments.selectors.own import may_sign, own_appointments
from appointments.services.letters import letter_sign
from reform.portal import Person, actor_of, attempted, own_page
from reform.selectors import policy_of


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
            "duties": own_contracts(person).filter(appointment=one).order_by("year"),
            "may_sign": may_sign(one),
            "level": policy_of(one.round.policy).ladder.name_of(one.held_level),
            "last_on": _last(one.ends_before),
            "probation_last_on": _last(one.probation_ends_before),
        },
    )


@require_POST
@own_page
def sign(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Sign the letter, once it is ticked that it was read."""
    one = get_object_or_404(own_appointments(person).select_related("person", "zone"), pk=number)
    attempted(
        request,
        lambda: letter_sign(
            appointment=one,
            is_confirmed=request.POST.get("confirmed") == "1",
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        "聘书已签订。",
    )
    return redirect("portal:letter", number=number)


def _last(ends_before: date | None) -> date | None:
    return ends_before - timedelta(days=1) if ends_before else None
