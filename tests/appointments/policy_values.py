"""The default policy as the rules take it, without a database."""

import json
from pathlib import Path
from typing import Any

from reform.ladder import Ladder, Level, Policy

_FILE = Path(__file__).resolve().parent.parent.parent / "fixtures" / "policy.json"


def default_policy(**changes: Any) -> Policy:
    """The default policy; `changes` by key with __ for the dot: round__panel_min=5."""
    facts = json.loads(_FILE.read_text(encoding="utf-8"))
    rows = sorted(facts["levels"], key=lambda one: -one["rank_order"])
    levels = tuple(
        Level(
            one["code"],
            one["rank_order"],
            len(rows) - 1 - place,
            one["name"],
            tuple(one["aliases"]),
            one["method"],
        )
        for place, one in enumerate(rows)
    )
    values = {one["key"]: one["value"] for one in facts["parameters"]}
    values |= {key.replace("__", ".", 1): value for key, value in changes.items()}
    return Policy(1, Ladder(levels), values)
