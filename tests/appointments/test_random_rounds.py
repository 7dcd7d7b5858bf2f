"""Random sequences of steps, right and wrong ones, by whoever: what must always hold holds after each of
them."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.models import Application, Appointment, Batch, ProposalRow
from appointments.services.applications import application_submit, application_withdraw
from appointments.services.appointing import LetterNumbers, appointments_draft, letters_sign
from appointments.services.batch_steps import batch_step, batches_advance
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.matching import applications_match, match_pairs
from appointments.services.objections import objection_close, objection_receive, substitute
from appointments.services.proposals import VoteEntry, meeting_record, proposal_approve, proposal_freeze
from appointments.services.publicity import publicity_confirm, publicity_open, publicity_report
from appointments.services.screening import applications_evaluate, applications_review, applications_screen
from appointments.services.superior import appointment_by_superior
from appointments.states import IN_FORCE, LIVE, PROPOSED_OR_APPOINTED, AppointmentState, batch_transitions
from reform.errors import RuleError
from reform.models import Position, Tenure, TenureKind

from .test_whole_round import Play
from .whole_round import day

pytestmark = pytest.mark.django_db


class World(Play):
    """A round that has been started, and steps of every kind that may be tried on it at any time.

    The days run on by themselves; `pick` turns a number into something that is there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.plan()
        self.open()
        self.today = day(11)

    @staticmethod
    def pick(rows: Any, number: int) -> Any:
        found = list(rows)
        if not found:
            raise RuleError("没有可选的")
        return found[number % len(found)]

    def a_batch(self, number: int) -> Batch:
        return self.pick(Batch.objects.filter(round=self.round).order_by("id"), number)

    def an_application(self, number: int) -> Application:
        rows = Application.objects.filter(candidacy__round=self.round).order_by("id")
        return self.pick(rows.select_related("candidacy__person", "candidacy__round__zone"), number)

    def try_step(self, kind: int, number: int, other: int) -> None:
        try:
            with transaction.atomic():
                STEPS[kind](self, number, other)
        except RuleError:
            pass

    # --- the steps

    def days_pass(self, number: int, other: int) -> None:
        self.today += timedelta(days=1 + number % 4)
        batches_advance(zone=self.zone, actor=self.user["人事"], on=self.today)

    def batch_moves(self, number: int, other: int) -> None:
        batch = self.a_batch(number)
        events = [row for row in batch_transitions(batch.method) if row.event != "cancel"]
        step = self.pick([row for row in events if row.source == batch.state] or events, other)
        actor = self.user["人事"]
        for user in self.user.values():
            if step.permission and user.has_perm(step.permission):
                actor = user
        batch_step(
            batch=batch,
            event=step.event,
            actor=actor,
            on=self.today,
            reason="推进",
            document_no=f"文{number}",
        )

    def batch_ends(self, number: int, other: int) -> None:
        if number % 7 == 0:
            batch_step(
                batch=self.a_batch(other),
                event="cancel",
                actor=self.user["领导"],
                on=self.today,
                reason="调整",
            )

    def someone_applies(self, number: int, other: int) -> None:
        batch = self.a_batch(other)
        posts = list(Position.objects.filter(batch_posts__batch=batch).order_by("id"))
        application_submit(
            batch=batch,
            person=self.pick(self.people.values(), number),
            positions=[posts[number % len(posts)]],
            actor=self.user["人事"],
            on=self.today,
            declares_kin=False,
            late_reason="补报" if number % 2 else "",
        )

    def someone_withdraws(self, number: int, other: int) -> None:
        application_withdraw(
            applications=[self.an_application(number)],
            actor=self.user["人事"],
            on=self.today,
            reason="本人要求",
        )

    def all_screened(self, number: int, other: int) -> None:
        batch, clerk = self.a_batch(number), self.user["人事"]
        applications_evaluate(batch=batch, actor=clerk, on=self.today)
        self.decide_unknown(batch)
        rows = self.live(batch)
        applications_screen(applications=rows, actor=clerk, on=self.today)
        applications_review(applications=rows, actor=self.user["监督组"], on=self.today, reason="不符合")

    def all_judged(self, number: int, other: int) -> None:
        batch = self.a_batch(number)
        if batch.code in ("1", "2"):
            self.batch[batch.code] = batch
            self.judge(batch.code)

    def both_say_yes(self, number: int, other: int) -> None:
        one = self.an_application(number)
        entry = IntentionEntry(one, 1 + other % 2, True, number % 5 != 0)
        intentions_record(batch=one.candidacy.batch, entries=[entry], actor=self.user["人事"])

    def matched(self, number: int, other: int) -> None:
        batch = self.a_batch(other)
        if number % 3:
            applications_match(batch=batch, actor=self.user["人事"], on=self.today)
            return
        one = self.an_application(number)
        pair = (one.candidacy.person_id, one.position_id)
        match_pairs(batch=batch, pairs=[pair], actor=self.user["人事"], on=self.today)

    def list_made(self, number: int, other: int) -> None:
        proposal = proposal_freeze(batch=self.a_batch(number), actor=self.user["人事"], on=self.today)
        if other % 4:
            votes = [
                VoteEntry(row, in_favour=8 - other % 3, against=1 + other % 3) for row in proposal.rows.all()
            ]
            meeting_record(
                proposal=proposal, held_on=self.today, minutes_no=f"纪{number}", members=11,
                present=9,
                votes=votes, actor=self.user["人事"], on=self.today,
            )  # fmt: skip
            proposal_approve(proposal=proposal, actor=self.user["领导"], on=self.today)

    def list_published(self, number: int, other: int) -> None:
        proposal = self.a_batch(number).proposal_lists.order_by("-number").first()
        if proposal is not None:
            publicity_open(
                proposal=proposal, starts_on=self.today, phone="1", address="2", office="3",
                actor=self.user["人事"], on=self.today,
            )  # fmt: skip

    def result_confirmed(self, number: int, other: int) -> None:
        for proposal in self.a_batch(number).proposal_lists.all():
            publicity = proposal.publicity
            publicity_report(publicity=publicity, result="无异议", actor=self.user["人事"], on=self.today)
            publicity_confirm(publicity=publicity, actor=self.user["监督组"], on=self.today)

    def someone_objects(self, number: int, other: int) -> None:
        one, actor = self.an_application(number), self.user["监督组"]
        objection = objection_receive(
            application=one,
            received_on=self.today,
            from_whom="某人",
            facts="事实",
            actor=actor,
            on=self.today,
        )
        if other:
            objection_close(
                objection=objection, upheld=other == 1, conclusion="核实", investigators="甲、乙",
                reply="已答复", document_no="党纪1号",
                actor=actor, on=self.today,
            )  # fmt: skip

    def next_moves_up(self, number: int, other: int) -> None:
        post = self.pick(self.a_batch(other).posts.order_by("id"), number)
        substitute(post=post, actor=self.user["人事"], on=self.today)

    def drafted(self, number: int, other: int) -> None:
        rows = appointments_draft(
            batch=self.a_batch(number), starts_on=self.today, actor=self.user["人事"],
            document_no=f"聘{number}",
            letters=LetterNumbers(prefix=f"书{number}-"),
        )  # fmt: skip
        letters_sign(
            appointments=rows,
            actor=self.user["人事"],
            letter_signed_on=self.today,
            duties_signed_on=self.today,
        )

    def leader_appointed(self, number: int, other: int) -> None:
        appointment_by_superior(
            round_=self.round, person=self.pick(self.people.values(), number), position=self.post("副主任"),
            document_no="平组〔2022〕3号", decided_on=self.today, starts_on=self.today,
            actor=self.user["人事"],
        )  # fmt: skip


