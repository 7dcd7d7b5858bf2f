"""职数 caps, 员额 and proportions of a round's 岗位设置 (domain.md §2), over plain counts of seats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reform.ladder import Policy


@dataclass(frozen=True)
class UnitSeats:
    """A unit of the 单位 column with its sections summed in.

    seats: level code → 职数.  quota: 员额, None where 未核定.  head_limit, deputy_limit: 正职职数 and
    副职职数 approved for this very unit; they stand in place of the policy's formulas.
    """

    name: str
    kind: str
    seats: Mapping[str, int]
    quota: int | None = None
    head_limit: int | None = None
    deputy_limit: int | None = None

    @property
    def total(self) -> int:
        return sum(self.seats.values())


@dataclass(frozen=True)
class SectionSeats:
    """A section with its own seats; without an approved 员额 its seats count as such."""

    name: str
    seats: Mapping[str, int]
    quota: int | None = None

    @property
    def size(self) -> int:
        return sum(self.seats.values()) if self.quota is None else self.quota


def check_caps(units: Sequence[UnitSeats], sections: Sequence[SectionSeats], policy: Policy) -> list[str]:
    """What exceeds the 职数 formulas of the policy (caps.*), per unit, per section and zone-wide, with the
    figures compared.  Source: domain.md §2."""
    found = [line for unit in units for line in _unit_caps(unit, policy)]
    found += [line for section in sections for line in _section_caps(section, policy)]
    return found + _leader_ratio(units, policy)


def check_quotas(units: Iterable[UnitSeats]) -> list[str]:
    """Units whose seats are more than their 员额; one without an approved 员额 is not checked (§1, §2)."""
    return [
        f"{unit.name}：职数合计{unit.total}个，员额{unit.quota}个"
        for unit in units
        if unit.quota is not None and unit.total > unit.quota
    ]


def warn_proportions(units: Iterable[UnitSeats], policy: Policy) -> list[str]:
    """Shares of heads and deputies outside the usual bands, and units without an approved 员额: pointed out,
    never refused.  Source: domain.md §2 (宜秀, 太湖)."""
    units = list(units)
    seats = _zone_seats(units, policy, up_to="head")
    total = sum(seats.values())
    lines = []
    for role, (low, high) in policy["caps.bands"].items() if total else ():
        code = policy["caps.levels"][role]
        share = Fraction(seats[code], total)
        if not _exact(low) <= share <= _exact(high):
            lines.append(
                f"{policy.ladder.name_of(code)}{seats[code]}个，占{_percent(share)}，"
                f"通常在{_percent(_exact(low))}至{_percent(_exact(high))}之间"
            )
    unset = [unit.name for unit in units if unit.quota is None]
    if unset:
        lines.append(f"{len(unset)}个单位未核定员额，没有按员额检查：{'、'.join(unset)}")
    return lines


def _unit_caps(unit: UnitSeats, policy: Policy) -> list[str]:
    """Departments and parks follow the formulas; of other kinds only an approved number is checked."""
    levels = policy["caps.levels"]
    by_formula = unit.kind in policy["caps.unit_kinds"]
    lines = []
    head, deputy = (unit.seats.get(levels[role], 0) for role in ("head", "deputy"))
    name = policy.ladder.name_of
    if unit.head_limit is not None:
        if head > unit.head_limit:
            lines.append(f"{unit.name}：{name(levels['head'])}{head}个，核定正职职数{unit.head_limit}个")
    elif by_formula and head > policy["caps.head_per_unit"]:
        lines.append(f"{unit.name}：{name(levels['head'])}{head}个，每单位{policy['caps.head_per_unit']}个")
    if unit.deputy_limit is not None:
        if deputy > unit.deputy_limit:
            lines.append(
                f"{unit.name}：{name(levels['deputy'])}{deputy}个，核定副职职数{unit.deputy_limit}个"
            )
    elif by_formula and unit.quota is not None:
        limit = deputies_allowed(unit.quota, policy)
        if deputy > limit:
            lines.append(
                f"{unit.name}：{name(levels['deputy'])}{deputy}个，员额{unit.quota}个的单位最多{limit}个"
            )
    return lines


def deputies_allowed(quota: int, policy: Policy) -> int:
    """中层副职 of a unit by its 员额."""
    return int(next(seats for most, seats in policy["caps.deputy_per_unit"] if most is None or quota <= most))


def _section_caps(section: SectionSeats, policy: Policy) -> list[str]:
    levels, name = policy["caps.levels"], policy.ladder.name_of
    head, deputy = (section.seats.get(levels[role], 0) for role in ("section_head", "section_deputy"))
    least, most_heads = policy["caps.section_min_quota"], policy["caps.section_head"]
    from_size = policy["caps.section_deputy_min_quota"]
    size = section.size
    said = f"员额{size}个" if section.quota is not None else f"职数合计{size}个"
    lines = []
    if size < least:
        lines.append(f"{section.name}：{said}，科室至少{least}个")
    if head > most_heads:
        lines.append(f"{section.name}：{name(levels['section_head'])}{head}个，每科室{most_heads}个")
    if deputy and size < from_size:
        lines.append(
            f"{section.name}：{name(levels['section_deputy'])}{deputy}个，{said}，不足{from_size}个的不设"
        )
    elif deputy > 1:
        lines.append(f"{section.name}：{name(levels['section_deputy'])}{deputy}个，每科室最多1个")
    return lines


def _leader_ratio(units: Sequence[UnitSeats], policy: Policy) -> list[str]:
    """科室正副职 against all seats of their levels and below, zone-wide."""
    levels = policy["caps.levels"]
    seats = _zone_seats(units, policy, up_to="section_head")
    total = sum(seats.values())
    leaders = seats[levels["section_head"]] + seats[levels["section_deputy"]]
    limit = _exact(policy["caps.section_leader_ratio"])
    if not total or Fraction(leaders, total) <= limit:
        return []
    return [
        f"全区科室正副职{leaders}个，占{policy.ladder.name_of(levels['section_head'])}及以下职数{total}个的"
        f"{_percent(Fraction(leaders, total))}，最多{_percent(limit)}"
    ]


def _zone_seats(units: Iterable[UnitSeats], policy: Policy, *, up_to: str) -> Counter[str]:
    """Level → seats of all units, for the levels of the ladder not above that of a role."""
    ladder = policy.ladder.by_code
    highest = ladder[policy["caps.levels"][up_to]].rank_order
    seats: Counter[str] = Counter()
    for unit in units:
        for code, number in unit.seats.items():
            if not ladder[code].is_outside and ladder[code].rank_order <= highest:
                seats[code] += number
    return seats


def _exact(share: float | str) -> Fraction:
    return Fraction(str(share))


def _percent(share: Fraction) -> str:
    """12.5%, 40%."""
    return f"{float(share * 100):.1f}".removesuffix(".0") + "%"
