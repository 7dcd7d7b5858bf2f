"""岗位回避 and 履职回避, over plain facts; and the register of relations behind them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.access import command_actor
from reform.avoidance import (
    AvoidanceClass,
    Place,
    Relation,
    Role,
    Seated,
    Structure,
    avoidance_class,
    conflicts,
    post_conflicts,
    special_work,
)
from reform.codes import FAMILY_RELATION
from reform.errors import Refused
from reform.models import AuditEvent, Kinship, RowChange
from reform.selectors import kinship_relations
from reform.services import KinshipEntry, kinships_register
from tests import factories as make

COMMITTEE, BUREAU, GENERAL, FINANCE, PARK = 1, 2, 3, 4, 5
ABOVE = {
    COMMITTEE: (COMMITTEE,),
    BUREAU: (BUREAU, COMMITTEE),
    GENERAL: (GENERAL, BUREAU, COMMITTEE),
    FINANCE: (FINANCE, BUREAU, COMMITTEE),
    PARK: (PARK, COMMITTEE),
}
POSTS = {
    "党工委书记": (COMMITTEE, 90),
    "管委会主任": (COMMITTEE, 90),
    "副主任": (COMMITTEE, 80),
    "委员": (COMMITTEE, 80),
    "局长": (BUREAU, 70),
    "副局长": (BUREAU, 60),
    "局主办": (BUREAU, 30),
    "综合科科长": (GENERAL, 50),
    "综合科副科长": (GENERAL, 40),
    "综合科主办": (GENERAL, 30),
    "财务科科长": (FINANCE, 50),
    "财务科主办": (FINANCE, 30),
    "园区主任": (PARK, 70),
    "园区主办": (PARK, 30),
}
PLACES = [
    Place(
        key, title, title, ABOVE[unit], rank, rank >= 40, {GENERAL: "综合科", FINANCE: "财务科"}.get(unit, "")
    )
    for key, (title, (unit, rank)) in enumerate(POSTS.items(), start=1)
]
STRUCTURE = Structure(PLACES)
KEY = {place.title: place.key for place in PLACES}
WIFE = Relation(1, 2, AvoidanceClass.SPOUSE, "妻")


def found(one: str, other: str, relation: Relation = WIFE):
    seated = [Seated(1, "甲", KEY[one]), Seated(2, "乙", KEY[other])]
    return post_conflicts(seated, [relation], STRUCTURE)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("管委会主任", Role.HEAD),
        ("党工委书记", Role.HEAD),
        ("委员", Role.DEPUTY),
        ("副局长", Role.DEPUTY),
        ("综合科科长", Role.HEAD),
        ("综合科主办", Role.STAFF),
    ],
)
def test_role_comes_from_level_and_title_within_the_unit(title: str, role: Role):
    assert STRUCTURE.role(STRUCTURE.places[KEY[title]]) is role


@pytest.mark.parametrize(
    ("one", "other", "clause"),
    [
        ("管委会主任", "副主任", 1),
        ("党工委书记", "管委会主任", 1),
        ("局长", "副局长", 1),
        ("综合科科长", "综合科副科长", 1),
        ("副主任", "局长", 1),
        ("副局长", "综合科科长", 1),
        ("综合科副科长", "综合科主办", 1),
        ("局长", "局主办", 1),
        ("综合科科长", "财务科科长", 2),
        ("副主任", "委员", 2),
        ("局长", "园区主任", 2),
        ("局长", "财务科主办", 3),
        ("副主任", "财务科主办", 3),
        ("局长", "综合科主办", None),
        ("副局长", "综合科副科长", None),
        ("综合科科长", "财务科主办", None),
        ("综合科主办", "财务科主办", None),
        ("局长", "园区主办", None),
        ("副局长", "园区主任", None),
    ],
)
def test_posts_that_relatives_may_not_hold_together(one: str, other: str, clause: int | None):
    clauses = [[conflict.clause for conflict in found(*pair).blocks] for pair in ((one, other), (other, one))]
    assert clauses == [[clause] if clause else []] * 2


def test_block_names_both_persons_both_posts_the_relation_and_the_rule():
    assert found("局长", "副局长").blocks_of(2) == [
        "甲（局长）与乙（副局长）是夫妻（妻），同一单位正职与副职，须岗位回避"
    ]


def test_relation_that_needs_judgement_only_warns():
    avoidance = found("局长", "副局长", Relation(1, 2, avoidance_class("97"), "其他亲属"))
    assert avoidance.blocks == ()
    assert avoidance.warnings_of(1) == [
        "甲（局长）与乙（副局长）登记的关系是“其他亲属”，同一单位正职与副职，是否回避需人工判断"
    ]


def test_provincial_approval_lifts_the_block_and_stays_visible():
    avoidance = found("局长", "副局长", Relation(1, 2, AvoidanceClass.SPOUSE, "妻", "豫人社〔2022〕3号"))
    assert avoidance.blocks == ()
    assert avoidance.warnings_of(1)[0].endswith("经豫人社〔2022〕3号批准不回避")


def test_approval_on_one_side_exempts_the_pair_registered_by_both():
    relations = [WIFE, Relation(2, 1, AvoidanceClass.SPOUSE, "夫", "豫人社〔2022〕3号")]
    seated = [Seated(1, "甲", KEY["局长"]), Seated(2, "乙", KEY["副局长"])]
    assert post_conflicts(seated, relations, STRUCTURE).blocks == ()
    assert len(post_conflicts(seated, [WIFE, Relation(2, 1, WIFE.kind)], STRUCTURE).blocks) == 1


def test_who_is_not_related_is_not_looked_at():
    seated = [Seated(1, "甲", KEY["局长"]), Seated(3, "丙", KEY["副局长"])]
    assert post_conflicts(seated, [WIFE], STRUCTURE).blocks == ()
    assert found("局长", "副局长", Relation(1, 2, AvoidanceClass.NONE, "非亲属")).warnings == ()


def test_unit_with_deputies_only_has_no_leader_that_two_of_them_share():
    places = [Place(1, "副局长", "副局长", (2,), 60, True), Place(2, "副局长", "副局长", (2,), 60, True)]
    seated = [Seated(1, "甲", 1), Seated(2, "乙", 2)]
    assert post_conflicts(seated, [WIFE], Structure(places)).blocks == ()


@pytest.mark.parametrize(
    ("section", "title", "work"),
    [
        ("组织科", "主办", "组织人事"),
        ("党群部", "人事专员", "组织人事"),
        ("纪工委", "主任", "纪检监察"),
        ("审计局", "科员", "审计"),
        ("综合科", "出纳", "财务"),
        ("财政金融局", "主办", ""),
    ],
)
def test_special_work_is_known_by_the_words_of_title_and_section(section: str, title: str, work: str):
    assert special_work(Place(1, title, title, (1,), 30, False, section)) == work


def test_nobody_acts_on_himself_or_a_relative():
    relations = [WIFE, Relation(3, 1, AvoidanceClass.AFFINE, "女婿"), Relation(1, 4, AvoidanceClass.REVIEW)]
    assert conflicts(1, [1, 2, 3, 4, 5], relations) == {1: "本人", 2: "夫妻", 3: "近姻亲"}
    assert conflicts(None, [1, 2], relations) == {}


@given(
    st.sampled_from(list(POSTS)),
    st.sampled_from(list(POSTS)),
    st.sampled_from(sorted(FAMILY_RELATION)),
    st.booleans(),
)
def test_side_and_order_of_registration_change_nothing(one: str, other: str, code: str, turned: bool):
    kind = avoidance_class(code)
    straight = found(one, other, Relation(1, 2, kind))
    relation = Relation(2, 1, kind)
    seated = [Seated(2, "乙", KEY[other]), Seated(1, "甲", KEY[one])][:: -1 if turned else 1]
    reversed_ = post_conflicts(seated, [relation], STRUCTURE)
    assert [c.clause for c in straight.blocks] == [c.clause for c in reversed_.blocks]
    assert len(straight.warnings) == len(reversed_.warnings)


@pytest.mark.django_db
def test_relations_are_registered_once_and_corrected_in_place():
    zone = make.a_zone()
    husband, wife = make.a_person(zone, "赵刚"), make.a_person(zone, "钱红")
    entries = [KinshipEntry(husband.pk, "钱红", "12", wife.pk), KinshipEntry(husband.pk, "赵小", "20")]
    actor = command_actor(None)
    assert len(kinships_register(zone=zone, entries=entries, actor=actor)) == 2
    events, changes = AuditEvent.objects.count(), RowChange.objects.count()
    assert kinships_register(zone=zone, entries=entries, actor=actor) == []
    assert (AuditEvent.objects.count(), RowChange.objects.count()) == (events, changes)
    corrected = [KinshipEntry(husband.pk, "钱红", "12", override_no="豫人社〔2022〕3号")]
    kinships_register(zone=zone, entries=corrected, actor=actor)
    assert Kinship.objects.get(relation="12").override_no == "豫人社〔2022〕3号"
    assert kinship_relations(zone) == (
        Relation(husband.pk, wife.pk, AvoidanceClass.SPOUSE, "妻", "豫人社〔2022〕3号"),
    )


@pytest.mark.django_db
def test_wrong_relations_are_refused_all_at_once():
    zone, other = make.a_zone(), make.a_zone("linqu", "临区")
    person, stranger = make.a_person(zone, "赵刚"), make.a_person(other, "孙远")
    entries = [
        KinshipEntry(person.pk, "赵刚", "12", person.pk),
        KinshipEntry(person.pk, "孙远", "73", stranger.pk),
        KinshipEntry(person.pk, "周明", "00"),
    ]
    with pytest.raises(Refused) as refusal:
        kinships_register(zone=zone, entries=entries, actor=command_actor(None))
    assert refusal.value.reasons == (
        "赵刚的亲属不能是本人",
        "赵刚不是高新区的人员",
        "赵刚与周明：没有家庭关系代码“00”",
    )
    assert Kinship.objects.count() == 0


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_relations(django_assert_num_queries):
    zone = make.a_zone()
    people = [make.a_person(zone, f"人{number}") for number in range(30)]
    entries = [KinshipEntry(one.pk, "亲属", "71", other.pk) for one, other in pairwise(people)]
    for part in (entries[:1], entries[1:]):
        with django_assert_num_queries(14):
            kinships_register(zone=zone, entries=part, actor=command_actor(None))
