"""Report 6, 轮次进度: where each batch stands against its plan, what is late, what runs out, what is open."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum

from appointments.models import (
    Application,
    Batch,
    BatchPost,
    BatchStep,
    Candidacy,
    Objection,
    Publicity,
    Round,
)
from appointments.states import ApplicationState, BatchState
from reform.models import Position
from reform.selectors import calendar_of
from reform.workdays import Calendar, count_workdays, fallback_warning
from reports.words import number_word

from .common import RoundHead, head_of
from .listing import Link, ListCell, ListColumn, Listing, listing

# The steps of the plan in their order, each with the state in which a batch stands while it is taken.
STEP_STATES = {
    BatchStep.Kind.NOTICE: BatchState.PUBLISHED,
    BatchStep.Kind.APPLY: BatchState.APPLYING,
    BatchStep.Kind.SCREEN: BatchState.SCREENING,
    BatchStep.Kind.ASSESS: BatchState.ASSESSING,
    BatchStep.Kind.MATCH: BatchState.MATCHING,
    BatchStep.Kind.INSPECT: BatchState.INSPECTING,
    BatchStep.Kind.DECIDE: BatchState.DECIDING,
    BatchStep.Kind.PUBLICITY: BatchState.PUBLICITY,
    BatchStep.Kind.APPOINT: BatchState.APPOINTING,
}
ORDER = {state: place for place, state in enumerate(BatchState)}
ENDED = (BatchState.CLOSED, BatchState.CANCELLED)


@dataclass(frozen=True)
class StepMark:
    """One step of one batch: its planned days and how it stands: done, now, late, planned, or none."""

    label: str
    first: date | None
    last: date | None
    mark: str

    @property
    def words(self) -> str:
        return {"done": "已办", "now": "正在办", "late": "逾期", "planned": "未到"}.get(self.mark, "")

    @property
    def span(self) -> str:
        """01-10—01-12, or one day."""
        if self.first is None or self.last is None:
            return ""
        first, last = f"{self.first:%m-%d}", f"{self.last:%m-%d}"
        return first if first == last else f"{first}—{last}"


@dataclass(frozen=True)
class BatchLine:
    """A batch with its steps; the counts lead to its applications."""

    code: str
    name: str
    method: str
    state: str
    tone: str
    posts: int
    seats: int
    persons: int
    steps: tuple[StepMark, ...]
    suspended: str = ""

    @property
    def query(self) -> str:
        return urlencode({"batch": self.code})


@dataclass(frozen=True)
class ProgressReport:
    """轮次进度 on a day: everything that its page and its workbook show."""

    head: RoundHead
    on: date
    title: str
    batches: tuple[BatchLine, ...]
    closed: int
    step_labels: tuple[str, ...]
    overdue: Listing
    publicity: Listing
    objections: Listing
    applications: Listing
    warning: str

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.overdue, self.publicity, self.objections, self.applications


def progress_report(round_: Round, on: date, asked: date | None) -> ProgressReport:
    """The progress of a round on a day; a fixed number of statements."""
    batches = list(Batch.objects.filter(round=round_).order_by("sort_no", "code").prefetch_related("steps"))
    calendar = calendar_of()
    posts = _posts(round_)
    persons = dict(
        Candidacy.objects.filter(round=round_).values_list("batch").annotate(number=Count("id")).order_by()
    )
    lines = tuple(_line(batch, posts, persons, on) for batch in batches)
    overdue = _overdue(batches, lines, on)
    publicity, years = _publicity(round_, on, calendar)
    objections = _objections(round_, on)
    closed = sum(1 for batch in batches if batch.state in ENDED)
    return ProgressReport(
        head=head_of(round_, asked),
        on=on,
        title=_title(batches, closed, overdue, publicity, objections),
        batches=lines,
        closed=closed,
        step_labels=tuple(kind.label for kind in STEP_STATES),
        overdue=overdue,
        publicity=publicity,
        objections=objections,
        applications=_applications(round_, batches, persons),
        warning=fallback_warning(years),
    )


def _title(
    batches: Sequence[Batch], closed: int, overdue: Listing, publicity: Listing, objections: Listing
) -> str:
    """三个批次，一个在公示、一个在双向选择；逾期2步，异议1件没有办结."""
    if not batches:
        return "本轮没有批次"
    many = len(batches)
    if closed == many:
        words = f"{number_word(many)}个批次全部办结"
    else:
        states = Counter(BatchState(one.state) for one in batches if one.state not in ENDED)
        parts = [f"{number_word(states[state])}个在{state.label}" for state in BatchState if states[state]]
        if closed:
            parts.append(f"{number_word(closed)}个已办结")
        words = f"{number_word(many)}个批次，{'、'.join(parts)}"
    late, open_ = len(overdue.rows), len(objections.rows)
    rest = [f"逾期{late}步" if late else "", f"异议{open_}件没有办结" if open_ else ""]
    if any(rest):
        return f"{words}；{'，'.join(part for part in rest if part)}"
    return words


def _posts(round_: Round) -> Mapping[int, tuple[int, int]]:
    found = (
        BatchPost.objects.filter(batch__round=round_, state=BatchPost.State.OPEN)
        .values_list("batch")
        .annotate(posts=Count("id"), seats=Sum("seats"))
        .order_by()
    )
    return {batch: (posts, seats) for batch, posts, seats in found}


def _line(
    batch: Batch, posts: Mapping[int, tuple[int, int]], persons: Mapping[int | None, int], on: date
) -> BatchLine:
    number, seats = posts.get(batch.pk, (0, 0))
    steps = {step.kind: step for step in batch.steps.all()}
    return BatchLine(
        code=batch.code,
        name=batch.name,
        method=batch.get_method_display(),
        state=BatchState(batch.state).label,
        tone={BatchState.CLOSED: "up", BatchState.CANCELLED: "zero"}.get(BatchState(batch.state), ""),
        posts=number,
        seats=seats,
        persons=persons.get(batch.pk, 0),
        steps=tuple(_mark(kind, steps.get(kind), BatchState(batch.state), on) for kind in STEP_STATES),
        suspended=batch.suspend_reason if batch.is_suspended else "",
    )


def _mark(kind: BatchStep.Kind, step: BatchStep | None, state: BatchState, on: date) -> StepMark:
    """How a step stands: by the batch's state, and late where its last day has passed without it."""
    if step is None or state == BatchState.CANCELLED:
        return StepMark(kind.label, None, None, "none")
    own = STEP_STATES[kind]
    if ORDER[state] > ORDER[own]:
        mark = "done"
    elif step.ends_before <= on:
        mark = "late"
    else:
        mark = "now" if state == own else "planned"
    return StepMark(kind.label, step.starts_on, step.last_on, mark)


