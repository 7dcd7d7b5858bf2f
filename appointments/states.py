"""The machines of domain.md §3 and §5: one enum and one table of transitions each.

The guards are pure functions over facts (appointments/rules/guards.py); a service reads the facts, asks the
guard and writes (reform/services/steps.py). The diagrams in docs/ and in the admin are drawn from these
tables.
"""

from appointments.actors import ACTOR_LABELS as ACTOR_LABELS
from appointments.actors import (
    INSPECTORS,
    LEADERS,
    OFFICE,
    PANEL,
    PERSON,
    SUPERVISORS,
    SYSTEM,
    UNIT_HEADS,
    Labelled,
)
from appointments.later_states import (
    EXIT_PROPOSAL_TRANSITIONS,
    PLACEMENT_TRANSITIONS,
    WAIVER_TRANSITIONS,
    ExitProposalState,
    PlacementState,
    WaiverState,
)
from appointments.paper_states import PAPER_MACHINES
from appointments.rules import guards
from reform.workflow import Transition


class RoundState(Labelled):
    """轮次, §3 T1–T6."""

    DRAFT = "DRAFT", "方案起草"
    APPROVED = "APPROVED", "方案批准"
    MOBILIZED = "MOBILIZED", "已动员"
    RUNNING = "RUNNING", "聘任进行中"
    PLACING = "PLACING", "落聘安置"
    COMPLETED = "COMPLETED", "已完成"
    TERMINATED = "TERMINATED", "已中止"


ROUND_TRANSITIONS = (
    Transition(
        "approve", RoundState.DRAFT, RoundState.APPROVED, LEADERS, guards.round_approve,
        label="批准方案", code="T1", document="实施方案、岗位设置表",
    ),
    Transition(
        "mobilize", RoundState.APPROVED, RoundState.MOBILIZED, OFFICE, guards.round_mobilize,
        label="动员", code="T2", document="动员会纪要、参加人员名册",
    ),
    Transition(
        "run", RoundState.MOBILIZED, RoundState.RUNNING, OFFICE, guards.round_run,
        label="启动聘任", code="T3",
    ),
    Transition(
        "place", RoundState.RUNNING, RoundState.PLACING, OFFICE, guards.round_place,
        label="转入落聘安置", code="T4", document="未聘人员名单",
    ),
    Transition(
        "complete", RoundState.PLACING, RoundState.COMPLETED, LEADERS, guards.round_complete,
        label="完成", code="T5", document="改革总结表、提拔降职名单、全员花名册",
    ),
    *(
        Transition(
            "terminate", source, RoundState.TERMINATED, LEADERS, guards.written_reason,
            label="中止", code="T6", document="中止决定",
        )
        for source in RoundState
        if source not in (RoundState.COMPLETED, RoundState.TERMINATED)
    ),
)  # fmt: skip

# A registered round takes no steps T1–T5: its results decide whether it is complete (§4).
REGISTERED_ROUND_TRANSITIONS = (
    Transition(event="登记结果齐备", source=RoundState.DRAFT, target=RoundState.COMPLETED),
    Transition(event="登记结果待补", source=RoundState.DRAFT, target=RoundState.PLACING),
    Transition(event="登记结果齐备", source=RoundState.PLACING, target=RoundState.COMPLETED),
    Transition(event="登记结果待补", source=RoundState.COMPLETED, target=RoundState.PLACING),
)


class BatchState(Labelled):
    """批次, §3 B1–B11."""

    PLANNED = "PLANNED", "计划"
    PUBLISHED = "PUBLISHED", "岗位公布"
    APPLYING = "APPLYING", "报名"
    SCREENING = "SCREENING", "资格审查"
    ASSESSING = "ASSESSING", "考评"
    MATCHING = "MATCHING", "双向选择"
    INSPECTING = "INSPECTING", "组织考察"
    DECIDING = "DECIDING", "党工委研究"
    PUBLICITY = "PUBLICITY", "公示"
    APPOINTING = "APPOINTING", "聘任"
    CLOSED = "CLOSED", "已办结"
    CANCELLED = "CANCELLED", "已取消"


