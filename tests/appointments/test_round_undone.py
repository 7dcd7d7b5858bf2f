"""A terminated round leaves nothing of its set-up in force; a new appointment takes back a waiting
renewal."""

from datetime import date
from typing import Any

import pytest

from appointments.models import Appointment, Offer, Placement, TermReview
from appointments.services.plans import round_plan_update
from appointments.services.renewals import appointments_renew, renewals_begin
from appointments.services.round_steps import round_terminate
from appointments.services.setups import units_merge
from appointments.services.superior import SuperiorEntry, appointments_by_superior
from appointments.states import RoundState
from reform.errors import Refused
from reform.models import AuditEvent, Position, Tenure, Unit, UnitLineage
from tests.appointments.round_cast import PLAN, Drafted, jan, set_state
from tests.factories import a_person, a_position, a_unit, a_user, an_appointment

pytestmark = pytest.mark.django_db


class Merged(Drafted):
    """Two units, one with a section and one with a company, merged into a new one for the drafted round."""

    def __init__(self) -> None:
        super().__init__()
        self.other = a_unit(self.zone, "科技创新局")
        self.section = a_unit(self.zone, "综合科", parent=self.other)
        self.company = a_unit(self.zone, "投资公司", parent=self.unit, kind="SOE")
        self.post = a_position(self.section, "科长", setup=self.round.setup)
        self.direct = a_position(self.unit, "局长", "L70", setup=self.round.setup)
        self.new = Unit(zone=self.zone, code="90", name="经济科技局", kind="DEPT")
        round_plan_update(round_=self.round, actor=self.clerk, **PLAN)
        self.merge([self.unit, self.other], self.new)

    def merge(self, units: list[Unit], into: Unit) -> None:
        units_merge(
            round_=self.round, units=units, into=into, actor=self.clerk, reason="大部制", document_no="编3号"
        )

    def terminate(self, actor: Any = None, on: date | None = None) -> None:
        by = actor or self.leader
        round_terminate(round_=self.round, actor=by, on=on or jan(12), reason="上级要求中止")

    def refresh(self) -> None:
        for row in (self.unit, self.other, self.section, self.company, self.post, self.direct):
            row.refresh_from_db()


@pytest.fixture
def place() -> Merged:
    return Merged()


def test_units_merged_for_the_round_are_open_again_with_their_posts(place: Merged):
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(30))
    place.refresh()
    assert (place.other.ends_before, place.company.parent) == (jan(30), place.new)
    place.terminate()
    place.refresh()
    assert {one.ends_before for one in (place.unit, place.other, place.section)} == {None}
    assert (place.company.parent, place.section.parent) == (place.unit, place.other)
    assert (place.direct.unit, place.post.unit) == (place.unit, place.section)
    assert not Unit.objects.filter(pk=place.new.pk).exists()
    assert Unit.objects.filter(name="综合科").count() == 1
    assert not UnitLineage.objects.exists()
    event = AuditEvent.objects.get(action="撤销合并单位")
    assert event.reason == "上级要求中止"


def test_mergers_one_on_the_other_come_undone_to_the_first_state():
    place = Drafted()
    other, third = a_unit(place.zone, "科技创新局"), a_unit(place.zone, "招商局")
    post = a_position(place.unit, "局长", "L70", setup=place.round.setup)
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    for units, into in (([place.unit], other), ([other], third)):
        units_merge(round_=place.round, units=units, into=into, actor=place.clerk, reason="大部制")
    post.refresh_from_db()
    assert post.unit == third
    round_terminate(round_=place.round, actor=place.leader, on=jan(12), reason="上级要求中止")
    for row in (place.unit, other, third, post):
        row.refresh_from_db()
    assert {one.ends_before for one in (place.unit, other, third)} == {None}
    assert post.unit == place.unit
    assert not UnitLineage.objects.exists()


def test_a_unit_founded_on_the_day_is_not_merged_again_on_it(place: Merged):
    with pytest.raises(Refused, match="“经济科技局”2022-01-23才成立"):
        place.merge([place.new], a_unit(place.zone, "招商局"))


def test_a_unit_that_something_refers_to_is_kept_as_historical(place: Merged):
    own = a_position(place.new, "新岗", setup=place.round.setup)
    place.terminate()
    kept = Unit.objects.get(pk=place.new.pk)
    assert (kept.is_historical, kept.ends_before) == (True, jan(23))
    assert Position.objects.get(pk=own.pk).unit == kept
    place.refresh()
    assert place.unit.ends_before is None


