"""What is read of rounds: import from here."""

from .figures import (
    ChangeSummary,
    Check,
    Decision,
    Offender,
    PersonChange,
    Post,
    UnitFigures,
    people_with,
)
from .people import id_numbers
from .rounds import appointment_list, change_summary, round_by_code, rounds_of

__all__ = [
    "ChangeSummary",
    "Check",
    "Decision",
    "Offender",
    "PersonChange",
    "Post",
    "UnitFigures",
    "appointment_list",
    "change_summary",
    "id_numbers",
    "people_with",
    "round_by_code",
    "rounds_of",
]
