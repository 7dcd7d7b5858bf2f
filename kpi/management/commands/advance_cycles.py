"""manage.py advance_cycles: the steps of appraisals that the system takes itself (开始填报、开始公示), for a
daily cron."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from kpi.services import cycles_advance
from reform.commands import ZoneCommand, day
from reform.exchange.findings import UsageError
from reform.models import Zone


class Command(ZoneCommand):
    help = "办理到期的考核步骤：开始填报、开始公示；每天运行一次"
    usage = "manage.py advance_cycles [--on 日期] [--zone 开发区] [--actor 用户] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--on", type=day, metavar="DATE", help="按哪一天判断；默认为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zones = [self.zone(options)] if options["zone"] else list(Zone.objects.order_by("code"))
            actor = self.actor(options)
        except UsageError as fault:
            self.fail(options, str(fault))
        on = options["on"] or timezone.localdate()
        steps = [
            {"zone": zone.code, "cycle": cycle.code, "name": str(cycle), "step": label}
            for zone in zones
            for cycle, label in cycles_advance(zone=zone, actor=actor, on=on)
        ]
        if options["json"]:
            self.emit({"steps": steps})
            return
        for step in steps:
            self.stdout.write(f"{step['name']}：{step['step']}")
        if not steps:
            self.stdout.write("没有到期的步骤。")
