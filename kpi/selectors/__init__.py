"""What is read of the appraisal: import from here."""

from .cycle_facts import cycle_next, signing
from .desk import Waiting, kpi_waiting
from .ratings import rating_cycles, rating_progress, rating_sheet
from .reporting import evidence_of, items_of, items_waiting
from .results import CycleResults, cycle_results, result_history, what_if
from .schemes import cycle_by_code, cycles_of, indicator_history, indicators_of, library, scheme_sheets

__all__ = [
    "CycleResults",
    "Waiting",
    "cycle_by_code",
    "cycle_next",
    "cycle_results",
    "cycles_of",
    "evidence_of",
    "indicator_history",
    "indicators_of",
    "items_of",
    "items_waiting",
    "kpi_waiting",
    "library",
    "rating_cycles",
    "rating_progress",
    "rating_sheet",
    "result_history",
    "scheme_sheets",
    "signing",
    "what_if",
]
