"""What the leaders' pages and workbooks show: import from here."""

from .checks import CheckReport, check_report
from .common import Figure, RoundHead, figure, head_of, latest_round
from .filters import PeopleFilter, people_filter
from .overview import Gap, LeadershipOverview, gap_of, leadership_overview
from .people import Column, PeopleReport, PersonLine, people_report
from .units import UnitsReport, units_report
from .workbench import NextStep, Workbench, workbench

__all__ = [
    "CheckReport",
    "Column",
    "Figure",
    "Gap",
    "LeadershipOverview",
    "NextStep",
    "PeopleFilter",
    "PeopleReport",
    "PersonLine",
    "RoundHead",
    "UnitsReport",
    "Workbench",
    "check_report",
    "figure",
    "gap_of",
    "head_of",
    "latest_round",
    "leadership_overview",
    "people_filter",
    "people_report",
    "units_report",
    "workbench",
]
