"""Nothing that is stored ties a ballot to its rater: no record, no session, no key, no place in the table."""

import json
from itertools import pairwise

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection

from kpi.models import RatingBallot, RatingTask
from kpi.services.ratings import rating_submit
from reform.errors import StaleState
from reform.models import AuditEvent, RowChange
from reform.services.secret import save_secret
from tests.appointments.portal_cast import a_login
from tests.kpi.rating_cast import FACTORS, ON, a_quarter, asked, marks, submit


@pytest.fixture
def cast(db):
    return a_quarter(staff=5)


def test_ballots_leave_no_event_and_no_row_change(cast):
    cycle = asked(cast)
    before = (AuditEvent.objects.count(), RowChange.objects.count())
    for name in ("经乙", "招乙", "规丙"):
        submit(cycle, cast.people[name], 83)
    assert (AuditEvent.objects.count(), RowChange.objects.count()) == before
    assert not RowChange.objects.filter(model=RatingBallot._meta.label).exists()
    assert not RowChange.objects.filter(model=RatingTask._meta.label, before__isnull=False).exists()
    assert not Session.objects.exists()


def test_page_leaves_no_more_than_that_it_was_opened(cast):
    """The page where it is handed in writes no event, and into the session nothing that was not there."""
    cycle, rater = asked(cast), cast.people["经乙"]
    visitor = a_login(rater)
    address = f"/my/appraisal/{cycle.code}/rating/"
    visitor.get(address)
    before = (AuditEvent.objects.count(), RowChange.objects.count(), list(Session.objects.values()))
    tasks = RatingTask.objects.filter(rater=rater).values_list("ratee", flat=True)
    data = {f"{factor}_{key}": "83" for factor in FACTORS for key in tasks}
    assert visitor.post(address, data).status_code == 302
    assert RatingBallot.objects.count() == len(tasks)
    assert (AuditEvent.objects.count(), RowChange.objects.count(), list(Session.objects.values())) == before


def test_ballot_and_task_have_no_field_that_names_a_rater_or_a_time():
    ballot = {field.name for field in RatingBallot._meta.get_fields()}
    assert ballot == {"id", "cycle", "ratee", "group", "factors", "excellent"}
    task = {field.name for field in RatingTask._meta.get_fields()}
    assert task == {"id", "cycle", "rater", "ratee", "group", "done"}


def test_keys_and_places_change_with_every_sheet_so_that_order_tells_nothing(cast):
    cycle = asked(cast)
    ratee = cast.people["经甲"]
    raters = [name for name in cast.people if name.startswith("经") and name != "经甲"]
    known: set = set()
    for score, name in enumerate(raters, 70):
        submit(cycle, cast.people[name], score)
        keys = set(RatingBallot.objects.filter(ratee=ratee).values_list("pk", flat=True))
        assert not known & keys  # the older ones were written again under new keys
        known |= keys
    rows = _stored_order(ratee.pk)
    if connection.vendor == "sqlite":  # elsewhere a place that was freed is filled again
        assert [key for key, _ in rows] == sorted(key for key, _ in rows)
    assert sorted(score for _, score in rows) == list(range(70, 70 + len(raters)))


def _stored_order(ratee: int) -> list[tuple[str, int]]:
    """Key and score as they lie in the table."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, factors FROM kpi_ratingballot WHERE ratee_id = %s ORDER BY {place}", [ratee]
        )
        found = cursor.fetchall()
    return [
        (str(key), int((json.loads(one) if isinstance(one, str) else one)["virtue"])) for key, one in found
    ]


def test_over_many_sheets_the_last_ballot_is_not_the_last_in_the_table(cast):
    cycle = asked(cast)
    ratee = cast.people["经甲"]
    raters = [name for name in cast.people if name.startswith("经") and name != "经甲"]
    orders = set()
    for _ in range(12):
        RatingBallot.objects.all().delete()
        RatingTask.objects.update(done=False)
        for score, name in enumerate(raters, 70):
            submit(cycle, cast.people[name], score)
        orders.add(tuple(score for _, score in _stored_order(ratee.pk)))
    assert len(orders) > 1
    assert any(later < earlier for order in orders for earlier, later in pairwise(order))


def test_what_fails_leaves_neither_ballots_nor_a_task_done(cast, monkeypatch):
    cycle, rater = asked(cast), cast.people["经乙"]

    def fail(*args, **more):
        raise IntegrityError

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", fail)
    ballots = {
        key: marks(80) for key in RatingTask.objects.filter(rater=rater).values_list("ratee", flat=True)
    }
    with pytest.raises(IntegrityError):
        rating_submit(cycle=cycle, rater=rater, ballots=ballots, on=ON)
    assert not RatingBallot.objects.exists()
    assert not RatingTask.objects.filter(done=True).exists()


def test_two_at_once_do_not_write_twice(cast):
    cycle, rater = asked(cast), cast.people["经乙"]
    tasks = RatingTask.objects.filter(rater=rater)
    one = tasks.first()
    assert one is not None
    RatingTask.objects.filter(pk=one.pk).update(done=True)
    ballot = RatingBallot(cycle=cycle, ratee=one.ratee, group=one.group, factors={})
    with pytest.raises(StaleState, match="已经提交过"):
        save_secret(
            [ballot],
            among=RatingBallot.objects.filter(ratee=one.ratee),
            done=tasks.filter(pk=one.pk),
            flag="done",
        )
    assert not RatingBallot.objects.exists()
