"""The sheets of a round: the roster that gives its baseline, who applied for what, who wants whom, and the
results."""

from .applications import ApplicationSheet
from .appointments import AppointmentSheet
from .intentions import IntentionSheet
from .roster import RosterSheet

__all__ = ["ApplicationSheet", "AppointmentSheet", "IntentionSheet", "RosterSheet"]
