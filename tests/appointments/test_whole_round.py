"""A whole round of a small zone through services alone, from DRAFT to COMPLETED, each step by its role."""

from datetime import date
from typing import Any

import pytest

from appointments.models import Demotion, Inspection, Placement
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary
from appointments.selectors.progress import round_waiting
from appointments.services.appointing import LetterNumbers, appointments_draft, letters_sign
from appointments.services.batch_steps import batch_step
from appointments.services.decisions import proposal_decide
from appointments.services.demotions import demotions_record
from appointments.services.documents import appointment_document_draft, document_review
from appointments.services.inspections import InspectionEntry, inspections_record
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.losers import losers_take_over
from appointments.services.matching import match_pairs
from appointments.services.objections import objection_close, objection_receive, substitute
from appointments.services.placements import offer_answer, placement_offer, placements_to_batch
from appointments.services.proposals import VoteEntry, meeting_record, proposal_approve, proposal_freeze
from appointments.services.publicity import publicity_confirm, publicity_open, publicity_report
from appointments.services.round_steps import (
    round_complete,
    round_place,
)
from appointments.services.superior import appointment_by_superior
from appointments.states import ApplicationState, RoundState
from reform.errors import Refused

from .round_first_acts import FirstActs
from .whole_round import day

pytestmark = pytest.mark.django_db


