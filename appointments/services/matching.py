"""双向选定: applications with the word of both sides get their seats; and 组织提名 where nobody applies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Batch
from appointments.rules.guards import ApplicationFacts, Call, application_match
from appointments.rules.matching import Offer, settle_offers
from appointments.selectors.seating import Seating, seating_of
from appointments.selectors.selection import agreements_of, open_for_matching
from appointments.states import APPLICATION_TRANSITIONS, OFFICE, UNIT_HEADS
from reform.access import bounds_of
from reform.services.steps import Refusal, not_refused, require_permission, take_steps

from .locks import lock_batch


@dataclass(frozen=True)
class Matches:
    """What a run came to: who was matched, and who was not and why."""

    matched: list[Application] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def applications_match(*, batch: Batch, actor: AbstractBaseUser, on: date) -> Matches:
    """Match where both sides have said yes (B6): each person the best choice for which no better candidate
    takes the seats. Where a unit said yes to more than it has seats for and nobody was scored, it has to
    choose. A unit head is told of the own units only.
    """
    batch = lock_batch(batch)
    seating = seating_of(batch.round, batch)
    agreed = [
        one
        for one, said in _with_words(batch)
        if said == (True, True) and seating.holds(one.candidacy.person_id) is None
    ]
    found = settle_offers(
        (Offer(one.candidacy.person_id, one.position_id, one.choice_no, one.rank) for one in agreed),
        {post: seating.vacant(post) for post in {one.position_id for one in agreed}},
    )
    units = _units_of(actor)
    own = {one.position_id for one in agreed if units is None or one.position.unit_id in units}
    pairs = [(person, post) for person, post in found.pairs if post in own]
    matches = match_pairs(batch=batch, pairs=pairs, actor=actor, on=on)
    contested = [
        Refusal(one, (_contested(seating, one.position_id, len(found.contested[one.position_id])),))
        for one in agreed
        if one.position_id in own and one.candidacy.person_id in found.contested.get(one.position_id, ())
    ]
    return Matches(matches.matched, [*matches.refused, *contested])


def _contested(seating: Seating, post: int, number: int) -> str:
    return f"双方同意的有{number}人，空缺{seating.vacant(post)}个，须由用人单位选定"


def _with_words(batch: Batch) -> Iterable[tuple[Application, tuple[bool | None, bool | None]]]:
    said = agreements_of(batch)
    return ((one, said.get(one.pk, (None, None))) for one in open_for_matching(batch))


@transaction.atomic
def match_pairs(
    *,
    batch: Batch,
    pairs: Iterable[tuple[int, int]],
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
) -> Matches:
    """Give (person, post) pairs their seats, whoever found them: every pair passes the same guard — both
    sides agree, no relatives come together, a seat is left, one person one post. Constant statements.

    A unit head matches for the own units only; the office for all.
    """
    require_permission(actor, _permission(actor), "双向选定")
    batch = lock_batch(batch)
    seating = seating_of(batch.round, batch)
    words = {(one.candidacy.person_id, one.position_id): (one, said) for one, said in _with_words(batch)}
    rows: list[Application] = []
    refused: list[Refusal] = []
    units = _units_of(actor)
    names = dict(batch.candidacies.order_by().values_list("person_id", "person__name"))
    for person_id, position_id in pairs:
        one, _ = words.get((person_id, position_id), (None, None))
        if one is None:
            post = seating.name_of(position_id)
            who = names.get(person_id, f"人员{person_id}")
            refused.append(Refusal(f"{who} → {post}", ("没有可以选定的志愿",)))
        elif units is not None and one.position.unit_id not in units:
            refused.append(Refusal(one, ("不是本单位的岗位",)))
        else:
            rows.append(one)
    planner = Planner(batch, seating, {one.pk: said for one, said in words.values()}, on)
    refused += take_steps(
        rows,
        table=APPLICATION_TRANSITIONS,
        event="match",
        facts_of=planner.facts,
        actor=actor,
        on=on,
        reason=reason,
        subject=f"{batch} {len(rows)}人",
        permission=_permission(actor),
    )
    return Matches(not_refused(rows, refused), refused)


def _units_of(actor: AbstractBaseUser) -> frozenset[int] | None:
    """The units whose posts the actor may give; None for all."""
    return None if _permission(actor) == OFFICE else bounds_of(actor).unit_ids or frozenset()


def _permission(actor: AbstractBaseUser) -> str:
    return OFFICE if getattr(actor, "has_perm", lambda _: False)(OFFICE) else UNIT_HEADS


@dataclass
class Planner:
    """Facts for matching, one application after another: a seat once given is no longer there for the
    next."""

    batch: Batch
    seating: Seating
    said: dict[int, tuple[bool | None, bool | None]]
    on: date
    substitutes: bool = False

    def facts(self, one: Application) -> ApplicationFacts:
        person, name = one.candidacy.person_id, one.candidacy.person.name
        person_agrees, unit_agrees = self.said.get(one.pk, (None, None))
        facts = ApplicationFacts(
            name=name,
            batch_state=self.batch.state,
            person_agrees=person_agrees,
            unit_agrees=unit_agrees,
            blocks=seat_blocks(self.seating, person, name, one.position_id),
            vacant=self.seating.vacant(one.position_id),
            substitutes=self.substitutes,
        )
        if not application_match(facts, Call(self.on)):
            self.seating.take(person, name, one.position_id)
        return facts


def seat_blocks(seating: Seating, person_id: int, name: str, position_id: int) -> Sequence[str]:
    """What stands against a person taking a post: one already has another, or a relative is too near."""
    held = seating.held_by(person_id)
    blocks = [f"此人已选定或聘任“{held}”"] if held else []
    return [*blocks, *seating.avoidance(person_id, name, position_id).blocks_of(person_id)]
