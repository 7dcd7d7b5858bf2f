"""The third round's batches after the 资格审查: 考评 by sheets, 双向选择, and the first one into its 公示."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from random import Random

from appointments.models import Application, Batch, BatchPost, PanelMember, ProposalRow, ScoreSheet
from appointments.rules.assessment import Ballots
from appointments.selectors.proposals import matched_of
from appointments.selectors.selection import committee_members, open_for_matching
from appointments.services.assessment import (
    BallotEntry,
    PanelEntry,
    ballots_enter,
    panel_set,
    score_sheet_enter,
    score_sheet_lock,
)
from appointments.services.batch_steps import batch_step
from appointments.services.inspections import InspectionEntry, inspections_record
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.matching import applications_match
from appointments.services.objections import objection_receive
from appointments.services.proposals import (
    VoteEntry,
    meeting_record,
    proposal_approve,
    proposal_freeze,
)
from appointments.services.publicity import publicity_open
from appointments.services.scores import applications_shortlist, scores_compute, scores_publish
from appointments.states import ApplicationState
from reform.models import Unit

from .second_apply import PANEL
from .second_select import INSPECTORS, OFFICE
from .stage import must
from .third_plan import Third

ENTERED_SHEETS = 5  # of the seven members', in the batch that is being assessed
LOCKED_SHEETS = 3
VOTERS = {"A": 8, "B": 40, "C": 60}


def set_panel(third: Third, code: str, *, user_id: int | None = None) -> None:
    """Seven from outside; one of them scores in the system where an account is given."""
    members = [
        PanelEntry(name, workplace, user_id=user_id if place == 0 else None)
        for place, (name, workplace) in enumerate(PANEL)
    ]
    panel_set(
        batch=third.batch(code), members=members, actor=third.cast.office, on=third.first(code, "SCREEN")
    )


def begin_assessment(third: Third, code: str) -> None:
    batch_step(
        batch=third.batch(code), event="assess", actor=third.cast.office, on=third.first(code, "ASSESS")
    )


def _candidates(batch: Batch) -> list[int]:
    """The sheets with an application to be scored."""
    posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN).values("position")
    found = Application.objects.filter(
        candidacy__batch=batch, state=ApplicationState.QUALIFIED, position__in=posts
    )
    return sorted(set(found.values_list("candidacy_id", flat=True)))


def enter_interviews(
    third: Third, code: str, *, first: int = 0, sheets: int = len(PANEL)
) -> list[ScoreSheet]:
    """The members' sheets as the office has them on paper, from the first so many on."""
    batch, on = third.batch(code), third.first(code, "ASSESS")
    rng = Random(f"{code}-interview")
    merit = {key: rng.uniform(72, 92) for key in _candidates(batch)}
    members = list(PanelMember.objects.filter(batch=batch).order_by("id"))[first : first + sheets]
    return [
        score_sheet_enter(
            batch=batch,
            item="interview",
            scores={key: _near(value, rng) for key, value in merit.items()},
            actor=third.cast.office,
            on=on,
            member=member,
        )
        for member in members
    ]


def _near(value: float, rng: Random) -> Decimal:
    return Decimal(str(round(min(98.0, max(60.0, rng.gauss(value, 2))), 1)))


def enter_ballots(third: Third, code: str) -> ScoreSheet:
    """民主测评 by the three groups of voters."""
    batch = third.batch(code)
    rng = Random(f"{code}-ballots")
    ballots = [
        BallotEntry(key, group, _ballots(voters, rng))
        for key in _candidates(batch)
        for group, voters in VOTERS.items()
    ]
    return ballots_enter(
        batch=batch, ballots=ballots, actor=third.cast.office, on=third.first(code, "ASSESS")
    )


