"""Everything that the other apps may rely on: organisation, people, policy, and what happened to them."""

from .audit import AuditEvent, RowChange, Upload
from .organization import Membership, Position, PositionSetup, Unit, UnitKind, UnitLineage, Zone
from .people import ArchivedStatus, Person, Tenure, TenureKind
from .policy import LadderLevel, PolicyParameter, PolicyVersion

__all__ = [
    "ArchivedStatus",
    "AuditEvent",
    "LadderLevel",
    "Membership",
    "Person",
    "PolicyParameter",
    "PolicyVersion",
    "Position",
    "PositionSetup",
    "RowChange",
    "Tenure",
    "TenureKind",
    "Unit",
    "UnitKind",
    "UnitLineage",
    "Upload",
    "Zone",
]
