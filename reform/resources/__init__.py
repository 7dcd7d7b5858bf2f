"""The sheets of units, positions, people and relatives: their columns, and what their rows mean."""

from .kinships import KinshipSheet
from .people import PersonSheet
from .positions import PositionSheet
from .units import UnitSheet

__all__ = ["KinshipSheet", "PersonSheet", "PositionSheet", "UnitSheet"]
