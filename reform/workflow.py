"""State machines as tables: one row per (source, event); a service writes, this only looks up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from reform.errors import IllegalTransition

# A guard returns all reasons for refusal in Chinese; none means go.
Guard = Callable[..., Sequence[str]]


class Labelled(StrEnum):
    """A state with its Chinese word."""

    def __new__(cls, value: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member._label = label  # type: ignore[attr-defined]
        return member

    @property
    def label(self) -> str:
        return str(self._label)  # type: ignore[attr-defined]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(code, label) for a model field."""
        return [(one.value, one.label) for one in cls]


@dataclass(frozen=True, slots=True)
class Call:
    """What is said with a step: the day, the reason, the document. In a preview nothing has been said yet,
    and its absence is no reason against the step."""

    on: date
    reason: str = ""
    document_no: str = ""
    preview: bool = False


@dataclass(frozen=True)
class Transition:
    """One row of a machine's table.

    event: the name that the AuditEvent gets.  source, target: members of the machine's StrEnum.
    permission: who may do it, '' for the system.  label: the button's Chinese text, by default the event.
    code: the row's number in domain.md (T1, B4).  document: the paper it produces.  methods: the 任用方式 it
    applies to, none named: all.
    """

    event: str
    source: str
    target: str
    permission: str = ""
    guard: Guard | None = None
    label: str = ""
    code: str = ""
    document: str = ""
    methods: frozenset[str] = frozenset()

    def reasons(self, *args: Any, **kwargs: Any) -> Sequence[str]:
        """Why the guard refuses; empty where it does not, or where there is none."""
        return self.guard(*args, **kwargs) if self.guard else ()


def transitions_from(table: Iterable[Transition], state: str) -> list[Transition]:
    """The rows that lead out of a state, in the order of the table."""
    return [row for row in table if row.source == state]


def find_transition(table: Iterable[Transition], state: str, event: str) -> Transition:
    """The row for an event in a state.

    Raises IllegalTransition where there is none; ValueError where the table has two with different targets.
    """
    table = list(table)
    # A row read from the database has the plain code; the table's own member has the word for it.
    state = next((one for row in table for one in (row.source, row.target) if one == state), state)
    rows = transitions_from(table, state)
    found = [row for row in rows if row.event == event]
    if len({row.target for row in found}) > 1:
        raise ValueError(f"two targets for {event} in {state}")
    if found:
        return found[0]
    shown = event
    for row in table:
        if row.event == event:
            shown = row.label or row.event
    possible = "、".join(dict.fromkeys(row.label or row.event for row in rows))
    remedy = f"此时可以：{possible}。" if possible else "该状态已是终态。"
    raise IllegalTransition(f"“{_label(state)}”状态下不能“{shown}”。{remedy}")


def _label(state: str) -> str:
    return str(getattr(state, "label", state))
