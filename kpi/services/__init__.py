"""What writes in this app."""

from .cycles import (
    TargetValues,
    cycle_create,
    cycle_dates_set,
    cycle_items_make,
    cycle_step,
    cycles_advance,
    target_sign,
    targets_register,
)
from .entries import (
    PersonScoreEntry,
    UnitScoreEntry,
    cycle_formula_set,
    cycle_register,
    person_entries_register,
    unit_entries_register,
)
from .evidence import evidence_add, evidence_read, evidence_withdraw
from .leaves import IndicatorEntry
from .marks import MarkValue, mark_sheet_lock, mark_sheets_make, marks_save
from .ratings import TasksMade, rating_submit, rating_tasks_make
from .reporting import (
    ActualValues,
    actuals_report,
    items_reopen,
    items_return,
    items_source_check,
    items_submit,
    items_verify,
)
from .schemes import (
    Registered,
    indicator_change,
    indicators_register,
    indicators_remove,
    library_copy,
    scheme_create,
)

__all__ = [
    "ActualValues",
    "IndicatorEntry",
    "MarkValue",
    "PersonScoreEntry",
    "Registered",
    "TargetValues",
    "TasksMade",
    "UnitScoreEntry",
    "actuals_report",
    "cycle_create",
    "cycle_dates_set",
    "cycle_formula_set",
    "cycle_items_make",
    "cycle_register",
    "cycle_step",
    "cycles_advance",
    "evidence_add",
    "evidence_read",
    "evidence_withdraw",
    "indicator_change",
    "indicators_register",
    "indicators_remove",
    "items_reopen",
    "items_return",
    "items_source_check",
    "items_submit",
    "items_verify",
    "library_copy",
    "mark_sheet_lock",
    "mark_sheets_make",
    "marks_save",
    "person_entries_register",
    "rating_submit",
    "rating_tasks_make",
    "scheme_create",
    "target_sign",
    "targets_register",
    "unit_entries_register",
]
