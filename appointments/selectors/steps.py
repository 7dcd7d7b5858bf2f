"""The steps open to a round or a batch, and why not: the same guards as the steps themselves, as a
preview."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from appointments.models import Batch, Round
from appointments.rules.guards import Call
from appointments.states import ROUND_TRANSITIONS, batch_transitions
from reform.steps import NextStep, previewed
from reform.workflow import Transition, transitions_from

from .batch_facts import batch_obstacles, facts_for
from .round_facts import batches_facts, completion_facts, kickoff_facts, plan_facts


def round_steps(round_: Round, on: date) -> list[NextStep]:
    """The steps of a round in its state; a registered round takes none (§4)."""
    if round_.is_registered:
        return []
    facts = {
        "approve": plan_facts,
        "mobilize": kickoff_facts,
        "run": batches_facts,
        "place": batches_facts,
        "complete": completion_facts,
    }
    return [
        _preview(step, facts[step.event](round_) if step.event in facts else None, on)
        for step in transitions_from(ROUND_TRANSITIONS, round_.state)
    ]


def batch_ahead(batch: Batch) -> list[Transition]:
    """The steps that the table knows for a batch in its state, whether or not they may be taken: no
    statement."""
    return transitions_from(batch_transitions(batch.method), batch.state)


def batch_next(batch: Batch, on: date) -> list[NextStep]:
    """The steps of a batch in its state, by its 任用方式."""
    return [
        _preview(step, facts_for(batch, step.event, on), on, batch_obstacles(batch, step.event))
        for step in batch_ahead(batch)
    ]


def _preview(step: Transition, facts: Any, on: date, obstacles: Iterable[str] = ()) -> NextStep:
    return previewed(step, (*obstacles, *step.reasons(facts, Call(on, preview=True))))
