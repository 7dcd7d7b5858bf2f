"""Taking over who lost in an earlier batch: at the same or a lower level nobody is assessed again (domain.md
§3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Batch, Candidacy
from appointments.selectors.batch_facts import batch_obstacles, live_applications, open_posts
from appointments.selectors.losers import Loser, losers_for
from appointments.selectors.post_groups import chosen_elsewhere
from appointments.states import OFFICE, ApplicationState, BatchState
from reform.errors import Refused
from reform.ladder import Ladder
from reform.models import Person, Position
from reform.selectors import policy_of
from reform.services import audit_record, save_all
from reform.services.steps import Refusal, require_permission


@dataclass(frozen=True)
class TakenOver:
    """Applications that were made, already qualified; and what was refused, a row being (person, post)."""

    applications: list[Application]
    refused: list[Refusal]


@transaction.atomic
def losers_take_over(
    *,
    batch: Batch,
    choices: Sequence[tuple[Person, Position]],
    actor: AbstractBaseUser,
    on: date,
    reason: str = "",
) -> TakenOver:
    """At MATCHING, give persons whom earlier batches left without a post an application of this batch,
    already QUALIFIED; both sides then speak as for every other. A fixed number of statements.

    choices: person and post, in the order of the person's wishes. A post above the person's former level is
    refused: that takes a competition.
    """
    require_permission(actor, OFFICE, "转入前批落聘人员")
    reasons = batch_obstacles(batch, "")
    if batch.state != BatchState.MATCHING:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，双向选择时才能转入落聘人员")
    if reasons:
        raise Refused(reasons)
    desk = _Desk(batch)
    applications: list[Application] = []
    refused: list[Refusal] = []
    for person, position in choices:
        against = desk.reasons(person, position)
        if against:
            refused.append(Refusal(f"{person}→{position}", tuple(against)))
        else:
            applications.append(desk.accept(person, position, on))
    if applications:
        event = audit_record(
            actor=actor,
            action="转入前批落聘人员",
            zone=batch.zone,
            subject=f"{batch} {len(applications)}个志愿",
            reason=reason,
        )
        save_all(event, created=desk.created)
        for one in applications:
            one.candidacy_id = one.candidacy.pk
        save_all(event, created=applications)
    return TakenOver(applications, refused)


class _Desk:
    """What is known of the batch, its candidacies and the losers while the choices are gone through."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.ladder: Ladder = policy_of(batch.round.policy).ladder
        self.losers: Mapping[int, Loser] = {one.person_id: one for one in losers_for(batch)}
        self.posts = {post.position_id for post in open_posts(batch)}
        self.candidacies = {one.person_id: one for one in Candidacy.objects.filter(batch=batch)}
        self.live: set[tuple[int, int]] = set()
        self.choices: Counter[int] = Counter()
        self.created: list[Candidacy] = []
        for one in live_applications(batch):
            self._take(one.candidacy.person_id, one.position_id)
        for key, posts in chosen_elsewhere(batch.round, self.losers, batch=batch).items():
            self.live |= {(key, post) for post in posts}

    def _take(self, person_id: int, position_id: int) -> None:
        self.live.add((person_id, position_id))
        self.choices[person_id] += 1

    def reasons(self, person: Person, position: Position) -> list[str]:
        loser = self.losers.get(person.pk)
        reasons = []
        if position.pk not in self.posts:
            reasons.append("岗位不在本批次或已取消")
        if (person.pk, position.pk) in self.live:
            reasons.append("已有这个岗位的报名")
        elif self.choices[person.pk] >= self.batch.max_choices:
            reasons.append(f"已有{self.choices[person.pk]}个志愿，最多{self.batch.max_choices}个")
        if loser is None:
            return [*reasons, "没有在前面的批次落聘，或已有拟聘、聘任的岗位"]
        return reasons + self._too_high(loser, position)

    def _too_high(self, loser: Loser, position: Position) -> list[str]:
        held, wanted = self.ladder.by_code.get(loser.level), self.ladder.by_code.get(position.level)
        if held is None:
            return ["没有原层级，须竞聘"]
        if wanted is None or self.ladder.steps(held.code, wanted.code) > 0:
            return [f"岗位是{self.ladder.name_of(position.level)}，原层级{held.name}，高于原层级的须竞聘"]
        return []

    def accept(self, person: Person, position: Position, on: date) -> Application:
        candidacy = self.candidacies.get(person.pk)
        if candidacy is None:
            candidacy = Candidacy(
                round_id=self.batch.round_id,
                batch_id=self.batch.pk,
                person=person,
                source=Candidacy.Source.TAKEN_OVER.value,
                applied_on=on,
                remark=f"前批落聘：{'、'.join(self.losers[person.pk].lost_in)}"[:200],
            )
            self.candidacies[person.pk] = candidacy
            self.created.append(candidacy)
        self._take(person.pk, position.pk)
        return Application(
            candidacy=candidacy,
            position=position,
            choice_no=self.choices[person.pk],
            state=ApplicationState.QUALIFIED.value,
        )
