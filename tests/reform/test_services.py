"""The writers of governed rows: what they leave behind, and what they refuse."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from appointments.models import Round
from appointments.services import round_create, round_settle
from reform.access import command_actor
from reform.errors import RuleError, StaleState
from reform.fields import decrypt, keyed_hash
from reform.models import AuditEvent, Person, Position, RowChange, Tenure, Unit, Zone
from reform.selectors import policy_version_as_of
from reform.services import (
    TenureOpening,
    audit_record,
    edit,
    save_all,
    set_state,
    tenures_close,
    tenures_open,
    zone_create,
)

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


@pytest.fixture
def actor() -> Any:
    return command_actor(None)


@pytest.fixture
def zone(actor: Any) -> Zone:
    return zone_create(code="z", name="某开发区", actor=actor)


@pytest.fixture
def person(zone: Zone, actor: Any) -> Person:
    made = Person(
        zone=zone, name="张三", id_number=NUMBER, id_number_hash=keyed_hash(NUMBER), phone="13800000000"
    )
    save_all(audit_record(actor=actor, action="登记人员", zone=zone), created=[made])
    return made


@pytest.fixture
def posts(zone: Zone, actor: Any) -> list[Position]:
    unit = Unit(zone=zone, code="01", name="党政办", kind="DEPT")
    event = audit_record(actor=actor, action="登记单位", zone=zone)
    save_all(event, created=[unit])
    made = [
        Position(zone=zone, unit=unit, code=code, lineage=code, title=code, level=level)
        for code, level in (("A", "L50"), ("B", "L50"), ("C", "L40"))
    ]
    save_all(event, created=made)
    return made


def opening(person: Person, post: Position, on: date | None) -> TenureOpening:
    return TenureOpening(person.pk, person.name, post, post.level, on, Tenure.Source.APPOINTMENT)


def test_new_row_leaves_a_change_whose_secrets_stay_encrypted(person: Person):
    change = RowChange.objects.get(model="reform.Person", key=person.pk)
    assert change.before is None
    assert change.after["name"] == "张三"
    assert NUMBER not in str(change.after)
    assert decrypt(change.after["id_number"]) == NUMBER
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM reform_person")
        assert not {NUMBER, "13800000000"} & set(cursor.fetchone())
    assert Person.objects.get().id_number == NUMBER == person.id_number


def test_edit_records_only_what_differs(person: Person, zone: Zone, actor: Any):
    assert edit(person, name="张三", remark="") is None
    event = audit_record(actor=actor, action="修改人员", zone=zone)
    save_all(event, changed=[edit(person, name="张三丰", remark="")])
    change = RowChange.objects.get(event=event)
    assert (change.before, change.after) == ({"name": "张三"}, {"name": "张三丰"})
    assert Person.objects.get().name == "张三丰"


def test_opening_a_post_closes_the_one_before_on_the_same_day(
    zone: Zone, person: Person, posts: list[Position], actor: Any
):
    tenures_open(zone=zone, openings=[opening(person, posts[0], date(2018, 12, 28))], actor=actor)
    tenures_open(zone=zone, openings=[opening(person, posts[1], date(2022, 1, 23))], actor=actor)
    first, second = Tenure.objects.order_by("starts_on")
    assert (first.ends_before, second.ends_before) == (date(2022, 1, 23), None)
    assert second.first_held_on == date(2022, 1, 23)
    assert second.level_first_held_on == date(2018, 12, 28), (
        "the level was held before: its first date runs on"
    )


def test_same_post_again_keeps_both_first_dates(
    zone: Zone, person: Person, posts: list[Position], actor: Any
):
    for on in (date(2018, 12, 28), date(2022, 1, 23)):
        tenures_open(zone=zone, openings=[opening(person, posts[0], on)], actor=actor)
    latest = Tenure.objects.get(ends_before=None)
    assert latest.starts_on == date(2022, 1, 23)
    assert latest.first_held_on == latest.level_first_held_on == date(2018, 12, 28)


@pytest.mark.parametrize("on", [date(2018, 12, 28), date(2018, 1, 1), None])
def test_overlapping_main_posts_are_refused(
    zone: Zone, person: Person, posts: list[Position], actor: Any, on: date | None
):
    tenures_open(zone=zone, openings=[opening(person, posts[0], date(2018, 12, 28))], actor=actor)
    with pytest.raises(RuleError, match="两个主任职不能重叠"):
        tenures_open(zone=zone, openings=[opening(person, posts[1], on)], actor=actor)
    assert Tenure.objects.get().ends_before is None


def test_closing_before_the_start_is_refused(zone: Zone, person: Person, posts: list[Position], actor: Any):
    opened = tenures_open(zone=zone, openings=[opening(person, posts[0], date(2022, 1, 23))], actor=actor)
    with pytest.raises(RuleError, match="不能在2022-01-23之前结束"):
        tenures_close(zone=zone, tenures=opened, ends_before=date(2022, 1, 23), actor=actor, reason="调出")


def test_second_decider_is_told_and_nothing_is_overwritten(zone: Zone, actor: Any):
    policy = policy_version_as_of(zone, date(2022, 1, 1))
    made = round_create(zone=zone, code="2022", name="2022年全员聘任", policy=policy, actor=actor)
    set_state(made, source="DRAFT", target="APPROVED", event="方案批准", actor=actor)
    with pytest.raises(StaleState):
        set_state(made, source="DRAFT", target="TERMINATED", event="中止", actor=actor)
    assert Round.objects.get().state == "APPROVED"
    event = AuditEvent.objects.get(action="方案批准")
    assert RowChange.objects.get(event=event).before == {"state": "DRAFT"}


def test_round_that_is_not_registered_is_not_settled(zone: Zone, actor: Any):
    policy = policy_version_as_of(zone, date(2022, 1, 1))
    made = round_create(zone=zone, code="2022", name="2022年全员聘任", policy=policy, actor=actor)
    round_settle(round_=made, actor=actor)
    assert made.state == "DRAFT"


def test_new_zone_has_its_own_copy_of_the_default_policy(zone: Zone):
    version = policy_version_as_of(zone, date(2022, 1, 23))
    assert version.zone == zone
    assert version.levels.count() == 8
    assert version.parameters.get(key="round.term_years").value == 3


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="只有 PostgreSQL 有统计信息")
def test_many_rows_at_once_are_known_to_the_planner(actor: Any, zone: Zone) -> None:
    """Without it a first import is planned for empty tables, and its joins take hours."""
    units = [Unit(zone=zone, code=f"U{n}", name=f"单位{n}", kind="DEPT") for n in range(300)]
    save_all(audit_record(actor=actor, action="导入", zone=zone), created=units)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Unit._meta.db_table])
        assert cursor.fetchone()[0] >= 300
