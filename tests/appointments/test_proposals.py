"""考察, 拟聘名单, approval and vote: what voids an approval, who may not give it, what the vote does."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, Meeting, ProposalList
from appointments.rules.guards import Call, batch_decide, batch_publicize
from appointments.selectors.selection import decide_facts, inspect_facts
from appointments.services.proposals import (
    VoteEntry,
    application_terms_set,
    meeting_record,
    on_publicized,
    proposal_approve,
    proposal_freeze,
    proposal_makers,
)
from reform.errors import Refused, StaleState
from reform.models import AuditEvent, Kinship, RowChange, Sanction
from reform.services import audit_record, edit, save_all
from tests import factories as make
from tests.appointments.selection_cast import DAY, Selection, a_selection, four_matched, rows_of


@pytest.fixture
def cast(db: None) -> Selection:
    return four_matched()


def inspected(cast: Selection) -> None:
    cast.inspect(*rows_of(cast))


# --- freezing


def test_list_holds_the_change_of_each_against_the_baseline(cast):
    rows = cast.freeze().rows.order_by("id")
    found = {(row.application.person.name, row.change, row.steps, row.former_post) for row in rows}
    assert found == {
        ("升", "PROMOTION", 1, "经发局·副局长"),
        ("平", "LATERAL", 0, "经发局·副局长"),
        ("降", "DEMOTION", 1, "经发局·综合科·科长"),
        ("新", "NEW", None, ""),
    }


def test_list_that_still_holds_is_not_made_again(cast):
    first = cast.freeze()
    assert cast.freeze() == first
    application_terms_set(
        application=rows_of(cast)[1],
        held_level="L50",
        held_level_reason="高职低聘",
        actor=cast.users["人事"],
    )
    second = cast.freeze()
    assert second.number == 2
    row = second.rows.get(application=rows_of(cast)[1])
    assert (row.held_level, row.change, row.steps) == ("L50", "DEMOTION", 1)


def test_level_that_differs_from_the_post_needs_its_reason(cast):
    with pytest.raises(Refused, match="任职层级与岗位层级不同，须写明原因"):
        application_terms_set(application=rows_of(cast)[1], held_level="L50", actor=cast.users["人事"])


def test_list_is_not_frozen_with_a_leap_or_a_sanctioned_promotion_on_it(cast):
    cast.to("MATCHING")
    cast.match(
        cast.apply("跳", "招商局局长", before="副科长"), cast.apply("越", "招商局副局长", 2, before="副科长")
    )
    cast.to("INSPECTING")
    Sanction.objects.create(person=cast.people["升"], kind="INVESTIGATION", decided_on=date(2022, 1, 3))
    with pytest.raises(Refused) as refusal:
        cast.freeze()
    assert refusal.value.reasons == (
        "升：立案审查尚未结束，不能提拔",
        "跳：提拔3级，最多允许2级",
        "越：提拔2级是越级，须写明理由",
    )


def test_nobody_matched_no_list(db):
    cast = a_selection(state="INSPECTING")
    with pytest.raises(Refused, match="没有选定的人选"):
        cast.freeze()


def test_leader_does_not_make_the_list(cast):
    with pytest.raises(Refused, match="由聘任办公室办理"):
        proposal_freeze(batch=cast.batch, actor=cast.users["领导"], on=DAY)


def test_b7_asks_for_a_list_and_for_a_new_one_after_a_change(cast):
    inspected(cast)
    assert batch_decide(inspect_facts(cast.batch, DAY), Call(DAY)) == ["拟聘名单还没有编制"]
    cast.freeze()
    assert batch_decide(inspect_facts(cast.batch, DAY), Call(DAY)) == []
    cast.inspect(rows_of(cast)[0], material="有新的情况")
    assert batch_decide(inspect_facts(cast.batch, DAY), Call(DAY)) == ["拟聘名单编制后有改动，须重新编制"]


# --- approval


def test_who_had_a_hand_in_any_row_behind_a_list_is_one_of_its_makers(cast):
    inspected(cast)
    proposal = cast.freeze()
    users = cast.users
    assert proposal_makers(proposal) == {users["人事"].pk, users["考察组"].pk}
    clerk, stranger = make.a_user(cast.zone, "人事"), make.a_user(cast.zone, "人事")
    sheet = rows_of(cast)[0].candidacy
    event = audit_record(actor=clerk, action="修改报名表", zone=cast.zone)
    save_all(event, changed=[edit(sheet, achievements="主持园区招商")])
    other = make.an_application(cast.batch, cast.person("外"), cast.posts["主办"])
    event = audit_record(actor=stranger, action="修改志愿", zone=cast.zone)
    save_all(event, changed=[edit(other, choice_no=2)])
    assert proposal_makers(proposal) == {users["人事"].pk, users["考察组"].pk, clerk.pk}


def test_maker_does_not_approve_even_as_a_leader(cast):
    both = make.a_user(cast.zone, "领导")
    both.groups.add(cast.users["人事"].groups.get())
    proposal = proposal_freeze(batch=cast.batch, actor=both, on=DAY)
    with pytest.raises(Refused, match="编制与审批须由不同的人办理"):
        proposal_approve(proposal=proposal, actor=both, on=DAY)
    proposal_approve(proposal=proposal, actor=cast.users["领导"], on=DAY)
    assert proposal.approved_by_id == cast.users["领导"].pk


def test_office_does_not_approve(cast):
    with pytest.raises(Refused, match="由领导小组办理"):
        proposal_approve(proposal=cast.freeze(), actor=cast.users["人事"], on=DAY)


def test_of_two_who_approve_at_the_same_moment_the_second_is_told_who_was_first(cast):
    mine = cast.freeze()
    yours = ProposalList.objects.get(pk=mine.pk)
    second = make.a_user(cast.zone, "领导", first_name="钱副书记")
    cast.users["领导"].first_name = "赵书记"
    cast.users["领导"].save()
    proposal_approve(proposal=mine, actor=cast.users["领导"], on=DAY)
    changes = RowChange.objects.count()
    with pytest.raises(StaleState, match="刚由赵书记审批"):
        proposal_approve(proposal=yours, actor=second, on=DAY)
    assert RowChange.objects.count() == changes
    assert AuditEvent.objects.filter(action="审批拟聘名单").count() == 1


@pytest.mark.parametrize("change", ["terms", "inspection", "row", "member"])
def test_change_after_the_approval_voids_it(cast, change: str):
    inspected(cast)
    proposal = cast.freeze()
    cast.vote(proposal)
    cast.to("DECIDING")
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == []
    one = rows_of(cast)[0]
    if change == "terms":
        application_terms_set(
            application=one, superior_document_no="市组〔2022〕1号", actor=cast.users["人事"]
        )
    elif change == "inspection":
        cast.to("INSPECTING")
        cast.inspect(one, material="有新的情况")
    elif change == "row":
        event = audit_record(actor=cast.users["人事"], action="改", zone=cast.zone)
        save_all(event, changed=[edit(proposal.rows.get(application=one), change="LATERAL")])
    else:
        cast.to("MATCHING")
        cast.match(cast.apply("补", "科长"))
    assert "审批后名单有改动，审批已失效，须重新编制和审批" in batch_publicize(
        decide_facts(cast.batch, DAY), Call(DAY)
    )


def test_list_that_changed_since_it_was_made_is_not_approved(cast):
    proposal = cast.freeze()
    application_terms_set(application=rows_of(cast)[0], exception_reason="工作急需", actor=cast.users["人事"])
    with pytest.raises(Refused, match="拟聘名单编制后有改动，须重新编制"):
        proposal_approve(proposal=proposal, actor=cast.users["领导"], on=DAY)
    cast.freeze()
    with pytest.raises(Refused, match="已有更新的"):
        proposal_approve(proposal=proposal, actor=cast.users["领导"], on=DAY)


# --- vote


def record(cast: Selection, proposal: ProposalList, votes: list[VoteEntry], **facts) -> None:
    meeting_record(
        proposal=proposal,
        actor=cast.users["人事"],
        votes=votes,
        **{"held_on": DAY, "minutes_no": "会纪1号", "members": 9, "present": 9, "on": DAY} | facts,
    )


def test_vote_that_does_not_add_up_is_refused_with_the_figures(cast):
    proposal = cast.freeze()
    first, second, *_ = proposal.rows.order_by("id")
    votes = [VoteEntry(first, 6, 1), VoteEntry(second, 7, 1, recused=("王五", "王五"))]
    with pytest.raises(Refused) as refusal:
        record(
            cast, proposal, votes, held_on=date(2022, 1, 10), minutes_no="", present=8, absent=("甲", "乙")
        )
    assert refusal.value.reasons == (
        "须填写会议纪要文号",
        "会议日期2022-01-10早于名单编制日期2022-01-18",
        "写了2个缺席姓名，应到减实到是1人",
        "缺少降、新的表决结果",
        "升：同意、反对、弃权、回避合计7，实到8人，不相等",
        "平：同意、反对、弃权、回避合计10，实到8人，不相等",
        "平：回避2人，写了1个姓名",
    )


def test_meeting_is_not_registered_before_it_was_held(cast):
    proposal = cast.freeze()
    votes = [VoteEntry(row, 9) for row in proposal.rows.order_by("id")]
    with pytest.raises(Refused, match="会议日期2022-01-20还没有到，今天是2022-01-18"):
        record(cast, proposal, votes, held_on=date(2022, 1, 20))


def test_vote_typed_wrong_is_corrected_until_it_is_carried_out(cast):
    inspected(cast)
    cast.to("DECIDING")
    proposal = cast.freeze()
    cast.vote(proposal, 3, 9, 9, 9)
    votes = [VoteEntry(row, 8, recused=("赵",)) for row in proposal.rows.order_by("id")]
    record(cast, proposal, votes, minutes_no="会纪2号")
    meeting = Meeting.objects.get(proposal=proposal)
    assert meeting.minutes_no == "会纪2号"
    assert [(one.in_favour, one.against, one.recused_names) for one in meeting.votes.all()] == [
        (8, 0, "赵")
    ] * 4
    assert (
        RowChange.objects.filter(event__action="更正研究会议", model="appointments.MeetingVote").count() == 4
    )
    cast.to("PUBLICITY")
    on_publicized(batch=cast.batch, actor=cast.users["领导"], on=DAY)
    with pytest.raises(Refused, match="已按登记的表决办理，会议不能再改"):
        record(cast, proposal, votes)


def test_another_recusal_does_not_stand_for_the_relative(cast):
    boss = cast.person("王书记")
    make.a_tenure(boss, cast.posts["主任"], date(2021, 1, 1))
    proposal = cast.freeze()
    proposal_approve(proposal=proposal, actor=cast.users["领导"], on=DAY)
    record(cast, proposal, [VoteEntry(row, 8, recused=("李委员",)) for row in proposal.rows.order_by("id")])
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == []
    Kinship.objects.create(person=cast.people["升"], relative=boss, relative_name="王书记", relation="51")
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == ["升：亲属王书记应当回避"]


def test_what_the_meeting_decided_is_not_changed_afterwards(cast):
    cast.propose()
    one = Application.objects.filter(state="PROPOSED").order_by("id").first()
    with pytest.raises(Refused, match="会议已经研究决定，除上级批准文号外不能再改拟任内容"):
        application_terms_set(
            application=one, held_level="L80", held_level_reason="高配", actor=cast.users["人事"]
        )
    assert application_terms_set(
        application=one, superior_document_no="市组〔2022〕1号", actor=cast.users["人事"]
    )


def test_relative_among_the_members_has_to_leave_the_vote(cast):
    boss = cast.person("王书记")
    make.a_tenure(boss, cast.posts["主任"], date(2021, 1, 1))
    Kinship.objects.create(person=cast.people["升"], relative=boss, relative_name="王书记", relation="51")
    proposal = cast.freeze()
    rows = list(proposal.rows.order_by("id"))
    with pytest.raises(Refused, match="升：王书记是本人或亲属，应当回避"):
        record(cast, proposal, [VoteEntry(row, 9) for row in rows])
    recused = [VoteEntry(rows[0], 8, recused=("王书记",)), *(VoteEntry(row, 9) for row in rows[1:])]
    record(cast, proposal, recused)


def test_relative_who_was_absent_did_not_vote(cast):
    boss = cast.person("王书记")
    make.a_tenure(boss, cast.posts["主任"], date(2021, 1, 1))
    Kinship.objects.create(person=cast.people["升"], relative=boss, relative_name="王书记", relation="51")
    proposal = cast.freeze()
    votes = [VoteEntry(row, 8) for row in proposal.rows.order_by("id")]
    record(cast, proposal, votes, present=8, absent=("王书记",))
    proposal_approve(proposal=proposal, actor=cast.users["领导"], on=DAY)
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == []


def test_b8_counts_two_thirds_present(cast):
    proposal = cast.freeze()
    proposal_approve(proposal=proposal, actor=cast.users["领导"], on=DAY)
    record(cast, proposal, [VoteEntry(row, 5) for row in proposal.rows.order_by("id")], present=5)
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == ["应到9人，实到5人，不足3分之2"]


def test_carried_are_proposed_the_others_lose_and_other_applications_end(cast):
    later = make.a_batch(cast.round, "2")
    other = make.an_application(later, cast.people["升"], cast.posts["招商局局长"], "QUALIFIED")
    untouched = make.an_application(later, cast.people["平"], cast.posts["招商局局长"], "REJECTED")
    cast.propose(9, 4, 5, 9)
    states = {one.person.name: one.state for one in Application.objects.filter(candidacy__batch=cast.batch)}
    assert states == {"升": "PROPOSED", "平": "NOT_SELECTED", "降": "PROPOSED", "新": "PROPOSED"}
    other.refresh_from_db(), untouched.refresh_from_db()
    assert (other.state, untouched.state) == ("WITHDRAWN", "REJECTED")


def test_who_is_opposed_by_discipline_is_voted_down_and_holds_up_nobody_else(cast):
    first, *rest = rows_of(cast)
    cast.inspect(first, discipline_clear=False)
    cast.inspect(*rest)
    proposal = cast.freeze()
    assert batch_decide(inspect_facts(cast.batch, DAY), Call(DAY)) == []
    cast.vote(proposal)
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == ["升：纪检不同意，表决不能通过"]
    votes = [VoteEntry(row, 9 if row.application_id != first.pk else 1) for row in proposal.rows.all()]
    votes = [VoteEntry(one.row, one.in_favour, 9 - one.in_favour) for one in votes]
    record(cast, proposal, votes)
    assert batch_publicize(decide_facts(cast.batch, DAY), Call(DAY)) == []


def test_voted_out_stands_against_nothing(cast):
    proposal = cast.freeze()
    cast.vote(proposal, 9, 1, 9, 9)
    facts = decide_facts(cast.batch, DAY)
    assert (facts.proposed, [vote.name for vote in facts.votes]) == (3, ["升", "降", "新"])
    assert batch_publicize(facts, Call(DAY)) == []


def test_who_was_proposed_in_another_batch_is_not_proposed_twice(cast):
    earlier = make.a_batch(cast.round, "2")
    make.an_application(earlier, cast.people["升"], cast.posts["招商局局长"], "PROPOSED")
    cast.to("DECIDING")
    cast.vote(cast.freeze())
    with pytest.raises(Refused, match="此人已拟聘或聘任“招商局·局长”"):
        on_publicized(batch=cast.batch, actor=cast.users["领导"], on=DAY)
    assert not Application.objects.filter(candidacy__batch=cast.batch, state="PROPOSED").exists()


def test_statements_do_not_grow_with_the_list(db):
    cast = a_selection()

    def run(number: int) -> int:
        rows = [cast.apply(f"众{number}{i}", "科长", i + 1) for i in range(number)]
        cast.match(*rows)
        with CaptureQueriesContext(connection) as queries:
            cast.propose()
        Application.objects.filter(state="PROPOSED").update(state="NOT_SELECTED")
        cast.to("MATCHING")
        return len(queries)

    run(1)
    assert run(2) == run(6)
