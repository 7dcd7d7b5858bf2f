"""The lock under which seats are given away, lists approved and steps counted."""

from appointments.models import Batch
from appointments.states import RoundState
from reform.errors import Refused
from reform.models import Zone

_OVER = (RoundState.COMPLETED, RoundState.TERMINATED)


def lock_zone(zone: Zone) -> None:
    """Wait for whoever is writing in the zone, and keep others waiting until this transaction ends: what is
    read afterwards stays true. The row is the one that audit_record locks, so no two locks can cross."""
    Zone.objects.select_for_update().get(pk=zone.pk)


def lock_batch(batch: Batch) -> Batch:
    """The batch as it stands under the zone's lock, with its round; raises Refused where it is suspended or
    the round is not under way."""
    lock_zone(batch.round.zone)
    fresh = Batch.objects.select_related("round__zone", "round__policy", "round__setup").get(pk=batch.pk)
    state = RoundState(fresh.round.state)
    reasons = [f"轮次{state.label}，批次不能再办理"] if state in _OVER else []
    if fresh.is_suspended:
        reasons.append("批次已暂停" + (f"：{fresh.suspend_reason}" if fresh.suspend_reason else ""))
    if reasons:
        raise Refused(reasons)
    return fresh
