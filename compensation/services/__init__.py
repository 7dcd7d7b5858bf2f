"""What writes pay: import from here."""

from .back_pays import back_pay_add, back_pay_approve, back_pay_withdraw, back_pays_propose
from .inputs import (
    ArchivedPayEntry,
    BankAccountEntry,
    FormerPayEntry,
    PayInputEntry,
    archived_pays_register,
    bank_accounts_register,
    former_pays_register,
    pay_inputs_register,
)
from .pay_changes import pay_changes_export
from .pools import pay_pool_set
from .runs import pay_run_calculate, pay_run_open, pay_run_step
from .viewing import pay_export_record, pay_lines_view_record, pay_view_record

__all__ = [
    "ArchivedPayEntry",
    "BankAccountEntry",
    "FormerPayEntry",
    "PayInputEntry",
    "archived_pays_register",
    "back_pay_add",
    "back_pay_approve",
    "back_pay_withdraw",
    "back_pays_propose",
    "bank_accounts_register",
    "former_pays_register",
    "pay_changes_export",
    "pay_export_record",
    "pay_inputs_register",
    "pay_lines_view_record",
    "pay_pool_set",
    "pay_run_calculate",
    "pay_run_open",
    "pay_run_step",
    "pay_view_record",
]
