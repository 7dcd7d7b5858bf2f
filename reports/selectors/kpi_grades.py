"""Report 8, 等次分布 vs 名额: unit by unit how many A, B, C and D, and what of the quota is used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpi.models import Cycle, UnitResult
from kpi.selectors.results import CycleResults, PersonLine, QuotaLine, cycle_results

from .kpi_common import NONE, CycleHead, cycle_head, grade_key, grade_names, people_figure
from .listing import Given, ListCell, ListColumn, Listing, listing

SHARED = "合并"


@dataclass(frozen=True)
class KpiGradesReport:
    """Report 8 of a cycle; `ties`: what waits for a decision."""

    head: CycleHead
    title: str
    figures: tuple[tuple[ListCell, str], ...]
    table: Listing
    ties: Listing

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.table, self.ties


def kpi_grades_report(cycle: Cycle) -> KpiGradesReport:
    """Grades against quotas as they were stored; a fixed number of statements."""
    results = cycle_results(cycle)
    return KpiGradesReport(
        head=cycle_head(cycle),
        title=_title(results),
        figures=_figures(results),
        table=_table(cycle, results),
        ties=_ties(results),
    )


def _title(results: CycleResults) -> str:
    """优秀12人，占名额15个；2组同分待决定."""
    if not results.n:
        return "本周期没有人参加等次评定"
    words = f"{results.n}人参加，优秀{results.excellent}人，名额{_quota(results)}个"
    left = _quota(results) - results.excellent
    words += f"，余{left}个" if left else "，已用完"
    return f"{words}；{len(results.ties)}组同分待决定" if results.ties else words


def _quota(results: CycleResults) -> int:
    return sum(one.quota for one in results.quotas)


def _figures(results: CycleResults) -> tuple[tuple[ListCell, str], ...]:
    counts = Counter(grade_key(one) for one in results.people)
    ungraded = counts[NONE]
    return (
        (people_figure(counts["A"], "up", grade="A"), f"人优秀，全区最多{results.cap}人"),
        (people_figure(counts["B"], grade="B"), "人称职、合格"),
        (people_figure(counts["C"] + counts["D"], "down", grade="CD"), "人基本称职以下"),
        (people_figure(ungraded, grade=NONE), "人不定等次"),
    )


def _columns() -> tuple[ListColumn, ...]:
    return (
        ListColumn("单位", 24),
        ListColumn("单位等次", 10),
        ListColumn("参加人数", 10),
        *(ListColumn(name, 12) for name in grade_names().values()),
        ListColumn("名额", 8),
        ListColumn("已用", 8),
        ListColumn("剩余", 8),
    )


def _table(cycle: Cycle, results: CycleResults) -> Listing:
    """A line for each unit; units that are pooled stand under their pool's line, which has the quota."""
    grades = dict(
        UnitResult.objects.filter(cycle=cycle, current=True).order_by().values_list("unit_id", "grade")
    )
    rows: list[Sequence[Given]] = []
    placed: set[int] = set()
    for quota in results.quotas:
        people = [one for one in results.people if one.group == quota.group]
        units = {one.unit_id: one.unit for one in people}
        if len(quota.units) > 1:
            rows.append(_pool_row(quota, people))
        for unit_id, name in units.items():
            own = [one for one in results.people if one.unit_id == unit_id]
            shared = len(quota.units) > 1
            rows.append(_unit_row(unit_id, name, own, quota, grades.get(unit_id or 0, ""), shared))
            placed.add(unit_id or 0)
    left = {one.unit_id or 0: one.unit for one in results.people if (one.unit_id or 0) not in placed}
    for unit_id, name in left.items():
        own = [one for one in results.people if (one.unit_id or 0) == unit_id]
        rows.append(_unit_row(unit_id, name, own, None, grades.get(unit_id, ""), False))
    return listing(
        "grades",
        "等次和名额",
        _columns(),
        rows,
        empty="本周期还没有个人考核结果。",
        note="名额按单位考核等次的比例取整，全区总数封顶；人数少的单位合并计算。点数字看名单",
        total=_total(results) if rows else (),
    )


def _counted(people: Sequence[PersonLine], **query: Any) -> list[ListCell]:
    counts = Counter(grade_key(one) for one in people)
    tones = {"A": "up", "C": "down", "D": "down"}
    return [people_figure(counts[key], tones.get(key, ""), grade=key, **query) for key in grade_names()]


def _seats(quota: QuotaLine) -> tuple[Given, ...]:
    over = quota.remaining < 0
    return quota.quota, quota.used, ListCell(quota.remaining, "alert" if over else "")


def _unit_row(
    unit_id: int | None,
    name: str,
    people: Sequence[PersonLine],
    quota: QuotaLine | None,
    grade: str,
    shared: bool,
) -> Sequence[Given]:
    query: dict[str, Any] = {"unit": unit_id or 0}
    taking = sum(1 for one in people if one.group)
    seats: tuple[Given, ...] = ("—", "—", "—")
    if shared:
        used = sum(1 for one in people if one.grade == "A")
        seats = (ListCell(SHARED, "zero"), used, ListCell(SHARED, "zero"))
    elif quota:
        seats = _seats(quota)
    title = f"　{name}" if shared else name or "没有单位"
    return (
        ListCell(title, link=people_figure(len(people), **query).link),
        grade,
        people_figure(taking, taking=1, **query),
        *_counted(people, **query),
        *seats,
    )


def _pool_row(quota: QuotaLine, people: Sequence[PersonLine]) -> Sequence[Given]:
    query: dict[str, Any] = {"group": quota.group}
    return (
        ListCell(quota.group, link=people_figure(len(people), **query).link),
        "",
        people_figure(quota.n, taking=1, **query),
        *_counted(people, **query),
        *_seats(quota),
    )


def _total(results: CycleResults) -> Sequence[Given]:
    """Counted from the persons themselves, so that pools are not counted twice."""
    quota = _quota(results)
    return (
        "合计",
        None,
        people_figure(results.n, taking=1),
        *_counted(results.people),
        quota,
        results.excellent,
        quota - results.excellent,
    )


def _ties(results: CycleResults) -> Listing:
    rows = [
        (one.group, one.score, len(one.people), ListCell(one.seats, "alert"), "、".join(one.names))
        for one in results.ties
    ]
    return listing(
        "ties",
        "同分待决定",
        (
            ListColumn("名额组", 20, "place"),
            ListColumn("得分", 10, "number"),
            ListColumn("并列人数", 10, "number"),
            ListColumn("余名额", 10, "number"),
            ListColumn("人员", 40, "text"),
        ),
        rows,
        empty="没有同分待决定的名额。",
        note="同分的人多于名额时，由领导小组决定，系统不自行取舍" if rows else "",
    )