_COMPETITIVE = frozenset({"JP", "GX"})
_MUTUAL = frozenset({"SX"})
_DIRECT = frozenset({"ZP"})
_ASSIGNED = frozenset({"ZZ"})
_APPLIED = _COMPETITIVE | _MUTUAL
_ALL = _APPLIED | _DIRECT | _ASSIGNED

# The 任用方式 decides which steps a batch takes (§3): JP and GX all of them; SX neither scores nor
# inspection; ZP is published and inspected; ZZ, from placement, is only decided on.
BATCH_TRANSITIONS = (
    Transition(
        "publish", BatchState.PLANNED, BatchState.PUBLISHED, OFFICE, guards.batch_publish,
        label="公布岗位", code="B1", document="竞聘公告、岗位一览表", methods=_APPLIED | _DIRECT,
    ),
    Transition(
        "open", BatchState.PUBLISHED, BatchState.APPLYING, SYSTEM, guards.batch_open,
        label="开始报名", code="B2", document="竞聘报名表", methods=_APPLIED,
    ),
    Transition(
        "close_applications", BatchState.APPLYING, BatchState.SCREENING, SYSTEM,
        guards.batch_close_applications, label="报名截止", code="B3", document="报名汇总表", methods=_APPLIED,
    ),
    Transition(
        "assess", BatchState.SCREENING, BatchState.ASSESSING, OFFICE, guards.batch_assess,
        label="转入考评", code="B4", document="资格审查表、不合格告知书", methods=_COMPETITIVE,
    ),
    Transition(
        "screened", BatchState.SCREENING, BatchState.MATCHING, OFFICE, guards.batch_screened,
        label="转入双向选择", code="B4", document="资格审查表、不合格告知书", methods=_MUTUAL,
    ),
    Transition(
        "match", BatchState.ASSESSING, BatchState.MATCHING, PANEL, guards.batch_match,
        label="公布成绩", code="B5", document="成绩汇总表", methods=_COMPETITIVE,
    ),
    Transition(
        "inspect", BatchState.MATCHING, BatchState.INSPECTING, OFFICE, guards.batch_inspect,
        label="转入考察", code="B6", document="双向选择意向表、考察对象名单", methods=_COMPETITIVE,
    ),
    Transition(
        "nominate", BatchState.PUBLISHED, BatchState.INSPECTING, OFFICE, guards.batch_nominate,
        label="转入考察", code="B6", document="考察对象名单", methods=_DIRECT,
    ),
    Transition(
        "decide", BatchState.INSPECTING, BatchState.DECIDING, INSPECTORS, guards.batch_decide,
        label="提交研究", code="B7", document="考察报告、干部任免审批表", methods=_COMPETITIVE | _DIRECT,
    ),
    Transition(
        "matched", BatchState.MATCHING, BatchState.DECIDING, OFFICE, guards.batch_matched,
        label="提交研究", code="B6", document="双向选择意向表", methods=_MUTUAL,
    ),
    Transition(
        "assign", BatchState.PLANNED, BatchState.DECIDING, OFFICE, guards.batch_assign,
        label="提交研究", code="B7", document="岗位调配通知书", methods=_ASSIGNED,
    ),
    Transition(
        "publicize", BatchState.DECIDING, BatchState.PUBLICITY, LEADERS, guards.batch_publicize,
        label="研究通过，公示", code="B8", document="会议纪要", methods=_ALL,
    ),
    Transition(
        "appoint", BatchState.PUBLICITY, BatchState.APPOINTING, OFFICE, guards.batch_appoint,
        label="公示结束，办理聘任", code="B9", document="拟聘公示、公示结果报告", methods=_ALL,
    ),
    Transition(
        "close", BatchState.APPOINTING, BatchState.CLOSED, LEADERS, guards.batch_close,
        label="聘任生效", code="B10", document="聘任文件、聘书、聘用合同、目标责任书", methods=_ALL,
    ),
    *(
        Transition(
            "cancel", source, BatchState.CANCELLED, LEADERS, guards.written_reason,
            label="取消批次", code="B11", document="取消公告",
        )
        for source in BatchState
        if source not in (BatchState.CLOSED, BatchState.CANCELLED)
    ),
)  # fmt: skip


