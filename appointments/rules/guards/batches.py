"""Guards of a batch, B1–B10 (domain.md §3): each returns all reasons against the step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reform.guards import lacks_document, listed
from reform.workflow import Call


@dataclass(frozen=True)
class PostFact:
    """One post of a batch: what it lacks for publication, and how many want it."""

    name: str
    seats: int
    headcount: int
    missing: Sequence[str] = ()
    qualified: int = 0


@dataclass(frozen=True)
class PublishFacts:
    """B1. notice_workdays: from the first day of the notice to the last of the applications; None without
    dates."""

    round_mobilized: bool
    posts: Sequence[PostFact]
    notice_workdays: int | None
    notice_min: int
    term_years: int
    suspended: bool = False


@dataclass(frozen=True)
class WindowFacts:
    """B2, B3: the days of the applications; over_choices: who chose more posts than allowed, in words."""

    starts_on: date | None
    ends_before: date | None
    over_choices: Sequence[str] = ()
    suspended: bool = False


@dataclass(frozen=True)
class ScreenFacts:
    """B4. open_until: the last day on which a rejected person may still object; ratios as applicants to one
    seat."""

    unreviewed: Sequence[str]
    unnotified: Sequence[str]
    open_until: date | None
    open_objections: Sequence[str]
    posts: Sequence[PostFact]
    ratio_normal: int
    ratio_lowest: int
    ratio_document_no: str = ""


@dataclass(frozen=True)
class ScoreFacts:
    """B5. competed: posts that are still filled by competition.  unlocked: sheets; missing: candidates
    without a score in an item, in words; breaches: 履职回避."""

    competed: int
    panel: int
    panel_min: int
    unlocked: Sequence[str]
    missing: Sequence[str]
    breaches: Sequence[str]
    published_on: date | None


@dataclass(frozen=True)
class MatchFacts:
    """B6. unanswered: applications without the word of both sides; blocks: 岗位回避; over: posts with more
    matched than seats.  unlisted: scored within 1:k of a post with a seat left, and not on the short list."""

    matched: int
    shortlisted: int
    unanswered: Sequence[str]
    blocks: Sequence[str]
    over: Sequence[str]
    unlisted: Sequence[str] = ()


@dataclass(frozen=True)
class InspectFacts:
    """B7: what each proposed person still lacks, in words; frozen: whether the 拟聘名单 is made and up to
    date."""

    candidates: int
    lacking: Sequence[str]
    frozen: bool
    stale: bool


@dataclass(frozen=True)
class VoteFact:
    """The vote on one person. related_voters: members who are related and did not stand back."""

    name: str
    present: int
    recused: int
    in_favour: int
    against: int
    abstained: int
    related_voters: Sequence[str] = ()


@dataclass(frozen=True)
class DecideFacts:
    """B8. members, present: of the meeting; None where none is registered.  quorum: share of the members that
    must be present; majority: share of the members that must be exceeded in favour.  blocks: suspended
    dossiers, in words."""

    proposed: int
    approved: bool
    approval_valid: bool
    members: int | None
    present: int | None
    votes: Sequence[VoteFact]
    quorum: Fraction
    majority: Fraction
    unvoted: Sequence[str] = ()
    blocks: Sequence[str] = ()


@dataclass(frozen=True)
class PublicityFact:
    """One 公示 of the batch by its inclusive last day."""

    name: str
    starts_on: date
    last_on: date
    workdays: int
    confirmed: bool


@dataclass(frozen=True)
class PublicityFacts:
    """B9. unpublicized: proposed persons in no 公示; unreasoned: 破格 or 越级 without a reason."""

    publicities: Sequence[PublicityFact]
    workdays_min: int
    open_objections: Sequence[str]
    unpublicized: Sequence[str]
    unreasoned: Sequence[str]


@dataclass(frozen=True)
class AppointFacts:
    """B10. Names of those who still lack something; blocks: what stands against taking effect (职数, 回避,
    处分)."""

    document_no: str
    drafted: int
    undrafted: Sequence[str]
    unsigned: Sequence[str]
    undated: Sequence[str]
    blocks: Sequence[str] = ()
    reviewed: bool = True


def _suspended(is_suspended: bool) -> list[str]:
    return ["批次已暂停"] if is_suspended else []


def batch_publish(facts: PublishFacts, call: Call) -> list[str]:
    """B1: every post is described; the notice lasts long enough."""
    reasons = [] if facts.round_mobilized else ["轮次还没有动员"]
    if not facts.posts:
        reasons.append("批次里没有岗位")
    for post in facts.posts:
        if post.missing:
            reasons.append(f"“{post.name}”缺少{'、'.join(post.missing)}")
        if post.seats > post.headcount:
            reasons.append(f"“{post.name}”招聘{post.seats}人，职数只有{post.headcount}个")
    if facts.notice_workdays is None:
        reasons.append("没有公告和报名的日程")
    elif facts.notice_workdays < facts.notice_min:
        reasons.append(f"公告{facts.notice_workdays}个工作日，至少{facts.notice_min}个")
    if not facts.term_years:
        reasons.append("没有聘期")
    return reasons + _suspended(facts.suspended)


def batch_open(facts: WindowFacts, call: Call) -> list[str]:
    """B2: the first day of the applications has come."""
    if facts.starts_on is None:
        return ["没有报名日程"]
    early = [f"报名从{facts.starts_on}开始，今天是{call.on}"] if call.on < facts.starts_on else []
    return early + _suspended(facts.suspended)


def batch_close_applications(facts: WindowFacts, call: Call) -> list[str]:
    """B3: the last day of the applications is over; nobody chose too many posts."""
    if facts.ends_before is None:
        return ["没有报名日程"]
    last = date.fromordinal(facts.ends_before.toordinal() - 1)
    early = [f"报名到{last}截止，今天是{call.on}"] if call.on < facts.ends_before else []
    return [*early, *facts.over_choices, *_suspended(facts.suspended)]


def _screening(facts: ScreenFacts, call: Call) -> list[str]:
    reasons = []
    if facts.unreviewed:
        reasons.append(f"还有{len(facts.unreviewed)}个报名没有审查结论：{listed(facts.unreviewed, '个')}")
    if facts.unnotified:
        reasons.append(f"不合格的还有{len(facts.unnotified)}人没有告知：{listed(facts.unnotified)}")
    if facts.open_until and call.on <= facts.open_until:
        reasons.append(f"不合格人员可在{facts.open_until}前提出异议，今天是{call.on}")
    if facts.open_objections:
        reasons.append(
            f"资格审查异议还有{len(facts.open_objections)}件没有答复：{listed(facts.open_objections, '件')}"
        )
    return reasons


def batch_assess(facts: ScreenFacts, call: Call) -> list[str]:
    """B4: every application is decided on, objections are answered, and each post has applicants enough
    (开考比例)."""
    reasons = _screening(facts, call)
    for post in facts.posts:
        if post.qualified < facts.ratio_lowest * post.seats:
            reasons.append(
                f"“{post.name}”{post.seats}个职数合格{post.qualified}人，不足{facts.ratio_lowest}:1，"
                "须取消岗位或改为直接聘任、组织调配"
            )
        elif post.qualified < facts.ratio_normal * post.seats and not facts.ratio_document_no:
            reasons.append(
                f"“{post.name}”{post.seats}个职数合格{post.qualified}人，不足{facts.ratio_normal}:1，"
                f"降到{facts.ratio_lowest}:1须填批准文号"
            )
    return reasons


def batch_screened(facts: ScreenFacts, call: Call) -> list[str]:
    """B4 of 双向选择: as for a competition, but no ratio of applicants to seats."""
    return _screening(facts, call)


def batch_match(facts: ScoreFacts, call: Call) -> list[str]:
    """B5: an odd panel that is large enough, locked sheets, no 履职回避 breached, results published. Where
    every post was switched to 直接聘任 or 组织调配 nobody is assessed."""
    if not facts.competed:
        return []
    reasons = []
    if facts.panel < facts.panel_min:
        reasons.append(f"考评组{facts.panel}人，至少{facts.panel_min}人")
    if facts.panel % 2 == 0:
        reasons.append(f"考评组{facts.panel}人，须为单数")
    if facts.unlocked:
        reasons.append(f"还有{len(facts.unlocked)}份评分表没有锁定：{'、'.join(facts.unlocked)}")
    if facts.missing:
        reasons.append(f"缺成绩{len(facts.missing)}处：{listed(facts.missing, '处')}")
    reasons += facts.breaches
    if facts.published_on is None:
        reasons.append("成绩还没有公布")
    return reasons


def batch_inspect(facts: MatchFacts, call: Call) -> list[str]:
    """B6: the short list holds the best of each post, both sides have spoken for those on it, and no
    relatives come together."""
    reasons = _matching(facts, facts.shortlisted + facts.matched, "没有入围人员")
    if facts.unlisted:
        reasons.append(f"在考察名额内还有{len(facts.unlisted)}个没有列入考察：{listed(facts.unlisted, '个')}")
    return reasons


def batch_matched(facts: MatchFacts, call: Call) -> list[str]:
    """B6 of 双向选择, which is decided on without an inspection."""
    return _matching(facts, facts.matched, "没有双向选定的人员")


def _matching(facts: MatchFacts, chosen: int, nobody: str) -> list[str]:
    reasons = [] if chosen else [nobody]
    if facts.unanswered:
        reasons.append(f"还有{len(facts.unanswered)}个意向没有双方意见：{listed(facts.unanswered, '个')}")
    return [*reasons, *facts.blocks, *facts.over]


def batch_nominate(facts: MatchFacts, call: Call) -> list[str]:
    """B6 of 直接聘任: somebody is nominated."""
    return [*([] if facts.matched else ["还没有提名人选"]), *facts.blocks, *facts.over]


def batch_decide(facts: InspectFacts, call: Call) -> list[str]:
    """B7: two inspectors, material, 纪检意见 and the checks for each; the list is frozen and has not changed
    since."""
    reasons = [] if facts.candidates else ["没有拟聘人选"]
    reasons += facts.lacking
    if facts.candidates and not facts.frozen:
        reasons.append("拟聘名单还没有编制")
    if facts.stale:
        reasons.append("拟聘名单编制后有改动，须重新编制")
    return reasons


def batch_assign(facts: InspectFacts, call: Call) -> list[str]:
    """组织调配: the list is made."""
    return batch_decide(facts, call)


def batch_publicize(facts: DecideFacts, call: Call) -> list[str]:
    """B8: approved by somebody who did not make the list; ≥ 2/3 of the members present, > 1/2 in favour of
    each; those who are related did not vote."""
    reasons = [] if facts.proposed else ["拟聘名单没有人"]
    if not facts.approved:
        reasons.append("拟聘名单还没有审批")
    elif not facts.approval_valid:
        reasons.append("审批后名单有改动，审批已失效，须重新编制和审批")
    if facts.members is None or facts.present is None:
        return [*reasons, "没有登记研究会议"]
    if facts.present < facts.quorum * facts.members:
        reasons.append(f"应到{facts.members}人，实到{facts.present}人，不足{_share(facts.quorum)}")
    if facts.unvoted:
        reasons.append(f"还有{len(facts.unvoted)}人没有表决结果：{listed(facts.unvoted)}")
    for vote in facts.votes:
        cast = vote.in_favour + vote.against + vote.abstained + vote.recused
        if cast != vote.present:
            reasons.append(f"{vote.name}：同意、反对、弃权、回避合计{cast}，实到{vote.present}人，不相等")
        if vote.in_favour <= facts.majority * facts.members:
            share = _share(facts.majority)
            reasons.append(f"{vote.name}：同意{vote.in_favour}票，未超过应到{facts.members}人的{share}")
        if vote.related_voters:
            reasons.append(f"{vote.name}：亲属{'、'.join(vote.related_voters)}应当回避")
    return [*reasons, *facts.blocks]


def _share(share: Fraction) -> str:
    return f"{share.denominator}分之{share.numerator}"


def batch_appoint(facts: PublicityFacts, call: Call) -> list[str]:
    """B9: every 公示 has lasted long enough and is over, every objection is closed, the result confirmed."""
    reasons = [] if facts.publicities else ["还没有公示"]
    for one in facts.publicities:
        if one.workdays < facts.workdays_min:
            reasons.append(f"{one.name}只有{one.workdays}个工作日，至少{facts.workdays_min}个")
        if call.on <= one.last_on:
            reasons.append(f"{one.name}到{one.last_on}结束，今天是{call.on}")
        elif not one.confirmed:
            reasons.append(f"{one.name}的结果还没有由第二人确认")
    if facts.open_objections:
        reasons.append(
            f"还有{len(facts.open_objections)}件异议没有办结：{listed(facts.open_objections, '件')}"
        )
    if facts.unpublicized:
        reasons.append(f"{len(facts.unpublicized)}人没有经过公示：{listed(facts.unpublicized)}")
    if facts.unreasoned:
        reasons.append(f"破格或越级没有写明理由：{listed(facts.unreasoned)}")
    return reasons


def batch_close(facts: AppointFacts, call: Call) -> list[str]:
    """B10: document, letters, 责任书, term, probation and start of pay; and the invariants on post and
    person."""
    reasons = []
    if not (facts.document_no or call.document_no or call.preview):
        reasons += lacks_document(call, "聘任文号")
    if not facts.reviewed:
        reasons.append("聘任文件还没有由第二人复核，或复核后有改动")
    if facts.undrafted:
        reasons.append(f"{len(facts.undrafted)}人还没有聘任内容：{listed(facts.undrafted)}")
    if facts.unsigned:
        reasons.append(f"{len(facts.unsigned)}人聘书或目标责任书未签：{listed(facts.unsigned)}")
    if facts.undated:
        reasons.append(f"{len(facts.undated)}人缺聘期、试用期或起薪日期：{listed(facts.undated)}")
    return [*reasons, *facts.blocks]
