"""双向选择: whose word counts, who gets the seat, who may not; and 组织提名."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Application, Candidacy
from appointments.rules.guards import Call, batch_inspect, batch_matched
from appointments.rules.matching import Offer, Settlement, settle_offers
from appointments.selectors.seating import seating_of
from appointments.selectors.selection import match_facts
from appointments.services.intentions import (
    IntentionEntry,
    intention_record,
    intentions_record,
)
from appointments.services.matching import applications_match, match_pairs
from appointments.services.nominations import Nomination, nominate, nominations_make
from reform.errors import Refused
from reform.models import AuditEvent, Kinship, Membership, PromotionLock, Sanction
from tests import factories as make
from tests.appointments.selection_cast import DAY, Selection, a_selection

ON = {"on": DAY}


@pytest.fixture
def cast(db: None) -> Selection:
    return a_selection()


def couple(cast: Selection, one: str, other: str, **facts) -> None:
    Kinship.objects.create(
        person=cast.people[one], relative=cast.people[other], relative_name=other, relation="12", **facts
    )


def reasons_of(refused) -> list[str]:
    return [reason for one in refused for reason in one.reasons]


# --- intentions


def test_person_and_unit_speak_for_themselves(cast):
    mine = cast.apply("张三", "局长")
    own = make.a_user(cast.zone, "个人", is_staff=False)
    Membership.objects.filter(user=own).update(person=cast.people["张三"])
    head = cast.users["单位负责人"]
    Membership.objects.filter(user=head).update(unit=cast.units["经发局"])
    intention_record(application=mine, person_agrees=True, actor=own)
    intention_record(application=mine, unit_agrees=False, actor=head)
    said = cast.said(mine)
    assert (said.person_agrees, said.unit_agrees) == (True, False)


def test_nobody_speaks_for_another_person_or_another_unit(cast):
    mine, other = cast.apply("张三", "局长"), cast.apply("李四", "招商局局长")
    own = make.a_user(cast.zone, "个人", is_staff=False)
    Membership.objects.filter(user=own).update(person=cast.people["张三"])
    head = cast.users["单位负责人"]
    Membership.objects.filter(user=head).update(unit=cast.units["经发局"])
    with pytest.raises(Refused, match="本人意向由本人填写"):
        intention_record(application=other, person_agrees=True, actor=own)
    with pytest.raises(Refused, match="由该单位负责人填写"):
        intention_record(application=other, unit_agrees=True, actor=head)
    with pytest.raises(Refused, match="由该单位负责人填写"):
        intention_record(application=mine, unit_agrees=True, actor=own)


def test_unit_head_without_a_unit_speaks_for_none(cast):
    with pytest.raises(Refused):
        intention_record(
            application=cast.apply("张三", "局长"), unit_agrees=True, actor=cast.users["单位负责人"]
        )


def test_head_of_a_bureau_speaks_for_its_sections_too(cast):
    head = cast.users["单位负责人"]
    Membership.objects.filter(user=head).update(unit=cast.units["经发局"])
    mine = cast.apply("张三", "科长")
    assert intention_record(application=mine, unit_agrees=True, actor=head).unit_agrees is True


def test_intentions_are_recorded_only_while_the_batch_matches(cast):
    mine = cast.apply("张三", "局长")
    cast.to("INSPECTING")
    with pytest.raises(Refused, match="批次不在双向选择阶段"):
        intention_record(application=mine, person_agrees=True, actor=cast.users["人事"])


def test_first_pass_is_closed_by_the_second_and_there_is_no_third(cast):
    mine = cast.apply("张三", "局长")
    office = cast.users["人事"]
    intention_record(application=mine, person_agrees=True, unit_agrees=False, actor=office)
    intention_record(application=mine, pass_no=2, unit_agrees=True, actor=office)
    with pytest.raises(Refused, match="已有第二轮意向，第一轮不能再改"):
        intention_record(application=mine, unit_agrees=True, actor=office)
    with pytest.raises(Refused, match="双向选择最多两轮"):
        intention_record(application=mine, pass_no=3, unit_agrees=True, actor=office)


def test_same_intentions_twice_change_nothing(cast):
    entries = [IntentionEntry(cast.apply("张三", "局长"), 1, True, True)]
    for _ in range(2):
        assert intentions_record(batch=cast.batch, entries=entries, actor=cast.users["人事"]) == []
    assert AuditEvent.objects.filter(action="登记双向选择意向").count() == 1


def test_intentions_that_may_not_be_recorded_leave_the_others(cast):
    good, lost = cast.apply("张三", "局长"), cast.apply("李四", "局长", 2, "REJECTED")
    entries = [IntentionEntry(one, 1, True, True) for one in (good, lost)]
    refused = intentions_record(batch=cast.batch, entries=entries, actor=cast.users["人事"])
    assert reasons_of(refused) == ["志愿是“资格不合格”，不能再登记意向"]
    assert cast.said(good).unit_agrees is True


# --- matching


def test_both_sides_yes_is_a_match_and_one_side_is_none(cast):
    both, half = cast.apply("张三", "局长"), cast.apply("李四", "招商局局长")
    cast.agree(both)
    cast.agree(half, unit=False)
    found = applications_match(batch=cast.batch, actor=cast.users["人事"], **ON)
    assert [one.pk for one in found.matched] == [both.pk]
    half.refresh_from_db()
    assert half.state == "SHORTLISTED"


def test_better_rank_takes_the_only_seat_and_the_other_goes_to_the_next_choice(cast):
    first, second = cast.apply("张三", "局长", 1), cast.apply("李四", "局长", 2)
    fallback = cast.apply("李四", "招商局局长", 1, choice_no=2)
    cast.agree(first, second, fallback)
    applications_match(batch=cast.batch, actor=cast.users["人事"], **ON)
    states = [Application.objects.get(pk=one.pk).state for one in (first, second, fallback)]
    assert states == ["MATCHED", "SHORTLISTED", "MATCHED"]


def test_without_scores_the_unit_has_to_choose_between_too_many(cast):
    cast.apply("张三", "局长", None), cast.apply("李四", "局长", None)
    cast.agree(*Application.objects.all())
    found = applications_match(batch=cast.batch, actor=cast.users["人事"], **ON)
    assert found.matched == []
    assert reasons_of(found.refused) == ["双方同意的有2人，空缺1个，须由用人单位选定"] * 2


def test_seats_given_to_pairs_are_never_more_than_there_are(cast):
    rows = [cast.apply(name, "局长", place) for place, name in enumerate("甲乙丙", start=1)]
    cast.agree(*rows)
    pairs = [(one.candidacy.person_id, one.position_id) for one in rows]
    found = match_pairs(batch=cast.batch, pairs=pairs, actor=cast.users["人事"], **ON)
    assert len(found.matched) == 1
    assert reasons_of(found.refused) == ["岗位已没有空缺"] * 2
    assert seating_of(cast.round, cast.batch).vacant(cast.posts["局长"].pk) == 0


def test_seat_of_another_batch_is_not_given_twice(cast):
    later = make.a_batch(cast.round, "2", state="MATCHING")
    make.a_batch_post(later, cast.posts["局长"])
    cast.match(cast.apply("张三", "局长"))
    other = cast.apply("李四", "局长", batch=later)
    intention_record(application=other, person_agrees=True, unit_agrees=True, actor=cast.users["人事"])
    pairs = [(cast.people["李四"].pk, cast.posts["局长"].pk)]
    found = match_pairs(batch=later, pairs=pairs, actor=cast.users["人事"], **ON)
    assert reasons_of(found.refused) == ["岗位已没有空缺"]


def test_one_person_is_matched_once(cast):
    one, two = cast.apply("张三", "局长"), cast.apply("张三", "招商局局长", choice_no=2)
    cast.agree(one, two)
    person = cast.people["张三"].pk
    pairs = [(person, one.position_id), (person, two.position_id)]
    found = match_pairs(batch=cast.batch, pairs=pairs, actor=cast.users["人事"], **ON)
    assert reasons_of(found.refused) == ["此人已选定或聘任“经发局·局长”"]


def test_pair_without_the_word_of_both_is_refused_whoever_proposes_it(cast):
    one = cast.apply("张三", "局长")
    pairs = [(cast.people["张三"].pk, one.position_id), (cast.people["张三"].pk, cast.posts["主办"].pk)]
    found = match_pairs(batch=cast.batch, pairs=pairs, actor=cast.users["人事"], **ON)
    assert sorted(reasons_of(found.refused)) == ["本人没有同意", "没有可以选定的志愿", "用人单位没有意见"]


def test_unit_head_matches_for_the_own_unit_only(cast):
    head = cast.users["单位负责人"]
    Membership.objects.filter(user=head).update(unit=cast.units["经发局"])
    own, other = cast.apply("张三", "局长"), cast.apply("李四", "招商局局长")
    cast.agree(own, other)
    found = applications_match(batch=cast.batch, actor=head, **ON)
    assert [one.pk for one in found.matched] == [own.pk]
    assert found.refused == []  # of another unit's people the head is told nothing
    pair = (other.candidacy.person_id, other.position_id)
    found = match_pairs(batch=cast.batch, pairs=[pair], actor=head, **ON)
    assert reasons_of(found.refused) == ["不是本单位的岗位"]


def test_leader_does_not_match(cast):
    with pytest.raises(Refused, match="由用人单位办理"):
        match_pairs(batch=cast.batch, pairs=[], actor=cast.users["领导"], **ON)


def test_relatives_do_not_come_together_and_the_block_names_them(cast):
    head, deputy = cast.apply("张三", "局长"), cast.apply("李四", "副局长")
    couple(cast, "李四", "张三")
    cast.agree(head, deputy)
    found = applications_match(batch=cast.batch, actor=cast.users["人事"], **ON)
    assert len(found.matched) == 1
    assert reasons_of(found.refused) == [
        "李四（经发局·副局长）与张三（经发局·局长）是夫妻（妻），同一单位正职与副职，须岗位回避"
    ]


def test_relatives_of_a_person_appointed_by_the_superior_are_seen(cast):
    boss = cast.person("王五")
    make.an_appointment(cast.round, boss, cast.posts["主任"])
    one = cast.apply("张三", "局长")
    couple(cast, "王五", "张三")
    cast.agree(one)
    found = applications_match(batch=cast.batch, actor=cast.users["人事"], **ON)
    assert "上级领导与下级正职" in reasons_of(found.refused)[0]


def test_statements_do_not_grow_with_the_matches(cast):
    def run(number: int) -> int:
        rows = [cast.apply(f"众{number}{i}", "科长", i + 1) for i in range(number)]
        cast.agree(*rows)
        with CaptureQueriesContext(connection) as queries:
            applications_match(batch=cast.batch, actor=cast.users["人事"], **ON)
        return len(queries)

    run(1)
    assert run(2) == run(6)


def test_b6_says_who_has_not_spoken_and_what_stands_against_it(cast):
    matched = cast.apply("张三", "局长")
    cast.match(matched)
    cast.apply("李四", "招商局局长")
    cast.agree(cast.apply("王五", "科长"))
    facts = match_facts(cast.batch, DAY)
    assert (facts.matched, facts.shortlisted) == (1, 2)
    assert facts.unanswered == ["李四（局长）"]
    assert facts.blocks == ["1个双方同意的还没有选定：王五（科长）"]
    assert batch_inspect(facts, Call(DAY))[0] == "还有1个意向没有双方意见：李四（局长）"


def test_b6_of_mutual_selection_needs_somebody_matched(db):
    cast = a_selection("SX")
    cast.apply("张三", "主办", None, "QUALIFIED")
    cast.agree(Application.objects.get(), person=False)
    assert batch_matched(match_facts(cast.batch, DAY), Call(DAY)) == ["没有双向选定的人员"]


# --- nominations


def switched(cast: Selection, name: str, method: str = "ZP") -> None:
    cast.batch.posts.filter(position=cast.posts[name]).update(method=method)


def nominated(cast: Selection, name: str, post: str, **facts) -> Application:
    return nominate(
        batch=cast.batch,
        position=cast.posts[post],
        person=cast.people[name],
        actor=cast.users["人事"],
        on=DAY,
        **{"reason": "报名人数不足，改为直接聘任"} | facts,
    )


def test_office_nominates_for_a_switched_post(cast):
    switched(cast, "局长")
    cast.person("张三", "副局长")
    made = nominated(cast, "张三", "局长")
    sheet = Candidacy.objects.get()
    assert (made.state, sheet.source, sheet.remark) == ("MATCHED", "NOMINATED", "报名人数不足，改为直接聘任")


def test_nomination_says_everything_that_stands_against_it(cast):
    cast.person("张三", "主办")
    with pytest.raises(Refused) as refusal:
        nominated(cast, "张三", "局长", reason=" ")
    assert refusal.value.reasons == (
        "岗位的任用方式是竞岗聘任，不由组织提名",
        "须写明提名理由",
        "提拔4级，最多允许2级",
    )


def test_second_nomination_finds_no_seat(cast):
    switched(cast, "局长")
    cast.person("张三", "副局长"), cast.person("李四", "副局长")
    nominations = [Nomination(cast.people[name], cast.posts["局长"], "熟悉业务") for name in ("张三", "李四")]
    made, refused = nominations_make(
        batch=cast.batch, nominations=nominations, actor=cast.users["人事"], on=DAY
    )
    assert (len(made), reasons_of(refused)) == (1, ["岗位已没有空缺"])


def test_who_may_not_rise_is_not_nominated_higher_but_may_be_moved(cast):
    switched(cast, "局长"), switched(cast, "招商局副局长")
    person = cast.person("张三", "副局长")
    PromotionLock.objects.create(
        person=person,
        cause="D1",
        reason="年度考核不称职",
        starts_on=date(2021, 6, 1),
        ends_before=date(2023, 6, 1),
    )
    Sanction.objects.create(person=person, kind="WARNING", decided_on=date(2021, 12, 1))
    with pytest.raises(Refused) as refusal:
        nominated(cast, "张三", "局长")
    assert refusal.value.reasons == (
        "警告影响期到2022-05-31，不能提拔",
        "限制提拔到2023-05-31（年度考核不称职）",
    )
    assert nominated(cast, "张三", "招商局副局长").state == "MATCHED"


@pytest.mark.parametrize(
    ("method", "state", "good"),
    [
        ("ZP", "PUBLISHED", True),
        ("ZP", "DECIDING", False),
        ("ZZ", "PLANNED", True),
        ("ZZ", "DECIDING", False),
        ("JP", "ASSESSING", False),
    ],
)
def test_nominations_have_their_time(db, method: str, state: str, good: bool):
    cast = a_selection(method, state)
    switched(cast, "局长", method if method in ("ZP", "ZZ") else "ZP")
    cast.person("张三", "副局长")
    if good:
        assert nominated(cast, "张三", "局长").state == "MATCHED"
    else:
        with pytest.raises(Refused, match="提名须在"):
            nominated(cast, "张三", "局长")


# --- the plain way of settling it


offers = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 3)), unique_by=lambda o: o[:2], max_size=16
)


def ranked(found) -> list[Offer]:
    """Each post ranks its candidates; no two have the same place."""
    places: dict[int, int] = {}
    result = []
    for person, post, choice in found:
        places[post] = places.get(post, 0) + 1
        result.append(Offer(person, post, choice, places[post]))
    return result


@given(offers, st.dictionaries(st.integers(1, 4), st.integers(0, 3)), st.randoms())
def test_nobody_sits_twice_no_seat_is_doubled_and_order_does_not_matter(found, seats, random):
    given_ = ranked(found)
    settled = settle_offers(given_, seats)
    people = [person for person, _ in settled.pairs]
    assert len(set(people)) == len(people)
    for post in {post for _, post in settled.pairs}:
        assert sum(1 for _, other in settled.pairs if other == post) <= seats.get(post, 0)
    shuffled = list(given_)
    random.shuffle(shuffled)
    assert settle_offers(shuffled, seats) == settled


@given(offers, st.dictionaries(st.integers(1, 4), st.integers(0, 3)))
def test_no_person_and_post_would_both_rather_have_each_other(found, seats):
    given_ = ranked(found)
    settled = dict(settle_offers(given_, seats).pairs)
    by_pair = {(one.person_id, one.position_id): one for one in given_}
    for one in given_:
        held = settled.get(one.person_id)
        order = (one.choice, one.position_id)
        if held == one.position_id:
            continue
        if held is not None and (by_pair[one.person_id, held].choice, held) < order:
            continue
        inside = [by_pair[person, post] for person, post in settled.items() if post == one.position_id]
        assert len(inside) == seats.get(one.position_id, 0)
        assert all(other.rank < one.rank for other in inside)


def test_candidates_that_nobody_ranked_are_not_chosen_for_the_unit():
    found = settle_offers([Offer(1, 9, 1), Offer(2, 9, 1), Offer(3, 8, 1)], {9: 1, 8: 1})
    assert found == Settlement(((3, 8),), {9: (1, 2)})
