"""Tables of changes by level, and the matrix of levels before and after; every cell knows its list."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary
from reform.ladder import Ladder
from reports.words import moves_finding

from .common import OTHER_KINDS, PLACED_KINDS, Figure, figure, kind_tone, share, short_label

NO_BASELINE = "本轮新进"


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar."""

    kind: ChangeKind
    value: int
    percent: Decimal


@dataclass(frozen=True)
class ChangeRow:
    """A level and its persons by kind of change; `figures` in the order of the table's kinds."""

    name: str
    figures: tuple[Figure, ...]
    total: Figure
    bar: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class ChangeTable:
    """Level × kind of change. `shares`: of the table's total, in per cent, one for each kind."""

    title: str
    kinds: tuple[ChangeKind, ...]
    rows: tuple[ChangeRow, ...]
    total: ChangeRow
    shares: tuple[Decimal, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(short_label(kind) for kind in self.kinds)

    @property
    def share_sum(self) -> Decimal:
        return sum(self.shares, Decimal(0))

    @property
    def has_rest(self) -> bool:
        """Whether the rounded shares miss 100: said on the page, never forced."""
        return bool(self.shares) and self.share_sum != 100


@dataclass(frozen=True)
class Matrix:
    """Baseline level × final level, with those without one of them at the end."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[ChangeRow, ...]
    total: ChangeRow


Cell = tuple[str, ChangeKind]


def _count(pairs: Iterable[Cell]) -> Mapping[Cell, int]:
    return Counter(pairs)


def final_table(summary: ChangeSummary) -> ChangeTable:
    """By the level held now: those appointed."""
    cells = _count(
        (person.after.level, person.change.kind)
        for person in summary.people
        if person.after and person.change.kind != ChangeKind.EXIT
    )
    return _change_table(summary, cells, "level", PLACED_KINDS, ("在", "到"), appointed="1")


def baseline_table(summary: ChangeSummary) -> ChangeTable:
    """By the level held before: everybody, the new ones in a row of their own."""
    cells = _count(
        (person.before.level if person.before else "", person.change.kind) for person in summary.people
    )
    kinds = PLACED_KINDS + tuple(kind for kind in OTHER_KINDS if summary.counts[kind])
    return _change_table(summary, cells, "before", kinds, ("出自", "出自"))


def _change_table(
    summary: ChangeSummary,
    cells: Mapping[Cell, int],
    axis: str,
    kinds: tuple[ChangeKind, ...],
    verbs: tuple[str, str],
    **everybody: str,
) -> ChangeTable:
    levels = [(level.code, level.name) for level in summary.ladder.levels]
    if any(code == "" for code, _ in cells):
        levels.append(("", NO_BASELINE))
    rows = []
    for code, name in levels:
        values = [cells.get((code, kind), 0) for kind in kinds]
        if not any(values):
            continue
        where: dict[str, str] = {axis: code or "NONE"}
        figures = tuple(
            figure(value, tone=kind_tone(kind), change=kind.value, **where)
            for kind, value in zip(kinds, values, strict=True)
        )
        rows.append(ChangeRow(name, figures, figure(sum(values), **where), _bar(kinds, values)))
    sums = [sum(row.figures[place].value for row in rows) for place in range(len(kinds))]
    total = ChangeRow(
        "合计",
        tuple(
            figure(value, tone=kind_tone(kind), change=kind.value)
            for kind, value in zip(kinds, sums, strict=True)
        ),
        figure(sum(sums), **everybody),
        _bar(kinds, sums),
    )
    rises, falls = (
        [(name, cells.get((code, kind), 0)) for code, name in levels]
        for kind in (ChangeKind.PROMOTION, ChangeKind.DEMOTION)
    )
    shares = tuple(found for value in sums if (found := share(value, sum(sums))) is not None)
    return ChangeTable(moves_finding(rises, falls, verbs), kinds, tuple(rows), total, shares)


def _bar(kinds: tuple[ChangeKind, ...], values: list[int]) -> tuple[Segment, ...]:
    total = sum(values)
    return tuple(
        Segment(kind, value, percent)
        for kind, value in zip(kinds, values, strict=True)
        if value and (percent := share(value, total)) is not None
    )


def matrix(summary: ChangeSummary) -> Matrix:
    """Where each level went: rows before, columns after; sums at both edges."""
    cells: Counter[tuple[str, str]] = Counter()
    for person in summary.people:
        kind = person.change.kind
        placed = person.after is not None and kind != ChangeKind.EXIT
        after = person.after.level if placed and person.after else kind.value
        cells[person.before.level if person.before else "NONE", after] += 1
    found_before, found_after = {pair[0] for pair in cells}, {pair[1] for pair in cells}
    levels = [(level.code, level.name) for level in summary.ladder.levels]
    both = [pair for pair in levels if pair[0] in found_before | found_after]
    rows = both + ([("NONE", NO_BASELINE)] if "NONE" in found_before else [])
    columns = both + [(kind.value, kind.label) for kind in OTHER_KINDS if kind.value in found_after]
    lines = []
    for before, name in rows:
        figures = tuple(
            figure(
                cells[before, after],
                tone=_tone(summary.ladder, before, after),
                before=before,
                **_column(after),
            )
            for after, _ in columns
        )
        lines.append(ChangeRow(name, figures, figure(sum(one.value for one in figures), before=before)))
    sums = tuple(
        figure(sum(line.figures[place].value for line in lines), **_column(after))
        for place, (after, _) in enumerate(columns)
    )
    total = ChangeRow("合计", sums, figure(sum(one.value for one in sums)))
    return Matrix(_matrix_title(summary), tuple(name for _, name in columns), tuple(lines), total)


def _column(after: str) -> dict[str, str]:
    return {"change": after} if after in {kind.value for kind in OTHER_KINDS} else {"level": after}


def _tone(ladder: Ladder, before: str, after: str) -> str:
    if before not in ladder.by_code or after not in ladder.by_code:
        return ""
    steps = ladder.steps(before, after)
    return "same" if steps == 0 else "up" if steps > 0 else "down"


def _matrix_title(summary: ChangeSummary) -> str:
    counts = summary.counts
    same = counts[ChangeKind.UNCHANGED] + counts[ChangeKind.LATERAL]
    return f"{same}人层级不变，{counts[ChangeKind.PROMOTION]}人上升，{counts[ChangeKind.DEMOTION]}人下降"
