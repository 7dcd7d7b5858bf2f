"""What all reports share: a figure with its list, and the round they speak of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from appointments.models import Appointment, Round
from appointments.rules.change import ChangeKind
from appointments.selectors import rounds_of
from appointments.states import AppointmentState, RoundState
from reform.models import Upload, Zone
from reform.rounding import to_score
from reform.selectors import uploads_of
from reports.words import day_word, deadline_words

YEAR = timedelta(days=366)
UNDER_WAY = (RoundState.APPROVED, RoundState.MOBILIZED, RoundState.RUNNING, RoundState.PLACING)

# The kinds of change in the order of the tables; those who are not placed stand apart.
PLACED_KINDS = (
    ChangeKind.PROMOTION,
    ChangeKind.UNCHANGED,
    ChangeKind.LATERAL,
    ChangeKind.NEW,
    ChangeKind.DEMOTION,
)
OTHER_KINDS = (ChangeKind.UNPLACED, ChangeKind.EXIT)


@dataclass(frozen=True)
class Figure:
    """A number of persons and the query of the list that it counts; '' everybody, None no list."""

    value: int
    query: str | None = None
    tone: str = ""


def figure(value: int, *, tone: str = "", **query: object) -> Figure:
    """A figure whose list is found by these conditions."""
    return Figure(value, urlencode({name: str(wanted) for name, wanted in query.items()}), tone)


def short_label(kind: ChangeKind) -> str:
    """The kind as a narrow column's header."""
    return "续聘" if kind == ChangeKind.UNCHANGED else kind.label


def kind_tone(kind: ChangeKind) -> str:
    """Up and down, on every page the same."""
    return {ChangeKind.PROMOTION: "up", ChangeKind.DEMOTION: "down", ChangeKind.UNPLACED: "alert"}.get(
        kind, ""
    )


def last_day(ends_before: date | None) -> date | None:
    """The inclusive last day of a half-open interval."""
    return ends_before - timedelta(days=1) if ends_before else None


def share(part: int, whole: int) -> Decimal | None:
    """Per cent, two places, half up; None of nobody."""
    return to_score(Decimal(part * 100) / whole) if whole else None


@dataclass(frozen=True)
class Source:
    """An upload that the round was written by."""

    number: int
    on: date
    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """岗位设置一览表、花名册（2022-01-23，第3号上传）."""
        return f"{'、'.join(self.names)}（{self.on:%Y-%m-%d}，第{self.number}号上传）"


@dataclass(frozen=True)
class RoundHead:
    """The round a report speaks of, and the day as of which it speaks; `asked` None: its effective date,
    which is None while it is only planned.
    `running`: code and name of another round that is under way."""

    zone: str
    code: str
    name: str
    state: str
    is_registered: bool
    kickoff_on: date | None
    effective_on: date | None
    asked: date | None
    timing: str
    sources: tuple[Source, ...]
    others: tuple[tuple[str, str], ...]
    is_under_way: bool = False
    running: tuple[str, str] | None = None

    @property
    def as_of(self) -> date | None:
        return self.asked or self.effective_on

    @property
    def days_used(self) -> int | None:
        if self.kickoff_on and self.effective_on:
            return (self.effective_on - self.kickoff_on).days
        return None

    @property
    def as_of_words(self) -> str:
        return f"数据截至{day_word(self.as_of)}" if self.as_of else "还没有生效"

    @property
    def subtitle(self) -> str:
        return " · ".join(part for part in (self.name, self.timing, self.as_of_words) if part)

    @property
    def source_words(self) -> str:
        """岗位设置一览表、花名册（2022-01-23，第3号上传）；…"""
        return "；".join(source.words for source in self.sources)

    @property
    def file_suffix(self) -> str:
        return f"（截至{self.asked:%Y-%m-%d}）" if self.asked else ""


def latest_round(zone: Zone) -> Round | None:
    """The round that is worked on."""
    return rounds_of(zone).first()


def round_shown(zone: Zone) -> Round | None:
    """The round that leaders see first: the latest, or while that one is under way and nobody has been
    appointed yet, the one before it."""
    in_effect = Appointment.objects.filter(round=OuterRef("pk")).exclude(state=AppointmentState.PENDING)
    rounds = list(rounds_of(zone).annotate(has_results=Exists(in_effect)))
    come_to = (one for one in rounds if one.has_results or not is_under_way(one))
    return next(come_to, rounds[0] if rounds else None)


def is_under_way(round_: Round) -> bool:
    """Whether a round is being run: its plan is approved, and it is not completed."""
    return not round_.is_registered and round_.state in UNDER_WAY


def head_of(round_: Round, as_of: date | None) -> RoundHead:
    """The round's dates, sources and neighbours: two statements."""
    others = [one for one in rounds_of(round_.zone) if one.pk != round_.pk]
    return RoundHead(
        zone=round_.zone.name,
        code=round_.code,
        name=round_.name,
        state=RoundState(round_.state).label,
        is_registered=round_.is_registered,
        kickoff_on=round_.kickoff_on,
        effective_on=round_.in_force_on,
        asked=as_of,
        timing=_timing(round_),
        sources=sources_of(uploads_of(round_.zone).filter(target=round_.code, undone_at=None)),
        others=tuple((one.code, one.name) for one in others),
        is_under_way=is_under_way(round_),
        running=next(((one.code, one.name) for one in others if is_under_way(one)), None),
    )


def sources_of(uploads: Iterable[Upload]) -> tuple[Source, ...]:
    """Uploads as a report names them, the first one first."""
    return tuple(
        Source(one.pk, localdate(one.at), tuple(file["name"].rsplit(".", 1)[0] for file in one.files))
        for one in sorted(uploads, key=lambda one: one.pk)
    )


def _timing(round_: Round) -> str:
    """2022年1月9日动员，1月23日完成，用时14天，比3月31日的期限提前67天."""
    kickoff, effective, deadline = round_.kickoff_on, round_.effective_on, round_.zone.deadline_on
    done = "完成" if round_.state == RoundState.COMPLETED else "生效"
    parts = [f"{day_word(kickoff)}动员"] if kickoff else []
    if effective and round_.in_force_on is None:
        parts.append(f"计划{day_word(effective, kickoff)}生效")
    elif effective:
        parts.append(f"{day_word(effective, kickoff)}{done}")
        if kickoff:
            parts.append(f"用时{(effective - kickoff).days}天")
        # The zone has one deadline, and several rounds: it belongs to the one that it lies close to.
        if deadline and abs(deadline - effective) < YEAR and round_.state == RoundState.COMPLETED:
            parts.append(deadline_words(deadline, effective))
    return "，".join(parts)
