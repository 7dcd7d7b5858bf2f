"""The machines of the appraisal (domain.md §6 Cycle, evidence, appeal): one enum and one table each.

The guards are pure functions over facts (kpi/rules/guards.py); a service reads the facts, asks the guard and
writes (reform/services/steps.py).
"""

from kpi.rules import guards
from reform.workflow import Labelled, Transition

# Who acts, as permissions; the roles that have them stand in fixtures/roles.json.
OFFICE = "kpi.run_appraisal"
REPORTERS = "kpi.report_actuals"
VERIFIERS = "kpi.verify_actuals"
SCORERS = "kpi.score_indicators"
LEADERS = "kpi.decide_appraisal"
SUPERVISORS = "kpi.supervise_appraisal"
PERSON = "kpi.take_part"
SYSTEM = ""


class SchemeState(Labelled):
    """考核方案: frozen with the first cycle whose targets are set."""

    DRAFT = "DRAFT", "编制中"
    FROZEN = "FROZEN", "已冻结"


SCHEME_TRANSITIONS = (Transition("freeze", SchemeState.DRAFT, SchemeState.FROZEN, SYSTEM, label="冻结方案"),)


class CycleState(Labelled):
    """考核周期, §6."""

    DRAFT = "DRAFT", "目标编制"
    TARGETS_SET = "TARGETS_SET", "目标确定"
    COLLECTING = "COLLECTING", "数据填报"
    REVIEWING = "REVIEWING", "数据核验"
    SCORING = "SCORING", "评分"
    CALIBRATING = "CALIBRATING", "校准"
    PUBLISHED = "PUBLISHED", "已公布"
    APPEALING = "APPEALING", "公示与申诉"
    FINAL = "FINAL", "已确定"


_C = CycleState
CYCLE_TRANSITIONS = (
    Transition(
        "set_targets", _C.DRAFT, _C.TARGETS_SET, OFFICE, guards.set_targets,
        label="确定目标", code="K1", document="年度目标责任书",
    ),
    Transition(
        "open", _C.TARGETS_SET, _C.COLLECTING, SYSTEM, guards.open_collecting,
        label="开始填报", code="K2", document="填报通知",
    ),
    Transition(
        "review", _C.COLLECTING, _C.REVIEWING, OFFICE, guards.review,
        label="转入核验", code="K3", document="完成情况表、佐证",
    ),
    Transition(
        "score", _C.REVIEWING, _C.SCORING, OFFICE, guards.start_scoring,
        label="转入评分", code="K4", document="核验意见",
    ),
    Transition(
        "calibrate", _C.SCORING, _C.CALIBRATING, OFFICE, guards.calibrate,
        label="转入校准", code="K5", document="初评得分表",
    ),
    Transition(
        "publish", _C.CALIBRATING, _C.PUBLISHED, LEADERS, guards.publish,
        label="公布结果", code="K6", document="考核结果汇总表",
    ),
    Transition(
        "open_appeals", _C.PUBLISHED, _C.APPEALING, SYSTEM, guards.open_appeals,
        label="开始公示", code="K7", document="考核结果公示",
    ),
    Transition(
        "finalize", _C.APPEALING, _C.FINAL, OFFICE, guards.finalize,
        label="确定结果", code="K8", document="考核结果通报、个人通知书",
    ),
)  # fmt: skip

# A cycle whose scores came by workbook collects nothing: it starts where scores are there.
REGISTERED_CYCLE_TRANSITIONS = (Transition("register", _C.DRAFT, _C.SCORING, SYSTEM, label="登记得分"),)


class ItemState(Labelled):
    """One leaf's report and evidence, §6."""

    OPEN = "OPEN", "待填报"
    SUBMITTED = "SUBMITTED", "已填报"
    RETURNED = "RETURNED", "已退回"
    RESUBMITTED = "RESUBMITTED", "已重报"
    VERIFIED = "VERIFIED", "已核验"


