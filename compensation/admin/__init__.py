"""The clerks' lists of this app; a run and its lines are worked on on the pages of views/."""

from . import inputs, runs

__all__ = ["inputs", "runs"]
