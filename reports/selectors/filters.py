"""The conditions of a list of persons: read from an address, put into words, and applied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary, PersonChange
from reform.models import Position
from reports.errors import BadQuery

from .tables import NO_BASELINE

NONE = "NONE"  # before=NONE: those without a baseline


@dataclass(frozen=True)
class PeopleFilter:
    """Conditions that all hold at once; '' and None: not asked.

    level: held now; seat: level of the post now; before: level held before; unit: id of the unit of the 单位
    column now; was_unit: its name before; scope: not among those who left.
    """

    change: ChangeKind | None = None
    level: str = ""
    before: str = ""
    seat: str = ""
    unit: int | None = None
    was_unit: str = ""
    position: int | None = None
    appointed: bool = False
    scope: bool = False
    q: str = ""

    @property
    def query(self) -> str:
        """The conditions as a query, in a fixed order."""
        return urlencode({name: "1" if value is True else value for name, value in self._asked().items()})

    @property
    def narrowed(self) -> bool:
        """Whether anything but the kind of change is asked."""
        return bool(self._asked().keys() - {"change"})

    def _asked(self) -> dict[str, object]:
        values = {**vars(self), "change": self.change.value if self.change else ""}
        return {name: value for name, value in values.items() if value not in ("", None, False)}

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The conditions that a search by name keeps."""
        return [(name, value) for name, value in parse_qsl(self.query) if name != "q"]

    @property
    def widened(self) -> "PeopleFilter":
        """Only the kind of change."""
        return PeopleFilter(change=self.change)


def people_filter(query: Mapping[str, str], summary: ChangeSummary) -> PeopleFilter:
    """The conditions of an address; raises BadQuery with a sentence for one that the round does not know."""
    levels = {level.code for level in summary.ladder.levels}
    units = {position.unit.owner.pk for position in summary.positions}
    positions = {position.pk for position in summary.positions}

    def text(name: str) -> str:
        return query.get(name, "").strip()

    def known(name: str, allowed: set[str], noun: str) -> str:
        wanted = text(name)
        if wanted and wanted not in allowed:
            raise BadQuery(f"没有这个{noun}：“{wanted}”。", "请从报表里的数字点进来。")
        return wanted

    def key(name: str, allowed: set[int], noun: str) -> int | None:
        wanted = known(name, {str(one) for one in allowed}, noun)
        return int(wanted) if wanted else None

    change = known("change", {kind.value for kind in ChangeKind}, "变动类型")
    return PeopleFilter(
        change=ChangeKind(change) if change else None,
        level=known("level", levels, "层级"),
        before=known("before", levels | {NONE}, "层级"),
        seat=known("seat", levels, "层级"),
        unit=key("unit", units, "单位"),
        was_unit=text("was_unit"),
        position=key("position", positions, "岗位"),
        appointed=text("appointed") == "1",
        scope=text("scope") == "1",
        q=text("q"),
    )


def people_matching(wanted: PeopleFilter, summary: ChangeSummary) -> list[PersonChange]:
    """Those whom the conditions hold for, in the order of the sheet."""
    posts = {position.pk: position for position in summary.positions}
    conditions = list(_conditions(wanted, posts))
    return [person for person in summary.people if all(holds(person) for holds in conditions)]


Condition = Callable[[PersonChange], bool]


def _conditions(wanted: PeopleFilter, posts: Mapping[int, Position]) -> list[Condition]:
    def post(person: PersonChange) -> Position | None:
        return posts.get(person.after.position_id) if person.after else None

    def before(person: PersonChange) -> str:
        return person.before.level if person.before else NONE

    holds: list[Condition] = []
    if wanted.change:
        holds.append(lambda person: person.change.kind == wanted.change)
    if wanted.before:
        holds.append(lambda person: before(person) == wanted.before)
    if wanted.was_unit:
        holds.append(lambda person: bool(person.before and person.before.unit == wanted.was_unit))
    if wanted.q:
        holds.append(lambda person: wanted.q in person.name)
    if wanted.scope:
        holds.append(lambda person: person.change.kind != ChangeKind.EXIT)
    if wanted.appointed or wanted.level or wanted.seat or wanted.unit or wanted.position:
        holds.append(lambda person: person.after is not None and person.change.kind != ChangeKind.EXIT)
    if wanted.level:
        holds.append(lambda person: bool(person.after and person.after.level == wanted.level))
    if wanted.seat:
        holds.append(lambda person: (found := post(person)) is not None and found.level == wanted.seat)
    if wanted.unit:
        holds.append(
            lambda person: (found := post(person)) is not None and found.unit.owner.pk == wanted.unit
        )
    if wanted.position:
        holds.append(lambda person: bool(person.after and person.after.position_id == wanted.position))
    return holds


def filter_words(wanted: PeopleFilter, summary: ChangeSummary) -> str:
    """原为一般主办、聘任后为科室副职的提拔人员: what a list holds, without its number."""
    names = summary.ladder.name_of
    posts = {position.pk: position for position in summary.positions}
    parts = []
    if wanted.was_unit:
        parts.append(f"原在{wanted.was_unit}")
    if wanted.before:
        parts.append(NO_BASELINE if wanted.before == NONE else f"原为{names(wanted.before)}")
    if wanted.position:
        parts.append(f"聘任到{posts[wanted.position]}")
    elif wanted.unit:
        parts.append(f"现在{next(u.name for p in posts.values() if (u := p.unit.owner).pk == wanted.unit)}")
    if wanted.seat:
        parts.append(f"岗位为{names(wanted.seat)}")
    if wanted.level:
        parts.append(f"聘任后为{names(wanted.level)}")
    if wanted.q:
        parts.append(f"姓名含“{wanted.q}”")
    if not parts:
        return wanted.change.label if wanted.change else _everybody(wanted)
    noun = f"{wanted.change.label}人员" if wanted.change else _everybody(wanted)
    return f"{'、'.join(parts)}的{noun}"


def _everybody(wanted: PeopleFilter) -> str:
    if wanted.appointed:
        return "已聘任人员"
    return "应聘任人员" if wanted.scope else "全部人员"
