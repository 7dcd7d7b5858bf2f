"""What the project's commands share: zone and actor options, one JSON object on stdout, exit statuses."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from reform.access import command_actor
from reform.errors import CellError, RuleError
from reform.exchange.cells import clean_date
from reform.exchange.findings import UsageError
from reform.exchange.plan import pick_zone
from reform.models import Zone
from reform.workdays import fallback_warning


def day(text: str) -> date:
    """A date argument, in any spelling that a workbook may have."""
    try:
        return clean_date(text).on
    except CellError as fault:
        raise ArgumentTypeError(f"“{text}”不是日期：{fault.message}") from None


class JsonCommand(BaseCommand):
    """Base of all commands: with --json stdout carries one object and nothing else."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")

    def emit(self, facts: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(facts, ensure_ascii=False, cls=DjangoJSONEncoder))

    def fail(self, options: dict[str, Any], why: str, status: int = 2, **facts: Any) -> NoReturn:
        """End with an exit status: 2 where the call itself is wrong, 1 where it was refused."""
        if options["json"]:
            self.emit({"ok": False, **facts, "why": why})
        else:
            self.stderr.write(why)
        raise SystemExit(status)


class ZoneCommand(JsonCommand):
    """Base of the commands on one zone's data: --zone, --actor, --json."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--zone", metavar="CODE", help="开发区编码；只有一个开发区时可省略")
        parser.add_argument("--actor", metavar="USER", help="以哪个用户的名义；默认为“命令行”")

    def zone(self, options: dict[str, Any]) -> Zone:
        """The zone named or the only one; raises UsageError."""
        return pick_zone(list(Zone.objects.order_by("code")), options["zone"])

    def zone_if_any(self, options: dict[str, Any]) -> Zone | None:
        """As zone; None while there is no zone at all and none was named."""
        return self.zone(options) if options["zone"] or Zone.objects.exists() else None

    def actor(self, options: dict[str, Any]) -> Any:
        try:
            return command_actor(options["actor"])
        except RuleError as fault:
            raise UsageError(str(fault)) from None


class CalendarCommand(JsonCommand):
    """Base of the commands on the working calendar, which belongs to no zone. What is wrong with the
    arguments is said in Chinese, by `fail`; argparse would say it in English."""

    usage = ""

    def given_day(self, options: dict[str, Any], name: str) -> date:
        """The day given as an argument: a whole one, not only a month."""
        text = options[name]
        if text is None:
            self.fail(options, f"缺少参数 {name.upper()}。用法：{self.usage}")
        try:
            found = clean_date(text)
        except CellError as fault:
            self.fail(options, f"参数 {name.upper()} 不是日期：{fault.message}{fault.hint}")
        if found.precision != "day":
            self.fail(options, f"参数 {name.upper()}：“{text}”只到月份，请写到日，如 2022-01-24。")
        return found.on

    def warn(self, years_missing: tuple[int, ...]) -> None:
        """Years outside the calendar are told on stderr, so that stdout keeps its form."""
        warning = fallback_warning(years_missing)
        if warning:
            self.stderr.write(warning)
