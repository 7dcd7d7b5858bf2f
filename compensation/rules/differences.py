"""Why a person's pay differs from the month before, and which lines look unusual (before approval)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from reform.rounding import exact, to_coefficient, to_fen

from .figures import money_text, percent_text, plain_text, signed_text, total_of
from .policy import OutlierLimits
from .spread import quantile


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of a pay run as it is compared.

    components: name as the sheet writes it → yuan, deductions negative; their sum is `gross`.  inputs: what
    the figures came from, name → text: 岗位, 岗位系数, 薪点值, 计薪天数, 单位系数, 等次.  level: code.
    """

    components: Mapping[str, Decimal]
    inputs: Mapping[str, str] = field(default_factory=dict)
    level: str = ""

    @property
    def gross(self) -> Decimal:
        return total_of([*self.components.values()])


@dataclass(frozen=True, slots=True)
class Reason:
    """One component that differs; `text` says by how much and from what."""

    component: str
    before: Decimal
    after: Decimal
    difference: Decimal
    text: str


def explain(
    before: PaidLine | None, after: PaidLine | None, *, depends_on: Mapping[str, Sequence[str]]
) -> tuple[Reason, ...]:
    """What makes up the difference between two months' lines of a person, in the order of the sheet.

    None: no line in that month.  depends_on: component → names of the inputs that it is computed from.  The
    differences add up to the difference of the gross pay.  Equal lines have no reason.
    """
    was: Mapping[str, Decimal] = before.components if before else {}
    now: Mapping[str, Decimal] = after.components if after else {}
    reasons = []
    for name in dict.fromkeys([*now, *was]):
        old, new = was.get(name, Decimal("0.00")), now.get(name, Decimal("0.00"))
        if old == new:
            continue
        amounts = f"{name} {plain_text(old)} → {plain_text(new)}（{signed_text(new - old)}）"
        cause = _cause(before, after, name, depends_on.get(name, ()))
        reasons.append(Reason(name, old, new, new - old, f"{amounts}：{cause}"))
    return tuple(reasons)


def _cause(before: PaidLine | None, after: PaidLine | None, name: str, inputs: Sequence[str]) -> str:
    if before is None:
        return "上月无此人"
    if after is None:
        return "本月无此人"
    changed = [
        f"{one} {before.inputs.get(one) or '无'} → {after.inputs.get(one) or '无'}"
        for one in inputs
        if before.inputs.get(one, "") != after.inputs.get(one, "")
    ]
    if changed:
        return "，".join(changed)
    if name not in before.components or not before.components[name]:
        return "本月新增"
    if name not in after.components or not after.components[name]:
        return "本月不再发生"
    return "金额变动"


@dataclass(frozen=True, slots=True)
class Outlier:
    """A line to look at; key: whose.  reasons: in Chinese with the figures compared."""

    key: str
    reasons: tuple[str, ...]


def find_outliers(
    lines: Mapping[str, tuple[PaidLine | None, PaidLine]], limits: OutlierLimits
) -> list[Outlier]:
    """Lines that rose or fell by more than the limit, lie far off their level, or pay nothing or less.

    lines: key → (the month before, this month).  Source: domain.md §7; limits are policy.
    """
    fences = _fences((after for _, after in lines.values()), limits.fence)
    found = []
    for key, (before, after) in sorted(lines.items()):
        reasons = [
            *_change_reasons(before, after, limits.change),
            *_level_reasons(after, fences.get(after.level)),
        ]
        if reasons:
            found.append(Outlier(key, tuple(reasons)))
    return found


def _change_reasons(before: PaidLine | None, after: PaidLine, limit: Decimal) -> Iterable[str]:
    if after.gross <= 0:
        yield f"应发 {plain_text(after.gross)}，不大于 0"
    if before is None or before.gross <= 0:
        return
    change = exact(after.gross - before.gross) / exact(before.gross)
    if abs(change) > exact(limit):
        direction = "增加" if change > 0 else "减少"
        yield (
            f"应发 {money_text(before.gross)} → {plain_text(after.gross)}，"
            f"{direction} {percent_text(to_coefficient(abs(change)))}，超过 {percent_text(limit)}"
        )


def _level_reasons(after: PaidLine, fence: tuple[Fraction, Fraction] | None) -> Iterable[str]:
    if fence is None:
        return
    low, high = fence
    gross = exact(after.gross)
    if gross < low:
        yield f"应发 {plain_text(after.gross)} 明显低于同层级（下界 {money_text(to_fen(low))}）"
    elif gross > high:
        yield f"应发 {plain_text(after.gross)} 明显高于同层级（上界 {money_text(to_fen(high))}）"


def _fences(lines: Iterable[PaidLine], reach: Decimal) -> dict[str, tuple[Fraction, Fraction]]:
    """Level → what lies within the quartiles and `reach` quartile distances beyond; four lines at least."""
    by_level: dict[str, list[Fraction]] = {}
    for one in lines:
        by_level.setdefault(one.level, []).append(exact(one.gross))
    fences = {}
    for level, amounts in by_level.items():
        if len(amounts) < 4:
            continue
        amounts.sort()
        low, high = quantile(amounts, Fraction(1, 4)), quantile(amounts, 1 - Fraction(1, 4))
        distance = (high - low) * exact(reach)
        fences[level] = (low - distance, high + distance)
    return fences
