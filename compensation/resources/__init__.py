"""Sheets of pay as workbooks: items from outside, 档案工资, pay before the reform, accounts (§7)."""

from .accounts import BankAccountSheet
from .former import ArchivedPaySheet, FormerPaySheet
from .inputs import PayInputSheet

__all__ = ["ArchivedPaySheet", "BankAccountSheet", "FormerPaySheet", "PayInputSheet"]
