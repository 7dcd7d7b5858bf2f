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

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "policy.json"
VALUES = {one["key"]: one["value"] for one in json.loads(FIXTURE.read_text(encoding="utf-8"))["parameters"]}
DEFAULT = pay_policy(Policy(number=1, ladder=Ladder(()), values=VALUES))
# 2022 with the two days off that the tests touch: 2022-02-01 is 春节.
CALENDAR = {date(2022, 2, 1): False}


def a_policy(**values: Any) -> PayPolicy:
    return replace(DEFAULT, **values)


def held(
    level: str, starts_on: date | None = None, ends_before: date | None = None, **values: Any
) -> Holding:
    """A main post of a level, with the level's default coefficient and rank."""
    return Holding(starts_on, ends_before, DEFAULT.post_coefficients[level], int(level[1:]), level, **values)


def yuan(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
