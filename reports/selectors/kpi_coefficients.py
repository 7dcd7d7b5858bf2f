"""Report 9, 绩效系数分布: K_u × K_p of everybody, in bins of 0.1, and by level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpi.models import Cycle
from kpi.rules.rankings import Distribution, distribution_of, distributions_by_level
from kpi.selectors.results import cycle_results
from reform.ladder import Policy
from reform.selectors import policy_of

from .kpi_common import CycleHead, cycle_head, people_figure, products_of
from .listing import ListCell, ListColumn, Listing, listing

WIDTH, HEIGHT, TOP, FOOT = 720, 220, 24, 36  # of the chart, in its own units


@dataclass(frozen=True)
class ChartBar:
    """One column of the histogram, ready to draw."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    cell: ListCell


@dataclass(frozen=True)
class KpiCoefficientsReport:
    """Report 9 of a cycle; `whole` None where nobody has both coefficients."""

    head: CycleHead
    title: str
    figures: tuple[tuple[ListCell, str], ...]
    whole: Distribution | None
    bars: tuple[ChartBar, ...]
    bins: Listing
    levels: Listing
    words: str

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.bins, self.levels

    @property
    def chart_width(self) -> int:
        return WIDTH

    @property
    def chart_height(self) -> int:
        return HEIGHT + TOP + FOOT

    @property
    def floor(self) -> int:
        return HEIGHT + TOP


def kpi_coefficients_report(cycle: Cycle) -> KpiCoefficientsReport:
    """The spread of what performance pay is multiplied by; a fixed number of statements."""
    policy = policy_of(cycle.policy)
    results = cycle_results(cycle)
    products = products_of(cycle, results)
    width = policy["kpi.histogram_width"]
    whole = distribution_of(list(products.values()), width=width)
    levels = {one.person_id: one.level for one in results.people}
    by_level = distributions_by_level([(levels[key], value) for key, value in products.items()], width=width)
    return KpiCoefficientsReport(
        head=cycle_head(cycle),
        title=_title(whole),
        figures=_figures(whole, len(results.people) - len(products)),
        whole=whole,
        bars=_bars(whole),
        bins=_bins(whole),
        levels=_levels(by_level, whole, policy),
        words=_reference(policy),
    )


def bin_query(starts: Decimal) -> str:
    """A bin in an address: 0.9."""
    return format(starts.normalize(), "f")


def _title(whole: Distribution | None) -> str:
    if whole is None:
        return "还没有人有绩效系数"
    best, least = whole.greatest, whole.least
    if best == least:
        return f"{whole.n}人的绩效系数都是{best:.2f}"
    ratio = f"，最高是最低的{best / least:.1f}倍" if least > 0 else ""
    most = max(whole.bins, key=lambda one: one.count)
    return f"绩效系数从{least:.2f}到{best:.2f}{ratio}；{most.count}人在{most.starts:.1f}—{most.ends:.1f}"


def _figures(whole: Distribution | None, without: int) -> tuple[tuple[ListCell, str], ...]:
    none = people_figure(without, coefficient="none")
    if whole is None:
        return ((ListCell(0), "人有绩效系数"), (none, "人没有系数"))
    return (
        (ListCell(f"{whole.mean:.2f}"), f"是{whole.n}人的平均系数"),
        (ListCell(f"{whole.greatest:.2f}"), f"是最高的，最低{whole.least:.2f}"),
        (ListCell(f"{whole.deviation:.2f}"), "标准差，越大拉得越开"),
        (none, "人没有系数"),
    )


def _reference(policy: Policy) -> str:
    limits = policy["pay.unit_coefficient"]
    base = f"固定基准分{limits['reference']}" if policy["pay.reference_rule"] == "FIXED" else "全区单位平均分"
    bounds = f"限于{limits['low']}—{limits['high']}"
    return f"系数＝单位系数×个人系数；单位系数＝单位得分÷{base}，{bounds}；个人系数按等次"


def _bars(whole: Distribution | None) -> tuple[ChartBar, ...]:
    if whole is None:
        return ()
    step = WIDTH / len(whole.bins)
    most = max(one.count for one in whole.bins)
    width = min(step * 0.8, 64)
    found = []
    for place, one in enumerate(whole.bins):
        height = HEIGHT * one.count / most
        middle = step * (place + 0.5)
        found.append(
            ChartBar(
                x=round(middle - width / 2, 1),
                y=round(HEIGHT + TOP - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                middle=round(middle, 1),
                label=f"{one.starts:.1f}",
                cell=people_figure(one.count, bin=bin_query(one.starts)),
            )
        )
    return tuple(found)


def _bins(whole: Distribution | None) -> Listing:
    rows = [
        (
            f"{one.starts:.1f}—{one.ends:.1f}",
            people_figure(one.count, bin=bin_query(one.starts)),
            ListCell(f"{one.count * 100 / whole.n:.2f}%" if whole else ""),
        )
        for one in (whole.bins if whole else ())
    ]
    return listing(
        "bins",
        "分布",
        (ListColumn("系数", 14), ListColumn("人数", 10), ListColumn("占比", 10)),
        rows,
        empty="还没有人有绩效系数：单位得分和个人等次都要有。",
        note="每段含下限、不含上限",
        total=("合计", people_figure(whole.n, coefficient="some"), "100.00%") if whole else (),
    )


def _levels(by_level: Mapping[str, Distribution], whole: Distribution | None, policy: Policy) -> Listing:
    ladder = {one.code: one.name for one in policy.ladder.levels}
    order = [code for code in ladder if code in by_level]
    order += [code for code in by_level if code not in ladder]
    rows = [_spread(ladder.get(code, code or "没有层级"), by_level[code], level=code) for code in order]
    return listing(
        "levels",
        "按层级",
        (
            ListColumn("层级", 16),
            *(ListColumn(one, 10) for one in ("人数", "最低", "平均", "最高", "标准差")),
        ),
        rows,
        empty="还没有人有绩效系数。",
        note="层级是周期最后一天的任职层级",
        total=_spread("全区", whole) if whole else (),
    )


def _spread(name: str, one: Distribution, **query: Any) -> Sequence[str | ListCell | Decimal]:
    count = people_figure(one.n, coefficient="some", **query)
    return name, count, one.least, one.mean, one.greatest, one.deviation