def _overdue(batches: Sequence[Batch], lines: Sequence[BatchLine], on: date) -> Listing:
    rows = []
    for batch, line in zip(batches, lines, strict=True):
        for step in line.steps:
            if step.mark == "late" and step.last:
                days = ListCell((on - step.last).days, "alert")
                rows.append((batch.name, step.label, step.first, step.last, days, line.state))
    return listing(
        "overdue",
        "逾期的步骤",
        (
            ListColumn("批次", 16),
            ListColumn("步骤", 12),
            ListColumn("计划起", 12),
            ListColumn("计划止", 12),
            ListColumn("逾期天数", 10),
            ListColumn("批次现在", 12),
        ),
        rows,
        empty="没有逾期的步骤。",
        note="计划的最后一天已过，批次还没有走完这一步",
    )


def _publicity(round_: Round, on: date, calendar: Calendar) -> tuple[Listing, tuple[int, ...]]:
    found = (
        Publicity.objects.filter(
            proposal__batch__round=round_, proposal__batch__state=BatchState.PUBLICITY, starts_on__lte=on
        )
        .select_related("proposal__batch")
        .annotate(people=Count("proposal__rows"))
        .order_by("ends_before", "id")
    )
    rows, years = [], set[int]()
    for one in found:
        left = count_workdays(on, one.last_on, calendar)
        years.update(left.years_missing)
        ended = on > one.last_on
        batch = one.proposal.batch
        rows.append(
            (
                batch.name,
                f"第{one.proposal.number}份",
                ListCell(one.people, link=_list_link(batch.code, one.proposal.number)),
                one.starts_on,
                one.last_on,
                ListCell("已期满，待办结" if ended else left.days, "alert" if ended else ""),
            )
        )
    columns = (
        ListColumn("批次", 16),
        ListColumn("拟聘名单", 10),
        ListColumn("人数", 8),
        ListColumn("公示起", 12),
        ListColumn("公示止", 12),
        ListColumn("还剩工作日", 14),
    )
    note = "含今天；期满并办结全部异议后才能聘任"
    table = listing("publicity", "正在公示的名单", columns, rows, empty="没有正在公示的名单。", note=note)
    return table, tuple(sorted(years))


