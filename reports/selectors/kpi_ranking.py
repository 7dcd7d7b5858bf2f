"""Report 7, KPI 排名与红黑榜: units by score, who rose and fell, lights of the core indicators, what was
vetoed and deducted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from kpi.models import Cycle, UnitEntry, UnitResult, Veto
from kpi.rules.codes import Rule
from kpi.rules.outcomes import plain
from kpi.rules.rankings import LIGHTS, Light, RankedUnit, UnitScore, rank_units
from kpi.selectors.leaf_results import LeafLine, leaf_lines
from kpi.selectors.results import CycleResults, UnitLine, cycle_results
from kpi.selectors.schemes import cycles_of
from kpi.states import VetoState
from reform.rounding import to_score
from reform.selectors import policy_of

from .kpi_common import CycleHead, change_words, cycle_head, people_figure, unit_link
from .listing import Link, ListCell, ListColumn, Listing, listing

TONES = {Light.GREEN: "up", Light.YELLOW: "down", Light.RED: "alert"}


@dataclass(frozen=True)
class KpiRankingReport:
    """Report 7 of a cycle. before: the last cycle of the same period that has results."""

    head: CycleHead
    title: str
    figures: tuple[tuple[ListCell, str], ...]
    ranking: Listing
    red: Listing
    black: Listing
    lights: Listing
    vetoes: Listing
    deductions: Listing
    before: str

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.ranking, self.red, self.black, self.lights, self.vetoes, self.deductions


def kpi_ranking_report(cycle: Cycle) -> KpiRankingReport:
    """Units ranked as their results were stored; a fixed number of statements."""
    results = cycle_results(cycle)
    policy = policy_of(cycle.policy)
    earlier = _earlier(cycle)
    ranked = _ranked(results, policy["kpi.lists"], _ranks(earlier))
    leaves = leaf_lines(cycle)
    core = [one for one in leaves if one.is_core and one.light is not None]
    before = str(earlier) if earlier else ""
    red = [one for one in results.units if ranked[one.unit_id].is_red]
    black = [one for one in results.units if ranked[one.unit_id].is_black]
    return KpiRankingReport(
        head=cycle_head(cycle),
        title=_title(results, red, black),
        figures=_figures(results, core),
        ranking=_ranking(results, ranked, core, before),
        red=_listed("red", "红榜", red, "还没有得分，没有红榜。"),
        black=_listed("black", "黑榜", black, "没有单位上黑榜：前三名之外没有低于全区平均分的单位。"),
        lights=_lights(core, policy["kpi.traffic_lights"]),
        vetoes=_vetoes(cycle),
        deductions=_deductions(cycle, results, leaves),
        before=before,
    )


def _earlier(cycle: Cycle) -> Cycle | None:
    """The last cycle of the same period before this one that has results."""
    scored = UnitResult.objects.filter(cycle__zone=cycle.zone_id, current=True, rank__isnull=False)
    rows = cycles_of(cycle.zone).filter(period=cycle.period, starts_on__lt=cycle.starts_on)
    return rows.filter(pk__in=scored.values("cycle")).order_by("-starts_on").first()


def _ranks(cycle: Cycle | None) -> dict[str, int]:
    if cycle is None:
        return {}
    rows = UnitResult.objects.filter(cycle=cycle, current=True, rank__isnull=False)
    return {str(unit): rank for unit, rank in rows.values_list("unit_id", "rank") if rank is not None}


def _ranked(
    results: CycleResults, places: Mapping[str, int], last: Mapping[str, int]
) -> dict[int, RankedUnit]:
    units = [UnitScore(str(one.unit_id), one.total, one.veto) for one in results.units]
    found = rank_units(units, red=places["red"], black=places["black"], last_ranks=last)
    return {int(one.unit): one for one in found}


def mean_of(results: CycleResults) -> Decimal | None:
    """The zone's mean score of units, two places."""
    totals = [one.total for one in results.units if one.total is not None]
    return to_score(sum(totals, Decimal(0)) / len(totals)) if totals else None


