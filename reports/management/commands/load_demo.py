"""manage.py load_demo: an invented zone, its rounds and appraisals by workbooks and through the services, and
accounts."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from appointments.selectors import round_by_code, rounds_of
from appointments.states import RoundState
from reform.access import command_actor
from reform.errors import RuleError
from reform.exchange.context import Options
from reform.exchange.plan import SourceFile, import_files
from reform.models import Zone
from reform.services import audit_record, edit, save_all
from reports.demo.accounts import accounts_make, cast_of_demo, login_lines
from reports.demo.appraisal_history import latest_cycle, play_2021, play_2022
from reports.demo.pay_history import pay_is_played, play_pay
from reports.demo.present_cycle import play_present, present_code
from reports.demo.second_apply import handed_in_at
from reports.demo.second_plan import adapt_policy
from reports.demo.second_round import play_second_round
from reports.demo.third_round import play_third_round
from reports.demo.years_after import play_years

CODE = "demo"
FIRST, SECOND = "2018", "2022"
DEADLINE_ON = date(2022, 3, 31)
FOLDER = settings.BASE_DIR / "fixtures" / "demo"
RESULTS = "2022-3-全员聘任结果汇总表"
APPLICATIONS = "2022-4-竞聘报名及考评成绩汇总表"


@dataclass(frozen=True)
class Step:
    """Files that go in as one unit, into a round or, where there is none, into the cycle that they name."""

    round: str
    kickoff_on: date | None
    files: tuple[str, ...]


REGISTERED = Step(
    FIRST,
    date(2018, 12, 10),
    ("2018-1-岗位设置一览表", "2018-2-改革前人员花名册", "2018-3-全员聘任结果汇总表"),
)
# What a round that is run needs before its plan: posts and 员额, everybody in scope, and who is related.
PREPARED = (
    Step(SECOND, None, ("2022-0-机构员额表", "2022-1-岗位设置一览表")),
    Step(SECOND, None, ("2022-2-改革前人员花名册",)),
    Step(SECOND, None, ("2022-5-亲属关系表",)),
)


def demo_zone() -> Zone | None:
    return Zone.objects.filter(code=CODE).first()


class Command(BaseCommand):
    help = "在空的数据库中装入演示数据：一个虚构的开发区、三轮全员聘任、绩效考核、薪酬和演示账号"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today", type=date.fromisoformat, help="第三轮的日期从这一天推算（默认今天），如 2026-11-25"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Zone.objects.exclude(code=CODE).exists():
            raise CommandError("数据库中已有开发区，不再装入演示数据。")
        actor = command_actor(None)
        today = options["today"] or timezone.localdate()
        try:
            self._first(actor)
            zone = demo_zone()
            assert zone is not None
            self._zone(zone, actor)
            accounts_make(zone, actor)
            self._second(zone, actor, today)
            self._third(zone, today)
            self._present(zone, today)
            self._pay(zone, today)
        except RuleError as fault:
            raise CommandError(f"演示数据没有装完：{fault}") from fault
        self.stdout.write("演示账号：")
        self.stdout.write("\n".join(login_lines()))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _first(self, actor: Any) -> None:
        zone = demo_zone()
        present = round_by_code(zone, FIRST) if zone else None
        if present and present.is_registered:
            self._say(f"{FIRST}年：已经装入。")
            return
        self._import(REGISTERED, actor, timezone.now())

    def _zone(self, zone: Zone, actor: Any) -> None:
        deadline = edit(zone, deadline_on=DEADLINE_ON)
        if deadline:
            event = audit_record(
                actor=actor, action="修改开发区", zone=zone, subject=zone.name, reason="演示数据"
            )
            save_all(event, changed=[deadline])

    @transaction.atomic
    def _second(self, zone: Zone, actor: Any, today: date) -> None:
        """All of it or nothing: a round that was left half-way is played from the start."""
        present = round_by_code(zone, SECOND)
        if present and present.state == RoundState.COMPLETED:
            self._say(f"{SECOND}年：已经装入。")
            return
        adapt_policy(zone, cast_of_demo())
        for step in PREPARED:
            self._import(step, actor, timezone.now())
        self._say("2021年度考核：")
        play_2021(zone, cast_of_demo(), self._bring_scores, self._say)
        round_ = round_by_code(zone, SECOND)
        assert round_ is not None
        self._say(f"{SECOND}年：各批次按步骤办理……")
        stage = play_second_round(
            round_,
            cast_of_demo(),
            FOLDER / f"{RESULTS}.xlsx",
            bring=lambda: self._bring(zone),
            say=self._say,
        )
        self._say("  聘期内：试用期、挂职、离开、续聘")
        play_years(stage, today)
        self._say("2022年考核：四个季度和年度")
        play_2022(zone, cast_of_demo(), self._bring_scores, self._say, today)

    def _bring(self, zone: Zone) -> None:
        """The applications come in by HR's hand, on the last day for them."""
        step = Step(SECOND, None, (APPLICATIONS,))
        self._import(step, cast_of_demo().office, handed_in_at())

    def _bring_scores(self, code: str, names: tuple[str, ...], now: datetime) -> None:
        """The scores of a cycle come in by the hand of 考核办."""
        self._import(Step("", None, names), cast_of_demo().appraiser, now)

    @transaction.atomic
    def _third(self, zone: Zone, today: date) -> None:
        latest = next((one for one in rounds_of(zone) if one.code > SECOND), None)
        if latest is not None:
            self._say(f"{latest.code}年：已经装入。")
            return
        if today.year <= int(SECOND):
            return
        source = round_by_code(zone, SECOND)
        assert source is not None
        self._say(f"第三轮：办到{today}……")
        made = play_third_round(zone, source, cast_of_demo(), today)
        stands = "、".join(f"{one.name}{one.get_state_display()}" for one in made.batches.all())
        self._say(f"{made.name}：{stands}。")

    @transaction.atomic
    def _present(self, zone: Zone, today: date) -> None:
        """The appraisal of these months, which is being collected."""
        latest = latest_cycle(zone)
        if latest is not None and latest.code[:4] > SECOND:
            self._say(f"{latest}：已经装入。")
            return
        if present_code(today)[:4] <= SECOND:
            return
        made = play_present(zone, cast_of_demo(), today)
        self._say(f"{made}：{made.get_state_display()}。")

    @transaction.atomic
    def _pay(self, zone: Zone, today: date) -> None:
        """The pay of the year after the second round, and that of this month."""
        if pay_is_played(zone):
            self._say("薪酬：已经装入。")
            return
        self._say("2022年薪酬：各月、年终清算和总额")
        play_pay(zone, cast_of_demo(), self._bring_pay, self._say, today)

    def _bring_pay(self, name: str, on: date) -> None:
        """A sheet of pay comes in by the hand of 薪酬专员."""
        now = timezone.make_aware(datetime.combine(on, time(9)))
        self._import(Step("", None, (name,)), cast_of_demo().pay_office, now)

    def _import(self, step: Step, actor: Any, now: datetime) -> None:
        names = "、".join(name.split("-", 2)[2] for name in step.files)
        self._say(f"{step.files[0].partition('-')[0]}：正在导入{names}……")
        files = [SourceFile(f"{name}.xlsx", (FOLDER / f"{name}.xlsx").read_bytes()) for name in step.files]
        outcome = import_files(
            files,
            actor=actor,
            now=now,
            options=Options(zone=CODE, round=step.round or None, kickoff=step.kickoff_on),
        )
        if not outcome.ok:
            first = outcome.errors[0]
            raise CommandError(
                f"演示数据有{len(outcome.errors)}处错误，没有写入。第一处：{first.file} 第{first.row}行"
                f"“{first.column}”：{first.message}"
            )
        counts = outcome.counts
        self._say(f"  新增{counts['created']}行，变更{counts['changed']}行，提示{len(outcome.warnings)}条。")
