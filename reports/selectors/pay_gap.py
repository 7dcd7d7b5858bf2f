"""Report 10, 薪酬差距 before/after: the spread of pay within each level, the pool, and what promotions and
demotions cost."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from compensation.models import PayRun
from compensation.rules.spread import QUARTILE_METHOD, Spread, SpreadChange
from compensation.selectors import equal_pay_proof, pool_usage
from compensation.selectors.equal_pay import FEWEST, EqualPayProof
from compensation.selectors.move_costs import MoveCosts, PersonMove, monthly_of, move_costs, yearly_of
from compensation.selectors.pools import PoolUsage

from .listing import ListCell, ListColumn, Listing, listing
from .pay_common import PayHead, pay_head, people_cell

HIDDEN = "—"
TEN_THOUSAND = 10_000
BEFORE, NOW = "before", "now"
WIDTH, LEFT, RIGHT, STEP, THICK, FOOT = 760, 96, 24, 52, 14, 30  # of the chart, in its own units


@dataclass(frozen=True)
class GapBox:
    """One side of a level, ready to draw: a line from the lowest to the highest pay, a box between the
    quartiles, a stroke at the median."""

    side: str
    y: float
    low: float
    lower: float
    middle: float
    width: float
    high: float
    words: str

    @property
    def height(self) -> int:
        return THICK

    @property
    def middle_y(self) -> float:
        return self.y + THICK / 2

    @property
    def floor(self) -> float:
        return self.y + THICK


@dataclass(frozen=True)
class GapRow:
    """A level of the chart with its boxes."""

    name: str
    y: float
    boxes: tuple[GapBox, ...]


@dataclass(frozen=True)
class PayGapReport:
    """Report 10 of a month. hidden: that small cells are not shown to this reader; told: how many people's
    pay they tell where they are."""

    head: PayHead
    title: str
    figures: tuple[tuple[ListCell, str], ...]
    words: str
    hidden: bool
    told: int
    chart: tuple[GapRow, ...]
    marks: tuple[tuple[float, str], ...]
    levels: Listing
    pool: Listing
    moves: Listing

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.levels, self.pool, self.moves

    @property
    def chart_width(self) -> int:
        return WIDTH

    @property
    def chart_height(self) -> int:
        return self.floor + FOOT

    @property
    def floor(self) -> int:
        return STEP * len(self.chart)


@dataclass(frozen=True)
class _Row:
    """A level as this reader may see it; a side is None where there is nobody or it is hidden."""

    code: str
    name: str
    change: SpreadChange
    before: Spread | None
    now: Spread | None

    @property
    def hidden(self) -> bool:
        return (self.before, self.now) != (self.change.before, self.change.after)


def pay_gap_report(run: PayRun, *, sees_all: bool) -> PayGapReport:
    """The report of a month; a fixed number of statements.

    sees_all: whether the reader sees everybody's pay; to others cells of fewer than three persons are
    hidden, and with them the ends of the whole, which would give them away.
    """
    proof = equal_pay_proof(run.zone, run.last_day)
    usage = pool_usage(run.zone, run.starts_on.year, run)
    costs = move_costs(run)
    rows = [_row(one, proof.ladder.name_of(one.level) or "没有层级", sees_all) for one in proof.levels]
    chart, marks = _chart(rows)
    return PayGapReport(
        head=pay_head(run),
        title=_title(proof),
        figures=_figures(proof, usage, costs, sees_all=sees_all),
        words=_words(proof),
        hidden=any(one.hidden for one in rows),
        told=_told(proof, costs) if sees_all else 0,
        chart=chart,
        marks=marks,
        levels=_levels(rows, proof, sees_all=sees_all),
        pool=_pool(usage),
        moves=_moves(costs, sees_all=sees_all),
    )


def _told(proof: EqualPayProof, costs: MoveCosts | None) -> int:
    moved = [len(one) for one in (costs.risen, costs.fallen)] if costs else []
    return proof.told + sum(one for one in moved if one < FEWEST)


def _row(change: SpreadChange, name: str, sees_all: bool) -> _Row:
    sides = [
        side if side is None or sees_all or side.count >= FEWEST else None
        for side in (change.before, change.after)
    ]
    return _Row(change.level, name, change, *sides)


def _title(proof: EqualPayProof) -> str:
    compared = [one for one in proof.levels if one.is_wider is not None]
    if not compared:
        return "没有改革前的工资可以比较"
    wider = sum(1 for one in compared if one.is_wider)
    if wider == len(compared):
        return f"{len(compared)}个层级的同级差距都拉开了"
    return f"{len(compared)}个可比的层级中，{wider}个拉开了同级差距"


def _words(proof: EqualPayProof) -> str:
    sources = "、".join(sorted({one.source for one in proof.people if one.source}))
    parts = [
        f"改革前按{sources}" if sources else "没有改革前的工资",
        f"现在按{proof.run}，绩效按{proof.results_code}年度考核结果"
        if proof.results_code
        else f"现在按{proof.run}，绩效按预发",
        "一次性奖励和补发扣回不计",
    ]
    if proof.without_former:
        parts.append(f"{proof.without_former}人没有改革前的工资")
    return "；".join(parts)


def _figures(
    proof: EqualPayProof, usage: PoolUsage, costs: MoveCosts | None, *, sees_all: bool
) -> tuple[tuple[ListCell, str], ...]:
    whole = proof.whole
    found = []
    if whole.before and whole.after:
        words = f"全区基尼系数（0是人人一样），改革前{whole.before.gini:.4f}"
        found.append((ListCell(f"{whole.after.gini:.4f}"), words))
    if usage.pool is not None and usage.ratio is not None:
        tone = "alert" if usage.ratio > 1 else ""
        found.append((ListCell(f"{usage.ratio:.2%}", tone), f"{usage.pool}的使用，含本批"))
    if costs is not None and _may_read(costs, sees_all=sees_all):
        net = yearly_of(costs.risen) + yearly_of(costs.fallen)
        found.append((ListCell(signed(net / TEN_THOUSAND)), f"万元，{costs.year}年提拔和降职相抵"))
    return tuple(found)


def _may_read(costs: MoveCosts, *, sees_all: bool) -> bool:
    """Neither side is of so few that a sum would be somebody's pay."""
    return sees_all or not any(0 < len(one) < FEWEST for one in (costs.risen, costs.fallen))