def _title(results: CycleResults, red: Sequence[UnitLine], black: Sequence[UnitLine]) -> str:
    """经济发展局居首，招商局末位；1个单位被否决."""
    if not red:
        return "还没有单位得分"
    first = "、".join(one.unit for one in results.units if one.rank == 1)
    words = f"{first}居首" if first else f"红榜{len(red)}个单位"
    words += f"，黑榜{len(black)}个单位" if black else "，没有单位上黑榜"
    vetoed = sum(1 for one in results.units if one.veto)
    return f"{words}；{vetoed}个单位被一票否决" if vetoed else words


def _figures(results: CycleResults, core: Sequence[LeafLine]) -> tuple[tuple[ListCell, str], ...]:
    totals = [one.total for one in results.units if one.total is not None]
    mean = mean_of(results)
    spread = f"，最高{max(totals)}，最低{min(totals)}" if totals else ""
    counts = Counter(one.light for one in core)
    units = ListCell(len(totals), link=Link("kpi_ranking"))
    figures = [
        (ListCell(mean), f"分，{len(totals)}个单位的平均分{spread}"),
        (units, "个单位有得分"),
    ]
    for light, word in ((Light.GREEN, "项核心指标达到目标"), (Light.RED, "项核心指标亮红灯")):
        tone = TONES[light] if counts[light] else ""
        link = Link("kpi_items", urlencode({"light": light.value}))
        figures.append((ListCell(counts[light], tone, link), word))
    return tuple(figures)


def _ranking(
    results: CycleResults, ranked: Mapping[int, RankedUnit], core: Sequence[LeafLine], before: str
) -> Listing:
    rows = [_row(one, ranked[one.unit_id], core) for one in results.units]
    note = "同分并列，下一名次顺延；被一票否决的排在最后。点得分看各项指标"
    note += f"。升降与{before}相比" if before else "。没有上一个同类周期可比"
    if (mean := mean_of(results)) is not None:
        note += f"。全区平均{mean}分"
    return listing(
        "ranking",
        "排名",
        (
            ListColumn("名次", 7, "number"),
            ListColumn("单位", 22, "place"),
            ListColumn("得分", 10, "number"),
            ListColumn("等次", 8),
            ListColumn("升降", 8),
            ListColumn("榜", 8),
            *(ListColumn(f"核心{LIGHTS[light]}", 10, "number", minor=True) for light in Light),
            ListColumn("指标得分", 10, "number", minor=True),
            ListColumn("加分", 8, "number", minor=True),
            ListColumn("扣分", 8, "number", minor=True),
            ListColumn("逾期扣分", 10, "number", minor=True),
            ListColumn("人数", 8, "number", minor=True),
        ),
        [(*row, people_figure(_people(results, one), unit=one.unit_id)) for row, one in rows],
        empty="本周期还没有单位得分。",
        note=note,
    )


def _people(results: CycleResults, unit: UnitLine) -> int:
    return sum(1 for one in results.people if one.unit_id == unit.unit_id)


def _row(
    one: UnitLine, place: RankedUnit, core: Sequence[LeafLine]
) -> tuple[tuple[ListCell | Decimal | None, ...], UnitLine]:
    # of the zone's own leaves, those that the unit answers for
    counts = Counter(leaf.light for leaf in core if (leaf.unit_id or leaf.responsible_id) == one.unit_id)
    board = "否决" if one.veto else "红榜" if place.is_red else "黑榜" if place.is_black else ""
    tone = "alert" if place.is_black or one.veto else ""
    change = place.change or 0
    cells = (
        ListCell(one.rank),
        ListCell(one.unit, link=unit_link(one.unit_id)),
        ListCell(one.total, link=unit_link(one.unit_id)),
        ListCell(one.grade),
        ListCell(change_words(place.change), "up" if change > 0 else "down" if change < 0 else "zero"),
        ListCell(board, tone),
        *(
            ListCell(
                counts[light],
                TONES[light],
                Link("kpi_items", urlencode({"unit": one.unit_id, "light": light.value})),
            )
            for light in Light
        ),
        *(ListCell(value) for value in (one.indicators, one.bonus, one.deduction, one.late)),
    )
    return cells, one


