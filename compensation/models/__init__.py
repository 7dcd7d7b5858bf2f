"""What pay keeps: runs and their lines, corrections, the pool, what comes from outside, the former pay."""

from .runs import BackPay, FormerPay, PayInput, PayLine, PayPool, PayRun

__all__ = ["BackPay", "FormerPay", "PayInput", "PayLine", "PayPool", "PayRun"]
