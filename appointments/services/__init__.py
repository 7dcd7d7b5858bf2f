"""What writes in this app."""

from .appointments import AppointmentEntry, appointments_register, held_level
from .rounds import baselines_register, exit_record, round_create, round_set_dates, round_settle

__all__ = [
    "AppointmentEntry",
    "appointments_register",
    "baselines_register",
    "exit_record",
    "held_level",
    "round_create",
    "round_set_dates",
    "round_settle",
]
