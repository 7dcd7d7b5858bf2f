"""What one import knows while it runs: whose it is, into which zone, round and cycle, and what went wrong so
far."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from reform.exchange.cells import mask_id
from reform.exchange.findings import ERROR, WARNING, Finding, Involved
from reform.ladder import Policy
from reform.models import PositionSetup, Upload, Zone


@dataclass(frozen=True)
class Options:
    """What the operator said beside the files; each None where nothing was said.

    from_console: by a command on the server, in whoever's name: who may run commands may bring in any sheet.
    """

    zone: str | None = None
    round: str | None = None
    cycle: str | None = None
    kickoff: date | None = None
    effective: date | None = None
    from_console: bool = False

    def where_to_say(self, option: str, label: str) -> str:
        """Where the operator names something: 用 --round, or 在“轮次”一格."""
        return f"用 {option} " if self.from_console else f"在“{label}”一格"


@dataclass
class Context:
    """Shared by the sheets of one import.

    `tainted` holds, by kind of thing (person, name, unit, post), the keys that faulty rows were about, and
    under `kind` the kinds of sheets that could not be read at all: a reference to one of them is the
    consequence of a fault that has been reported already, and is no fault of its own.  `touched`: a sheet
    wrote something that stands in none of its rows.
    """

    zone: Zone
    actor: AbstractBaseUser
    now: datetime
    today: date
    options: Options
    upload: Upload | None = None
    policy: Policy | None = None
    setup: PositionSetup | None = None
    round: Any = None
    cycle: Any = None
    findings: list[Finding] = field(default_factory=list)
    tainted: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))
    seen: dict[str, dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict))
    touched: bool = False

    def error(self, code: str, message: str, hint: str = "", **place: Any) -> None:
        self.findings.append(Finding(ERROR, code, message, hint, **place))

    def warning(self, code: str, message: str, hint: str = "", **place: Any) -> None:
        self.findings.append(Finding(WARNING, code, message, hint, **place))

    def findings_are_bad(self, reports: Iterable[Any]) -> bool:
        """Whether anything has been found so far for which nothing will be kept."""
        return any(one.is_error for one in self.findings) or any(one.errors for one in reports)

    def is_tainted_post(self, key: tuple[str, ...]) -> bool:
        """Whether a faulty row was, or may have been, about the post of this (unit, section, title)."""
        return "positions" in self.tainted["kind"] or any(
            all(part is None or part == own for part, own in zip(post, key, strict=True))
            for post in self.tainted["post"]
        )


def involved(people: Iterable[tuple[str, str]]) -> tuple[Involved, ...]:
    """Persons as a finding names them, from (name, ID number)."""
    return tuple(Involved(name, mask_id(number)) for name, number in people)
