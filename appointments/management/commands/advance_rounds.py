"""manage.py advance_rounds: the steps that the system takes itself (报名开始、报名截止、续聘开始), for a
daily cron."""

from datetime import date
from typing import Any

from appointments.services.batch_steps import batches_advance
from appointments.services.renewals import renewals_begin
from reform.commands import AdvanceCommand, Facts
from reform.models import Zone


class Command(AdvanceCommand):
    help = "办理到期的系统步骤：报名开始、报名截止、续聘开始；每天运行一次"
    usage = "manage.py advance_rounds [--on 日期] [--zone 开发区] [--actor 用户] [--json]"

    def advance(self, zone: Zone, actor: Any, on: date) -> tuple[list[Facts], list[Facts]]:
        taken, refused = batches_advance(zone=zone, actor=actor, on=on)
        begun = renewals_begin(zone=zone, actor=actor, on=on)
        return (
            [
                *({"batch": one.code, "name": one.name, "step": step.label} for one, step in taken),
                *({"batch": "", "name": str(one), "step": "续聘开始"} for one in begun),
            ],
            [{"batch": one.row.code, "name": one.row.name, "reasons": list(one.reasons)} for one in refused],
        )
