"""What is read of pay: import from here."""

from .back_pays import back_pays_of
from .comparison import run_comparison
from .desk import pay_waiting
from .equal_pay import equal_pay_proof
from .holdings import holdings_of
from .pay_changes import pay_changes, pay_documents
from .policy import default_pay_policy, pay_policy, pay_policy_as_of
from .pools import pool_distribution, pool_of, pool_usage, pools_of
from .runs import payable, run_by_code, run_facts, run_lines, runs_of
from .slips import slips_of
from .steps import run_steps
from .what_if import pay_what_if, policy_changes, year_what_if

__all__ = [
    "back_pays_of",
    "default_pay_policy",
    "equal_pay_proof",
    "holdings_of",
    "pay_changes",
    "pay_documents",
    "pay_policy",
    "pay_policy_as_of",
    "pay_waiting",
    "pay_what_if",
    "payable",
    "policy_changes",
    "pool_distribution",
    "pool_of",
    "pool_usage",
    "pools_of",
    "run_by_code",
    "run_comparison",
    "run_facts",
    "run_lines",
    "run_steps",
    "runs_of",
    "slips_of",
    "year_what_if",
]
