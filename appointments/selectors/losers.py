"""Who lost in the earlier batches of a round and may be taken over by a later one (domain.md §3)."""

from dataclasses import dataclass

from appointments.models import Application, Appointment, Baseline, Batch
from appointments.states import ApplicationState, BatchState

from .round_facts import LIVE_APPOINTMENTS, batches_of

_A = ApplicationState
_LOST = (_A.NOT_SELECTED, _A.REJECTED, _A.DROPPED)
_WON = (_A.MATCHED, _A.PROPOSED, _A.OBJECTED, _A.APPOINTED)
_SHORTLISTED_ON = (_A.SHORTLISTED, *_WON)
_MATCHED_ALREADY = (
    BatchState.INSPECTING,
    BatchState.DECIDING,
    BatchState.PUBLICITY,
    BatchState.APPOINTING,
)


@dataclass(frozen=True)
class Loser:
    """A person whom no earlier batch has taken. level: code of the baseline, '' for a new person."""

    person_id: int
    name: str
    lost_in: tuple[str, ...]
    level: str


def losers_for(batch: Batch) -> list[Loser]:
    """Those whom the batches before this one leave without a post, in the order of these batches.

    Not everybody's application is closed by then, as batches overlap: lost is also who was left out when the
    short list or the match of the post was made. Who still has a chance anywhere is not among them.
    """
    earlier = []
    for one in batches_of(batch.round):
        if one.pk == batch.pk:
            break
        earlier.append(one)
    states = {one.pk: one.state for one in earlier}
    names = {one.pk: one.name for one in earlier}
    rows = list(
        Application.objects.filter(candidacy__batch__in=states)
        .exclude(state=_A.WITHDRAWN)
        .order_by("candidacy__batch__sort_no", "candidacy__batch__code", "candidacy__sort_no", "id")
        .values_list(
            "candidacy__person_id", "candidacy__person__name", "candidacy__batch_id", "position_id", "state"
        )
    )
    shortlists = {(batch_id, post) for _, _, batch_id, post, state in rows if state in _SHORTLISTED_ON}
    lost: dict[int, tuple[str, list[str]]] = {}
    hopeful = _settled(batch)
    for person, name, batch_id, post, state in rows:
        if _is_lost(state, str(states[batch_id]), (batch_id, post) in shortlists):
            places = lost.setdefault(person, (name, []))[1]
            if names[batch_id] not in places:
                places.append(names[batch_id])
        else:
            hopeful.add(person)
    levels = dict(Baseline.objects.filter(round=batch.round_id).values_list("person_id", "level"))
    return [
        Loser(person, name, tuple(places), levels.get(person, ""))
        for person, (name, places) in lost.items()
        if person not in hopeful
    ]


def _is_lost(state: str, batch_state: str, has_shortlist: bool) -> bool:
    if state in _LOST:
        return True
    if state in _WON:
        return False
    if batch_state in _MATCHED_ALREADY:
        return True
    return batch_state == BatchState.MATCHING and state == _A.SCORED and has_shortlist


def _settled(batch: Batch) -> set[int]:
    """Persons with a live appointment in the round, or won in any batch of it."""
    won = Application.objects.filter(candidacy__round=batch.round_id, state__in=_WON).values_list(
        "candidacy__person_id", flat=True
    )
    appointed = Appointment.objects.filter(
        round=batch.round_id, kind="PRIMARY", state__in=LIVE_APPOINTMENTS
    ).values_list("person_id", flat=True)
    return {*won, *appointed}
