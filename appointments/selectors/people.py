"""Who is in a round's scope, and what each held before and holds now: read as facts, in a fixed number of
statements."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from appointments.models import Appointment, Baseline, Exit, Round
from appointments.rules.change import ChangeKind, Holding, classify_change, name_lateral
from appointments.states import AppointmentState
from reform.ladder import Ladder
from reform.models import Person, Position, TenureKind

from .figures import Decision, PersonChange, Post

_ENDED = (
    AppointmentState.CHANGED,
    AppointmentState.TERMINATED,
    AppointmentState.RENEWED,
    AppointmentState.EXPIRED,
)


def id_numbers(people: Iterable[int | None]) -> dict[int, str]:
    """Person id → ID number in the clear, for those who may see it or to be masked: decrypted only when
    shown."""
    keys = sorted({key for key in people if key is not None})
    found: dict[int, str] = {}
    for start in range(0, len(keys), 500):
        found |= dict(Person.objects.filter(pk__in=keys[start : start + 500]).values_list("id", "id_number"))
    return found


def people_of(
    round_: Round, ladder: Ladder, positions: Sequence[Position], as_of: date | None
) -> tuple[list[PersonChange], Counter[int]]:
    """Everybody whom a round concerns with the change from the baseline to a day (None: the effective date),
    and how many hold each position. A fixed number of statements."""
    on = as_of or round_.effective_on
    holdings = _Holdings(ladder, positions)
    baselines = {
        row[0]: holdings.former(*row[1:])
        for row in Baseline.objects.filter(round=round_)
        .order_by("id")
        .values_list(
            "person_id",
            "unit_name",
            "section_name",
            "title",
            "level",
            "position_id",
            "position__lineage",
            "position__is_key_post",
            "position__level",
            "position__sub_level",
        )
    }
    finals: dict[int, tuple[int, str, Decision]] = {}
    primaries: Counter[int] = Counter()
    for person_id, position_id, level, *facts in _decisions(round_, as_of):
        taken = Decision(*facts)
        finals[person_id] = (position_id, level, taken)
        primaries[person_id] += taken.state not in _ENDED
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
        after, new = None, None
        decision: Decision | None = None
        if key in finals:
            position_id, level, decision = finals[key]
            after, new = holdings.present(position_id, level)
        change = classify_change(old, new, exited=key in exits)
        way = name_lateral(old, new) if old and new and change.kind == ChangeKind.LATERAL else ""
        people.append(PersonChange(key, names[key], change, before, after, decision, exits.get(key), way))
    return people, primaries


def _decisions(round_: Round, as_of: date | None) -> Iterable[tuple[Any, ...]]:
    """Primary appointments that took effect, a later one after an earlier one of the same person.

    Asked for no day, what followed in the years after the round (续聘, 变更) is no figure of it.
    """
    found = Appointment.objects.filter(round=round_, kind=TenureKind.PRIMARY).exclude(
        state=AppointmentState.PENDING
    )
    if as_of:
        found = found.filter(starts_on__lte=as_of)
    elif round_.effective_on:
        found = found.exclude(previous__round=round_, starts_on__gt=round_.effective_on)
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
        "minutes_no",
        "reason",
        "superior_document_no",
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
            unit, section, title, code, position_id, lineage, is_key, *own = facts
            level = self.ladder.by_code[code]
            post = Post(unit, section, title, code, level.name, position_id)
            self._former[facts] = (
                post,
                Holding(
                    level.rank_order,
                    level.index,
                    lineage,
                    unit,
                    is_key_post=bool(is_key),
                    sub_rank=self.ladder.sub_rank(code, *own),
                ),
            )
        return self._former[facts]

    def present(self, position_id: int, code: str) -> tuple[Post, Holding]:
        key = position_id, code
        if key not in self._present:
            position, level = self.positions[position_id], self.ladder.by_code[code]
            post = _post(position, code, level.name)
            self._present[key] = (
                post,
                Holding(
                    level.rank_order,
                    level.index,
                    position.lineage,
                    post.unit,
                    tuple(position.former_lineages),
                    position.is_key_post,
                    self.ladder.sub_rank(code, position.level, position.sub_level),
                ),
            )
        return self._present[key]


def _post(position: Position, level: str, level_name: str) -> Post:
    owner = position.unit.owner
    section = "" if owner.pk == position.unit_id else position.unit.name
    return Post(owner.name, section, position.title, level, level_name, position.pk)
