"""What waits for whom in a round."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.selectors.progress import round_waiting
from appointments.states import RoundState
from tests.appointments.round_cast import Drafted, jan, set_state
from tests.factories import (
    a_batch,
    a_person,
    a_position,
    an_application,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Drafted:
    return Drafted()


def test_waiting_names_the_role_what_and_how_many(place: Drafted):
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, setup=place.round.setup, headcount=3)
    screening = a_batch(place.round, state="SCREENING")
    matching = a_batch(place.round, "2", method="SX", state="MATCHING")
    screening.steps.create(kind="APPLY", starts_on=jan(10), ends_before=jan(15))
    screening.steps.create(kind="SCREEN", starts_on=jan(10), ends_before=jan(15))
    for name in ("甲", "乙"):
        an_application(screening, a_person(place.zone, name), post)
    an_application(screening, a_person(place.zone, "丙"), post, conclusion="QUALIFIED")
    silent = an_application(matching, a_person(place.zone, "丁"), post, "QUALIFIED")
    half = an_application(matching, a_person(place.zone, "戊"), post, "QUALIFIED")
    half.intentions.create(pass_no=1, person_agrees=True)
    agreed = an_application(matching, a_person(place.zone, "己"), post, "QUALIFIED")
    agreed.intentions.create(pass_no=1, person_agrees=True, unit_agrees=True)
    found = {one.place: (one.role, one.what, one.count) for one in round_waiting(place.round, jan(15))}
    assert found == {
        "applications:unscreened": ("人事", "报名待资格审查", 2),
        "applications:to_review": ("监督组", "审查结论待复核", 1),
        "intentions:unit": ("单位负责人", "双向选择待单位意见", 2),
        "intentions:person": ("个人", "双向选择待本人意见", 1),
        "intentions:agreed": ("单位负责人", "双方同意待选定", 1),
        "batch_steps:late": ("人事", "日程已到期未办结的步骤", 1),
    }
    own = round_waiting(place.round, jan(15), unit_ids=[], person_id=silent.candidacy.person_id)
    assert {one.place for one in own if one.role in ("单位负责人", "个人")} == {"intentions:person"}


def test_waiting_takes_the_same_statements_however_much_waits(place: Drafted, django_assert_num_queries: Any):
    set_state(place.round, RoundState.RUNNING)
    batch = a_batch(place.round, state="SCREENING")
    post = a_position(place.unit, setup=place.round.setup)
    with CaptureQueriesContext(connection) as few:
        round_waiting(place.round, jan(15))
    for number in range(5):
        an_application(batch, a_person(place.zone, f"报{number}"), post)
        a_batch(place.round, str(number + 3), state="MATCHING")
    with django_assert_num_queries(len(few)):
        round_waiting(place.round, jan(15))
