"""拟聘名单 (B7–B8): frozen, approved by somebody who had no part in it, voted on, and made effective."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from appointments.models import (
    Application,
    BallotCount,
    Batch,
    Candidacy,
    Inspection,
    Intention,
    ItemScore,
    Meeting,
    MeetingVote,
    ProposalList,
    ProposalRow,
    RuleResult,
    ScoreEntry,
)
from appointments.rules.proposals import digest_rows, rise_reasons, vote_faults
from appointments.selectors.dossier_records import suspended_words
from appointments.selectors.limits import promotion_limits
from appointments.selectors.proposals import (
    ProposalFact,
    latest_list,
    list_check,
    matched_of,
    proposal_facts,
)
from appointments.selectors.selection import related_voters, split_names
from appointments.states import (
    LEADERS,
    LIVE,
    OFFICE,
    PROPOSED_OR_APPOINTED,
    ApplicationState,
    BatchState,
)
from reform.errors import Refused, StaleState
from reform.models import AuditEvent, RowChange
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission

from .decisions import on_publicized, proposal_decide
from .locks import lock_batch

__all__ = [
    "VoteEntry",
    "application_terms_set",
    "meeting_record",
    "on_publicized",
    "proposal_approve",
    "proposal_decide",
    "proposal_freeze",
    "proposal_makers",
]

# Until the vote; in PUBLICITY only for those who take the place of somebody taken off.
_FREEZABLE = (
    BatchState.PLANNED,
    BatchState.MATCHING,
    BatchState.INSPECTING,
    BatchState.DECIDING,
    BatchState.PUBLICITY,
)


@dataclass(frozen=True)
class VoteEntry:
    """The vote on one line; `recused` are the names of those who did not take part in it."""

    row: ProposalRow
    in_favour: int
    against: int = 0
    abstained: int = 0
    recused: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def application_terms_set(
    *, application: Application, actor: AbstractBaseUser, reason: str = "", **values: str
) -> bool:
    """Set what is proposed of an application: `held_level` with its reason, `exception_reason`,
    `superior_document_no`; returns whether anything changed. An approval of a list it stands on is void then;
    once the meeting has decided, only the number of the superior's approval may still come in."""
    require_permission(actor, OFFICE, "编制拟聘名单")
    allowed = {"held_level", "held_level_reason", "exception_reason", "superior_document_no"}
    if not values.keys() <= allowed:
        raise TypeError(f"unknown: {sorted(values.keys() - allowed)}")
    if application.state not in LIVE:
        raise Refused(["志愿已经结束，不能再改拟任内容"])
    if application.state in PROPOSED_OR_APPOINTED and values.keys() - {"superior_document_no"}:
        raise Refused(["会议已经研究决定，除上级批准文号外不能再改拟任内容"])
    level = values.get("held_level", application.held_level)
    why = values.get("held_level_reason", application.held_level_reason)
    if level and level != application.position.level and not why.strip():
        raise Refused(["任职层级与岗位层级不同，须写明原因"])
    if level and level not in policy_of(application.candidacy.round.policy).ladder.by_code:
        raise Refused([f"层级表没有“{level}”"])
    change = edit(application, **values)
    if change is None:
        return False
    event = audit_record(
        actor=actor, action="修改拟任内容", zone=application.zone, subject=str(application), reason=reason
    )
    save_all(event, changed=[change])
    return True


@transaction.atomic
def proposal_freeze(*, batch: Batch, actor: AbstractBaseUser, on: date) -> ProposalList:
    """Make the 拟聘名单 of those matched, each with the change against the baseline; a list that is made
    already and still holds is returned as it is.

    Raises Refused with everything that stands against a promotion on it (§4 I3, 处分, 限制提拔).
    """
    require_permission(actor, OFFICE, "编制拟聘名单")
    batch = lock_batch(batch)
    if batch.state not in _FREEZABLE:
        raise Refused([f"批次在“{BatchState(batch.state).label}”，不能编制拟聘名单"])
    policy = policy_of(batch.round.policy)
    facts = proposal_facts(batch.round, matched_of(batch), ladder=policy.ladder)
    if not facts:
        raise Refused(["没有选定的人选，不能编制拟聘名单"])
    limits = promotion_limits(batch.round.zone, policy, on)
    reasons = [
        f"{fact.name}：{reason}"
        for fact in facts
        for reason in rise_reasons(
            fact.change,
            most=policy["round.max_promotion_steps"],
            exception_reason=fact.application.exception_reason,
            limits=limits.get(fact.row.person_id, []),
        )
    ]
    names = {fact.application.pk: fact.name for fact in facts}
    reasons += [f"{names[key]}：{words}" for key, words in suspended_words(names).items()]
    if reasons:
        raise Refused(reasons)
    digest = digest_rows(fact.row for fact in facts)
    last = latest_list(batch)
    if last is not None and last.digest == digest and list_check(last, ladder=policy.ladder).is_current:
        return last
    return _freeze(batch, facts, digest, last, actor, on)


