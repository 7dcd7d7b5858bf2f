"""What writes: each function one transaction's work, with its AuditEvent and RowChanges."""

from .kinship import KinshipEntry, kinships_register
from .organization import positions_register, units_register, zone_create
from .people import persons_register
from .records import Edit, audit_record, edit, event_hash, save_all, set_state, set_states
from .tenures import TenureOpening, tenures_close, tenures_open
from .uploads import upload_create, upload_obstacle, upload_undo

__all__ = [
    "Edit",
    "KinshipEntry",
    "TenureOpening",
    "audit_record",
    "edit",
    "event_hash",
    "kinships_register",
    "persons_register",
    "positions_register",
    "save_all",
    "set_state",
    "set_states",
    "tenures_close",
    "tenures_open",
    "units_register",
    "upload_create",
    "upload_obstacle",
    "upload_undo",
    "zone_create",
]
