"""The few rows and users that many tests of this app begin with; where more is needed, a test has a cast of
its own."""

from typing import Any

import pytest

from appointments.models import Appointment, Batch, Round
from reform.models import Person, Position, Zone
from tests import factories as make

from .portal_cast import DAY, TODAY, an_open_batch, its_posts


@pytest.fixture
def zone(db: None) -> Zone:
    return make.a_zone()


@pytest.fixture
def office(zone: Zone) -> Any:
    return make.a_user(zone, "人事")


@pytest.fixture
def leader(zone: Zone) -> Any:
    return make.a_user(zone, "领导")


@pytest.fixture
def round_(zone: Zone) -> Round:
    return make.a_round(zone)


@pytest.fixture
def person(zone: Zone) -> Person:
    return make.a_person(zone, "李娜")


@pytest.fixture
def post(zone: Zone, round_: Round) -> Position:
    return make.a_position(make.a_unit(zone), "科长", "L50", round_.setup)


@pytest.fixture
def row(round_: Round, person: Person, post: Position) -> Appointment:
    """The person's appointment to the post."""
    return make.an_appointment(round_, person, post)


# --- a person's own pages go by today ---


@pytest.fixture
def this_round(zone: Zone) -> Round:
    """A round of this year that takes effect in a month."""
    return make.a_round(zone, str(TODAY.year), TODAY + 30 * DAY)


@pytest.fixture
def batch(this_round: Round) -> Batch:
    return an_open_batch(this_round)


@pytest.fixture
def posts(batch: Batch) -> list[Position]:
    return its_posts(batch)
