"""A person's posts on a line of time, and everything that was done to the person's records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import ForeignKey, Q
from django.http import HttpRequest

from reform.access import scoped
from reform.models import Person, RowChange, Tenure
from reform.selectors import tenures_of

from .changes import RowView, describe
from .display import last_day_of, level_name

SHOWN_CHANGES = 60


@dataclass(frozen=True)
class Note:
    """What another app knows of a tenure: a word (提拔), its tone, and the details behind it."""

    word: str
    tone: str = "plain"
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """One post of the line; `ended_on` inclusive, None while it is held."""

    tenure: Tenure
    level: str
    ended_on: date | None
    place: str
    notes: tuple[Note, ...]


# Apps above this one put in here what they know: a person → notes by tenure id.
note_sources: list[Callable[[Person], Mapping[int, tuple[Note, ...]]]] = []


def timeline(person: Person) -> list[Entry]:
    """The person's posts, latest first."""
    notes: dict[int, tuple[Note, ...]] = {}
    for source in note_sources:
        for key, more in source(person).items():
            notes[key] = (*notes.get(key, ()), *more)
    tenures = tenures_of(person).annotate(level_name=level_name("held_level"))
    return [
        Entry(
            tenure,
            tenure.level_name,
            last_day_of(tenure.ends_before),
            str(tenure.position),
            notes.get(tenure.pk, ()),
        )
        for tenure in tenures
    ]


def changes_of(person: Person, request: HttpRequest) -> list[RowView]:
    """What was done to the person's own row and to every row that belongs to the person, latest first."""
    wanted = Q(model=Person._meta.label, key=person.pk)
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if isinstance(relation.field, ForeignKey):
            keys = model._default_manager.filter(**{relation.field.name: person}).values("pk")
            wanted |= Q(model=model._meta.label, key__in=keys)
    found = RowChange.objects.filter(wanted)
    latest = scoped(found, request.user).select_related("event__actor").order_by("-id")[:SHOWN_CHANGES]
    return describe(latest, request, person.zone)
