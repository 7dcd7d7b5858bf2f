"""落聘安置: written offers and their answers, 待岗, and the 组织调配 batch that places those who accept
(domain.md §3).

An accepted offer is not yet a post: it goes through the meeting and the 公示 of a ZZ batch, and the placement
is settled when its appointment takes effect.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Batch, Offer, Placement, Round
from appointments.rules.guards import PlacementFacts
from appointments.selectors.placements import (
    Settlement,
    offer_facts,
    offers_accepted,
    offers_outstanding,
    settlements,
    waiting_facts,
)
from appointments.states import OFFICE, PLACEMENT_TRANSITIONS, PlacementState, RoundState
from reform.errors import Refused
from reform.models import Position
from reform.selectors import policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission, take_step, take_steps

from .batch_posts import batch_posts_add
from .batches import batch_create
from .locks import lock_zone
from .nominations import Nomination, nominations_make
from .own import IN_PERSON, ON_BEHALF, is_in_person

_SYSTEM_STEP = ""
_Reply = Offer.Reply


@dataclass(frozen=True)
class Assigned:
    """A batch of 组织调配 made from accepted offers, and who could not be put into it."""

    batch: Batch
    applications: list[Application] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def placement_offer(
    *,
    placement: Placement,
    position: Position,
    way: str,
    document_no: str,
    actor: AbstractBaseUser,
    on: date,
    minutes_no: str = "",
) -> Offer:
    """Offer an empty post in writing (岗位调配通知书).

    At the level of the baseline or as far below as the policy allows; deeper, the 兜底岗 included, needs the
    党工委 minutes. Relatives are kept apart. Raises Refused with all reasons.
    """
    lock_zone(placement.zone)
    take_step(
        placement,
        table=PLACEMENT_TRANSITIONS,
        event="offer",
        facts=offer_facts(placement, position, way, minutes_no or placement.minutes_no),
        actor=actor,
        on=on,
        document_no=document_no,
    )
    offer = Offer(
        placement=placement,
        number=placement.offers.count() + 1,
        position=position,
        way=way,
        offered_on=on,
        document_no=document_no,
    )
    offer.full_clean()
    event = audit_record(
        actor=actor, action="提供岗位", zone=placement.zone, subject=str(offer), document_no=document_no
    )
    changed = [edit(placement, minutes_no=minutes_no)] if minutes_no else []
    save_all(event, changed=changed, created=[offer])
    return offer


@transaction.atomic
def offer_answer(*, offer: Offer, accepts: bool, actor: AbstractBaseUser, on: date, reason: str = "") -> None:
    """The answer to an offer, by the person or registered by the office on their behalf. Accepted, the post
    is reserved until the batch decides; refused, with its reason, the person is unplaced again, and after the
    last written offer that the policy asks for this is recorded as 无故拒绝合理安排."""
    placement = offer.placement
    in_person = is_in_person(actor, placement.person, "答复提供的岗位")
    _require_unanswered(offer, on)
    by = {"by": IN_PERSON if in_person else ON_BEHALF}
    if accepts:
        event = audit_record(
            actor=actor, action="接受安置", zone=placement.zone, subject=str(offer), details=by
        )
        save_all(
            event,
            changed=[
                edit(offer, reply=_Reply.ACCEPTED, replied_on=on),
                edit(placement, way=offer.way, position=offer.position),
            ],
        )
        return
    take_step(
        placement,
        table=PLACEMENT_TRANSITIONS,
        event="decline" if in_person else "refuse",
        facts=None,
        actor=actor,
        on=on,
        reason=reason,
    )
    refused = placement.offers.filter(reply=_Reply.REFUSED).count() + 1
    limit = policy_of(placement.round.policy)["round.offers"]
    event = audit_record(
        actor=actor, action="拒绝安置", zone=placement.zone, subject=str(offer), reason=reason, details=by
    )
    save_all(
        event,
        changed=[
            edit(offer, reply=_Reply.REFUSED, replied_on=on, reason=reason[:200]),
            edit(placement, way="", position=None, refuses=placement.refuses or refused >= limit),
        ],
    )


@transaction.atomic
def offer_lapse(*, offer: Offer, reason: str, actor: AbstractBaseUser, on: date) -> None:
    """An offer comes to nothing through nobody's refusal: taken back, or not approved by the meeting. The
    person is unplaced again; it does not count as refused."""
    placement = offer.placement
    if offer.reply not in ("", _Reply.ACCEPTED):
        raise Refused([f"这次提供已{offer.get_reply_display()}"])
    if offer.pk not in {one.pk for one in _standing(placement)}:
        raise Refused(["此人已在组织调配的批次中，须先由批次作出结果"])
    take_step(
        placement,
        table=PLACEMENT_TRANSITIONS,
        event="refuse",
        facts=None,
        actor=actor,
        on=on,
        reason=reason,
    )
    event = audit_record(
        actor=actor, action="岗位提供失效", zone=placement.zone, subject=str(offer), reason=reason
    )
    save_all(
        event,
        changed=[
            edit(offer, reply=_Reply.LAPSED, reason=reason[:200]),
            edit(placement, way="", position=None),
        ],
    )


def _standing(placement: Placement) -> list[Offer]:
    return [one for one in offers_outstanding(placement.round) if one.placement_id == placement.pk]


def _require_unanswered(offer: Offer, on: date) -> None:
    if offer.reply:
        raise Refused([f"这次提供已答复：{offer.get_reply_display()}"])
    if offer.placement.state != PlacementState.OFFERED:
        raise Refused([f"安置已是“{PlacementState(offer.placement.state).label}”，不再答复"])
    if offer.placement.round.state == RoundState.TERMINATED:
        raise Refused(["本轮聘任已中止，提供的岗位不再有效"])
    if on < offer.offered_on:
        raise Refused([f"答复日期{on}早于提供日期{offer.offered_on}"])


@transaction.atomic
def placements_to_batch(
    *, round_: Round, code: str, actor: AbstractBaseUser, on: date, name: str = ""
) -> Assigned:
    """Put all accepted offers into a new batch of 组织调配, each person already matched with the post; the
    meeting, the 公示 and the appointment follow there (B8–B10)."""
    lock_zone(round_.zone)
    offers = offers_accepted(round_)
    if not offers:
        raise Refused(["没有已接受、还未编入批次的岗位提供"])
    batch = batch_create(
        round_=round_, code=code, name=name or f"组织调配（{code}）", method=Position.Method.ZZ, actor=actor
    )
    positions = {one.position_id: one.position for one in offers}
    seats = Counter(one.position_id for one in offers)
    for number in sorted(set(seats.values())):
        batch_posts_add(
            batch=batch,
            positions=[positions[key] for key, wanted in seats.items() if wanted == number],
            actor=actor,
            seats=number,
        )
    applications, refused = nominations_make(
        batch=batch, nominations=[_nomination(one) for one in offers], actor=actor, on=on
    )
    if not applications:
        raise Refused([str(one) for one in refused])
    return Assigned(batch, applications, refused)


def _nomination(offer: Offer) -> Nomination:
    return Nomination(
        person=offer.placement.person,
        position=offer.position,
        reason=f"落聘安置：{offer.get_way_display()}，{offer.document_no}",
    )


@transaction.atomic
def placements_settle(*, round_: Round, actor: AbstractBaseUser, on: date) -> list[Placement]:
    """Settle (已安置) everybody whose appointment in the round is in force: what follows from appointments
    taking effect, so by whoever does that. Somebody who found a post in 补充双向选择 without an offer gets
    the offer written down that it amounts to. A fixed number of statements."""
    return _settle(settlements(round_), actor, on)


def _settle(found: Sequence[Settlement], actor: AbstractBaseUser, on: date) -> list[Placement]:
    if not found:
        return []
    zone = found[0].placement.zone
    numbers = Counter(
        Offer.objects.filter(placement__in=[one.placement.pk for one in found]).values_list(
            "placement_id", flat=True
        )
    )
    _offer_without_one([one for one in found if one.placement.state != PlacementState.OFFERED], actor, on)
    event = audit_record(actor=actor, action="落聘安置", zone=zone, subject=f"{len(found)}人")
    changed, created = [], []
    for one in found:
        placement, post = one.placement, one.appointment.position
        way = one.offer.way if _is_answer(one) and one.offer else Placement.Way.SECOND_CHOICE
        if one.offer is not None and not _is_answer(one):
            changed.append(edit(one.offer, reply=_Reply.LAPSED, reason="已另行聘任"))
        elif one.offer is not None and not one.offer.reply:
            changed.append(edit(one.offer, reply=_Reply.ACCEPTED, replied_on=on))
        if not _is_answer(one):
            created.append(_offer_made(one, numbers[placement.pk] + 1, on))
        changed.append(edit(placement, way=way, position=post, placed_on=one.appointment.starts_on))
    save_all(event, changed=changed, created=created)
    rows = [one.placement for one in found]
    take_steps(
        rows,
        table=PLACEMENT_TRANSITIONS,
        event="accept",
        facts_of=lambda row: PlacementFacts(name=row.person.name, offer_accepted=True),
        actor=actor,
        on=on,
        subject=f"{len(rows)}人",
        permission=_SYSTEM_STEP,
    )
    return rows


def _is_answer(one: Settlement) -> bool:
    """Whether the appointment is to the very post that was offered."""
    return one.offer is not None and one.offer.position_id == one.appointment.position_id


def _offer_made(one: Settlement, number: int, on: date) -> Offer:
    """The offer that an appointment found otherwise amounts to."""
    return Offer(
        placement=one.placement,
        number=number,
        position=one.appointment.position,
        way=Placement.Way.SECOND_CHOICE,
        offered_on=one.appointment.decided_on or one.appointment.starts_on,
        document_no=_paper(one),
        reply=_Reply.ACCEPTED,
        replied_on=on,
    )


def _paper(one: Settlement) -> str:
    return one.appointment.document_no or one.appointment.superior_document_no or "聘任文件"


def _offer_without_one(found: Sequence[Settlement], actor: AbstractBaseUser, on: date) -> None:
    """UNPLACED and WAITING go by way of 已提供岗位, as the machine has it."""
    by_paper: dict[str, list[Placement]] = {}
    for one in found:
        by_paper.setdefault(_paper(one), []).append(one.placement)
    for document_no, rows in by_paper.items():
        take_steps(
            rows,
            table=PLACEMENT_TRANSITIONS,
            event="offer",
            facts_of=lambda row: PlacementFacts(name=row.person.name),
            actor=actor,
            on=on,
            document_no=document_no,
            subject=f"{len(rows)}人",
            permission=_SYSTEM_STEP,
        )


@transaction.atomic
def placement_wait(
    *, placement: Placement, reason: str, actor: AbstractBaseUser, on: date, training: str = ""
) -> None:
    """待岗, with training, for no longer than the policy's months in all; then a post is offered again."""
    take_step(
        placement,
        table=PLACEMENT_TRANSITIONS,
        event="wait",
        facts=waiting_facts(placement, on),
        actor=actor,
        on=on,
        reason=reason,
    )
    event = audit_record(
        actor=actor, action="待岗", zone=placement.zone, subject=str(placement), reason=reason
    )
    values = {"waiting_from": placement.waiting_from or on} | ({"training": training} if training else {})
    save_all(event, changed=[edit(placement, **values)])


@transaction.atomic
def placement_note(*, placement: Placement, actor: AbstractBaseUser, **facts: str) -> None:
    """Keep the training of 待岗, the minutes and the remark up to date."""
    require_permission(actor, OFFICE, "登记安置")
    unknown = facts.keys() - {"training", "minutes_no", "remark"}
    if unknown:
        raise Refused([f"“{name}”不在此处修改" for name in sorted(unknown)])
    change = edit(placement, **facts)
    if change:
        event = audit_record(actor=actor, action="安置备注", zone=placement.zone, subject=str(placement))
        save_all(event, changed=[change])
