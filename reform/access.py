"""Who works where: the zone of a user, the roles, and the account that commands act as."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.apps import apps as installed
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model, Q, QuerySet

from reform.errors import RuleError
from reform.models import Membership, Person, Unit, Zone

COMMAND_USER = "命令行"
PERSON_ROLE = "个人"
SYSTEM_ROLE = "系统管理员"
UNIT_ROLE = "单位负责人"
HELD = "tenures__"  # in a path of unit_lookups: by the posts that somebody holds

Row = TypeVar("Row", bound=Model)


def zone_of(user: AbstractBaseUser | AnonymousUser) -> Zone | None:
    """The zone a user works for; a superuser without one works for the only (or first) zone."""
    membership = (
        Membership.objects.select_related("zone").filter(user__pk=user.pk).first() if user.pk else None
    )
    if membership:
        return membership.zone
    return Zone.objects.order_by("id").first() if getattr(user, "is_superuser", False) else None


def require_zone(user: AbstractBaseUser | AnonymousUser) -> Zone:
    """As zone_of; a user without a zone is refused."""
    zone = zone_of(user)
    if zone is None:
        raise PermissionDenied("您的账号还没有分配开发区，请联系系统管理员。")
    return zone


@cache
def zone_lookup(model: type[Model]) -> str | None:
    """The lookup from a model to its zone: `zone`, or through the row that it is a part of (`round__zone`).

    None for a model that belongs to no zone. Of several ways the shortest counts, then the one first
    declared.
    """
    if model is Zone:
        return "pk"
    own = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    for field in own:
        if field.related_model is Zone:
            return field.name
    for field in own:
        through = None if field.null or field.related_model is model else zone_lookup(field.related_model)
        if through:
            return f"{field.name}__{through}"
    return None


def scoped(rows: QuerySet[Row], user: AbstractBaseUser | AnonymousUser) -> QuerySet[Row]:
    """Of these rows those that a user may see: every list, form, choice, action and export goes through here.

    The zone for everybody, none for a user without one. A user bound to a unit (单位负责人) sees that unit
    and what is below it, by the model's `unit_lookups` ((): the whole zone; ("",): the model is the unit
    itself); a user bound to a person as 个人 sees what is theirs, by `person_lookup` ("": nothing). A model
    that declares neither is closed to both. Raises LookupError for a model that belongs to no zone.
    """
    lookup = zone_lookup(rows.model)
    if lookup is None:
        raise LookupError(f"{rows.model.__name__} belongs to no zone")
    zone = zone_of(user)
    if zone is None:
        return rows.none()
    found = rows.filter(**{lookup: zone.pk})
    bound = bounds_of(user)
    if bound.person_id is not None:
        path = getattr(rows.model, "person_lookup", "")
        return found.filter(**{path: bound.person_id}) if path else rows.none()
    if bound.unit_ids is not None:
        return _of_units(found, bound.unit_ids)
    return found


@dataclass(frozen=True)
class Bounds:
    """What a user is held to inside the zone: the units of a 单位负责人, the person of a 个人; None: not
    held."""

    unit_ids: frozenset[int] | None = None
    person_id: int | None = None


def bounds_of(user: AbstractBaseUser | AnonymousUser) -> Bounds:
    """The bounds of a user, read once for each request's user object."""
    known: Bounds | None = user.__dict__.get("_bounds")
    if known is None:
        known = user.__dict__["_bounds"] = _read_bounds(user)
    return known


def _read_bounds(user: AbstractBaseUser | AnonymousUser) -> Bounds:
    membership = Membership.objects.filter(user__pk=user.pk).first() if user.pk else None
    if membership is None:
        return Bounds()
    if membership.unit_id:
        return Bounds(unit_ids=frozenset(units_below(membership.unit_id)))
    if _is_unit_head_only(user):
        return Bounds(unit_ids=frozenset())  # no unit assigned yet: nothing, rather than everything
    if membership.person_id and not getattr(user, "is_staff", False):
        return Bounds(person_id=membership.person_id)
    return Bounds()


def _is_unit_head_only(user: AbstractBaseUser | AnonymousUser) -> bool:
    groups: Any = getattr(user, "groups", None)
    return groups is not None and set(groups.values_list("name", flat=True)) == {UNIT_ROLE}


