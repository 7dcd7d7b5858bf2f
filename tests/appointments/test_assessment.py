"""考评: panel, sheets, ballots and locks."""

from decimal import Decimal as D

import pytest

from appointments.models import BallotCount, PanelMember, ScoreSheet
from appointments.rules.assessment import Ballots
from appointments.rules.guards import Call, batch_match
from appointments.selectors.assessment import score_facts
from appointments.services.assessment import (
    PanelEntry,
    panel_set,
    score_sheet_enter,
)
from reform.errors import Refused
from reform.models import Kinship
from tests.appointments.assessment_cast import (
    NAMES,
    ON,
    an_assessment,
    by_key,
    compute,
    enter,
    key_of,
    lock,
    the_panel,
    vote,
    votes,
)
from tests.appointments.competition_cast import Cast
from tests.factories import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return an_assessment()


# --- the panel ---


def test_a_panel_is_set_and_changed_until_a_member_has_scored(cast):
    members = the_panel(cast)
    assert len(members) == 7
    assert len(the_panel(cast, 5)) == 5
    enter(cast, "interview", {"甲": 80}, PanelMember.objects.first())
    with pytest.raises(Refused, match="评委1已有评分表，不能退出考评组"):
        panel_set(batch=cast.batch, members=[PanelEntry("新人")], actor=cast.office, on=ON)
    with pytest.raises(Refused, match="同一评委填了两次"):
        panel_set(
            batch=cast.batch, members=[PanelEntry("评委1"), PanelEntry("评委1 ")], actor=cast.office, on=ON
        )


@pytest.mark.parametrize(("size", "reason"), [(5, "考评组5人，至少7人"), (8, "考评组8人，须为单数")])
def test_size_and_odd_number_are_looked_at_when_results_are_published(cast, size, reason):
    the_panel(cast, size)
    assert reason in batch_match(score_facts(cast.batch, ON), Call(ON))


# --- sheets ---


def test_the_office_enters_from_paper_a_member_only_the_own_sheet(cast):
    mine, other = the_panel(cast, 3, user_id=cast.panel.pk)[:2]
    assert enter(cast, "interview", {"甲": 88.5}, mine, cast.panel).member == mine
    assert enter(cast, "interview", {"甲": 88.5}, other).entered_by == cast.office
    with pytest.raises(Refused, match="只能录入本人的评分表，这一份是评委2的"):
        enter(cast, "interview", {"甲": 88.5}, other, cast.panel)
    with pytest.raises(Refused, match="“录入评分”由聘任办公室办理"):
        enter(cast, "written", {"甲": 90}, None, cast.panel)


def test_scores_are_within_bounds_and_of_this_batch(cast):
    outsider = cast.applied("丁", "REJECTED")
    with pytest.raises(Refused) as refused:
        score_sheet_enter(
            batch=cast.batch,
            item="written",
            scores=by_key(cast, {"甲": 101, "乙": "80.125"}) | {outsider.candidacy_id: D(80)},
            actor=cast.office,
            on=ON,
        )
    assert refused.value.reasons == (
        "甲得分101，须在0—100之间",
        "乙得分80.125，最多两位小数",
        f"报名表{outsider.candidacy_id}不在本批次的考评对象中，或不考笔试",
    )


def test_each_item_has_its_own_kind_of_sheet(cast):
    member = the_panel(cast)[0]
    with pytest.raises(Refused, match="笔试不由评委分别评分"):
        enter(cast, "written", {"甲": 80}, member)
    with pytest.raises(Refused, match="面试由每个评委评分"):
        enter(cast, "interview", {"甲": 80})
    with pytest.raises(Refused, match="民主测评按票数登记"):
        enter(cast, "peer_vote", {"甲": 80})
    with pytest.raises(Refused, match="本批次的考评权重中没有适岗评价"):
        enter(cast, "fitness", {"甲": 80})


def test_a_member_scores_neither_himself_nor_a_relative(cast):
    brother = cast.person("戊")
    Kinship.objects.create(person=cast.people["甲"], relative=brother, relative_name="戊", relation="71")
    member = the_panel(cast, person_id=brother.pk)[0]
    with pytest.raises(Refused) as refused:
        enter(cast, "interview", {"甲": 90, "乙": 80}, member)
    assert refused.value.reasons == ("评委1与甲是三代以内旁系血亲，须回避，不能评分",)
    enter(cast, "interview", {"乙": 80, "丙": 80}, member)
    assert lock(cast, ScoreSheet.objects.get()) == []  # 甲 is not missing from this sheet


