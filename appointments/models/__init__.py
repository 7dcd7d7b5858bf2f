"""轮次、基准、聘任、离开."""

from .appointments import Appointment, Exit
from .rounds import Baseline, Round

__all__ = ["Appointment", "Baseline", "Exit", "Round"]
