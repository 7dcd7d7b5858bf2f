"""The demo, loaded once for the files that look at it: it takes half a minute, so they share it."""

import io
from contextlib import ExitStack
from datetime import date
from typing import Any

from django.core.management import call_command
from django.db import transaction

TODAY = date(2026, 11, 25)


class Demo:
    """Open from the first test that asks for it until a test of another file comes."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.output: str | None = None

    def load(self, blocker: Any) -> str:
        """What load_demo said; everything stays in one transaction."""
        if self.output is None:
            out = io.StringIO()
            self._stack.enter_context(blocker.unblock())
            self._stack.enter_context(transaction.atomic())
            self._stack.callback(transaction.set_rollback, True)
            call_command("load_demo", "--today", TODAY.isoformat(), stdout=out)
            self.output = out.getvalue()
        return self.output

    def close(self) -> None:
        """Take everything back."""
        self._stack.close()
        self.output = None


DEMO = Demo()
