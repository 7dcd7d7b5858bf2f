"""一次性口令 (domain.md §12, 个人): handed out by HR on paper, good for one login; then an own password."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import transaction

from reform.access import PERSON_ROLE, own_accounts
from reform.errors import Refused
from reform.models import Membership, OneTimePassword, Person, Zone
from reform.selectors import policy_of, policy_version_as_of

from .records import audit_record, edit, save_all

ISSUE = "reform.issue_password"

# Without the signs that are taken for one another on paper; 12 of them are 59 bits, so that fewer rounds of
# hashing than for a password that somebody thought up are enough, and 613 slips do not take minutes.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 12
_GROUP = 4
_ROUNDS = 20_000


@dataclass(frozen=True)
class IssuedPassword:
    """One slip: the only place where the password stands in the clear."""

    person: Person
    password: str
    expires_at: datetime


@transaction.atomic
def one_time_passwords_issue(
    *, zone: Zone, people: Sequence[Person], actor: AbstractBaseUser, now: datetime
) -> list[IssuedPassword]:
    """Make a password for each of these persons; one that was handed out before and not used expires at once.

    Only the digest is kept, and the event names nobody's password. Raises Refused for persons of another
    zone and for those who have an account for work.
    """
    if not getattr(actor, "has_perm", lambda _: False)(ISSUE):
        raise Refused(["一次性口令由人事部门发放，您的账号没有这个权限"])
    if not people:
        raise Refused(["没有选择人员"])
    _, working = own_accounts([one.pk for one in people])
    reasons = [f"{one}不是{zone.name}的人员" for one in people if one.zone_id != zone.pk]
    reasons += [f"{one}有工作账号，请用工作账号登录" for one in people if one.pk in working]
    if reasons:
        raise Refused(reasons)
    days = policy_of(policy_version_as_of(zone, now.date()))["round.password_days"]
    issued = [IssuedPassword(one, _made_up(), now + timedelta(days=days)) for one in people]
    before = OneTimePassword.objects.filter(
        person__in=[one.pk for one in people], used_at=None, expires_at__gt=now
    )
    event = audit_record(
        actor=actor,
        action="发放一次性口令",
        zone=zone,
        subject=str(people[0]) if len(people) == 1 else f"{len(people)}人",
        details={"expires_at": issued[0].expires_at},
    )
    save_all(
        event,
        changed=[edit(one, expires_at=now) for one in before.order_by("id")],
        created=[
            OneTimePassword(
                person_id=one.person.pk,
                digest=_digest(one.password),
                issued_by_id=actor.pk,
                issued_at=now,
                expires_at=one.expires_at,
            )
            for one in issued
        ],
    )
    return issued


def _made_up() -> str:
    signs = [secrets.choice(_ALPHABET) for _ in range(_LENGTH)]
    return "-".join("".join(signs[start : start + _GROUP]) for start in range(0, _LENGTH, _GROUP))


def _tidy(typed: str) -> str:
    """As it was made: blanks, hyphens and capitals are the paper's or the telephone's."""
    return "".join(sign for sign in typed.lower() if sign.isalnum())


def _digest(password: str) -> str:
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(_tidy(password), hasher.salt(), _ROUNDS)


def digest_nothing() -> None:
    """Take the time of one comparison, so that who has no slip is answered no faster than who has one."""
    _digest("")


@transaction.atomic
def one_time_password_use(*, person: Person, typed: str, now: datetime) -> AbstractBaseUser | None:
    """The person's account, made now where there is none, for a password that is right, unused and in time;
    it is used up then, and the account has no password until the person sets one. None otherwise."""
    latest = (
        OneTimePassword.objects.select_for_update()
        .filter(person=person, used_at=None, expires_at__gt=now)
        .order_by("-id")
        .first()
    )
    if latest is None:
        digest_nothing()
        return None
    if not PBKDF2PasswordHasher().verify(_tidy(typed), latest.digest):
        return None
    own, working = own_accounts([person.pk])
    if person.pk in working:
        return None
    user = own.get(person.pk)
    if user is not None and not user.is_active:
        return None
    return _opened(person, user, latest, now)


def _opened(
    person: Person, user: AbstractBaseUser | None, latest: OneTimePassword, now: datetime
) -> AbstractBaseUser:
    created = []
    if user is None:
        model = get_user_model()
        # Never the ID number: user names stand in lists and logs.
        user = model(username=f"{person.zone.code}-{person.pk}", first_name=person.name)
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name=PERSON_ROLE))
        created.append(Membership(user_id=user.pk, zone_id=person.zone_id, person_id=person.pk))
    else:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    event = audit_record(actor=user, action="用一次性口令登录", zone=person.zone, subject=str(person))
    save_all(event, changed=[edit(latest, used_at=now)], created=created)
    return user


@transaction.atomic
def own_password_set(*, person: Person, user: AbstractBaseUser, password: str) -> None:
    """Set the password that the person has thought up (the form has checked it)."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit_record(actor=user, action="设置登录密码", zone=person.zone, subject=str(person))
