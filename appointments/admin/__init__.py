"""The clerks' lists of this app, each noun in its own file; a round is run on the pages of views/."""

from . import (
    applications,
    appointments,
    assessment,
    batches,
    changes,
    documents,
    dossiers,
    duties,
    exits,
    placements,
    post_groups,
    publicity,
    rounds,
    selection,
    service_years,
)

__all__ = [
    "applications",
    "appointments",
    "assessment",
    "batches",
    "changes",
    "documents",
    "dossiers",
    "duties",
    "exits",
    "placements",
    "post_groups",
    "publicity",
    "rounds",
    "selection",
    "service_years",
]
