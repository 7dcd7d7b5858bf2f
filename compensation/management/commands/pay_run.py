"""manage.py pay_run: a month's pay computed up to CALCULATED; a later state is only shown."""

from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from compensation.commands import PayCommand
from compensation.models import PayLine, PayRun
from compensation.selectors import pool_usage, run_by_code, run_lines
from compensation.selectors.outcome import COMPONENTS, DEDUCTIONS
from compensation.services import pay_lines_view_record, pay_run_calculate, pay_run_open
from compensation.services.offices import require_pay_office
from compensation.services.runs import run_span
from compensation.states import PayRunState
from reform.access import command_actor, zone_of
from reform.errors import RuleError
from reform.exchange.findings import UsageError
from reform.exchange.plan import pick_zone
from reform.models import Zone

OPEN = (PayRunState.DRAFT, PayRunState.CALCULATED)


class Command(PayCommand):
    help = "计算一个月的工资，到“已计算”为止；已核对、批准、发放的只显示"
    usage = "manage.py pay_run YYYY-MM [--zone 编码] [--actor 用户] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", metavar="YYYY-MM", nargs="?", help="月份，如 2022-03")
        parser.add_argument(
            "--zone", metavar="CODE", nargs="?", const="", help="开发区编码；只有一个开发区时可省略"
        )
        parser.add_argument(
            "--actor", metavar="USER", nargs="?", const="", help="以哪个用户的名义；默认为“命令行”"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = self._month(options)
            zone = self._zone(options)
            actor = self._actor(options, zone)
            run = self._computed(zone, month, actor)
        except UsageError as fault:
            self.fail(options, str(fault))
        except RuleError as fault:
            self.fail(options, str(fault), status=1)
        self._show(run, options)

    def _month(self, options: dict[str, Any]) -> str:
        text = options["month"]
        if text is None:
            raise UsageError(f"缺少月份。用法：{self.usage}")
        try:
            span = run_span(text)
        except RuleError:
            raise UsageError(f"月份须写成 2022-03，现为“{text}”。") from None
        if span.kind != PayRun.Kind.MONTH:
            raise UsageError(f"月份须写成 2022-03，现为“{text}”。")
        return span.code

    def _zone(self, options: dict[str, Any]) -> Zone:
        if options["zone"] == "":
            raise UsageError(f"--zone 后面缺少开发区编码。用法：{self.usage}")
        return pick_zone(list(Zone.objects.order_by("code")), options["zone"])

    def _actor(self, options: dict[str, Any], zone: Zone) -> AbstractBaseUser:
        """A user works in the own zone only; the account 命令行 in all."""
        if options["actor"] == "":
            raise UsageError(f"--actor 后面缺少用户名。用法：{self.usage}")
        try:
            actor = command_actor(options["actor"])
        except RuleError as fault:
            raise UsageError(str(fault)) from None
        own = zone_of(actor)
        if options["actor"] and own is not None and own != zone:
            raise UsageError(f"用户“{options['actor']}”不属于{zone.name}。")
        return actor

    @transaction.atomic
    def _computed(self, zone: Zone, month: str, actor: AbstractBaseUser) -> PayRun:
        """The month's run, computed while it is open; a month that cannot be computed leaves no run. A later
        state is shown to who may compute, too; where nothing was written, the look leaves an event."""
        require_pay_office(actor, "计算工资")
        run = run_by_code(zone, month)
        if run is None:
            run = pay_run_open(zone=zone, code=month, actor=actor)
        if run.state not in OPEN or not pay_run_calculate(run=run, actor=actor):
            pay_lines_view_record(zone=zone, actor=actor, what="工资明细", people=run.people, run=run)
        return run

    def _show(self, run: PayRun, options: dict[str, Any]) -> None:
        usage = pool_usage(run.zone, run.starts_on.year, run)
        lines = list(run_lines(run))
        if options["json"]:
            self.emit(
                {
                    "month": run.code,
                    "state": str(run.state),
                    "people": len(lines),
                    "gross": _text(run.gross),
                    "pool": _text(usage.pool.amount) if usage.pool else None,
                    "pool_used_ratio": None if usage.ratio is None else f"{usage.ratio:f}",
                    "lines": [_line(one) for one in lines],
                }
            )
            return
        self.stdout.write(f"{run}：{PayRunState(run.state).label}，{len(lines)}人，应发{run.gross:,.2f}元")
        self.stdout.write(usage.use.term if usage.use else "本年度还没有登记薪酬总额")
        for one in lines:
            why = f"（{one.why}）" if one.why else ""
            self.stdout.write(f"{one.person.id_number} {one.person.name} {one.gross:,.2f}{why}")


def _line(line: PayLine) -> dict[str, Any]:
    """One person: every component and deduction by its name, amounts as text."""
    amounts = {name: _text(getattr(line, name)) for name in COMPONENTS}
    deductions = {name: _text(getattr(line, name)) for name in DEDUCTIONS}
    return {
        "id_number": line.person.id_number,
        "name": line.person.name,
        "unit": line.unit.owner.name if line.unit else "",
        "post": line.post,
        "level": line.level,
        "post_coefficient": None if line.post_coefficient is None else f"{line.post_coefficient:f}",
        "standard": _text(line.standard),
        "performance_base": _text(line.performance_base),
        **amounts,
        "gross": _text(line.gross),
        **deductions,
        "net": _text(line.net),
        "why": line.why,
    }


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
