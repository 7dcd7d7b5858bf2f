"""The sheets of a round: the roster that gives its baseline, who applied for what, who wants whom, the
results, and the targets of those appointed."""

from .applications import ApplicationSheet
from .appointments import AppointmentSheet
from .duties import DutySheet
from .intentions import IntentionSheet
from .roster import RosterSheet

__all__ = ["ApplicationSheet", "AppointmentSheet", "DutySheet", "IntentionSheet", "RosterSheet"]
