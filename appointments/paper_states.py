"""The machines of what accompanies an appointment: 选任纪实 (domain.md §3a) and 岗位目标责任书 (§8, 17)."""

from appointments.actors import LEADERS, OFFICE, PERSON, UNIT_HEADS, Labelled
from appointments.rules import guards
from reform.workflow import Transition


class DossierState(Labelled):
    """选任纪实 of one proposed appointment."""

    OPEN = "OPEN", "进行中"
    SUSPENDED = "SUSPENDED", "已暂停"
    ARCHIVED = "ARCHIVED", "已归档"


_D = DossierState
DOSSIER_TRANSITIONS = (
    Transition("suspend", _D.OPEN, _D.SUSPENDED, OFFICE, guards.written_reason, label="暂停纪实"),
    Transition("resume", _D.SUSPENDED, _D.OPEN, OFFICE, guards.written_reason, label="恢复纪实"),
    *(
        Transition(
            "archive", source, _D.ARCHIVED, OFFICE, guards.dossier_archive,
            label="归档", document="选任纪实",
        )
        for source in (_D.OPEN, _D.SUSPENDED)
    ),
)  # fmt: skip


class DutyState(Labelled):
    """岗位目标责任书 of one appointment for one year; both sides sign it one after the other."""

    DRAFT = "DRAFT", "拟订"
    OFFERED = "OFFERED", "甲方已签"
    SIGNED = "SIGNED", "双方已签"


_C = DutyState
DUTY_TRANSITIONS = (
    *(
        Transition(
            event, _C.DRAFT, _C.OFFERED, permission, guards.duties_offer,
            label=label, document="岗位目标责任书",
        )
        for event, permission, label in (
            ("offer", UNIT_HEADS, "甲方签字"),
            ("offer_head", LEADERS, "领导代表甲方签字"),
        )
    ),
    Transition(
        "sign", _C.OFFERED, _C.SIGNED, PERSON, guards.duties_sign,
        label="乙方签字", document="岗位目标责任书",
    ),
    *(
        Transition("reopen", source, _C.DRAFT, OFFICE, guards.written_reason, label="退回修订")
        for source in (_C.OFFERED, _C.SIGNED)
    ),
)  # fmt: skip

PAPER_MACHINES = {
    "dossier": ("选任纪实", DossierState, DOSSIER_TRANSITIONS),
    "duties": ("岗位目标责任书", DutyState, DUTY_TRANSITIONS),
}
