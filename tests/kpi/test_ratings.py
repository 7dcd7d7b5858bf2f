"""民主测评: who is asked about whom, what a sheet must be, and what is shown of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kpi.models import Exclusion, PersonResult, RatingBallot, RatingTask
from kpi.rules.raters import Member, rating_pairs
from kpi.selectors.ratings import rating_cycles, rating_progress, rating_sheet
from kpi.services.ratings import rating_submit, rating_tasks_make
from kpi.services.results import results_compute
from reform.errors import Refused
from reform.models import PolicyParameter, Tenure
from reform.services import KinshipEntry, kinships_register
from tests import factories as make
from tests.kpi import casts
from tests.kpi.rating_cast import ON, a_quarter, asked, marks, submit

MOST = {"leaders": 3, "unit": 4, "peers": 4}
HEAD = 70


# --- who rates whom: the rule


def pairs(members, avoided=(), most=MOST):
    found = rating_pairs(members, head_rank=HEAD, avoided=set(map(frozenset, avoided)), most=most)
    return {(one.rater, one.ratee): one.group for one in found}


def a_unit(number: int, *ranks: int) -> list[Member]:
    return [
        Member(number * 10 + place, number, (99,), f"L{rank}", rank, rank >= 60)
        for place, rank in enumerate(ranks)
    ]


def test_staff_are_rated_by_their_leaders_themselves_their_unit_and_equals():
    found = pairs([*a_unit(1, 70, 30, 30), *a_unit(2, 70, 30)])
    about = {rater: group for (rater, ratee), group in found.items() if ratee == 11}
    assert about == {10: "leaders", 11: "self", 12: "unit", 21: "peers"}


def test_head_is_rated_by_the_team_above_and_by_their_staff():
    found = pairs([*a_unit(1, 70, 30), *a_unit(2, 70), *a_unit(3, 90, 80)])
    about = {rater: group for (rater, ratee), group in found.items() if ratee == 10}
    assert about == {30: "leaders", 31: "leaders", 10: "self", 11: "unit", 20: "peers"}


def test_where_the_only_leader_is_a_relative_the_team_rates():
    found = pairs([*a_unit(1, 70, 30), *a_unit(3, 90)], avoided=[(10, 11)])
    about = {rater: group for (rater, ratee), group in found.items() if ratee == 11}
    assert about == {30: "leaders", 11: "self"}


MEMBERS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([30, 50, 60, 70, 90])), min_size=1, max_size=25
).map(
    lambda rows: [
        Member(number, unit, (unit % 2 + 90,), f"L{rank}", rank, rank >= 60)
        for number, (unit, rank) in enumerate(rows)
    ]
)


@given(MEMBERS, st.sets(st.tuples(st.integers(0, 24), st.integers(0, 24))))
def test_nobody_rates_a_relative_or_somebody_twice_and_limits_hold(members, related):
    related = {pair for pair in related if pair[0] != pair[1]}
    found = rating_pairs(members, head_rank=HEAD, avoided=set(map(frozenset, related)), most=MOST)
    assert len({(one.rater, one.ratee) for one in found}) == len(found)
    avoided = set(map(frozenset, related))
    assert not [one for one in found if frozenset((one.rater, one.ratee)) in avoided]
    for member in members:
        for group, most in MOST.items():
            raters = [one for one in found if one.ratee == member.person and one.group == group]
            assert len(raters) <= most
        assert [one.rater for one in found if one.ratee == member.person and one.group == "self"] == [
            member.person
        ]


def test_colleagues_of_a_large_unit_share_the_work_evenly():
    found = pairs(a_unit(1, *[30] * 20))
    loads = [sum(1 for rater, _ in found if rater == one) for one in range(10, 30)]
    assert set(loads) == {1 + MOST["unit"]}


# --- asking


@pytest.fixture
def cast(db) -> casts.Cast:
    return a_quarter()


def groups_about(cast, name):
    tasks = RatingTask.objects.filter(cycle=cast.cycle, ratee=cast.people[name]).select_related("rater")
    return {one.rater.name: one.group for one in tasks}


def test_tasks_follow_the_posts_of_the_day(cast):
    made = rating_tasks_make(cycle=cast.cycle, actor=cast.office, on=ON)
    assert made.created == RatingTask.objects.count()
    about = groups_about(cast, "经乙")
    assert about["经甲"] == "LEADER"
    assert about["经乙"] == "SELF"
    assert about["经丙"] == "UNIT"
    assert {name for name, group in about.items() if group == "PEER"} == {"招乙", "招丙", "规乙", "规丙"}
    assert {name for name, group in groups_about(cast, "经甲").items() if group == "LEADER"} == {
        "主任",
        "副主任",
    }
    assert made.lacking == (
        "主任没有“领导评价”的评议人",
        "副主任没有“本单位互评”的评议人",
        "主任、副主任没有“同级互评”的评议人",
    )


def test_who_is_excluded_or_has_left_or_comes_later_is_not_asked(cast):
    Exclusion.objects.create(
        cycle=cast.cycle, person=cast.people["经丙"], cause="LEAVE", entered_by=cast.office
    )
    Tenure.objects.filter(person=cast.people["招丙"]).update(ends_before=date(2022, 2, 1))
    Tenure.objects.filter(person=cast.people["规丙"]).update(starts_on=date(2022, 4, 1))
    asked(cast)
    named = {one.rater.name for one in RatingTask.objects.select_related("rater")}
    assert named == set(cast.people) - {"经丙", "招丙", "规丙"}


def test_relatives_do_not_rate_each_other(cast):
    one, other = cast.people["经甲"], cast.people["经乙"]
    entry = KinshipEntry(one.pk, other.name, "12", relative_id=other.pk)
    kinships_register(zone=cast.zone, entries=[entry], actor=cast.office)
    asked(cast)
    assert not RatingTask.objects.filter(rater=one, ratee=other).exists()
    assert not RatingTask.objects.filter(rater=other, ratee=one).exists()
    assert {name for name, group in groups_about(cast, "经乙").items() if group == "LEADER"} == {
        "主任",
        "副主任",
    }


def test_asked_again_only_what_differs_changes_and_what_is_done_stays(cast):
    cycle = asked(cast)
    submit(cycle, cast.people["经乙"])
    again = rating_tasks_make(cycle=cycle, actor=cast.office, on=ON)
    assert (again.created, again.removed) == (0, 0)
    Exclusion.objects.create(cycle=cycle, person=cast.people["经丙"], cause="LEAVE", entered_by=cast.office)
    rating_tasks_make(cycle=cycle, actor=cast.office, on=ON)
    about = RatingTask.objects.filter(ratee=cast.people["经丙"])
    assert [(one.rater.name, one.done) for one in about] == [("经乙", True)]


def test_asking_takes_as_many_statements_for_many_as_for_few(cast):
    counts = []
    for more in (0, 8):
        for number in range(more):
            person = make.a_person(cast.zone, f"新{number}")
            make.a_tenure(person, make.a_position(cast.units[0], f"新{number}", "L30"), date(2021, 1, 1))
        RatingTask.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            asked(cast)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_only_the_office_asks_and_only_while_a_quarter_is_collected(cast):
    with pytest.raises(Refused, match="考核办"):
        rating_tasks_make(cycle=cast.cycle, actor=cast.leader, on=ON)
    cast.cycle.state = "CALIBRATING"
    type(cast.cycle).objects.filter(pk=cast.cycle.pk).update(state="CALIBRATING")
    with pytest.raises(Refused, match="民主测评在填报、核验和评分阶段进行"):
        rating_tasks_make(cycle=cast.cycle, actor=cast.office, on=ON)


def test_year_is_not_rated(db):
    cast = casts.a_cast()
    casts.collecting(cast)
    with pytest.raises(Refused, match="只有没有得分公式的季度考核"):
        rating_tasks_make(cycle=cast.cycle, actor=cast.office, on=ON)


def test_year_is_rated_where_the_policy_takes_a_years_end(db):
    cast = casts.a_cast(staff=2)
    PolicyParameter.objects.filter(key="kpi.personal_preset").update(value="YEAR_END")
    casts.collecting(cast)
    assert rating_tasks_make(cycle=cast.cycle, actor=cast.office, on=ON).created
    rater = RatingTask.objects.filter(cycle=cast.cycle).earliest("pk").rater
    weights = {key: int(weight) for key, _, weight in rating_sheet(cast.cycle, rater, ON).factors}
    assert weights == {"virtue": 15, "ability": 15, "diligence": 10, "results": 50, "integrity": 10}


# --- a sheet


def test_whole_sheet_is_taken_at_once_and_only_once(cast):
    cycle, rater = asked(cast), cast.people["经乙"]
    asked_of = RatingTask.objects.filter(rater=rater).count()
    assert rating_cycles(rater) == [(cycle, asked_of)]
    assert submit(cycle, rater) == asked_of == RatingBallot.objects.count()
    assert RatingTask.objects.filter(rater=rater, done=True).count() == asked_of
    assert rating_cycles(rater) == []
    with pytest.raises(Refused, match="已经提交过"):
        submit(cycle, rater)


def test_part_of_a_sheet_a_stranger_and_a_score_outside_are_all_told(cast):
    cycle, rater = asked(cast), cast.people["经乙"]
    ballots = {
        rater.pk: marks(101),
        cast.people["经丙"].pk: {"virtue": Decimal(80)},
        cast.people["招甲"].pk: marks(80),
    }
    with pytest.raises(Refused) as told:
        rating_submit(cycle=cycle, rater=rater, ballots=ballots, on=ON)
    words = "\n".join(told.value.reasons)
    assert "还没有评：" in words
    assert "不由您评议" in words
    assert "经乙：德评分须在0到100之间，现为101" in words
    assert "经丙：缺少能、勤、绩、廉的评分" in words
    assert not RatingBallot.objects.exists()
    assert not RatingTask.objects.filter(done=True).exists()


def test_excellent_tickets_are_at_most_a_fifth_of_the_peers(cast):
    cycle, rater = asked(cast), cast.people["经乙"]
    assert rating_sheet(cycle, rater, ON).most_excellent == 1  # of the head, a colleague and four equals
    with pytest.raises(Refused, match="评价6人，其中优秀票2张（90分及以上），超过20%，最多1张"):
        submit(cycle, rater, 85, 经丙=95, 招乙=90)
    submit(cycle, rater, 85, 经丙=95, 经乙=99)
    assert RatingBallot.objects.filter(excellent=True).count() == 2  # their own does not count as peers'


def test_sheet_is_refused_once_results_are_computed(cast):
    cycle = asked(cast)
    type(cycle).objects.filter(pk=cycle.pk).update(state="CALIBRATING")
    with pytest.raises(Refused, match="民主测评在"):
        submit(cycle, cast.people["经乙"])
    assert rating_cycles(cast.people["经乙"]) == []


# --- what is shown, and what counts


def test_progress_counts_by_unit_and_group(cast):
    cycle = asked(cast)
    submit(cycle, cast.people["经乙"])
    lines = {(one.unit, one.group): (one.asked, one.done) for one in rating_progress(cycle, ON)}
    assert lines["经济发展局", "自评"] == (3, 1)
    assert lines["经济发展局", "同级互评"] == (10, 4)
    assert lines["招商局", "自评"] == (3, 0)
    with CaptureQueriesContext(connection) as queries:
        rating_progress(cycle, ON)
    assert len(queries) == 2


def test_ballots_make_the_personal_score_of_the_quarter(cast):
    cycle = asked(cast)
    for person in cast.people.values():
        submit(cycle, person, 85, **{person.name: 95})
    type(cycle).objects.filter(pk=cycle.pk).update(state="CALIBRATING")
    cycle.refresh_from_db()
    results_compute(cycle=cycle, actor=cast.office)
    result = PersonResult.objects.get(cycle=cycle, person=cast.people["经乙"], current=True)
    # 85×60% + (95×10% + 85×55% + 85×35%)×40%
    assert result.personal == Decimal("85.40")
