"""What writes in this app."""

from .appeals import (
    Correction,
    appeals_until,
    result_appeal_decide,
    result_appeal_submit,
    result_appeal_withdraw,
)
from .cycles import (
    TargetValues,
    cycle_create,
    cycle_dates_set,
    cycle_items_make,
    cycle_step,
    cycles_advance,
    targets_register,
    targets_sign,
)
from .decisions import (
    adjustment_decide,
    adjustment_propose,
    adjustment_withdraw,
    tie_decide,
    veto_decide,
    veto_raise,
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
from .exclusions import exclusion_remove, exclusion_set
from .finals import (
    consequences_carry_out,
    consequences_list,
    consequences_waive,
    notices_issue,
    notices_receive,
)
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
from .results import ComputedResults, results_compute
from .schemes import (
    Registered,
    indicator_change,
    indicators_register,
    indicators_remove,
    library_copy,
    scheme_create,
)
from .scores import cycle_score

__all__ = [
    "ActualValues",
    "ComputedResults",
    "Correction",
    "IndicatorEntry",
    "MarkValue",
    "PersonScoreEntry",
    "Registered",
    "TargetValues",
    "TasksMade",
    "UnitScoreEntry",
    "actuals_report",
    "adjustment_decide",
    "adjustment_propose",
    "adjustment_withdraw",
    "appeals_until",
    "consequences_carry_out",
    "consequences_list",
    "consequences_waive",
    "cycle_create",
    "cycle_dates_set",
    "cycle_formula_set",
    "cycle_items_make",
    "cycle_register",
    "cycle_score",
    "cycle_step",
    "cycles_advance",
    "evidence_add",
    "evidence_read",
    "evidence_withdraw",
    "exclusion_remove",
    "exclusion_set",
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
    "notices_issue",
    "notices_receive",
    "person_entries_register",
    "rating_submit",
    "rating_tasks_make",
    "result_appeal_decide",
    "result_appeal_submit",
    "result_appeal_withdraw",
    "results_compute",
    "scheme_create",
    "targets_register",
    "targets_sign",
    "tie_decide",
    "unit_entries_register",
    "veto_decide",
    "veto_raise",
]
