"""The 岗位设置 of a drafted round: copied, merged, split; units merged (domain.md §2, §4)."""

from datetime import date
from typing import Any

import pytest

from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary
from appointments.services.plans import round_plan_update
from appointments.services.rounds import round_set_dates
from appointments.services.setups import (
    PositionPart,
    positions_copy_from,
    positions_merge,
    positions_split,
    units_merge,
)
from appointments.states import RoundState
from reform.models import Position, Unit, UnitLineage
from tests.appointments.round_cast import Drafted, jan, refused, set_state
from tests.factories import (
    a_baseline,
    a_batch,
    a_batch_post,
    a_person,
    a_position,
    a_unit,
    an_appointment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Drafted:
    return Drafted()


def test_positions_are_copied_with_number_and_lineage(place: Drafted):
    closed = a_unit(place.zone, "撤销的局", ends_before=date(2021, 1, 1))
    a_position(closed, "局长", "L70", setup=place.former.setup)
    result = positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    (copy,) = result.created
    assert (copy.code, copy.lineage, copy.setup_id) == (
        place.old.code,
        place.old.lineage,
        place.round.setup_id,
    )
    assert [one.reasons for one in result.skipped] == [("单位已撤销，没有登记后续单位",)]
    again = positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    assert again.created == []
    assert ("本轮已有这个岗位",) in [one.reasons for one in again.skipped]


def test_copied_positions_of_a_merged_unit_go_to_its_successor(place: Drafted):
    successor = a_unit(place.zone, "经济发展和科技局")
    Unit.objects.filter(pk=place.unit.pk).update(ends_before=date(2021, 1, 1))
    UnitLineage.objects.create(
        zone=place.zone, predecessor=place.unit, successor=successor, kind=UnitLineage.Kind.MERGE
    )
    result = positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    assert [one.unit for one in result.created] == [successor]


def test_setup_is_changed_only_in_the_draft_by_the_office(place: Drafted):
    set_state(place.round, RoundState.APPROVED)
    assert refused(positions_copy_from, round_=place.round, source=place.former, actor=place.clerk) == (
        "方案批准不能再改岗位设置，只有方案起草中的轮次可以",
    )


def test_who_held_a_merged_post_and_holds_what_became_of_it_is_unchanged(place: Drafted):
    other = a_position(place.unit, "综合科长", setup=place.former.setup)
    positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    mine = list(Position.objects.filter(setup=place.round.setup_id).order_by("id"))
    kept = next(one for one in mine if one.lineage == place.old.lineage)
    positions_merge(round_=place.round, positions=mine, kept=kept, actor=place.clerk, reason="大部制")
    kept.refresh_from_db()
    assert (kept.headcount, kept.former_lineages) == (2, [other.lineage])
    assert Position.objects.filter(setup=place.round.setup_id).count() == 1
    round_set_dates(round_=place.round, actor=place.clerk, effective_on=jan(23))
    for name, before in (("原主", place.old), ("并入", other)):
        person = a_person(place.zone, name)
        a_baseline(place.round, person, before)
        an_appointment(place.round, person, kept)
    assert {one.change.kind for one in change_summary(place.round).people} == {ChangeKind.UNCHANGED}


def test_merged_post_may_not_be_in_use(place: Drafted):
    one = a_position(place.unit, "甲", setup=place.round.setup)
    other = a_position(place.unit, "乙", setup=place.round.setup)
    a_batch_post(a_batch(place.round), other)
    assert refused(
        positions_merge,
        round_=place.round,
        positions=[one, other],
        kept=one,
        actor=place.clerk,
        reason=" ",
    ) == ("须写明理由",)
    assert refused(
        positions_merge, round_=place.round, positions=[one, other], kept=one, actor=place.clerk, reason="并"
    ) == (f"“{other}”已有批次岗位",)


def test_split_post_keeps_its_lineage_in_the_first_part_and_is_remembered_by_the_others(place: Drafted):
    positions_copy_from(round_=place.round, source=place.former, actor=place.clerk)
    whole = Position.objects.get(setup=place.round.setup_id)
    first, second = positions_split(
        round_=place.round,
        position=whole,
        parts=[PositionPart("综合科长", place.unit, 1), PositionPart("业务科长", place.unit, 1)],
        actor=place.clerk,
        reason="分设",
    )
    assert (first.title, first.lineage) == ("综合科长", place.old.lineage)
    assert second.lineage != first.lineage
    assert second.former_lineages == [place.old.lineage]
    assert second.code.startswith(f"{place.unit.code}-L50-")
    round_set_dates(round_=place.round, actor=place.clerk, effective_on=jan(23))
    for name, after in (("甲", first), ("乙", second)):
        person = a_person(place.zone, name)
        a_baseline(place.round, person, place.old)
        an_appointment(place.round, person, after)
    assert {one.change.kind for one in change_summary(place.round).people} == {ChangeKind.UNCHANGED}


def test_merged_units_are_closed_on_the_effective_date_and_their_posts_move(place: Drafted):
    other = a_unit(place.zone, "科技创新局")
    section = a_unit(place.zone, "综合科", parent=other)
    post = a_position(section, "科长", setup=place.round.setup)
    direct = a_position(place.unit, "局长", "L70", setup=place.round.setup)
    merged = Unit(zone=place.zone, code="90", name="经济科技局", kind="DEPT")
    said: dict[str, Any] = {
        "round_": place.round,
        "units": [place.unit, other],
        "into": merged,
        "actor": place.clerk,
        "reason": "大部制",
        "document_no": "编〔2022〕3号",
    }
    assert refused(units_merge, **said) == ("请先在方案中定生效日",)
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(23))
    units_merge(**said)
    for row in (other, section, place.unit, post, direct):
        row.refresh_from_db()
    assert {other.ends_before, section.ends_before, place.unit.ends_before} == {jan(23)}
    assert direct.unit == merged
    assert (post.unit.name, post.unit.parent) == ("综合科", merged)
    assert UnitLineage.objects.filter(successor=merged).count() == 2
    # The date moves, and what hangs on it with it.
    round_plan_update(round_=place.round, actor=place.clerk, effective_on=jan(30))
    other.refresh_from_db()
    merged.refresh_from_db()
    assert (other.ends_before, merged.starts_on) == (jan(30), jan(30))
