"""What is read of pay: import from here."""

from .policy import default_pay_policy, pay_policy, pay_policy_as_of

__all__ = ["default_pay_policy", "pay_policy", "pay_policy_as_of"]