def signed(amount: Decimal) -> str:
    """+1,234.50, −1,234.50."""
    return f"{amount:+,.2f}".replace("-", "−")


LEVEL_COLUMNS = (
    ListColumn("层级", 14),
    ListColumn("时点", 8),
    *(
        ListColumn(one, 12)
        for one in (
            "人数", "最低", "下四分位", "中位", "上四分位", "最高", "最高÷最低", "基尼系数", "变异系数",
            "基尼变化",
        )
    ),
)  # fmt: skip


def _levels(rows: list[_Row], proof: EqualPayProof, *, sees_all: bool) -> Listing:
    cells: list[tuple[ListCell | str | int | Decimal | None, ...]] = []
    for row in rows:
        cells.append(_side(row, "改革前", BEFORE, sees_all=sees_all))
        cells.append(_side(row, "现在", NOW, sees_all=sees_all))
    if rows:
        whole = _Row("", "全区", proof.whole, proof.whole.before, proof.whole.after)
        ends = not any(one.hidden for one in rows)
        cells.append(_side(whole, "改革前", BEFORE, sees_all=sees_all, ends=ends))
        cells.append(_side(whole, "现在", NOW, sees_all=sees_all, ends=ends))
    note = f"月工资，元；基尼系数0为完全相同；变异系数为标准差÷平均数；{QUARTILE_METHOD}"
    if any(one.hidden for one in rows):
        note += f"；不足{FEWEST}人的不显示"
    return listing("levels", "同级差距", LEVEL_COLUMNS, cells, empty="还没有计算过的月度工资。", note=note)


def _side(
    row: _Row, words: str, side: str, *, sees_all: bool, ends: bool = True
) -> tuple[ListCell | str | int | Decimal | None, ...]:
    """One side of a level. ends: False leaves out what tells of the highest and the lowest."""
    there = row.change.before if side == BEFORE else row.change.after
    shown = row.before if side == BEFORE else row.now
    if there is None:
        return row.name, words, 0, *[None] * (len(LEVEL_COLUMNS) - 3)
    count = people_cell(there.count, urlencode({side: row.code or "all"}), sees_all=sees_all)
    if shown is None:
        return row.name, words, count, *[HIDDEN] * (len(LEVEL_COLUMNS) - 3)
    change: ListCell | None = None
    if side == NOW and row.change.gini is not None and not row.hidden:
        tone = "up" if row.change.gini > 0 else "down" if row.change.gini < 0 else ""
        change = ListCell(f"{row.change.gini:+.4f}".replace("-", "−"), tone)
    return (
        row.name,
        words,
        count,
        shown.lowest if ends else HIDDEN,
        shown.lower_quartile,
        shown.median,
        shown.upper_quartile,
        shown.highest if ends else HIDDEN,
        (shown.ratio if ends else HIDDEN),
        shown.gini,
        shown.variation,
        change,
    )


