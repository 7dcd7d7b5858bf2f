"""本人首页: what waits, the present post and its term, what can be applied for, what was handed in."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from appointments.selectors.own import open_batches, own_sheets, own_tasks, own_tenures
from appointments.selectors.terms import primary_of
from reform.portal import Person, PortalTask, own_page, portal_tasks
from reform.selectors import policy_of

# Where each kind of task is done; those with a key have a page of their own.
PLACES = {
    "apply": ("portal:apply", True),
    "sheet": ("portal:sheet", True),
    "choices": ("portal:choices", False),
    "offers": ("portal:offers", False),
    "letter": ("portal:letter", True),
    "duty": ("portal:duty", True),
}


def tasks(person: Person, on: date) -> list[PortalTask]:
    """What of a round waits for the person; settings.PORTAL_TASKS names it."""
    found = []
    for one in own_tasks(person, on):
        name, has_key = PLACES[one.place]
        found.append(PortalTask(one.what, reverse(name, args=[one.key] if has_key else []), one.until))
    return found


@own_page
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """The first page."""
    on = timezone.localdate()
    appointment = primary_of(person)
    levels = policy_of(appointment.round.policy).ladder if appointment else None
    return render(
        request,
        "portal/home.html",
        {
            "current": "home",
            "person": person,
            "today": on,
            "tasks": portal_tasks(person, on),
            "tenures": own_tenures(person),
            "appointment": appointment,
            "level": levels.name_of(appointment.held_level) if levels and appointment else "",
            "term_last": appointment.ends_before - timedelta(days=1) if appointment else None,
            "batches": open_batches(person, on),
            "sheets": own_sheets(person, on)[:6],
        },
    )
