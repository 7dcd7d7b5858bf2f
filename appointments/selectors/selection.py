"""What the guards of a batch look at from matching to the appointment: B6–B8 here, B9–B10 in closing.py."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from appointments.models import (
    Application,
    Batch,
    BatchPost,
    Inspection,
    Intention,
    Meeting,
    MeetingVote,
    ProposalList,
)
from appointments.rules.change import ChangeKind
from appointments.rules.guards import DecideFacts, InspectFacts, MatchFacts, VoteFact, listed
from appointments.rules.proposals import is_carried, rise_reasons
from appointments.states import ApplicationState
from reform.avoidance import Relation, Seated, conflicts
from reform.ladder import Policy
from reform.models import ConductRecord, UnitKind
from reform.selectors import kinship_relations, policy_of, tenures_as_of

from .assessment import COMPETITIVE
from .closing import appoint_facts, publicity_facts
from .dossier_records import suspended_words
from .limits import promotion_limits
from .proposals import ListCheck, latest_list, list_check, matched_of, proposal_facts
from .seating import Seating, seating_of

__all__ = [
    "agreements_of",
    "appoint_facts",
    "avoidance_notes",
    "committee_members",
    "decide_facts",
    "decide_facts_of",
    "inspect_facts",
    "inspection_gaps",
    "match_facts",
    "open_for_matching",
    "publicity_facts",
    "related_voters",
    "split_names",
    "vote_shares",
]

_S = ApplicationState
# 双向选择 and 组织调配 are decided on without an inspection (§3, which steps apply).
INSPECTED_METHODS = ("JP", "GX", "ZP")


def split_names(text: str) -> list[str]:
    """Names written with 顿号, comma or space between them."""
    for mark in "，,；; \u3000":
        text = text.replace(mark, "、")
    return [name for name in text.split("、") if name]


def open_for_matching(batch: Batch) -> Sequence[Application]:
    """Applications that may still be chosen: on the short list, or qualified where nobody is scored; without
    those of persons who have been chosen already."""
    return list(
        Application.objects.filter(candidacy__batch=batch, state__in=[_S.SHORTLISTED, _S.QUALIFIED])
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("choice_no", "rank", "id")
    )


def agreements_of(batch: Batch) -> dict[int, tuple[bool | None, bool | None]]:
    """Application id → what person and unit say in its latest pass. One statement."""
    rows = Intention.objects.filter(application__candidacy__batch=batch).order_by("pass_no")
    return {
        key: (person, unit)
        for key, person, unit in rows.values_list("application_id", "person_agrees", "unit_agrees")
    }


def match_facts(batch: Batch, on: date) -> MatchFacts:
    """B6: who has not spoken yet, which relatives come together, which posts are given away twice. A post
    without a seat left, and a person who has been chosen, have nothing more to say."""
    seating = seating_of(batch.round, batch)
    said = agreements_of(batch)
    matched = list(matched_of(batch))
    waiting = [
        one
        for one in open_for_matching(batch)
        if seating.holds(one.candidacy.person_id) is None and seating.vacant(one.position_id) > 0
    ]
    agreed = [_pair(one) for one in waiting if said.get(one.pk) == (True, True)]
    blocks = [f"{len(agreed)}个双方同意的还没有选定：{listed(agreed, '个')}"] if agreed else []
    people = {one.candidacy.person_id for one in matched}
    blocks += [
        one.reason
        for one in seating.all_conflicts().blocks
        if one.person_id in people or one.relative_id in people
    ]
    mine = {one.position_id for one in matched}
    return MatchFacts(
        matched=len(matched),
        shortlisted=Application.objects.filter(candidacy__batch=batch, state=_S.SHORTLISTED).count(),
        unanswered=[_pair(one) for one in waiting if None in said.get(one.pk, (None, None))],
        blocks=list(dict.fromkeys(blocks)),
        over=[
            f"“{seating.name_of(post)}”选定的人多于空缺，超出{-seating.vacant(post)}人"
            for post in sorted(mine)
            if seating.vacant(post) < 0
        ],
        unlisted=_unlisted(batch, seating),
    )


def _unlisted(batch: Batch, seating: Seating) -> list[str]:
    """Scored within 1:k (policy round.inspection_ratio) of a post that has a seat left, and not on the short
    list: the office has not drawn it."""
    ratio = policy_of(batch.round.policy)["round.inspection_ratio"]
    posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN, method__in=COMPETITIVE)
    cuts = {key: ratio * seats for key, seats in posts.values_list("position_id", "seats")}
    scored = Application.objects.filter(candidacy__batch=batch, state=_S.SCORED, position__in=cuts)
    return [
        _pair(one)
        for one in scored.select_related("candidacy__person", "position").order_by("position", "rank")
        if one.rank is not None
        and one.rank <= cuts[one.position_id]
        and seating.holds(one.candidacy.person_id) is None
        and seating.vacant(one.position_id) > 0
    ]


def avoidance_notes(batch: Batch) -> dict[int, list[str]]:
    """Application id → what to look at before somebody is chosen: relatives whose posts would come together,
    and relations that a person has to judge. A warning at 入围; chosen, it is a block."""
    seating = seating_of(batch.round, batch)
    rows = open_for_matching(batch)
    candidates = [Seated(one.candidacy.person_id, one.candidacy.person.name, one.position_id) for one in rows]
    found = seating.conflicts_with(candidates)
    notes = {
        one.pk: [
            *found.blocks_of(one.candidacy.person_id),
            *found.warnings_of(one.candidacy.person_id),
        ]
        for one in rows
    }
    return {key: said for key, said in notes.items() if said}


def _pair(one: Application) -> str:
    return f"{one.candidacy.person.name}（{one.position.title}）"


def inspect_facts(batch: Batch, on: date) -> InspectFacts:
    """B7: what each chosen person still lacks, and whether the 拟聘名单 is made and up to date."""
    policy = policy_of(batch.round.policy)
    matched = list(matched_of(batch))
    proposal = latest_list(batch)
    check = list_check(proposal, ladder=policy.ladder) if proposal else None
    return InspectFacts(
        candidates=len(matched),
        lacking=inspection_gaps(batch, matched, policy, on),
        frozen=check is not None,
        stale=check is not None and not _covers(check, matched),
    )


def _covers(check: ListCheck, matched: Iterable[Application]) -> bool:
    """Whether a list is what the chosen persons now come to: the same rows, unchanged."""
    return check.is_current and {row.application_id for row in check.rows} == {one.pk for one in matched}


def inspection_gaps(batch: Batch, applications: Sequence[Application], policy: Policy, on: date) -> list[str]:
    """What the inspection of these persons lacks, one line each, and what stands against a promotion.

    A check of 个人有关事项 that is still valid counts, whatever batch it was made for (§3a).
    """
    facts = proposal_facts(batch.round, applications, ladder=policy.ladder)
    methods = dict(BatchPost.objects.filter(batch=batch).values_list("position_id", "method"))
    found = {
        row.application_id: row for row in Inspection.objects.filter(application__candidacy__batch=batch)
    }
    verified = _verified(batch, on)
    limits = promotion_limits(batch.round.zone, policy, on)
    lines = []
    for fact in facts:
        one = fact.application
        is_rise = fact.change.kind is ChangeKind.PROMOTION
        gaps = []
        if methods.get(one.position_id, batch.method) in INSPECTED_METHODS:
            checked = one.candidacy.person_id in verified
            gaps = _gaps(found.get(one.pk), is_rise, checked, policy["round.inspectors_min"])
        if gaps:
            lines.append(f"{fact.name}：{'、'.join(gaps)}")
        reasons = rise_reasons(
            fact.change,
            most=policy["round.max_promotion_steps"],
            exception_reason=one.exception_reason,
            limits=limits.get(one.candidacy.person_id, []),
        )
        lines += [f"{fact.name}：{reason}" for reason in reasons]
    return lines


def _gaps(row: Inspection | None, is_rise: bool, is_verified: bool, least: int) -> list[str]:
    if row is None:
        return ["没有考察"]
    gaps = []
    inspectors = split_names(row.inspectors)
    if len(inspectors) < least:
        gaps.append(f"考察人员{len(inspectors)}人，至少{least}人")
    if not row.material.strip():
        gaps.append("缺考察材料")
    if row.discipline_clear is None or not row.discipline_opinion.strip():
        gaps.append("缺纪检意见")
    if not row.archive_checked:
        gaps.append("没有审核档案")
    if is_rise and not (row.matters_checked or is_verified):
        gaps.append("没有核查个人有关事项")
    return gaps


def _verified(batch: Batch, on: date) -> set[int]:
    """Persons with a check of 个人有关事项 that is valid on a day and found everything true."""
    return set(
        ConductRecord.objects.filter(
            person__zone=batch.round.zone_id,
            kind=ConductRecord.Kind.VERIFICATION,
            result=ConductRecord.Result.TRUE,
            happened_on__lte=on,
            valid_before__gt=on,
        ).values_list("person_id", flat=True)
    )


def decide_facts(batch: Batch, on: date) -> DecideFacts:
    """B8 of the batch's latest 拟聘名单."""
    policy = policy_of(batch.round.policy)
    proposal = latest_list(batch)
    if proposal is None:
        return DecideFacts(0, False, False, None, None, (), *vote_shares(policy))
    return decide_facts_of(proposal, on, policy)


