"""manage.py advance_rounds: the steps that the system takes itself (报名开始、报名截止、续聘开始), for a
daily cron."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from appointments.services.batch_steps import batches_advance
from appointments.services.renewals import renewals_begin
from reform.commands import ZoneCommand, day
from reform.exchange.findings import UsageError
from reform.models import Zone


class Command(ZoneCommand):
    help = "办理到期的系统步骤：报名开始、报名截止、续聘开始；每天运行一次"
    usage = "manage.py advance_rounds [--on 日期] [--zone 开发区] [--actor 用户] [--json]"

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
        steps, refused = [], []
        for zone in zones:
            taken, against = batches_advance(zone=zone, actor=actor, on=on)
            steps += [
                {"zone": zone.code, "batch": batch.code, "name": batch.name, "step": step.label}
                for batch, step in taken
            ]
            steps += [
                {"zone": zone.code, "batch": "", "name": str(one), "step": "续聘开始"}
                for one in renewals_begin(zone=zone, actor=actor, on=on)
            ]
            refused += [
                {
                    "zone": zone.code,
                    "batch": one.row.code,
                    "name": one.row.name,
                    "reasons": list(one.reasons),
                }
                for one in against
            ]
        if options["json"]:
            self.emit({"steps": steps, "refused": refused})
            return
        for step in steps:
            self.stdout.write(f"{step['name']}：{step['step']}")
        for one in refused:
            self.stdout.write(f"{one['name']}没有办理：{'；'.join(one['reasons'])}")
        if not steps and not refused:
            self.stdout.write("没有到期的步骤。")
