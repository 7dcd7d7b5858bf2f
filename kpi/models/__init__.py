"""What the appraisal keeps: schemes and leaves, cycles and what came of them, scores, grades and ratings."""

from .cycles import (
    Competition,
    CompetitionIndicator,
    Cycle,
    EvidenceFile,
    Item,
    Mark,
    MarkSheet,
    TargetSignature,
)
from .decisions import Adjustment, Exclusion, TieDecision, Veto
from .outcomes import CycleOutcome
from .ratings import RaterGroup, RatingBallot, RatingTask
from .results import (
    Consequence,
    Notice,
    PersonEntry,
    PersonResult,
    ResultAppeal,
    UnitEntry,
    UnitResult,
)
from .schemes import Direction, Indicator, LibraryIndicator, Period, Scheme

__all__ = [
    "Adjustment",
    "Competition",
    "CompetitionIndicator",
    "Consequence",
    "Cycle",
    "CycleOutcome",
    "Direction",
    "EvidenceFile",
    "Exclusion",
    "Indicator",
    "Item",
    "LibraryIndicator",
    "Mark",
    "MarkSheet",
    "Notice",
    "Period",
    "PersonEntry",
    "PersonResult",
    "RaterGroup",
    "RatingBallot",
    "RatingTask",
    "ResultAppeal",
    "Scheme",
    "TargetSignature",
    "TieDecision",
    "UnitEntry",
    "UnitResult",
    "Veto",
]
