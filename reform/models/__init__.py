"""Everything that the other apps may rely on: organisation, people, policy, and what happened to them."""

from .audit import AuditEvent, RowChange, Upload
from .calendar import CalendarDay
from .conduct import (
    AnnualGrade,
    ChangeRequest,
    ConductRecord,
    Honour,
    Kinship,
    OneTimePassword,
    PromotionLock,
    Sanction,
)
from .organization import Membership, Position, PositionSetup, Unit, UnitKind, UnitLineage, Zone
from .people import ArchivedStatus, Person, Tenure, TenureKind
from .policy import LadderLevel, PolicyParameter, PolicyVersion

__all__ = [
    "AnnualGrade",
    "ArchivedStatus",
    "AuditEvent",
    "CalendarDay",
    "ChangeRequest",
    "ConductRecord",
    "Honour",
    "Kinship",
    "LadderLevel",
    "Membership",
    "OneTimePassword",
    "Person",
    "PolicyParameter",
    "PolicyVersion",
    "Position",
    "PositionSetup",
    "PromotionLock",
    "RowChange",
    "Sanction",
    "Tenure",
    "TenureKind",
    "Unit",
    "UnitKind",
    "UnitLineage",
    "Upload",
    "Zone",
]
