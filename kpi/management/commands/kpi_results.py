"""manage.py kpi_results: the stored results of a cycle, as JSON or as a table; computes nothing."""

import unicodedata
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kpi.selectors.results import CycleResults, PersonLine, UnitLine, cycle_results
from kpi.selectors.schemes import cycle_by_code, span_of
from kpi.selectors.unit_inputs import own_names
from reform.commands import ZoneCommand
from reform.errors import RuleError
from reform.exchange.findings import UsageError
from reform.models import Unit


class Command(ZoneCommand):
    help = "考核结果：一个考核周期的单位得分、个人等次、优秀名额和并列名单"
    usage = "manage.py kpi_results 考核周期 [--zone 开发区] [--actor 用户] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("cycle", metavar="CYCLE", help="考核周期，如 2021、2021Q1、2021-03")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zone = self.zone(options)
            code = span_of(options["cycle"]).code
        except (UsageError, RuleError) as fault:
            self.fail(options, str(fault))
        cycle = cycle_by_code(zone, code)
        if cycle is None:
            self.fail(options, f"{zone.name}没有考核周期“{code}”。")
        results = _named(cycle_results(cycle), own_names(Unit.objects.filter(zone=zone).in_bulk()))
        if options["json"]:
            self.emit(results_facts(results))
            return
        for line in results_lines(results, str(cycle)):
            self.stdout.write(line)


def _named(results: CycleResults, names: Mapping[int, str]) -> CycleResults:
    """Units by the names that the groups of the quotas have: two of one name with their codes."""
    return replace(
        results,
        units=tuple(replace(one, unit=names[one.unit_id]) for one in results.units),
        people=tuple(replace(one, unit=names.get(one.unit_id or 0, one.unit)) for one in results.people),
    )


def results_facts(results: CycleResults) -> dict[str, Any]:
    """The results as one JSON object: scores are strings, null where there is none."""
    return {
        "cycle": results.code,
        "state": results.state,
        "zone_total": _text(results.zone_total),
        "units": [_unit_facts(one) for one in results.units],
        "people": [_person_facts(one) for one in results.people],
        "quotas": [
            {"group": one.group, "n": one.n, "quota": one.quota, "used": one.used} for one in results.quotas
        ],
        "ties": [
            {
                "group": one.group,
                "score": str(one.score),
                "seats": one.seats,
                "id_numbers": list(one.id_numbers),
            }
            for one in results.ties
        ],
    }


def _unit_facts(one: UnitLine) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "indicators": _text(one.indicators),
        "bonus": _text(one.bonus),
        "deduction": _text(one.deduction),
        "veto": one.veto,
        "total": _text(one.total),
        "rank": one.rank,
        "grade": one.grade or None,
    }


def _person_facts(one: PersonLine) -> dict[str, Any]:
    return {
        "id_number": one.id_number,
        "name": one.name,
        "unit": one.unit,
        "personal": _text(one.personal),
        "unit_score": _text(one.unit_score),
        "combined": _text(one.combined),
        "grade": one.grade or None,
        "grade_label": one.grade_label,
        "coefficient": _text(one.coefficient),
        "why": one.why,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def results_lines(results: CycleResults, title: str) -> list[str]:
    """The results as tables for reading."""
    lines = [f"{title}：{results.state_label}", f"全区得分：{_shown(results.zone_total)}", ""]
    lines += _table(
        ("单位", "指标得分", "加分", "扣分", "逾期", "总分", "排名", "等次", "否决"),
        [
            (one.unit, one.indicators, one.bonus, one.deduction, one.late, one.total, one.rank, one.grade,
             "是" if one.veto else "")
            for one in results.units
        ],
    )  # fmt: skip
    lines += _table(
        ("姓名", "身份证号", "单位", "个人得分", "单位得分", "综合得分", "等次", "系数"),
        [
            (one.name, one.id_number, one.unit, one.personal, one.unit_score, one.combined, one.grade_label,
             one.coefficient)
            for one in results.people
        ],
    )  # fmt: skip
    lines += _table(
        ("名额组", "人数", "优秀名额", "已用"),
        [(one.group, one.n, one.quota, one.used) for one in results.quotas],
    )
    if results.quotas:
        lines.append(f"全区{results.n}人，优秀最多{results.cap}人，现有{results.excellent}人。")
    for tie in results.ties:
        lines.append(
            f"并列待决定：{tie.group}{len(tie.names)}人（{tie.score}分），余{tie.seats}个名额："
            f"{'、'.join(tie.names)}"
        )
    return lines


def _shown(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def _table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Columns padded by the width that characters have on a terminal; nothing without rows."""
    if not rows:
        return []
    cells = [list(headers), *([_shown(one) for one in row] for row in rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(headers))]
    padded = (
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True))
        for row in cells
    )
    return [*(line.rstrip() for line in padded), ""]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
