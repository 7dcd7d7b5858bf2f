"""Where each kind of waiting work (the keys of selectors.progress) is done."""

from collections.abc import Mapping

from django.urls import reverse

from appointments.models import Batch, Round

# place → the tab of the batch's page, and the states in which a batch has such work
TABS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "applications:unscreened": ("screening", ("SCREENING",)),
    "applications:to_review": ("screening", ("SCREENING",)),
    "applications:unnotified": ("screening", ("SCREENING",)),
    "waivers:open": ("screening", ("SCREENING", "APPLYING", "ASSESSING")),
    "score_sheets:unlocked": ("assessment", ("ASSESSING",)),
    "intentions:unit": ("selection", ("MATCHING",)),
    "intentions:person": ("selection", ("MATCHING",)),
    "intentions:agreed": ("selection", ("MATCHING",)),
    "inspections:missing": ("inspection", ("INSPECTING",)),
    "proposal_lists:unapproved": ("proposal", ("INSPECTING", "DECIDING", "PUBLICITY")),
    "proposal_lists:undecided": ("proposal", ("DECIDING", "PUBLICITY", "INSPECTING")),
    "objections:open": ("publicity", ("PUBLICITY", "SCREENING", "APPOINTING")),
    "publicities:unreported": ("publicity", ("PUBLICITY",)),
    "publicities:unconfirmed": ("publicity", ("PUBLICITY",)),
    "applications:undrafted": ("appointing", ("APPOINTING",)),
    "documents:unreviewed": ("appointing", ("APPOINTING", "PUBLICITY", "CLOSED")),
}
PAGES: Mapping[str, str] = {
    "placements:unplaced": "admin:placements",
    "placements:waiting": "admin:placements",
    "offers:unanswered": "admin:placements",
    "batch_steps:late": "admin:round_calendar",
}


def place_address(round_: Round, place: str) -> str:
    """The address for a key; the round's own page for what has none."""
    if place in PAGES:
        return reverse(PAGES[place], args=[round_.pk])
    tab, states = TABS.get(place, ("", ()))
    batches = {one.state: one for one in Batch.objects.filter(round=round_).order_by("-sort_no", "-code")}
    batch = next((batches[state] for state in states if state in batches), None)
    if batch is None:
        return reverse("admin:round", args=[round_.pk])
    return f"{reverse('admin:batch', args=[batch.pk])}?tab={tab}"
