"""The machine of a pay run (domain.md §7 Payroll states)."""

from compensation.rules import guards
from reform.workflow import Labelled, Transition

# Who acts, as permissions; the roles that have them stand in fixtures/roles.json.
OFFICE = "compensation.run_pay"
FINANCE = "compensation.check_pay"
LEADERS = "compensation.decide_pay"


class PayRunState(Labelled):
    """发放批次: PAID is locked; what was wrong is put right by 补发/扣回 lines of a later month."""

    DRAFT = "DRAFT", "起草"
    CALCULATED = "CALCULATED", "已计算"
    CHECKED = "CHECKED", "已核对"
    APPROVED = "APPROVED", "已批准"
    PAID = "PAID", "已发放"


_P = PayRunState
PAY_RUN_TRANSITIONS = (
    Transition("calculate", _P.DRAFT, _P.CALCULATED, OFFICE, guards.calculate, label="计算", code="P1"),
    Transition("reopen", _P.CALCULATED, _P.DRAFT, OFFICE, label="重新起草"),
    Transition(
        "check", _P.CALCULATED, _P.CHECKED, FINANCE, guards.check,
        label="核对", code="P2", document="发放表、与上月对比",
    ),
    Transition("return", _P.CHECKED, _P.DRAFT, FINANCE, guards.send_back, label="退回"),
    Transition(
        "approve", _P.CHECKED, _P.APPROVED, LEADERS, guards.approve,
        label="批准", code="P3", document="发放审批表",
    ),
    Transition("refuse", _P.CHECKED, _P.DRAFT, LEADERS, guards.send_back, label="不批准"),
    Transition(
        "pay", _P.APPROVED, _P.PAID, FINANCE, guards.pay,
        label="发放", code="P4", document="银行代发文件",
    ),
)  # fmt: skip

MACHINES = {"pay_run": ("发放批次", PayRunState, PAY_RUN_TRANSITIONS)}
