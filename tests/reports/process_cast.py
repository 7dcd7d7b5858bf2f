"""A round that is being run, small enough to count by hand: for the reports on how it goes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from appointments.models import (
    Appeal,
    Application,
    Batch,
    BatchPost,
    BatchStep,
    Candidacy,
    Demotion,
    Objection,
    Offer,
    PanelMember,
    Placement,
    ProposalList,
    ProposalRow,
    Publicity,
    Round,
)
from reform.access import command_actor
from reform.models import Kinship, Person, Position, Zone
from tests import factories as make


def day(number: int) -> date:
    return date(2022, 1, number)


@dataclass
class Running:
    """Three batches: 一 in 公示 until the 21st, 二 in 双向选择 and late, 三 in 报名."""

    zone: Zone
    round: Round
    batches: dict[str, Batch]
    posts: dict[str, Position]
    people: dict[str, Person]

    def apply(self, name: str, batch: str, post: str, state: str, **facts: Any) -> Application:
        """One more application, of a new person where the name is new."""
        if name not in self.people:
            self.people[name] = make.a_person(self.zone, name)
        candidacy, _ = Candidacy.objects.get_or_create(
            round=self.round, batch=self.batches[batch], person=self.people[name]
        )
        return Application.objects.create(
            candidacy=candidacy, position=self.posts[post], state=state, **facts
        )


PLAN = {
    "一": {
        "NOTICE": (10, 12),
        "APPLY": (10, 12),
        "SCREEN": (13, 14),
        "DECIDE": (15, 16),
        "PUBLICITY": (17, 21),
    },
    "二": {"NOTICE": (10, 12), "APPLY": (10, 12), "SCREEN": (13, 13), "MATCH": (14, 14), "DECIDE": (15, 18)},
    "三": {"NOTICE": (14, 18), "APPLY": (14, 19), "SCREEN": (20, 21)},
}
STATES = {"一": "PUBLICITY", "二": "MATCHING", "三": "APPLYING"}


def a_running_round() -> Running:
    zone = make.a_zone(name="试点区")
    round_ = make.a_round(zone, "2022", None)
    Round.objects.filter(pk=round_.pk).update(state="RUNNING", kickoff_on=day(9))
    round_.refresh_from_db()
    unit = make.a_unit(zone, "经发局")
    posts = {
        title: make.a_position(unit, title, level, round_.setup, headcount=seats, sort_no=number)
        for number, (title, level, seats) in enumerate(
            (("局长", "L70", 1), ("副局长", "L60", 2), ("科长", "L50", 1), ("主办", "L30", 3)), start=1
        )
    }
    batches = {}
    for number, (name, steps) in enumerate(PLAN.items(), start=1):
        batch = Batch.objects.create(
            round=round_,
            code=str(number),
            name=f"第{name}批",
            method="JP",
            state=STATES[name],
            sort_no=number,
        )
        batches[name] = batch
        for kind, (first, last) in steps.items():
            BatchStep.objects.create(batch=batch, kind=kind, starts_on=day(first), ends_before=day(last + 1))
    for name, titles in (("一", ("局长", "副局长")), ("二", ("科长",)), ("三", ("主办",))):
        for title in titles:
            BatchPost.objects.create(
                batch=batches[name], position=posts[title], seats=posts[title].headcount, method="JP"
            )
    running = Running(zone, round_, batches, posts, {})
    _applications(running)
    return running


def _applications(running: Running) -> None:
    actor = command_actor(None)
    winner = running.apply("甲", "一", "局长", "OBJECTED", total="88.50", rank=1)
    second = running.apply("乙", "一", "副局长", "PROPOSED", total="85.00", rank=1)
    running.apply(
        "丙", "一", "局长", "REJECTED", conclusion="REJECTED", conclusion_reason="年龄51岁，不超过50岁"
    )
    running.apply("丙", "二", "科长", "SHORTLISTED", total="80.25", rank=1)
    running.apply("丁", "三", "主办", "SUBMITTED")
    proposal = ProposalList.objects.create(
        batch=running.batches["一"], digest="x", frozen_by_id=actor.pk, frozen_on=day(15)
    )
    for one in (winner, second):
        ProposalRow.objects.create(list=proposal, application=one, held_level="L70", change="PROMOTION")
    Publicity.objects.create(proposal=proposal, starts_on=day(17), ends_before=day(22))
    Objection.objects.create(
        kind="PUBLICITY", application=winner, received_on=day(18), from_whom="戊", facts="学历不实"
    )
    Objection.objects.create(
        kind="SCREENING",
        application=running.apply("己", "三", "主办", "SUBMITTED"),
        received_on=day(14),
        from_whom="己",
        facts="年限算错",
        state="ANSWERED",
        closed_on=day(15),
    )


def add_ledger(running: Running) -> None:
    """落聘、待岗、申诉、降职 and relatives beside the batches."""
    people = running.people
    for name in ("庚", "辛", "壬"):
        people[name] = make.a_person(running.zone, name)
    placed = Placement.objects.create(
        round=running.round,
        person=people["庚"],
        state="PLACED",
        lost_in="第一批",
        way="ASSIGNED",
        position=running.posts["主办"],
        placed_on=day(22),
    )
    offer = {
        "placement": placed,
        "position": running.posts["科长"],
        "way": "ASSIGNED",
        "document_no": "调1号",
    }
    Offer.objects.create(number=1, offered_on=day(20), reply="REFUSED", replied_on=day(20), **offer)
    Placement.objects.create(
        round=running.round, person=people["辛"], state="WAITING", lost_in="第二批", waiting_from=day(21)
    )
    appeal = {"zone": running.zone, "kind": "RE_EXAMINATION", "about": "降职决定", "claim": "请求复核"}
    Appeal.objects.create(
        person=people["壬"], known_on=day(14), filed_on=day(15), due_on=date(2022, 2, 14), **appeal
    )
    Demotion.objects.create(
        round=running.round,
        person=people["壬"],
        reason_code="D3",
        talk_on=day(14),
        talk_by="组织部长",
        talk_record="谈话",
        notice_no="告1号",
        notice_on=day(14),
    )
    PanelMember.objects.create(batch=running.batches["一"], name="壬", person=people["壬"])
    for person, relative in (("壬", "乙"), ("甲", "乙")):
        Kinship.objects.create(
            person=people[person], relative=people[relative], relative_name=relative, relation="12"
        )
