"""A competition that has been scored: two bureaus, a section, and who wants which post."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.models import (
    Application,
    Batch,
    Intention,
    Meeting,
    ProposalList,
    Publicity,
    Round,
)
from appointments.services.inspections import InspectionEntry, inspections_record
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.matching import applications_match
from appointments.services.proposals import (
    VoteEntry,
    meeting_record,
    on_publicized,
    proposal_approve,
    proposal_freeze,
)
from appointments.services.publicity import publicity_confirm, publicity_open, publicity_report
from reform.models import Person, Position, Unit, Zone
from tests import factories as make

OFFICE = {"phone": "0375-1", "address": "管委会301室", "office": "聘任监督组"}
DAY = date(2022, 1, 18)


@dataclass
class Selection:
    """A round that is running and its first batch, in 双向选择."""

    zone: Zone
    round: Round
    batch: Batch
    units: dict[str, Unit]
    posts: dict[str, Position]
    users: dict[str, Any]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, before: str | None = None, **facts: Any) -> Person:
        """Somebody of the round, with the post of the baseline."""
        person = make.a_person(self.zone, name, **facts)
        if before:
            make.a_baseline(self.round, person, self.posts[before])
        self.people[name] = person
        return person

    def apply(
        self, name: str, post: str, rank: int | None = 1, state: str = "SHORTLISTED", **facts: Any
    ) -> Application:
        person = self.people.get(name) or self.person(name, facts.pop("before", "科长"))
        facts.pop("before", None)
        batch = facts.pop("batch", self.batch)
        return make.an_application(batch, person, self.posts[post], state, rank=rank, **facts)

    def agree(self, *applications: Application, person: bool = True, unit: bool = True) -> None:
        """Both sides say yes (or what is given), written down by the office."""
        entries = [IntentionEntry(one, person_agrees=person, unit_agrees=unit) for one in applications]
        assert intentions_record(batch=self.batch, entries=entries, actor=self.users["人事"]) == []

    def match(self, *applications: Application, on: date = DAY) -> None:
        """Agreed on by both sides and matched."""
        self.agree(*applications)
        found = applications_match(batch=self.batch, actor=self.users["人事"], on=on)
        assert [str(one) for one in found.refused] == []
        for one in applications:
            one.refresh_from_db()

    def inspect(self, *applications: Application, **facts: Any) -> None:
        entries = [
            InspectionEntry(
                **{
                    "application": one,
                    "inspectors": ("陈组工", "黄纪检"),
                    "inspected_on": DAY,
                    "material": "德才表现良好",
                    "discipline_opinion": "无影响任用的问题",
                    "discipline_clear": True,
                    "archive_checked": True,
                    "matters_checked": True,
                }
                | facts
            )
            for one in applications
        ]
        assert inspections_record(batch=self.batch, entries=entries, actor=self.users["考察组"]) == []

    def to(self, state: str) -> None:
        """Put the batch into a state: its own steps have tests of their own."""
        Batch.objects.filter(pk=self.batch.pk).update(state=state)
        self.batch.refresh_from_db()

    def freeze(self, on: date = DAY) -> ProposalList:
        return proposal_freeze(batch=self.batch, actor=self.users["人事"], on=on)

    def vote(self, proposal: ProposalList, *ayes: int, members: int = 9, on: date = DAY) -> Meeting:
        """Approved by a leader and voted on by all members; how many are for each row."""
        proposal_approve(proposal=proposal, actor=self.users["领导"], on=on)
        rows = list(proposal.rows.order_by("id"))
        given = ayes or (members,) * len(rows)
        return meeting_record(
            proposal=proposal,
            held_on=on,
            minutes_no="会纪〔2022〕1号",
            members=members,
            present=members,
            votes=[
                VoteEntry(row, in_favour=number, against=members - number)
                for row, number in zip(rows, given, strict=True)
            ],
            actor=self.users["人事"],
            on=on,
        )

    def propose(self, *ayes: int) -> ProposalList:
        """From the matched ones to B8."""
        self.to("DECIDING")
        proposal = self.freeze()
        self.vote(proposal, *ayes)
        self.to("PUBLICITY")
        on_publicized(batch=self.batch, actor=self.users["领导"], on=DAY)
        return proposal

    def publicize(self, proposal: ProposalList, starts_on: date = date(2022, 1, 24)) -> Publicity:
        return publicity_open(
            proposal=proposal, starts_on=starts_on, actor=self.users["人事"], on=min(starts_on, DAY), **OFFICE
        ).publicity

    def end_publicity(self, publicity: Publicity, on: date = date(2022, 1, 29)) -> None:
        publicity_report(publicity=publicity, result="无异议", actor=self.users["人事"], on=on)
        publicity_confirm(publicity=publicity, actor=self.users["监督组"], on=on)

    def said(self, application: Application, pass_no: int = 1) -> Intention:
        return Intention.objects.get(application=application, pass_no=pass_no)


def a_selection(method: str = "JP", state: str = "MATCHING", zone: Zone | None = None) -> Selection:
    zone = zone or make.a_zone()
    round_ = make.a_round(zone)
    Round.objects.filter(pk=round_.pk).update(state="RUNNING", plan_document_no="高管〔2022〕1号")
    round_.refresh_from_db()
    units = {
        "班子": make.a_unit(zone, "管委会", kind="COMMITTEE"),
        "经发局": make.a_unit(zone, "经发局"),
        "招商局": make.a_unit(zone, "招商局"),
    }
    units["综合科"] = make.a_unit(zone, "综合科", parent=units["经发局"])

    def post(unit: str, title: str, level: str, **facts: Any) -> Position:
        return make.a_position(units[unit], title, level, round_.setup, **facts)

    posts = {
        "主任": post("班子", "主任", "L90", sort_no=1, method="SJ"),
        "副主任": post("班子", "副主任", "L80", sort_no=2, headcount=2, method="SJ"),
        "局长": post("经发局", "局长", "L70", sort_no=3),
        "副局长": post("经发局", "副局长", "L60", sort_no=4),
        "招商局局长": post("招商局", "局长", "L70", sort_no=5),
        "招商局副局长": post("招商局", "副局长", "L60", sort_no=6, headcount=2),
        "科长": post("综合科", "科长", "L50", sort_no=7, headcount=9),
        "副科长": post("综合科", "副科长", "L40", sort_no=8, headcount=9),
        "主办": post("综合科", "主办", "L30", sort_no=9, headcount=9),
    }
    batch = make.a_batch(round_, method=method, state=state)
    for name in ("局长", "副局长", "招商局局长", "招商局副局长", "科长", "副科长", "主办"):
        make.a_batch_post(batch, posts[name])
    roles = ("人事", "领导", "监督组", "考察组", "单位负责人")
    users = {role: make.a_user(zone, role) for role in roles}
    return Selection(zone, round_, batch, units, posts, users)


def four_matched() -> Selection:
    """A promotion, a lateral move, a demotion and a new person, all matched."""
    cast = a_selection()
    rows = [
        cast.apply("升", "局长", before="副局长"),
        cast.apply("平", "招商局副局长", before="副局长"),
        cast.apply("降", "副科长", before="科长"),
        cast.apply("新", "主办", before=None),
    ]
    cast.match(*rows)
    cast.to("INSPECTING")
    return cast


def rows_of(cast: Selection) -> list[Application]:
    """The matched applications of the cast's batch."""
    return list(Application.objects.filter(candidacy__batch=cast.batch, state="MATCHED").order_by("id"))