def _pool(usage: PoolUsage) -> Listing:
    whole = usage.pool.amount if usage.pool else None

    def share(amount: Decimal) -> str | None:
        return f"{amount / whole:.2%}" if whole else None

    rows = [(str(one.run), one.spent, one.cumulative, share(one.cumulative)) for one in usage.runs]
    note = "专项奖励不计入总额；已核对、批准、发放的批次，和本批"
    if usage.pool is not None:
        note = f"{usage.pool}{usage.pool.amount:,.2f}元，{usage.pool.document_no}；{note}"
    return listing(
        "pool",
        "总额使用",
        (ListColumn("批次", 22), ListColumn("本批", 16), ListColumn("累计", 16), ListColumn("占总额", 10)),
        rows,
        empty="还没有核对过的批次。",
        note=note,
        total=("合计", usage.spent, usage.spent, share(usage.spent)) if rows else (),
    )


def _moves(costs: MoveCosts | None, *, sees_all: bool) -> Listing:
    rows = []
    total: tuple[ListCell | str | int | Decimal | None, ...] = ()
    if costs is not None:
        kinds = (("提拔", "PROMOTION", costs.risen, "up"), ("降职", "DEMOTION", costs.fallen, "down"))
        for name, query, moves, tone in kinds:
            rows.append((name, *_sums(moves, f"change={query}", tone, sees_all=sees_all)))
        both = (*costs.risen, *costs.fallen)
        whole = _may_read(costs, sees_all=sees_all)
        figures = (signed(monthly_of(both)), signed(yearly_of(both))) if whole else (HIDDEN, HIDDEN)
        total = ("相抵", people_cell(len(both), "change=all", sees_all=sees_all), *figures)
    year = costs.year if costs else ""
    note = (
        f"{costs.round.name}的提拔和降职，按前后岗位的薪酬标准之差、系数为1计算；全年按生效月份起"
        if costs
        else ""
    )
    return listing(
        "moves",
        "提拔和降职的成本",
        (
            ListColumn("变动", 10),
            ListColumn("人数", 8),
            ListColumn("每月", 16),
            ListColumn(f"{year}年", 16),
        ),
        rows,
        empty="还没有生效的轮次。",
        note=note,
        total=total,
    )


def _sums(
    moves: tuple[PersonMove, ...], query: str, tone: str, *, sees_all: bool
) -> tuple[ListCell | str, ...]:
    count = people_cell(len(moves), query, sees_all=sees_all, tone=tone)
    if not sees_all and 0 < len(moves) < FEWEST:
        return count, HIDDEN, HIDDEN
    return count, signed(monthly_of(moves)), signed(yearly_of(moves))


def _chart(rows: list[_Row]) -> tuple[tuple[GapRow, ...], tuple[tuple[float, str], ...]]:
    """The boxes of all levels on one scale from 0."""
    sides = [side for row in rows for side in (row.before, row.now) if side]
    if not sides:
        return (), ()
    thousands = int(max(one.highest for one in sides) // 1000) + 1

    def at(amount: Decimal) -> float:
        return round(LEFT + float(amount) * (WIDTH - LEFT - RIGHT) / (thousands * 1000), 1)

    found = []
    for place, row in enumerate(rows):
        top = STEP * place
        boxes = []
        for number, (side, words, one) in enumerate(((BEFORE, "改革前", row.before), (NOW, "现在", row.now))):
            if one is None:
                continue
            boxes.append(
                GapBox(
                    side=side,
                    y=top + 8 + number * (THICK + 5),
                    low=at(one.lowest),
                    lower=at(one.lower_quartile),
                    middle=at(one.median),
                    width=max(round(at(one.upper_quartile) - at(one.lower_quartile), 1), 1.5),
                    high=at(one.highest),
                    words=f"{row.name}{words}：{one.lowest:,.2f}—{one.highest:,.2f}，中位{one.median:,.2f}",
                )
            )
        found.append(GapRow(row.name, top + STEP / 2, tuple(boxes)))
    step = max(1, thousands // 6)
    marks = tuple((at(Decimal(one * 1000)), f"{one * 1000:,}") for one in range(0, thousands + 1, step))
    return tuple(found), marks
