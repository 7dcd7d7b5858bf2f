"""Bulk actions at the size of a zone: 613 rows take the statements of a handful and one transaction, and each
refusal is told. The batch is carried once from 资格审查 to 聘任; the tests look at what each action took."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import tests.factories as make
from appointments.models import Application, Appointment, Batch, BatchPost, Candidacy, RuleResult
from appointments.services.appointing import (
    LetterNumbers,
    appointments_draft,
    appointments_take_effect,
    letters_sign,
)
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.matching import applications_match
from appointments.services.proposals import (
    VoteEntry,
    meeting_record,
    on_publicized,
    proposal_approve,
    proposal_freeze,
)
from appointments.services.scores import applications_shortlist
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from reform.errors import Refused
from reform.fields import keyed_hash
from reform.models import Kinship, Person, Position
from reform.services.steps import Refusal
from tests.appointments.selection_cast import DAY, Selection, a_selection

pytestmark = pytest.mark.django_db

FEW, MANY = 20, 613
OVER_ON, EFFECTIVE_ON = date(2022, 1, 29), date(2022, 1, 30)
# Rows are written in parts of some hundreds: an action may take another statement for each table it writes.
MORE_PARTS = 3
ACTIONS = 15
REFUSING = ("screen", "review", "shortlist", "match")


@dataclass
class Run:
    """What each action took: statements, whether all of them in one transaction, and what it answered."""

    number: int
    statements: dict[str, int] = field(default_factory=dict)
    in_one: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def take(self, name: str, action: Callable[..., Any], **said: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            answer = action(**said)
        sql = [one["sql"] for one in queries.captured_queries]
        self.statements[name] = len(sql)
        first, last = sql[0].split(), sql[-1].split()
        self.in_one[name] = first[0] == "SAVEPOINT" and last[:2] == ["RELEASE", "SAVEPOINT"]
        self.in_one[name] &= first[-1] == last[-1]
        self.answers[name] = answer
        return answer


def people_of(cast: Selection, number: int) -> list[Person]:
    people = []
    for place in range(number):
        digits = f"410411{1970 + place % 25}0{1 + place // 25 % 9}1{place % 10}{place:03d}"
        id_number = digits + make.check_character(digits + "0")
        people.append(
            Person(
                zone=cast.zone,
                name=f"众{place}",
                id_number=id_number,
                id_number_hash=keyed_hash(id_number),
                sex="1",
                birth_on=date(1985, 1, 1),
            )
        )
    return Person.objects.bulk_create(people)


def apply_all(cast: Selection, people: Sequence[Person], post: Position) -> None:
    """All of them apply for one post with a seat for each; the first is a relative of the second."""
    sheets = Candidacy.objects.bulk_create(
        Candidacy(round=cast.round, batch=cast.batch, person=one) for one in people
    )
    Application.objects.bulk_create(Application(candidacy=one, position=post) for one in sheets)
    Kinship.objects.create(person=people[0], relative=people[1], relative_name=people[1].name, relation="12")


def mine(cast: Selection, *states: str) -> list[Application]:
    found = Application.objects.filter(candidacy__batch=cast.batch)
    if states:
        found = found.filter(state__in=states)
    return list(
        found.select_related("candidacy__person", "candidacy__round__zone", "position").order_by("id")
    )


def carry(number: int) -> Run:
    """A batch of so many applicants from 资格审查 to 聘任; somewhere on the way one row each is refused."""
    run = Run(number)
    cast = a_selection(zone=make.a_zone(f"z{number}"), state="SCREENING")
    post = cast.posts["主办"]
    Position.objects.filter(pk=post.pk).update(headcount=number, conditions="大学专科及以上")
    BatchPost.objects.filter(position=post).update(seats=number)
    people = people_of(cast, number)
    run.names = [one.name for one in people]
    apply_all(cast, people, post)
    _screen(run, cast, people)
    _select(run, cast, people)
    _propose(run, cast)
    _appoint(run, cast)
    return run


def _screen(run: Run, cast: Selection, people: Sequence[Person]) -> None:
    """资格审查: one condition stays undecided."""
    office, supervisor = cast.users["人事"], cast.users["监督组"]
    run.take("evaluate", applications_evaluate, batch=cast.batch, actor=office, on=DAY)
    results = [row for row in _unknown(cast) if row.application.candidacy.person_id != people[2].pk]
    said = {"outcome": "PASS", "note": "档案核实", "actor": office, "on": DAY}
    run.take("decide", rule_results_decide, results=results, **said)
    run.take("screen", applications_screen, applications=mine(cast), actor=office, on=DAY)
    run.take("review", applications_review, applications=mine(cast), actor=supervisor, on=DAY)
    run.take("notify", applications_notify, applications=mine(cast), actor=office, on=DAY)


def _select(run: Run, cast: Selection, people: Sequence[Person]) -> None:
    """入围: one has no rank yet. 双向选择: one is related to who leads the section, having been chosen for
    that already."""
    office = cast.users["人事"]
    scored = mine(cast, "QUALIFIED")
    for place, one in enumerate(scored):
        one.state, one.rank = "SCORED", place + 1 if place else None
    Application.objects.bulk_update(scored, ["state", "rank"])
    Batch.objects.filter(pk=cast.batch.pk).update(state="MATCHING", scores_published_on=DAY)
    cast.batch.refresh_from_db()
    run.take("shortlist", applications_shortlist, batch=cast.batch, actor=office, on=DAY)
    first, second = people[:2]
    Application.objects.filter(candidacy__person=first).update(state="SHORTLISTED", rank=1)
    Application.objects.filter(candidacy__person=second).update(
        state="MATCHED", position=cast.posts["副科长"]
    )
    entries = [IntentionEntry(one, person_agrees=True, unit_agrees=True) for one in mine(cast, "SHORTLISTED")]
    run.take("intend", intentions_record, batch=cast.batch, entries=entries, actor=office)
    run.take("match", applications_match, batch=cast.batch, actor=office, on=DAY)


def _propose(run: Run, cast: Selection) -> None:
    """拟聘: one is not carried."""
    office, leader = cast.users["人事"], cast.users["领导"]
    cast.to("DECIDING")
    proposal = run.take("freeze", proposal_freeze, batch=cast.batch, actor=office, on=DAY)
    run.take("approve", proposal_approve, proposal=proposal, actor=leader, on=DAY)
    votes = [
        VoteEntry(row, in_favour=9 if place else 3, against=0 if place else 6)
        for place, row in enumerate(proposal.rows.order_by("id"))
    ]
    meeting = {
        "held_on": DAY,
        "minutes_no": "会纪1号",
        "members": 9,
        "present": 9,
        "actor": office,
        "on": DAY,
    }
    run.take("vote", meeting_record, proposal=proposal, votes=votes, **meeting)
    cast.to("PUBLICITY")
    run.take("publicize", on_publicized, batch=cast.batch, actor=leader, on=DAY)
    cast.end_publicity(cast.publicize(proposal, date(2022, 1, 24)), OVER_ON)


def _appoint(run: Run, cast: Selection) -> None:
    """聘任: drafted, signed, in force; and no letter is signed for those who are gone."""
    office, leader = cast.users["人事"], cast.users["领导"]
    cast.to("APPOINTING")
    drafted = {"starts_on": EFFECTIVE_ON, "document_no": "聘1号", "letters": LetterNumbers("聘书")}
    drafts = run.take("draft", appointments_draft, batch=cast.batch, actor=office, **drafted)
    signed = {"letter_signed_on": OVER_ON, "duties_signed_on": OVER_ON}
    run.take("letters", letters_sign, appointments=drafts, actor=office, **signed)
    run.take("appoint", appointments_take_effect, batch=cast.batch, actor=leader, on=OVER_ON)
    Appointment.objects.filter(round=cast.round).update(state="TERMINATED")
    gone = Appointment.objects.filter(round=cast.round).select_related("zone", "person").order_by("id")
    with pytest.raises(Refused) as told:
        letters_sign(appointments=gone, letter_signed_on=OVER_ON, actor=office)
    run.answers["letters again"] = told.value


def _unknown(cast: Selection) -> list[RuleResult]:
    found = RuleResult.objects.filter(application__candidacy__batch=cast.batch, outcome="UNKNOWN")
    return list(found.select_related("application__candidacy"))


def refused_of(answer: Any) -> Sequence[Refusal]:
    return answer if isinstance(answer, list) else answer.refused


@pytest.fixture(scope="module")
def runs(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Run, Run]]:
    """The same batch with few and with many; both are taken back after the tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield carry(FEW), carry(MANY)
        transaction.set_rollback(True)


