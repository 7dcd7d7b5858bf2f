"""The demo's second round, run through the services: 613 persons, 20 up, 17 down, as the article has it."""

from collections.abc import Callable
from pathlib import Path

from appointments.models import Round

from . import second_apply, second_finish, second_plan, second_select
from .accounts import Cast
from .stage import Stage, stage_of

Act = Callable[[Stage], None]


def play_second_round(
    round_: Round, cast: Cast, results: Path, *, bring: Callable[[], None], say: Callable[[str], None]
) -> Stage:
    """Run a round whose positions, 员额 and roster have come in, to its end.

    results: the 聘任结果汇总表 that it is to come to.  bring: imports the workbook of applications, once the
    batches take them.  say: told of each act.
    """
    stage = stage_of(round_, cast, results)
    say("  方案、批次和公告")
    second_plan.plan(stage)
    second_plan.publish(stage)
    second_apply.open_applications(stage)
    bring()
    say("  报名、资格审查和考评")
    second_apply.take_applications(stage)
    second_apply.screen(stage)
    second_apply.switch_direct(stage)
    second_apply.assess(stage)
    second_apply.check_scored(stage)
    for code in second_select.DECIDED_ON:
        say(f"  {stage.batch(code).name}：双向选择、研究和公示")
        for line in second_select.select(stage, code):
            say(f"    须回避，改为其他志愿：{line}")
    say("  公示期满，聘任生效，本轮完成")
    for code in second_select.DECIDED_ON:
        second_finish.appoint(stage, code)
    second_finish.appoint_leaders(stage)
    second_finish.record_demotions(stage)
    second_finish.complete(stage)
    return stage
