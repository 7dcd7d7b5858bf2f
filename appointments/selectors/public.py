"""What anybody may see without a login: notices of published batches, and lists on 公示."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from appointments.models import Batch, BatchPost, BatchStep, Publicity
from appointments.states import BatchState, RoundState
from reform.ladder import Ladder
from reform.models import Position, Zone
from reform.selectors import policy_of

from .documents import posts_offered, steps_planned
from .post_groups import groups_told

# What the public hears of: the days on which it has something to do, or to hear.
_TOLD = ("NOTICE", "APPLY", "SCREEN", "ASSESS", "MATCH", "PUBLICITY")


@dataclass(frozen=True)
class Notice:
    """竞聘公告 with its 岗位一览表. posts: each with the name of its level.  groups: the limits of sets of
    posts, in words."""

    batch: Batch
    posts: Sequence[tuple[BatchPost, str]]
    steps: Sequence[BatchStep]
    seats: int
    until: date | None
    is_cancelled: bool
    groups: Sequence[str] = ()


def notices_of(zone: Zone, on: date) -> list[Batch]:
    """Batches whose posts have been made public, the latest first; of one that was cancelled the notice stays
    where its days had begun."""
    batches = (
        Batch.objects.filter(round__zone=zone)
        .exclude(state=BatchState.PLANNED)
        .exclude(method=Position.Method.ZZ)
        .exclude(round__state__in=[RoundState.DRAFT, RoundState.APPROVED])
        .select_related("round__zone", "round__policy")
        .order_by("-round__code", "sort_no", "code")
    )
    begun = set(
        BatchStep.objects.filter(
            batch__round__zone=zone, kind=BatchStep.Kind.NOTICE, starts_on__lte=on
        ).values_list("batch_id", flat=True)
    )
    return [one for one in batches if one.state != BatchState.CANCELLED or one.pk in begun]


def notice_of(batch: Batch) -> Notice:
    """The notice of one batch. A fixed number of statements."""
    ladder: Ladder = policy_of(batch.round.policy).ladder
    posts = posts_offered(batch)
    steps = [one for one in steps_planned(batch) if one.kind in _TOLD]
    window = next((one for one in steps if one.kind == BatchStep.Kind.APPLY), None)
    return Notice(
        batch=batch,
        posts=[(one, ladder.name_of(one.position.level)) for one in posts],
        steps=steps,
        seats=sum(one.seats for one in posts),
        until=window.last_on if window else None,
        is_cancelled=batch.state == BatchState.CANCELLED,
        groups=groups_told(batch.round, batch),
    )


def publicities_begun(zone: Zone, on: date) -> QuerySet[Publicity]:
    """Lists that are or were before the public, the latest first."""
    return (
        Publicity.objects.filter(proposal__batch__round__zone=zone, starts_on__lte=on)
        .select_related("proposal__batch__round__zone", "proposal__batch__round__policy")
        .order_by("-starts_on", "-id")
    )
