"""The outcome of a computation, and the digest of its inputs."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from compensation.models import PayLine

NOTHING = Decimal("0.00")
# The parts of the gross pay, in the order of the sheet: field of PayLine → the word for it.
COMPONENTS = {
    "base_pay": "基础工资",
    "position_pay": "岗位工资",
    "performance_pay": "绩效工资",
    "seniority_pay": "年功",
    "special_award": "专项奖励",
    "allowance": "津补贴",
    "protection": "过渡补差",
    "back_pay": "补发扣回",
}
DEDUCTIONS = {"social_insurance": "社保", "housing_fund": "公积金", "income_tax": "个税"}
WHY_LENGTH = 400


@dataclass(frozen=True)
class Computed:
    """The lines of a run, not saved; `missing`: what keeps it from being computed; `included`: keys of the
    back pays that ride on it."""

    lines: list[PayLine] = field(default_factory=list)
    digest: str = ""
    missing: list[str] = field(default_factory=list)
    included: list[int] = field(default_factory=list)

    @property
    def gross(self) -> Decimal:
        return sum((one.gross for one in self.lines), NOTHING)

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.lines), NOTHING)


def digest_of(facts: Iterable[Any]) -> str:
    """SHA-256 over facts in their order, each as Python writes it: dates, numbers and texts only."""
    digest = hashlib.sha256()
    for one in facts:
        digest.update(repr(one).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def why_text(reasons: Iterable[str]) -> str:
    """Reasons as one column of the line."""
    return "；".join(dict.fromkeys(one for one in reasons if one))[:WHY_LENGTH]
