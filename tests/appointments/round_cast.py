"""What tests of rounds and batches start from: days of January 2022, refusals, states set by hand, casts."""

from datetime import date
from typing import Any

import pytest

from appointments.models import BatchStep, Round
from appointments.services.plans import round_plan_update
from appointments.states import RoundState
from reform.errors import Refused
from tests.factories import a_person, a_position, a_round, a_tenure, a_unit, a_user, a_zone

PLAN: dict[str, Any] = {
    "consultation": "2022-01-05职工代表大会通过",
    "kinship_complete": True,
    "kickoff_on": date(2022, 1, 9),
    "effective_on": date(2022, 1, 23),
}


def jan(day: int) -> date:
    return date(2022, 1, day)


def refused(call: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
    """The reasons for which a call is refused."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.reasons


def set_state(row: Any, state: str) -> None:
    type(row).objects.filter(pk=row.pk).update(state=state)
    row.refresh_from_db()


def window(batch: Any, first: int = 10, last: int = 14) -> None:
    """Notice and applications on the same days."""
    for kind in ("NOTICE", "APPLY"):
        BatchStep.objects.create(batch=batch, kind=kind, starts_on=jan(first), ends_before=jan(last + 1))


class Running:
    """A running round with one post of two seats, a clerk and a leader."""

    def __init__(self) -> None:
        self.zone = a_zone()
        self.round = a_round(self.zone)
        self.unit = a_unit(self.zone)
        self.post = a_position(
            self.unit,
            setup=self.round.setup,
            headcount=2,
            method="JP",
            conditions="大专以上",
            duties="主持科室工作",
        )
        self.clerk = a_user(self.zone, "人事")
        self.leader = a_user(self.zone, "领导")
        set_state(self.round, RoundState.RUNNING)


class Drafted:
    """A zone with a former round, a drafted one, and everybody who acts."""

    def __init__(self) -> None:
        self.zone = a_zone()
        self.former = a_round(self.zone, "2018", date(2018, 12, 28))
        self.round = a_round(self.zone, effective_on=None)
        self.unit = a_unit(self.zone)
        self.old = a_position(self.unit, setup=self.former.setup)
        self.clerk = a_user(self.zone, "人事")
        self.second = a_user(self.zone, "人事")
        self.leader = a_user(self.zone, "领导")

    def approved(self) -> "Drafted":
        """As after T1, with the plan's dates."""
        round_plan_update(round_=self.round, actor=self.clerk, **PLAN)
        Round.objects.filter(pk=self.round.pk).update(state=RoundState.APPROVED, approved_on=jan(8))
        self.round.refresh_from_db()
        return self

    def holder(self, name: str = "张三", starts_on: date = date(2018, 12, 28), **facts: Any) -> Any:
        person = a_person(self.zone, name)
        a_tenure(person, self.old, starts_on, **facts)
        return person
