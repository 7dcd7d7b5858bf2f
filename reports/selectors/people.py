"""Report 5 and the list behind every figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary, PersonChange, Post, id_numbers
from reform.exchange.id_number import mask_id
from reports.words import number_word

from .common import Figure, RoundHead, figure, head_of, kind_tone, last_day
from .filters import PeopleFilter, filter_words, people_matching
from .recorded import Recorded, recorded_of

PAGE_SIZE = 700  # a whole round of an ordinary zone on one page, to be printed as one list

# The order of the tabs: what a leader asks first.
TABS = (
    ChangeKind.PROMOTION,
    ChangeKind.DEMOTION,
    ChangeKind.NEW,
    ChangeKind.LATERAL,
    ChangeKind.UNCHANGED,
    ChangeKind.UNPLACED,
    ChangeKind.EXIT,
)


@dataclass(frozen=True)
class Tab:
    """One kind of change beside the list, with its number."""

    label: str
    figure: Figure
    current: bool


@dataclass(frozen=True)
class Column:
    """A column of a list: the attribute of a line, its header, what stands where there is nothing; `minor`
    ones wait behind a tap on a phone; `shape`: what of it may take several lines."""

    key: str
    header: str
    blank: str = "—"
    minor: bool = False
    shape: str = ""


UNKNOWN = "未记录"
NAME = Column("name", "姓名")
ID_NUMBER = Column("id_number", "身份证号", minor=True)
KIND = Column("kind_label", "变动")
BEFORE = Column("before", "原岗", shape="place")
BEFORE_LEVEL = Column("before_level", "原层级", minor=True)
AFTER = Column("after", "新岗", shape="place")
AFTER_LEVEL = Column("after_level", "新层级", minor=True)
STEPS = Column("steps", "级差")
METHOD = Column("method", "任用方式", UNKNOWN, minor=True)
STARTS = Column("starts_on", "聘任起始", minor=True)
LAST = Column("last_on", "聘期止", minor=True)
MOVE_COLUMNS = (
    NAME,
    ID_NUMBER,
    BEFORE,
    BEFORE_LEVEL,
    AFTER,
    AFTER_LEVEL,
    STEPS,
    METHOD,
    Column("decided_on", "决定日期", UNKNOWN, minor=True),
    Column("publicity", "公示起止", UNKNOWN, minor=True),
    Column("probation_last_on", "试用期止", minor=True),
    Column("reason", "原因", UNKNOWN, minor=True, shape="text"),
)
COLUMNS: Mapping[ChangeKind | None, tuple[Column, ...]] = {
    ChangeKind.PROMOTION: MOVE_COLUMNS,
    ChangeKind.DEMOTION: MOVE_COLUMNS,
    ChangeKind.LATERAL: (
        *(NAME, ID_NUMBER, KIND, Column("way", "平级转任"), BEFORE, BEFORE_LEVEL, AFTER, AFTER_LEVEL),
        *(METHOD, STARTS, LAST),
    ),
    ChangeKind.NEW: (NAME, ID_NUMBER, AFTER, AFTER_LEVEL, METHOD, STARTS, LAST),
    ChangeKind.UNPLACED: (NAME, ID_NUMBER, BEFORE, BEFORE_LEVEL),
    ChangeKind.EXIT: (
        NAME,
        ID_NUMBER,
        BEFORE,
        BEFORE_LEVEL,
        Column("left_on", "离开日期"),
        Column("reason", "原因", UNKNOWN),
    ),
}
OTHER_COLUMNS = (NAME, ID_NUMBER, KIND, BEFORE, BEFORE_LEVEL, AFTER, AFTER_LEVEL, METHOD, STARTS, LAST)


@dataclass(frozen=True)
class PersonLine:
    """One person of a list. Dates are inclusive; None: there is none, or it is not recorded."""

    person_id: int
    name: str
    id_number: str
    kind: ChangeKind
    kind_label: str
    steps: str
    tone: str
    before: str
    before_level: str
    after: str
    after_level: str
    method: str
    starts_on: date | None
    last_on: date | None
    probation_last_on: date | None
    publicity: str
    reason: str
    left_on: date | None
    decided_on: date | None = None
    way: str = ""

    def blank(self, column: Column) -> str:
        """What stands where there is nothing: who was not appointed has nothing to record."""
        return column.blank if self.starts_on or self.left_on else Column.blank


@dataclass(frozen=True)
class PeopleReport:
    """The persons that some conditions hold for; `lines` those of the page, `total` all of them."""

    head: RoundHead
    filter: PeopleFilter
    words: str
    tabs: tuple[Tab, ...]
    lines: tuple[PersonLine, ...]
    total: int
    page: int
    pages: int

    @property
    def title(self) -> str:
        return f"{self.words}{self.total}人"

    @property
    def first(self) -> int:
        """The number of the page's first line."""
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def next_query(self) -> str:
        return f"{self.filter.query}&page={self.page + 1}".lstrip("&")

    @property
    def previous_query(self) -> str:
        return f"{self.filter.query}&page={self.page - 1}".lstrip("&")

    @property
    def columns(self) -> tuple[Column, ...]:
        return COLUMNS.get(self.filter.change, OTHER_COLUMNS)