def units_below(unit_id: int) -> set[int]:
    """A unit and every unit below it."""
    found, latest = {unit_id}, {unit_id}
    while latest:
        latest = set(Unit.objects.filter(parent__in=latest).values_list("id", flat=True)) - found
        found |= latest
    return found


def _of_units(rows: QuerySet[Row], unit_ids: frozenset[int]) -> QuerySet[Row]:
    lookups: tuple[str, ...] | None = getattr(rows.model, "unit_lookups", None)
    if lookups is None:
        return rows.none()
    if not lookups:
        return rows
    wanted = Q()
    for path in lookups:
        found = Q(**{f"{path}__in" if path else "pk__in": unit_ids})
        if HELD in path:  # who has gone to another unit is that unit's
            found &= Q(**{f"{path.partition(HELD)[0]}{HELD}ends_before": None})
        wanted |= found
    # By key, so that a join to many rows gives each row once.
    return rows.filter(pk__in=rows.model._default_manager.filter(wanted).values("pk"))


def own_accounts(people: Collection[int]) -> tuple[dict[int, AbstractBaseUser], set[int]]:
    """(person → the account by which they see what is theirs, persons who have an account for work): the
    latter is not opened by a slip of paper."""
    own: dict[int, AbstractBaseUser] = {}
    working: set[int] = set()
    memberships = (
        Membership.objects.filter(person__in=people)
        .select_related("user")
        .prefetch_related("user__groups", "user__user_permissions")
    )
    for one in memberships:
        assert one.person_id is not None
        user = one.user
        roles = {group.name for group in user.groups.all()}
        plain = not (user.is_staff or user.is_superuser or one.unit_id or user.user_permissions.all())
        if plain and roles == {PERSON_ROLE}:
            own[one.person_id] = user
        else:
            working.add(one.person_id)
    return own, working


def person_of(user: AbstractBaseUser | AnonymousUser) -> Person | None:
    """Who a user is, where the account is tied to somebody of the zone."""
    membership = (
        Membership.objects.select_related("person__zone").filter(user__pk=user.pk).first()
        if user.pk
        else None
    )
    return membership.person if membership else None


def sees_id_numbers(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether ID numbers, phones and accounts are shown to a user in the clear."""
    return bool(getattr(user, "has_perm", lambda _: False)("reform.see_id_number"))


def command_actor(name: str | None) -> AbstractBaseUser:
    """The account that a command acts as: the one named, else the account 命令行, made when first needed.

    Raises RuleError for a name that nobody has. The account 命令行 cannot log in.
    """
    model = get_user_model()
    if name:
        user = model.objects.filter(**{model.USERNAME_FIELD: name}).first()
        if user is None:
            raise RuleError(f"没有用户“{name}”。")
        return user
    user, made = model.objects.get_or_create(
        **{model.USERNAME_FIELD: COMMAND_USER}, defaults={"is_active": False}
    )
    if made:
        user.set_unusable_password()
        user.save()
    return user


def account_name(user: Any) -> str:
    """The name by which colleagues know an account, its user name where none is given; nothing for nobody."""
    return str(user.get_full_name() or user.get_username()) if user else ""


def is_command(actor: AbstractBaseUser) -> bool:
    """Whether this is the account that commands act as; nobody can log in with it."""
    return actor.get_username() == COMMAND_USER and not actor.is_active


def roles_with(permission: str) -> str:
    """The roles that have a permission, in words; '' for none."""
    app_label, codename = permission.split(".")
    found = Group.objects.filter(
        permissions__content_type__app_label=app_label, permissions__codename=codename
    )
    return "、".join(found.order_by("id").values_list("name", flat=True))


def load_roles(apps: Any, roles: dict[str, list[str]]) -> None:
    """Make the groups and their permissions; for data migrations, whose `apps` is the historical registry.

    A permission of a model that a later migration makes is left for that migration's own call. The
    permissions are made here too: Django makes them only after all migrations have run.
    """
    from django.contrib.auth.management import create_permissions

    for config in installed.get_app_configs():
        if apps.app_configs.get(config.label) is None:
            continue
        historical = apps.get_app_config(config.label)
        historical.models_module = True
        create_permissions(historical, apps=apps, verbosity=0)
        historical.models_module = None
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    keys = {
        f"{app_label}.{codename}": key
        for key, app_label, codename in permission_model.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for name, wanted in roles.items():
        group, _ = group_model.objects.get_or_create(name=name)
        group.permissions.add(*(keys[dotted] for dotted in wanted if dotted in keys))
