"""The sheets of a round: the roster that gives its baseline, who applied for what, and the results."""

from .applications import ApplicationSheet
from .appointments import AppointmentSheet
from .roster import RosterSheet

__all__ = ["ApplicationSheet", "AppointmentSheet", "RosterSheet"]
