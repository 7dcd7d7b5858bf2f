"""A step that is open to something, as a preview tells it: pure, for every app's machines."""

from collections.abc import Iterable
from dataclasses import dataclass

from reform.actors import ACTOR_LABELS
from reform.workflow import Transition


@dataclass(frozen=True)
class NextStep:
    """One step that leads out of a state. to: code of the target; permission: what the actor must have, ''
    for the system."""

    event: str
    code: str
    label: str
    to: str
    to_label: str
    document: str
    permission: str
    actor: str
    allowed: bool
    reasons: tuple[str, ...]


def previewed(step: Transition, against: Iterable[str]) -> NextStep:
    """A row of a machine's table with all that stands against it now."""
    reasons = tuple(against)
    return NextStep(
        event=step.event,
        code=step.code,
        label=step.label,
        to=str(step.target),
        to_label=str(getattr(step.target, "label", step.target)),
        document=step.document,
        permission=step.permission,
        actor=ACTOR_LABELS.get(step.permission, ""),
        allowed=not reasons,
        reasons=reasons,
    )