def _freeze(
    batch: Batch,
    facts: Iterable[ProposalFact],
    digest: str,
    last: ProposalList | None,
    actor: AbstractBaseUser,
    on: date,
) -> ProposalList:
    made = ProposalList(
        batch=batch,
        number=last.number + 1 if last else 1,
        digest=digest,
        frozen_by_id=actor.pk,
        frozen_on=on,
    )
    event = audit_record(actor=actor, action="编制拟聘名单", zone=batch.round.zone, subject=str(made))
    save_all(event, created=[made])
    rows = [
        ProposalRow(
            list_id=made.pk,
            application_id=fact.row.application_id,
            held_level=fact.row.held_level,
            change=fact.row.change,
            steps=fact.row.steps,
            former_post=fact.row.former_post[:200],
        )
        for fact in facts
    ]
    save_all(event, created=rows)
    return made


def proposal_makers(proposal: ProposalList) -> set[int]:
    """Users who had a hand in a list: who entered or changed any row behind it. One statement.

    They may not approve it (§12: the maker of a decision is never its checker).
    """
    applications = Application.objects.filter(proposal_rows__list=proposal).values("pk")
    sheets = Candidacy.objects.filter(applications__proposal_rows__list=proposal).values("pk")
    behind = {
        ProposalRow: ProposalRow.objects.filter(list=proposal).values("pk"),
        Application: applications,
        Candidacy: sheets,
        ItemScore: ItemScore.objects.filter(candidacy__in=sheets).values("pk"),
        ScoreEntry: ScoreEntry.objects.filter(candidacy__in=sheets).values("pk"),
        BallotCount: BallotCount.objects.filter(candidacy__in=sheets).values("pk"),
        RuleResult: RuleResult.objects.filter(application__in=applications).values("pk"),
        Intention: Intention.objects.filter(application__in=applications).values("pk"),
        Inspection: Inspection.objects.filter(application__in=applications).values("pk"),
    }
    where = Q(model=ProposalList._meta.label, key=proposal.pk, before__isnull=True)
    for model, keys in behind.items():
        where |= Q(model=model._meta.label, key__in=keys)
    found = set(
        RowChange.objects.filter(where).order_by().values_list("event__actor_id", flat=True).distinct()
    )
    return found | {proposal.frozen_by_id}


@transaction.atomic
def proposal_approve(*, proposal: ProposalList, actor: AbstractBaseUser, on: date) -> None:
    """Approve a list as it stands: the digest is kept with the approval, so that a later change voids it.

    Raises StaleState, saying who was first, where it has been approved meanwhile; Refused where the actor had
    a hand in it, or it is not what was frozen any more.
    """
    require_permission(actor, LEADERS, "审批拟聘名单")
    lock_batch(proposal.batch)
    fresh = ProposalList.objects.select_related(
        "batch__round__zone", "batch__round__policy", "approved_by"
    ).get(pk=proposal.pk)
    if fresh.approved_by is not None:
        who = fresh.approved_by.get_full_name() or fresh.approved_by.get_username()
        raise StaleState(f"“{fresh}”刚由{who}审批，没有再次写入。请刷新后再看。")
    if actor.pk in proposal_makers(fresh):
        raise Refused(["您录入或修改过这份名单的内容，不能审批：编制与审批须由不同的人办理"])
    newest = latest_list(fresh.batch)
    if newest is not None and newest.pk != fresh.pk:
        raise Refused([f"已有更新的{newest}，这一份不再审批"])
    check = list_check(fresh)
    if not check.is_current:
        raise Refused(["拟聘名单编制后有改动，须重新编制"])
    event = audit_record(
        actor=actor,
        action="审批拟聘名单",
        zone=fresh.batch.round.zone,
        subject=str(fresh),
        details={"digest": check.digest},
    )
    values = {"approved_by_id": actor.pk, "approved_on": on, "approved_digest": check.digest}
    save_all(event, changed=[edit(fresh, **values)])
    for name, value in values.items():
        setattr(proposal, name, value)


