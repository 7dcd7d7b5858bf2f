"""组织提名: who is put forward for posts that nobody applies for (ZP, ZZ, and posts switched to them)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Baseline, Batch, BatchPost, Candidacy, Exit
from appointments.rules.change import classify_change
from appointments.rules.proposals import rise_reasons
from appointments.selectors.limits import promotion_limits
from appointments.selectors.proposals import former_holding, holding_of
from appointments.selectors.seating import Seating, seating_of
from appointments.states import LIVE, OFFICE, ApplicationState, BatchState
from reform.errors import Refused
from reform.ladder import Policy
from reform.models import Person, Position
from reform.selectors import policy_of
from reform.services import audit_record, save_all
from reform.services.steps import Refusal, require_permission

from .locks import lock_batch
from .matching import seat_blocks

_NOMINATED_METHODS = ("ZP", "ZZ")
# A batch of the method itself; in a competition the posts that were switched.
_WHEN = {
    "ZP": (BatchState.PUBLISHED, BatchState.INSPECTING),
    "ZZ": (BatchState.PLANNED,),
}
_WHEN_SWITCHED = (BatchState.MATCHING, BatchState.INSPECTING)


@dataclass(frozen=True)
class Nomination:
    """One person for one post, and why (动议). held_level: where it differs from the post's, with its
    reason."""

    person: Person
    position: Position
    reason: str
    held_level: str = ""
    held_level_reason: str = ""
    exception_reason: str = ""
    superior_document_no: str = ""


def nominate(
    *,
    batch: Batch,
    position: Position,
    person: Person,
    reason: str,
    actor: AbstractBaseUser,
    on: date,
    held_level: str = "",
    held_level_reason: str = "",
    exception_reason: str = "",
    superior_document_no: str = "",
) -> Application:
    """Put one person forward; raises Refused with all reasons."""
    nomination = Nomination(
        person,
        position,
        reason,
        held_level,
        held_level_reason,
        exception_reason,
        superior_document_no,
    )
    with transaction.atomic():
        made, refused = nominations_make(batch=batch, nominations=[nomination], actor=actor, on=on)
        if refused:
            raise Refused(refused[0].reasons)
    return made[0]


@transaction.atomic
def nominations_make(
    *, batch: Batch, nominations: Sequence[Nomination], actor: AbstractBaseUser, on: date
) -> tuple[list[Application], list[Refusal]]:
    """Put persons forward for posts that are filled by 直接聘任 or 组织调配: each gets an application that is
    already matched. Those that may not be are reported. A fixed number of statements."""
    require_permission(actor, OFFICE, "提名")
    batch = lock_batch(batch)
    checks = _Checks.load(batch, on)
    refused: list[Refusal] = []
    accepted: list[Nomination] = []
    for one in nominations:
        reasons = checks.reasons(one)
        if reasons:
            refused.append(Refusal(f"{one.person} → {one.position}", tuple(reasons)))
        else:
            checks.seating.take(one.person.pk, one.person.name, one.position.pk)
            accepted.append(one)
    return _write(batch, accepted, actor, on), refused


@dataclass
class _Checks:
    """What a nomination is held against, read once."""

    batch: Batch
    policy: Policy
    seating: Seating
    posts: dict[int, BatchPost]
    baselines: dict[int, Baseline]
    limits: dict[int, list[str]]
    exited: set[int]
    applied: set[tuple[int, int]]

    @classmethod
    def load(cls, batch: Batch, on: date) -> "_Checks":
        round_ = batch.round
        policy = policy_of(round_.policy)
        live = Application.objects.filter(candidacy__round=round_, state__in=LIVE)
        return cls(
            batch=batch,
            policy=policy,
            seating=seating_of(round_, batch, ladder=policy.ladder),
            posts={post.position_id: post for post in BatchPost.objects.filter(batch=batch)},
            baselines={
                row.person_id: row for row in Baseline.objects.filter(round=round_).select_related("position")
            },
            limits=promotion_limits(round_.zone, policy, on),
            exited=set(Exit.objects.filter(round=round_).values_list("person_id", flat=True)),
            applied=set(live.values_list("candidacy__person_id", "position_id")),
        )

    def reasons(self, one: Nomination) -> list[str]:
        found = self._post(one)
        if not one.reason.strip():
            found.append("须写明提名理由")
        if one.person.zone_id != self.batch.round.zone_id:
            found.append("不是本开发区的人员")
        if one.person.pk in self.exited:
            found.append("此人已登记离开")
        if (one.person.pk, one.position.pk) in self.applied:
            found.append("此人对这个岗位已有有效的志愿")
        if self.seating.vacant(one.position.pk) < 1:
            found.append("岗位已没有空缺")
        found += seat_blocks(self.seating, one.person.pk, one.person.name, one.position.pk)
        return found + self._level(one)

    def _post(self, one: Nomination) -> list[str]:
        post = self.posts.get(one.position.pk)
        if post is None or post.state != BatchPost.State.OPEN:
            return ["岗位不在本批次中，或已取消"]
        if post.method not in _NOMINATED_METHODS:
            return [f"岗位的任用方式是{post.get_method_display()}，不由组织提名"]
        when = _WHEN.get(self.batch.method, _WHEN_SWITCHED)
        if self.batch.state in when:
            return []
        steps = "、".join(state.label for state in when)
        return [f"批次在“{BatchState(self.batch.state).label}”，提名须在“{steps}”阶段"]

    def _level(self, one: Nomination) -> list[str]:
        ladder = self.policy.ladder
        level = one.held_level or one.position.level
        if level not in ladder.by_code:
            return [f"层级表没有“{level}”"]
        reasons = []
        if level != one.position.level and not one.held_level_reason.strip():
            reasons.append("任职层级与岗位层级不同，须写明原因")
        application = Application(position=one.position)
        change = classify_change(
            former_holding(self.baselines.get(one.person.pk), ladder), holding_of(application, level, ladder)
        )
        return reasons + rise_reasons(
            change,
            most=self.policy["round.max_promotion_steps"],
            exception_reason=one.exception_reason,
            limits=self.limits.get(one.person.pk, []),
        )


def _write(
    batch: Batch, nominations: Sequence[Nomination], actor: AbstractBaseUser, on: date
) -> list[Application]:
    if not nominations:
        return []
    event = audit_record(
        actor=actor,
        action="组织提名",
        zone=batch.round.zone,
        subject=f"{batch} {len(nominations)}人",
        reason=nominations[0].reason if len(nominations) == 1 else "",
    )
    present = {row.person_id: row for row in Candidacy.objects.filter(batch=batch)}
    new = {
        one.person.pk: Candidacy(
            round_id=batch.round_id,
            batch_id=batch.pk,
            person_id=one.person.pk,
            source=Candidacy.Source.NOMINATED,
            applied_on=on,
            remark=one.reason[:200],
        )
        for one in nominations
        if one.person.pk not in present
    }
    save_all(event, created=list(new.values()))
    sheets = present | new
    applications = [
        Application(
            candidacy=sheets[one.person.pk],
            position=one.position,
            state=ApplicationState.MATCHED.value,
            held_level=one.held_level,
            held_level_reason=one.held_level_reason,
            exception_reason=one.exception_reason,
            superior_document_no=one.superior_document_no,
        )
        for one in nominations
    ]
    save_all(event, created=applications)
    return applications
