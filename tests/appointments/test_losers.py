"""Taking over who lost in an earlier batch."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.selectors.losers import losers_for
from appointments.services.losers import losers_take_over
from tests.appointments.round_cast import Running, jan, refused
from tests.factories import (
    a_baseline,
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    an_application,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Running:
    return Running()


def losing(place: Running, level: str = "L50") -> tuple[Any, Any, Any]:
    """One who lost the first batch, the second batch at 双向选择, and a post of it."""
    first = a_batch(place.round, state="CLOSED")
    second = a_batch(place.round, "2", method="SX", state="MATCHING")
    person = a_person(place.zone, "落聘")
    a_baseline(place.round, person, a_position(place.unit, "原科长", level))
    an_application(first, person, place.post, "NOT_SELECTED")
    post = a_position(place.unit, "副科长", "L40", setup=place.round.setup)
    a_batch_post(second, post)
    return person, second, post


def test_loser_is_taken_over_already_qualified(place: Running):
    person, batch, post = losing(place)
    result = losers_take_over(batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15))
    (application,) = result.applications
    assert result.refused == []
    assert (application.state, application.candidacy.source) == ("QUALIFIED", "TAKEN_OVER")
    assert application.candidacy.remark == "前批落聘：第1批"
    again = losers_take_over(batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15))
    assert [one.reasons for one in again.refused] == [("已有这个岗位的报名",)]


def test_who_still_has_a_chance_or_wants_more_than_before_is_not_taken_over(place: Running):
    person, batch, post = losing(place, "L30")
    other = a_person(place.zone, "在考")
    an_application(a_batch(place.round, "0", state="ASSESSING"), other, place.post, "QUALIFIED")
    stranger = a_position(place.unit, "别的岗位", "L30", setup=place.round.setup)
    result = losers_take_over(
        batch=batch,
        choices=[(person, post), (other, post), (person, stranger)],
        actor=place.clerk,
        on=jan(15),
    )
    assert result.applications == []
    assert [one.reasons for one in result.refused] == [
        ("岗位是科室副职，原层级一般主办，高于原层级的须竞聘",),
        ("没有在前面的批次落聘，或已有拟聘、聘任的岗位",),
        ("岗位不在本批次或已取消",),
    ]


def test_losers_are_taken_over_only_at_matching(place: Running):
    person, batch, post = losing(place)
    type(batch).objects.filter(pk=batch.pk).update(state="SCREENING")
    batch.refresh_from_db()
    assert refused(
        losers_take_over, batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15)
    ) == ("批次在“资格审查”，双向选择时才能转入落聘人员",)


def test_left_out_by_the_short_list_of_a_batch_that_runs_beside_is_lost_already(place: Running):
    first = a_batch(place.round, state="MATCHING")
    second = a_batch(place.round, "2", method="SX", state="MATCHING")
    left_out, chosen = a_person(place.zone, "未入围"), a_person(place.zone, "入围")
    an_application(first, left_out, place.post, "SCORED")
    assert losers_for(second) == []  # no short list has been made yet
    an_application(first, chosen, place.post, "SHORTLISTED")
    assert [one.name for one in losers_for(second)] == ["未入围"]


def test_number_of_statements_does_not_grow_with_the_losers(
    place: Running, django_assert_max_num_queries: Any
):
    person, batch, post = losing(place)
    first = place.round.batches.get(code="1")
    with CaptureQueriesContext(connection) as few:
        losers_take_over(batch=batch, choices=[(person, post)], actor=place.clerk, on=jan(15))
    people = []
    for number in range(6):
        people.append(a_person(place.zone, f"落聘{number}"))
        a_baseline(place.round, people[-1], a_position(place.unit, f"原{number}", "L50"))
        an_application(first, people[-1], place.post, "NOT_SELECTED")
    choices = [(one, post) for one in people]
    with django_assert_max_num_queries(len(few)):
        result = losers_take_over(batch=batch, choices=choices, actor=place.clerk, on=jan(15))
    assert len(result.applications) == 6