def test_a_unit_of_the_same_name_stands_in_the_way(place: Merged):
    a_unit(place.zone, "科技创新局")
    with pytest.raises(Refused, match="“科技创新局”已另有同名单位，不能恢复"):
        place.terminate()
    place.round.refresh_from_db()
    assert place.round.state == "DRAFT"


def test_other_mergers_of_that_day_stay(place: Merged):
    one, two = a_unit(place.zone, "甲局"), a_unit(place.zone, "乙局")
    Unit.objects.filter(pk=one.pk).update(ends_before=jan(23))
    UnitLineage.objects.create(
        zone=place.zone, predecessor=one, successor=two, kind="MERGE", happened_on=jan(23)
    )
    place.terminate()
    one.refresh_from_db()
    assert one.ends_before == jan(23)
    assert UnitLineage.objects.get().successor == two


def test_what_is_in_force_stays_with_its_units(place: Merged):
    set_state(place.round, RoundState.RUNNING)
    an_appointment(place.round, a_person(place.zone), place.direct)
    place.terminate(on=jan(25))
    place.refresh()
    assert place.other.ends_before == jan(23)
    assert Unit.objects.filter(pk=place.new.pk).exists()


def test_only_the_leaders_terminate(place: Merged):
    for role in ("人事", "监督组", "单位负责人"):
        with pytest.raises(Refused, match="由领导小组办理"):
            place.terminate(a_user(place.zone, role))
    place.refresh()
    assert place.other.ends_before == jan(23)


def test_offers_of_a_terminated_round_come_to_nothing(place: Merged):
    set_state(place.round, RoundState.PLACING)
    for number, reply in enumerate(("", "ACCEPTED")):
        row = Placement.objects.create(
            round=place.round,
            person=a_person(place.zone, f"甲{number}"),
            state="OFFERED",
            position=place.post,
        )
        Offer.objects.create(
            placement=row, number=1, position=place.post, way="ASSIGNED", offered_on=jan(11),
            document_no="调1号", reply=reply,
        )  # fmt: skip
    place.terminate()
    assert set(Offer.objects.values_list("reply", flat=True)) == {"LAPSED"}
    assert set(Placement.objects.values_list("state", "position", "refuses")) == {("UNPLACED", None, False)}


# --- renewals that wait ---


def a_waiting_renewal(place: Drafted) -> tuple[Appointment, Appointment]:
    """The term of the former round, renewed ahead of its end, and its renewal."""
    old = an_appointment(
        place.former,
        a_person(place.zone, "续聘人"),
        place.old,
        starts_on=date(2019, 1, 1),
        ends_before=date(2022, 3, 1),
    )
    TermReview.objects.create(appointment=old, result="PASSED", outcome="RENEW", reviewed_on=date(2022, 1, 5))
    renewed = appointments_renew(
        appointments=[old], document_no="续1号", actor=place.leader, on=date(2022, 1, 6)
    )
    assert not renewed.refused
    return old, renewed.created[0]


def take_office(place: Drafted, old: Appointment, post: Position) -> None:
    """The new round's appointment of somebody takes effect."""
    made, refused = appointments_by_superior(
        round_=place.round,
        entries=[SuperiorEntry(old.person, post, jan(23))],
        document_no="市任1号",
        decided_on=jan(20),
        actor=place.leader,
    )
    assert (len(made), refused) == (1, [])


def test_a_new_appointment_takes_the_waiting_renewal_back():
    place = Drafted()
    old, renewal = a_waiting_renewal(place)
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, "主任", "L90", place.round.setup, method="SJ")
    take_office(place, old, post)
    assert not Appointment.objects.filter(pk=renewal.pk).exists()
    old.refresh_from_db()
    assert (old.state, old.ended_on) == ("RENEWED", jan(23))
    event = AuditEvent.objects.get(action="撤回待生效聘任")
    assert event.reason == "新一轮聘任已生效，等待生效的续聘由系统撤回"
    assert renewals_begin(zone=place.zone, actor=place.clerk, on=date(2022, 3, 1)) == []
    assert Tenure.objects.filter(person=old.person, ends_before=None).get().position == post


def test_renewals_of_others_go_on_waiting():
    place = Drafted()
    _, renewal = a_waiting_renewal(place)
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    set_state(place.round, RoundState.RUNNING)
    post = a_position(place.unit, "主任", "L90", place.round.setup, method="SJ")
    other = an_appointment(place.former, a_person(place.zone, "别人"), place.old, starts_on=date(2019, 1, 1))
    take_office(place, other, post)
    assert Appointment.objects.get(pk=renewal.pk).state == "PENDING"
