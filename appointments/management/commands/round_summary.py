"""manage.py round_summary: what a round came to."""

from argparse import ArgumentParser
from typing import Any

from appointments.rules.change import ChangeKind
from appointments.selectors import (
    ChangeSummary,
    Check,
    PersonChange,
    Post,
    change_summary,
    id_numbers,
    round_by_code,
)
from reform.commands import ZoneCommand, day
from reform.exchange.findings import UsageError


class Command(ZoneCommand):
    help = "一轮聘任的汇总：人数、变动、检查"
    usage = "manage.py round_summary 轮次 [--people] [--as-of 日期] [--zone 开发区] [--actor 用户] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("round", metavar="CODE")
        parser.add_argument("--people", action="store_true", help="列出每个人的变动")
        parser.add_argument("--as-of", type=day, metavar="DATE", help="截至哪一天；默认为生效日")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zone = self.zone(options)
        except UsageError as fault:
            self.fail(options, str(fault))
        round_ = round_by_code(zone, options["round"])
        if round_ is None:
            self.fail(options, f"{zone.name}没有轮次“{options['round']}”。")
        summary = change_summary(round_, options["as_of"])
        if options["json"]:
            self.emit(summary_json(summary, people=options["people"]))
        else:
            self._tell(summary, options["people"])

    def _tell(self, summary: ChangeSummary, people: bool) -> None:
        numbers = id_numbers(_shown(summary, people))
        self.stdout.write(summary.sentence)
        for check in summary.checks:
            mark = {True: "通过", False: "不通过", None: "未记录"}[check.ok]
            self.stdout.write(f"{check.code} {check.name}：{mark}")
            for offender in check.offenders:
                self.stdout.write(
                    f"    {offender.name} {numbers.get(offender.person_id or 0, '')} "
                    f"{offender.unit} {offender.why}"
                )
        for person in summary.people if people else ():
            before, after = (post.place if post else "（无）" for post in (person.before, person.after))
            self.stdout.write(
                f"{person.name} {numbers[person.person_id]} {person.change.kind.label} {before} → {after}"
            )


def _shown(summary: ChangeSummary, people: bool) -> list[int | None]:
    """Whose numbers the output names."""
    offenders = [one.person_id for check in summary.checks for one in check.offenders]
    return offenders + ([person.person_id for person in summary.people] if people else [])


def summary_json(summary: ChangeSummary, *, people: bool) -> dict[str, Any]:
    """The object that --json prints."""
    counts, round_ = summary.counts, summary.round
    numbers = id_numbers(_shown(summary, people))
    facts: dict[str, Any] = {
        "zone": round_.zone.code,
        "round": round_.code,
        "effective": round_.effective_on,
        "in_scope": summary.in_scope,
        "appointed": summary.appointed,
        "promoted": counts[ChangeKind.PROMOTION],
        "demoted": counts[ChangeKind.DEMOTION],
        "lateral": counts[ChangeKind.LATERAL],
        "unchanged": counts[ChangeKind.UNCHANGED],
        "new": counts[ChangeKind.NEW],
        "unplaced": counts[ChangeKind.UNPLACED],
        "exited": summary.exited,
        "max_demotion_steps": summary.max_demotion_steps,
        "headcount": summary.headcount,
        "positions": len(summary.positions),
        "by_level": {summary.ladder.name_of(code): number for code, number in summary.by_level.items()},
        "by_unit": [
            {"unit": one.unit.name, "headcount": one.seats, "appointed": one.filled}
            for one in summary.by_unit
        ],
        "checks": [_check(check, numbers) for check in summary.checks],
        "sentence": summary.sentence,
    }
    if people:
        facts["people"] = [_person(person, numbers) for person in summary.people]
    return facts


def _check(check: Check, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "code": check.code,
        "name": check.name,
        "ok": check.ok,
        "offenders": [
            {
                "name": one.name,
                "id_number": numbers.get(one.person_id or 0, ""),
                "unit": one.unit,
                "why": one.why,
            }
            for one in check.offenders
        ],
    }


def _person(person: PersonChange, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "id_number": numbers[person.person_id],
        "name": person.name,
        "change": person.change.kind.value,
        "steps": person.change.steps,
        "before": _post(person.before),
        "after": _post(person.after),
    }


def _post(post: Post | None) -> dict[str, str] | None:
    if post is None:
        return None
    return {"unit": post.unit, "section": post.section, "title": post.title, "level": post.level_name}
