"""考评: the panel, its sheets, the ballots, and the lock that a second person puts on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import BallotCount, Batch, PanelMember, ScoreEntry, ScoreItem, ScoreSheet
from appointments.rules.assessment import ITEM_WORDS, WHOLE, Ballots, ballot_reasons
from appointments.rules.guards import listed
from appointments.selectors.assessment import Material
from appointments.states import BatchState
from reform.errors import Refused
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission

_BEFORE_SCORES = (
    BatchState.PLANNED,
    BatchState.PUBLISHED,
    BatchState.APPLYING,
    BatchState.SCREENING,
    BatchState.ASSESSING,
)
_BY_MEMBERS = (ScoreItem.INTERVIEW, ScoreItem.FITNESS)
_BY_OFFICE = (ScoreItem.WRITTEN, ScoreItem.RESULTS, ScoreItem.FITNESS)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class PanelEntry:
    """A member to be: `person_id` where it is somebody of the zone, `user_id` where the member scores in the
    system."""

    name: str
    workplace: str = ""
    person_id: int | None = None
    user_id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.name.strip(), self.workplace.strip()


@dataclass(frozen=True)
class BallotEntry:
    """The ballots of one group of voters (A, B, C) on one candidate."""

    candidacy_id: int
    voters: str
    ballots: Ballots


@transaction.atomic
def panel_set(
    *, batch: Batch, members: Sequence[PanelEntry], actor: AbstractBaseUser, on: date
) -> list[PanelMember]:
    """Make these the panel of a batch; who has a sheet already cannot be left out. Size and odd number are
    looked at when the results are published (B5)."""
    require_permission(actor, states.OFFICE, "组成考评组")
    batch = _locked(batch)
    present = {(one.name, one.workplace): one for one in PanelMember.objects.filter(batch=batch)}
    wanted = {one.key: one for one in members}
    gone = [one for key, one in present.items() if key not in wanted]
    scoring = set(ScoreSheet.objects.filter(member__in=gone).values_list("member__name", flat=True))
    reasons = []
    if batch.state not in _BEFORE_SCORES:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，考评组不能再改")
    if len(wanted) < len(members):
        reasons.append("同一评委填了两次")
    if any(not name for name, _ in wanted):
        reasons.append("评委须有姓名")
    if scoring:
        reasons.append(f"{'、'.join(sorted(scoring))}已有评分表，不能退出考评组")
    if reasons:
        raise Refused(reasons)
    created = [
        PanelMember(batch=batch, name=key[0], workplace=key[1], person_id=one.person_id, user_id=one.user_id)
        for key, one in wanted.items()
        if key not in present
    ]
    changes: list[Edit | None] = [
        edit(present[key], person_id=one.person_id, user_id=one.user_id)
        for key, one in wanted.items()
        if key in present
    ]
    event = audit_record(
        actor=actor, action="组成考评组", zone=batch.round.zone, subject=f"{batch}：{len(wanted)}人"
    )
    save_all(event, created=created, changed=[*changes, edit(batch, panel_chosen_on=on)], removed=gone)
    return list(PanelMember.objects.filter(batch=batch).order_by("id"))


@transaction.atomic
def score_sheet_enter(
    *,
    batch: Batch,
    item: str,
    scores: Mapping[int, Decimal | None],
    actor: AbstractBaseUser,
    on: date,
    member: PanelMember | None = None,
) -> ScoreSheet:
    """Enter one 评分表: candidacy id → score of 0–100 (None takes one back); what is not named stays.

    member: whose sheet it is (面试, 适岗评价); by the member's own account, or by the office from paper.
    Without one it is the office's sheet (笔试, 业绩, 适岗评价). Only who began a sheet goes on with it, until
    it is locked.  履职回避: scores of a member for himself or a relative are refused, with the names.
    """
    _require_scorer(actor, member)
    batch = _locked(batch)
    material = Material(batch, on)
    sheet = ScoreSheet.objects.select_for_update().filter(batch=batch, item=item, member=member).first()
    reasons = _sheet_reasons(material, sheet, item, member, actor)
    reasons += _score_reasons(material, item, scores)
    if member is not None:
        near = material.avoided.get(member.pk, {})
        reasons += [_must_stand_back(member, material.names[key], near[key]) for key in scores if key in near]
    if reasons:
        raise Refused(reasons)
    sheet = sheet or ScoreSheet(batch=batch, item=item, member=member, entered_by_id=actor.pk)
    event = audit_record(
        actor=actor, action="录入评分", zone=batch.round.zone, subject=f"{batch} {sheet}：{len(scores)}人"
    )
    if sheet.pk is None:
        save_all(event, created=[sheet])
    old = {one.candidacy_id: one for one in ScoreEntry.objects.filter(sheet=sheet)}
    save_all(
        event,
        changed=[
            edit(old[key], score=score) for key, score in scores.items() if key in old and score is not None
        ],
        removed=[old[key] for key, score in scores.items() if key in old and score is None],
        created=[
            ScoreEntry(sheet_id=sheet.pk, candidacy_id=key, score=score)
            for key, score in scores.items()
            if key not in old and score is not None
        ],
    )
    return sheet


def _must_stand_back(member: PanelMember, candidate: str, word: str) -> str:
    relation = f"就是{candidate}本人" if word == "本人" else f"与{candidate}是{word}"
    return f"{member}{relation}，须回避，不能评分"


def _require_scorer(actor: AbstractBaseUser, member: PanelMember | None) -> None:
    may = getattr(actor, "has_perm", lambda _: False)
    if may(states.OFFICE):
        return
    if member is None:
        require_permission(actor, states.OFFICE, "录入评分")
    require_permission(actor, states.PANEL, "评分")
    if member is not None and member.user_id != actor.pk:
        raise Refused([f"只能录入本人的评分表，这一份是{member}的"])


def _sheet_reasons(
    material: Material,
    sheet: ScoreSheet | None,
    item: str,
    member: PanelMember | None,
    actor: AbstractBaseUser,
) -> list[str]:
    reasons = _assessing_reasons(material.batch)
    word = ITEM_WORDS.get(item, item)
    if member is not None and item not in _BY_MEMBERS:
        reasons.append(f"{word}不由评委分别评分")
    if member is None and item not in _BY_OFFICE:
        how = "按票数登记" if item == ScoreItem.PEER_VOTE else "由每个评委评分"
        reasons.append(f"{word}{how}")
    if member is not None and member.batch_id != material.batch.pk:
        reasons.append(f"{member}不是本批次的评委")
    if not any(item in items for items in material.items_of.values()):
        reasons.append(f"本批次的考评权重中没有{word}")
    if sheet is not None and sheet.locked_on:
        reasons.append(f"评分表“{sheet}”已于{sheet.locked_on}锁定，不能再改")
    elif sheet is not None and sheet.entered_by_id != actor.pk:
        reasons.append(f"评分表“{sheet}”由{_name(sheet.entered_by)}录入，只能由其修改")
    return reasons


def _score_reasons(material: Material, item: str, scores: Mapping[int, Decimal | None]) -> list[str]:
    reasons = [] if scores else ["没有评分"]
    for key, score in scores.items():
        if item not in material.items_of.get(key, ()):
            who = material.names.get(key, f"报名表{key}")
            reasons.append(f"{who}不在本批次的考评对象中，或不考{ITEM_WORDS.get(item, item)}")
        elif score is not None and not (score.is_finite() and 0 <= score <= WHOLE):
            reasons.append(f"{material.names[key]}得分{score}，须在0—{WHOLE}之间")
        elif score is not None and score != score.quantize(_CENT):
            reasons.append(f"{material.names[key]}得分{score}，最多两位小数")
    return reasons


@transaction.atomic
def ballots_enter(
    *, batch: Batch, ballots: Sequence[BallotEntry], actor: AbstractBaseUser, on: date
) -> ScoreSheet:
    """Enter the counts of 民主测评 by group of voters; every sum must agree (§3a). They stand on the office's
    sheet of this item, which a second person locks."""
    require_permission(actor, states.OFFICE, "登记民主测评")
    batch = _locked(batch)
    material = Material(batch, on)
    item = ScoreItem.PEER_VOTE.value
    sheet = ScoreSheet.objects.select_for_update().filter(batch=batch, item=item, member=None).first()
    reasons = _ballot_sheet_reasons(material, sheet, actor)
    groups = material.policy["round.vote_weights"]
    for entry in ballots:
        name = material.names.get(entry.candidacy_id, f"报名表{entry.candidacy_id}")
        if item not in material.items_of.get(entry.candidacy_id, ()):
            reasons.append(f"{name}不在本批次的民主测评对象中")
        if entry.voters not in groups:
            reasons.append(f"{name}：没有“{entry.voters}”这种票，可填{'、'.join(groups)}")
        reasons += [f"{name}{entry.voters}票：{one}" for one in ballot_reasons(entry.ballots)]
    if len({(one.candidacy_id, one.voters) for one in ballots}) < len(ballots):
        reasons.append("同一人的同一种票填了两次")
    if reasons:
        raise Refused(reasons)
    sheet = sheet or ScoreSheet(batch=batch, item=item, entered_by_id=actor.pk)
    event = audit_record(
        actor=actor, action="登记民主测评", zone=batch.round.zone, subject=f"{batch}：{len(ballots)}份"
    )
    old = {(one.candidacy_id, one.voters): one for one in BallotCount.objects.filter(candidacy__batch=batch)}
    changes: list[Edit | None] = []
    created: list[BallotCount | ScoreSheet] = [] if sheet.pk else [sheet]
    for entry in ballots:
        facts = dict(vars(entry.ballots))
        row = old.get((entry.candidacy_id, entry.voters))
        if row is None:
            created.append(BallotCount(candidacy_id=entry.candidacy_id, voters=entry.voters, **facts))
        else:
            changes.append(edit(row, **facts))
    save_all(event, changed=changes, created=created)
    return sheet


def _ballot_sheet_reasons(material: Material, sheet: ScoreSheet | None, actor: AbstractBaseUser) -> list[str]:
    reasons = _assessing_reasons(material.batch)
    if sheet is not None and sheet.locked_on:
        reasons.append(f"民主测评已于{sheet.locked_on}锁定，不能再改")
    elif sheet is not None and sheet.entered_by_id != actor.pk:
        reasons.append(f"民主测评由{_name(sheet.entered_by)}登记，只能由其修改")
    return reasons


@transaction.atomic
def score_sheet_lock(*, sheets: Iterable[ScoreSheet], actor: AbstractBaseUser, on: date) -> list[Refusal]:
    """Lock sheets of one batch after looking them through: not by who entered them, and only when everybody
    on them has a score (0 for 缺考). A locked sheet never changes."""
    may = getattr(actor, "has_perm", lambda _: False)
    if not may(states.OFFICE):
        require_permission(actor, states.PANEL, "锁定评分表")
    fresh = list(
        ScoreSheet.objects.select_for_update(of=("self",))
        .filter(pk__in=[one.pk for one in sheets])
        .select_related("member", "entered_by", "batch__round__zone", "batch__round__policy")
        .order_by("id")
    )
    if len({one.batch_id for one in fresh}) > 1:
        raise Refused(["一次只能锁定同一批次的评分表"])
    if not fresh:
        return []
    batch = fresh[0].batch
    material = Material(batch, on)
    refused, edits = [], []
    for sheet in fresh:
        reasons = _lock_reasons(material, sheet, actor)
        if reasons:
            refused.append(Refusal(sheet, tuple(reasons)))
        else:
            edits.append(edit(sheet, locked_by_id=actor.pk, locked_on=on))
    if edits:
        event = audit_record(
            actor=actor, action="锁定评分表", zone=batch.round.zone, subject=f"{batch}：{len(edits)}份"
        )
        save_all(event, changed=edits)
    return refused


def _lock_reasons(material: Material, sheet: ScoreSheet, actor: AbstractBaseUser) -> list[str]:
    reasons = _assessing_reasons(material.batch)
    if sheet.locked_on:
        reasons.append(f"已于{sheet.locked_on}锁定")
    if sheet.entered_by_id == actor.pk:
        reasons.append("录入人不能锁定自己的评分表")
    absent = [material.names[key] for key in material.absent(sheet)]
    if absent:
        reasons.append(f"还有{len(absent)}人没有得分（缺考的填0）：{listed(absent)}")
    return reasons


def _assessing_reasons(batch: Batch) -> list[str]:
    reasons = ["批次已暂停"] if batch.is_suspended else []
    if batch.state != BatchState.ASSESSING:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，不在考评阶段")
    return reasons


def _name(user: AbstractBaseUser) -> str:
    full = getattr(user, "get_full_name", lambda: "")()
    return full or user.get_username()


def _locked(batch: Batch) -> Batch:
    """As it is now, and nobody else's until this is written."""
    return (
        Batch.objects.select_for_update(of=("self",))
        .select_related("round__zone", "round__policy")
        .get(pk=batch.pk)
    )