def people_report(
    summary: ChangeSummary, wanted: PeopleFilter, *, clear_ids: bool, page: int | None = 1
) -> PeopleReport:
    """The list of a filter; `page` None: all of it. The number of statements is fixed for a page."""
    found = people_matching(wanted, summary)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = None if page is None else min(max(1, page), pages)
    shown = found if page is None else found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    numbers = id_numbers(person.person_id for person in shown)
    causes = {one.person_id: one.get_cause_display() for one in summary.round.exits.all()}
    recorded = recorded_of(summary.round)
    return PeopleReport(
        head=head_of(summary.round, summary.as_of),
        filter=wanted,
        words=filter_words(wanted, summary),
        tabs=_tabs(summary, wanted),
        lines=tuple(_line(person, numbers, causes, recorded, clear_ids) for person in shown),
        total=len(found),
        page=page or 1,
        pages=pages,
    )


def _tabs(summary: ChangeSummary, wanted: PeopleFilter) -> tuple[Tab, ...]:
    everybody = Tab("全部", figure(len(summary.people)), wanted.change is None)
    kinds = [
        Tab(
            kind.label,
            figure(summary.counts[kind], tone=kind_tone(kind), change=kind.value),
            wanted.change == kind,
        )
        for kind in TABS
    ]
    return (*kinds, everybody)


def _line(
    person: PersonChange,
    numbers: Mapping[int, str],
    causes: Mapping[int, str],
    recorded: Recorded,
    clear_ids: bool,
) -> PersonLine:
    number, decision, kind = numbers[person.person_id], person.decision, person.change.kind
    left = kind == ChangeKind.EXIT
    return PersonLine(
        person_id=person.person_id,
        name=person.name,
        id_number=number if clear_ids else mask_id(number),
        kind=kind,
        kind_label=person.change.label,
        steps=_steps(person),
        tone=kind_tone(kind),
        before=_place(person.before),
        before_level=person.before.level_name if person.before else "",
        after="" if left else _place(person.after),
        after_level=person.after.level_name if person.after and not left else "",
        method=decision.method_label if decision else "",
        starts_on=decision.starts_on if decision else None,
        last_on=last_day(decision.ends_before) if decision else None,
        probation_last_on=last_day(decision.probation_ends_before) if decision else None,
        publicity=recorded.publicity(person),
        reason=causes.get(person.person_id, "") if left else recorded.reason(person),
        left_on=person.left_on if left else None,
        decided_on=recorded.decided_on(person),
        way=person.way,
    )


def _place(post: Post | None) -> str:
    return post.place if post else ""


def _steps(person: PersonChange) -> str:
    words = {ChangeKind.PROMOTION: "升", ChangeKind.DEMOTION: "降"}
    word, steps = words.get(person.change.kind), person.change.steps
    return f"{word}{number_word(steps)}级" if word and steps else ""
