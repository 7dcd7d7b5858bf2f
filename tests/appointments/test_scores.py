"""成绩: totals, ranks, ties, publication, the short list, and what B5 looks at."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, Batch, ItemScore, Round
from appointments.rules.guards import Call, batch_inspect, batch_match
from appointments.selectors.assessment import score_facts, score_table
from appointments.selectors.selection import match_facts
from appointments.services.batch_posts import batch_post_switch
from appointments.services.scores import (
    applications_shortlist,
    scores_compute,
    scores_publish,
    tie_vote_record,
)
from reform.errors import Refused
from reform.models import AnnualGrade, AuditEvent, Honour, Person
from tests.appointments.assessment_cast import (
    NAMES,
    ON,
    WEIGHTS,
    an_assessment,
    compute,
    enter,
    key_of,
    lock,
    the_panel,
    vote,
    votes,
)
from tests.appointments.competition_cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return an_assessment()


def everything(cast: Cast, written: dict[str, Any], results: dict[str, Any] | None = None) -> None:
    """All sheets entered and locked; interview and votes alike for all."""
    same = dict.fromkeys(NAMES, 80)
    sheets = [enter(cast, "written", written), enter(cast, "results", results or same)]
    sheets += [enter(cast, "interview", same, member) for member in the_panel(cast)]
    sheets.append(vote(cast, dict.fromkeys(NAMES, votes(4))))
    assert lock(cast, *sheets) == []


def results_of(cast: Cast) -> dict[str, tuple[str, int | None, str]]:
    rows = Application.objects.select_related("candidacy__person")
    return {str(row.person): (str(row.total), row.rank, row.tie_decided_by) for row in rows}


# --- totals and ranks ---


def test_totals_and_ranks_from_locked_sheets(cast):
    everything(cast, {"甲": 90, "乙": 85.5, "丙": 70})
    result = compute(cast)
    assert (result.scored, result.refused, result.ties) == (3, [], [])
    # 90×35% + 80×25% + 100×25% + 80×15% = 31.5 + 20 + 25 + 12
    assert results_of(cast) == {"甲": ("88.50", 1, ""), "乙": ("86.93", 2, ""), "丙": ("81.50", 3, "")}
    steps = dict(ItemScore.objects.filter(candidacy=key_of(cast, "甲")).values_list("item", "steps"))
    assert steps == {
        "written": "评分表",
        "interview": "7名评委，去掉最高80.00、最低80.00，400.00÷5=80.00",
        "peer_vote": "A票4张均分100.00；A×40%，缺B、C票，按合计40%折算=100.00",
        "results": "评分表",
    }
    assert AuditEvent.objects.filter(action="汇总成绩").count() == 2


def test_nothing_is_computed_before_the_sheets_are_locked(cast):
    enter(cast, "written", dict.fromkeys(NAMES, 80))
    with pytest.raises(Refused, match="还有1份评分表没有锁定：笔试"):
        compute(cast)
    with pytest.raises(Refused, match="“汇总成绩”由考评组办理"):
        scores_compute(batch=cast.batch, actor=cast.office, on=ON)
    assert not ItemScore.objects.exists()


def test_who_lacks_an_item_is_refused_and_the_post_not_ranked(cast):
    lock(cast, enter(cast, "written", dict.fromkeys(NAMES, 80)))
    result = compute(cast)
    assert result.scored == 0
    # 业绩 is there: from the annual grades
    lacking = {str(one.row.person): one.reasons for one in result.refused}
    assert lacking == dict.fromkeys(NAMES, ("缺少面试、民主测评成绩",))
    assert results_of(cast)["甲"] == ("None", None, "")


def test_scores_of_a_workbook_count_where_there_is_no_sheet(cast):
    for name, score in {"甲": 90, "乙": 80, "丙": 70}.items():
        for item in WEIGHTS["*"]:
            ItemScore.objects.create(
                candidacy_id=key_of(cast, name), item=item, score=score, steps="工作簿登记"
            )
    lock(cast, enter(cast, "written", {"甲": 70, "乙": 80, "丙": 90}))
    assert compute(cast).scored == 3
    assert results_of(cast) == {"甲": ("83.00", 1, ""), "乙": ("80.00", 2, ""), "丙": ("77.00", 3, "")}


def test_results_come_from_annual_grades_where_nobody_entered_them(cast):
    Round.objects.filter(pk=cast.round.pk).update(weights={"*": {"results": 100}})
    cast.batch = Batch.objects.get(pk=cast.batch.pk)
    AnnualGrade.objects.filter(person=cast.people["乙"], year=2021).update(grade="A")
    AnnualGrade.objects.filter(person=cast.people["丙"], year=2021).update(grade="C")
    compute(cast)
    assert results_of(cast) == {"甲": ("85.00", 2, ""), "乙": ("90.00", 1, ""), "丙": ("80.00", 3, "")}
    assert (
        ItemScore.objects.get(candidacy=key_of(cast, "乙")).steps
        == "年度考核2019年85.00、2020年85.00、2021年100.00，平均90.00"
    )


def test_three_with_the_same_total_are_parted_in_the_zones_order(cast):
    # 3 points of the written test (35%) weigh as much as 7 of the results (15%)
    Person.objects.filter(pk=cast.people["丙"].pk).update(work_started_on=date(2001, 7, 1))
    everything(cast, {"甲": 77, "乙": 80, "丙": 80}, {"甲": 87, "乙": 80, "丙": 80})
    assert compute(cast).ties == []
    assert results_of(cast) == {
        "甲": ("85.00", 1, "业绩"),
        "丙": ("85.00", 2, "业绩、参加工作时间"),
        "乙": ("85.00", 3, "业绩、参加工作时间"),
    }


def test_honours_of_a_county_and_above_part_a_tie_and_say_how_many(cast):
    cast.round.policy.parameters.filter(key="round.tie_breaks").update(value=["honours", "id_number"])
    for name, level, granted_on in (
        ("乙", "CITY", date(2020, 5, 1)),
        ("乙", "COUNTY", date(2021, 5, 1)),
        ("甲", "BELOW", date(2020, 5, 1)),
        ("甲", "NATIONAL", date(2022, 3, 1)),  # after the day on which the conditions are looked at
        ("丙", "PROVINCE", date(2019, 5, 1)),
    ):
        make = {"person": cast.people[name], "name": f"先进工作者{granted_on.year}", "level": level}
        Honour.objects.create(**make, granted_on=granted_on)
    everything(cast, {"甲": 80, "乙": 80, "丙": 80})
    assert compute(cast).ties == []
    assert results_of(cast) == {
        "乙": ("85.00", 1, "县级以上荣誉2项"),
        "丙": ("85.00", 2, "县级以上荣誉1项"),
        "甲": ("85.00", 3, "县级以上荣誉0项"),
    }


def without_id_number(cast: Cast) -> None:
    """A zone whose order leaves a tie open."""
    cast.round.policy.parameters.filter(key="round.tie_breaks").update(value=["results", "vote"])


def test_a_tie_left_open_is_reported_and_settled_by_the_leaders_vote(cast):
    without_id_number(cast)
    everything(cast, {"甲": 80, "乙": 80, "丙": 70})
    (tie,) = compute(cast).ties
    assert tie == f"“{cast.first}”第1名同分85.00：甲、乙，须加试或由领导小组表决"
    assert results_of(cast)["乙"] == ("85.00", 1, "同分未决")
    applications = {str(one.person): one.pk for one in Application.objects.all()}
    record = {"batch": cast.batch, "document_no": "会纪〔2022〕1号", "on": ON}
    ballots = {applications["甲"]: 2, applications["乙"]: 7}
    with pytest.raises(Refused, match="“同分表决”由领导小组办理"):
        tie_vote_record(votes=ballots, actor=cast.panel, **record)
    with pytest.raises(Refused, match="只能对同一岗位同一名次的未决同分表决"):
        tie_vote_record(votes=ballots | {applications["丙"]: 1}, actor=cast.leader, **record)
    tie_vote_record(votes=ballots, actor=cast.leader, **record)
    assert results_of(cast) == {
        "乙": ("85.00", 1, "领导小组表决或加试"),
        "甲": ("85.00", 2, "领导小组表决或加试"),
        "丙": ("81.50", 3, ""),
    }
    assert AuditEvent.objects.get(action="同分表决").document_no == "会纪〔2022〕1号"


def test_all_those_tied_are_voted_on_together(cast):
    without_id_number(cast)
    everything(cast, dict.fromkeys(NAMES, 80))
    compute(cast)
    keys = list(Application.objects.values_list("pk", flat=True))
    with pytest.raises(Refused, match="同分的有3人，须一并表决"):
        tie_vote_record(
            batch=cast.batch, votes=dict.fromkeys(keys[:2], 1), document_no="1", actor=cast.leader, on=ON
        )


# --- publication, B5, short list ---


def test_results_are_published_when_everybody_has_a_rank(cast):
    with pytest.raises(Refused, match="还有3个志愿没有综合成绩和排名：甲、乙、丙"):
        scores_publish(batch=cast.batch, actor=cast.office, on=ON)
    everything(cast, {"甲": 90, "乙": 85, "丙": 70})
    compute(cast)
    assert batch_match(score_facts(cast.batch, ON), Call(ON)) == ["成绩还没有公布"]
    scores_publish(batch=cast.batch, actor=cast.office, on=ON)
    assert batch_match(score_facts(cast.batch, ON), Call(ON)) == []
    with pytest.raises(Refused, match="成绩已于2022-01-16公布"):
        scores_publish(batch=cast.batch, actor=cast.office, on=ON)


def test_results_that_change_have_to_be_published_anew(cast):
    everything(cast, {"甲": 90, "乙": 85, "丙": 70})
    compute(cast)
    scores_publish(batch=cast.batch, actor=cast.office, on=ON)
    compute(cast)
    assert Batch.objects.get(pk=cast.batch.pk).scores_published_on == ON
    cast.applied("丁", "QUALIFIED")
    compute(cast)
    assert Batch.objects.get(pk=cast.batch.pk).scores_published_on is None


def test_what_b5_misses_is_said_for_each_person(cast):
    AnnualGrade.objects.filter(person=cast.people["乙"]).delete()
    assert score_facts(cast.batch, ON).missing == [
        *("甲笔试", "甲面试", "甲民主测评"),
        *("乙笔试", "乙面试", "乙民主测评", "乙业绩"),
        *("丙笔试", "丙面试", "丙民主测评"),
    ]
    enter(cast, "written", dict.fromkeys(NAMES, 80))
    assert score_facts(cast.batch, ON).unlocked == ["笔试"]


def test_the_short_list_is_twice_the_seats(cast):
    everything(cast, {"甲": 90, "乙": 85, "丙": 70})
    compute(cast)
    with pytest.raises(Refused, match="成绩还没有公布"):
        applications_shortlist(batch=cast.batch, actor=cast.office, on=ON)
    scores_publish(batch=cast.batch, actor=cast.office, on=ON)
    cast.to("MATCHING")
    result = applications_shortlist(batch=cast.batch, actor=cast.office, on=ON)
    assert (result.chosen, result.refused) == (2, [])
    states = {str(one.person): one.state for one in Application.objects.all()}
    assert states == {"甲": "SHORTLISTED", "乙": "SHORTLISTED", "丙": "SCORED"}


def test_nobody_is_listed_before_the_ranks_are_final(cast):
    everything(cast, {"甲": 90, "乙": 85, "丙": 70})
    compute(cast)
    scores_publish(batch=cast.batch, actor=cast.office, on=ON)
    with pytest.raises(Refused, match="批次在“考评”，转入双向选择后才能确定入围人员"):
        applications_shortlist(batch=cast.batch, actor=cast.office, on=ON)


def test_b6_waits_for_the_short_list(cast):
    everything(cast, {"甲": 90, "乙": 85, "丙": 70})
    compute(cast)
    scores_publish(batch=cast.batch, actor=cast.office, on=ON)
    cast.to("MATCHING")
    assert batch_inspect(match_facts(cast.batch, ON), Call(ON)) == [
        "没有入围人员",
        "在考察名额内还有2个没有列入考察：甲（综合科科长）、乙（综合科科长）",
    ]
    applications_shortlist(batch=cast.batch, actor=cast.office, on=ON)
    assert match_facts(cast.batch, ON).unlisted == []


def test_batch_whose_posts_were_all_switched_has_nobody_to_assess(cast):
    for post in cast.batch.posts.select_related("batch__round__zone", "position__unit"):
        batch_post_switch(post=post, method="ZP", actor=cast.office, on=ON, reason="不足2:1")
    assert batch_match(score_facts(cast.batch, ON), Call(ON)) == []


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "-1", "100.01"])
def test_what_is_no_score_is_refused(cast, typed: str):
    with pytest.raises(Refused, match=f"甲得分{typed}，须在0—100之间"):
        enter(cast, "written", {"甲": typed})


def test_the_score_table_shows_items_totals_and_how_they_came_about(cast):
    everything(cast, {"甲": 90, "乙": 85, "丙": 70})
    compute(cast)
    first, second = score_table(cast.batch)
    assert (first.position, first.seats, first.cut) == (cast.first, 1, 2)
    assert first.items[0] == ("written", "笔试", 35)
    assert [str(row.application.person) for row in first.rows] == ["甲", "乙", "丙"]
    assert first.rows[0].total_steps == ("笔试90.00×35%+面试80.00×25%+民主测评100.00×25%+业绩80.00×15%=88.50")
    assert second.rows == ()
    # Who is proposed elsewhere is withdrawn here, and was first all the same.
    Application.objects.filter(candidacy__person=cast.people["甲"]).update(state="WITHDRAWN")
    first, _ = score_table(cast.batch)
    assert [str(row.application.person) for row in first.rows] == ["甲", "乙", "丙"]


def test_statements_do_not_grow_with_the_applicants(cast):
    def run(names: str) -> tuple[int, int, int]:
        for name in names:
            row = cast.applied(name, "QUALIFIED")
            for item in WEIGHTS["*"]:
                ItemScore.objects.create(
                    candidacy_id=row.candidacy_id, item=item, score=80, steps="工作簿登记"
                )
        with CaptureQueriesContext(connection) as computed:
            compute(cast)
        with CaptureQueriesContext(connection) as table:
            score_table(cast.batch)
        with CaptureQueriesContext(connection) as facts:
            score_facts(cast.batch, ON)
        return len(computed), len(table), len(facts)

    Application.objects.all().delete()
    run("丁")
    few, many = run("戊己"), run("庚辛壬癸子丑")
    assert all(later <= earlier for earlier, later in zip(few, many, strict=True))
