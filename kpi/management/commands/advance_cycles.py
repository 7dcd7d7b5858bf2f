"""manage.py advance_cycles: the steps of appraisals that the system takes itself (开始填报、开始公示), for a
daily cron."""

from datetime import date
from typing import Any

from kpi.services import cycles_advance
from reform.commands import AdvanceCommand, Facts
from reform.models import Zone


class Command(AdvanceCommand):
    help = "办理到期的考核步骤：开始填报、开始公示；每天运行一次"
    usage = "manage.py advance_cycles [--on 日期] [--zone 开发区] [--actor 用户] [--json]"

    def advance(self, zone: Zone, actor: Any, on: date) -> tuple[list[Facts], list[Facts]]:
        taken = cycles_advance(zone=zone, actor=actor, on=on)
        return [{"cycle": one.code, "name": str(one), "step": label} for one, label in taken], []
