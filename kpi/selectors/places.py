"""Whose units a user acts for: one's own leaves are reported, never verified or marked."""

from collections.abc import Collection
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from reform.access import bounds_of, person_of
from reform.ladder import Policy
from reform.models import Person, TenureKind, Unit, Zone
from reform.selectors import kinship_relations, tenures_as_of

User = AbstractBaseUser | AnonymousUser


def units_led(user: User) -> frozenset[int]:
    """The units that a 单位负责人 acts for: the account's unit and those below it; of no other account."""
    return bounds_of(user).unit_ids or frozenset()


def units_of(user: User, on: date) -> frozenset[int]:
    """The units that a user belongs to: those led, and the one of the person's main post with the sections of
    that unit."""
    found = set(units_led(user))
    person = person_of(user)
    if person is not None:
        found |= _units_around(person.zone, {person.pk}, on)
    return frozenset(found)


def units_avoided(user: User, zone: Zone, policy: Policy, on: date) -> frozenset[int]:
    """The units that a user may not score (履职回避): their own, and those that a relative leads."""
    found = set(units_of(user, on))
    person = person_of(user)
    if person is None:
        return frozenset(found)
    levels = policy["caps.levels"]
    leading = (levels["head"], levels["deputy"])
    return frozenset(found | _units_around(zone, _relatives(person), on, leading))


def _relatives(person: Person) -> set[int]:
    """The relatives with whom a person is kept apart. One statement."""
    return {
        one.relative_id if one.person_id == person.pk else one.person_id
        for one in kinship_relations(person.zone)
        if person.pk in (one.person_id, one.relative_id) and one.kind.is_avoided
    }


def people_avoided(user: User) -> frozenset[int]:
    """The persons about whom a user may decide nothing (履职回避): the user and the relatives. One statement
    beside the user's own."""
    person = person_of(user)
    return frozenset() if person is None else frozenset({person.pk} | _relatives(person))


def _units_around(zone: Zone, people: set[int], on: date, levels: Collection[str] = ()) -> set[int]:
    """The units where these persons have their main post, of one of the levels where any are named: whole,
    with the sections beside theirs."""
    if not people:
        return set()
    posts = (
        tenures_as_of(zone, on)
        .filter(person__in=people, kind=TenureKind.PRIMARY)
        .select_related("position__unit__parent")
    )
    if levels:
        posts = posts.filter(held_level__in=levels)
    owners = {one.position.unit.owner.pk for one in posts}
    return owners | set(Unit.objects.filter(parent__in=owners).values_list("id", flat=True))
