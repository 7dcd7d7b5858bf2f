"""A run's lines added up by unit, the components in the order of the sheet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from compensation.models import PayLine

from .equal_pay import FEWEST
from .outcome import COMPONENTS, DEDUCTIONS, NOTHING

SUMMED = (*COMPONENTS, "gross", *DEDUCTIONS, "net")


@dataclass
class UnitTotal:
    """A unit's people and sums; unit None: all together, or lines without a unit. owing: how many of them get
    less than nothing; owed: what they owe together, which no bank file brings in."""

    unit_id: int | None
    name: str
    people: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, NOTHING))
    owing: int = 0
    owed: Decimal = NOTHING

    def add(self, line: PayLine) -> None:
        self.people += 1
        for name in SUMMED:
            self.sums[name] += getattr(line, name)
        if line.net < 0:
            self.owing += 1
            self.owed -= line.net


@dataclass(frozen=True)
class RunTotals:
    """units: in the order of the sheet; whole: all of them."""

    units: tuple[UnitTotal, ...]
    whole: UnitTotal

    @property
    def told(self) -> int:
        """How many people's pay the sums of small units tell."""
        return sum(one.people for one in self.units if one.people < FEWEST)

    @property
    def performance_share(self) -> Decimal | None:
        """Performance pay of 基础 + 岗位 + 绩效, in per cent; None where nothing of them is paid."""
        parts = [self.whole.sums[name] for name in ("base_pay", "position_pay", "performance_pay")]
        return parts[-1] * 100 / sum(parts) if sum(parts) else None


def run_totals(lines: Iterable[PayLine]) -> RunTotals:
    """The totals of lines that are loaded with their units; no statements."""
    units: dict[int | None, UnitTotal] = {}
    whole = UnitTotal(None, "合计")
    for line in lines:
        owner = line.unit.owner if line.unit else None
        key = owner.pk if owner else None
        if key not in units:
            units[key] = UnitTotal(key, owner.name if owner else "没有单位")
        units[key].add(line)
        whole.add(line)
    return RunTotals(tuple(units.values()), whole)
