"""What a round came to: each person's change, computed and never stored, and everything counted from it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from appointments.models import Appointment, Baseline, Exit, Round
from appointments.rules import checks
from appointments.rules.change import Change, ChangeKind, Holding, classify_change
from appointments.rules.checks import Fact, Offence, Seat
from appointments.states import AppointmentState
from reform.ladder import Ladder, Policy
from reform.models import Person, Position, TenureKind, Unit, Zone
from reform.selectors import policy_of, positions_of


@dataclass(frozen=True)
class Post:
    """A post as people speak of it; `section` '' directly under the unit, `level` the code of the level held."""

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

    @property
    def method_label(self) -> str:
        return dict(Position.Method.choices).get(self.method, "")


@dataclass(frozen=True)
class PersonChange:
    """One person of a round: what they held, what they hold now, and the change between the two."""

    person_id: int
    name: str
    change: Change
    before: Post | None
    after: Post | None
    decision: Decision | None = None
    left_on: date | None = None


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
    """A unit of the 单位 column: its seats and how many were appointed, by level code."""

    unit: Unit
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
        return [UnitFigures(unit, seats[key], held[key]) for key, unit in units.items()]

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


def round_by_code(zone: Zone, code: str) -> Round | None:
    """A round of a zone by its code."""
    return Round.objects.select_related("zone", "policy", "setup").filter(zone=zone, code=code).first()


def rounds_of(zone: Zone | None) -> QuerySet[Round]:
    """A zone's rounds, latest first."""
    return Round.objects.select_related("zone", "policy", "setup").filter(zone=zone).order_by("-code")


def appointment_list(round_: Round) -> QuerySet[Appointment]:
    """A round's appointments that took effect, with all that a list or a sheet shows."""
    return (
        Appointment.objects.filter(round=round_)
        .exclude(state=AppointmentState.PENDING)
        .select_related("person", "position__unit__parent")
        .order_by("sort_no", "id")
    )


def expiring_terms(zone: Zone, on: date, before: date) -> QuerySet[Appointment]:
    """Appointments in force on a day whose term ends before another."""
    return Appointment.objects.filter(
        zone=zone,
        state__in=[AppointmentState.ACTIVE, AppointmentState.PROBATION],
        ends_before__gt=on,
        ends_before__lte=before,
    )


def change_summary(round_: Round, as_of: date | None = None) -> ChangeSummary:
    """The round's people and their changes, as of its effective date (§4) or the day asked for; a fixed number of
    statements. Asked for no day, an appointment that starts later than the effective date counts too."""
    policy = policy_of(round_.policy)
    positions = list(positions_of(round_.setup_id))
    people, primaries = _people(round_, policy.ladder, positions, as_of)
    summary = ChangeSummary(round_, policy, as_of, people, positions)
    return ChangeSummary(round_, policy, as_of, people, positions, _checks(summary, primaries))


def id_numbers(people: Iterable[int | None]) -> dict[int, str]:
    """Person id → ID number in the clear, for those who may see it or to be masked: decrypted only when shown."""
    keys = sorted({key for key in people if key is not None})
    found: dict[int, str] = {}
    for start in range(0, len(keys), 500):
        found |= dict(Person.objects.filter(pk__in=keys[start : start + 500]).values_list("id", "id_number"))
    return found


def _people(
    round_: Round, ladder: Ladder, positions: Sequence[Position], as_of: date | None
) -> tuple[list[PersonChange], Counter[int]]:
    on = as_of or round_.effective_on
    holdings = _Holdings(ladder, positions)
    baselines = {
        row[0]: holdings.former(*row[1:])
        for row in Baseline.objects.filter(round=round_)
        .order_by("id")
        .values_list(
            "person_id", "unit_name", "section_name", "title", "level", "position_id", "position__lineage"
        )
    }
    finals: dict[int, tuple[int, str, Decision]] = {}
    primaries: Counter[int] = Counter()
    for person_id, position_id, level, *facts in _decisions(round_, as_of):
        decision = Decision(*facts)
        finals[person_id] = (position_id, level, decision)
        primaries[person_id] += decision.state not in (AppointmentState.CHANGED, AppointmentState.TERMINATED)
    exits = {
        person_id: left_on
        for person_id, left_on in Exit.objects.filter(round=round_).values_list("person_id", "left_on")
        if on is None or left_on <= on
    }
    holdings.complete(position_id for position_id, _, _ in finals.values())
    names = dict(Person.objects.filter(zone=round_.zone_id).order_by().values_list("id", "name"))
    # As in the sheet of results; those without an appointment after them, as in the roster.
    everybody = dict.fromkeys([*_in_sheet_order(round_, finals), *baselines, *exits])
    people = []
    for key in everybody:
        before, old = baselines.get(key, (None, None))
        after, new, decision = None, None, None
        if key in finals:
            position_id, level, decision = finals[key]
            after, new = holdings.present(position_id, level)
        change = classify_change(old, new, exited=key in exits)
        people.append(PersonChange(key, names[key], change, before, after, decision, exits.get(key)))
    return people, primaries


