"""Sheets of the appraisal as workbooks (§8)."""

from .indicators import IndicatorSheet
from .personal_scores import PersonalScoreSheet
from .unit_scores import UnitScoreSheet

__all__ = ["IndicatorSheet", "PersonalScoreSheet", "UnitScoreSheet"]
