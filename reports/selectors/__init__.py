"""What the leaders' pages and workbooks show: import from here."""

from .applicants import ApplicantsReport, applicants_report
from .checks import CheckReport, check_report
from .common import Figure, RoundHead, figure, head_of, latest_round, round_shown
from .constraints import ConstraintsReport, constraints_report
from .desk import Desk, DeskLine, Ending, Ready, desk, ready_steps
from .due import DueReport, due_report
from .filters import PeopleFilter, people_filter
from .ledger import LedgerReport, ledger_report
from .overview import Gap, LeadershipOverview, gap_of, leadership_overview
from .people import Column, PeopleReport, PersonLine, people_report
from .progress import ProgressReport, progress_report
from .units import UnitsReport, units_report
from .workbench import NextStep, Workbench, workbench

__all__ = [
    "ApplicantsReport",
    "CheckReport",
    "Column",
    "ConstraintsReport",
    "Desk",
    "DeskLine",
    "DueReport",
    "Ending",
    "Figure",
    "Gap",
    "LeadershipOverview",
    "LedgerReport",
    "NextStep",
    "PeopleFilter",
    "PeopleReport",
    "PersonLine",
    "ProgressReport",
    "Ready",
    "RoundHead",
    "UnitsReport",
    "Workbench",
    "applicants_report",
    "check_report",
    "constraints_report",
    "desk",
    "due_report",
    "figure",
    "gap_of",
    "head_of",
    "latest_round",
    "leadership_overview",
    "ledger_report",
    "people_filter",
    "people_report",
    "progress_report",
    "ready_steps",
    "round_shown",
    "units_report",
    "workbench",
]
