"""The smaller machines beside those of states.py: 落聘安置, 破格 and 离开呈批."""

from appointments.actors import LEADERS, OFFICE, PERSON, SYSTEM, Labelled
from appointments.rules import guards
from reform.workflow import Transition


class PlacementState(Labelled):
    """落聘安置, §3."""

    UNPLACED = "UNPLACED", "未安置"
    OFFERED = "OFFERED", "已提供岗位"
    PLACED = "PLACED", "已安置"
    WAITING = "WAITING", "待岗"
    LEFT = "LEFT", "离开"


_P = PlacementState
PLACEMENT_TRANSITIONS = (
    *(
        Transition(
            "offer", source, _P.OFFERED, OFFICE, guards.placement_offer,
            label="提供岗位", document="岗位调配通知书",
        )
        for source in (_P.UNPLACED, _P.WAITING)
    ),
    Transition(
        "accept", _P.OFFERED, _P.PLACED, OFFICE, guards.placement_accept,
        label="接受安置", document="落聘安置表",
    ),
    Transition(
        "refuse", _P.OFFERED, _P.UNPLACED, OFFICE, guards.written_reason,
        label="拒绝安置", document="落聘安置表",
    ),
    Transition(
        "decline", _P.OFFERED, _P.UNPLACED, PERSON, guards.written_reason,
        label="本人拒绝岗位", document="本人书面答复",
    ),
    Transition("lapse", _P.OFFERED, _P.UNPLACED, SYSTEM, label="岗位提供失效"),
    Transition(
        "wait", _P.UNPLACED, _P.WAITING, OFFICE, guards.placement_wait,
        label="转为待岗", document="待岗通知",
    ),
    *(
        Transition(
            "leave", source, _P.LEFT, OFFICE, guards.written_reason,
            label="离开", document="解聘手续",
        )
        for source in (_P.UNPLACED, _P.OFFERED, _P.WAITING)
    ),
)  # fmt: skip


class WaiverState(Labelled):
    """破格, §3: asked for by the office, allowed by the leaders; until then its maker may take it back."""

    REQUESTED = "REQUESTED", "待批准"
    APPROVED = "APPROVED", "已批准"
    WITHDRAWN = "WITHDRAWN", "已撤回"


_W = WaiverState
WAIVER_TRANSITIONS = (
    Transition(
        "approve", _W.REQUESTED, _W.APPROVED, LEADERS, guards.nothing_against,
        label="批准破格", document="破格批准文件",
    ),
    Transition(
        "withdraw", _W.REQUESTED, _W.WITHDRAWN, OFFICE, guards.taken_back_by_maker,
        label="撤回破格", document="撤回记录",
    ),
)  # fmt: skip


class ExitProposalState(Labelled):
    """离开呈批, §5: a dismissal that the office prepares and the leaders decide."""

    PROPOSED = "PROPOSED", "待决定"
    APPROVED = "APPROVED", "已同意"
    REFUSED = "REFUSED", "不同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"


_E = ExitProposalState
EXIT_PROPOSAL_TRANSITIONS = (
    Transition(
        "approve", _E.PROPOSED, _E.APPROVED, LEADERS, guards.nothing_against,
        label="同意离开", document="解聘决定",
    ),
    Transition(
        "refuse", _E.PROPOSED, _E.REFUSED, LEADERS, guards.declined_in_writing,
        label="不同意离开", document="不同意意见",
    ),
    Transition(
        "withdraw", _E.PROPOSED, _E.WITHDRAWN, OFFICE, guards.taken_back_by_maker,
        label="撤回呈批", document="撤回记录",
    ),
)  # fmt: skip
