"""What a person does themself and the office otherwise registers on their behalf (domain.md §12)."""

from django.contrib.auth.models import AbstractBaseUser

from appointments.states import OFFICE, PERSON
from reform.access import person_of
from reform.errors import Refused
from reform.models import Person
from reform.services.steps import require_permission

IN_PERSON = "本人办理"
ON_BEHALF = "聘任办公室代本人登记"


def is_in_person(actor: AbstractBaseUser, person: Person, what: str) -> bool:
    """True where a person acts for themself, False where the office registers it on their behalf; everybody
    else is refused, and so is a person in the matter of another."""
    if getattr(actor, "has_perm", lambda _: False)(OFFICE):
        return False
    require_permission(actor, PERSON, what)
    own = person_of(actor)
    if own is None or own.pk != person.pk:
        raise Refused([f"“{what}”只能由本人办理，或由聘任办公室代为登记"])
    return True