def decide_facts_of(proposal: ProposalList, on: date, policy: Policy | None = None) -> DecideFacts:
    """B8 of one list: approval, attendance, and the vote on each person it carries. Those voted out are not
    proposed and stand against nothing."""
    batch = proposal.batch
    policy = policy or policy_of(batch.round.policy)
    quorum, majority = vote_shares(policy)
    check = list_check(proposal, ladder=policy.ladder)
    meeting = Meeting.objects.filter(proposal=proposal).first()
    votes = {row.row_id: row for row in MeetingVote.objects.filter(meeting=meeting)} if meeting else {}
    names = {fact.application.pk: fact.name for fact in check.facts}
    related = related_voters(proposal, meeting, check) if meeting else {}
    passed = [
        (row, vote)
        for row in check.rows
        if meeting and (vote := votes.get(row.pk)) and is_carried(vote.in_favour, meeting.members, majority)
    ]
    carried = [
        VoteFact(
            name=names[row.application_id],
            present=meeting.present if meeting else 0,
            recused=vote.recused,
            in_favour=vote.in_favour,
            against=vote.against,
            abstained=vote.abstained,
            related_voters=[
                one
                for one in related.get(row.application_id, ())
                if one not in split_names(vote.recused_names)
            ],
        )
        for row, vote in passed
    ]
    suspended = suspended_words(row.application_id for row in check.rows)
    blocks = [f"{names[key]}：{words}" for key, words in suspended.items()]
    return DecideFacts(
        proposed=len(carried) if meeting else len(check.rows),
        approved=check.is_approved,
        approval_valid=check.approval_holds and _covers(check, matched_of(batch)),
        members=meeting.members if meeting else None,
        present=meeting.present if meeting else None,
        votes=carried,
        quorum=quorum,
        majority=majority,
        unvoted=[names[row.application_id] for row in check.rows if meeting and row.pk not in votes],
        blocks=[*blocks, *_opposed(row.application_id for row, _ in passed)],
    )


