"""Report 11: what runs out, in which band, and that its cost does not grow with the people."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Placement, Secondment, TermReview
from appointments.rules.terms import OVERDUE, warning_band
from appointments.selectors.warnings import ExpiryKind, expiring
from reform.models import ArchivedStatus, Person, PromotionLock, Tenure, Unit, Zone
from tests.factories import a_person, a_position, a_tenure, a_unit, a_zone, an_appointment

ON = date(2024, 12, 1)
DAYS = [90, 60, 30]


@pytest.mark.parametrize(
    ("left", "band"),
    [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (0, 30), (-1, OVERDUE)],
)
def test_band_is_the_smallest_number_of_days_that_holds(left: int, band: int | None):
    assert warning_band(ON + timedelta(days=left), ON, DAYS) == band


@given(st.integers(-400, 400), st.permutations(DAYS))
def test_band_comes_nearer_as_days_pass_whatever_their_order(left: int, days: list[int]):
    now, tomorrow = (warning_band(ON + timedelta(days=one), ON, days) for one in (left, left - 1))
    if now is not None:
        assert tomorrow is not None
        assert tomorrow <= now


def appoint(round_: Any, name: str = "张三", title: str = "科长", **facts: Any) -> Any:
    unit = Unit.objects.filter(zone=round_.zone).first() or a_unit(round_.zone)
    position = a_position(unit, title, setup=round_.setup)
    return an_appointment(round_, a_person(round_.zone, name), position, **facts)


def found(zone: Zone, on: date = ON) -> list[tuple[str, str, date, int]]:
    return [(one.kind.label, one.name, one.last_on, one.band) for one in expiring(zone, on)]


def test_term_and_what_its_review_says(zone: Zone, round_: Any):
    row = appoint(round_)
    assert found(zone) == [("聘期", "张三", date(2025, 1, 22), 60)]
    assert expiring(zone, ON)[0].note == "还没有聘期考核"
    TermReview.objects.create(appointment=row, result="PASSED", outcome="RENEW", reviewed_on=ON)
    assert expiring(zone, ON)[0].note == "聘期考核：续聘"


def test_who_may_ask_to_stay_until_retirement_is_pointed_out(zone: Zone, round_: Any):
    row = appoint(round_)
    Person.objects.filter(pk=row.person_id).update(birth_on=date(1972, 5, 1), joined_on=date(2010, 3, 1))
    ArchivedStatus.objects.create(person=row.person, identity="SY")
    (term,) = expiring(zone, ON)
    assert term.note == "还没有聘期考核；连续工作满10年、距退休不足10年，可要求聘至2034-04-30"
    ArchivedStatus.objects.update(identity="XZ")
    assert expiring(zone, ON)[0].note == "还没有聘期考核"


def test_probation_stands_beside_the_term(zone: Zone, round_: Any):
    appoint(round_, state="PROBATION", probation_ends_before=date(2023, 1, 23))
    assert found(zone, date(2022, 12, 20)) == [("试用期", "张三", date(2023, 1, 22), 60)]
    assert found(zone, date(2023, 2, 1)) == [("试用期", "张三", date(2023, 1, 22), OVERDUE)]


def test_acting_has_its_own_word(zone: Zone, round_: Any):
    appoint(round_, kind="ACTING", ends_before=date(2024, 12, 11))
    assert found(zone) == [("主持工作", "张三", date(2024, 12, 10), 30)]


def test_term_of_a_post_that_has_ended_is_no_warning(zone: Zone, round_: Any):
    Tenure.objects.filter(pk=appoint(round_).tenure_id).update(ends_before=date(2024, 6, 1))
    appoint(round_, "李四", state="RENEWED")
    assert found(zone) == []


def test_retirement_of_those_in_post(zone: Zone):
    post = a_position(a_unit(zone))
    a_tenure(a_person(zone, "老王", birth_on=date(1964, 12, 15)), post)
    a_tenure(a_person(zone, "不详", birth_on=None), post)
    a_person(zone, "已走", birth_on=date(1964, 12, 15))
    assert found(zone) == [("退休", "老王", date(2024, 12, 31), 30)]


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        ({"ends_before": date(2024, 12, 21)}, 30),
        ({"ends_before": date(2024, 11, 1)}, OVERDUE),
        ({"ends_before": date(2024, 11, 1), "reported_on": date(2024, 11, 5)}, None),
        ({"ends_before": date(2026, 1, 1), "ended_on": date(2024, 12, 10)}, 30),
        ({"ends_before": date(2026, 1, 1)}, None),
    ],
)
def test_secondment_is_over_when_it_is_reported(zone: Zone, facts: dict[str, Any], band: int | None):
    Secondment.objects.create(
        zone=zone, person=a_person(zone), direction="OUT", host="秀洲", starts_on=date(2024, 9, 1), **facts
    )
    assert [one.band for one in expiring(zone, ON)] == ([] if band is None else [band])


def test_lock_is_announced_before_and_for_a_while_after_its_end(zone: Zone):
    for name, end in (("将满", date(2024, 12, 10)), ("刚满", date(2024, 11, 1)), ("早满", date(2023, 1, 1))):
        PromotionLock.objects.create(
            person=a_person(zone, name),
            cause="D1",
            reason="降职",
            starts_on=date(2022, 1, 1),
            ends_before=end,
        )
    rows = expiring(zone, ON)
    assert [(one.name, one.kind, one.band_label) for one in rows] == [
        ("刚满", ExpiryKind.LOCK, "已解除"),
        ("将满", ExpiryKind.LOCK, "30天内"),
    ]


def test_waiting_runs_out_with_the_months_of_the_policy(zone: Zone, round_: Any):
    Placement.objects.create(
        round=round_, person=a_person(zone), state="WAITING", waiting_from=date(2024, 6, 20)
    )
    assert found(zone) == [("待岗", "张三", date(2024, 12, 19), 30)]


def test_other_zone_is_not_seen(zone: Zone, round_: Any):
    appoint(round_)
    assert expiring(a_zone("bei", "北区"), ON) == []


def test_forty_people_take_as_many_statements_as_one(zone: Zone, round_: Any):
    counts = []
    for size in (1, 40):
        for _ in range(size):
            appoint(round_)
        with CaptureQueriesContext(connection) as queries:
            expiring(zone, ON)
        counts.append(len(queries))
    assert counts[0] == counts[1]
