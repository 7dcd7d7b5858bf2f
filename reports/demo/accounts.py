"""The demo accounts: one for each role that takes part in a round or an appraisal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group

from reform.models import Membership, Person, Unit, Zone
from reform.services import audit_record, edit, save_all


@dataclass(frozen=True)
class Account:
    """A demo account. Its password stands here and nowhere else; no other way makes these accounts."""

    username: str
    name: str
    role: str
    password: str
    is_staff: bool = True


ACCOUNTS = (
    Account("renshi", "人事演示", "人事", "demo-Renshi-2022"),
    Account("renfu", "人事复核演示", "人事", "demo-Renfu-2022"),
    Account("lingdao", "领导演示", "领导", "demo-Lingdao-2022"),
    Account("jiandu", "监督演示", "监督组", "demo-Jiandu-2022"),
    Account("kaoping", "考评演示", "考评组", "demo-Kaoping-2022"),
    Account("kaocha", "考察演示", "考察组", "demo-Kaocha-2022"),
    Account("danwei", "单位演示", "单位负责人", "demo-Danwei-2022"),
    Account("geren", "个人演示", "个人", "demo-Geren-2022", is_staff=False),
    Account("kaohe", "考核演示", "考核办", "demo-Kaohe-2022"),
    Account("kaofu", "考核复核演示", "考核办", "demo-Kaofu-2022"),
    Account("xinchou", "薪酬演示", "薪酬专员", "demo-Xinchou-2022"),
    Account("caiwu", "财务演示", "财务", "demo-Caiwu-2022"),
    Account("admin", "管理员演示", "系统管理员", "demo-Admin-2022"),
)

HEAD_PREFIX = "danwei-"


@dataclass(frozen=True)
class Cast:
    """Who takes which step: two of each office, since the maker of a paper is never its checker."""

    office: AbstractBaseUser
    second: AbstractBaseUser
    leader: AbstractBaseUser
    supervisor: AbstractBaseUser
    panel: AbstractBaseUser
    inspector: AbstractBaseUser
    appraiser: AbstractBaseUser
    appraiser_two: AbstractBaseUser
    unit_head: AbstractBaseUser
    pay_office: AbstractBaseUser
    finance: AbstractBaseUser


def cast_of_demo() -> Cast:
    """The accounts that play; raises KeyError where they have not been made."""
    users = {user.get_username(): user for user in _users()}
    return Cast(
        office=users["renshi"],
        second=users["renfu"],
        leader=users["lingdao"],
        supervisor=users["jiandu"],
        panel=users["kaoping"],
        inspector=users["kaocha"],
        appraiser=users["kaohe"],
        appraiser_two=users["kaofu"],
        unit_head=users["danwei"],
        pay_office=users["xinchou"],
        finance=users["caiwu"],
    )


def accounts_make(zone: Zone, actor: AbstractBaseUser) -> None:
    """Make those that are not there yet."""
    present = {user.get_username() for user in _users()}
    groups = {group.name: group for group in Group.objects.all()}
    created = []
    for account in ACCOUNTS:
        if account.username in present:
            continue
        user = get_user_model()(username=account.username, first_name=account.name, is_staff=account.is_staff)
        user.set_password(account.password)
        user.save()
        user.groups.add(groups[account.role])
        created.append(Membership(user=user, zone=zone))
    if created:
        event = audit_record(
            actor=actor,
            action="新建用户",
            zone=zone,
            subject=f"演示账号{len(created)}个",
            reason="演示账号",
        )
        save_all(event, created=created)


def head_accounts_make(
    zone: Zone, units: Sequence[Unit], actor: AbstractBaseUser
) -> dict[str, AbstractBaseUser]:
    """Accounts of other units' heads, by the unit's name: they hand in, and nobody can log in with them."""
    group = Group.objects.get(name="单位负责人")
    heads: dict[str, AbstractBaseUser] = {}
    created = []
    for unit in units:
        user = get_user_model()(username=f"{HEAD_PREFIX}{unit.code}", first_name=f"{unit.name}负责人")
        user.set_unusable_password()
        user.save()
        user.groups.add(group)
        heads[unit.name] = user
        created.append(Membership(user=user, zone=zone, unit=unit))
    event = audit_record(
        actor=actor,
        action="新建用户",
        zone=zone,
        subject=f"单位负责人账号{len(created)}个",
        reason="演示账号",
    )
    save_all(event, created=created)
    return heads


def login_lines() -> list[str]:
    """The demo accounts that still have their demo password, a line each."""
    users = {user.get_username(): user for user in _users()}
    lines = []
    for account in ACCOUNTS:
        user = users.get(account.username)
        if user and user.is_active and user.check_password(account.password):
            lines.append(f"  {account.role}：用户名 {account.username}  密码 {account.password}")
    return lines


def account_bind(
    username: str, actor: AbstractBaseUser, *, unit: Unit | None = None, person: Person | None = None
) -> None:
    """Hold an account to a unit (单位负责人) or make it a person's own (个人)."""
    membership = Membership.objects.select_related("zone", "user").get(user__username=username)
    change = edit(membership, unit=unit, person=person)
    if change:
        event = audit_record(
            actor=actor,
            action="修改用户",
            zone=membership.zone,
            subject=str(membership.user),
            reason="演示账号",
        )
        save_all(event, changed=[change])


def _users() -> Sequence[Any]:
    names = [account.username for account in ACCOUNTS]
    return list(get_user_model().objects.filter(username__in=names))
