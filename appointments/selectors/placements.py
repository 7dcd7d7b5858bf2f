"""落聘安置: what an offer looks at, what is on offer already, and the rows of layout 18 (domain.md §3,
§8)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from appointments.models import Application, Appointment, Baseline, Offer, Placement, Round
from appointments.rules.guards import PlacementFacts
from appointments.rules.terms import months_since
from appointments.states import IN_FORCE, LIVE, PlacementState, RoundState
from reform.ladder import Policy
from reform.models import Position, TenureKind
from reform.selectors import policy_of

from .free_seats import seats_free
from .seating import seating_of

_Reply = Offer.Reply


def offers_outstanding(round_: Round) -> list[Offer]:
    """Offers that hold a seat: unanswered, or accepted and not yet put into a batch."""
    rows = (
        Offer.objects.filter(
            placement__round=round_,
            placement__state=PlacementState.OFFERED,
            reply__in=["", _Reply.ACCEPTED],
        )
        .select_related("placement__person", "placement__round", "position__unit__parent")
        .order_by("placement_id", "number")
    )
    nominated = set(
        Application.objects.filter(candidacy__round=round_, state__in=LIVE).values_list(
            "candidacy__person_id", flat=True
        )
    )
    return [one for one in rows if one.placement.person_id not in nominated]


def offers_accepted(round_: Round) -> list[Offer]:
    """Accepted offers that wait for a batch of 组织调配, in the order of the placements."""
    return [one for one in offers_outstanding(round_) if one.reply == _Reply.ACCEPTED]


def offer_facts(placement: Placement, position: Position, way: str, minutes_no: str) -> PlacementFacts:
    """What offering a post to somebody looks at. Ask for it after the zone's row is locked."""
    round_ = placement.round
    policy = policy_of(round_.policy)
    seating = seating_of(round_, ladder=policy.ladder)
    held = Counter(one.position_id for one in offers_outstanding(round_) if one.placement_id != placement.pk)
    free = min(seating.vacant(position.pk), seats_free(round_).get(position.pk, 0)) - held[position.pk]
    person = placement.person
    blocks = [
        *_closed(placement, round_, policy),
        *_misnamed(position, way, policy),
        *seating.avoidance(person.pk, person.name, position.pk).blocks_of(person.pk),
    ]
    seat = seating.held_by(person.pk)
    if seat:
        blocks.append(f"此人已选定或聘任“{seat}”")
    if position.pk not in seating.positions:
        blocks.append(f"“{position}”不在本轮的岗位设置中")
    return PlacementFacts(
        name=person.name,
        post=str(position),
        vacant=free,
        offers=placement.offers.count(),
        steps_down=_steps_down(placement, position, policy),
        limit_down=policy["round.max_demotion_steps"],
        is_fallback=position.level == policy["round.fallback_level"],
        minutes_no=minutes_no,
        blocks=blocks,
    )


def _closed(placement: Placement, round_: Round, policy: Policy) -> list[str]:
    reasons = []
    if round_.state != RoundState.PLACING:
        reasons.append(f"轮次{RoundState(round_.state).label}，不在落聘安置阶段")
    if placement.state == PlacementState.UNPLACED and placement.refuses:
        reasons.append(
            f"已书面提供{policy['round.offers']}次岗位，均被拒绝：按无故拒绝合理安排，转为待岗或离开"
        )
    return reasons


def _misnamed(position: Position, way: str, policy: Policy) -> list[str]:
    """The way of placing and the level of the post belong together."""
    fallback = policy["round.fallback_level"]
    if way == Placement.Way.FALLBACK and position.level != fallback:
        return [f"兜底岗是{policy.ladder.name_of(fallback)}岗位，“{position}”不是"]
    if way not in Placement.Way.values:
        return ["须选择安置方式"]
    return []


def _steps_down(placement: Placement, position: Position, policy: Policy) -> int:
    baseline = (
        Baseline.objects.filter(round_id=placement.round_id, person_id=placement.person_id)
        .values_list("level", flat=True)
        .first()
    )
    return policy.ladder.steps(position.level, baseline) if baseline else 0


def waiting_facts(placement: Placement, on: date) -> PlacementFacts:
    """What 待岗 looks at: the months used up since it first began."""
    policy = policy_of(placement.round.policy)
    since = placement.waiting_from
    return PlacementFacts(
        name=placement.person.name,
        waited_months=months_since(since, on) if since else 0,
        waiting_limit=policy["round.waiting_months"],
    )


@dataclass(frozen=True)
class Settlement:
    """A placement whose person has been appointed in the round."""

    placement: Placement
    appointment: Appointment
    offer: Offer | None


def settlements(round_: Round) -> list[Settlement]:
    """Open placements of those who hold a main post of the round by now; a fixed number of statements."""
    rows = list(
        Placement.objects.filter(round=round_)
        .exclude(state__in=[PlacementState.PLACED, PlacementState.LEFT])
        .select_related("person", "round__zone", "round__policy")
        .order_by("id")
    )
    if not rows:
        return []
    held = {
        one.person_id: one
        for one in Appointment.objects.filter(round=round_, kind=TenureKind.PRIMARY, state__in=IN_FORCE)
        .select_related("position__unit__parent", "application__candidacy__batch")
        .order_by("starts_on", "id")
    }
    latest: dict[int, Offer] = {}
    for offer in (
        Offer.objects.filter(placement__round=round_, reply__in=["", _Reply.ACCEPTED])
        .select_related("position__unit__parent")
        .order_by("number")
    ):
        latest[offer.placement_id] = offer
    return [Settlement(one, held[one.person_id], latest.get(one.pk)) for one in rows if one.person_id in held]
