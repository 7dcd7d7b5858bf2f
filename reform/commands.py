"""What the project's commands share: zone and actor options, one JSON object on stdout, exit statuses."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError
from django.utils import timezone

from reform.access import command_actor
from reform.errors import CellError, RuleError
from reform.exchange.dates import clean_day
from reform.exchange.findings import UsageError
from reform.exchange.plan import pick_zone
from reform.models import Zone
from reform.workdays import fallback_warning

Facts = dict[str, Any]


def day(text: str) -> date:
    """A date argument, in any spelling that a workbook may have: a whole day, not only a month."""
    try:
        return clean_day(text)
    except CellError as fault:
        raise ArgumentTypeError(f"{fault.message}{fault.hint}") from None


# What argparse says, and how a clerk is told it.
_FAULTS = (
    (re.compile(r"the following arguments are required: (.*)", re.DOTALL), r"缺少参数 \1。"),
    (re.compile(r"unrecognized arguments: (.*)", re.DOTALL), r"不认识的参数：\1。"),
    (re.compile(r"argument (\S+): expected .*"), r"参数 \1 后面缺少内容。"),
    (re.compile(r"argument (\S+): invalid int value: '(.*)'", re.DOTALL), r"参数 \1 须是整数，现为“\2”。"),
    (re.compile(r"argument (\S+): invalid choice: '?(.*?)'? \(choose from .*", re.DOTALL),
     r"参数 \1 没有“\2”这个选项。"),
    (re.compile(r"argument (\S+): ignored explicit argument .*", re.DOTALL), r"参数 \1 后面不写内容。"),
    (re.compile(r"argument (\S+): ([^\x00-\x7f].*)", re.DOTALL), r"参数 \1：\2"),
)  # fmt: skip


def argument_fault(message: str) -> str:
    """What is wrong with the arguments, in Chinese."""
    for pattern, told in _FAULTS:
        found = pattern.fullmatch(message)
        if found:
            return found.expand(told)
    return "参数的写法不对。"


class JsonCommand(BaseCommand):
    """Base of all commands: with --json stdout carries one object and nothing else, and what is wrong with
    the arguments is said in Chinese with status 2; argparse would say it in English.

    usage: the call's form, which such an answer ends with.
    """

    usage: ClassVar[str] = ""
    _asked_json = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.allow_abbrev = False

        def parse_args(args: Sequence[str] | None = None, namespace: Any = None) -> Any:
            self._asked_json = "--json" in (args or ())
            # Options may stand between the arguments.
            return parser.parse_intermixed_args(args, namespace)

        vars(parser).update(error=self._misread, parse_args=parse_args)
        return parser

    def _misread(self, message: str) -> NoReturn:
        self.fail({"json": self._asked_json}, f"{argument_fault(message)}用法：{self.usage}")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")

    def execute(self, *args: Any, **options: Any) -> str | None:
        """A database that is not there, is locked or has older tables is told in words."""
        try:
            return super().execute(*args, **options)
        except DatabaseError as fault:
            self.fail(options, f"数据库不能读写：{fault}。请先运行 manage.py migrate。", 1)

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


class AdvanceCommand(ZoneCommand):
    """Base of the commands for a daily cron: the system's own steps that are due, zone by zone."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--on", type=day, metavar="DATE", help="按哪一天判断；默认为今天")

    def advance(self, zone: Zone, actor: Any, on: date) -> tuple[list[Facts], list[Facts]]:
        """Take the steps that are due: those taken (name, step …), and those refused (name, reasons …)."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zones = [self.zone(options)] if options["zone"] else list(Zone.objects.order_by("code"))
            actor = self.actor(options)
        except UsageError as fault:
            self.fail(options, str(fault))
        on = options["on"] or timezone.localdate()
        steps: list[Facts] = []
        refused: list[Facts] = []
        for zone in zones:
            taken, against = self.advance(zone, actor, on)
            steps += [{"zone": zone.code, **one} for one in taken]
            refused += [{"zone": zone.code, **one} for one in against]
        if options["json"]:
            self.emit({"steps": steps, "refused": refused})
            return
        for one in steps:
            self.stdout.write(f"{one['name']}：{one['step']}")
        for one in refused:
            self.stdout.write(f"{one['name']}没有办理：{'；'.join(one['reasons'])}")
        if not steps and not refused:
            self.stdout.write("没有到期的步骤。")


class CalendarCommand(JsonCommand):
    """Base of the commands on the working calendar, which belongs to no zone."""

    def warn(self, years_missing: tuple[int, ...]) -> None:
        """Years outside the calendar are told on stderr, so that stdout keeps its form."""
        warning = fallback_warning(years_missing)
        if warning:
            self.stderr.write(warning)