def _opposed(applications: Iterable[int]) -> list[str]:
    """Those carried against the word of 纪检: it is heard at the meeting, which has to vote them down."""
    rows = Inspection.objects.filter(application__in=list(applications), discipline_clear=False)
    names = rows.order_by("id").values_list("application__candidacy__person__name", flat=True)
    return [f"{name}：纪检不同意，表决不能通过" for name in names]


def vote_shares(policy: Policy) -> tuple[Fraction, Fraction]:
    """The share of the members that must be present, and that which the votes in favour must exceed."""
    shares = policy["round.quorum"]
    return Fraction(*shares["present"]), Fraction(*shares["in_favour"])


def committee_members(proposal: ProposalList, on: date) -> dict[int, str]:
    """The zone's 班子 on a day, who vote: person id → name. One statement."""
    found = tenures_as_of(proposal.batch.round.zone, on).filter(position__unit__kind=UnitKind.COMMITTEE)
    return dict(found.order_by().values_list("person_id", "person__name"))


def related_voters(
    proposal: ProposalList, meeting: Meeting, check: ListCheck, relations: Sequence[Relation] | None = None
) -> Mapping[int, Sequence[str]]:
    """Application id → members of the meeting who are that person or a relative: they may not vote. Who was
    absent did not."""
    if relations is None:
        relations = kinship_relations(proposal.batch.round.zone)
    absent = set(split_names(meeting.absent_names))
    by_person = {fact.row.person_id: fact.application.pk for fact in check.facts}
    found: dict[int, list[str]] = {}
    for member, name in committee_members(proposal, meeting.held_on).items():
        if name not in absent:
            for person in conflicts(member, by_person, relations):
                found.setdefault(by_person[person], []).append(name)
    return found
