"""The sheets of units, positions and people: their columns, and what their rows mean."""

from .people import PersonSheet
from .positions import PositionSheet
from .units import UnitSheet

__all__ = ["PersonSheet", "PositionSheet", "UnitSheet"]