def test_613_rows_take_the_statements_of_twenty(runs: tuple[Run, Run]):
    few, many = runs
    grown = {
        name: (few.statements[name], number)
        for name, number in many.statements.items()
        if number > few.statements[name] + MORE_PARTS
    }
    assert grown == {}
    assert len(many.statements) == ACTIONS


def test_each_action_is_one_transaction(runs: tuple[Run, Run]):
    assert [name for run in runs for name, whole in run.in_one.items() if not whole] == []


def test_one_refusal_among_613_is_told_with_its_reason_and_stops_nobody_else(runs: tuple[Run, Run]):
    _, many = runs
    told = {name: [str(one) for one in refused_of(many.answers[name])] for name in REFUSING}
    assert told == {
        "screen": ["众2 → 经发局·综合科·主办：还有待核实的条件：学历"],
        "review": ["众2 → 经发局·综合科·主办：还没有初审结论"],
        "shortlist": ["众0 → 经发局·综合科·主办：还没有排名"],
        "match": [
            "众0 → 经发局·综合科·主办：众0（经发局·综合科·主办）与众1（经发局·综合科·副科长）是夫妻（妻），"
            "领导与直接下属，须岗位回避"
        ],
    }
    assert many.answers["shortlist"].chosen == MANY - 2
    # Without the one undecided, the one refused for a relative, and the relative, whose vote did not carry.
    assert len(many.answers["draft"]) == len(many.answers["appoint"]) == MANY - 3
    assert many.answers["letters"] == MANY - 3


def test_613_refusals_are_told_one_by_one(runs: tuple[Run, Run]):
    _, many = runs
    assert [str(one) for one in many.answers["notify"]] == [
        f"{name} → 经发局·综合科·主办：不是资格不合格，不需要告知" for name in many.names
    ]
    ended = [f"{name}的聘任是“已解聘”" for name in many.names[3:]]
    assert many.answers["letters again"].reasons == (*ended, "已结束的聘任不再登记签订")