def _ballots(voters: int, rng: Random) -> Ballots:
    good = rng.randint(voters * 5 // 10, voters * 8 // 10)
    better = rng.randint((voters - good) // 2, voters - good)
    fair = voters - good - better
    return Ballots(voters, voters, voters, voters, good, better, fair, 0)


def lock(third: Third, code: str, sheets: Iterable[ScoreSheet]) -> None:
    must(
        score_sheet_lock(sheets=sheets, actor=third.cast.second, on=third.first(code, "ASSESS")),
        "锁定评分表",
    )


def publish_scores(third: Third, code: str) -> None:
    """Totals, ranks, the short list; the batch is in 双向选择."""
    cast, on = third.cast, third.first(code, "MATCH")
    computed = scores_compute(batch=third.batch(code), actor=cast.panel, on=on)
    must(computed.refused, "汇总成绩")
    scores_publish(batch=third.batch(code), actor=cast.panel, on=on)
    batch_step(batch=third.batch(code), event="match", actor=cast.panel, on=on)
    must(applications_shortlist(batch=third.batch(code), actor=cast.office, on=on).refused, "列入考察")


def choose(third: Third, code: str, *, silent: Unit | None = None) -> None:
    """Both sides speak; a silent unit has not said anything yet, and nobody is matched."""
    batch, office = third.batch(code), third.cast.office
    entries = [
        IntentionEntry(
            one, person_agrees=True, unit_agrees=None if one.position.unit.owner == silent else True
        )
        for one in open_for_matching(batch)
    ]
    must(intentions_record(batch=batch, entries=entries, actor=office), "登记意向")
    if silent is None:
        must(applications_match(batch=batch, actor=office, on=third.first(code, "MATCH")).refused, "双向选定")


def propose(third: Third, code: str) -> None:
    """考察, the 拟聘名单, the vote, and the 公示 that is running."""
    cast, batch = third.cast, third.batch(code)
    inspected_on, on = third.first(code, "INSPECT"), third.first(code, "DECIDE")
    batch_step(batch=batch, event="inspect", actor=cast.office, on=inspected_on)
    entries = [_inspection(one, inspected_on) for one in matched_of(batch)]
    must(inspections_record(batch=third.batch(code), entries=entries, actor=cast.inspector), "登记考察")
    proposal = proposal_freeze(batch=third.batch(code), actor=cast.office, on=inspected_on)
    batch_step(batch=third.batch(code), event="decide", actor=cast.inspector, on=inspected_on)
    proposal_approve(proposal=proposal, actor=cast.leader, on=on)
    members = len(committee_members(proposal, on))
    votes = [
        VoteEntry(row, in_favour=members) for row in ProposalRow.objects.filter(list=proposal).order_by("id")
    ]
    minutes_no = f"云溪党会纪{third.number}18号"
    meeting_record(
        proposal=proposal,
        held_on=on,
        minutes_no=minutes_no,
        members=members,
        present=members,
        votes=votes,
        actor=cast.office,
        on=on,
    )
    batch_step(batch=third.batch(code), event="publicize", actor=cast.leader, on=on, document_no=minutes_no)
    proposal.refresh_from_db()
    publicity_open(proposal=proposal, starts_on=third.dates.publicity[0], actor=cast.office, on=on, **OFFICE)


def _inspection(one: Application, on: date) -> InspectionEntry:
    return InspectionEntry(
        application=one,
        inspectors=INSPECTORS,
        inspected_on=on,
        material=f"{one.candidacy.person.name}同志担当作为，熟悉园区和企业工作，近三年考核均为称职以上。",
        discipline_opinion="没有反映问题的线索，同意",
        discipline_clear=True,
        archive_checked=True,
        matters_checked=True,
    )


def object_to_one(third: Third, code: str) -> None:
    """An objection has come in during the 公示 and is being looked into."""
    application = (
        Application.objects.filter(candidacy__batch=third.batch(code), state=ApplicationState.PROPOSED)
        .order_by("position__sort_no", "id")
        .last()
    )
    assert application is not None
    today = third.dates.today
    objection_receive(
        application=application,
        received_on=today,
        from_whom="该单位职工（实名）",
        facts="反映其在项目验收中把关不严，请核查。",
        actor=third.cast.supervisor,
        on=today,
    )