class Play(FirstActs):
    """The later acts, from matching to the end."""

    def match(self) -> None:
        self.by("人事", batch_step, batch=self.batch["3"], event="screened", on=day(18))
        self.batch["3"].refresh_from_db()
        self.say("1", {("钱一", "招商局长"), ("孙二", "招商局长"), ("李三", "经济副局长")})
        self.say(
            "2", {("郑六", "综合科长"), ("王七", "综合科长"), ("王七", "招商副科长"), ("吴五", "综合副科长")}
        )
        self.pair("1", [("钱一", "招商局长"), ("李三", "经济副局长")])
        blocked = match_pairs(
            batch=self.batch["2"],
            pairs=[(self.people["王七"].pk, self.post("综合科长").pk)],
            actor=self.user["人事"],
            on=day(18),
        )
        assert blocked.matched == []
        assert "李三" in str(blocked.refused[0])
        assert "王七" in str(blocked.refused[0])
        self.pair("2", [("郑六", "综合科长"), ("王七", "招商副科长"), ("吴五", "综合副科长")])
        for code in ("1", "2"):
            self.by("人事", batch_step, batch=self.batch[code], event="inspect", on=day(18))
            self.batch[code].refresh_from_db()
        taken = losers_take_over(
            batch=self.batch["3"],
            choices=[(self.people["冯八"], self.post("招商主办"))],
            actor=self.user["人事"],
            on=day(18),
        )
        assert taken.refused == []
        self.say("3", {("陈九", "综合主办"), ("褚十", "综合主办"), ("冯八", "招商主办")})
        self.pair("3", [("陈九", "综合主办"), ("褚十", "综合主办"), ("冯八", "招商主办")])

    def say(self, code: str, agreed: set[tuple[str, str]]) -> None:
        """What the office took down of both sides, for everybody whom the question was put to."""
        asked = [
            one
            for sheet in self.batch[code].candidacies.select_related("person")
            for one in sheet.applications.select_related("position", "candidacy__person")
            if one.state in (ApplicationState.SHORTLISTED, ApplicationState.QUALIFIED)
        ]
        keys = {(self.people[name].pk, self.post(post).pk) for name, post in agreed}
        entries = [
            IntentionEntry(one, 1, yes := (one.candidacy.person_id, one.position_id) in keys, yes)
            for one in asked
        ]
        refused = intentions_record(batch=self.batch[code], entries=entries, actor=self.user["人事"])
        assert refused == []

    def pair(self, code: str, pairs: list[tuple[str, str]]) -> None:
        found = self.by(
            "人事",
            match_pairs,
            also=("单位负责人",),
            batch=self.batch[code],
            pairs=[(self.people[name].pk, self.post(post).pk) for name, post in pairs],
            on=day(18),
        )
        assert [str(one) for one in found.refused] == []

    def decide(self) -> None:
        for code in ("1", "2"):
            batch = self.batch[code]
            self.inspect(code)
            self.by("人事", proposal_freeze, batch=batch, on=day(19))
            self.by("考察组", batch_step, batch=batch, event="decide", on=day(19))
            batch.refresh_from_db()
        self.by("人事", proposal_freeze, batch=self.batch["3"], on=day(19))
        self.by("人事", batch_step, batch=self.batch["3"], event="matched", on=day(19))
        for batch in self.batch.values():
            batch.refresh_from_db()
            proposal = batch.proposal_lists.get()
            self.vote(proposal, day(19))
            self.by("领导", batch_step, batch=batch, event="publicize", on=day(19))
            batch.refresh_from_db()
            self.publish(proposal, day(20), date(2022, 1, 26))

    def inspect(self, code: str) -> None:
        chosen = [
            one
            for sheet in self.batch[code].candidacies.all()
            for one in sheet.applications.select_related("candidacy__person")
            if one.state in (ApplicationState.MATCHED, ApplicationState.SHORTLISTED)
        ]
        entries = [
            InspectionEntry(
                one,
                ("考察员甲", "考察员乙"),
                day(19),
                "德才表现良好",
                "无不良反映",
                True,
                archive_checked=True,
                matters_checked=True,
            )
            for one in chosen
        ]
        refused = self.by("考察组", inspections_record, batch=self.batch[code], entries=entries)
        assert [str(one) for one in refused] == []
        assert Inspection.objects.filter(application__candidacy__batch=self.batch[code]).count() == len(
            chosen
        )

    def vote(self, proposal: Any, on: date) -> None:
        votes = [VoteEntry(row, in_favour=8, against=1) for row in proposal.rows.all()]
        self.by(
            "人事",
            meeting_record,
            proposal=proposal,
            held_on=on,
            minutes_no=f"党纪〔2022〕{proposal.pk}号",
            members=11,
            present=9,
            votes=votes,
            on=on,
        )
        self.by("领导", proposal_approve, proposal=proposal, on=on)

    def publish(self, proposal: Any, first: date, last: date) -> None:
        opened = self.by(
            "人事",
            publicity_open,
            proposal=proposal,
            starts_on=first,
            on=first,
            phone="0375-1234567",
            address="管委会三楼",
            office="监督组",
        )
        assert (opened.publicity.last_on, opened.warning) == (last, "")

    def report(self, proposal: Any, on: date) -> None:
        publicity = proposal.publicity
        self.by("人事", publicity_report, publicity=publicity, result="无异议", on=on)
        self.by("监督组", publicity_confirm, publicity=publicity, on=on)

    def object(self) -> None:
        """An objection against 钱一 is upheld; the next by rank, 孙二, moves up with a list and a 公示 of his
        own."""
        batch = self.batch["1"]
        one = self.application(batch, "钱一", "招商局长")
        assert one.tie_decided_by
        assert one.rank == 1
        objection = self.by(
            "监督组",
            objection_receive,
            application=one,
            received_on=day(21),
            from_whom="职工某",
            facts="分管项目虚报进度",
            on=day(21),
        )
        with pytest.raises(Refused):
            batch_step(batch=batch, event="appoint", actor=self.user["人事"], on=day(27))
        self.by(
            "监督组",
            objection_close,
            objection=objection,
            upheld=True,
            conclusion="属实",
            investigators="纪工委二人",
            reply="取消拟聘",
            document_no="党纪〔2022〕9号",
            on=day(24),
        )
        second = self.by("人事", substitute, post=self.batch_post(batch, "招商局长"), on=day(24))
        assert [row.application.candidacy.person.name for row in second.rows.all()] == ["孙二"]
        self.vote(second, day(25))
        self.by("领导", proposal_decide, proposal=second, on=day(25))
        self.publish(second, day(26), date(2022, 1, 30))

    def appoint(self) -> None:
        self.end("2", day(28), on=day(27))
        self.end("3", day(28), on=day(27))
        self.end("1", date(2022, 2, 7), on=date(2022, 2, 7))
        self.by(
            "人事",
            appointment_by_superior,
            also=("领导",),
            round_=self.round,
            person=self.people["赵主任"],
            position=self.post("副主任"),
            document_no="平组〔2022〕3号",
            decided_on=day(20),
            starts_on=day(28),
        )

    def end(self, code: str, starts_on: date, on: date) -> None:
        batch = self.batch[code]
        for proposal in batch.proposal_lists.all():
            self.report(proposal, on)
        self.by("人事", batch_step, batch=batch, event="appoint", on=on)
        batch.refresh_from_db()
        drafts = self.by(
            "人事",
            appointments_draft,
            batch=batch,
            starts_on=starts_on,
            document_no=f"高新聘〔2022〕{code}号",
            letters=LetterNumbers(prefix=f"聘书2022-{code}-"),
        )
        paper = self.by(
            "人事",
            appointment_document_draft,
            batch=batch,
            on=on,
            document_no=f"高新聘〔2022〕{code}号",
            met_on=day(19),
            issued_on=on,
        )
        document_review(document=paper, actor=self.second_clerk, on=on)
        letters_sign(appointments=drafts, actor=self.user["人事"], letter_signed_on=on, duties_signed_on=on)
        self.by("领导", batch_step, batch=batch, event="close", on=on, document_no=f"高新聘〔2022〕{code}号")
        batch.refresh_from_db()

    def place(self) -> None:
        on = date(2022, 2, 8)
        left = self.by("人事", round_place, round_=self.round, on=on)
        lost_in = {one.person.name: one.lost_in for one in left}
        assert lost_in == {"钱一": "中层", "周四": "中层、科室"}
        waiting = {one.place: one.count for one in round_waiting(self.round, on)}
        assert waiting == {"placements:unplaced": 2}
        with pytest.raises(Refused, match="I1"):
            round_complete(round_=self.round, actor=self.user["领导"], on=on)
        first, second = (Placement.objects.get(person=self.people[name]) for name in ("钱一", "周四"))
        offer = self.by(
            "人事",
            placement_offer,
            placement=first,
            position=self.post("经济副局长"),
            way="ASSIGNED",
            document_no="调〔2022〕1号",
            on=on,
        )
        offer_answer(offer=offer, accepts=True, actor=self.user["人事"], on=on)
        fallback: dict[str, Any] = {
            "placement": second,
            "position": self.post("辅助岗"),
            "way": "FALLBACK",
            "document_no": "调〔2022〕2号",
            "on": on,
        }
        with pytest.raises(Refused, match="须有党工委会议纪要"):
            placement_offer(actor=self.user["人事"], **fallback)
        offer = placement_offer(actor=self.user["人事"], minutes_no="党纪〔2022〕9号", **fallback)
        offer_answer(offer=offer, accepts=True, actor=self.user["人事"], on=on)
        assigned = self.by("人事", placements_to_batch, round_=self.round, code="4", on=on)
        assert assigned.refused == []
        self.batch["4"] = assigned.batch
        self.by("人事", proposal_freeze, batch=assigned.batch, on=on)
        self.by("人事", batch_step, batch=assigned.batch, event="assign", on=on)
        assigned.batch.refresh_from_db()
        proposal = assigned.batch.proposal_lists.get()
        self.vote(proposal, on)
        self.by("领导", batch_step, batch=assigned.batch, event="publicize", on=on)
        assigned.batch.refresh_from_db()
        self.publish(proposal, date(2022, 2, 9), date(2022, 2, 15))
        self.end("4", date(2022, 2, 16), on=date(2022, 2, 16))

    def demote(self) -> None:
        on = date(2022, 2, 17)
        with pytest.raises(Refused, match="I7"):
            round_complete(round_=self.round, actor=self.user["领导"], on=on)
        papers = [
            Demotion(
                round=self.round,
                person=self.people[name],
                reason_code="D3",
                reason="竞聘落选",
                talk_on=on,
                talk_by="党工委副书记",
                talk_record="本人理解并服从安排",
                notice_no=f"告〔2022〕{number}号",
                notice_on=on,
                appeal_rights_told=True,
            )
            for number, name in enumerate(("钱一", "周四", "吴五"), 1)
        ]
        done = self.by("人事", demotions_record, round_=self.round, demotions=papers, on=on)
        assert [str(one) for one in done.refused] == []


def test_whole_round_from_plan_to_completion():
    play = Play()
    play.plan()
    play.open()
    play.screen()
    play.assess()
    play.match()
    play.decide()
    play.object()
    play.appoint()
    play.place()
    play.demote()
    play.by("领导", round_complete, round_=play.round, on=date(2022, 2, 18))
    play.round.refresh_from_db()
    assert round_waiting(play.round, date(2022, 2, 18)) == []
    summary = change_summary(play.round)
    kinds = {one.name: one.change.kind for one in summary.people}
    assert play.round.state == RoundState.COMPLETED
    assert [check.code for check in summary.checks if check.ok is not True] == []
    assert kinds == {
        "赵主任": ChangeKind.UNCHANGED,
        "钱一": ChangeKind.DEMOTION,
        "孙二": ChangeKind.LATERAL,
        "李三": ChangeKind.UNCHANGED,
        "周四": ChangeKind.DEMOTION,
        "吴五": ChangeKind.DEMOTION,
        "郑六": ChangeKind.PROMOTION,
        "王七": ChangeKind.UNCHANGED,
        "冯八": ChangeKind.UNCHANGED,
        "陈九": ChangeKind.UNCHANGED,
        "褚十": ChangeKind.UNCHANGED,
    }
