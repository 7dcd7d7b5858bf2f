"""What a round came to, as frozen facts: every figure is a count over people or positions, nothing is
stored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from appointments.models import Round
from appointments.rules.change import Change, ChangeKind
from reform.ladder import Ladder, Policy
from reform.models import Position, Unit


@dataclass(frozen=True)
class Post:
    """A post as people speak of it; `section` '' directly under the unit, `level` the code of the level
    held."""

    unit: str
    section: str
    title: str
    level: str
    level_name: str
    position_id: int

    @property
    def place(self) -> str:
        return "·".join(part for part in (self.unit, self.section, self.title) if part)


@dataclass(frozen=True)
class Decision:
    """The appointment behind a person's present post; dates half-open."""

    appointment_id: int
    method: str
    state: str
    starts_on: date
    ends_before: date
    probation_ends_before: date | None
    remark: str
    minutes_no: str = ""
    reason: str = ""
    superior_document_no: str = ""

    @property
    def method_label(self) -> str:
        return dict(Position.Method.choices).get(self.method, "")


@dataclass(frozen=True)
class PersonChange:
    """One person of a round: what they held, what they hold now, and the change between the two; `way`: how
    a 平级 is called, 岗位调整 or 交流."""

    person_id: int
    name: str
    change: Change
    before: Post | None
    after: Post | None
    decision: Decision | None = None
    left_on: date | None = None
    way: str = ""


@dataclass(frozen=True)
class Offender:
    """A person (or a figure) against a check, with the place and the reason."""

    name: str
    unit: str
    why: str
    person_id: int | None = None


@dataclass(frozen=True)
class Check:
    """One of I1–I8: `ok` None where the round has not recorded what the check needs."""

    code: str
    name: str
    ok: bool | None
    offenders: tuple[Offender, ...] = ()


@dataclass(frozen=True)
class UnitFigures:
    """A unit of the 单位 column: its 员额 (None: 未核定), its seats and how many were appointed, by level
    code."""

    unit: Unit
    quota: int | None
    headcount: Mapping[str, int]
    appointed: Mapping[str, int]

    @property
    def seats(self) -> int:
        return sum(self.headcount.values())

    @property
    def filled(self) -> int:
        return sum(self.appointed.values())


@dataclass(frozen=True)
class ChangeSummary:
    """A round as of a day. Every figure is a count over `people` or `positions`; nothing is stored."""

    round: Round
    policy: Policy
    as_of: date | None
    people: Sequence[PersonChange]
    positions: Sequence[Position]
    checks: Sequence[Check] = field(default_factory=tuple)

    @property
    def ladder(self) -> Ladder:
        return self.policy.ladder

    @cached_property
    def counts(self) -> Counter[ChangeKind]:
        return Counter(person.change.kind for person in self.people)

    @property
    def exited(self) -> int:
        return self.counts[ChangeKind.EXIT]

    @property
    def in_scope(self) -> int:
        return len(self.people) - self.exited

    @cached_property
    def appointed(self) -> int:
        return sum(1 for person in self.people if person.after and person.change.kind != ChangeKind.EXIT)

    @cached_property
    def headcount(self) -> int:
        return sum(position.headcount for position in self.positions)

    @cached_property
    def max_demotion_steps(self) -> int:
        """The largest fall found, in levels; 0 where nobody fell."""
        falls = (p.change.steps or 0 for p in self.people if p.change.kind == ChangeKind.DEMOTION)
        return max(falls, default=0)

    @cached_property
    def by_level(self) -> dict[str, int]:
        """Level code → persons appointed at it, highest first, levels without anybody left out."""
        held = Counter(p.after.level for p in self.people if p.after and p.change.kind != ChangeKind.EXIT)
        return {level.code: held[level.code] for level in self.ladder.levels if held[level.code]}

    @cached_property
    def by_unit(self) -> list[UnitFigures]:
        """The units of the 单位 column in the order of the setup, sections summed into theirs."""
        units: dict[int, Unit] = {}
        seats: dict[int, Counter[str]] = {}
        owners: dict[int, int] = {}
        for position in self.positions:
            owner = position.unit.owner
            units.setdefault(owner.pk, owner)
            seats.setdefault(owner.pk, Counter())[position.level] += position.headcount
            owners[position.pk] = owner.pk
        held: dict[int, Counter[str]] = {key: Counter() for key in units}
        for person in self.people:
            if person.after and person.change.kind != ChangeKind.EXIT and person.after.position_id in owners:
                held[owners[person.after.position_id]][person.after.level] += 1
        return [UnitFigures(unit, self.quota_of(unit), seats[key], held[key]) for key, unit in units.items()]

    def quota_of(self, unit: Unit) -> int | None:
        """The unit's 员额 where the round's positions are still in force: a former round had the 员额 of its
        time."""
        return None if self.round.setup.ends_before else unit.staffing_quota

    @property
    def sentence(self) -> str:
        """The article's sentence; its last two clauses only where I1 and I2 hold, else the figures."""
        ok = {check.code: check.ok for check in self.checks}
        counts = self.counts
        parts = [
            f"参加聘任{self.in_scope}人，其中提拔{counts[ChangeKind.PROMOTION]}人、"
            f"降职{counts[ChangeKind.DEMOTION]}人"
        ]
        unplaced = counts[ChangeKind.UNPLACED]
        if ok.get("I1"):
            parts.append("全部人员找到了合适的位置")
        else:
            parts.append(f"未安置{unplaced}人" if unplaced else "有人持两个主任职")
        if ok.get("I2"):
            parts.append("无人一落千丈")
        else:
            fallen = len(next(c.offenders for c in self.checks if c.code == "I2"))
            parts.append(f"{fallen}人降职超过{self.policy['round.max_demotion_steps']}级")
        return "，".join(parts) + "。"


def people_with(people: Iterable[PersonChange], kind: ChangeKind) -> list[PersonChange]:
    """Those of a kind of change, in the order of the sheet."""
    return [person for person in people if person.change.kind == kind]
