"""A competition that is being assessed: three qualified for one seat; how sheets come in and are locked."""

from datetime import date
from decimal import Decimal as D
from typing import Any

from appointments.models import Application, Batch, PanelMember, Round, ScoreSheet
from appointments.rules.assessment import Ballots
from appointments.services.assessment import (
    BallotEntry,
    PanelEntry,
    ballots_enter,
    panel_set,
    score_sheet_enter,
    score_sheet_lock,
)
from appointments.services.scores import scores_compute

from .competition_cast import Cast, a_cast

ON = date(2022, 1, 16)
NAMES = "甲乙丙"
WEIGHTS = {"*": {"written": 35, "interview": 25, "peer_vote": 25, "results": 15}}


def an_assessment() -> Cast:
    """Three qualified for one seat; all four items count."""
    cast = a_cast()
    Round.objects.filter(pk=cast.round.pk).update(weights=WEIGHTS)
    cast.round.refresh_from_db()
    for name in NAMES:
        cast.applied(name, "QUALIFIED")
    cast.to("ASSESSING")
    cast.batch = Batch.objects.select_related("round__zone").get(pk=cast.batch.pk)
    return cast


def key_of(cast: Cast, name: str) -> int:
    return Application.objects.get(candidacy__person=cast.people[name]).candidacy_id


def by_key(cast: Cast, values: dict[str, Any]) -> dict[int, D | None]:
    return {key_of(cast, name): None if one is None else D(str(one)) for name, one in values.items()}


def the_panel(cast: Cast, size: int = 7, **first: Any) -> list[PanelMember]:
    entries = [PanelEntry(f"评委{number}", "省人社厅") for number in range(1, size + 1)]
    if first:
        entries[0] = PanelEntry("评委1", **first)
    return panel_set(batch=cast.batch, members=entries, actor=cast.office, on=ON)


def enter(cast: Cast, item: str, values: dict[str, Any], member: Any = None, actor: Any = None) -> ScoreSheet:
    return score_sheet_enter(
        batch=cast.batch,
        item=item,
        scores=by_key(cast, values),
        member=member,
        actor=actor or cast.office,
        on=ON,
    )


def votes(good: int, better: int = 0) -> Ballots:
    number = good + better
    return Ballots(number + 1, number, number, number, good=good, better=better, fair=0, poor=0)


def vote(cast: Cast, counts: dict[str, Ballots], voters: str = "A", actor: Any = None) -> ScoreSheet:
    entries = [BallotEntry(key_of(cast, name), voters, one) for name, one in counts.items()]
    return ballots_enter(batch=cast.batch, ballots=entries, actor=actor or cast.office, on=ON)


def lock(cast: Cast, *sheets: ScoreSheet, actor: Any = None):
    return score_sheet_lock(sheets=sheets, actor=actor or cast.panel, on=ON)


def compute(cast: Cast):
    return scores_compute(batch=cast.batch, actor=cast.panel, on=ON)
