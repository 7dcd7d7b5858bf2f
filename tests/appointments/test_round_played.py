"""A whole round of a small zone through the services, from 方案起草 to 已完成: two batches of 双向选择 that
overlap, one person who is placed afterwards, each step by the role whose step it is."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from appointments.models import Application, Appointment, Baseline, Placement
from appointments.selectors import change_summary
from appointments.selectors.progress import round_waiting
from appointments.selectors.proposals import latest_list
from appointments.services.applications import application_submit
from appointments.services.appointing import LetterNumbers, appointments_draft, letters_sign
from appointments.services.batch_posts import batch_posts_add
from appointments.services.batches import batch_create, batch_set_steps, batch_step, batches_advance
from appointments.services.intentions import intention_record
from appointments.services.losers import losers_take_over
from appointments.services.matching import applications_match
from appointments.services.placements import offer_answer, placement_offer, placements_to_batch
from appointments.services.plans import round_plan_update
from appointments.services.proposals import VoteEntry, meeting_record, proposal_approve, proposal_freeze
from appointments.services.publicity import publicity_confirm, publicity_open, publicity_report
from appointments.services.round_steps import (
    round_approve,
    round_complete,
    round_mobilize,
    round_place,
    round_run,
)
from appointments.services.screening import (
    applications_evaluate,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from appointments.services.setups import positions_copy_from
from appointments.states import RoundState
from reform.access import command_actor
from reform.errors import Refused
from reform.models import Position
from tests.factories import a_person, a_position, a_round, a_tenure, a_unit, a_user, a_zone

pytestmark = pytest.mark.django_db

PHONE = {"phone": "0375-1234567", "address": "管委会302室", "office": "区纪工委"}


def jan(day: int) -> date:
    return date(2022, 1, day)


def span(first: int, last: int) -> tuple[date, date]:
    return jan(first), jan(last) + timedelta(days=1)


ARTICLE = {
    "NOTICE": span(10, 14),
    "APPLY": span(10, 14),
    "SCREEN": span(10, 15),
    "MATCH": span(15, 15),
    "DECIDE": span(16, 16),
    "PUBLICITY": span(17, 21),
    "APPOINT": span(22, 23),
}


class Cast:
    """Three officers of the old setup, and everybody who acts."""

    def __init__(self) -> None:
        self.zone = a_zone()
        former = a_round(self.zone, "2018", date(2018, 12, 28))
        self.unit = a_unit(self.zone, staffing_quota=20)
        described = {"conditions": "大专以上", "duties": "承办科室业务", "method": "SX"}
        old = a_position(self.unit, "主办", "L30", setup=former.setup, headcount=4, **described)
        a_position(self.unit, "专员", "L30", setup=former.setup, **described)
        a_position(self.unit, "办事员", "L20", setup=former.setup, headcount=2, **described)
        self.people = {name: a_person(self.zone, name) for name in ("甲", "乙", "丙")}
        for person in self.people.values():
            a_tenure(person, old, date(2018, 12, 28))
        self.round = a_round(self.zone, effective_on=None)
        self.former = former
        roles = ("人事", "领导", "监督组")
        users = [a_user(self.zone, role) for role in roles]
        self.clerk, self.leader, self.supervisor = users

    def post(self, title: str) -> Position:
        return Position.objects.get(setup=self.round.setup_id, title=title)

    def plan(self) -> Any:
        """方案 with two batches, up to T3."""
        positions_copy_from(round_=self.round, source=self.former, actor=self.clerk)
        round_plan_update(
            round_=self.round,
            actor=self.clerk,
            consultation="2022-01-05职工代表大会通过",
            kinship_complete=True,
            caps_document_no="编〔2022〕1号",
            kickoff_on=jan(9),
            effective_on=jan(23),
        )
        batches = []
        for code, name, title, seats in (("1", "第一批", "主办", 1), ("2", "第二批", "专员", 1)):
            batch = batch_create(round_=self.round, code=code, name=name, method="SX", actor=self.clerk)
            batch_posts_add(batch=batch, positions=[self.post(title)], seats=seats, actor=self.clerk)
            batch_set_steps(batch=batch, steps=ARTICLE, actor=self.clerk)
            batches.append(batch)
        round_approve(round_=self.round, actor=self.leader, on=jan(8), document_no="方案〔2022〕1号")
        round_mobilize(round_=self.round, actor=self.clerk, on=jan(9), document_no="纪要〔2022〕1号")
        for batch in batches:
            batch_step(batch=batch, event="publish", actor=self.clerk, on=jan(10), document_no="公告1号")
        round_run(round_=self.round, actor=self.clerk, on=jan(10))
        return batches

    def screen(self, batch: Any) -> None:
        """All of a batch: the rules, the clerk for what they leave open, the supervisors."""
        applications_evaluate(batch=batch, actor=self.clerk, on=jan(15))
        mine = list(Application.objects.filter(candidacy__batch=batch))
        unknown = [row for one in mine for row in one.rule_results.filter(outcome="UNKNOWN")]
        if unknown:
            rule_results_decide(
                results=unknown, outcome="PASS", note="档案核实", actor=self.clerk, on=jan(15)
            )
        assert applications_screen(applications=mine, actor=self.clerk, on=jan(15)) == []
        assert applications_review(applications=mine, actor=self.supervisor, on=jan(15)) == []
        batch_step(batch=batch, event="screened", actor=self.clerk, on=jan(15))

    def agree(self, batch: Any, name: str, unit: bool = True) -> None:
        one = Application.objects.get(candidacy__batch=batch, candidacy__person=self.people[name])
        intention_record(application=one, actor=self.clerk, person_agrees=True, unit_agrees=unit)

    def decide(self, batch: Any, event: str, held_on: date, number: int) -> None:
        """The list, its approval, the meeting, B8."""
        proposal_freeze(batch=batch, actor=self.clerk, on=held_on)
        batch_step(
            batch=batch,
            event=event,
            actor=self.clerk,
            on=held_on,
        )
        proposal = latest_list(batch)
        assert proposal is not None
        with pytest.raises(Refused):
            proposal_approve(proposal=proposal, actor=self.clerk, on=held_on)
        proposal_approve(proposal=proposal, actor=self.leader, on=held_on)
        meeting_record(
            proposal=proposal,
            held_on=held_on,
            minutes_no=f"党工委纪要〔2022〕{number}号",
            members=9,
            present=7,
            votes=[VoteEntry(row, in_favour=7) for row in proposal.rows.all()],
            actor=self.clerk,
        )
        batch_step(batch=batch, event="publicize", actor=self.leader, on=held_on)

    def finish(self, batch: Any, starts_on: date, number: int) -> None:
        """公示, its result, the appointment in force."""
        proposal = latest_list(batch)
        assert proposal is not None
        shown = publicity_open(proposal=proposal, starts_on=starts_on, actor=self.clerk, **PHONE).publicity
        over = shown.ends_before
        publicity_report(publicity=shown, result="无异议", actor=self.clerk, on=over)
        publicity_confirm(publicity=shown, actor=self.supervisor, on=over)
        batch_step(batch=batch, event="appoint", actor=self.clerk, on=over)
        drafts = appointments_draft(
            batch=batch,
            starts_on=max(jan(23), over),
            actor=self.clerk,
            letters=LetterNumbers(f"聘书{number}-"),
        )
        letters_sign(appointments=drafts, actor=self.clerk, letter_signed_on=over, duties_signed_on=over)
        batch_step(
            batch=batch, event="close", actor=self.leader, on=over, document_no=f"聘〔2022〕{number}号"
        )


def waiting(cast: Cast, on: date) -> dict[str, int]:
    return {one.place: one.count for one in round_waiting(cast.round, on)}


def state_of(batch: Any, on: str) -> list[tuple[str, bool]]:
    """The next steps of a batch as the command prints them."""
    out = StringIO()
    call_command("round_state", batch.round.code, "--on", on, "--json", stdout=out)
    rows = json.loads(out.getvalue())["batches"]
    found = next(row for row in rows if row["code"] == batch.code)
    return [(step["to"], step["allowed"]) for step in found["next"]]


def test_round_is_played_from_the_draft_to_its_completion():
    cast = Cast()
    first, second = cast.plan()
    assert Baseline.objects.filter(round=cast.round, source="SYSTEM").count() == 3

    # 报名 and 资格审查, by the calendar
    assert len(batches_advance(zone=cast.zone, actor=command_actor(None), on=jan(10))[0]) == 2
    for batch in (first, second):
        batch.refresh_from_db()
    for name in ("甲", "乙"):
        application_submit(
            batch=first,
            person=cast.people[name],
            positions=[cast.post("主办")],
            actor=cast.clerk,
            on=jan(12),
            declares_kin=False,
        )
    application_submit(
        batch=second,
        person=cast.people["丙"],
        positions=[cast.post("专员")],
        actor=cast.clerk,
        on=jan(12),
        declares_kin=False,
    )
    assert len(batches_advance(zone=cast.zone, actor=command_actor(None), on=jan(15))[0]) == 2
    for batch in (first, second):
        batch.refresh_from_db()
    assert waiting(cast, jan(15))["applications:unscreened"] == 3
    cast.screen(first)
    cast.screen(second)

    # 双向选择: one seat, so 乙 loses it; the second batch takes 乙 over, and its unit takes 丙
    assert waiting(cast, jan(15))["intentions:unit"] == 3
    cast.agree(first, "甲")
    cast.agree(first, "乙", unit=False)
    assert applications_match(batch=first, actor=cast.clerk, on=jan(15)).refused == []
    cast.decide(first, "matched", jan(16), 1)
    taken = losers_take_over(
        batch=second, choices=[(cast.people["乙"], cast.post("专员"))], actor=cast.clerk, on=jan(16)
    )
    assert taken.refused == []
    cast.agree(second, "乙", unit=False)
    cast.agree(second, "丙")
    assert applications_match(batch=second, actor=cast.clerk, on=jan(16)).refused == []
    cast.decide(second, "matched", jan(16), 2)

    # decided on a Sunday, 公示 01-17 to 01-21, effective 01-23
    assert state_of(first, "2022-01-17") == [("APPOINTING", False), ("CANCELLED", True)]
    cast.finish(first, jan(17), 1)
    cast.finish(second, jan(17), 2)
    assert [one.person.name for one in Appointment.objects.filter(state="ACTIVE").order_by("id")] == [
        "甲",
        "丙",
    ]
    lost = Application.objects.filter(candidacy__person=cast.people["乙"])
    assert {one.state for one in lost} == {"NOT_SELECTED"}

    # 落聘安置, without which the round may not be completed
    round_place(round_=cast.round, actor=cast.clerk, on=jan(23))
    placement = Placement.objects.get()
    assert (placement.person.name, placement.lost_in) == ("乙", "第一批、第二批")
    with pytest.raises(Refused, match="I1人人有岗"):
        round_complete(round_=cast.round, actor=cast.leader, on=jan(24))
    offer = placement_offer(
        placement=placement,
        position=cast.post("主办"),
        way="ASSIGNED",
        document_no="调配〔2022〕1号",
        actor=cast.clerk,
        on=jan(24),
    )
    offer_answer(offer=offer, accepts=True, actor=cast.clerk, on=jan(24))
    placements_to_batch(round_=cast.round, code="3", actor=cast.clerk, on=jan(24))
    third = cast.round.batches.get(code="3")
    cast.decide(third, "assign", jan(24), 3)
    cast.finish(third, jan(25), 3)
    placement.refresh_from_db()
    assert placement.state == "PLACED"

    round_complete(round_=cast.round, actor=cast.leader, on=date(2022, 2, 10))
    assert cast.round.state == RoundState.COMPLETED
    summary = change_summary(cast.round)
    assert (summary.in_scope, summary.appointed) == (3, 3)
    assert all(check.ok is not False for check in summary.checks)
    assert round_waiting(cast.round, date(2022, 2, 10)) == []
