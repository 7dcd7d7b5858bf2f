"""What is read by everybody: policy, people, tenures as of a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, Group
from django.db.models import Q, QuerySet

from reform.access import PERSON_ROLE, SYSTEM_ROLE, own_accounts
from reform.avoidance import Relation, avoidance_class
from reform.codes import FAMILY_RELATION
from reform.errors import PolicyMissing
from reform.ladder import Ladder, Level, Policy
from reform.models import (
    CalendarDay,
    Kinship,
    Membership,
    OneTimePassword,
    Person,
    PolicyVersion,
    Position,
    RowChange,
    Tenure,
    TenureKind,
    Upload,
    Zone,
)


def policy_version_as_of(zone: Zone, on: date) -> PolicyVersion:
    """The version of a zone's policy in force on a day; raises PolicyMissing before the first."""
    version = (
        PolicyVersion.objects.filter(zone=zone, state=PolicyVersion.State.IN_FORCE, starts_on__lte=on)
        .order_by("-starts_on", "-number")
        .first()
    )
    if version is None:
        raise PolicyMissing(f"{zone.name}在{on:%Y-%m-%d}没有生效的政策版本。请先在“政策版本”中建立。")
    return version


def policy_of(version: PolicyVersion) -> Policy:
    """A version's ladder and values, as the rules take them: two statements."""
    rows = list(version.levels.order_by("is_outside", "-rank_order"))
    inside = sum(not row.is_outside for row in rows)
    levels = tuple(
        Level(
            code=row.code,
            rank_order=inside - 1 - place if row.is_outside else row.rank_order,
            index=inside - 1 - place,
            name=row.name,
            aliases=tuple(row.aliases),
            method=row.method,
            sub_levels=tuple(row.sub_levels),
        )
        for place, row in enumerate(rows)
    )
    values: Mapping[str, Any] = dict(version.parameters.values_list("key", "value"))
    ladder = Ladder(levels, sublevel_counts=bool(values.get("round.sublevel_counts")))
    return Policy(number=version.number, ladder=ladder, values=values)


def calendar_of() -> Mapping[date, bool]:
    """The working calendar for `reform.workdays`: the listed days, and whether each is worked. One
    statement."""
    return dict(CalendarDay.objects.values_list("on", "is_workday"))


def kinship_relations(zone: Zone) -> tuple[Relation, ...]:
    """The relations between persons of a zone, for `reform.avoidance`; a relative from outside has no post
    here. One statement."""
    rows = Kinship.objects.filter(person__zone=zone, relative__isnull=False).order_by("id")
    return tuple(
        Relation(person_id, relative_id, avoidance_class(code), FAMILY_RELATION[code], override_no)
        for person_id, relative_id, code, override_no in rows.values_list(
            "person_id", "relative_id", "relation", "override_no"
        )
        if relative_id is not None
    )


def tenures_as_of(zone: Zone, on: date) -> QuerySet[Tenure]:
    """Tenures in force on a day; one without a known start counts from the beginning."""
    return Tenure.objects.filter(zone=zone).filter(
        Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_before=None) | Q(ends_before__gt=on)
    )


def tenures_of(person: Person) -> QuerySet[Tenure]:
    """A person's tenures, latest first, with everything a time line shows."""
    return (
        Tenure.objects.filter(person=person)
        .select_related("position__unit__parent")
        .order_by("-starts_on", "-id")
    )


def headcount_used(zone: Zone, on: date) -> dict[int, int]:
    """Position id → number of tenures that take a seat on a day."""
    used: dict[int, int] = {}
    for position_id in (
        tenures_as_of(zone, on).filter(occupies_headcount=True).values_list("position_id", flat=True)
    ):
        used[position_id] = used.get(position_id, 0) + 1
    return used


def positions_of(setup_id: int) -> QuerySet[Position]:
    """The positions of one round's setup in the order of its sheet."""
    return Position.objects.filter(setup_id=setup_id).select_related("unit__parent").order_by("sort_no", "id")


def primary_tenures_open(zone: Zone) -> QuerySet[Tenure]:
    """Everybody's present main post."""
    return Tenure.objects.filter(zone=zone, kind=TenureKind.PRIMARY, ends_before=None)


def primary_tenures_closed(zone: Zone) -> QuerySet[Tenure]:
    """Main posts that have ended."""
    return Tenure.objects.filter(zone=zone, kind=TenureKind.PRIMARY, ends_before__isnull=False)


def last_change(zone: Zone) -> int:
    """The number of the last change to any row of a zone; 0 before the first."""
    found = RowChange.objects.filter(event__zone=zone).order_by("-id").values_list("id", flat=True).first()
    return found or 0


def uploads_of(zone: Zone | None) -> QuerySet[Upload]:
    """Uploads, latest first; of all zones where none is named."""
    uploads = Upload.objects.select_related("by", "undone_by", "zone")
    return uploads.filter(zone=zone) if zone else uploads


def accounts_without_person(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Accounts in use with a role for work and nobody named as theirs: 履职回避 cannot see whose relatives
    their owners are."""
    roles = Group.objects.exclude(name__in=(SYSTEM_ROLE, PERSON_ROLE))
    working = Group.user_set.through.objects.filter(group__in=roles).values("user_id")  # type: ignore[attr-defined]
    return memberships.filter(person=None, user__is_active=True, user__in=working)


@dataclass(frozen=True)
class LoginState:
    """How far a person is with a login of their own; `place` is the present main post."""

    person: Person
    place: str
    account: AbstractBaseUser | None
    works_here: bool
    open_until: datetime | None


def login_states(zone: Zone, now: datetime) -> list[LoginState]:
    """Everybody of a zone in the order of the roster, for handing out passwords; a fixed number of
    statements."""
    people = list(Person.objects.filter(zone=zone).order_by("sort_no", "id"))
    own, working = own_accounts([one.pk for one in people])
    places = {
        one.person_id: str(one.position)
        for one in primary_tenures_open(zone).select_related("position__unit__parent")
    }
    waiting = OneTimePassword.objects.filter(person__zone=zone, used_at=None, expires_at__gt=now)
    until = dict(waiting.order_by("id").values_list("person_id", "expires_at"))
    return [
        LoginState(one, places.get(one.pk, ""), own.get(one.pk), one.pk in working, until.get(one.pk))
        for one in people
    ]