@transaction.atomic
def meeting_record(
    *,
    proposal: ProposalList,
    held_on: date,
    minutes_no: str,
    members: int,
    present: int,
    votes: Sequence[VoteEntry],
    actor: AbstractBaseUser,
    on: date,
    absent: Sequence[str] = (),
) -> Meeting:
    """Register the meeting on one list and the vote on every person of it; until the vote is carried out, the
    same again corrects what was registered. Raises Refused with everything that does not add up, and where a
    relative of somebody on the list voted (履职回避)."""
    require_permission(actor, OFFICE, "登记研究会议")
    lock_batch(proposal.batch)
    known = Meeting.objects.filter(proposal=proposal).first()
    facts = {
        "held_on": held_on,
        "minutes_no": minutes_no,
        "members": members,
        "present": present,
        "absent_names": "、".join(absent),
    }
    change = edit(known, **facts) if known else None
    meeting = known or Meeting(proposal=proposal, **facts)
    reasons = _meeting_faults(meeting, votes, on)
    if reasons:
        raise Refused(reasons)
    meeting.full_clean()
    event = audit_record(
        actor=actor,
        action="更正研究会议" if known else "登记研究会议",
        zone=proposal.batch.round.zone,
        subject=str(proposal),
        document_no=minutes_no,
    )
    save_all(event, created=[] if known else [meeting], changed=[change])
    _votes_write(event, meeting, votes)
    return meeting


def _votes_write(event: AuditEvent, meeting: Meeting, votes: Sequence[VoteEntry]) -> None:
    known = {one.row_id: one for one in MeetingVote.objects.filter(meeting=meeting)}
    created: list[MeetingVote] = []
    changed: list[Edit | None] = []
    for vote in votes:
        facts = {
            "recused": len(vote.recused),
            "recused_names": "、".join(vote.recused),
            "in_favour": vote.in_favour,
            "against": vote.against,
            "abstained": vote.abstained,
        }
        old = known.get(vote.row.pk)
        if old:
            changed.append(edit(old, **facts))
        else:
            created.append(MeetingVote(meeting_id=meeting.pk, row_id=vote.row.pk, **facts))
    save_all(event, created=created, changed=changed)


def _meeting_faults(meeting: Meeting, votes: Sequence[VoteEntry], on: date) -> list[str]:
    proposal = meeting.proposal
    faults = [] if meeting.minutes_no.strip() else ["须填写会议纪要文号"]
    if meeting.pk and _is_decided(proposal):
        faults.append(f"{proposal}已按登记的表决办理，会议不能再改")
    if meeting.held_on < proposal.frozen_on:
        faults.append(f"会议日期{meeting.held_on}早于名单编制日期{proposal.frozen_on}")
    if meeting.held_on > on:
        faults.append(f"会议日期{meeting.held_on}还没有到，今天是{on}")
    if meeting.present > meeting.members:
        faults.append(f"实到{meeting.present}人，多于应到{meeting.members}人")
    absent = split_names(meeting.absent_names)
    if len(absent) > meeting.members - meeting.present:
        faults.append(f"写了{len(absent)}个缺席姓名，应到减实到是{meeting.members - meeting.present}人")
    check = list_check(proposal)
    names = {fact.application.pk: fact.name for fact in check.facts}
    wanted = {row.pk: names[row.application_id] for row in check.rows}
    given = [vote.row.pk for vote in votes]
    missing = [name for key, name in wanted.items() if key not in given]
    if missing:
        faults.append(f"缺少{'、'.join(missing)}的表决结果")
    if len(set(given)) != len(given) or not set(given) <= wanted.keys():
        faults.append("表决结果与名单不对应：每人一条，且须在名单上")
    related = related_voters(proposal, meeting, check)
    for vote in votes:
        name = wanted.get(vote.row.pk, "")
        faults += vote_faults(
            name,
            present=meeting.present,
            in_favour=vote.in_favour,
            against=vote.against,
            abstained=vote.abstained,
            recused=len(vote.recused),
            named=len({one.strip() for one in vote.recused if one.strip()}),
        )
        kin = [one for one in related.get(vote.row.application_id, ()) if one not in vote.recused]
        if kin:
            faults.append(f"{name}：{'、'.join(kin)}是本人或亲属，应当回避")
    return faults


def _is_decided(proposal: ProposalList) -> bool:
    """Whether the vote on a list has been carried out: nobody on it is still waiting for it."""
    rows = Application.objects.filter(proposal_rows__list=proposal)
    return not rows.filter(state=ApplicationState.MATCHED).exists()
