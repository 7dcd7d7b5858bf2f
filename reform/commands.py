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


def day(text: str) -> date:
    """A date argument, in any spelling that a workbook may have."""
    try:
        return clean_date(text).on
    except CellError as fault:
        raise ArgumentTypeError(f"“{text}”不是日期：{fault.message}") from None


class ZoneCommand(BaseCommand):
    """Base of the commands: --zone, --actor, --json. With --json stdout carries one object and nothing
    else."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--zone", metavar="CODE", help="开发区编码；只有一个开发区时可省略")
        parser.add_argument("--actor", metavar="USER", help="以哪个用户的名义；默认为“命令行”")
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")

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

    def emit(self, facts: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(facts, ensure_ascii=False, cls=DjangoJSONEncoder))

    def fail(self, options: dict[str, Any], why: str, status: int = 2, **facts: Any) -> NoReturn:
        """End with an exit status: 2 where the call itself is wrong, 1 where it was refused."""
        if options["json"]:
            self.emit({"ok": False, **facts, "why": why})
        else:
            self.stderr.write(why)
        raise SystemExit(status)
