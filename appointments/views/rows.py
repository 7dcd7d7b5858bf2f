"""The rows that the addresses of the rounds' pages name, as far as a user may see them."""

from django.http import HttpRequest

from appointments.models import Batch, Round
from reform.admin.actions import find


def the_round(request: HttpRequest, pk: int) -> Round:
    """A round of the user's zone."""
    found: Round = find(request, Round.objects.select_related("zone", "policy", "setup"), pk)
    return found


def the_batch(request: HttpRequest, pk: int) -> Batch:
    """A batch of the user's zone."""
    rows = Batch.objects.select_related("round__zone", "round__policy", "round__setup")
    found: Batch = find(request, rows, pk)
    return found