def _decisions(round_: Round, as_of: date | None) -> Iterable[tuple[Any, ...]]:
    """Primary appointments that took effect, a later one after an earlier one of the same person."""
    found = Appointment.objects.filter(round=round_, kind=TenureKind.PRIMARY).exclude(
        state=AppointmentState.PENDING
    )
    if as_of:
        found = found.filter(starts_on__lte=as_of)
    return found.order_by("starts_on", "id").values_list(
        "person_id",
        "position_id",
        "held_level",
        "id",
        "method",
        "state",
        "starts_on",
        "ends_before",
        "probation_ends_before",
        "remark",
    )


def _in_sheet_order(round_: Round, finals: Mapping[int, Any]) -> Iterable[int]:
    order = (
        Appointment.objects.filter(round=round_).order_by("sort_no", "id").values_list("person_id", flat=True)
    )
    return (key for key in order if key in finals)


class _Holdings:
    """Posts and holdings, each made once however many people hold it."""

    def __init__(self, ladder: Ladder, positions: Sequence[Position]) -> None:
        self.ladder = ladder
        self.positions = {position.pk: position for position in positions}
        self._former: dict[tuple[Any, ...], tuple[Post, Holding]] = {}
        self._present: dict[tuple[int, str], tuple[Post, Holding]] = {}

    def complete(self, keys: Iterable[int]) -> None:
        """Load posts that stand outside the round's setup."""
        missing = set(keys) - self.positions.keys()
        if missing:
            found = Position.objects.filter(pk__in=missing).select_related("unit__parent")
            self.positions |= {position.pk: position for position in found}

    def former(self, *facts: Any) -> tuple[Post, Holding]:
        if facts not in self._former:
            unit, section, title, code, position_id, lineage = facts
            level = self.ladder.by_code[code]
            post = Post(unit, section, title, code, level.name, position_id)
            self._former[facts] = post, Holding(level.rank_order, level.index, lineage, unit)
        return self._former[facts]

    def present(self, position_id: int, code: str) -> tuple[Post, Holding]:
        key = position_id, code
        if key not in self._present:
            position, level = self.positions[position_id], self.ladder.by_code[code]
            post = _post(position, code, level.name)
            self._present[key] = post, Holding(level.rank_order, level.index, position.lineage, post.unit)
        return self._present[key]


def _post(position: Position, level: str, level_name: str) -> Post:
    owner = position.unit.owner
    section = "" if owner.pk == position.unit_id else position.unit.name
    return Post(owner.name, section, position.title, level, level_name, position.pk)


def _checks(summary: ChangeSummary, primaries: Counter[int]) -> tuple[Check, ...]:
    facts = [
        Fact(person.person_id, person.change.kind, person.change.steps, primaries[person.person_id])
        for person in summary.people
    ]
    posts, units = _seats(summary)
    policy = summary.policy
    offences: dict[str, list[Offence]] = {
        "I1": checks.check_everyone_placed(facts),
        "I2": checks.check_falls(facts, policy["round.max_demotion_steps"]),
        "I3": checks.check_rises(facts, policy["round.max_promotion_steps"]),
        "I4": checks.check_headcount(posts, units),
        "I8": checks.check_totals(summary.in_scope, summary.exited, summary.counts),
    }
    by_key = {person.person_id: person for person in summary.people}
    return tuple(
        Check(
            code,
            name,
            None if code in checks.NOT_RECORDED else not offences[code],
            tuple(_offender(one, by_key) for one in offences.get(code, ())),
        )
        for code, name in checks.NAMES.items()
    )


def _seats(summary: ChangeSummary) -> tuple[list[Seat], list[Seat]]:
    held: dict[int, list[int]] = {position.pk: [] for position in summary.positions}
    for person in summary.people:
        if person.after and person.change.kind != ChangeKind.EXIT and person.after.position_id in held:
            held[person.after.position_id].append(person.person_id)
    posts = [Seat(str(one), one.headcount, held[one.pk]) for one in summary.positions]
    by_owner: dict[int, tuple[Unit, list[int]]] = {}
    for position in summary.positions:
        owner = position.unit.owner
        by_owner.setdefault(owner.pk, (owner, []))[1].extend(held[position.pk])
    units = [Seat(unit.name, unit.staffing_quota, persons) for unit, persons in by_owner.values()]
    return posts, units


def _offender(offence: Offence, by_key: Mapping[int, PersonChange]) -> Offender:
    person = by_key.get(offence.key or 0)
    if person is None:
        return Offender("", offence.place, offence.why)
    post = person.after or person.before
    unit = offence.place or (post.unit if post else "")
    return Offender(person.name, unit, offence.why, person.person_id)


def people_with(people: Iterable[PersonChange], kind: ChangeKind) -> list[PersonChange]:
    """Those of a kind of change, in the order of the sheet."""
    return [person for person in people if person.change.kind == kind]
