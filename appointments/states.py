"""The machines of domain.md §3 and §5: one enum and one table of transitions each."""

from enum import StrEnum

from reform.workflow import Transition


class RoundState(StrEnum):
    """Round states, §3."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    MOBILIZED = "MOBILIZED"
    RUNNING = "RUNNING"
    PLACING = "PLACING"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"

    @property
    def label(self) -> str:
        return ROUND_STATE_LABELS[self]


ROUND_STATE_LABELS = {
    RoundState.DRAFT: "方案起草",
    RoundState.APPROVED: "方案批准",
    RoundState.MOBILIZED: "已动员",
    RoundState.RUNNING: "聘任进行中",
    RoundState.PLACING: "落聘安置",
    RoundState.COMPLETED: "已完成",
    RoundState.TERMINATED: "已中止",
}

# A registered round takes no steps T1–T5: its results decide whether it is complete (§4).
REGISTERED_ROUND_TRANSITIONS = (
    Transition(event="登记结果齐备", source=RoundState.DRAFT, target=RoundState.COMPLETED),
    Transition(event="登记结果待补", source=RoundState.DRAFT, target=RoundState.PLACING),
    Transition(event="登记结果齐备", source=RoundState.PLACING, target=RoundState.COMPLETED),
    Transition(event="登记结果待补", source=RoundState.COMPLETED, target=RoundState.PLACING),
)


class AppointmentState(StrEnum):
    """Status of an appointment, §5."""

    PENDING = "PENDING"
    PROBATION = "PROBATION"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    RENEWED = "RENEWED"
    CHANGED = "CHANGED"
    TERMINATED = "TERMINATED"

    @property
    def label(self) -> str:
        return APPOINTMENT_STATE_LABELS[self]


APPOINTMENT_STATE_LABELS = {
    AppointmentState.PENDING: "待生效",
    AppointmentState.PROBATION: "试用期",
    AppointmentState.ACTIVE: "在聘",
    AppointmentState.EXPIRED: "期满",
    AppointmentState.RENEWED: "已续聘",
    AppointmentState.CHANGED: "已变更",
    AppointmentState.TERMINATED: "已解聘",
}
