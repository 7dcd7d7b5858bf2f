"""目标责任书 of the person: read, and signed as 乙方."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.paper_states import DutyState
from appointments.selectors.duties import own_contracts
from appointments.services.duties import duty_sign
from reform.portal import Person, actor_of, attempted, own_page


@own_page
def duty(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The targets of one year, once the unit has signed."""
    one = get_object_or_404(own_contracts(person), pk=number)
    return render(
        request,
        "portal/duty.html",
        {
            "current": "letters",
            "person": person,
            "one": one,
            "waits": one.state == DutyState.OFFERED,
            "state": DutyState(one.state).label,
        },
    )


@require_POST
@own_page
def sign(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Sign, once it is ticked that the targets were read."""
    one = get_object_or_404(own_contracts(person), pk=number)
    attempted(
        request,
        lambda: duty_sign(
            contract=one,
            is_confirmed=request.POST.get("confirmed") == "1",
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        f"{one.year}年责任书已签字。",
    )
    return redirect("portal:duty", number=number)