def test_a_candidate_on_the_panel_does_not_score_himself(cast):
    member = the_panel(cast, person_id=cast.people["乙"].pk)[0]
    with pytest.raises(Refused, match="评委1就是乙本人，须回避，不能评分"):
        enter(cast, "interview", {"乙": 99}, member)


def test_a_relative_from_outside_is_known_by_name_and_workplace(cast):
    Kinship.objects.create(
        person=cast.people["丙"], relative_name="评委2", relation="12", workplace="省人社厅人事处"
    )
    second = the_panel(cast)[1]
    with pytest.raises(Refused, match="评委2与丙是夫妻，须回避，不能评分"):
        enter(cast, "interview", {"丙": 90}, second)


def test_a_relation_that_becomes_known_later_is_a_breach(cast):
    brother = cast.person("戊")
    member = the_panel(cast, person_id=brother.pk)[0]
    enter(cast, "interview", dict.fromkeys(NAMES, 80), member)
    Kinship.objects.create(person=brother, relative=cast.people["甲"], relative_name="甲", relation="73")
    breach = "评委1给甲（三代以内旁系血亲）评了分，须回避"
    assert score_facts(cast.batch, ON).breaches == [breach]
    with pytest.raises(Refused, match=breach):
        compute(cast)


def test_only_who_began_a_sheet_goes_on_with_it(cast):
    enter(cast, "written", {"甲": 80})
    sheet = enter(cast, "written", {"甲": 81, "乙": 70})
    enter(cast, "written", {"乙": None})
    assert [(one.candidacy_id, one.score) for one in sheet.entries.all()] == [(key_of(cast, "甲"), D(81))]
    other = a_user(cast.zone, "人事", "另一人", first_name="", last_name="")
    with pytest.raises(Refused, match="评分表“笔试”由人事录入，只能由其修改"):
        enter(cast, "written", {"甲": 60}, actor=other)


def test_a_second_person_locks_and_then_nothing_changes(cast):
    sheet = enter(cast, "written", {"甲": 80, "乙": 70})
    (refusal,) = lock(cast, sheet)
    assert refusal.reasons == ("还有1人没有得分（缺考的填0）：丙",)
    enter(cast, "written", {"丙": 0})
    (refusal,) = lock(cast, sheet, actor=cast.office)
    assert refusal.reasons == ("录入人不能锁定自己的评分表",)
    assert lock(cast, sheet) == []
    with pytest.raises(Refused, match="评分表“笔试”已于2022-01-16锁定，不能再改"):
        enter(cast, "written", {"甲": 99})
    (refusal,) = lock(cast, sheet)
    assert "已于2022-01-16锁定" in refusal.reasons
    with pytest.raises(Refused, match="“锁定评分表”由考评组办理"):
        lock(cast, sheet, actor=cast.supervisor)


def test_sheets_are_entered_while_the_batch_is_assessed(cast):
    cast.to("SCREENING")
    with pytest.raises(Refused, match="批次在“资格审查”，不在考评阶段"):
        enter(cast, "written", {"甲": 80})


# --- ballots ---


def test_ballots_that_do_not_add_up_are_refused_with_the_figures(cast):
    wrong = Ballots(expected=5, present=6, issued=6, returned=6, good=4, better=0, fair=0, poor=0)
    with pytest.raises(Refused) as refused:
        vote(cast, {"甲": wrong}, "D")
    assert refused.value.reasons == (
        "甲：没有“D”这种票，可填A、B、C",
        "甲D票：实到6，多于应到5",
        "甲D票：收回6票，各选项、弃权和作废合计4票，不相等",
    )
    assert not BallotCount.objects.exists()


def test_ballots_are_corrected_until_a_second_person_locks_them(cast):
    vote(cast, {"甲": votes(2)})
    sheet = vote(cast, {"甲": votes(3), "乙": votes(2)})
    assert BallotCount.objects.get(candidacy=key_of(cast, "甲")).good == 3
    vote(cast, {"丙": votes(1)}, "C")
    (refusal,) = lock(cast, sheet, actor=cast.office)
    assert refusal.reasons == ("录入人不能锁定自己的评分表",)
    assert lock(cast, sheet) == []
    with pytest.raises(Refused, match="民主测评已于2022-01-16锁定，不能再改"):
        vote(cast, {"甲": votes(9)})