def batch_transitions(method: str) -> tuple[Transition, ...]:
    """The steps of a batch with this 任用方式."""
    return tuple(row for row in BATCH_TRANSITIONS if not row.methods or method in row.methods)


class ApplicationState(Labelled):
    """志愿: one person's application for one post, §3."""

    SUBMITTED = "SUBMITTED", "已报名"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    QUALIFIED = "QUALIFIED", "资格合格"
    REJECTED = "REJECTED", "资格不合格"
    SCORED = "SCORED", "已考评"
    SHORTLISTED = "SHORTLISTED", "入围"
    MATCHED = "MATCHED", "已匹配"
    PROPOSED = "PROPOSED", "拟聘"
    OBJECTED = "OBJECTED", "异议核查"
    DROPPED = "DROPPED", "取消拟聘"
    APPOINTED = "APPOINTED", "已聘任"
    NOT_SELECTED = "NOT_SELECTED", "落聘"


LIVE = (
    ApplicationState.SUBMITTED,
    ApplicationState.QUALIFIED,
    ApplicationState.SCORED,
    ApplicationState.SHORTLISTED,
    ApplicationState.MATCHED,
    ApplicationState.PROPOSED,
    ApplicationState.OBJECTED,
)
PROPOSED_OR_APPOINTED = (ApplicationState.PROPOSED, ApplicationState.OBJECTED, ApplicationState.APPOINTED)

_A = ApplicationState
APPLICATION_TRANSITIONS = (
    Transition(
        "withdraw", _A.SUBMITTED, _A.WITHDRAWN, PERSON, guards.application_withdraw,
        label="撤回报名", document="撤回记录",
    ),
    *(
        Transition("supersede", source, _A.WITHDRAWN, SYSTEM, label="已在其他批次拟聘，自动撤回")
        for source in (_A.SUBMITTED, _A.QUALIFIED, _A.SCORED, _A.SHORTLISTED, _A.MATCHED)
    ),
    Transition(
        "uphold", _A.REJECTED, _A.QUALIFIED, SUPERVISORS, guards.application_uphold,
        label="复核改为合格", document="复核意见",
    ),
    Transition(
        "qualify", _A.SUBMITTED, _A.QUALIFIED, SUPERVISORS, guards.application_qualify,
        label="审查合格", document="资格审查表",
    ),
    Transition(
        "reject", _A.SUBMITTED, _A.REJECTED, SUPERVISORS, guards.application_reject,
        label="审查不合格", document="资格审查表",
    ),
    Transition(
        "score", _A.QUALIFIED, _A.SCORED, PANEL, guards.application_score,
        label="汇总成绩", document="评分表、成绩汇总表",
    ),
    Transition(
        "shortlist", _A.SCORED, _A.SHORTLISTED, OFFICE, guards.application_shortlist,
        label="列入考察", document="考察对象名单",
    ),
    *(
        Transition(
            "match", source, _A.MATCHED, UNIT_HEADS, guards.application_match,
            label="双向选定", document="双向选择意向表",
        )
        for source in (_A.SHORTLISTED, _A.QUALIFIED)
    ),
    Transition(
        "propose", _A.MATCHED, _A.PROPOSED, LEADERS, guards.application_propose,
        label="研究拟聘", document="会议纪要、拟聘名单",
    ),
    Transition(
        "object", _A.PROPOSED, _A.OBJECTED, SUPERVISORS, guards.application_object,
        label="受理异议", document="异议登记表",
    ),
    Transition(
        "clear", _A.OBJECTED, _A.PROPOSED, SUPERVISORS, guards.application_clear,
        label="异议不成立", document="核查结论",
    ),
    Transition(
        "drop", _A.OBJECTED, _A.DROPPED, SUPERVISORS, guards.application_drop,
        label="异议成立，取消拟聘", document="核查结论",
    ),
    Transition(
        "appoint", _A.PROPOSED, _A.APPOINTED, LEADERS, guards.application_appoint,
        label="聘任", document="聘任文件、聘书",
    ),
    *(
        Transition("lose", source, _A.NOT_SELECTED, SYSTEM, label="落聘", document="未聘通知")
        for source in LIVE
    ),
)  # fmt: skip


