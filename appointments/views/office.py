"""What the pages on which a round is run share: actions as every app has them (reform/admin/actions.py), the
steps, the round and the batch that one may see."""

from collections.abc import Iterable

from django.http import HttpRequest

from appointments.models import Batch, Round
from appointments.states import OFFICE
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Button,
    DayInput,
    Done,
    NoteForm,
    ReasonForm,
    ShownStep,
    buttons,
    check_field,
    choice_field,
    count_done,
    day_field,
    find,
    named,
    number_field,
    perform,
    seen_keys,
    steps_shown,
    tell,
    text_field,
    told,
)
from reform.steps import NextStep

__all__ = [
    "Action",
    "ActionForm",
    "Ask",
    "Button",
    "DayInput",
    "Done",
    "NoteForm",
    "ReasonForm",
    "ShownStep",
    "buttons",
    "check_field",
    "choice_field",
    "count_done",
    "day_field",
    "find",
    "named",
    "number_field",
    "perform",
    "seen_keys",
    "shown_steps",
    "tell",
    "text_field",
    "the_batch",
    "the_round",
    "told",
]


def shown_steps(request: HttpRequest, steps: Iterable[NextStep]) -> list[ShownStep]:
    """Steps of a round or a batch with whether the user may take them."""
    return steps_shown(request, steps, OFFICE)


def the_round(request: HttpRequest, pk: int) -> Round:
    """A round of the user's zone."""
    found: Round = find(request, Round.objects.select_related("zone", "policy", "setup"), pk)
    return found


def the_batch(request: HttpRequest, pk: int) -> Batch:
    """A batch of the user's zone."""
    rows = Batch.objects.select_related("round__zone", "round__policy", "round__setup")
    found: Batch = find(request, rows, pk)
    return found
