"""Guards of applications, placements and appointments (domain.md §3, §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reform.guards import lacks_document, lacks_reason
from reform.workflow import Call


@dataclass(frozen=True)
class ApplicationFacts:
    """What the steps of one application look at; each step reads its own part.

    batch_state: code of the batch's state.  unresolved: conditions that nobody has decided.  failed:
    conditions not met and not waived.  clerk_is_actor: the one who reviews is the one who screened.  cut: the
    last rank that gets on the short list.  blocks: 岗位回避, 处分, limits of 升降, in words.  vacant: seats
    left.  substitutes: takes the seat of somebody taken off after an objection (递补).
    """

    name: str
    batch_state: str
    conclusion: str = ""
    unresolved: Sequence[str] = ()
    failed: Sequence[str] = ()
    clerk_is_actor: bool = False
    objection_upheld: bool = False
    unlocked_sheets: int = 0
    missing_items: Sequence[str] = ()
    breaches: Sequence[str] = ()
    rank: int | None = None
    cut: int | None = None
    person_agrees: bool | None = None
    unit_agrees: bool | None = None
    blocks: Sequence[str] = ()
    vacant: int | None = None
    in_favour: bool | None = None
    held_elsewhere: str = ""
    objection_open: bool = False
    objection_closed_as: str = ""
    publicity_over: bool = False
    substitutes: bool = False


_BEFORE_ASSESSMENT = ("PUBLISHED", "APPLYING", "SCREENING")


def application_withdraw(facts: ApplicationFacts, call: Call) -> list[str]:
    """Before B4."""
    if facts.batch_state in _BEFORE_ASSESSMENT:
        return []
    return ["资格审查已经结束，不能再撤回报名"]


def _reviewed(facts: ApplicationFacts, wanted: str) -> list[str]:
    reasons = []
    if facts.batch_state != "SCREENING":
        reasons.append("批次不在资格审查阶段")
    if not facts.conclusion:
        reasons.append("还没有初审结论")
    elif facts.conclusion != wanted:
        reasons.append("复核与初审结论不一致，须先由初审改正")
    if facts.clerk_is_actor:
        reasons.append("审查人不能复核自己的结论")
    return reasons


def application_qualify(facts: ApplicationFacts, call: Call) -> list[str]:
    """A second person confirms; every condition is met, decided, or waived."""
    reasons = _reviewed(facts, "QUALIFIED")
    if facts.unresolved:
        reasons.append(f"还有待核实的条件：{'、'.join(facts.unresolved)}")
    if facts.failed:
        reasons.append(f"不符合且没有破格：{'、'.join(facts.failed)}")
    return reasons


def application_reject(facts: ApplicationFacts, call: Call) -> list[str]:
    """A second person confirms a rejection, which has its reason."""
    return _reviewed(facts, "REJECTED") + lacks_reason(call)


def application_uphold(facts: ApplicationFacts, call: Call) -> list[str]:
    """REJECTED → QUALIFIED: an objection in time and upheld, before B5."""
    reasons = []
    if facts.batch_state not in ("SCREENING", "ASSESSING"):
        reasons.append("考评已经结束，不能再改变资格审查结论")
    if not facts.objection_upheld:
        reasons.append("没有成立的资格审查异议")
    return reasons


def application_score(facts: ApplicationFacts, call: Call) -> list[str]:
    """All sheets are locked and complete; nobody scored a relative."""
    reasons = []
    if facts.unlocked_sheets:
        reasons.append(f"还有{facts.unlocked_sheets}份评分表没有锁定")
    if facts.missing_items:
        reasons.append(f"缺少{'、'.join(facts.missing_items)}成绩")
    return [*reasons, *facts.breaches]


def application_shortlist(facts: ApplicationFacts, call: Call) -> list[str]:
    """Rank ≤ k × seats, after the ties are broken."""
    if facts.rank is None:
        return ["还没有排名"]
    if facts.cut is not None and facts.rank > facts.cut:
        return [f"排名第{facts.rank}，考察名额到第{facts.cut}"]
    return []


def application_match(facts: ApplicationFacts, call: Call) -> list[str]:
    """Both sides say yes, no relatives come together, a seat is left; after B6 only to fill a seat that an
    objection has freed."""
    reasons = []
    if facts.batch_state != ("PUBLICITY" if facts.substitutes else "MATCHING"):
        reasons.append("批次不在双向选择阶段")
    if facts.person_agrees is not True:
        reasons.append("本人没有同意" if facts.person_agrees is None else "本人不同意")
    if facts.unit_agrees is not True:
        reasons.append("用人单位没有意见" if facts.unit_agrees is None else "用人单位不接收")
    reasons += facts.blocks
    if facts.vacant is not None and facts.vacant < 1:
        reasons.append("岗位已没有空缺")
    return reasons


def application_propose(facts: ApplicationFacts, call: Call) -> list[str]:
    """The vote of B8; at most one proposed main post for a person in a round."""
    reasons = []
    if facts.in_favour is not True:
        reasons.append("没有表决结果" if facts.in_favour is None else "表决未通过")
    if facts.held_elsewhere:
        reasons.append(f"此人已拟聘或聘任“{facts.held_elsewhere}”")
    return [*reasons, *facts.blocks]


def application_object(facts: ApplicationFacts, call: Call) -> list[str]:
    """An objection has been received during 公示."""
    return [] if facts.objection_open else ["没有登记的异议"]


def application_clear(facts: ApplicationFacts, call: Call) -> list[str]:
    """Every objection is closed, none upheld."""
    if facts.objection_open:
        return ["异议还没有办结"]
    return [] if facts.objection_closed_as == "ANSWERED" else ["异议成立，不能恢复拟聘"]


def application_drop(facts: ApplicationFacts, call: Call) -> list[str]:
    """An objection is closed as upheld."""
    if facts.objection_open:
        return ["异议还没有办结"]
    return [] if facts.objection_closed_as == "UPHELD" else ["没有成立的异议"]


def application_appoint(facts: ApplicationFacts, call: Call) -> list[str]:
    """B9 and B10: the 公示 is over and nothing is open; the limits on post and person hold."""
    reasons = [] if facts.publicity_over else ["公示没有结束"]
    if facts.objection_open:
        reasons.append("异议还没有办结")
    return [*reasons, *facts.blocks]


@dataclass(frozen=True)
class PlacementFacts:
    """What the steps of a placement look at. steps_down: levels below the baseline (negative: above)."""

    name: str
    post: str = ""
    vacant: int | None = None
    offers: int = 0
    steps_down: int = 0
    limit_down: int = 1
    is_fallback: bool = False
    minutes_no: str = ""
    blocks: Sequence[str] = ()
    waited_months: int = 0
    waiting_limit: int = 0
    offer_accepted: bool = False


def placement_offer(facts: PlacementFacts, call: Call) -> list[str]:
    """A written offer of an empty post, at the same level or as low as the policy allows; lower needs the
    minutes."""
    reasons = lacks_document(call, "岗位调配通知书文号")
    if facts.vacant is not None and facts.vacant < 1:
        reasons.append(f"“{facts.post}”没有空缺")
    if facts.steps_down < 0:
        reasons.append(f"“{facts.post}”比原层级高，安置不能提拔")
    if facts.steps_down > facts.limit_down and not facts.minutes_no:
        what = "兜底岗" if facts.is_fallback else "岗位"
        reasons.append(
            f"{what}“{facts.post}”比原层级低{facts.steps_down}级，最多{facts.limit_down}级，须有党工委会议纪要"
        )
    return [*reasons, *facts.blocks]


def placement_accept(facts: PlacementFacts, call: Call) -> list[str]:
    """The offer has been accepted and the seat is still there."""
    reasons = [] if facts.offer_accepted else ["没有接受的岗位提供"]
    if facts.vacant is not None and facts.vacant < 1:
        reasons.append(f"“{facts.post}”已没有空缺")
    return [*reasons, *facts.blocks]


def placement_wait(facts: PlacementFacts, call: Call) -> list[str]:
    """待岗 has its reason, and the months the policy allows are not used up."""
    reasons = lacks_reason(call)
    if facts.waiting_limit and facts.waited_months >= facts.waiting_limit:
        reasons.append(f"已待岗{facts.waited_months}个月，最长{facts.waiting_limit}个月")
    return reasons


@dataclass(frozen=True)
class TermFacts:
    """What the steps of an appointment look at; dates half-open."""

    name: str
    starts_on: date | None = None
    ends_before: date | None = None
    probation_ends_before: date | None = None
    cause: str = ""
    cause_reasons: Sequence[str] = ()
    review: str = ""
    outcome: str = ""
    next_post: str = ""
    blocks: Sequence[str] = ()


def probation_confirm(facts: TermFacts, call: Call) -> list[str]:
    """The probation is over."""
    end = facts.probation_ends_before
    if end and call.on < end:
        return [f"试用期到{date.fromordinal(end.toordinal() - 1)}，今天是{call.on}"]
    return []


def probation_fail(facts: TermFacts, call: Call) -> list[str]:
    """A written reason, a document, and the post at the former level."""
    reasons = lacks_reason(call) + lacks_document(call, "免职文号")
    if not (facts.next_post or call.preview):
        reasons.append("须指定按试任前层级安排的岗位")
    return [*reasons, *facts.blocks]


def appointment_terminate(facts: TermFacts, call: Call) -> list[str]:
    """One of T01–T11 with a document; who is protected is not dismissed under T05–T08."""
    reasons = lacks_document(call, "解聘文号")
    if not (facts.cause or call.preview):
        reasons.append("须选择解聘原因")
    return [*reasons, *facts.cause_reasons]


def appointment_expire(facts: TermFacts, call: Call) -> list[str]:
    """The term is over."""
    end = facts.ends_before
    if end and call.on < end:
        return [f"聘期到{date.fromordinal(end.toordinal() - 1)}，今天是{call.on}"]
    return []


def appointment_renew(facts: TermFacts, call: Call) -> list[str]:
    """The 聘期考核 was passed and says 续聘."""
    reasons = lacks_document(call, "续聘文号")
    if facts.review != "PASSED":
        reasons.append("聘期考核不合格，不能续聘" if facts.review else "还没有聘期考核")
    elif facts.outcome != "RENEW":
        reasons.append("聘期考核的处理不是续聘")
    return [*reasons, *facts.blocks]


def appointment_change(facts: TermFacts, call: Call) -> list[str]:
    """A reason, a document, the new post."""
    reasons = lacks_reason(call) + lacks_document(call, "任免文号")
    if not (facts.next_post or call.preview):
        reasons.append("须指定新岗位")
    return [*reasons, *facts.blocks]
