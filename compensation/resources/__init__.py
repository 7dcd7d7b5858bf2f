"""Sheets of pay as workbooks: what comes from outside, sealed 档案工资, pay before the reform (§7)."""

from .former import ArchivedPaySheet, FormerPaySheet
from .inputs import PayInputSheet

__all__ = ["ArchivedPaySheet", "FormerPaySheet", "PayInputSheet"]
