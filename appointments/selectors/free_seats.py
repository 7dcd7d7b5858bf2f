"""Seats of a round: how many of each post are still free (§2: only appointments of the round take one)."""

from collections import Counter

from django.db.models import Q

from appointments.models import Appointment, BatchPost, Round
from reform.models import Position

from .round_facts import LIVE_APPOINTMENTS, OVER


def seats_free(round_: Round) -> dict[int, int]:
    """Position id → 职数 less the live appointments of the round and the seats that open batches offer; may
    be below 0. Three statements."""
    taken: Counter[int] = Counter()
    # An open batch has its seats reserved, its own appointments included.
    outside = Q(application=None) | Q(application__candidacy__batch=None)
    outside |= Q(application__candidacy__batch__state__in=OVER)
    for key in (
        Appointment.objects.filter(outside, round=round_, state__in=LIVE_APPOINTMENTS)
        .order_by()
        .values_list("position_id", flat=True)
    ):
        taken[key] += 1
    for key, seats in (
        BatchPost.objects.filter(batch__round=round_, state=BatchPost.State.OPEN)
        .exclude(batch__state__in=OVER)
        .order_by()
        .values_list("position_id", "seats")
    ):
        taken[key] += seats
    headcounts = Position.objects.filter(setup=round_.setup_id, ends_before=None)
    return {key: number - taken[key] for key, number in headcounts.values_list("id", "headcount")}
