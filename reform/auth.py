"""Login of a person by ID number: with the one-time password of HR's slip, later with an own one."""

import unicodedata
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from reform.access import own_accounts
from reform.fields import keyed_hash
from reform.models import Person
from reform.services import digest_nothing, one_time_password_use
from reform.text import NO_SPACES


def tidy_number(typed: str) -> str:
    """An ID number as it is stored: full-width signs and blanks are a phone's."""
    return unicodedata.normalize("NFKC", typed).translate(NO_SPACES).upper()[:40]


def axes_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Under what name failed logins are counted: never an ID number in the clear."""
    for given in (credentials or {}, getattr(request, "POST", {})):
        if given.get("id_number"):
            return f"身份证号 {keyed_hash(tidy_number(str(given['id_number'])))[:16]}"
        if given.get("username"):
            return str(given["username"])
    return ""


class PersonBackend(BaseBackend):
    """By ID number and password. Whoever it is, one comparison with an own password and one with a slip are
    made, and the answer does not say which was wrong."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, id_number: str = "", password: str = ""
    ) -> AbstractBaseUser | None:
        if not id_number or not password:
            return None
        number = keyed_hash(tidy_number(id_number))
        people = list(Person.objects.select_related("zone").filter(id_number_hash=number)[:4])
        found: AbstractBaseUser | None = None
        for person in people:
            found = found or self._of(person, password)
        if not people:
            make_password(password)
            digest_nothing()
        return found

    def _of(self, person: Person, password: str) -> AbstractBaseUser | None:
        account = own_accounts([person.pk])[0].get(person.pk)
        if account is not None and account.has_usable_password():
            own = check_password(password, account.password)
        else:
            make_password(password)
            own = False
        if own and account is not None and account.is_active:
            digest_nothing()
            return account
        return one_time_password_use(person=person, typed=password, now=timezone.now())

    def get_user(self, user_id: int) -> AbstractBaseUser | None:  # type: ignore[override]
        user = get_user_model()._default_manager.filter(pk=user_id).first()
        return user if user is not None and user.is_active else None
