"""manage.py round_state: where a round and its batches stand, what they may do next, and who is waited
for."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from appointments.models import Batch, Round
from appointments.selectors import round_by_code
from appointments.selectors.progress import Waiting, round_waiting
from appointments.selectors.round_facts import batches_of
from appointments.selectors.steps import batch_next, round_steps
from appointments.states import BatchState, RoundState
from reform.commands import ZoneCommand, day
from reform.exchange.findings import UsageError
from reform.steps import NextStep


class Command(ZoneCommand):
    help = "一轮聘任的状态：各批次到了哪一步、能不能走下一步、在等谁"
    usage = "manage.py round_state 轮次 [--on 日期] [--zone 开发区] [--actor 用户] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("round", metavar="CODE")
        parser.add_argument("--on", type=day, metavar="DATE", help="按哪一天判断；默认为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zone = self.zone(options)
        except UsageError as fault:
            self.fail(options, str(fault))
        round_ = round_by_code(zone, options["round"])
        if round_ is None:
            self.fail(options, f"{zone.name}没有轮次“{options['round']}”。")
        on = options["on"] or timezone.localdate()
        batches = [(batch, batch_next(batch, on)) for batch in batches_of(round_)]
        waiting = round_waiting(round_, on)
        if options["json"]:
            self.emit(state_json(round_, batches, waiting))
        else:
            self._tell(round_, round_steps(round_, on), batches, waiting)

    def _tell(
        self,
        round_: Round,
        steps: Sequence[NextStep],
        batches: Sequence[tuple[Batch, Sequence[NextStep]]],
        waiting: Sequence[Waiting],
    ) -> None:
        self.stdout.write(f"{round_.name}：{RoundState(round_.state).label}")
        self._tell_steps(steps)
        for batch, following in batches:
            suspended = "（已暂停）" if batch.is_suspended else ""
            self.stdout.write(f"{batch.code} {batch.name}：{BatchState(batch.state).label}{suspended}")
            self._tell_steps(following)
        for one in waiting:
            self.stdout.write(f"等{one.role}：{one.what}{one.count}项")

    def _tell_steps(self, steps: Sequence[NextStep]) -> None:
        for step in steps:
            self.stdout.write(
                f"    {step.label}（{step.actor}）：{'可以办理' if step.allowed else '还不能办理'}"
            )
            for reason in step.reasons:
                self.stdout.write(f"        {reason}")


def state_json(
    round_: Round, batches: Sequence[tuple[Batch, Sequence[NextStep]]], waiting: Sequence[Waiting]
) -> dict[str, Any]:
    """The object that --json prints."""
    return {
        "round": round_.code,
        "state": round_.state,
        "batches": [
            {
                "code": batch.code,
                "state": batch.state,
                "next": [
                    {"to": step.to, "allowed": step.allowed, "reasons": list(step.reasons)}
                    for step in following
                ],
            }
            for batch, following in batches
        ],
        "waiting": [{"role": one.role, "what": one.what, "count": one.count} for one in waiting],
    }