def _listed(key: str, title: str, units: Sequence[UnitLine], empty: str) -> Listing:
    rows = [
        (
            ListCell(one.rank),
            ListCell(one.unit, link=unit_link(one.unit_id)),
            ListCell(one.total, link=unit_link(one.unit_id)),
            "一票否决" if one.veto else one.grade,
        )
        for one in units
    ]
    columns = (
        ListColumn("名次", 7, "number"),
        ListColumn("单位", 22, "place"),
        ListColumn("得分", 10, "number"),
        ListColumn("等次", 10),
    )
    note = "前三名，被否决的不上榜" if key == "red" else "后三名中低于全区平均分的"
    return listing(key, title, columns, rows, empty=empty, note=note)


def _lights(core: Sequence[LeafLine], lines: Mapping[str, object]) -> Listing:
    """Red first: what a leader has to ask about."""
    order = list(reversed(list(Light)))
    rows = [
        (
            ListCell(LIGHTS[one.light], TONES[one.light]),
            ListCell(one.name, link=unit_link(one.unit_id) if one.unit_id else Link("kpi_items", "unit=0")),
            one.unit,
            one.responsible,
            target_of(one),
            one.actual_words,
            ListCell(one.completion, TONES[one.light]),
            one.score,
        )
        for one in sorted(core, key=lambda one: (order.index(one.light or Light.GREEN), one.completion or 0))
        if one.light
    ]
    return listing(
        "lights",
        "核心指标红绿灯",
        (
            ListColumn("灯", 8),
            ListColumn("指标", 30, "place"),
            ListColumn("考核对象", 16),
            ListColumn("责任单位", 16, minor=True),
            ListColumn("目标", 10, "number"),
            ListColumn("完成", 16),
            ListColumn("完成率（%）", 12, "number"),
            ListColumn("得分", 10, "number"),
        ),
        rows,
        empty="本周期没有标为核心、又能算完成率的指标。",
        note=f"完成率{lines['green']}%以上绿灯，{lines['yellow']}%以上黄灯，其余红灯；逆向指标按目标÷完成计算",
    )


def target_of(one: LeafLine) -> Decimal | None:
    """The target without idle zeros."""
    return None if one.target is None else Decimal(plain(one.target))


def _vetoes(cycle: Cycle) -> Listing:
    rows = Veto.objects.filter(cycle=cycle, state=VetoState.APPROVED).select_related("unit", "person")
    return listing(
        "vetoes",
        "一票否决",
        (
            ListColumn("对象", 20, "place"),
            ListColumn("否决事项", 40, "text"),
            ListColumn("审定日期", 12),
            ListColumn("文号", 20),
        ),
        [
            (
                ListCell(
                    str(one.unit or one.person), "alert", unit_link(one.unit_id) if one.unit_id else None
                ),
                one.matter,
                one.decided_on or one.raised_on,
                one.document_no,
            )
            for one in rows
        ],
        empty="没有审定的一票否决。",
        note="得分不变，单位列末位、四等",
    )


def _deductions(cycle: Cycle, results: CycleResults, leaves: Iterable[LeafLine]) -> Listing:
    """Leaves of deduction, what a workbook gave as such, and late reports: they add up to the two columns."""
    rows: list[tuple[ListCell | str | Decimal | None, ...]] = []
    for one in leaves:
        if one.rule == Rule.DEDUCT and one.score:
            link = unit_link(one.unit_id) if one.unit_id else None
            rows.append((ListCell(one.unit, link=link), one.name, one.actual_words, abs(one.score)))
    for entry in UnitEntry.objects.filter(cycle=cycle, deduction__gt=0).select_related("unit"):
        unit = ListCell(entry.unit.name, link=unit_link(entry.unit_id))
        rows.append((unit, "报送的扣分", entry.remark, entry.deduction))
    for line in results.units:
        if line.late:
            unit = ListCell(line.unit, link=unit_link(line.unit_id))
            rows.append((unit, "逾期填报", "", abs(line.late)))
    total = sum((abs(row[3]) for row in rows if isinstance(row[3], Decimal)), Decimal(0))
    return listing(
        "deductions",
        "扣分",
        (
            ListColumn("单位", 20, "place"),
            ListColumn("扣分事项", 30, "text"),
            ListColumn("情况", 24, "text"),
            ListColumn("扣分", 10, "number"),
        ),
        rows,
        empty="没有扣分。",
        total=("合计", None, None, total) if rows else (),
    )