def _list_link(code: str, number: int) -> Link:
    """To everybody on a 拟聘名单, whatever an objection has made of them."""
    return Link("applicants", urlencode({"batch": code, "list": number}))


def _objections(round_: Round, on: date) -> Listing:
    found = (
        Objection.objects.filter(
            Q(closed_on=None) | Q(closed_on__gt=on),
            application__candidacy__round=round_,
            received_on__lte=on,
        )
        .select_related("application__candidacy__person", "application__candidacy__batch")
        .select_related("application__position__unit__parent")
        .order_by("received_on", "id")
    )
    rows = [
        (
            one.application.person.name,
            str(one.application.candidacy.batch or ""),
            place_of(one.application),
            one.get_kind_display(),
            one.received_on,
            ListCell((on - one.received_on).days, "alert"),
            one.from_whom if one.is_signed else "（未署名）",
        )
        for one in found
    ]
    return listing(
        "objections",
        "没有办结的异议",
        (
            ListColumn("姓名", 10),
            ListColumn("批次", 16),
            ListColumn("岗位", 36, "place"),
            ListColumn("种类", 14),
            ListColumn("收到日期", 12),
            ListColumn("已过天数", 10),
            ListColumn("提出人", 16, minor=True),
        ),
        rows,
        empty="没有未办结的异议。",
        note="每件都要核查并答复，之后批次才能往下走",
    )


def place_of(application: Application) -> str:
    """单位·科室·岗位 of an application."""
    return position_words(application.position)


def position_words(position: Position) -> str:
    """单位·科室·岗位; its unit and the unit above are loaded."""
    owner = position.unit.owner
    section = "" if owner.pk == position.unit_id else position.unit.name
    return "·".join(part for part in (owner.name, section, position.title) if part)


def _applications(round_: Round, batches: Sequence[Batch], persons: Mapping[int | None, int]) -> Listing:
    """Batch × state of the applications; states that nobody is in stay out."""
    counts: Counter[tuple[int | None, str]] = Counter()
    for batch, state, number in (
        Application.objects.filter(candidacy__round=round_)
        .values_list("candidacy__batch", "state")
        .annotate(number=Count("id"))
        .order_by()
    ):
        counts[batch, state] += number
    states = [one for one in ApplicationState if any(state == one for _, state in counts)]

    def row(name: str, keys: Iterable[int | None], query: Mapping[str, str]) -> tuple[ListCell, ...]:
        keys = list(keys)
        everybody = sum(persons.get(key, 0) for key in keys)
        cells = [ListCell(name), ListCell(everybody, link=Link("applicants", urlencode(query)))]
        for state in states:
            number = sum(counts[key, state.value] for key in keys)
            cells.append(
                ListCell(
                    number, TONES.get(state, ""), Link("applicants", urlencode({**query, "state": state}))
                )
            )
        every = sum(counts[key, state.value] for key in keys for state in states)
        return (*cells, ListCell(every, link=Link("applicants", urlencode(query))))

    keys: list[int | None] = [batch.pk for batch in batches]
    rows = [row(batch.name, [batch.pk], {"batch": batch.code}) for batch in batches]
    return listing(
        "applications",
        "报名人数和志愿的状态",
        (
            ListColumn("批次", 16),
            ListColumn("报名表", 8),
            *(ListColumn(state.label, 10) for state in states),
            ListColumn("志愿合计", 10),
        ),
        rows if states else [],
        empty="还没有人报名。",
        note="一份报名表可有几个志愿，每个志愿各有状态。点数字看名单",
        total=row("合计", keys, {}) if states and len(rows) > 1 else (),
    )


TONES = {
    ApplicationState.APPOINTED: "up",
    ApplicationState.PROPOSED: "up",
    ApplicationState.OBJECTED: "alert",
    ApplicationState.REJECTED: "down",
    ApplicationState.DROPPED: "down",
}