_I = ItemState
ITEM_TRANSITIONS = (
    Transition("submit", _I.OPEN, _I.SUBMITTED, REPORTERS, guards.submit, label="填报"),
    Transition("submit", _I.RETURNED, _I.RESUBMITTED, REPORTERS, guards.submit, label="填报"),
    Transition("return", _I.SUBMITTED, _I.RETURNED, VERIFIERS, guards.send_back, label="退回"),
    Transition("return", _I.RESUBMITTED, _I.RETURNED, VERIFIERS, guards.send_back, label="退回"),
    Transition("verify", _I.SUBMITTED, _I.VERIFIED, OFFICE, guards.verify, label="核验通过"),
    Transition("verify", _I.RESUBMITTED, _I.VERIFIED, OFFICE, guards.verify, label="核验通过"),
    Transition("reopen", _I.VERIFIED, _I.RETURNED, OFFICE, guards.send_back, label="撤销核验"),
)  # fmt: skip


class SheetState(Labelled):
    """定性指标评分表."""

    OPEN = "OPEN", "评分中"
    LOCKED = "LOCKED", "已提交"


SHEET_TRANSITIONS = (
    Transition("lock", SheetState.OPEN, SheetState.LOCKED, SCORERS, guards.lock_sheet, label="提交评分表"),
)


class VetoState(Labelled):
    """一票否决."""

    RAISED = "RAISED", "待审定"
    APPROVED = "APPROVED", "已审定"
    DISMISSED = "DISMISSED", "不予否决"


VETO_TRANSITIONS = (
    Transition(
        "approve", VetoState.RAISED, VetoState.APPROVED, LEADERS, guards.approve_veto, label="审定否决"
    ),
    Transition(
        "dismiss", VetoState.RAISED, VetoState.DISMISSED, LEADERS, guards.decide_with_reason, label="不予否决"
    ),
    Transition(
        "lift", VetoState.APPROVED, VetoState.DISMISSED, OFFICE, guards.decide_with_reason,
        label="申诉撤销否决",
    ),
)  # fmt: skip


class AdjustmentState(Labelled):
    """校准."""

    PROPOSED = "PROPOSED", "待审定"
    APPROVED = "APPROVED", "已审定"
    DISMISSED = "DISMISSED", "未同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"


_A = AdjustmentState
ADJUSTMENT_TRANSITIONS = (
    Transition("approve", _A.PROPOSED, _A.APPROVED, LEADERS, guards.other_person, label="审定校准"),
    Transition("dismiss", _A.PROPOSED, _A.DISMISSED, LEADERS, guards.decide_with_reason, label="不同意校准"),
    Transition("withdraw", _A.PROPOSED, _A.WITHDRAWN, OFFICE, label="撤回校准"),
)


class AppealState(Labelled):
    """考核申诉."""

    OPEN = "OPEN", "待答复"
    UPHELD = "UPHELD", "申诉成立"
    REJECTED = "REJECTED", "维持原结果"
    WITHDRAWN = "WITHDRAWN", "已撤回"


APPEAL_TRANSITIONS = (
    Transition(
        "uphold",
        AppealState.OPEN,
        AppealState.UPHELD,
        OFFICE,
        guards.decide_with_reason,
        label="认定申诉成立",
    ),
    Transition(
        "reject",
        AppealState.OPEN,
        AppealState.REJECTED,
        OFFICE,
        guards.decide_with_reason,
        label="决定维持原结果",
    ),
    Transition("withdraw", AppealState.OPEN, AppealState.WITHDRAWN, PERSON, label="撤回申诉"),
)


class ConsequenceState(Labelled):
    """结果运用."""

    LISTED = "LISTED", "待办理"
    DONE = "DONE", "已办理"
    WAIVED = "WAIVED", "不办理"


CONSEQUENCE_TRANSITIONS = (
    Transition(
        "carry_out", ConsequenceState.LISTED, ConsequenceState.DONE, OFFICE, guards.carry_out, label="办理"
    ),
    Transition(
        "waive",
        ConsequenceState.LISTED,
        ConsequenceState.WAIVED,
        LEADERS,
        guards.decide_with_reason,
        label="不办理",
    ),
)

# Every machine under the name by which its diagram is found.
MACHINES = {
    "cycle": ("考核周期", CycleState, CYCLE_TRANSITIONS + REGISTERED_CYCLE_TRANSITIONS),
    "item": ("指标填报与核验", ItemState, ITEM_TRANSITIONS),
    "veto": ("一票否决", VetoState, VETO_TRANSITIONS),
    "adjustment": ("校准", AdjustmentState, ADJUSTMENT_TRANSITIONS),
    "result_appeal": ("考核申诉", AppealState, APPEAL_TRANSITIONS),
    "consequence": ("结果运用", ConsequenceState, CONSEQUENCE_TRANSITIONS),
}
