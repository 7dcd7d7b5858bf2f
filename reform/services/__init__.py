"""What writes: each function one transaction's work, with its AuditEvent and RowChanges."""

from .change_requests import (
    change_request_decide,
    change_request_open,
    change_request_withdraw,
    correctable_fields,
    value_shown,
)
from .conduct import (
    annual_grades_register,
    conduct_record,
    promotion_locks_register,
)
from .kinship import KinshipEntry, kinships_register
from .one_time_passwords import (
    IssuedPassword,
    digest_nothing,
    one_time_password_use,
    one_time_passwords_issue,
    own_password_set,
)
from .organization import positions_register, post_settled, units_register, zone_create
from .people import archived_statuses_end, persons_register
from .records import Edit, audit_record, edit, event_hash, save_all, set_state, set_states
from .tenures import TenureOpening, tenures_close, tenures_open
from .uploads import upload_create, upload_is_of, upload_obstacle, upload_undo

__all__ = [
    "Edit",
    "IssuedPassword",
    "KinshipEntry",
    "TenureOpening",
    "annual_grades_register",
    "archived_statuses_end",
    "audit_record",
    "change_request_decide",
    "change_request_open",
    "change_request_withdraw",
    "conduct_record",
    "correctable_fields",
    "digest_nothing",
    "edit",
    "event_hash",
    "kinships_register",
    "one_time_password_use",
    "one_time_passwords_issue",
    "own_password_set",
    "persons_register",
    "positions_register",
    "post_settled",
    "promotion_locks_register",
    "save_all",
    "set_state",
    "set_states",
    "tenures_close",
    "tenures_open",
    "units_register",
    "upload_create",
    "upload_is_of",
    "upload_obstacle",
    "upload_undo",
    "value_shown",
    "zone_create",
]
