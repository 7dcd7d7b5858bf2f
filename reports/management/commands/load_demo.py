"""manage.py load_demo: an invented zone with two rounds, by the real importer, and accounts to see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from appointments.selectors import round_by_code
from reform.access import command_actor
from reform.exchange.context import Options
from reform.exchange.plan import SourceFile, import_files
from reform.models import Membership, Zone
from reform.services import audit_record, edit, save_all

CODE = "demo"
DEADLINE_ON = date(2022, 3, 31)
FOLDER = settings.BASE_DIR / "fixtures" / "demo"


@dataclass(frozen=True)
class Account:
    """A demo account. Its password stands here and nowhere else; no other way makes these accounts."""

    username: str
    name: str
    role: str
    password: str
    is_staff: bool


@dataclass(frozen=True)
class Step:
    """Files that go in as one unit."""

    round: str
    kickoff_on: date
    files: tuple[str, ...]


ACCOUNTS = (
    Account("renshi", "人事演示", "人事", "demo-Renshi-2022", True),
    Account("lingdao", "领导演示", "领导", "demo-Lingdao-2022", False),
    Account("admin", "管理员演示", "系统管理员", "demo-Admin-2022", True),
)
STEPS = (
    Step(
        "2018",
        date(2018, 12, 10),
        ("2018-1-岗位设置一览表", "2018-2-改革前人员花名册", "2018-3-全员聘任结果汇总表"),
    ),
    Step(
        "2022",
        date(2022, 1, 9),
        (
            "2022-0-机构员额表",
            "2022-1-岗位设置一览表",
            "2022-2-改革前人员花名册",
            "2022-3-全员聘任结果汇总表",
        ),
    ),
)


def demo_zone() -> Zone | None:
    return Zone.objects.filter(code=CODE).first()


def login_lines() -> list[str]:
    """The demo accounts that still have their demo password, a line each."""
    users = {user.get_username(): user for user in get_user_model().objects.filter(username__in=_names())}
    lines = []
    for account in ACCOUNTS:
        user = users.get(account.username)
        if user and user.is_active and user.check_password(account.password):
            lines.append(f"  {account.role}：用户名 {account.username}  密码 {account.password}")
    return lines


def _names() -> list[str]:
    return [account.username for account in ACCOUNTS]


class Command(BaseCommand):
    help = "在空的数据库中装入演示数据：一个虚构的开发区、两轮全员聘任和演示账号"

    def handle(self, *args: Any, **options: Any) -> None:
        if Zone.objects.exclude(code=CODE).exists():
            raise CommandError("数据库中已有开发区，不再装入演示数据。")
        actor = command_actor(None)
        for step in STEPS:
            self._import(step, actor)
        zone = demo_zone()
        assert zone is not None
        self._finish(zone, actor)
        self.stdout.write("演示账号：")
        self.stdout.write("\n".join(login_lines()))

    def _import(self, step: Step, actor: Any) -> None:
        zone = demo_zone()
        present = round_by_code(zone, step.round) if zone else None
        if present and present.is_registered:
            self.stdout.write(f"{step.round}年：已经装入。")
            return
        self.stdout.write(f"{step.round}年：正在导入{len(step.files)}个工作簿……")
        self.stdout.flush()
        files = [SourceFile(f"{name}.xlsx", (FOLDER / f"{name}.xlsx").read_bytes()) for name in step.files]
        outcome = import_files(
            files,
            actor=actor,
            now=timezone.now(),
            options=Options(zone=CODE, round=step.round, kickoff=step.kickoff_on),
        )
        if not outcome.ok:
            first = outcome.errors[0]
            raise CommandError(
                f"演示数据有{len(outcome.errors)}处错误，没有写入。第一处：{first.file} 第{first.row}行"
                f"“{first.column}”：{first.message}"
            )
        counts = outcome.counts
        self.stdout.write(
            f"{step.round}年：新增{counts['created']}行，变更{counts['changed']}行，提示{len(outcome.warnings)}条。"
        )

    @transaction.atomic
    def _finish(self, zone: Zone, actor: Any) -> None:
        deadline = edit(zone, deadline_on=DEADLINE_ON)
        if deadline:
            event = audit_record(
                actor=actor, action="修改开发区", zone=zone, subject=zone.name, reason="演示数据"
            )
            save_all(event, changed=[deadline])
        for account in ACCOUNTS:
            self._account(account, zone, actor)

    def _account(self, account: Account, zone: Zone, actor: Any) -> None:
        model = get_user_model()
        if model.objects.filter(username=account.username).exists():
            return
        user = model(username=account.username, first_name=account.name, is_staff=account.is_staff)
        user.set_password(account.password)
        user.save()
        user.groups.add(Group.objects.get(name=account.role))
        event = audit_record(
            actor=actor,
            action="新建用户",
            zone=zone,
            subject=account.name,
            reason="演示账号",
            details={"角色": account.role},
        )
        save_all(event, created=[Membership(user=user, zone=zone)])
