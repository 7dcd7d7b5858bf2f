"""The default pay policy as the rules take it, read from the fixture: no database."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from compensation.rules.changes import Holding
from compensation.rules.policy import PayPolicy
from compensation.selectors.policy import pay_policy
from reform.ladder import Ladder, Policy

ROOT = Path(__file__).resolve().parents[2]


def _entries(name: str) -> Any:
    return json.loads((ROOT / "fixtures" / name).read_text(encoding="utf-8"))


VALUES = {one["key"]: one["value"] for one in _entries("policy.json")["parameters"]}
DEFAULT = pay_policy(Policy(number=1, ladder=Ladder(()), values=VALUES))


def a_policy(**values: Any) -> PayPolicy:
    return replace(DEFAULT, **values)


def held(
    level: str, starts_on: date | None = None, ends_before: date | None = None, **values: Any
) -> Holding:
    """A main post of a level, with the level's default coefficient and rank."""
    return Holding(starts_on, ends_before, DEFAULT.post_coefficients[level], int(level[1:]), level, **values)


def yuan(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
