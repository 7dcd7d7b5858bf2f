"""双向选择: what the person says of each post; and the posts that were offered afterwards."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.selectors.own import may_answer, own_choices, own_offers
from appointments.services.intentions import intention_record
from appointments.services.placements import offer_answer
from reform.portal import Person, actor_of, attempted, own_page

WORDS = {"agree": True, "decline": False}
ANSWERS = {"accept": True, "decline": False}
LONGEST_REASON = 200


@own_page
def choices(request: HttpRequest, person: Person) -> HttpResponse:
    """The posts of which both sides speak now."""
    return render(
        request,
        "portal/choices.html",
        {"current": "choices", "person": person, "choices": own_choices(person)},
    )


@require_POST
@own_page
def say(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Agree to a post or decline it; until the unit's choice is final it can be said otherwise."""
    found = next((one for one in own_choices(person) if one.application.pk == number), None)
    word = request.POST.get("word", "")
    if found is None or word not in WORDS:
        raise Http404("没有这个意向。")
    attempted(
        request,
        lambda: intention_record(
            application=found.application,
            pass_no=found.pass_no,
            person_agrees=WORDS[word],
            actor=actor_of(request),
        ),
        f"已登记：{'愿意' if WORDS[word] else '不愿意'}到“{found.application.position}”。",
    )
    return redirect("portal:choices")


@own_page
def offers(request: HttpRequest, person: Person) -> HttpResponse:
    """Written offers, and what was answered."""
    return render(
        request,
        "portal/offers.html",
        {
            "current": "choices",
            "person": person,
            "offers": [(one, may_answer(one)) for one in own_offers(person)],
            "longest": LONGEST_REASON,
        },
    )


@require_POST
@own_page
def answer(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Accept an offer, or decline it with the reason."""
    offer = get_object_or_404(own_offers(person), pk=number)
    word = request.POST.get("word", "")
    if word not in ANSWERS:
        raise Http404("没有这个答复。")
    attempted(
        request,
        lambda: offer_answer(
            offer=offer,
            accepts=ANSWERS[word],
            reason=request.POST.get("reason", "").strip()[:LONGEST_REASON],
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        f"已{'接受' if ANSWERS[word] else '拒绝'}“{offer.position}”。",
    )
    return redirect("portal:offers")