class AppointmentState(Labelled):
    """Status of an appointment, §5."""

    PENDING = "PENDING", "待生效"
    PROBATION = "PROBATION", "试用期"
    ACTIVE = "ACTIVE", "在聘"
    EXPIRED = "EXPIRED", "期满"
    RENEWED = "RENEWED", "已续聘"
    CHANGED = "CHANGED", "已变更"
    TERMINATED = "TERMINATED", "已解聘"


IN_FORCE = (AppointmentState.PROBATION, AppointmentState.ACTIVE)
_F = AppointmentState
APPOINTMENT_TRANSITIONS = (
    Transition("begin_probation", _F.PENDING, _F.PROBATION, LEADERS, label="试用期开始", document="聘任文件"),
    Transition("begin", _F.PENDING, _F.ACTIVE, LEADERS, label="聘任生效", document="聘任文件"),
    Transition(
        "confirm", _F.PROBATION, _F.ACTIVE, OFFICE, guards.probation_confirm,
        label="试用期满转正", document="试用期考核表",
    ),
    Transition(
        "fail", _F.PROBATION, _F.CHANGED, LEADERS, guards.probation_fail,
        label="试用不合格", document="免去试任职务决定",
    ),
    *(
        Transition(
            "terminate", source, _F.TERMINATED, LEADERS, guards.appointment_terminate,
            label="解聘", document="解聘决定",
        )
        for source in IN_FORCE
    ),
    Transition(
        "expire", _F.ACTIVE, _F.EXPIRED, OFFICE, guards.appointment_expire,
        label="聘期届满", document="聘期考核表",
    ),
    Transition(
        "renew", _F.ACTIVE, _F.RENEWED, LEADERS, guards.appointment_renew,
        label="续聘", document="续聘文件",
    ),
    Transition(
        "change", _F.ACTIVE, _F.CHANGED, LEADERS, guards.appointment_change,
        label="变更岗位", document="任免文件",
    ),
    # A later appointment takes its place: of a new round, or by the superior.
    *(
        Transition(event, source, target, SYSTEM, label=label)
        for source in IN_FORCE
        for event, target, label in (
            ("renew_by_next", _F.RENEWED, "由新的聘任续聘"),
            ("change_by_next", _F.CHANGED, "由新的聘任接替"),
        )
    ),
)  # fmt: skip

# Every machine under the name by which its diagram is found.
MACHINES = {
    "round": ("轮次", RoundState, ROUND_TRANSITIONS),
    "batch": ("批次", BatchState, BATCH_TRANSITIONS),
    "application": ("报名", ApplicationState, APPLICATION_TRANSITIONS),
    "placement": ("落聘安置", PlacementState, PLACEMENT_TRANSITIONS),
    "appointment": ("聘任", AppointmentState, APPOINTMENT_TRANSITIONS),
    "waiver": ("破格", WaiverState, WAIVER_TRANSITIONS),
    "exit_proposal": ("离开呈批", ExitProposalState, EXIT_PROPOSAL_TRANSITIONS),
    **PAPER_MACHINES,
}
