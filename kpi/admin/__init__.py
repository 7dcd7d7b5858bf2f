"""The clerks' lists of this app, each noun in its own file; a cycle is run on the pages of views/."""

from . import cycles, marks, reports, schemes

__all__ = ["cycles", "marks", "reports", "schemes"]
