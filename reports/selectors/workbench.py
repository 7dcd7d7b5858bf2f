"""工作台: where the zone's latest round stands, and the next thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from appointments.models import Round
from appointments.selectors import ChangeSummary, change_summary
from reform.models import Upload, Zone
from reform.selectors import uploads_of

from .checks import CheckLine, check_lines, checks_title
from .common import Figure, RoundHead, figure, head_of, is_under_way, latest_round
from .overview import gap_of

SHOWN_UPLOADS = 5
FIX = "核对名单，改好后重新上传。"
FIXES = {"I1": "给这些人登记聘任，或登记离开。"}


@dataclass(frozen=True)
class NextStep:
    """What to do next; `place`: uploads, check, progress or overview, `code` the check's."""

    title: str
    why: str
    action: str
    place: str
    code: str = ""


@dataclass(frozen=True)
class Workbench:
    """The admin's first page; `head` and what follows it None or empty where there is no round."""

    zone: str
    head: RoundHead | None
    figures: tuple[tuple[str, Figure], ...]
    checks: tuple[CheckLine, ...]
    checks_title: str
    step: NextStep
    uploads: Sequence[Upload]


def workbench(zone: Zone, *, uploads: bool) -> Workbench:
    """The first page of a zone; `uploads`: whether its uploads are shown. A fixed number of statements."""
    round_ = latest_round(zone)
    shown = list(uploads_of(zone)[:SHOWN_UPLOADS]) if uploads else []
    if round_ is None:
        step = NextStep(
            "上传岗位设置一览表",
            "系统里还没有聘任轮次。第一份工作簿写入时自动建立。",
            "上传工作簿",
            "uploads",
        )
        return Workbench(zone.name, None, (), (), "", step, shown)
    summary = change_summary(round_)
    lines = check_lines(summary)
    under_way = is_under_way(round_)
    # While people are still being appointed, that they have no post yet is no fault.
    return Workbench(
        zone=zone.name,
        head=head_of(round_, None),
        figures=_figures(summary)[:2] if under_way else _figures(summary),
        checks=() if under_way else lines,
        checks_title="" if under_way else checks_title(lines),
        step=next_step(round_, summary, lines),
        uploads=shown,
    )


def _figures(summary: ChangeSummary) -> tuple[tuple[str, Figure], ...]:
    counts = {kind.value: number for kind, number in summary.counts.items()}
    return (
        ("应聘任", figure(summary.in_scope, scope=1)),
        ("已聘任", figure(summary.appointed, appointed=1)),
        ("提拔", figure(counts.get("PROMOTION", 0), tone="up", change="PROMOTION")),
        ("降职", figure(counts.get("DEMOTION", 0), tone="down", change="DEMOTION")),
        ("未安置", figure(counts.get("UNPLACED", 0), tone="alert", change="UNPLACED")),
    )


def next_step(round_: Round, summary: ChangeSummary, lines: Sequence[CheckLine]) -> NextStep:
    """While the round is under way its progress; else the first thing missing, the first check that fails, or
    the report."""
    if is_under_way(round_):
        return NextStep("看各批次办到哪一步", f"{round_.name}正在进行。", "轮次进度", "progress")
    gap = gap_of(summary)
    if gap:
        return NextStep(f"上传{gap.sheet}", f"{gap.title}。", "上传工作簿", "uploads")
    failed = next((line for line in lines if line.ok is False), None)
    if failed:
        return NextStep(
            f"处理“{failed.name}”：{failed.fact}",
            FIXES.get(failed.code, FIX),
            "看名单",
            "check",
            failed.code,
        )
    return NextStep("查看领导报表", f"{round_.name}已经齐备，记录的检查都通过了。", "打开报表", "overview")
