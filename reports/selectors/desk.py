"""What waits for the person who opens the workbench: by role, what is late, and what runs out this week."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from appointments.models import Publicity, Round
from appointments.selectors import rounds_of
from appointments.selectors.progress import round_waiting
from appointments.selectors.round_facts import batches_of
from appointments.selectors.steps import batch_next, round_steps
from appointments.selectors.warnings import Expiry, expiring
from appointments.states import BatchState, RoundState
from reform.models import Zone

LATE = "batch_steps:late"
WEEK = timedelta(days=7)
_ENDS = ("cancel", "terminate")
_OVER = (RoundState.COMPLETED, RoundState.TERMINATED)


@dataclass(frozen=True)
class DeskLine:
    """So much of this waits in a round; place: the key by which its page is found."""

    round: Round
    what: str
    count: int
    place: str


@dataclass(frozen=True)
class Ending:
    """What runs out within a week, by its inclusive last day; kind: PUBLICITY, or one of ExpiryKind."""

    kind: str
    label: str
    who: str
    last_on: date
    batch_id: int | None = None


@dataclass(frozen=True)
class Desk:
    """`endings`: terms and lists in 公示, each for who may open its page; `overdue`: so many terms,
    probations and the like are over and nobody has done anything."""

    waiting: tuple[DeskLine, ...]
    late: tuple[DeskLine, ...]
    endings: tuple[Ending, ...]
    overdue: int = 0


@dataclass(frozen=True)
class Ready:
    """A step whose conditions are met; batch_id None: of the round itself."""

    round: Round
    name: str
    label: str
    batch_id: int | None = None


def ready_steps(zone: Zone, on: date, permissions: Collection[str]) -> list[Ready]:
    """The steps of rounds under way that may be taken now by who has one of these permissions; ends (取消、
    中止) are never what is meant to come next."""
    found = []
    for round_ in rounds_of(zone).select_related("policy", "zone", "setup"):
        if round_.is_registered or round_.state in _OVER:
            continue
        found += [
            Ready(round_, round_.name, one.label)
            for one in round_steps(round_, on)
            if one.allowed and one.event not in _ENDS and one.permission in permissions
        ]
        for batch in batches_of(round_):
            found += [
                Ready(round_, batch.name, one.label, batch.pk)
                for one in batch_next(batch, on)
                if one.allowed and one.event not in _ENDS and one.permission in permissions
            ]
    return found


def desk(
    zone: Zone,
    on: date,
    *,
    roles: Collection[str],
    unit_ids: Collection[int] | None = None,
    person_id: int | None = None,
    looks_after_terms: bool = False,
    sees_publicity: bool = False,
) -> Desk:
    """The lines of all rounds under way that wait for one of these roles (names of groups)."""
    lines = []
    rounds = [one for one in rounds_of(zone) if not one.is_registered and one.state not in _OVER]
    for round_ in rounds:
        for one in round_waiting(round_, on, unit_ids=unit_ids, person_id=person_id):
            if one.role in roles:
                lines.append(DeskLine(round_, one.what, one.count, one.place))
    endings = _publicities(rounds, on) if sees_publicity else []
    expiries = expiring(zone, on) if looks_after_terms else []
    endings += _terms(expiries, on)
    return Desk(
        tuple(line for line in lines if line.place != LATE),
        tuple(line for line in lines if line.place == LATE),
        tuple(sorted(endings, key=lambda one: (one.last_on, one.label, one.who))),
        sum(one.is_late for one in expiries),
    )


def _publicities(rounds: Collection[Round], on: date) -> list[Ending]:
    found = Publicity.objects.filter(
        proposal__batch__round__in=rounds,
        proposal__batch__state=BatchState.PUBLICITY,
        ends_before__gt=on,
        ends_before__lte=on + WEEK,
    ).select_related("proposal__batch")
    return [
        Ending("PUBLICITY", "公示", str(one.proposal.batch), one.last_on, one.proposal.batch_id)
        for one in found
    ]


def _terms(expiries: Iterable[Expiry], on: date) -> list[Ending]:
    return [
        Ending(one.kind.value, one.kind.label, one.name, one.last_on)
        for one in expiries
        if on <= one.last_on < on + WEEK
    ]