STEPS: list[Callable[[World, int, int], None]] = [
    World.days_pass,
    World.batch_moves,
    World.batch_moves,
    World.batch_ends,
    World.someone_applies,
    World.someone_withdraws,
    World.all_screened,
    World.all_judged,
    World.both_say_yes,
    World.matched,
    World.list_made,
    World.list_published,
    World.result_confirmed,
    World.someone_objects,
    World.next_moves_up,
    World.drafted,
    World.leader_appointed,
]


def check_invariants(world: World) -> None:
    live = Appointment.objects.filter(
        round=world.round, kind=TenureKind.PRIMARY, state__in=[*IN_FORCE, AppointmentState.PENDING]
    )
    won = Application.objects.filter(candidacy__round=world.round, state__in=PROPOSED_OR_APPOINTED)
    posts = dict(Position.objects.filter(setup=world.round.setup_id).values_list("id", "headcount"))
    assert max(Counter(live.values_list("person", flat=True)).values(), default=0) <= 1
    assert max(Counter(won.values_list("candidacy__person", flat=True)).values(), default=0) <= 1
    open_now = Tenure.objects.filter(zone=world.zone, kind=TenureKind.PRIMARY, ends_before=None)
    assert max(Counter(open_now.values_list("person", flat=True)).values(), default=0) <= 1
    for rows in (live.values_list("position", flat=True), won.values_list("position", flat=True)):
        assert all(number <= posts[key] for key, number in Counter(rows).items())
    wanted = Application.objects.filter(candidacy__round=world.round, state__in=LIVE)
    pairs = Counter(wanted.values_list("candidacy__person", "position"))
    assert max(pairs.values(), default=0) <= 1
    for one in live.filter(state__in=IN_FORCE).select_related("application"):
        if one.application is None:
            assert one.superior_document_no
            continue
        row = ProposalRow.objects.select_related("list__publicity").filter(application=one.application).last()
        assert row is not None
        assert row.list.publicity.ends_before <= world.today
        assert not one.application.objections.filter(state="OPEN").exists()


