"""Reports 1 and 2: what the round came to, in a sentence, four figures, and tables by level."""

from dataclasses import dataclass
from decimal import Decimal

from appointments.models import Round
from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary, people_with
from reports.words import number_word

from .checks import CheckLine, check_lines, checks_title
from .common import Figure, RoundHead, figure, head_of, is_under_way, kind_tone, share
from .seating import seating_of
from .tables import ChangeTable, Matrix, baseline_table, final_table, matrix

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Gap:
    """What a round lacks before it has figures, and what to do about it."""

    title: str
    remedy: str
    sheet: str


@dataclass(frozen=True)
class Mover:
    """One person who went up or down: the new post, and from which level to which."""

    name: str
    post: str
    levels: str


@dataclass(frozen=True)
class Movers:
    """提拔名单 or 降职名单, in the order of the sheet."""

    label: str
    figure: Figure
    people: tuple[Mover, ...]


@dataclass(frozen=True)
class LeadershipOverview:
    """改革总览: everything that its page and its workbook show."""

    head: RoundHead
    gap: Gap | None
    title: str
    in_scope: Figure
    appointed: Figure
    seats: int
    positions: int
    vacant: int
    over: int
    kinds: dict[ChangeKind, Figure]
    promoted_share: Decimal | None
    demoted_share: Decimal | None
    falls: str
    final: ChangeTable
    baseline: ChangeTable
    matrix: Matrix
    movers: tuple[Movers, ...]
    checks: tuple[CheckLine, ...]
    checks_title: str

    def _kind(self, kind: ChangeKind) -> Figure:
        return self.kinds[kind]

    @property
    def promoted(self) -> Figure:
        return self._kind(ChangeKind.PROMOTION)

    @property
    def demoted(self) -> Figure:
        return self._kind(ChangeKind.DEMOTION)

    @property
    def unplaced(self) -> Figure:
        return self._kind(ChangeKind.UNPLACED)

    @property
    def exited(self) -> Figure:
        return self._kind(ChangeKind.EXIT)

    @property
    def rest(self) -> tuple[tuple[str, Figure], ...]:
        """Those neither up nor down: 原岗续聘, 平级, 新聘."""
        kinds = (ChangeKind.UNCHANGED, ChangeKind.LATERAL, ChangeKind.NEW)
        return tuple((kind.label, self._kind(kind)) for kind in kinds)

    @property
    def completion(self) -> Decimal | None:
        """完成率: those appointed of those in scope, per cent."""
        return share(self.appointed.value, self.in_scope.value)

    @property
    def completion_words(self) -> str:
        """100%, never 100.00%."""
        done = self.completion
        return "" if done is None else "100%" if done == WHOLE else f"{done}%"


def gap_of(summary: ChangeSummary) -> Gap | None:
    """The first thing missing: positions, then a roster, then results."""
    if not summary.positions:
        return Gap(f"{summary.round.name}还没有岗位设置", "请人事先上传岗位设置一览表。", "岗位设置一览表")
    if is_under_way(summary.round) and not summary.as_of and not summary.appointed:
        return Gap(f"{summary.round.name}正在进行，还没有人聘任到岗", "各批次办到哪一步，请看轮次进度。", "")
    if not summary.people:
        return Gap(f"{summary.round.name}还没有改革前的人员", "请人事上传改革前人员花名册。", "人员花名册")
    if not summary.appointed and not summary.exited:
        if summary.as_of:
            day = f"{summary.as_of:%Y-%m-%d}"
            return Gap(f"截至{day}还没有人聘任", "请换一个日期，或看本轮生效日的情况。", "")
        return Gap(f"{summary.round.name}还没有聘任结果", "请人事上传全员聘任结果汇总表。", "聘任结果汇总表")
    return None


def leadership_overview(summary: ChangeSummary) -> LeadershipOverview:
    """The overview of a summary; a fixed number of statements."""
    round_: Round = summary.round
    counts, seating, lines = summary.counts, seating_of(summary), check_lines(summary)
    gap = gap_of(summary)
    return LeadershipOverview(
        head=head_of(round_, summary.as_of),
        gap=gap,
        title=gap.title if gap else summary.sentence,
        in_scope=figure(summary.in_scope, scope=1),
        appointed=figure(summary.appointed, appointed=1),
        seats=summary.headcount,
        positions=len(summary.positions),
        vacant=seating.vacant(summary.positions),
        over=seating.over(summary.positions),
        kinds={kind: figure(counts[kind], tone=kind_tone(kind), change=kind.value) for kind in ChangeKind},
        promoted_share=share(counts[ChangeKind.PROMOTION], summary.appointed),
        demoted_share=share(counts[ChangeKind.DEMOTION], summary.appointed),
        falls=_falls(summary),
        final=final_table(summary),
        baseline=baseline_table(summary),
        matrix=matrix(summary),
        movers=tuple(_movers(summary, kind) for kind in (ChangeKind.PROMOTION, ChangeKind.DEMOTION)),
        checks=lines,
        checks_title=checks_title(lines),
    )


def _movers(summary: ChangeSummary, kind: ChangeKind) -> Movers:
    found = people_with(summary.people, kind)
    people = tuple(
        Mover(one.name, one.after.place, f"{one.before.level_name} → {one.after.level_name}")
        for one in found
        if one.before and one.after
    )
    return Movers(kind.label, figure(len(found), tone=kind_tone(kind), change=kind.value), people)


def _falls(summary: ChangeSummary) -> str:
    """均降一级; 最多降两级; '' where nobody fell."""
    steps = {p.change.steps or 0 for p in summary.people if p.change.kind == ChangeKind.DEMOTION}
    if not steps:
        return ""
    word = number_word(max(steps))
    return (
        f"均降{word}级" if len(steps) == 1 and summary.counts[ChangeKind.DEMOTION] > 1 else f"最多降{word}级"
    )
