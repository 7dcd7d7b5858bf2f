"""The steps open to a run, and why not: the same guards as the steps themselves, as a preview."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser

from compensation.models import PayRun
from compensation.rules.guards import RunFacts
from compensation.states import PAY_RUN_TRANSITIONS
from reform.workflow import Call, Transition, transitions_from

from .computed import computed
from .runs import run_facts


@dataclass(frozen=True)
class RunStep:
    """One step that leads out of a run's state. may: the user has the step's permission; reasons: what stands
    against it now, in Chinese."""

    step: Transition
    may: bool
    reasons: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        return self.may and not self.reasons


def run_steps(run: PayRun, actor: AbstractBaseUser, on: date) -> list[RunStep]:
    """The steps of a run in its state, as a user sees them; a fixed number of statements."""
    has_perm = getattr(actor, "has_perm", lambda _: False)
    return [
        RunStep(
            step,
            bool(has_perm(step.permission)),
            tuple(step.reasons(_facts(run, step.event, actor), Call(on, preview=True))),
        )
        for step in transitions_from(PAY_RUN_TRANSITIONS, run.state)
    ]


def _facts(run: PayRun, event: str, actor: AbstractBaseUser) -> RunFacts:
    if event != "calculate":
        return run_facts(run, event, actor)
    found = computed(run)
    return RunFacts(people=len(found.lines), missing=found.missing)