@pytest.fixture
def world() -> World:
    return World()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 40), st.integers(0, 3)), max_size=60
    )
)
def test_invariants_hold_whatever_is_tried(world: World, steps: list[tuple[int, int, int]]):
    today = world.today
    with transaction.atomic():
        for kind, number, other in steps:
            world.try_step(kind, number, other)
            check_invariants(world)
        transaction.set_rollback(True)
    world.today = today


# A way through that wins posts, for the checks above to bite on: without it random steps rarely get that far.
THROUGH = [(0, 3, 0), (0, 3, 0), (6, 0, 0), (6, 1, 0), (6, 2, 0)]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    noise=st.lists(
        st.tuples(st.integers(1, len(STEPS) - 1), st.integers(0, 40), st.integers(0, 3)), max_size=25
    ),
    place=st.integers(0, 40),
)
def test_invariants_hold_along_the_way_to_an_appointment(
    world: World, noise: list[tuple[int, int, int]], place: int
):
    """The batch of 双向选择 is led through to its end, with other steps tried in between."""
    today = world.today
    way = [*THROUGH, *mutual_way()]
    with transaction.atomic():
        for number, step in enumerate(way):
            world.try_step(*step)
            if STEPS[step[0]] is not World.both_say_yes:  # a word alone gives nobody a seat
                check_invariants(world)
            for kind, first, other in noise[number::4] if number == place % len(way) else ():
                world.try_step(kind, first, other)
                check_invariants(world)
        transaction.set_rollback(True)
    world.today = today


def mutual_way() -> list[tuple[int, int, int]]:
    """Batch 3: screened → matched → decided → 公示 → appointed. Numbers are places in STEPS."""
    say = [(8, number, 0) for number in range(1, 41) if number % 5]
    return [
        (1, 2, 0), *say, (9, 1, 2), (10, 2, 1), (1, 2, 0), (1, 2, 0), (11, 2, 0),
        *[(0, 3, 0)] * 3, (12, 2, 0), (1, 2, 0), (15, 2, 0), (1, 2, 0),
    ]  # fmt: skip


def test_the_way_through_ends_in_appointments(world: World):
    for step in [*THROUGH, *mutual_way()]:
        world.try_step(*step)
    check_invariants(world)
    assert Batch.objects.get(round=world.round, code="3").state == "CLOSED"
    assert Appointment.objects.filter(round=world.round, state__in=IN_FORCE).exists()
