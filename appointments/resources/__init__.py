"""The sheets of a round: the roster that gives its baseline, and the results."""

from .appointments import AppointmentSheet
from .roster import RosterSheet

__all__ = ["AppointmentSheet", "RosterSheet"]
