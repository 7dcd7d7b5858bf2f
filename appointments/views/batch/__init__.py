"""批次: the page on which a batch is run, one tab for each part of the work, each in its own file."""

from .page import TABS, batch, batch_do

__all__ = ["TABS", "batch", "batch_do"]
