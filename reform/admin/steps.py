"""The steps of a machine on its page: the way with the state on it, what may be taken next, and taking it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from reform.access import bounds_of
from reform.steps import NextStep
from reform.workflow import Transition

from .pages import actor_of, attempt, may


class State(Protocol):
    """A member of a machine's enum."""

    @property
    def label(self) -> str: ...


def state_bar(way: Sequence[State], state: State) -> list[tuple[str, str]]:
    """The states of a machine with the tone of each: done, now or to come; a state off the way stands alone.
    The last one of the way is done when it is reached."""
    if state not in way:
        return [(state.label, "off")]
    here = way.index(state)
    last = here == len(way) - 1
    return [
        (one.label, "done" if place < here or last else "now" if place == here else "")
        for place, one in enumerate(way)
    ]


@dataclass(frozen=True)
class ShownStep:
    """A step as a page shows it: who is held to some units does not read the reasons, which name people of
    others."""

    step: NextStep
    may: bool
    missing: int
    reasons: tuple[str, ...]


def steps_shown(request: HttpRequest, steps: Iterable[NextStep], office: str) -> list[ShownStep]:
    """Steps with whether the user may take them; the system's own ones are the office's to set off."""
    bound = bounds_of(request.user).unit_ids is not None
    return [
        ShownStep(one, may(request, one.permission or office), len(one.reasons), () if bound else one.reasons)
        for one in steps
    ]


def step_asked(
    request: HttpRequest, table: Sequence[Transition], state: str, event: str, office: str
) -> Transition | None:
    """The step that an address names; None where it does not lead out of this state any more.

    404 for what is no step of the machine, 403 for who may not take it.
    """
    rows = [one for one in table if one.event == event]
    if not rows:
        raise Http404
    found = next((one for one in rows if one.source == state), None)
    if found is not None and not may(request, found.permission or office):
        raise PermissionDenied
    return found


def step_taken(request: HttpRequest, row: Any, label: str, take: Callable[..., Any]) -> bool:
    """Take a step today, with the reason and the document number as posted; all refusals as messages."""
    return attempt(
        request,
        lambda: take(
            actor=actor_of(request),
            on=timezone.localdate(),
            reason=request.POST.get("reason", "").strip()[:300],
            document_no=request.POST.get("document_no", "").strip()[:80],
        ),
        f"{row}：{label}，已办理。",
    )
